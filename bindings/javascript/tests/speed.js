// Processor time beside what people use today, in one process, a turn for each one after another.

import assert from 'node:assert/strict';

import generator from 'generate-password';
import Validator from 'password-validator';
import { huawei } from 'sip-password';

const ROUNDS = 7;
const COUNT = 20_000;

/** Processor time of one call, in nanoseconds for each of `COUNT`. */
function time(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / COUNT;
}

const passwords = huawei.generateMany(COUNT);
const validator = new Validator().is().min(8).is().max(16).has().uppercase().has().lowercase().has().digits().has().symbols();
// All four classes: of "three of four" this package knows nothing.
const strict = { length: 16, numbers: true, symbols: '~@^*_+.?', uppercase: true, lowercase: true, strict: true };
const each = (work) => () => {
  for (let at = 0; at < COUNT; at++) work(at);
};

const rows = [
  ['check', 4, each((at) => huawei.check(passwords[at])), 'password-validator', each((at) => validator.validate(passwords[at]))],
  ['generate', 3, each(() => huawei.generate()), 'generate-password, strict', each(() => generator.generate(strict))],
  ['generateMany', 8, () => huawei.generateMany(COUNT), 'generate-password, strict, many', () => generator.generateMultiple(COUNT, strict)],
];
console.log('ns for each, the fastest of %d rounds; ratios of the rounds', ROUNDS);
for (const [name, floor, ours, peer, theirs] of rows) {
  ours();
  theirs();
  const rounds = Array.from({ length: ROUNDS }, () => [time(ours), time(theirs)]);
  const ratios = rounds.map(([one, other]) => other / one).sort((a, b) => a - b);
  const [one, other] = [0, 1].map((side) => Math.min(...rounds.map((round) => round[side])).toFixed(0));
  const median = ratios[ROUNDS >> 1];
  console.log(`${name}: ${one}, ${peer}: ${other}; ${median.toFixed(1)} x (${ratios[0].toFixed(1)} to ${ratios.at(-1).toFixed(1)}), floor ${floor} x`);
  // Half of it: a machine may be busy with something else meanwhile.
  assert.ok(median > floor / 2, `${name}: expected more than ${floor / 2} times ${peer}, found ${median.toFixed(1)}`);
}
