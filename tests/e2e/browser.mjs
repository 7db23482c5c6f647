// SPDX-License-Identifier: Apache-2.0
// A person's browser, and what it complained about.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const CHROMIUM_OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PATIENCE_MS = 60_000;

/** A page, and what is kept of it; set `troubleExpected` while a refusal is what is being tested. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: CHROMIUM_OPTIONS,
  });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    colorScheme: process.env.DAVY_SCHEME === 'dark' ? 'dark' : 'light',
  });
  const page = await context.newPage();
  const kept = { browser, page, complaints: [], hosts: new Set(), troubleExpected: false };
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('request', (request) => kept.hosts.add(new URL(request.url()).hostname));
  page.on('pageerror', (error) => kept.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !kept.troubleExpected) kept.complaints.push(message.text());
  });
  return kept;
}

/** Keep a picture of the page in DAVY_SCREENSHOTS, when it is set. */
export async function screenshot(page, name, options = {}) {
  const folder = process.env.DAVY_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), ...options });
}
