#include "chacha.h"

#include <string.h>

static uint32_t rotated(uint32_t word, int left)
{
    return word << left | word >> (32 - left);
}

static void quarter_round(uint32_t *state, int a, int b, int c, int d)
{
    state[a] += state[b];
    state[d] = rotated(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = rotated(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = rotated(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = rotated(state[b] ^ state[c], 7);
}

static void next_block(struct chacha *chacha)
{
    uint32_t state[16];
    memcpy(state, chacha->input, sizeof state);
    for (int twice = 0; twice < 10; twice++) {
        for (int column = 0; column < 4; column++)
            quarter_round(state, column, 4 + column, 8 + column, 12 + column);
        for (int column = 0; column < 4; column++)
            quarter_round(state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4);
    }
    for (int word = 0; word < 16; word++) {
        uint32_t sum = state[word] + chacha->input[word];
        for (int byte = 0; byte < 4; byte++)
            chacha->block[4 * word + byte] = (uint8_t)(sum >> 8 * byte);
    }
    /* A counter of 64 bits. */
    if (++chacha->input[12] == 0)
        ++chacha->input[13];
    chacha->used = 0;
}

void chacha_seed(struct chacha *chacha, uint8_t fill)
{
    /* "expand 32-byte k" */
    static const uint32_t constant[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memset(chacha->input, 0, sizeof chacha->input);
    memcpy(chacha->input, constant, sizeof constant);
    memset(chacha->input + 4, fill, 32);
    chacha->used = sizeof chacha->block;
}

int chacha_draw(void *context, uint8_t *bytes, size_t length)
{
    struct chacha *chacha = context;
    for (size_t at = 0; at < length; at++) {
        if (chacha->used == sizeof chacha->block)
            next_block(chacha);
        bytes[at] = chacha->block[chacha->used++];
    }
    return 0;
}
