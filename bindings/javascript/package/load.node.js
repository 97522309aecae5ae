// Modules in Node, which reads files and does not fetch them, and whose version 18 has no global `crypto`.

import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The exports of the module at a URL. */
export const load = async (url) => (await WebAssembly.instantiate(await readFile(url))).instance.exports;

/** Fills an array of bytes, or throws. */
export const random = (bytes) => (globalThis.crypto ?? webcrypto).getRandomValues(bytes);
