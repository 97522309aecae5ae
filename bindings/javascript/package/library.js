// The interface of the package, over one instance of its module.

import { Instance, expectString, expectText, optionsOf, wrongType } from './instance.js';

const FACTS = ['name', 'title', 'source', 'read', 'certainty', 'notes', 'alphabet', 'explain', 'toml', 'pattern', 'html'];
/** The passwords that one call makes: 64 KiB and more of text would only take memory. */
const AT_ONCE = 4096;
/** The restrictions of a policy that are kept, since counting takes longer than generating. */
const KEPT = 32;
const RESTRICTIONS = ['exclude', 'safeFor', 'notContaining'];
/** The policies of every entry point, to tell them from other objects. */
const policies = new WeakSet();
/** What nobody else has, so that nobody makes a policy of a number. */
const OWN = Symbol('own');

/** Text for people, such as an error in a policy file, which names line and key. */
export class PolicyError extends Error {
  get name() {
    return 'PolicyError';
  }
}

/** Everything that the package exports, of an instance's exports. `random` fills an array of bytes, or throws. */
export function library(exports, random) {
  const instance = new Instance(exports, random);
  const forgotten = new FinalizationRegistry(({ number, restricted }) => {
    instance.forget(number);
    for (const entry of restricted.values()) drop(entry);
  });
  /** Forgets a restricted policy that nobody else has. */
  const drop = ({ number, policy }) => policy ?? instance.forget(number);
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

    /** The members with the message, which is no member of the object itself. */
    toJSON() {
      return { ...this, message: this.message };
    }

    describe(language) {
      return describe(numberOf(this.#policy), this.#record, languageOf(language));
    }
  }

  let numberOf;

  /** Which passwords are compliant. */
  class Policy {
    #number;
    /** By their restrictions, those that were used last at the end: the number, the policy if somebody has it, and how many calls use it. */
    #restricted = new Map();

    constructor(number, own) {
      if (own !== OWN) throw new TypeError('expected a policy from `policy`, a preset or `restrict`, found a call of the constructor');
      this.#number = number;
      policies.add(this);
      if (number >= presets.length) forgotten.register(this, { number, restricted: this.#restricted });
    }

    static {
      numberOf = (policy) => {
        if (#number in Object(policy)) return policy.#number;
        if (!policies.has(policy)) throw wrongType('policy', 'a policy', policy);
        throw new TypeError('policy: expected a policy of this entry point, found one of another; import both from sip-password/all');
      };
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

    check(password, options) {
      const { notContaining } = optionsOf(options, ['notContaining']);
      const names = notContaining === undefined ? undefined : words('notContaining', notContaining);
      return instance.check(this.#number, password, names, (members, record) => new Violation(this, record, members));
    }

    isCompliant(password, options) {
      return this.check(password, options).compliant;
    }

    /** The entry of a restricted policy, or nothing if the restrictions are none. */
    #restriction({ exclude = '', safeFor: contexts, notContaining }) {
      expectText('exclude', exclude);
      const bits = words('safeFor', contexts).reduce((bits, context) => {
        const index = safeFor.indexOf(context);
        if (index < 0) throw new RangeError(`safeFor: expected one of ${safeFor.join(', ')}, found ${JSON.stringify(context)}`);
        return bits | (1 << index);
      }, 0);
      const names = words('notContaining', notContaining);
      if (exclude === '' && bits === 0 && names.length === 0) return undefined;
      const key = JSON.stringify([exclude, bits, names]);
      const entry = this.#restricted.get(key) ?? { number: made(exports.restricted(this.#number, bits, ...instance.put(exclude, names))), calls: 0 };
      this.#restricted.delete(key);
      this.#restricted.set(key, entry);
      if (this.#restricted.size > KEPT) {
        const [oldest, unused] = this.#restricted.entries().next().value;
        this.#restricted.delete(oldest);
        // A random source of somebody else may have called while a call uses it.
        if (unused.calls > 0) unused.policy ??= policyOf(unused.number);
        drop(unused);
      }
      return entry;
    }

    /** Runs `work` with the number of a restricted policy, which stays until then. */
    #restrictedTo(restrictions, work) {
      const entry = this.#restriction(restrictions);
      if (!entry) return work(this.#number);
      entry.calls++;
      try {
        return work(entry.number);
      } finally {
        entry.calls--;
      }
    }

    /** The same policy, which generates less. */
    restrict(restrictions) {
      const entry = this.#restriction(optionsOf(restrictions, RESTRICTIONS));
      return entry ? (entry.policy ??= policyOf(entry.number)) : this;
    }

    generate(options) {
      if (options === undefined) return instance.generate(this.#number);
      const { length, exclude, safeFor, notContaining } = optionsOf(options, ['length', ...RESTRICTIONS]);
      if (exclude === undefined && safeFor === undefined && notContaining === undefined) return instance.generate(this.#number, length);
      return this.#restrictedTo(options, (number) => instance.generate(number, length));
    }

    generateMany(count, options) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new RangeError(`count: expected a whole number from 0, found ${typeof count === 'number' ? count : `a value of type ${typeof count}`}`);
      }
      const { length: asked, ...restrictions } = optionsOf(options, ['length', ...RESTRICTIONS]);
      return this.#restrictedTo(restrictions, (number) => {
        const length = instance.length(number, asked);
        const passwords = [];
        for (let left = count; left > 0; left -= AT_ONCE) {
          const now = Math.min(left, AT_ONCE);
          const lines = instance.generateLines(number, length, now);
          for (let at = 0; at < lines.length; at += length + 1) passwords.push(lines.slice(at, at + length));
        }
        return passwords;
      });
    }

    entropy(length) {
      return exports.figure(this.#number, 0, instance.anyLength(this.#number, length));
    }

    acceptance(length) {
      return exports.figure(this.#number, 1, instance.anyLength(this.#number, length));
    }

    shortest(bits) {
      if (typeof bits !== 'number' || Number.isNaN(bits)) throw new RangeError(`bits: expected a number, found ${typeof bits === 'number' ? bits : `a value of type ${typeof bits}`}`);
      const length = exports.figure(this.#number, 2, bits);
      return Number.isFinite(length) ? length : undefined;
    }

    count(length, options) {
      const { generated = false } = optionsOf(options, ['generated']);
      return BigInt(instance.text(exports.count(this.#number, instance.anyLength(this.#number, length), generated ? 1 : 0)));
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

    passwordRules(options) {
      const { accepted = false } = optionsOf(options, ['accepted']);
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

  const byPreset = presets.map((_, number) => Object.freeze(new Policy(number, OWN)));
  const policyOf = (number) => byPreset[number] ?? Object.freeze(new Policy(number, OWN));
  /** The number of the policy that a call has made, or its error. */
  const made = (number) => {
    if (number < 0) throw new PolicyError(instance.text(-2 - number));
    return number;
  };
  const ofText = (name, text, make) => {
    expectText(name, text);
    return policyOf(made(make(instance.put(text)[0])));
  };

  const policy = Object.freeze({
    presets,
    fromToml(text, options) {
      const { maxStates = Infinity } = optionsOf(options, ['maxStates']);
      if (maxStates !== Infinity && (!Number.isInteger(maxStates) || maxStates < 1)) {
        const found = typeof maxStates === 'number' ? maxStates : `a value of type ${typeof maxStates}`;
        throw new RangeError(`maxStates: expected a whole number from 1, found ${found}`);
      }
      return ofText('text', text, (size) => exports.from_toml(size, Math.min(maxStates, 0xffffffff)));
    },
    fromPasswordRules: (text) => ofText('text', text, exports.from_password_rules),
    named: (name) => ofText('name', name, exports.named),
    ...(exports.intersection && {
      intersection: (...policies) => policyOf(made(exports.intersection(instance.putNumbers(policies.map((policy) => numberOf(policy)))))),
    }),
  });

  /** The reasons in a language. */
  const messages = (language) => {
    languageOf(language);
    return Object.freeze({ language, describe: (violation) => violation.describe(language) });
  };

  const [titles, groups] = [6, 7].map((list) => instance.words(list));
  const catalogue = instance.words(5).map((name, at) => Object.freeze({ name, title: titles[at], group: groups[at] }));

  const knownDefault = (password, options) => {
    const { names } = optionsOf(options, ['names']);
    expectString('password', password);
    const size = exports.known_default(...instance.put(password, words('names', names)));
    return size < 0 ? undefined : instance.text(size);
  };

  return { Policy, PolicyError, Violation, catalogue: Object.freeze(catalogue), kinds: instance.kinds, knownDefault, languages, messages, numberOf, policy, presets: byPreset, safeFor, safeForSources };
}
