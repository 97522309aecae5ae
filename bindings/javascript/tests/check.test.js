// Verdicts: what the library says, for whatever a form can have.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { Violation, exotel, huawei, kinds, languages, messages, nxcloud, nxcloudRandom, policy } from 'sip-password';
import { knownDefault } from 'sip-password/all';
import * as small from 'sip-password/presets';

import { Instance } from '../package/instance.js';
import { instantiate, lines, read } from './paths.js';

/** A verdict, or a part of one, as plain data without what is made of it. */
const plain = (verdict) => JSON.parse(JSON.stringify(verdict, (_, value) => (value?.kind ? without(value) : value)));
const without = ({ message, ...members }) => members;

test('the verdict has every reason, with its figures', () => {
  assert.deepEqual(plain(huawei.check('Secret@12')), { compliant: true, violations: [] });
  assert.deepEqual(plain(huawei.check('Secret')), {
    compliant: false,
    violations: [
      { kind: 'too-short', found: 6, expected: 8 },
      { kind: 'too-few-classes', found: 2, expected: 3, missing: ['digits', 'special characters'] },
    ],
  });
  assert.deepEqual(plain(huawei.check('näïve€𝄞 x')).violations.slice(0, 2), [
    { kind: 'not-ascii', found: 4, position: 2 },
    { kind: 'not-allowed', found: 1, position: 8 },
  ]);
});

test('the codes are those of docs/CODES.md, with their members', () => {
  const rows = [...read('docs/CODES.md').matchAll(/^\| +(\d+) \| ([a-z-]+) +\|[^|]*\| ([a-z, ]*)\|$/gm)];
  assert.deepEqual(rows.map((row) => row[2]), kinds);
  const classes = '[[class]]\nname = "capitals"\ncharacters = "A-Z"\n[[class]]\nname = "small"\ncharacters = "a-z"\nminimum = 1\n';
  const lengths = 'min_length = 8\nmax_length = 10\nmin_classes = 2\n';
  const rules = ['max_repeat = 1', 'max_run = 4', 'max_sequence = 2', 'min_distinct = 4', 'first = ["capitals"]', 'context = "secret"'];
  const seen = new Map();
  for (const rule of rules) {
    for (const password of ['secret', 'abc', 'aaaaaaaaaaaaaaaaa', 'Ä!', 'AAAA']) {
      const { violations } = policy.fromToml(`${lengths}${rule}\n${classes}`).check(password);
      for (const violation of violations) seen.set(violation.kind, Object.keys(plain(violation)).slice(1));
    }
  }
  for (const [, , kind, members] of rows) {
    const expected = members.trim().split(', ').filter(Boolean);
    assert.deepEqual(seen.get(kind)?.sort(), expected.sort(), kind);
  }
});

test('reasons in every language', () => {
  const { violations } = huawei.check('Secret');
  assert.deepEqual(languages, ['en', 'zh']);
  assert.deepEqual(violations.map((violation) => messages('zh').describe(violation)), [
    '只有 6 个字符，至少需要 8 个',
    '只包含 2 类字符，至少需要 3 类；缺少：数字、特殊字符',
  ]);
  for (const violation of violations) {
    assert.ok(violation instanceof Violation);
    assert.equal(violation.message, messages('en').describe(violation));
  }
  assert.equal(violations[0].message, '6 characters, expected at least 8');
  assert.throws(() => messages('tlh'), /language: expected one of en, zh, found "tlh"/);
});

test('a verdict as JSON has the messages, and nothing of the password', () => {
  const { violations } = huawei.check('Secr');
  assert.deepEqual(Object.keys(violations[0]), ['kind', 'found', 'expected']);
  assert.deepEqual(JSON.parse(JSON.stringify(violations[0])), { kind: 'too-short', found: 4, expected: 8, message: '4 characters, expected at least 8' });
  assert.equal(JSON.stringify(violations).includes('Secr'), false);
});

test('any string has a verdict, and half of a surrogate pair is one character outside ASCII', () => {
  for (const half of ['\ud800', '\udfff']) {
    for (const password of [`Abcdef1${half}`, `${half}Abcdef1`, `Abcd${half}ef1`]) {
      const position = password.indexOf(half) + 1;
      const expected = { compliant: false, violations: [{ kind: 'not-ascii', found: 1, position }] };
      assert.deepEqual(plain(huawei.check(password)), expected);
      assert.deepEqual(small.huawei.check(password), expected);
    }
  }
  assert.equal(huawei.check('\udc00\ud800').violations[1].found, 2);
  assert.equal(huawei.check('').violations[0].found, 0);
  assert.equal(huawei.check('\0'.repeat(9)).violations[0].kind, 'not-allowed');
  const long = 'aB3'.repeat(1_000_000);
  assert.deepEqual(plain(huawei.check(long).violations), [{ kind: 'too-long', found: 3_000_000, expected: 16 }]);
  assert.deepEqual(small.huawei.check(long).violations, [{ kind: 'too-long', found: 3_000_000, expected: 16 }]);
});

