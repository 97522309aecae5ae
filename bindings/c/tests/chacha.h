/* ChaCha20 as a random source that can be repeated: for tests, not for passwords in use. */
#ifndef CHACHA_H
#define CHACHA_H

#include <stddef.h>
#include <stdint.h>

struct chacha {
    uint32_t input[16];
    uint8_t block[64];
    size_t used;
};

/* Starts at block 0 of stream 0 of the seed whose 32 bytes are all `fill`. */
void chacha_seed(struct chacha *chacha, uint8_t fill);

/* The next bytes: a sip_password_entropy, whose context is the struct. */
int chacha_draw(void *chacha, uint8_t *bytes, size_t length);

#endif
