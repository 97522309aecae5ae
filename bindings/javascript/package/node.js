// The package in Node, which reads files and does not fetch them.

import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { library } from './library.js';

const module = await WebAssembly.compile(await readFile(new URL('./sip-password.wasm', import.meta.url)));
const loaded = library((await WebAssembly.instantiate(module)).exports, (bytes) => (globalThis.crypto ?? webcrypto).getRandomValues(bytes));

export const { Policy, PolicyError, Violation, kinds, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