test('what is no string is an error that does not repeat it', () => {
  for (const value of [undefined, null, 12345678, ['Secret@12'], { toString: () => 'Secret@12' }]) {
    for (const preset of [huawei, small.huawei]) {
      assert.throws(() => preset.check(value), (error) => error instanceof TypeError && /^password: expected a string, found /.test(error.message) && !/Secret|1234/.test(error.message));
    }
  }
});

test('words of the account', () => {
  for (const [password, words, compliant] of [
    ['Not_Alice_1', 'alice', false],
    ['Not_Alice_1', ['bob', 'ALICE'], false],
    ['Not_Alice_1', ['bob', ''], true],
    ['Not_Alice_1', [], true],
  ]) {
    assert.equal(huawei.check(password, { notContaining: words }).compliant, compliant);
  }
  const both = huawei.check('äAlice', { notContaining: ['x', 'alice'] }).violations.map((violation) => violation.kind);
  assert.deepEqual(both, ['too-short', 'not-ascii', 'too-few-classes', 'contains-context']);
  assert.throws(() => huawei.check('Secret@12', { notContaining: ['\ud800'] }), /half of a surrogate pair at index 0/);
  assert.throws(() => huawei.check('Secret@12', { notContaining: 5 }), TypeError);
});

test('presets of both modules agree, on every vendor', () => {
  const pairs = Object.entries({ exotel, huawei, nxcloud, nxcloudRandom });
  assert.deepEqual(pairs.map(([, preset]) => preset.name), policy.presets);
  for (const [key, preset] of pairs) {
    assert.equal(small[key].name, preset.name);
    for (const password of lines(read('tests/golden.txt')).map((line) => line.split(' ')[3])) {
      assert.deepEqual(plain(preset.check(password)), small[key].check(password));
      assert.deepEqual(plain(preset.check(password.slice(2) + 'é')), small[key].check(password.slice(2) + 'é'));
    }
  }
});

test('options that would be ignored are errors', () => {
  const wrong = ['alice', ['alice'], 8, true, null, new Map(), new Date(0), () => {}];
  for (const options of wrong) {
    const calls = [
      () => huawei.check('Not_Alice_1', options),
      () => huawei.isCompliant('Not_Alice_1', options),
      () => huawei.generate(options),
      () => huawei.generateMany(2, options),
      () => huawei.restrict(options),
      () => huawei.passwordRules(options),
      () => huawei.count(16, options),
      () => policy.fromToml(huawei.toToml(), options),
      () => knownDefault('Huawei@2024', options),
      () => small.huawei.check('Not_Alice_1', options),
      () => small.huawei.isCompliant('Not_Alice_1', options),
      () => small.huawei.generate(options),
    ];
    for (const call of calls) {
      assert.throws(call, (error) => error instanceof TypeError && /^options: expected .*, found (null|an array|a value of type \w+)$/.test(error.message), `${call} with ${options}`);
    }
  }
  for (const [call, found] of [
    [() => huawei.check('Not_Alice_1', { notcontaining: 'alice' }), 'a plain object with notContaining, found "notcontaining"'],
    [() => huawei.generate({ len: 12 }), 'a plain object with length, exclude, safeFor, notContaining, found "len"'],
    [() => huawei.generateMany(2, { count: 2 }), 'a plain object with length, exclude, safeFor, notContaining, found "count"'],
    [() => huawei.restrict({ length: 12 }), 'a plain object with exclude, safeFor, notContaining, found "length"'],
    [() => policy.fromToml(huawei.toToml(), { maxstates: 5 }), 'a plain object with maxStates, found "maxstates"'],
    [() => small.huawei.isCompliant('Not_Alice_1', { notContaining: 'alice' }), 'none, found "notContaining"'],
    [() => small.huawei.generate({ exclude: '0O' }), 'a plain object with length, found "exclude"'],
  ]) {
    assert.throws(call, { name: 'TypeError', message: `options: expected ${found}` });
  }
  // An object without a prototype, and one of another window, are plain.
  const other = runInNewContext("({ notContaining: 'alice' })");
  for (const options of [other, Object.assign(Object.create(null), { notContaining: 'alice' })]) assert.equal(huawei.isCompliant('Not_Alice_1', options), false);
});

test('texts that no address reaches are an error, and the next call works', async () => {
  for (const name of ['presets', 'sip-password']) {
    const instance = new Instance(await instantiate(name), () => {});
    const words = Array(1400).fill('x'.repeat(1 << 20));
    assert.throws(() => instance.put('Secret@12', words), /^RangeError: expected a text that fits in memory, found one of \d+ code units$/);
    assert.equal(instance.check(1, 'Secret@12').compliant, true);
    assert.equal(instance.check(1, 'Secret').violations[0].found, 6);
    assert.ok(instance.bytes.length < 1 << 22);
  }
});
