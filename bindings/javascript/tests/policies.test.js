// Policies: numbers are used again when nothing has a policy any more, and errors name line and key.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { PolicyError, huawei, nxcloudRandom, policy } from 'sip-password';
import { catalogue, huawei as huaweiOfAll, policy as all } from 'sip-password/all';

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
  // A policy of another module is none of this one.
  assert.throws(() => all.intersection(huawei), /^TypeError: policy: expected a policy/);
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
