// `sip-password` with the catalogue, intersections and the well-known defaults, in Node.

import { library } from './library.js';
import { load, random } from './load.node.js';

const loaded = library(await load(new URL('./all.wasm', import.meta.url)), random);

export const { Policy, PolicyError, Violation, catalogue, kinds, knownDefault, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
