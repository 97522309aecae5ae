// Joins the package and the page's own script to one classic script with the module in it: browsers load neither modules nor WebAssembly
// from `file://`.

import { readFileSync, writeFileSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
const sources = ['../package/instance.js', '../package/library.js', '../package/input.js', 'src/plot.js', 'src/codes.js', 'src/page.js'];
const code = sources.map((path) => {
  const text = readFileSync(here(path), 'utf8');
  const joined = text.replace(/^import .*;\n/gm, '').replace(/^export /gm, '');
  if (/^\s*(import|export)\b/m.test(joined)) throw new Error(`${path}: expected imports and exports of one line, found others`);
  return joined;
});
const wasm = readFileSync(here('../package/all.wasm')).toString('base64');
const script = `(() => {\n'use strict';\n${code.join('\n')}\nstart(${JSON.stringify(wasm)});\n})();\n`;
writeFileSync(here('page.js'), script);
console.log(`page.js: ${script.length} bytes`);
