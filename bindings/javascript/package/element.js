// Defines `<sip-password-input>`.

import * as library from './all.js';
import { STRINGS, define } from './input.js';

export { STRINGS };
export const SipPasswordInput = define(library);
