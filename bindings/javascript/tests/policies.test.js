// Policies: numbers are used again when nothing has a policy any more, and errors name line and key.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { webcrypto as crypto } from 'node:crypto';
import { test } from 'node:test';

import { Policy, PolicyError, huawei, nxcloudRandom, policy } from 'sip-password';
import { catalogue, huawei as huaweiOfAll, policy as all } from 'sip-password/all';

import { library } from '../package/library.js';
import { load } from '../package/load.js';
import { instantiate } from './paths.js';

const digits = (length) => `min_length = ${length}\nmax_length = ${length}\n[[class]]\nname = "digits"\ncharacters = "0-9"\n`;

test('a policy, and the same once more from its own text', () => {
  for (const name of policy.presets) {
    const one = policy.named(name.toUpperCase());
    const other = policy.fromToml(one.toToml());
    for (const fact of ['name', 'title', 'source', 'read', 'certainty', 'minLength', 'maxLength', 'defaultLength', 'alphabet']) assert.equal(one[fact], other[fact], fact);
    assert.deepEqual([one.notes, one.classes, one.explain(), one.pattern()], [other.notes, other.classes, other.explain(), other.pattern()]);
    for (let length = one.minLength; length <= one.maxLength; length++) assert.equal(one.count(length), other.count(length));
    assert.equal(`${one}`, one.explain());
  }
  assert.equal(huawei.count(), 329449241992944238668919603200n);
  assert.deepEqual([huawei.count(7), huawei.count(17), huawei.entropy(17), huawei.shortest(99)], [0n, 0n, -Infinity, undefined]);
  assert.ok(Math.abs(huawei.acceptance(8) - 0.892713) < 1e-6);
  assert.ok(Object.isFrozen(huawei));
});

test('the pattern says what the policy says, as browsers use it', () => {
  // Node 18 has not yet the flag that browsers use.
  const flag = Number(process.versions.node.split('.')[0]) < 20 ? 'u' : 'v';
  for (const preset of [huawei, nxcloudRandom]) {
    const pattern = new RegExp(`^(?:${preset.pattern()})$`, flag);
    for (const password of [...preset.generateMany(500), 'Secret', 'secret12', 'Secret12ä', '123456', '']) {
      assert.equal(pattern.test(password), preset.isCompliant(password), 'pattern');
    }
  }
});

test('errors say what was wrong, where, and what would be right', () => {
  const errors = [
    [() => policy.fromToml('min_length = 8\nmax_length = 1000\n'), 'line 2, max_length: expected a whole number from 1 to 256 (the limit of this library), found 1000'],
    [() => policy.fromPasswordRules('minlength: 8; foo'), /passwordrules: at byte 14: expected .*, found "foo"$/],
    [() => policy.named('moon'), 'expected the name of a preset, found "moon"; sip-password/all has more systems'],
    [() => all.named('moon'), 'expected the name of a preset or of a system of the catalogue, found "moon"'],
    [() => all.intersection(huaweiOfAll, all.named('karel')), 'policies 0 and 1: one requires a class of which another accepts no character'],
    [() => policy.fromToml(huawei.toToml(), { maxStates: 15 }), /expected at most 15 states, found 16/],
    [() => policy.fromToml('min_distinct = 3'.padEnd(100, '\n') + '\nfoo').check, PolicyError],
  ];
  for (const [make, message] of errors) assert.throws(make, typeof message === 'string' ? { name: 'PolicyError', message } : message);
  for (const value of [undefined, 5, null]) assert.throws(() => policy.fromToml(value), /^TypeError: text: expected a string/);
  assert.throws(() => all.intersection(huaweiOfAll, {}), /^TypeError: policy: expected a policy/);
  const mixed = { name: 'TypeError', message: 'policy: expected a policy of this entry point, found one of another; import both from sip-password/all' };
  assert.throws(() => all.intersection(huawei, all.named('twilio')), mixed);
  assert.throws(() => all.intersection(null), /^TypeError: policy: expected a policy, found null$/);
  for (const maxStates of [-1, 0, 1.5, NaN, '131072', null, -Infinity]) {
    assert.throws(() => policy.fromToml(huawei.toToml(), { maxStates }), /^RangeError: maxStates: expected a whole number from 1, found /, `${maxStates}`);
  }
  assert.equal(policy.fromToml(huawei.toToml(), { maxStates: 2 ** 40 }).name, 'huawei');
});

test('a policy comes from this package alone', () => {
  for (const args of [[99], [0], [], [1, Symbol('own')]]) assert.throws(() => new Policy(...args), /^TypeError: expected a policy from/);
  assert.equal(Policy.number, undefined);
  assert.equal(huawei instanceof Policy, true);
});

