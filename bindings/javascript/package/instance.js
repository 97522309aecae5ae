// One instance of a module: texts go in, verdicts and passwords come out, and nothing secret stays in its memory.

const MADE = -1;
const SEED = -2;
const NONE = 0xffffffff;
const MOST_SEEDS = 3;
/** Where the module has no text. */
const BROKEN = 'the random source is broken';
/** The bytes of a draw that are looked at: no two draws are equal there, and no draw has one word all over. */
const LOOKED_AT = 32;
/** The most bytes that an address can name. */
const MOST_BYTES = 0xffffffff;
/** What stands before a word of the account, and in no text. */
const MARK = 0xff;
/** The members of a violation by the last figure of its record. */
const MEMBERS = [undefined, 'missing', 'class', 'classes'];

const decoder = new TextDecoder();
const COMPLIANT = Object.freeze({ compliant: true, violations: Object.freeze([]) });

/** Says what was expected and what was found, without the value: it may be a secret. */
export function wrongType(name, expected, value) {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  return new TypeError(`${name}: expected ${expected}, found ${found}`);
}

export function expectString(name, value) {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value);
}

/** Refuses what UTF-8 has no form for. A password may have it: that is a violation. */
export function expectText(name, value) {
  expectString(name, value);
  const found = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(value);
  if (found) throw new TypeError(`${name}: expected well-formed Unicode, found half of a surrogate pair at index ${found.index}`);
}

/** The options of a call: a plain object with no other members than these, since one that is ignored would be one that does not protect. */
export function optionsOf(options, members) {
  if (options === undefined) return {};
  const expected = members.length === 0 ? 'none' : `a plain object with ${members.join(', ')}`;
  const prototype = options !== null && typeof options === 'object' ? Object.getPrototypeOf(options) : undefined;
  // The plain objects of another window have its `Object.prototype`.
  const isPlain = prototype === null || (prototype && Object.getPrototypeOf(prototype) === null);
  if (!isPlain) throw wrongType('options', expected, options);
  for (const member of Object.keys(options)) {
    if (!members.includes(member)) throw new TypeError(`options: expected ${expected}, found ${JSON.stringify(member)}`);
  }
  return options;
}

/** Whether the first bytes of a draw are one word all over. */
function isOneWord(bytes) {
  for (let at = 4; at < LOOKED_AT; at++) if (bytes[at] !== bytes[at - 4]) return false;
  return true;
}

