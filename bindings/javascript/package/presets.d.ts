/** Why a password is not compliant. Lengths and positions are in characters; positions count from 1. */
export interface Reason {
  /** A code that never changes, such as `too-short`: see docs/CODES.md of the library. */
  readonly kind: string;
  /** The number that was found. */
  readonly found?: number;
  /** The number that the policy expects. */
  readonly expected?: number;
  /** The position of the first such character. */
  readonly position?: number;
  /** The classes of which the password has no character. */
  readonly missing?: readonly string[];
}

/** The verdict on a password. Nothing in it is of the password. */
export interface Verdict<R = Reason> {
  readonly compliant: boolean;
  /** Every violation, in the order of their numbers; empty if the password is compliant. */
  readonly violations: readonly R[];
}

/** A vendor's rule. */
export interface Preset {
  /** The name in programs: `nxcloud-random`. */
  readonly name: string;
  /** The verdict on a password: any string, whatever Unicode it has. */
  check(password: string): Verdict;
  /** Whether a password is compliant. */
  isCompliant(password: string): boolean;
  /**
   * A password, each compliant one of its length with the same probability, from `crypto.getRandomValues`.
   * @throws RangeError if the vendor does not allow the length. What `crypto.getRandomValues` throws is the `cause` of an Error.
   */
  generate(options?: { readonly length?: number }): string;
}

export const exotel: Preset;
export const huawei: Preset;
export const nxcloud: Preset;
export const nxcloudRandom: Preset;
