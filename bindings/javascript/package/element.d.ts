import type { GenerateOptions, Policy } from './index.js';

/** Every text of the element. */
export interface Strings {
  readonly label: string;
  readonly show: string;
  readonly hide: string;
  readonly suggest: string;
  readonly required: string;
  readonly compliant: string;
  /** Of a generated password: its entropy. */
  readonly strength: (bits: string) => string;
  /** Of a well-known password: of what it is made, in the words of `madeOf`. */
  readonly weak: (madeOf: string) => string;
  readonly madeOf: { readonly number: string; readonly account: string; readonly word: string; readonly walk: string };
}
export const STRINGS: Strings;

/**
 * A password field of a form. Attributes: `policy`, a name; `not-containing`, the selector of the field with the user's name; `name`,
 * `required`, `disabled`, `label` and `lang`, as of any field.
 */
export interface SipPasswordInput extends HTMLElement {
  /** A policy of `sip-password/all`. @throws PolicyError if the attribute names none; then the element is not valid, either. */
  policy: Policy;
  value: string;
  get strings(): Strings;
  set strings(strings: Partial<Strings>);
  readonly form: HTMLFormElement | null;
  readonly name: string;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  /** Puts a generated password into the field, shows it, and returns it. It has no word of `not-containing`, and none of `notContaining`. */
  suggest(options?: GenerateOptions): string;
}
export const SipPasswordInput: { new (): SipPasswordInput; readonly prototype: SipPasswordInput };

declare global {
  interface HTMLElementTagNameMap {
    'sip-password-input': SipPasswordInput;
  }
}
