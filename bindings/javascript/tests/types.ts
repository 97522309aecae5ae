// What the types allow, and what they do not: a line after `@ts-expect-error` that is no error is one.

import { type GenerateOptions, type Policy, type Verdict, type Violation, PolicyError, exotel, huawei, kinds, messages, policy } from 'sip-password';
import { catalogue, huawei as huaweiOfAll, knownDefault, policy as all } from 'sip-password/all';
import type { SipPasswordInput, Strings } from 'sip-password/element';
import { huawei as small } from 'sip-password/presets';

const verdict: Verdict = huawei.check('Secret@12', { notContaining: ['alice'] });
const reasons: string[] = verdict.violations.map((violation: Violation) => `${violation.kind}: ${violation.message}, ${violation.found ?? ''}`);
const options: GenerateOptions = { length: 16, exclude: '0O1lI', safeFor: ['asterisk'], notContaining: 'alice' };
const passwords: string[] = [huawei.generate(), huawei.generate(options), ...exotel.generateMany(10, options), small.generate({ length: 8 })];
const mine: Policy = policy.fromToml('min_length = 8', { maxStates: 1000 });
const count: bigint = mine.count(16) - mine.count(16, { generated: true });
const bits: number = mine.entropy();
const shortest: number | undefined = mine.shortest(80);
const texts: string[] = [mine.explain(), mine.htmlAttributes(), mine.pattern(), mine.passwordRules({ accepted: true }), mine.toToml()];
const both: Policy = all.intersection(huaweiOfAll, all.named('twilio'));
const word: string | undefined = knownDefault('Huawei@2024', { names: ['alice'] });
const names: string[] = catalogue.map((system) => system.name);
const error: Error = new PolicyError('');
const chinese: string = messages('zh').describe(verdict.violations[0]!);
export function relabel(element: SipPasswordInput): string {
  const strings: Partial<Strings> = { label: '密码', strength: (bits) => `${bits} bits` };
  element.strings = strings;
  element.policy = both;
  return element.suggest({ length: 12 });
}
export { both, bits, chinese, count, error, kinds, names, passwords, reasons, shortest, texts, word };

// @ts-expect-error: a password is a string
huawei.check(12345678);
// @ts-expect-error: a length is a number
huawei.generate({ length: '16' });
// @ts-expect-error: the small module excludes nothing
small.generate({ exclude: '0' });
// @ts-expect-error: words of the account are an option
huawei.isCompliant('Secret@12', ['alice']);
// @ts-expect-error: the small module knows no words
small.isCompliant('Secret@12', { notContaining: 'alice' });
// @ts-expect-error: a policy never changes
huawei.name = 'other';
// @ts-expect-error: intersections are in `sip-password/all`
policy.intersection(huawei);
