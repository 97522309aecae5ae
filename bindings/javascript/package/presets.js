// The vendors' presets in browsers and in Deno: a small module that checks and generates.

import { presetsOf } from './small.js';

const response = await fetch(new URL('./presets.wasm', import.meta.url));
const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());

export const [exotel, huawei, nxcloud, nxcloudRandom] = presetsOf(instance.exports, (bytes) => crypto.getRandomValues(bytes));
