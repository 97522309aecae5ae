// Runs the examples of the README, with the results that stand there, in a project into which the package was installed.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const project = process.argv[2];
const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/^```js\n(.*?)^```/gms)].map((match) => match[1]);
assert.ok(blocks.length > 3, `${blocks.length} examples`);
let results = 0;
for (const [at, block] of blocks.entries()) {
  // `expression // => result` becomes a comparison.
  const code = block.replace(/^(.+?);? +\/\/ => (.+)$/gm, (_, expression, result) => {
    results++;
    return `assert.deepEqual(plain(${expression}), ${result});`;
  });
  const file = join(project, `example-${at}.js`);
  // The members of a violation, without the message that its JSON has.
  const plain = "const plain = (value) => (value?.toJSON ? { ...value } : value !== null && typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value);";
  writeFileSync(file, `import assert from 'node:assert/strict';\n${plain}\n${code}`);
  await import(pathToFileURL(file).href);
}
console.log(`${blocks.length} examples with ${results} results`);
