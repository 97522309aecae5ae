// The package in browsers and in Deno.

import { library } from './library.js';

async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`expected ${url}, found the status ${response.status}`);
  // A server that does not know the type of WebAssembly is no obstacle.
  return (await WebAssembly.instantiate(await response.arrayBuffer())).instance.exports;
}

const loaded = library(await load(new URL('./sip-password.wasm', import.meta.url)), (bytes) => crypto.getRandomValues(bytes));

export const { Policy, PolicyError, Violation, kinds, languages, messages, policy, safeFor } = loaded;
export const [exotel, huawei, nxcloud, nxcloudRandom] = loaded.presets;
