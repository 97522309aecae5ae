// The custom element `<sip-password-input>`: a password field that says why a password is not compliant, and suggests one that is.

import { optionsOf } from './instance.js';

/** Every text of the element. `strings` of an element replaces some of them. */
export const STRINGS = Object.freeze({
  label: 'Password',
  show: 'Show',
  hide: 'Hide',
  suggest: 'Suggest',
  required: 'Enter a password.',
  compliant: 'This password complies.',
  strength: (bits) => `Generated: ${bits} bits, each compliant password equally likely.`,
  weak: (madeOf) => `Well known: ${madeOf}. Scanners try such passwords first.`,
  madeOf: Object.freeze({
    number: 'a short number',
    account: 'made of the account’s name',
    word: 'made of usual words',
    walk: 'made of neighbouring keys',
  }),
});

const STYLE = `
  :host { display: block; font: inherit; color: inherit; }
  :host([hidden]) { display: none; }
  label { display: block; font-weight: 600; margin-block-end: 0.375rem; }
  .row { display: flex; flex-wrap: wrap; gap: 0.5rem; }
  input { flex: 1 1 14rem; min-inline-size: 0; font: inherit; font-family: ui-monospace, monospace; direction: ltr; text-align: start; }
  input, button { box-sizing: border-box; min-block-size: 2.75rem; padding: 0.5rem 0.75rem; color: inherit; background: var(--sip-password-field, Field);
    border: 1px solid var(--sip-password-border, GrayText); border-radius: 0.5rem; }
  button { font: inherit; cursor: pointer; background: var(--sip-password-button, ButtonFace); }
  button:disabled, input:disabled { opacity: 0.6; cursor: not-allowed; }
  :focus-visible { outline: 3px solid var(--sip-password-focus, Highlight); outline-offset: 2px; }
  .status { min-block-size: var(--sip-password-status-size, 1.5em); margin-block-start: 0.5rem; }
  ul { margin: 0; padding-inline-start: 1.25rem; }
  p { margin: 0; }
  .bad { color: var(--sip-password-bad, #b3261e); }
  .good { color: var(--sip-password-good, #146c2e); }
`;

const MARKUP = `
  <label for="field" part="label"></label>
  <div class="row">
    <input id="field" part="field" type="password" autocomplete="new-password" autocapitalize="off" spellcheck="false" aria-describedby="status">
    <button id="show" part="button" type="button" aria-pressed="false"></button>
    <button id="suggest" part="button" type="button"></button>
  </div>
  <div id="status" class="status" part="status" role="status" aria-live="polite"><ul class="bad"></ul><p></p></div>
`;

