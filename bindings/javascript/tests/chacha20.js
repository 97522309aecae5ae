// ChaCha20 by its description, for the golden vectors: shares no code with the package.

/** The first words of the keystream of a seed of 32 bytes, stream 0. */
export function chacha20(seed, count) {
  const key = new DataView(seed.buffer, seed.byteOffset, 32);
  const rotate = (value, bits) => (value << bits) | (value >>> (32 - bits));
  const words = [];
  for (let block = 0; words.length < count; block++) {
    const start = new Uint32Array([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...Array.from({ length: 8 }, (_, at) => key.getUint32(4 * at, true)), block, 0, 0, 0]);
    const state = start.slice();
    const quarter = (a, b, c, d) => {
      for (const [x, y, z, bits] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
        state[x] += state[y];
        state[z] = rotate(state[z] ^ state[x], bits);
      }
    };
    for (let round = 0; round < 10; round++) {
      for (let column = 0; column < 4; column++) quarter(column, 4 + column, 8 + column, 12 + column);
      for (let column = 0; column < 4; column++) quarter(column, 4 + ((column + 1) % 4), 8 + ((column + 2) % 4), 12 + ((column + 3) % 4));
    }
    words.push(...state.map((word, at) => word + start[at]));
  }
  return words.slice(0, count);
}
