// The page: everything happens here, and nothing is sent anywhere.

import { define } from '../../package/input.js';
import { library } from '../../package/library.js';
import { codesOf } from './codes.js';
import { plot } from './plot.js';

/** What a dropped file may cost: a second of counting. */
const MAX_STATES = 131_072;
const MAX_FILE = 1 << 20;
const MAX_COUNT = 100_000;
/** What takes longer to count, in milliseconds, is not counted sixteen times without being asked for, nor at each key. */
const SLOW = 100;
/** How long nobody types or moves anything before that is counted, in milliseconds. */
const PAUSE = 400;
/** How long the page may be busy with a table, in milliseconds, before it looks at what else there is to do. */
const BUSY = 50;
/** Characters that people mistake for others. */
const LOOKALIKES = '0O1lI';
const LANGUAGES = { en: 'English', zh: '中文' };

const by = (id) => document.getElementById(id);
const create = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const say = (id, text, isBad = false) => {
  by(id).textContent = text;
  by(id).classList.toggle('bad', isBad);
};
const pairs = (id, entries) => {
  const rows = entries.filter(([, value]) => value !== undefined);
  by(id).replaceChildren(...rows.flatMap(([term, value]) => [create('dt', { textContent: term }), create('dd', { textContent: value })]));
};

/** A number with spaces between groups of three digits. */
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Older ways work where there is no permission.
    const area = create('textarea', { value: text });
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    if (!isCopied) throw new Error('The browser does not allow it.');
  }
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = create('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // After the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The controls over a library. */
function control(loaded) {
  const { catalogue, languages, policy: policies, presets, safeFor, safeForSources } = loaded;
  const field = by('password');
  let policy = presets[1];
  /** Whether the policy is of a file, whose name says nothing. */
  let isOfFile = false;
  let table = 0;
  /** How long it took to read and to count the policy, in milliseconds: what takes longest counts. */
  let duration = 0;
  let pause;

  /** What `work` makes; its time is one of those that count. */
  function timed(work) {
    const start = performance.now();
    try {
      return work();
    } finally {
      duration = Math.max(duration, performance.now() - start);
    }
  }

  /** Reads a policy, whose time begins. A file is counted while it is read. */
  function read(work) {
    const before = duration;
    duration = 0;
    try {
      policy = timed(work);
    } catch (error) {
      duration = before;
      throw error;
    }
  }

  function restrictions() {
    const contexts = [...by('safe-for').querySelectorAll('input:checked')].map((box) => box.value);
    const user = by('user').value.trim();
    return { exclude: by('exclude').value, safeFor: contexts, notContaining: user === '' ? [] : [user] };
  }

  /** The costs: when they are asked for, if the policy takes long to count. */
  function showCosts(length) {
    table++;
    const isSlow = duration > SLOW;
    by('count-costs').hidden = !isSlow;
    const names = [[`look-alikes (${LOOKALIKES})`, { exclude: LOOKALIKES }], ...safeFor.map((context) => [context, { safeFor: [context] }])];
    const rows = names.map(([name]) => create('tr', {}, ...[name, '…', '…'].map((text) => create('td', { textContent: text }))));
    by('costs').replaceChildren(...rows);
    const fill = (isAsked) => fillCosts(length, names.map(([, options], at) => [options, rows[at].cells]), isAsked);
    by('count-costs').onclick = () => fill(true);
    if (!isSlow) fill(false);
  }

  /** Row by row, so that the page stays awake. Newer rows end it, and so does one that takes long if nobody has asked. */
  async function fillCosts(length, rows, isAsked) {
    const mine = ++table;
    let since = performance.now();
    const whole = policy.entropy(length);
    for (const [options, cells] of rows) {
      let [left, cost] = ['0', 'nothing is left'];
      try {
        const restricted = timed(() => policy.restrict(options));
        const bits = restricted.entropy(length);
        left = restricted.alphabet.length;
        if (Number.isFinite(bits)) cost = (whole - bits).toFixed(2);
      } catch {
        // The policy requires a character that does not survive there.
      }
      [cells[1].textContent, cells[2].textContent] = [left, cost];
      if (!isAsked && duration > SLOW) {
        by('count-costs').hidden = false;
        return;
      }
      if (performance.now() - since > BUSY) {
        await new Promise((resolve) => setTimeout(resolve));
        if (mine !== table) return;
        since = performance.now();
      }
    }
  }

  /** At once, or after a pause if the policy takes long to count. */
  function changed() {
    clearTimeout(pause);
    if (duration > SLOW) {
      table++;
      say('generate-status', 'Counts when you pause…');
      pause = setTimeout(showStrength, PAUSE);
    } else showStrength();
  }

  function showStrength() {
    clearTimeout(pause);
    const length = Number(by('length').value);
    by('length-shown').textContent = length;
    let restricted;
    try {
      restricted = timed(() => policy.restrict(restrictions()));
      say('generate-status', '');
    } catch (error) {
      say('generate-status', error.message, true);
      by('make').disabled = true;
      return;
    }
    const lengths = Array.from({ length: Math.min(policy.maxLength, 64) - policy.minLength + 1 }, (_, at) => policy.minLength + at);
    const points = lengths.map((length) => [length, restricted.entropy(length)]).filter(([, bits]) => Number.isFinite(bits));
    const bits = restricted.entropy(length);
    by('make').disabled = !Number.isFinite(bits);
    plot(by('plot'), points, length);
    const [first, last] = [points[0], points.at(-1)];
    by('plot-text').textContent = `From ${first[1].toFixed(1)} bits at ${first[0]} characters to ${last[1].toFixed(1)} bits at ${last[0]}.`;
    pairs('numbers', [
      ['Passwords that comply', `${grouped(policy.count(length))} of ${length} characters`],
      ['A generated one', Number.isFinite(bits) ? `${bits.toFixed(2)} bits, from ${restricted.alphabet.length} characters` : 'there is none of this length'],
      ['80 bits', shortest(restricted, 80)],
      ['128 bits', shortest(restricted, 128)],
    ]);
    showCosts(length);
  }

  function shortest(restricted, bits) {
    const length = restricted.shortest(bits);
    return length === undefined ? 'not at any length' : `from ${length} characters on`;
  }

  function showPolicy() {
    by('policy-title').textContent = policy.title ?? 'A policy of your own';
    by('explain').textContent = policy.explain();
    pairs('facts', [
      ['Name', policy.name],
      ['Certainty', policy.certainty],
      ['Read', policy.read],
    ]);
    by('source').textContent = policy.source ?? 'The file names no source.';
    by('notes').replaceChildren(...policy.notes.map((note) => create('li', { textContent: note })));
    field.policy = policy;
    const longest = Math.min(policy.maxLength, 64);
    Object.assign(by('length'), { min: policy.minLength, max: longest });
    by('length').value = policy.defaultLength;
    for (const [id, text] of Object.entries(codesOf(policy, isOfFile))) by(id).textContent = text;
    clear();
    timed(() => policy.entropy());
    showStrength();
  }

  function clear() {
    by('passwords').value = '';
    for (const id of ['copy', 'download', 'clear']) by(id).disabled = true;
    say('generate-status', '');
  }

  function make() {
    const count = Number(by('count').value);
    if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
      say('generate-status', `How many: expected a whole number from 1 to ${grouped(MAX_COUNT)}.`, true);
      by('count').focus();
      return;
    }
    try {
      const options = { ...restrictions(), length: Number(by('length').value) };
      const passwords = count === 1 ? [policy.generate(options)] : policy.generateMany(count, options);
      by('passwords').value = passwords.join('\n');
      for (const id of ['copy', 'download', 'clear']) by(id).disabled = false;
      say('generate-status', count === 1 ? 'One password.' : `${grouped(count)} passwords.`);
    } catch (error) {
      say('generate-status', error.message, true);
    }
  }

  async function open(file) {
    if (!file) return;
    try {
      if (file.size > MAX_FILE) throw new Error(`expected a file of at most ${grouped(MAX_FILE)} bytes, found ${grouped(file.size)}`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      read(() => policies.fromToml(text, { maxStates: MAX_STATES }));
      isOfFile = true;
      by('policy').value = '';
      say('file-status', `${file.name}: read.`);
      showPolicy();
    } catch (error) {
      const message = error instanceof TypeError ? 'expected text in UTF-8, found something else' : error.message;
      say('file-status', `${file.name}: ${message}`, true);
    }
  }

  async function copied(text, id, what) {
    try {
      await copy(text);
      say(id, `Copied: ${what}.`);
    } catch (error) {
      say(id, `Not copied. ${error.message}`, true);
    }
  }

  function fill() {
    const option = (value, text) => create('option', { value, textContent: text });
    const group = (label, options) => create('optgroup', { label }, ...options);
    const groups = new Map();
    for (const { name, title, group } of catalogue) groups.set(group, [...(groups.get(group) ?? []), option(name, title)]);
    by('policy').append(
      group('Presets', presets.map((preset) => option(preset.name, preset.title))),
      ...[...groups].map(([name, options]) => group(name, options)),
      Object.assign(option('', 'A policy file'), { hidden: true }),
    );
    by('policy').value = policy.name;
    by('language').append(...languages.map((language) => option(language, LANGUAGES[language] ?? language)));
    by('safe-for').append(
      ...safeFor.map((context, at) => create('label', { title: safeForSources[at] }, create('input', { type: 'checkbox', value: context }), context)),
    );
  }

  function listen() {
    by('policy').addEventListener('change', () => {
      read(() => policies.named(by('policy').value));
      isOfFile = false;
      by('file').value = '';
      say('file-status', '');
      showPolicy();
    });
    by('file').addEventListener('change', () => open(by('file').files[0]));
    for (const id of ['length', 'exclude', 'user', 'safe-for']) by(id).addEventListener('input', changed);
    by('language').addEventListener('change', () => (field.lang = by('language').value));
    by('form').addEventListener('submit', (event) => event.preventDefault());
    by('make').addEventListener('click', make);
    by('clear').addEventListener('click', clear);
    by('copy').addEventListener('click', () => copied(by('passwords').value, 'generate-status', 'the passwords'));
    by('download').addEventListener('click', () => download('passwords.txt', `${by('passwords').value}\n`));
    by('download-toml').addEventListener('click', () => download(`${policy.name ?? 'policy'}.toml`, by('toml').textContent));
    for (const button of document.querySelectorAll('[data-copy]')) {
      const title = by(`${button.dataset.copy}-title`).textContent.toLowerCase();
      button.addEventListener('click', () => copied(by(button.dataset.copy).textContent, 'code-status', title));
    }
    const rule = by('rule');
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      rule.classList.add('dropping');
    });
    document.addEventListener('dragleave', () => rule.classList.remove('dropping'));
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      rule.classList.remove('dropping');
      open(event.dataTransfer.files[0]);
    });
  }

  fill();
  listen();
  showPolicy();
}

/** Starts with the module, as base64. */
export async function start(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes);
  const loaded = library(instance.exports, (bytes) => crypto.getRandomValues(bytes));
  define(loaded);
  control(loaded);
  document.documentElement.dataset.ready = '';
}