/** The text of ASCII bytes. A decoder, and a call with an array, would take longer than the password itself. */
function ascii(bytes, at, end) {
  let text = '';
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(
      bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4], bytes[at + 5], bytes[at + 6], bytes[at + 7],
    );
  }
  for (; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

export class Instance {
  #exports;
  #bytes = new Uint8Array();
  #room = 0;
  #input = 0;
  #answer;
  #records;
  #password;
  #random;
  /** Whether the source has given two draws that differ. */
  #isTried = false;
  /** The lengths of policies, by their numbers. */
  #lengths = [];

  /** Of the exports of a module; `random` fills an array of bytes, or throws. */
  constructor(exports, random) {
    this.#exports = exports;
    this.#random = random;
    this.#password = this.#exports.password();
    this.#records = this.#exports.records();
    this.kinds = Object.freeze(this.words(0));
  }

  get exports() {
    return this.#exports;
  }

  /** The memory. It is another array after it has grown. */
  get bytes() {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    return this.#bytes;
  }

  /** The answer of `size` bytes. */
  text(size) {
    const start = this.#exports.answer();
    return decoder.decode(this.bytes.subarray(start, start + size));
  }

  /** A list of the library. */
  words(list) {
    const words = [];
    for (let size; (size = this.#exports.word(list, words.length)) >= 0; ) words.push(this.text(size));
    return words;
  }

  /** Room for so many UTF-16 code units, of three bytes at most, and for as many marks as there are texts. */
  #reserve(units) {
    const size = 3 * units;
    if (size > this.#room || !this.#input) {
      const input = size > MOST_BYTES ? 0 : this.#exports.input(size);
      if (!input) throw new RangeError(`expected a text that fits in memory, found one of ${units} code units`);
      this.#input = input;
      this.#room = Math.max(size, 1024);
      this.#bytes = new Uint8Array();
    }
    return this.#input;
  }

  /** Writes a text as UTF-8 and returns its end. Half of a surrogate pair gets the three bytes that it would have, which no policy allows. */
  #write(text, to) {
    const bytes = this.bytes;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) {
        bytes[to++] = unit;
      } else if (unit < 0x800) {
        bytes[to++] = 0xc0 | (unit >> 6);
        bytes[to++] = 0x80 | (unit & 0x3f);
      } else {
        const point = text.codePointAt(at);
        if (point > 0xffff) {
          at++;
          bytes[to++] = 0xf0 | (point >> 18);
          bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
        } else {
          bytes[to++] = 0xe0 | (point >> 12);
        }
        bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[to++] = 0x80 | (point & 0x3f);
      }
    }
    return to;
  }

  /** Puts a text, and words behind it, into the input. Returns the sizes in bytes: of the text, and of all. */
  put(text, words = []) {
    const start = this.#reserve(words.reduce((sum, word) => sum + word.length + 1, text.length));
    const size = this.#write(text, start) - start;
    let end = start + size;
    for (const word of words) {
      this.bytes[end] = MARK;
      end = this.#write(word, end + 1);
    }
    return [size, end - start];
  }

  /** Puts numbers of policies into the input, and returns their size. */
  putNumbers(numbers) {
    const start = this.#reserve(2 * numbers.length);
    const view = new DataView(this.#exports.memory.buffer);
    numbers.forEach((number, at) => view.setUint32(start + 4 * at, number, true));
    return 4 * numbers.length;
  }

  /** The verdict of a policy on a password: `violation` makes a violation of its members, the class names and the record. */
  check(number, password, words, violation = (members) => members) {
    expectString('password', password);
    let count;
    if (words?.length) {
      count = this.#exports.check(number, ...this.put(password, words));
    } else {
      const start = this.#reserve(password.length);
      const size = this.#write(password, start) - start;
      count = this.#exports.check(number, size, size);
    }
    if (count === 0) return COMPLIANT;
    const records = new Uint32Array(this.#exports.memory.buffer.slice(this.#records, this.#records + 24 * count));
    const violations = [];
    for (let at = 0; at < count; at++) {
      const record = records.subarray(6 * at, 6 * at + 6);
      violations.push(violation(this.#members(number, record), record));
    }
    return { compliant: false, violations };
  }

  /** What a record says, with the names of docs/CODES.md. */
  #members(number, [kind, found, expected, position, bits, member]) {
    const violation = { kind: this.kinds[kind - 1] };
    if (found !== NONE) violation.found = found;
    if (expected !== NONE) violation.expected = expected;
    if (position !== NONE) violation.position = position;
    if (MEMBERS[member]) {
      const names = [];
      for (let index = 0; bits >> index; index++) {
        if ((bits >> index) & 1) names.push(this.text(this.#exports.class_name(number, index)));
      }
      violation[MEMBERS[member]] = MEMBERS[member] === 'class' ? names[0] : names;
    }
    return violation;
  }

  #draw(bytes) {
    try {
      this.#random(bytes);
    } catch (cause) {
      throw new Error('the random source failed: crypto.getRandomValues threw an exception', { cause });
    }
  }

  /**
   * Puts random bytes where the module wants them. They are drawn elsewhere: a source of somebody else may call this package meanwhile.
   * A second draw is beside the first one, so that a source that is stuck from the beginning makes no password; later ones are compared by
   * the module, but for the small one. A working source gives equal draws with a probability of 2^-256, and one word all over with 2^-224.
   */
  seed() {
    const size = this.#exports.seed_size();
    const bytes = new Uint8Array(size);
    try {
      this.#draw(bytes);
      if (isOneWord(bytes)) throw new Error(BROKEN);
      if (!this.#isTried || size > LOOKED_AT) this.#expectOther(bytes);
      this.bytes.set(bytes, this.#exports.seed());
    } finally {
      bytes.fill(0);
    }
  }

  #expectOther(bytes) {
    const other = new Uint8Array(LOOKED_AT);
    this.#draw(other);
    const isEqual = other.every((byte, at) => byte === bytes[at]);
    const isStuck = isEqual || isOneWord(other);
    other.fill(0);
    if (isStuck) throw new Error(BROKEN);
    this.#isTried = true;
  }

  /** Forgets a policy, whose number another one may get. */
  forget(number) {
    this.#lengths[number] = undefined;
    this.#exports.forget(number);
  }

  /** The length that was asked for, or the usual one. */
  length(number, length) {
    const [min, max, usual] = (this.#lengths[number] ??= [0, 1, 2].map((which) => this.#exports.length(number, which)));
    if (length === undefined) return usual;
    if (!Number.isInteger(length) || length < min || length > max) {
      const found = typeof length === 'number' ? length : `a value of type ${typeof length}`;
      throw new RangeError(`length: expected a whole number from ${min} to ${max}, found ${found}`);
    }
    return length;
  }

  /** A length that a figure is asked for, or the usual one: any whole number. */
  anyLength(number, length) {
    if (length === undefined) return this.length(number);
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`length: expected a whole number from 0, found ${typeof length === 'number' ? length : `a value of type ${typeof length}`}`);
    }
    // No policy has longer passwords.
    return Math.min(length, 0xffff);
  }

  /** Throws if a call has not made what it was to make: odd numbers are about lengths. */
  expectMade(status) {
    if (status === MADE) return;
    const text = this.text((-3 - status) >> 1);
    throw status & 1 ? new RangeError(text) : new Error(text || BROKEN);
  }

  /** A password. */
  generate(number, asked) {
    const length = this.length(number, asked);
    let status = this.#exports.generate(number, length);
    for (let seeds = 0; status === SEED; seeds++) {
      // A working source makes a password of the second kilobyte at the latest.
      if (seeds === MOST_SEEDS) throw new Error(BROKEN);
      this.seed();
      this.expectMade(this.#exports.seeded());
      status = this.#exports.generate(number, length);
    }
    this.expectMade(status);
    const start = this.#password;
    const password = ascii(this.bytes, start, start + length);
    this.bytes.fill(0, start, start + length);
    return password;
  }

  /** Passwords, each with a line break, from one seed. */
  generateLines(number, length, count) {
    this.seed();
    this.expectMade(this.#exports.generate_lines(number, length, count));
    const start = this.#exports.lines();
    this.#bytes = new Uint8Array();
    const lines = decoder.decode(this.bytes.subarray(start, start + (length + 1) * count));
    this.#exports.wipe_lines();
    return lines;
  }
}
