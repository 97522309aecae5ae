// The interface of `sip-password/presets`, over an instance of the small module.

import { Instance } from './instance.js';

export function presetsOf(exports, random) {
  const instance = new Instance(exports, random);
  return instance.words(1).map((name, number) =>
    Object.freeze({
      name,
      check: (password) => instance.check(number, password),
      isCompliant: (password) => instance.check(number, password).compliant,
      generate: ({ length } = {}) => instance.generate(number, length),
    }),
  );
}
