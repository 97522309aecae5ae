import { Policy, policy as smaller } from './index.js';

export * from './index.js';

export const policy: typeof smaller & {
  /** The policy of a vendor, or of a system of the catalogue, by its name or another name of it. @throws PolicyError if there is none. */
  named(name: string): Policy;
  /**
   * The policy that accepts what all of the policies accept: policies of `sip-password/all`, presets too, since each entry point has a
   * module of its own. @throws PolicyError if they conflict, TypeError if one is of another entry point.
   */
  intersection(...policies: readonly Policy[]): Policy;
};

/** The systems whose rules are known, besides the vendors of the presets: see docs/CATALOGUE.md of the library. */
export const catalogue: readonly {
  /** The name in programs, for `policy.named`. */
  readonly name: string;
  readonly title: string;
  /** What kind of system it is. */
  readonly group: string;
}[];

/**
 * Of what a password is made that scanners of SIP servers try, and configurations come with: `number`, `account`, `word` or `walk`;
 * undefined if it is none of these. A password can be compliant and be one.
 */
export function knownDefault(password: string, options?: { readonly names?: string | readonly string[] }): string | undefined;
