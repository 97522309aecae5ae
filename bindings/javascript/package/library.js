// The interface of the package, over one instance of its module.

import { Instance, expectString, expectText, wrongType } from './instance.js';

const FACTS = ['name', 'title', 'source', 'read', 'certainty', 'notes', 'alphabet', 'explain', 'toml', 'pattern', 'html'];
/** The passwords that one call makes: 64 KiB and more of text would only take memory. */
const AT_ONCE = 4096;
/** The restricted policies that are kept, since counting takes longer than generating. */
const KEPT = 16;

/** Text for people, such as an error in a policy file, which names line and key. */
export class PolicyError extends Error {
  get name() {
    return 'PolicyError';
  }
}

/** Everything that the package exports, of an instance's exports. `random` fills an array of bytes, or throws. */
export function library(exports, random) {
  const instance = new Instance(exports, random);
  const forgotten = new FinalizationRegistry((number) => instance.forget(number));
  const [presets, safeFor, safeForSources, languages] = [1, 2, 3, 4].map((list) => Object.freeze(instance.words(list)));
  /** The words of a list that a caller gave: of one text, that text. */
  const words = (name, value) => {
    const list = typeof value === 'string' ? [value] : value ?? [];
    if (!Array.isArray(list)) throw wrongType(name, 'a string or an array of strings', value);
    list.forEach((word) => expectText(name, word));
    return list.filter((word) => word !== '');
  };
  /** An optional text. */
  const fact = (number, which) => {
    const size = exports.fact(number, FACTS.indexOf(which));
    return size < 0 ? undefined : instance.text(size);
  };
  const languageOf = (language) => {
    expectString('language', language);
    const index = languages.indexOf(language);
    if (index < 0) throw new RangeError(`language: expected one of ${languages.join(', ')}, found ${JSON.stringify(language)}`);
    return index;
  };
  const describe = (number, record, language) => {
    new Uint32Array(exports.memory.buffer, exports.records(), record.length).set(record);
    return instance.text(exports.describe(number, language));
  };

  /** One way in which a password violates a policy. */
  class Violation {
    #policy;
    #record;

    constructor(policy, record, members) {
      this.#policy = policy;
      this.#record = record.slice();
      Object.assign(this, members);
    }

    /** What was found and what was expected, in English. */
    get message() {
      return this.describe('en');
    }

    describe(language) {
      return describe(numberOf(this.#policy), this.#record, languageOf(language));
    }
  }

  /** Which passwords are compliant. */
  class Policy {
    #number;
    #restricted = new Map();

    constructor(number) {
      this.#number = number;
      if (number >= presets.length) forgotten.register(this, number);
    }

    static number(policy) {
      if (!(policy instanceof Policy)) throw wrongType('policy', 'a policy', policy);
      return policy.#number;
    }

    get name() {
      return fact(this.#number, 'name');
    }

    get title() {
      return fact(this.#number, 'title');
    }

    get source() {
      return fact(this.#number, 'source');
    }

    get read() {
      return fact(this.#number, 'read');
    }

    get certainty() {
      return fact(this.#number, 'certainty');
    }

    get notes() {
      return fact(this.#number, 'notes').split('\n').filter(Boolean);
    }

    get minLength() {
      return exports.length(this.#number, 0);
    }

    get maxLength() {
      return exports.length(this.#number, 1);
    }

    get defaultLength() {
      return exports.length(this.#number, 2);
    }

    get alphabet() {
      return fact(this.#number, 'alphabet');
    }

    get classes() {
      const names = [];
      for (let size; (size = exports.class_name(this.#number, names.length)) >= 0; ) names.push(instance.text(size));
      return names;
    }

    check(password, { notContaining } = {}) {
      const names = notContaining === undefined ? undefined : words('notContaining', notContaining);
      return instance.check(this.#number, password, names, (members, record) => new Violation(this, record, members));
    }

    isCompliant(password, options) {
      return this.check(password, options).compliant;
    }

    /** The same policy, which generates less. */
    restrict({ exclude = '', safeFor: contexts, notContaining } = {}) {
      expectText('exclude', exclude);
      const bits = words('safeFor', contexts).reduce((bits, context) => {
        const index = safeFor.indexOf(context);
        if (index < 0) throw new RangeError(`safeFor: expected one of ${safeFor.join(', ')}, found ${JSON.stringify(context)}`);
        return bits | (1 << index);
      }, 0);
      const names = words('notContaining', notContaining);
      if (exclude === '' && bits === 0 && names.length === 0) return this;
      const key = JSON.stringify([exclude, bits, names]);
      let restricted = this.#restricted.get(key);
      if (!restricted) {
        restricted = made(exports.restricted(this.#number, bits, ...instance.put(exclude, names)));
        if (this.#restricted.size === KEPT) this.#restricted.delete(this.#restricted.keys().next().value);
        this.#restricted.set(key, restricted);
      }
      return restricted;
    }

    generate(options) {
      if (options === undefined) return instance.generate(this.#number);
      const { length, exclude, safeFor, notContaining } = options;
      if (exclude === undefined && safeFor === undefined && notContaining === undefined) return instance.generate(this.#number, length);
      return instance.generate(this.restrict(options).#number, length);
    }

    generateMany(count, options = {}) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new RangeError(`count: expected a whole number from 0, found ${typeof count === 'number' ? count : `a value of type ${typeof count}`}`);
      }
      const { length: asked, ...restrictions } = options;
      const number = this.restrict(restrictions).#number;
      const length = instance.length(number, asked);
      const passwords = [];
      for (let left = count; left > 0; left -= AT_ONCE) {
        const now = Math.min(left, AT_ONCE);
        const lines = instance.generateLines(number, length, now);
        for (let at = 0; at < lines.length; at += length + 1) passwords.push(lines.slice(at, at + length));
      }
      return passwords;
    }

    entropy(length = this.defaultLength) {
      return exports.figure(this.#number, 0, length);
    }

    acceptance(length = this.defaultLength) {
      return exports.figure(this.#number, 1, length);
    }

    shortest(bits) {
      const length = exports.figure(this.#number, 2, bits);
      return Number.isFinite(length) ? length : undefined;
    }

    count(length = this.defaultLength) {
      return BigInt(instance.text(exports.count(this.#number, length, 0)));
    }

    explain() {
      return fact(this.#number, 'explain');
    }

    htmlAttributes() {
      return fact(this.#number, 'html');
    }

    pattern() {
      return fact(this.#number, 'pattern');
    }

    passwordRules({ accepted = false } = {}) {
      const size = exports.password_rules(this.#number, accepted ? 0 : 1);
      if (size < -1) throw new PolicyError(instance.text(-2 - size));
      return instance.text(size);
    }

    toToml() {
      return fact(this.#number, 'toml');
    }

    toString() {
      return this.explain();
    }
  }

  const numberOf = Policy.number;
  const byPreset = presets.map((_, number) => Object.freeze(new Policy(number)));
  /** The policy that a call has made, or its error. */
  const made = (number) => {
    if (number < 0) throw new PolicyError(instance.text(-2 - number));
    return byPreset[number] ?? Object.freeze(new Policy(number));
  };
  const ofText = (name, text, make) => {
    expectText(name, text);
    return made(make(instance.put(text)[0]));
  };

  const policy = Object.freeze({
    presets,
    fromToml(text, { maxStates = 0xffffffff } = {}) {
      return ofText('text', text, (size) => exports.from_toml(size, Math.min(maxStates, 0xffffffff)));
    },
    fromPasswordRules: (text) => ofText('text', text, exports.from_password_rules),
    named: (name) => ofText('name', name, exports.named),
    ...(exports.intersection && {
      intersection: (...policies) => made(exports.intersection(instance.putNumbers(policies.map(numberOf)))),
    }),
  });

  /** The reasons in a language. */
  const messages = (language) => {
    languageOf(language);
    return Object.freeze({ language, describe: (violation) => violation.describe(language) });
  };

  const [titles, groups] = [6, 7].map((list) => instance.words(list));
  const catalogue = instance.words(5).map((name, at) => Object.freeze({ name, title: titles[at], group: groups[at] }));

  const knownDefault = (password, { names } = {}) => {
    expectString('password', password);
    const size = exports.known_default(...instance.put(password, words('names', names)));
    return size < 0 ? undefined : instance.text(size);
  };

  return { Policy, PolicyError, Violation, catalogue: Object.freeze(catalogue), kinds: instance.kinds, knownDefault, languages, messages, policy, presets: byPreset, safeFor, safeForSources };
}
