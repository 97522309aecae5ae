// The vendors' presets in Node: a small module that checks and generates.

import { load, random } from './load.node.js';
import { presetsOf } from './small.js';

export const [exotel, huawei, nxcloud, nxcloudRandom] = presetsOf(await load(new URL('./presets.wasm', import.meta.url)), random);
