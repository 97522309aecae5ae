// The package as modules, and the element in a form, in each browser.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { lines, read } from '../paths.js';
import { launch, names, open, serve } from './browsers.js';

const golden = lines(read('tests/golden.txt')).map((line) => line.split(' '));

for (const name of names) {
  describe(name, () => {
    let browser;
    let server;
    let page;
    before(async () => {
      [browser, server] = [await launch(name), await serve()];
      page = await open(browser, `${server.origin}/tests/browser/blank.html`);
      await page.waitForSelector('sip-password-input:defined');
    });
    after(async () => {
      await browser.close();
      server.close();
    });
    const status = () => page.$eval('#one >>> #status', (element) => element.textContent);
    const form = () => page.$eval('#form', (form) => ({ valid: form.checkValidity(), data: Object.fromEntries(new FormData(form)) }));
    const set = (value) => page.$eval('#one', (element, value) => (element.value = value), value);

    test('golden vectors', async () => {
      const passwords = await page.evaluate(async (vectors) => {
        const [{ library }, { withSeed }] = await Promise.all([import('/package/library.js'), import('/tests/seeds.js')]);
        const module = await WebAssembly.compile(await (await fetch('/package/sip-password.wasm')).arrayBuffer());
        const made = [];
        for (const [name, length, seed] of vectors) {
          const { exports } = await WebAssembly.instantiate(module);
          made.push(library(withSeed(exports, Number(seed)), (bytes) => crypto.getRandomValues(bytes)).policy.named(name).generate({ length: Number(length) }));
        }
        return made;
      }, golden);
      assert.deepEqual(passwords, golden.map((vector) => vector[3]));
    });

    test('each entry', async () => {
      const found = await page.evaluate(async () => {
        const [one, all, small] = await Promise.all(['index', 'all', 'presets'].map((entry) => import(`/package/${entry}.js`)));
        const many = one.huawei.generateMany(1000);
        return [
          one.huawei.check('Secret').violations.map((violation) => violation.kind),
          new Set(many).size,
          many.every((password) => small.huawei.isCompliant(password)),
          small.huawei.generate().length,
          all.policy.intersection(all.huawei, all.policy.named('twilio')).minLength,
          all.catalogue.length > 50,
        ];
      });
      assert.deepEqual(found, [['too-short', 'too-few-classes'], 1000, true, 16, 12, true]);
    });

    test('the element says why not, and the form is not valid', async () => {
      assert.deepEqual(await form(), { valid: false, data: { user: '', password: '' } });
      await page.type('#one >>> #field', 'Secret');
      assert.match(await status(), /^6 characters, expected at least 8.*missing: digits/);
      assert.equal((await form()).valid, false);
      assert.match(await page.$eval('#one', (element) => element.validationMessage), /6 characters/);
      await page.type('#one >>> #field', '_x1Y');
      assert.equal(await status(), 'This password complies.');
      assert.deepEqual(await form(), { valid: true, data: { user: '', password: 'Secret_x1Y' } });
      await page.type('#user', 'SECRET');
      assert.match(await status(), /contains the account name/);
      assert.equal((await form()).valid, false);
      await set('Huawei@2024');
      assert.match(await status(), /^Well known: made of usual words/);
    });

    test('suggestions', async () => {
      await page.click('#one >>> #suggest');
      const { valid, data } = await form();
      assert.ok(valid && data.password.length === 16, data.password);
      assert.match(await status(), /^Generated: 98\.\d bits/);
      assert.equal(await page.$eval('#one >>> #field', (field) => field.type), 'text');
      await page.click('#one >>> #show');
      assert.equal(await page.$eval('#one >>> #field', (field) => field.type), 'password');
    });

    test('by the keyboard alone', async () => {
      await set('');
      await page.focus('#user');
      const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement.id ?? document.activeElement.id);
      const seen = [];
      for (let at = 0; at < 4; at++) {
        await page.keyboard.press('Tab');
        seen.push(await focused());
        if (seen.at(-1) === 'suggest') await page.keyboard.press('Enter');
        if (seen.at(-1) === 'show') await page.keyboard.press(' ');
      }
      assert.deepEqual(seen, ['field', 'show', 'suggest', 'send']);
      assert.ok((await form()).valid);
      await page.$eval('#form', (form) => form.reset());
      assert.equal((await form()).data.password, '');
    });

    test('other languages, texts and directions', async () => {
      await set('Secret');
      const found = await page.$eval('#one', (element) => {
        element.lang = 'zh-CN';
        element.dir = 'rtl';
        element.strings = { label: '密码', suggest: '建议' };
        const root = element.shadowRoot;
        const [field, button] = ['field', 'suggest'].map((id) => root.getElementById(id).getBoundingClientRect());
        return [root.querySelector('li').textContent, root.querySelector('label').textContent, button.right <= field.left, root.getElementById('status').getAttribute('aria-live')];
      });
      assert.deepEqual(found, ['只有 6 个字符，至少需要 8 个', '密码', true, 'polite']);
      await page.$eval('#one', (element) => Object.assign(element, { lang: 'tlh' }));
      assert.match(await status(), /^6 characters/);
      await page.$eval('#one', (element) => element.toggleAttribute('disabled'));
      assert.ok(await page.$eval('#one >>> #suggest', (button) => button.disabled));
    });

    /** A new form with the element, and what stands in it after `password` was typed. */
    const fill = (html, password, change) =>
      page.evaluate(
        async (html, password, change) => {
          const form = document.body.appendChild(Object.assign(document.createElement('form'), { innerHTML: html }));
          const element = form.querySelector('sip-password-input');
          const field = element.shadowRoot.getElementById('field');
          const type = (value) => Object.assign(field, { value }).dispatchEvent(new Event('input', { bubbles: true, composed: true }));
          if (password !== null) type(password);
          const extra = change && (await new Function('element', 'type', 'form', `return (${change})(element, type, form)`)(element, type, form));
          const { validationMessage: message } = element;
          const found = { valid: form.checkValidity(), password: new FormData(form).get('password'), message, status: element.shadowRoot.getElementById('status').textContent, ...(extra && { extra }) };
          form.remove();
          return found;
        },
        html,
        password,
        change && `${change}`,
      );
    const input = (attributes) => `<sip-password-input name="password" ${attributes}></sip-password-input>`;

    test('without a policy no password is valid, and the form has what stands in the field', async () => {
      const message = 'expected the name of a preset or of a system of the catalogue, found "hauwei"';
      for (const password of ['x', 'Secret@12', null]) {
        const found = await fill(input('policy="hauwei"'), password);
        assert.deepEqual(found, { valid: false, password: password ?? '', message, status: message });
      }
      const changed = await fill(input('policy="huawei"'), 'Secret@12', (element, type) => {
        element.setAttribute('policy', 'hauwei');
        type('Secret@13');
      });
      assert.deepEqual(changed, { valid: false, password: 'Secret@13', message, status: message });
      const mended = await fill(input('policy="hauwei"'), 'Qw7.kPz9@Lm2', (element) => element.setAttribute('policy', 'huawei'));
      assert.deepEqual(mended, { valid: true, password: 'Qw7.kPz9@Lm2', message: '', status: 'This password complies.' });
      const selector = await fill(input('not-containing="#1user"'), 'Secret@12');
      assert.deepEqual([selector.valid, selector.password, selector.message], [false, 'Secret@12', 'not-containing: expected a selector, found "#1user"']);
    });

    test('the field of the user may come later, and another may take its place', async () => {
      const later = await fill(input('not-containing="#later"'), null, (element, type, form) => {
        form.insertAdjacentHTML('beforeend', '<input id="later" value="alice">');
        type('Not_Alice_1');
      });
      assert.match(later.message, /contains the account name/);
      const replaced = await fill(`<input id="other" value="bob">${input('not-containing="#other"')}`, 'Not_Alice_1', (element, type, form) => {
        const old = form.querySelector('#other');
        old.replaceWith(Object.assign(document.createElement('input'), { id: 'other', value: 'alice' }));
        return element.checkValidity() ? 'valid' : 'not valid';
      });
      assert.equal(replaced.extra, 'not valid');
    });

    test('why there is no suggestion', async () => {
      const words = `<input id="long" value="${'bartholomew@'.repeat(6)}">${input('not-containing="#long"')}`;
      const found = await fill(words, 'Secret@12', (element) => element.shadowRoot.getElementById('suggest').click());
      assert.deepEqual([found.valid, found.password], [true, 'Secret@12']);
      assert.match(found.status, /at most 64 bytes together, found 72/);
      const both = await fill(`<input id="two" value="a">${input('not-containing="#two"')}`, null, (element) =>
        Array.from({ length: 40 }, () => element.suggest({ notContaining: ['b', 'c'], exclude: '0O' })).filter((password) => /[abc0O]/i.test(password.replaceAll('o', ''))),
      );
      assert.deepEqual(both.extra, []);
      const wrong = await fill(input(''), null, (element) => [8, 'x', { len: 8 }].map((options) => { try { return element.suggest(options); } catch (error) { return error.name; } }));
      assert.deepEqual(wrong.extra, ['TypeError', 'TypeError', 'TypeError']);
    });

    test('what a script sets before the element is defined', async () => {
      const other = await open(browser, `${server.origin}/tests/browser/undefined.html`);
      const found = await other.evaluate(async () => {
        const { policy } = await import('/package/all.js');
        const elements = ['policy', 'value', 'fault'].map((id) => document.getElementById(id));
        elements[0].policy = policy.named('exotel');
        elements[0].strings = { label: '密码' };
        elements[1].value = 'Secret@12';
        elements[2].policy = 'huawei';
        elements[2].value = 'Secret@12';
        const { huawei } = await import('/package/index.js');
        const { SipPasswordInput } = await import('/package/element.js');
        await customElements.whenDefined('sip-password-input');
        let mixed;
        try {
          elements[1].policy = huawei;
        } catch (error) {
          mixed = error.message;
        }
        return {
          policy: elements[0].policy.name,
          label: elements[0].shadowRoot.querySelector('label').textContent,
          value: [elements[1].value, new FormData(document.forms[0]).get('value'), elements[1].validity.valid],
          fault: [elements[2].validity.valid, elements[2].validationMessage],
          own: elements.flatMap((element) => Object.keys(element)),
          defined: elements[0] instanceof SipPasswordInput,
          mixed,
        };
      });
      assert.deepEqual(found, {
        policy: 'exotel',
        label: '密码',
        value: ['Secret@12', 'Secret@12', true],
        fault: [false, 'policy: expected a policy of sip-password/all, which the element is made of, found something else'],
        own: [],
        defined: true,
        mixed: 'policy: expected a policy of sip-password/all, which the element is made of, found something else',
      });
      await other.close();
    });

    test('no saved state of a page has the password', async () => {
      const other = await browser.newPage();
      await other.evaluateOnNewDocument(() => {
        window.states = [];
        const { setFormValue } = ElementInternals.prototype;
        ElementInternals.prototype.setFormValue = function (...args) {
          window.states.push(args[1]);
          return setFormValue.apply(this, args);
        };
        window.restored = [];
        const { define } = CustomElementRegistry.prototype;
        CustomElementRegistry.prototype.define = function (name, element, options) {
          element.prototype.formStateRestoreCallback = (state) => window.restored.push(state);
          return define.call(this, name, element, options);
        };
      });
      await other.goto(`${server.origin}/tests/browser/blank.html`);
      await other.waitForSelector('sip-password-input:defined');
      await other.type('#one >>> #field', 'Qw7.kPz9@Lm2');
      await other.click('#one >>> #show');
      await other.type('#user', 'alice');
      assert.ok(await other.evaluate(() => window.states.length > 12 && window.states.every((state) => state === null)));
      await other.reload();
      await other.waitForSelector('sip-password-input:defined');
      const found = await other.evaluate(() => [document.getElementById('one').value, window.restored, document.getElementById('user').value]);
      // Firefox restores the other field.
      assert.deepEqual(found, ['', [], name === 'firefox' ? 'alice' : '']);
      await other.close();
    });

    test('nothing broke the Content-Security-Policy', async () => {
      // Browsers ask for an icon by themselves.
      assert.deepEqual(await page.evaluate(() => window.broken.filter((line) => !line.endsWith('/favicon.ico'))), []);
      assert.deepEqual(page.errors.filter((line) => !line.includes('/favicon.ico')), []);
    });
  });
}
