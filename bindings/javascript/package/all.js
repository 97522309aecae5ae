// `sip-password` with the catalogue, intersections and the well-known defaults, in browsers and in Deno.

import { library } from './library.js';
import { load } from './load.js';

const exports = await load(new URL('./all.wasm', import.meta.url));
const loaded = library(exports, (bytes) => crypto.getRandomValues(bytes));

export const { Policy, PolicyError, Violation, catalogue, kinds, knownDefault, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
