// The files that browsers and Deno take, by their paths.

import { huawei, messages, policy } from '../package/index.js';
import { policy as all } from '../package/all.js';
import { huawei as small } from '../package/presets.js';

const [violation] = huawei.check('Secret').violations;
const found = [
  violation.message,
  messages('zh').describe(violation),
  huawei.generateMany(100).every((password) => small.isCompliant(password)),
  huawei.isCompliant(small.generate({ length: 12 })),
  policy.fromToml(huawei.toToml()).count() === huawei.count(),
  all.named('twilio').minLength,
];
const expected = ['6 characters, expected at least 8', '只有 6 个字符，至少需要 8 个', true, true, true, 12];
if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`expected ${expected}, found ${found}`);
