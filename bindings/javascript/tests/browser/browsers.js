// The browsers of the machine, a server on the loopback, and a look at what a page tries to load.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import puppeteer from 'puppeteer-core';

const BROWSERS = {
  chrome: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  firefox: { executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', args: [] },
};
export const names = Object.keys(BROWSERS);
export const launch = (name) => puppeteer.launch({ browser: name, headless: true, ...BROWSERS[name] });

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/** Serves this package on the loopback, under a strict policy. The paths that were asked for are noted. */
export async function serve() {
  const asked = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    try {
      const body = readFileSync(new URL(`../..${url}`, import.meta.url));
      const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'";
      response.writeHead(200, { 'content-type': TYPES[extname(url)] ?? 'text/plain', 'content-security-policy': policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** A new page that notes what breaks the Content-Security-Policy, errors, and requests. */
export async function open(browser, url, { scheme = 'light', width = 1280, height = 900 } = {}) {
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  if (scheme === 'dark') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  page.errors = [];
  page.requests = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  // Firefox reports what it loads for itself, from `data:`.
  page.on('request', (request) => request.url().startsWith('data:') || page.requests.push(request.url()));
  await page.evaluateOnNewDocument(() => {
    window.broken = [];
    document.addEventListener('securitypolicyviolation', (event) => window.broken.push(`${event.violatedDirective}: ${event.blockedURI}`));
    window.shift = 0;
    if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shift += entry.hadRecentInput ? 0 : entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    }
  });
  await page.goto(url);
  return page;
}
