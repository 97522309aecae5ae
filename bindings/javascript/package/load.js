// Modules in browsers and in Deno.

/** What every module of WebAssembly begins with. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** The exports of the module at a URL. A server that does not know the type of WebAssembly is no obstacle. */
export async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`expected ${url}, found the status ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A server that answers every path with a page is one; so is a bundler that leaves the module behind.
  if (MAGIC.some((byte, at) => byte !== bytes[at])) {
    throw new Error(`expected a module of WebAssembly at ${url}, found ${response.headers.get('content-type') ?? 'something else'}`);
  }
  return (await WebAssembly.instantiate(bytes)).instance.exports;
}
