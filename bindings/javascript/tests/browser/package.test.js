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

    test('nothing broke the Content-Security-Policy', async () => {
      // Browsers ask for an icon by themselves.
      assert.deepEqual(await page.evaluate(() => window.broken.filter((line) => !line.endsWith('/favicon.ico'))), []);
      assert.deepEqual(page.errors.filter((line) => !line.includes('/favicon.ico')), []);
    });
  });
}
