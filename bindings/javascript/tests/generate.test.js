// Passwords: the golden vectors of the library, and a random source that fails.

import assert from 'node:assert/strict';
import { webcrypto as crypto } from 'node:crypto';
import { test } from 'node:test';

import { exotel, huawei, nxcloud, nxcloudRandom, policy, safeFor } from 'sip-password';
import * as small from 'sip-password/presets';

import { library } from '../package/library.js';
import { presetsOf } from '../package/small.js';
import { chacha20 } from './chacha20.js';
import { instantiate, lines, read } from './paths.js';
import { withSeed } from './seeds.js';

const golden = lines(read('tests/golden.txt')).map((line) => line.split(' '));

test('golden vectors of the library, one by one and at once', async () => {
  for (const [name, length, seed, password] of golden) {
    const random = (bytes) => crypto.getRandomValues(bytes);
    const { policy } = library(withSeed(await instantiate('sip-password'), Number(seed)), random);
    assert.equal(policy.named(name).generate({ length: Number(length) }), password);
    const other = library(withSeed(await instantiate('sip-password'), Number(seed)), random);
    assert.deepEqual(other.policy.named(name).generateMany(1, { length: Number(length) }), [password]);
  }
});

test('golden vectors by the small module, from the words of ChaCha20', async () => {
  for (const [name, length, seed, password] of golden) {
    // The small module uses the last word first.
    const random = (bytes) => {
      const words = chacha20(new Uint8Array(32).fill(Number(seed)), bytes.length / 4).reverse();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      words.forEach((word, at) => view.setUint32(4 * at, word, true));
    };
    const preset = presetsOf(await instantiate('presets'), random).find((preset) => preset.name === name);
    assert.equal(preset.generate({ length: Number(length) }), password);
  }
});

test('passwords comply, at every length, and differ', () => {
  for (const [key, preset] of Object.entries({ exotel, huawei, nxcloud, nxcloudRandom })) {
    for (let length = preset.minLength; length <= preset.maxLength; length++) {
      const [one, other] = [preset.generate({ length }), small[key].generate({ length })];
      for (const password of [one, other]) {
        assert.equal(password.length, length);
        assert.ok(preset.isCompliant(password));
      }
      if (key !== 'nxcloudRandom') assert.notEqual(one, other);
    }
  }
  assert.equal(huawei.generate().length, 16);
  const many = huawei.generateMany(10_000, { length: 12 });
  assert.equal(new Set(many).size, 10_000);
  assert.ok(many.every((password) => password.length === 12 && huawei.isCompliant(password)));
  assert.equal(new Set(Array.from({ length: 10_000 }, () => huawei.generate())).size, 10_000);
  assert.equal(new Set(Array.from({ length: 10_000 }, () => small.huawei.generate())).size, 10_000);
  assert.deepEqual(huawei.generateMany(0), []);
});

test('each character is as likely as any other', () => {
  const counts = new Map();
  const rule = policy.fromToml('min_length = 8\nmax_length = 8\n[[class]]\nname = "all"\ncharacters = "a-zA-Z0-9_."\n');
  for (const password of rule.generateMany(40_000)) for (const character of password) counts.set(character, (counts.get(character) ?? 0) + 1);
  const mean = 320_000 / 64;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  // 63 degrees of freedom: exceeded with a probability of 1e-9.
  assert.ok(counts.size === 64 && chiSquare < 150, `chi square ${chiSquare}`);
});

test('restrictions', () => {
  const options = { length: 16, exclude: '0O1lI', safeFor: ['uri', 'asterisk-dial'], notContaining: ['a'] };
  for (const password of [...huawei.generateMany(500, options), huawei.generate(options)]) {
    assert.match(password, /^[2-9B-HJ-NP-Zb-km-z\-_.!*+]{16}$/);
  }
  assert.equal(huawei.restrict({ exclude: '0O1lI' }).alphabet.length, 65);
  assert.ok(huawei.restrict({ safeFor }).entropy(16) < huawei.entropy(16));
  // A formula begins with one of these; elsewhere they are characters like others.
  const cells = huawei.generateMany(2000, { safeFor: ['csv'] });
  assert.ok(cells.some((password) => password.includes('+')));
  assert.ok(!cells.some((password) => /^[+@]/.test(password)));
  assert.throws(() => huawei.generate({ safeFor: ['moon'] }), /safeFor: expected one of uri, .*, found "moon"/);
  assert.throws(() => huawei.generate({ exclude: 'ß' }), /^PolicyError: exclude: /);
  assert.throws(() => huawei.generate({ exclude: huawei.alphabet }), { name: 'PolicyError' });
});

test('lengths', () => {
  for (const preset of [huawei, small.huawei]) {
    for (const length of [7, 17, 12.5, -1, Infinity, NaN, '12', null]) {
      assert.throws(() => preset.generate({ length }), /^RangeError: length: expected a whole number from 8 to 16, found /);
    }
  }
  const long = policy.fromToml('min_length = 8\nmax_length = 200\n[[class]]\nname = "all"\ncharacters = "a-z"\n');
  assert.equal(long.generate({ length: 64 }).length, 64);
  for (const make of [() => long.generate({ length: 65 }), () => long.generateMany(2, { length: 65 })]) {
    assert.throws(make, /^RangeError: the policy allows 65 characters, but this library generates at most 64$/);
  }
  for (const length of [-1, 2.5, NaN, Infinity, '16', null, 16n]) {
    for (const figure of ['count', 'entropy', 'acceptance']) {
      assert.throws(() => huawei[figure](length), /^RangeError: length: expected a whole number from 0, found /, `${figure} of ${length}`);
    }
  }
  // Not the numbers that 32 bits make of them.
  assert.deepEqual([huawei.count(2 ** 32 + 16), huawei.entropy(2 ** 32 + 16), huawei.acceptance(2 ** 32 + 16)], [0n, -Infinity, 0]);
  for (const bits of ['80', NaN, undefined]) assert.throws(() => huawei.shortest(bits), /^RangeError: bits: expected a number, found /);
  for (const count of [-1, 1.5, '3']) assert.throws(() => huawei.generateMany(count), /count: expected a whole number from 0/);
});

