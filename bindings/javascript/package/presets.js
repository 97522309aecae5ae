// The vendors' presets in browsers and in Deno: a small module that checks and generates.

import { load } from './load.js';
import { presetsOf } from './small.js';

const exports = await load(new URL('./presets.wasm', import.meta.url));

export const [exotel, huawei, nxcloud, nxcloudRandom] = presetsOf(exports, (bytes) => crypto.getRandomValues(bytes));
