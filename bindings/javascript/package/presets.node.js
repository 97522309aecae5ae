// The vendors' presets in Node: a small module that checks and generates.

import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { presetsOf } from './small.js';

const { instance } = await WebAssembly.instantiate(await readFile(new URL('./presets.wasm', import.meta.url)));

export const [exotel, huawei, nxcloud, nxcloudRandom] = presetsOf(instance.exports, (bytes) => (globalThis.crypto ?? webcrypto).getRandomValues(bytes));
