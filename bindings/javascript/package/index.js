// The package in browsers and in Deno.

import { library } from './library.js';
import { load } from './load.js';

const exports = await load(new URL('./sip-password.wasm', import.meta.url));
const loaded = library(exports, (bytes) => crypto.getRandomValues(bytes));

export const { Policy, PolicyError, Violation, kinds, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
