// SPDX-License-Identifier: Apache-2.0
// What the data folder holds, what waits to be removed and what is missed: run.mjs DAVY storage makes
// twenty days of two classes, of which one day is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, key, soon } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';
import { tabOnTo } from './keyboard.mjs';
import { open, signIn } from './person.mjs';

const DAY_MS = 86_400_000;
let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });
const day = (ago) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
const rowOf = (name) => page.locator(`tr[data-class="${name}"]`);

before(async () => {
  kept = await openBrowser();
  page = kept.page;
  page.setDefaultTimeout(15_000);
  await signIn(page, key);
});

after(async () => {
  await kept?.browser.close();
});

test('the page is found beside the sources', async () => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sources' }).click();
  await page.getByRole('link', { name: 'Storage', exact: true }).click();
  await page.getByRole('heading', { name: 'Storage' }).waitFor();
  await soon(async () => assert.match(await page.locator('.facts').innerText(), /free of .* [GT]B[^]*ten years and more/));
});

test('each class tells how long it is kept, its days, samples and growth', async () => {
  await soon(async () => assert.match(await rowOf('bulk').innerText(), /^bulk\s+for ever\s+for ever\s+after 5 days\s+20\s/));
  const text = await rowOf('bulk').innerText();
  assert.ok(text.includes(day(20)) && text.includes(day(1)), text);
  assert.match(text, /28\u202f800/, 'twenty days of 1440');
  assert.match(await rowOf('default').innerText(), /^default\s+3650 days\s+for ever\s+–\s+19\s/);
  assert.equal(await rowOf('bulk').locator('rect').count(), 7);
  const bars = await rowOf('default').locator('rect').evaluateAll((all) => all.map((one) => Number(one.getAttribute('height'))));
  assert.ok(bars[5] === 0 && bars[4] > 0 && bars[6] > 0, `the lost day has no bar: ${bars}`);
  await picture('storage');
});

test('what waits to be removed is told before it goes', async () => {
  const wait = page.locator('[data-waits="bulk"]');
  // Ten days and more are over for the days 20 to 11 ago now, and one day later for that 10 ago.
  await soon(async () => assert.match(await wait.innerText(), /class bulk is kept for a shorter time from .*11 days of samples/));
  const { classes } = await call('/api/v1/storage');
  assert.equal(classes.find((one) => one.class === 'bulk').waits.samples, 11 * 1440);
});

test('a lost day is named, with what to do about it', async () => {
  const missed = page.locator('[data-missed]');
  await soon(async () => assert.match(await missed.innerText(), new RegExp(`${day(2)}.db is missed since`)));
  assert.match(await missed.innerText(), /Copy the day from a backup into its place, then remove \/.*days\/.*damaged-\d+\*/);
});

test('what goes first is the oldest that may', async () => {
  const first = page.locator('.storage-first li');
  await soon(async () => assert.equal(await first.count(), 10));
  assert.match(await first.first().innerText(), new RegExp(`^${day(20)} bulk `));
  // Over for five days: the days 20 to 6 ago.
  await page.getByText(/^15 days \(.*\) may go now/).waitFor();
});

test('it is reached without a mouse', async () => {
  await open(page, '#/sources');
  await page.getByRole('heading', { name: 'Sources' }).waitFor();
  await tabOnTo(page, 'the tab Storage', (now) => now.text === 'Storage');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Storage' }).waitFor();
});

test('all words change to Chinese, and can be read in a dark control room', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  await page.getByRole('heading', { name: '存储' }).waitFor();
  await soon(async () => {
    const text = (await page.locator('main').innerText()).replace(/bulk|default|UTC|when_full|\/\S+|\d\S*\.db\S*|[kMGT]?B\b/g, '');
    assert.deepEqual(text.match(/[A-Za-z]{3,}[^\n]*/g) ?? [], []);
  });
  await picture('storage-zh');
  await page.getByLabel('语言').selectOption('en');
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(600);
    const { seen, poor } = await contrast(page);
    assert.ok(seen > 20, `${seen} texts`);
    assert.deepEqual(poor, [], colorScheme);
    await picture(`storage-${colorScheme}`);
  }
});

test('it fits a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await soon(async () => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} wide`);
  });
  await picture('storage-telephone');
});

test('nothing complained', () => {
  assert.deepEqual(kept.complaints, []);
});
