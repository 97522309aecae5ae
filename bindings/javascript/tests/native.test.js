// The module against the native command: verdicts on mixed strings, and every seed of the fuzz targets with what it can become.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { policy } from 'sip-password';
import { policy as all } from 'sip-password/all';
import * as small from 'sip-password/presets';

import { lines, root } from './paths.js';

const command = process.env.SIP_PASSWORD ?? assert.fail('expected SIP_PASSWORD to be the path of the native command');
const folder = mkdtempSync(join(tmpdir(), 'sip-password-'));
after(() => rmSync(folder, { recursive: true }));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}

/** Whole numbers below `bound`, the same in each run. */
function numbers(seed) {
  let state = BigInt(seed);
  return (bound) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(bound));
  };
}

/** Seeds of a fuzz target that are text. */
function seeds(target) {
  const directory = new URL(`fuzz/corpus/${target}/`, root);
  const texts = readdirSync(directory).map((name) => new Uint8Array(readFileSync(new URL(name, directory))));
  return texts.flatMap((bytes) => {
    try {
      return [new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)];
    } catch {
      return [];
    }
  });
}

/** Strings of all kinds: compliant ones, those with one fault, and those of the whole of Unicode. Without line breaks. */
function mixed(count) {
  const below = numbers(7);
  const sets = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', '~@^*_+.?', '!#$%&', ' "\'\\`;<>', 'äß€漢𝄞😀\u0301\u200d', '\0\t\x7f\x1b'];
  const characters = sets.map((set) => [...set]);
  return Array.from({ length: count }, () => {
    const kinds = 1 + below(below(4) === 0 ? sets.length : 4);
    return Array.from({ length: below(20) }, () => {
      const set = characters[below(kinds)];
      return set[below(set.length)];
    }).join('');
  });
}

test('verdicts on 100,000 mixed strings and on the seeds of the target check', () => {
  const strings = [...mixed(100_000 / policy.presets.length), ...seeds('check').filter((text) => !/[\n\r]/.test(text))];
  const file = join(folder, 'strings');
  writeFileSync(file, strings.map((text) => `${text}\n`).join(''));
  let compliant = 0;
  for (const name of policy.presets) {
    const native = lines(run('validate', name, file, '--format', 'json').stdout);
    assert.equal(native.length, strings.length);
    const [large, tiny] = [policy.named(name), Object.values(small).find((preset) => preset.name === name)];
    strings.forEach((text, at) => {
      const expected = native[at].replace(/^\{"line":\d+,/, '{');
      const { compliant: complies, violations } = large.check(text);
      assert.equal(JSON.stringify({ compliant: complies, violations: violations.map((violation) => ({ ...violation })) }), expected, `${name}, string ${at}`);
      assert.equal(JSON.stringify(tiny.check(text)), expected, `${name}, string ${at}, small module`);
      compliant += expected.startsWith('{"compliant":true') ? 1 : 0;
    });
  }
  assert.ok(compliant > 10_000 && compliant < 90_000, `${compliant} compliant`);
});

/** A text, cut, and with characters exchanged, inserted and left out. */
function changed(text, count) {
  const below = numbers(text.length);
  return [text, ...Array.from({ length: count }, () => {
    const at = below(text.length + 1);
    const insert = ['', '"', '\n', '0', '[[class]]\n', 'A', ';', '=', '1000', '\ufeff', 'ä'][below(11)];
    return text.slice(0, at) + insert + text.slice(at + below(3) * below(8));
  })];
}

/** What the native command makes of a text, as the package would: a policy file, or an error. */
function same(text, read, ...args) {
  const native = run('explain', ...args, '--format', 'toml');
  let mine;
  try {
    mine = read(text);
  } catch (error) {
    assert.equal(error.name, 'PolicyError', error.stack);
    assert.notEqual(native.status, 0, `${error.message}\n${text}`);
    assert.ok(native.stderr.includes(error.message), `${error.message}\n${native.stderr}`);
    return 0;
  }
  assert.equal(native.status, 0, `${native.stderr}\n${text}`);
  // The command gives rules of a password manager a name.
  assert.equal(mine.toToml().trimEnd(), native.stdout.replace(/^name = "password-rules"\n.*\n\n/, '').trimEnd());
  return 1;
}

test('policy files of the fuzz target, and what they become', () => {
  const file = join(folder, 'policy.toml');
  let read = 0;
  const texts = seeds('policy_file').flatMap((text) => changed(text, 40));
  for (const text of texts) {
    writeFileSync(file, text);
    read += same(text, (text) => policy.fromToml(text, { maxStates: 131_072 }), '--policy-file', file);
  }
  assert.ok(read > 10 && read < texts.length - 10, `${read} of ${texts.length} are policies`);
});

test('passwordrules of the fuzz target, and what they become', () => {
  let read = 0;
  const texts = seeds('password_rules').flatMap((text) => changed(text, 25)).filter((text) => !text.includes('\0'));
  for (const text of texts) read += same(text, policy.fromPasswordRules, `--password-rules=${text}`);
  assert.ok(read > 5 && read < texts.length - 5, `${read} of ${texts.length} are policies`);
});

test('the catalogue, intersections and forms', () => {
  let intersections = 0;
  for (const [name, partner] of [['twilio', 'huawei'], ['cisco', 'exotel'], ['zoom', 'nxcloud'], ['freepbx', 'huawei']]) {
    assert.equal(all.named(name).toToml().trimEnd(), run('explain', name, '--format', 'toml').stdout.trimEnd());
    const both = run('explain', '--accepted-by', `${name},${partner}`, '--format', 'json');
    let mine;
    try {
      mine = all.intersection(all.named(name), all.named(partner));
    } catch (error) {
      assert.equal(both.status, 2, both.stdout);
      continue;
    }
    const native = JSON.parse(lines(both.stdout).at(-1));
    assert.deepEqual([native.min_length, native.max_length, BigInt(native.compliant)], [mine.minLength, mine.maxLength, mine.count()]);
    intersections++;
  }
  assert.ok(intersections > 1, `${intersections} intersections`);
  for (const name of policy.presets) {
    const mine = policy.named(name);
    const native = JSON.parse(run('explain', name, '--format', 'json').stdout);
    assert.deepEqual(native.by_length.map(({ length, entropy }) => [length, entropy]), native.by_length.map(({ length }) => [length, mine.entropy(length)]));
    assert.equal(BigInt(native.compliant), mine.count());
    assert.equal(run('explain', name, '--format', 'html', '--generated').stdout.trim(), mine.htmlAttributes());
    assert.equal(run('explain', name, '--format', 'passwordrules').stdout.trim(), mine.passwordRules({ accepted: true }));
  }
});