/** Defines the element, over what `sip-password/all` exports. */
export function define({ Policy, knownDefault, policy }, name = 'sip-password-input') {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  const template = document.createElement('template');
  template.innerHTML = MARKUP;

  class SipPasswordInput extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ['disabled', 'label', 'lang', 'not-containing', 'policy', 'required'];

    #internals = this.attachInternals();
    #policy;
    /** Why there is no policy: what was set before the element was defined was none. */
    #fault;
    #strings = STRINGS;
    #field;
    #show;
    #suggest;
    #generated;
    #bits;
    #watched = null;
    #judge = () => this.#update();

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: 'open', delegatesFocus: true });
      shadow.adoptedStyleSheets = [sheet];
      shadow.append(template.content.cloneNode(true));
      [this.#field, this.#show, this.#suggest] = ['field', 'show', 'suggest'].map((id) => shadow.getElementById(id));
      this.#field.addEventListener('input', this.#judge);
      // `input` leaves the shadow by itself.
      this.#field.addEventListener('change', () => this.dispatchEvent(new Event('change', { bubbles: true })));
      this.#show.addEventListener('click', () => this.#reveal(this.#field.type === 'password'));
      this.#suggest.addEventListener('click', () => this.#trySuggest());
      this.#relabel();
    }

    connectedCallback() {
      for (const property of ['policy', 'strings', 'value']) this.#upgrade(property);
      this.#update();
    }

    disconnectedCallback() {
      this.#watched?.removeEventListener('input', this.#judge);
      this.#watched = null;
    }

    attributeChangedCallback(attribute) {
      if (attribute === 'policy') this.#policy = this.#fault = undefined;
      if (attribute === 'label') this.#relabel();
      this.#update();
    }

    formDisabledCallback(disabled) {
      for (const control of [this.#field, this.#show, this.#suggest]) control.disabled = disabled;
    }

    formResetCallback() {
      this.value = '';
      this.#reveal(false);
    }

    /** The policy: a preset or a system of the catalogue by the attribute's name, or an object of the package. */
    get policy() {
      if (this.#fault) throw this.#fault;
      return (this.#policy ??= policy.named(this.getAttribute('policy') ?? 'huawei'));
    }

    set policy(value) {
      if (!(value instanceof Policy)) throw new TypeError('policy: expected a policy of sip-password/all, which the element is made of, found something else');
      [this.#policy, this.#fault] = [value, undefined];
      this.#update();
    }

    get value() {
      return this.#field.value;
    }

    set value(value) {
      this.#field.value = value;
      this.#update();
    }

    /** Texts that replace those of STRINGS. */
    get strings() {
      return this.#strings;
    }

    set strings(strings) {
      this.#strings = Object.freeze({ ...STRINGS, ...strings });
      this.#relabel();
      this.#update();
    }

    get form() {
      return this.#internals.form;
    }

    get name() {
      return this.getAttribute('name') ?? '';
    }

    get validity() {
      return this.#internals.validity;
    }

    get validationMessage() {
      return this.#internals.validationMessage;
    }

    get willValidate() {
      return this.#internals.willValidate;
    }

    checkValidity() {
      this.#update();
      return this.#internals.checkValidity();
    }

    reportValidity() {
      this.#update();
      return this.#internals.reportValidity();
    }

    /** Puts a generated password into the field, shows it, and returns it. */
    suggest(options) {
      const { length, notContaining, ...restrictions } = optionsOf(options, ['length', 'exclude', 'safeFor', 'notContaining']);
      const restricted = this.policy.restrict({ ...restrictions, notContaining: this.#words().concat(notContaining ?? []) });
      const password = restricted.generate({ length });
      this.#generated = password;
      this.#bits = restricted.entropy(password.length);
      this.#field.value = password;
      this.#reveal(true);
      this.#update();
      this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
      return password;
    }

    /** For a person, who reads why there is no suggestion. */
    #trySuggest() {
      try {
        this.suggest();
      } catch (error) {
        this.#update();
        const line = this.shadowRoot.querySelector('p');
        [line.className, line.textContent] = ['bad', error.message];
      }
    }

    /** Takes what a script has set before the element was defined. */
    #upgrade(property) {
      if (!Object.hasOwn(this, property)) return;
      const value = this[property];
      delete this[property];
      try {
        this[property] = value;
      } catch (error) {
        this.#fault = error;
      }
    }

    #relabel() {
      this.shadowRoot.querySelector('label').textContent = this.getAttribute('label') ?? this.#strings.label;
      this.#suggest.textContent = this.#strings.suggest;
      this.#reveal(this.#field.type === 'text');
    }

    #reveal(shown) {
      this.#field.type = shown ? 'text' : 'password';
      this.#show.textContent = shown ? this.#strings.hide : this.#strings.show;
      this.#show.setAttribute('aria-pressed', shown);
    }

    /** Follows the field that `not-containing` selects, which may come and go. */
    #watch() {
      const selector = this.getAttribute('not-containing');
      let found;
      try {
        found = selector && this.isConnected ? this.getRootNode().querySelector(selector) : null;
      } catch (cause) {
        throw new Error(`not-containing: expected a selector, found ${JSON.stringify(selector)}`, { cause });
      }
      if (found === this.#watched) return;
      this.#watched?.removeEventListener('input', this.#judge);
      this.#watched = found;
      this.#watched?.addEventListener('input', this.#judge);
    }

    #words() {
      this.#watch();
      const word = this.#watched?.value?.trim() ?? '';
      return word === '' ? [] : [word.toWellFormed?.() ?? word];
    }

    /** The language of the reasons: that of the element or of one around it, if the library has it. */
    #language() {
      const language = this.closest('[lang]')?.lang.split('-')[0].toLowerCase();
      return (violation) => {
        try {
          return violation.describe(language ?? 'en');
        } catch {
          return violation.message;
        }
      };
    }

    #update() {
      const value = this.#field.value;
      // Whatever happens now, the form has what stands in the field; and nothing of it goes into the saved state of the page.
      this.#internals.setFormValue(value, null);
      let [reasons, madeOf] = [[]];
      try {
        // An empty field, too, says that there is no policy.
        const [policy, words] = [this.policy, this.#words()];
        if (value !== '') reasons = policy.check(value, { notContaining: words }).violations.map(this.#language());
        if (value !== '' && reasons.length === 0 && value !== this.#generated) madeOf = knownDefault(value, { names: words });
      } catch (error) {
        // No password is valid while nothing can be said of it.
        reasons = [error.message || String(error)];
      }
      const [list, line] = this.shadowRoot.getElementById('status').children;
      list.replaceChildren(...reasons.map((reason) => Object.assign(document.createElement('li'), { textContent: reason })));
      line.className = madeOf ? 'bad' : 'good';
      line.textContent = value === '' || reasons.length > 0 ? '' : madeOf ? this.#strings.weak(this.#strings.madeOf[madeOf]) : this.#praise(value);
      this.#field.setAttribute('aria-invalid', reasons.length > 0);
      if (reasons.length > 0) this.#internals.setValidity({ customError: true }, reasons.join('\n'), this.#field);
      else if (value === '' && this.hasAttribute('required')) {
        this.#internals.setValidity({ valueMissing: true }, this.#strings.required, this.#field);
      } else this.#internals.setValidity({});
    }

    #praise(value) {
      if (value !== this.#generated) return this.#strings.compliant;
      return this.#strings.strength(this.#bits.toFixed(1));
    }
  }

  customElements.define(name, SipPasswordInput);
  return SipPasswordInput;
}
