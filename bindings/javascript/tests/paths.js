// Where the tests find what the library has.

import { readFileSync } from 'node:fs';

export const root = new URL('../../../', import.meta.url);
export const read = (path) => readFileSync(new URL(path, root), 'utf8');
/** The lines of a text without an empty one at the end. */
export const lines = (text) => text.trimEnd().split('\n');

/** Exports of a new instance of a module, with its memory. */
export async function instantiate(name) {
  const module = new WebAssembly.Module(readFileSync(new URL(`../package/${name}.wasm`, import.meta.url)));
  return new WebAssembly.Instance(module).exports;
}
