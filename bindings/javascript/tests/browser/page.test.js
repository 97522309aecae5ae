// The page from `file://`, in each browser: every control, the keyboard alone, and that nothing leaves it.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import axe from 'axe-core';
import { huawei, policy } from 'sip-password/all';

import { lines, read } from '../paths.js';
import { withSeed } from '../seeds.js';
import { launch, names, open } from './browsers.js';

const url = new URL('../../page/index.html', import.meta.url).href;
const tenant = read('examples/policies/huawei-tenant.toml');

for (const name of names) {
  describe(name, () => {
    let browser;
    let page;
    const folder = mkdtempSync(join(tmpdir(), 'sip-password-'));
    const ready = async (options) => {
      const opened = await open(browser, url, options);
      await opened.waitForSelector('html[data-ready]');
      return opened;
    };
    before(async () => {
      browser = await launch(name);
      page = await ready();
    });
    after(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });
    const text = (selector) => page.$eval(selector, (element) => element.textContent);
    const value = (selector) => page.$eval(selector, (element) => element.value);
    const set = (selector, value) =>
      page.$eval(
        selector,
        (element, value) => {
          element.value = value;
          for (const type of ['input', 'change']) element.dispatchEvent(new Event(type, { bubbles: true }));
        },
        value,
      );

    test('golden vectors', async () => {
      // A new page for each seed: its module takes that one, whatever the page draws.
      for (const seed of [0, 42]) {
        const other = await browser.newPage();
        await other.evaluateOnNewDocument(`{
          const instantiate = WebAssembly.instantiate;
          ${withSeed}
          WebAssembly.instantiate = async (bytes) => ({ instance: { exports: withSeed((await instantiate(bytes)).instance.exports, ${seed}) } });
        }`);
        await other.goto(url);
        await other.waitForSelector('html[data-ready]');
        await other.click('#make');
        const expected = lines(read('tests/golden.txt')).find((line) => line.startsWith(`huawei 16 ${seed} `));
        assert.equal(await other.$eval('#passwords', (area) => area.value), expected.split(' ')[3]);
        await other.close();
      }
    });

    test('a rule, in words and figures', async () => {
      assert.equal(await text('#explain'), huawei.explain());
      assert.match(await text('#numbers'), /329.449.241.992.944.238.668.919.603.200 of 16 characters.*98\.06 bits, from 70 characters.*from 14 characters on.*not at any length/);
      assert.match(await text('#source'), /updateSipPhonePassword/);
      assert.ok((await page.$$eval('#notes li', (notes) => notes.length)) >= 4);
      assert.equal(await page.$$eval('#costs tr', (rows) => rows.length), 16);
      assert.match(await text('#costs tr'), /look-alikes.*651\.71/);
      assert.ok((await page.$eval('#plot .curve', (curve) => curve.getAttribute('points').split(' ').length)) === 9);
      assert.match(await text('#plot-text'), /From 48\.9 bits at 8 characters to 98\.1 bits at 16\./);
    });

    test('every vendor and system', async () => {
      const options = await page.$$eval('#policy option:not([hidden])', (options) => options.map((option) => option.value));
      assert.ok(options.length > 55);
      // Three policies take seconds to count: one of them has a test of its own.
      const slow = ['cisco-be3000', 'cisco-expressway', 'yeastar-s'];
      for (const option of options.filter((option) => !slow.includes(option))) {
        await set('#policy', option);
        assert.equal(await text('#explain'), policy.named(option).explain());
        assert.equal(await text('#toml'), policy.named(option).toToml());
      }
      await page.select('#policy', 'huawei');
      assert.equal(await text('#explain'), huawei.explain());
    });

    test('type, and see why not', async () => {
      await page.type('#password >>> #field', 'Secret');
      assert.match(await text('#password >>> #status'), /6 characters, expected at least 8/);
      await page.select('#language', 'zh');
      assert.match(await text('#password >>> #status'), /只有 6 个字符/);
      await page.select('#language', 'en');
      await page.type('#password >>> #field', '_x1Y');
      await page.type('#user', 'secret');
      assert.match(await text('#password >>> #status'), /contains the account name/);
      await set('#user', '');
      assert.equal(await text('#password >>> #status'), 'This password complies.');
      await page.click('#password >>> #suggest');
      assert.match(await text('#password >>> #status'), /^Generated: 98\.1 bits/);
      await page.click('#password >>> #show');
    });

    test('generate, copy, download, clear', async () => {
      await page.evaluate(() => {
        window.blobs = [];
        const create = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          window.blobs.push(blob);
          return create.call(URL, blob);
        };
        navigator.clipboard.writeText = (text) => ((window.copied = text), Promise.resolve());
        HTMLAnchorElement.prototype.click = function () {
          window.downloaded = this.download;
        };
      });
      await set('#length', '12');
      await set('#exclude', '0O1lI');
      await page.click('#safe-for input[value="asterisk-dial"]');
      assert.match(await text('#numbers'), /from 61 characters/);
      await set('#count', '25');
      await page.click('#make');
      const passwords = (await value('#passwords')).split('\n');
      assert.equal(new Set(passwords).size, 25);
      assert.ok(passwords.every((password) => /^[2-9A-HJ-NP-Za-km-z_.*+]{12}$/.test(password) && huawei.isCompliant(password)), passwords.join(' '));
      assert.equal(await text('#generate-status'), '25 passwords.');
      await page.click('#copy');
      await page.waitForFunction(() => window.copied);
      assert.equal(await page.evaluate(() => window.copied), passwords.join('\n'));
      await page.click('#download');
      assert.deepEqual(await page.evaluate(async () => [window.downloaded, await window.blobs[0].text()]), ['passwords.txt', `${passwords.join('\n')}\n`]);
      await page.click('#clear');
      assert.deepEqual([await value('#passwords'), await page.$eval('#copy', (button) => button.disabled)], ['', true]);
      for (const count of ['0', '1.5', '100001', '']) {
        await set('#count', count);
        await page.click('#make');
        assert.match(await text('#generate-status'), /expected a whole number from 1 to 100.000/);
      }
      await set('#count', '1');
      await set('#exclude', huawei.alphabet);
      assert.ok(await page.$eval('#make', (button) => button.disabled));
      assert.notEqual(await text('#generate-status'), '');
      await set('#exclude', '');
      await page.click('#safe-for input[value="asterisk-dial"]');
    });

    test('what other programs need', async () => {
      assert.ok((await text('#html')).includes('maxlength="16"\n  pattern="(?=.*[A-Za-z])'));
      assert.match(await text('#element'), /<sip-password-input name="password" policy="huawei"/);
      assert.equal(await text('#passwordrules'), huawei.passwordRules());
      for (const button of await page.$$('[data-copy]')) {
        const id = await button.evaluate((button) => button.dataset.copy);
        await button.click();
        await page.waitForFunction((id) => window.copied === document.getElementById(id).textContent, {}, id);
      }
      await page.click('#download-toml');
      assert.deepEqual(await page.evaluate(async () => [window.downloaded, await window.blobs.at(-1).text()]), ['huawei.toml', huawei.toToml()]);
    });

    test('a policy file, chosen or dropped, and what is none', async () => {
      const file = await page.$('#file');
      const path = join(folder, 'tenant.toml');
      writeFileSync(path, tenant);
      await file.uploadFile(path);
      await page.waitForFunction(() => document.getElementById('file-status').textContent.endsWith('read.'));
      assert.equal(await text('#explain'), policy.fromToml(tenant).explain());
      const drop = (bytes) =>
        page.evaluate((bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], 'dropped.toml'));
          document.getElementById('rule').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }, [...Buffer.from(bytes)]);
      const says = (words) => page.waitForFunction((words) => document.getElementById('file-status').textContent.includes(words), {}, words);
      await drop('min_length = 8\nmax_length = 1000\n');
      await says('dropped.toml: line 2, max_length: expected a whole number from 1 to 256 (the limit of this library), found 1000');
      await drop([0xff, 0xfe, 0x00]);
      await says('expected text in UTF-8');
      await drop('# '.padEnd(2_000_000, 'x'));
      await says('expected a file of at most');
      await drop('min_length = 4\nmax_length = 4\n[[class]]\nname = "digits"\ncharacters = "0-9"\n');
      await says('dropped.toml: read.');
      assert.match(await text('#numbers'), /10.000 of 4 characters/);
      await page.click('#make');
      assert.match(await value('#passwords'), /^[0-9]{4}$/);
      await page.select('#policy', 'huawei');
      assert.equal(await text('#file-status'), '');
    });

    test('no saved state of the page has a secret', async () => {
      const kept = await page.evaluate(() => [...document.querySelectorAll('input:not([type]), input[type=text], textarea, form')].filter((field) => field.autocomplete !== 'off').map((field) => field.id));
      assert.deepEqual(kept, []);
    });

    /** How long the page takes to look at an event, in milliseconds. */
    const busy = (selector, value) =>
      page.evaluate(
        (selector, value) => {
          const start = performance.now();
          const element = document.querySelector(selector);
          element.value = value;
          element.dispatchEvent(new Event('input', { bubbles: true }));
          return performance.now() - start;
        },
        selector,
        value,
      );
    const counted = () => page.waitForFunction(() => !document.getElementById('generate-status').textContent.includes('pause'));
    const isOnDemand = () => page.$eval('#count-costs', (button) => !button.hidden);

    test('what takes long to count is counted once, and not at each key', { skip: name !== 'chrome' && 'one browser is enough' }, async () => {
      const slow = join(folder, 'slow.toml');
      const classes = ['A-Z', 'a-z', '0-9'].map((characters, at) => `[[class]]\nname = "${at}"\ncharacters = "${characters}"\nminimum = 9\n`);
      writeFileSync(slow, `min_length = 40\nmax_length = 64\nmin_distinct = 8\n${classes.join('')}`);
      const visits = [
        () => page.select('#policy', 'yeastar-s'),
        async () => {
          await (await page.$('#file')).uploadFile(slow);
          await page.waitForFunction(() => document.getElementById('file-status').textContent === 'slow.toml: read.');
        },
      ];
      for (const [at, visit] of visits.entries()) {
        const start = performance.now();
        await visit();
        await page.waitForSelector('#count-costs:not([hidden])', { timeout: 10_000 });
        for (const value of ['7', '71', '712', '71', '7']) {
          const time = await busy('#exclude', value);
          assert.ok(time < 100, `${time} ms for a key`);
        }
        await counted();
        for (let length = 41; length < 45; length++) {
          const time = await busy('#length', length);
          assert.ok(time < 100, `${time} ms for a step`);
        }
        await counted();
        assert.ok(await isOnDemand());
        const time = performance.now() - start;
        // The reading, and one restriction, of some seconds each.
        assert.ok(time < 20_000, `policy ${at}: ${time} ms`);
        await busy('#exclude', '');
        await counted();
      }
      // While the table is counted, the page answers.
      await page.select('#policy', 'yeastar-s');
      await page.click('#count-costs');
      await page.waitForFunction(() => document.querySelector('#costs td:last-child').textContent !== '…');
      assert.match(await text('#costs'), /…/);
      await page.select('#policy', 'huawei');
      assert.equal(await isOnDemand(), false);
      assert.match(await text('#costs tr'), /look-alikes.*651\.71/);
    });

    test('the element with a policy file has its rules, whatever its name is', async () => {
      const file = join(folder, 'named.toml');
      const names = ['huawei', 'x"></sip-password-input><script>alert(1)</script><i a="', "'&amp;<!--"];
      for (const name of names) {
        writeFileSync(file, `name = ${JSON.stringify(name)}\ntitle = "</script><img src=x>"\nmin_length = 12\nmax_length = 20\n[[class]]\nname = "a"\ncharacters = "a-z"\n`);
        await page.select('#policy', 'exotel');
        await (await page.$('#file')).uploadFile(file);
        await page.waitForFunction(() => document.getElementById('file-status').textContent.endsWith('read.'));
        const code = await text('#element');
        const found = await page.evaluate((code) => {
          const parsed = new DOMParser().parseFromString(code, 'text/html');
          return [[...parsed.querySelectorAll('body *, head *')].map((element) => element.localName).sort(), parsed.querySelector('sip-password-input').getAttribute('policy'), parsed.querySelector('script').textContent];
        }, code);
        assert.deepEqual(found.slice(0, 2), [['script', 'sip-password-input'], null], code);
        const written = /fromToml\(\[([^]*)\]\.join/.exec(found[2])[1];
        const read = policy.fromToml(JSON.parse(`[${written.trim().replace(/,$/, '')}]`).join('\n'));
        assert.deepEqual([read.name, read.minLength], [name, 12]);
      }
      await page.select('#policy', 'huawei');
      assert.match(await text('#element'), /policy="huawei"/);
    });

    test('by the keyboard alone', async () => {
      const other = await ready();
      const order = [];
      for (let at = 0; at < 60; at++) {
        await other.keyboard.press('Tab');
        const id = await other.evaluate(() => {
          const active = document.activeElement;
          return active.shadowRoot?.activeElement?.id ?? (active.id || active.dataset.copy || active.value || active.localName);
        });
        if (order.length > 0 && (id === order[0] || id === 'body')) break;
        order.push(id);
        if (id === 'make') await other.keyboard.press('Enter');
      }
      const expected = ['policy', 'file', 'user', 'field', 'show', 'suggest', 'language', 'length', 'count', 'exclude', 'uri', 'reading-aloud', 'make', 'copy', 'download', 'clear', 'passwords', 'html', 'toml', 'download-toml'];
      assert.deepEqual(order.filter((id) => expected.includes(id)).filter((id, at, all) => all.indexOf(id) === at), expected);
      assert.ok(huawei.isCompliant(await other.$eval('#passwords', (area) => area.value)));
      await other.close();
    });

    const looks = { light: {}, narrow: { width: 320, height: 640 } };
    // Only Chromium takes the other scheme from outside.
    if (name === 'chrome') looks.dark = { scheme: 'dark' };
    for (const [title, options] of Object.entries(looks)) {
      test(`axe finds nothing, nothing moves, nothing is cut off: ${title}`, async () => {
        const other = await ready(options);
        await other.type('#password >>> #field', 'Secret');
        await other.click('#make');
        await other.evaluate(axe.source);
        const found = await other.evaluate(async () => {
          const { violations } = await axe.run(document, { resultTypes: ['violations'] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
        });
        assert.deepEqual(found, []);
        const [shift, overflow] = await other.evaluate(() => [window.shift, document.documentElement.scrollWidth - document.documentElement.clientWidth]);
        assert.ok(shift < 0.02, `a layout shift of ${shift}`);
        assert.ok(overflow <= 0, `${overflow} pixels`);
        // The picture in docs/guide/web.md.
        if (name === 'chrome' && title === 'light' && process.env.SCREENSHOT) {
          await other.screenshot({ path: process.env.SCREENSHOT, clip: { x: 0, y: 0, width: 1280, height: 1250 } });
        }
        await other.close();
      });
    }

    test('nothing leaves the page, and a test of that can fail', async () => {
      const own = (path) => new URL(path, url).href;
      const allowed = [own('index.html'), own('style.css'), own('page.js')];
      assert.deepEqual(page.requests.filter((request) => !allowed.includes(request) && !request.startsWith('blob:')), []);
      assert.deepEqual(await page.evaluate(() => window.broken), []);
      assert.deepEqual(page.errors, []);
      const caught = await page.evaluate(async () => {
        const error = await fetch('http://127.0.0.1:9/').catch((error) => error);
        new Image().src = 'http://127.0.0.1:9/image';
        // A browser's own tools may evaluate; the page may not.
        setTimeout('window.evaluated = true');
        await new Promise((resolve) => setTimeout(resolve, 100));
        return [error instanceof TypeError, window.evaluated === undefined, window.broken.some((line) => line.startsWith('connect-src')), window.broken.some((line) => line.startsWith('img-src'))];
      });
      assert.deepEqual(caught, [true, true, true, true]);
    });
  });
}

test('the page has the policy that it is tested under', () => {
  const html = readFileSync(new URL(url), 'utf8');
  for (const directive of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "connect-src 'none'"]) {
    assert.ok(html.includes(`${directive};`), directive);
  }
});
