// The package in Node.

import { library } from './library.js';
import { load, random } from './load.node.js';

const loaded = library(await load(new URL('./sip-password.wasm', import.meta.url)), random);

export const { Policy, PolicyError, Violation, kinds, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