test('passwords that are too rare to be found by trial', () => {
  const rare = policy.fromToml('min_length = 16\nmax_length = 16\n[[class]]\nname = "d"\ncharacters = "0-9"\nminimum = 14\n[[class]]\nname = "l"\ncharacters = "a-z"\n');
  for (const password of [rare.generate(), ...rare.generateMany(20)]) assert.ok(rare.isCompliant(password), 'compliant');
});

const sources = {
  'sip-password': async (random, preset = 1) => library(await instantiate('sip-password'), random).presets[preset],
  presets: async (random, preset = 1) => presetsOf(await instantiate('presets'), random)[preset],
};
for (const [module, make] of Object.entries(sources)) {
  test(`a source that throws, or repeats itself: ${module}`, async () => {
    const broken = await make(() => {
      throw new Error('no entropy');
    });
    assert.throws(() => broken.generate(), (error) => /the random source failed/.test(error.message) && error.cause.message === 'no entropy');
    // It works again, and what was drawn before is not used.
    let works = false;
    const sometimes = await make((bytes) => {
      if (!works) throw new Error('no entropy');
      crypto.getRandomValues(bytes);
    });
    assert.throws(() => sometimes.generate());
    works = true;
    assert.ok(sometimes.isCompliant(sometimes.generate()));
    for (const byte of [0, 7, 255]) {
      for (const preset of [0, 1, 2, 3]) {
        const stuck = await make((bytes) => bytes.fill(byte), preset);
        assert.throws(() => {
          for (let at = 0; at < 1000; at++) stuck.generate({ length: at % 2 ? stuck.maxLength : undefined });
        }, /^Error: the random source is broken/);
      }
    }
  });
}

for (const [module, make] of Object.entries(sources)) {
  test(`a source that is stuck from the beginning makes no password: ${module}`, async () => {
    const drawn = crypto.getRandomValues(new Uint8Array(4096));
    const stuck = {
      'does nothing': () => {},
      zeros: (bytes) => bytes.fill(0),
      'one byte': (bytes) => bytes.fill(7),
      'one word': (bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).fill(0x12345678),
      'the same bytes each time': (bytes) => bytes.set(drawn.subarray(0, bytes.length)),
      'two bytes in turn': (bytes) => bytes.fill((turn = 5 - turn)),
    };
    let turn = 2;
    for (const [name, random] of Object.entries(stuck)) {
      const calls = [(preset) => preset.generate(), ...(module === 'presets' ? [] : [(preset) => preset.generateMany(1)])];
      for (const call of calls) {
        for (let preset = 0; preset < 4; preset++) {
          const instance = await make(random, preset);
          assert.throws(() => call(instance), /^Error: the random source is broken/, name);
          assert.throws(() => call(instance), /^Error: the random source is broken/, name);
        }
      }
    }
    // It is stuck after it has worked.
    let works = true;
    const later = await make((bytes) => (works ? crypto.getRandomValues(bytes) : bytes.set(drawn.subarray(0, bytes.length))));
    assert.ok(later.isCompliant(later.generate()));
    works = false;
    assert.throws(() => {
      for (let at = 0; at < 100; at++) later.generate();
    }, /^Error: the random source is broken/);
  });

  test(`a source that calls the package: ${module}`, async () => {
    const drawn = [];
    let inside = 0;
    const source = await make((bytes) => {
      crypto.getRandomValues(bytes);
      drawn.push(bytes);
      if (inside++ === 0) {
        source.generate();
        source.generateMany?.(3);
        source.check('Secret');
      }
      inside--;
    });
    for (let at = 0; at < 60; at++) assert.ok(source.isCompliant(source.generate()));
    assert.ok(source.generateMany?.(100).every((password) => source.isCompliant(password)) ?? true);
    assert.ok(drawn.length > 4 && drawn.every((bytes) => bytes.every((byte) => byte === 0)), 'what was drawn is wiped');
  });
}

test('the outer call of a source that calls the package uses what it drew', async () => {
  const seeds = [];
  let depth = 0;
  const exports = await instantiate('sip-password');
  const { presets } = library({ ...exports, seeded: () => (seeds.push(new Uint8Array(exports.memory.buffer.slice(exports.seed(), exports.seed() + 32))), exports.seeded()) }, (bytes) => {
    crypto.getRandomValues(bytes);
    if (depth++ === 0) presets[1].generate();
    depth--;
  });
  presets[1].generate();
  assert.ok(seeds.length > 1);
  for (const seed of seeds) assert.ok(seed.some((byte) => byte !== 0), 'a seed of zeros');
});

test('a seed is asked for once in a kilobyte of words, and once for many', async () => {
  let calls = 0;
  const { presets } = library(await instantiate('sip-password'), (bytes) => {
    calls++;
    crypto.getRandomValues(bytes);
  });
  for (let at = 0; at < 1000; at++) presets[1].generate();
  assert.ok(calls > 15 && calls < 40, `${calls} calls`);
  calls = 0;
  presets[1].generateMany(4096);
  assert.equal(calls, 1);
});
