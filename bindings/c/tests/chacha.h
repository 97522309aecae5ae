/* ChaCha20 as a reproducible random source: for tests, not for passwords in use. */
#ifndef CHACHA_H
#define CHACHA_H

#include <stddef.h>
#include <stdint.h>

struct chacha {
    uint32_t input[16];
    uint8_t block[64];
    size_t used;
};

/* Starts at block 0 of stream 0. All 32 bytes of the seed are `fill`. */
void chacha_seed(struct chacha *chacha, uint8_t fill);

/* Writes the next bytes: a sip_password_source whose context is the struct. */
int chacha_draw(void *chacha, uint8_t *bytes, size_t length);

#endif