test('the count of what is generated is that of the entropy', () => {
  const readable = huawei.restrict({ exclude: '0O1lI' });
  assert.equal(readable.count(), huawei.count());
  assert.ok(Math.abs(Math.log2(Number(readable.count(16, { generated: true }))) - readable.entropy(16)) < 1e-9);
  assert.equal(huawei.count(undefined, { generated: true }), huawei.count());
});

test('restrictions are kept in the order of their use', () => {
  const kept = huawei.restrict({ notContaining: 'kept' });
  for (let at = 0; at < 100; at++) {
    huawei.restrict({ notContaining: `other${at}` });
    assert.equal(huawei.restrict({ notContaining: 'kept' }), kept);
  }
  // As many as a table has rows, again and again.
  const row = (at) => huawei.restrict({ notContaining: `row${at}` });
  const rows = Array.from({ length: 32 }, (_, at) => row(at));
  rows.forEach((one, at) => assert.equal(row(at), one));
  // A policy that somebody has stays as it was.
  for (let at = 0; at < 100; at++) huawei.generate({ notContaining: `more${at}` });
  assert.equal(kept.isCompliant('Not_Kept_1'), false);
  assert.equal(rows[3].isCompliant('Not_Row3_1'), false);
});

test('a loop of passwords for many users needs no more memory', async () => {
  const exports = await instantiate('sip-password');
  const { policy, presets } = library(exports, (bytes) => crypto.getRandomValues(bytes));
  const mine = policy.fromToml(huawei.toToml());
  const held = presets[1].restrict({ notContaining: 'held' });
  const sizes = [];
  for (let round = 0; round < 10; round++) {
    for (let at = 0; at < 200; at++) {
      for (const one of [presets[1], mine]) {
        const word = `user${round}-${at}`;
        if (one.generate({ notContaining: word }).length !== 16 || one.generateMany(1, { notContaining: `x${word}` })[0].length !== 16) assert.fail('length');
      }
    }
    sizes.push(exports.memory.buffer.byteLength);
  }
  assert.equal(sizes.at(-1), sizes[1], `${sizes}`);
  assert.equal(held.isCompliant('Not_Held_1'), false);
});

test('a source that asks for many restricted policies meanwhile', async () => {
  let depth = 0;
  const { presets } = library(await instantiate('sip-password'), (bytes) => {
    crypto.getRandomValues(bytes);
    if (depth++ === 0) for (let at = 0; at < 70; at++) presets[1].restrict({ exclude: huawei.alphabet[at % 60] }), presets[1].generate({ notContaining: `inner${at}` });
    depth--;
  });
  for (let at = 0; at < 30; at++) assert.match(presets[1].generate({ exclude: '0O1lI' }), /^[^0O1lI]{16}$/);
});

test('every system of the catalogue', () => {
  assert.ok(catalogue.length > 50);
  for (const { name, title, group } of catalogue) {
    assert.ok(title && group, name);
    // Three take seconds.
    if (['cisco-be3000', 'cisco-expressway', 'yeastar-s'].includes(name)) continue;
    const system = all.named(name);
    assert.deepEqual([system.name, system.title], [name, title]);
    assert.ok(system.isCompliant(system.generate()), name);
  }
});

test('policies that nobody has any more are forgotten', () => {
  const code = `
    import { webcrypto as crypto } from 'node:crypto';
    import { library } from '${new URL('../package/library.js', import.meta.url)}';
    import { instantiate } from '${new URL('./paths.js', import.meta.url)}';
    const exports = await instantiate('sip-password');
    const { policy } = library(exports, (bytes) => crypto.getRandomValues(bytes));
    const text = (length) => \`min_length = \${length}\\nmax_length = \${length}\\n[[class]]\\nname = "digits"\\ncharacters = "0-9"\\n\`;
    const sizes = [];
    for (let round = 0; round < 40; round++) {
      for (let at = 0; at < 50; at++) {
        const length = 6 + at % 20;
        if (policy.fromToml(text(length)).generate().length !== length) throw new Error('the length of another policy');
      }
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
      sizes.push(exports.memory.buffer.byteLength);
    }
    if (sizes.at(-1) > sizes[4]) throw new Error(\`the memory grows: \${sizes}\`);
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(policy.fromToml(digits(7)).generate().length, 7);
});

test('a page in place of a module is an error that names the address', async (t) => {
  t.mock.method(globalThis, 'fetch', async () => new Response('<!DOCTYPE html>', { headers: { 'content-type': 'text/html' } }));
  await assert.rejects(load(new URL('https://example.org/assets/all.wasm')), {
    message: 'expected a module of WebAssembly at https://example.org/assets/all.wasm, found text/html',
  });
  t.mock.method(globalThis, 'fetch', async () => new Response('', { status: 404 }));
  await assert.rejects(load(new URL('https://example.org/all.wasm')), { message: 'expected https://example.org/all.wasm, found the status 404' });
});
