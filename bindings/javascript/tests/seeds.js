// Golden vectors are of known seeds. In a file of its own, since browsers load it too.

/** Exports that take one seed, whatever JavaScript draws: the package refuses a source that gives the seeds of golden vectors. */
export function withSeed(exports, byte) {
  const put = () => new Uint8Array(exports.memory.buffer, exports.seed(), exports.seed_size()).fill(byte);
  return { ...exports, seeded: () => (put(), exports.seeded()), generate_lines: (...args) => (put(), exports.generate_lines(...args)) };
}
