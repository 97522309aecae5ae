// The memory of a module after a call: nothing of a password, of a seed, or of the words that a password was made of.

import assert from 'node:assert/strict';
import { webcrypto as crypto } from 'node:crypto';
import { test } from 'node:test';

import { library } from '../package/library.js';
import { presetsOf } from '../package/small.js';
import { chacha20 } from './chacha20.js';
import { instantiate } from './paths.js';

/** A part of a secret that is long enough not to be anywhere by chance. */
const PART = 6;

/** The parts of secrets, as bytes, that are in a memory. */
function found(exports, secrets) {
  const memory = Buffer.from(exports.memory.buffer);
  const parts = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    return Array.from({ length: Math.max(bytes.length - PART + 1, 1) }, (_, at) => bytes.subarray(at, at + PART));
  });
  return parts.filter((part) => part.some((byte) => byte !== 0) && memory.includes(part)).length;
}

const bytesOf = (words) => Buffer.from(new Uint32Array(words).buffer);

/** A new instance that notes every seed. */
async function watched(name) {
  const exports = await instantiate(name);
  const seeds = [];
  const random = (bytes) => {
    crypto.getRandomValues(bytes);
    seeds.push(Buffer.from(bytes));
  };
  const huawei = name === 'presets' ? presetsOf(exports, random)[1] : library(exports, random).presets[1];
  return { exports, seeds, huawei };
}

for (const name of ['sip-password', 'all', 'presets']) {
  test(`checked passwords are wiped: ${name}`, async () => {
    const { exports, huawei } = await watched(name);
    const secrets = ['Qw7.kPz9@Lm2', 'qwkpzvlmbnrk', 'Zürgch…Qw7.kPz9', '\ud800Qw7.kPz9', 'xY4'.repeat(3000) + 'Rk8_vBn3.Tg5'];
    for (const secret of secrets) {
      huawei.check(secret);
      if (name !== 'presets') huawei.check(secret, { notContaining: ['Alice', 'bob'] });
      assert.equal(found(exports, [secret.slice(-12)]), 0, `${secret.length} characters`);
    }
    // The search finds what is there.
    new Uint8Array(exports.memory.buffer).set(Buffer.from(secrets[0]), exports.input(100));
    assert.ok(found(exports, [secrets[0]]) > 0);
  });

  test(`generated passwords and their seeds are wiped: ${name}`, async () => {
    const { exports, seeds, huawei } = await watched(name);
    const passwords = Array.from({ length: 300 }, () => huawei.generate());
    assert.equal(found(exports, passwords), 0);
    assert.ok(seeds.length > 1);
    const used = name === 'presets' ? [seeds.at(-1).subarray(-16)] : [...seeds, ...seeds.map((seed) => bytesOf(chacha20(seed, 4)))];
    assert.equal(found(exports, used), 0);
    // Whoever does not wipe the password finds it there.
    while (exports.generate(1, 16) === -2) {
      crypto.getRandomValues(new Uint8Array(exports.memory.buffer, exports.seed(), exports.seed_size()));
      exports.seeded();
    }
    const password = Buffer.from(exports.memory.buffer.slice(exports.password(), exports.password() + 16));
    assert.ok(found(exports, [password]) > 0);
  });
}

test('many passwords, their seed and their words are wiped', async () => {
  const { exports, seeds, huawei } = await watched('sip-password');
  const passwords = huawei.generateMany(5000);
  const words = seeds.map((seed) => bytesOf(chacha20(seed, 4000)));
  assert.equal(found(exports, [...passwords.slice(0, 500), ...passwords.slice(-500), ...seeds, ...words.map((bytes) => bytes.subarray(0, 2000))]), 0);
  // Before they are wiped, they are there.
  crypto.getRandomValues(new Uint8Array(exports.memory.buffer, exports.seed(), 32));
  exports.generate_lines(1, 16, 10);
  assert.ok(found(exports, [Buffer.from(exports.memory.buffer.slice(exports.lines(), exports.lines() + 16))]) > 0);
});

test('a password that is too rare, and one of a restricted policy, is wiped', async () => {
  const exports = await instantiate('sip-password');
  const { policy } = library(exports, (bytes) => crypto.getRandomValues(bytes));
  const rare = policy.fromToml('min_length = 16\nmax_length = 16\n[[class]]\nname = "d"\ncharacters = "0-9"\nminimum = 14\n[[class]]\nname = "l"\ncharacters = "a-z"\n');
  assert.equal(found(exports, [rare.generate(), ...rare.generateMany(50), policy.named('exotel').generate({ exclude: '0O', length: 64 })]), 0);
});

test('a password that was held against the well-known ones is wiped', async () => {
  const exports = await instantiate('all');
  const { knownDefault } = library(exports, (bytes) => crypto.getRandomValues(bytes));
  assert.equal(knownDefault('Huawei@2024'), 'word');
  assert.equal(knownDefault('Qw7.kPz9@Lm2', { names: ['alice'] }), undefined);
  assert.equal(found(exports, ['ei@2024', 'Qw7.kPz9@Lm2']), 0);
});
