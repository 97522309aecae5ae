import type { Reason, Verdict as VerdictOf } from './presets.js';

export type { Reason };
export type Verdict = VerdictOf<Violation>;

/** One way in which a password violates a policy. */
export interface Violation extends Reason {
  /** The class of which there are too few characters. */
  readonly class?: string;
  /** The classes that the violation is about. */
  readonly classes?: readonly string[];
  /** What was found and what was expected, in English. */
  readonly message: string;
  /** The same in one of `languages`. */
  describe(language: string): string;
  /** The members, and the message: for `JSON.stringify`. */
  toJSON(): Reason & { readonly class?: string; readonly classes?: readonly string[]; readonly message: string };
}
export const Violation: { readonly prototype: Violation };

export interface Context {
  /** Words that a password may not contain: the user's name, say. `check` takes any; what generates takes at most 64 bytes of them. */
  readonly notContaining?: string | readonly string[];
}

/** What a password is generated without. What is accepted stays the same, but for `notContaining`. */
export interface Restrictions extends Context {
  /** Characters that are not generated. */
  readonly exclude?: string;
  /** Places where every character must survive: names in `safeFor`. */
  readonly safeFor?: string | readonly string[];
}

export interface GenerateOptions extends Restrictions {
  /** The length in characters; by default the policy's own. */
  readonly length?: number;
}

/** Which passwords are compliant. It never changes. A member of options that a call does not know is a TypeError. */
export interface Policy {
  /** The name in programs, if it has one. */
  readonly name: string | undefined;
  /** The vendor and the purpose. */
  readonly title: string | undefined;
  /** The document that states the rule. */
  readonly source: string | undefined;
  /** The date of that document, or of the day when it was read. */
  readonly read: string | undefined;
  /** How sure it is that the rule is right: high, medium or low. */
  readonly certainty: string | undefined;
  /** What a person should know about the policy. */
  readonly notes: readonly string[];
  /** The shortest and the longest password, and the usual length, in characters. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly defaultLength: number;
  /** The characters of generated passwords. */
  readonly alphabet: string;
  /** The names of the character classes. */
  readonly classes: readonly string[];
  /** The verdict on a password: any string, whatever Unicode it has. Half of a surrogate pair is a character outside ASCII. */
  check(password: string, options?: Context): Verdict;
  /** Whether a password is compliant. */
  isCompliant(password: string, options?: Context): boolean;
  /**
   * A password, each compliant one of its length with the same probability.
   * @throws RangeError if the policy has no password of the length. PolicyError if the restrictions leave nothing, or if the words of
   * `notContaining` have more than 64 bytes. What `crypto.getRandomValues` throws is the `cause` of an Error.
   */
  generate(options?: GenerateOptions): string;
  /** Passwords of one length, from one seed: several times as fast as one by one. */
  generateMany(count: number, options?: GenerateOptions): string[];
  /** The same policy, which generates less. @throws PolicyError if nothing is left, or if there are more than 64 bytes of words. */
  restrict(restrictions: Restrictions): Policy;
  /** The min-entropy of a generated password, in bits; -Infinity if there is none of that length. */
  entropy(length?: number): number;
  /** The part of all strings of the alphabet that is compliant, 0 to 1. */
  acceptance(length?: number): number;
  /** The exact number of compliant passwords of a length; of those that are generated, as `entropy` has it, if `generated` is true. */
  count(length?: number, options?: { readonly generated?: boolean }): bigint;
  /** The shortest length at which a generated password has so many bits. */
  shortest(bits: number): number | undefined;
  /** The rule in English, in several lines. */
  explain(): string;
  /** Attributes of an `<input>`, escaped: `minlength`, `maxlength`, `pattern` and, if they can say it, `passwordrules`. */
  htmlAttributes(): string;
  /** A regular expression, for the flag `v`. It matches a whole password. */
  pattern(): string;
  /** The rule for password managers: for the generated characters, or for all that are accepted. @throws PolicyError if it cannot be said. */
  passwordRules(options?: { readonly accepted?: boolean }): string;
  /** A policy file, which `policy.fromToml` reads. */
  toToml(): string;
  /** The same as `explain`. */
  toString(): string;
}
export const Policy: { readonly prototype: Policy };

/** A text is no policy, or policies conflict. */
export class PolicyError extends Error {}

export const policy: {
  /** The names of the presets. */
  readonly presets: readonly string[];
  /**
   * Reads a policy file. `maxStates` bounds the time to read a file of somebody else: some microseconds a state. It bounds no later call:
   * `restrict` and `generate` with words count more states. @throws PolicyError with line and key.
   */
  fromToml(text: string, options?: { readonly maxStates?: number }): Policy;
  /** Reads a text of Apple's `passwordrules`, exactly or not at all. @throws PolicyError */
  fromPasswordRules(text: string): Policy;
  /** The policy of a vendor by its name, in any case of letters. @throws PolicyError if there is none. */
  named(name: string): Policy;
};

/** The reasons in one of `languages`. @throws RangeError if the library does not have it. */
export function messages(language: string): { readonly language: string; describe(violation: Violation): string };

/** The codes of violations, by their numbers from 1. */
export const kinds: readonly string[];
/** The languages of the reasons. */
export const languages: readonly string[];
/** The places of the option `safeFor`. */
export const safeFor: readonly string[];

export const exotel: Policy;
export const huawei: Policy;
export const nxcloud: Policy;
export const nxcloudRandom: Policy;
