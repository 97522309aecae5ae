// The interface of `sip-password/presets`, over an instance of the small module.

import { Instance, optionsOf } from './instance.js';

export function presetsOf(exports, random) {
  const instance = new Instance(exports, random);
  const check = (number, password, options) => {
    // Words of the account are for `sip-password`: here they would be ignored.
    optionsOf(options, []);
    return instance.check(number, password);
  };
  return instance.words(1).map((name, number) =>
    Object.freeze({
      name,
      check: (password, options) => check(number, password, options),
      isCompliant: (password, options) => check(number, password, options).compliant,
      generate: (options) => instance.generate(number, optionsOf(options, ['length']).length),
    }),
  );
}
