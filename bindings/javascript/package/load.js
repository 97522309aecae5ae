// Modules in browsers and in Deno.

/** The exports of the module at a URL. A server that does not know the type of WebAssembly is no obstacle. */
export async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`expected ${url}, found the status ${response.status}`);
  return (await WebAssembly.instantiate(await response.arrayBuffer())).instance.exports;
}
