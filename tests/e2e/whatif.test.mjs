// SPDX-License-Identifier: Apache-2.0
// An engineer asks what other settings would have done. run.mjs DAVY whatif; the past is whatif-past.mjs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { call, eventually, key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';
import { focusOf, tabOnTo } from './keyboard.mjs';
import { firstOf } from './whatif-past.mjs';

const site = process.env.DAVY_SITE;
const JSON_BODY = { 'Content-Type': 'application/json' };
/** Orders before the one that is cancelled while it waits; the daemon takes eight. */
const AHEAD = 6;
let kept;
let page;

before(async () => {
  kept = await openBrowser();
  page = kept.page;
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await kept?.browser.close();
});

const picture = (name) => screenshot(page, name, { fullPage: true });
const open = (hash) => page.evaluate((next) => void (location.hash = next), hash);
const button = (name) => page.getByRole('button', { name, exact: true });
const editor = () => page.getByLabel('Proposed site file');

async function signIn(secret) {
  await page.goto(url);
  await page.getByLabel('Key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[data-connection="live"]').waitFor();
}

/** Numbers of a row of the alarms that came and went: in force, proposed, difference. */
async function counts(condition) {
  const row = page.locator(`tr[data-condition="${condition}"]`);
  await row.waitFor();
  return [await row.getAttribute('data-turn'), ...(await row.locator('td.number').allInnerTexts())];
}

/** A time of the three days as the API writes it. */
const at = (day, hour, minute) =>
  new Date((firstOf(Date.now()) + day * 86_400 + hour * 3600 + minute * 60) * 1000).toISOString();

test('an operator is told whose page it is, and sees the changes', async () => {
  const body = JSON.stringify({ name: 'jan', role: 'operator' });
  const made = await call('/api/v1/keys', { method: 'POST', headers: JSON_BODY, body });
  await signIn(made.key);
  await open('#/whatif');
  await page.getByText('Needs the role Engineer.').waitFor();
  await page.getByText('The first settings on record').waitFor();
  await soon(async () => assert.equal(await button('Run it').count(), 0));
  await button('Sign out').click();
});

test('keys alone choose an alarm, change its limit and run it', async () => {
  await signIn(key);
  await open('#/whatif');
  await page.getByText('Nothing is changed yet.').waitFor();
  await soon(async () => assert.equal(await button('Run it').isDisabled(), true));
  await tabOnTo(page, 'the alarm', (now) => now.label?.startsWith('Alarm or pattern'));
  await page.keyboard.type('T-1/pressure:hi');
  const limit = await tabOnTo(page, 'the limit', (now) => now.label?.startsWith('High limit (kPa)'));
  assert.equal(limit.tag, 'INPUT');
  await soon(async () => assert.equal(await page.locator('[data-setting="limit"] input').inputValue(), '1000'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1050');
  // Values of the plant come each second, and what is typed stays.
  await page.waitForTimeout(1_500);
  await page.keyboard.press('Tab');
  await page.locator('[data-setting="limit"]').getByText('in force: 1000').waitFor();
  // The rest of the line stays as its author wrote it.
  await page.locator('.line-changes .added').getByText('hi: 1050, hihi: 1200}, priority: high} # of the gauge').waitFor();
  await picture('whatif-form');
  await tabOnTo(page, 'the button', (now) => now.text === 'Run it');
  await page.keyboard.press('Enter');
  await page.getByText('It took').waitFor();
  // 3 + 4 + 3 alarms above 1000, one above 1050.
  await soon(async () => assert.deepEqual(await counts('T-1/pressure:hi'), ['fewer', '10', '1', '\u22129']));
  assert.equal(new URL(page.url()).hash, '#/whatif/1');
});

test('what a rule for more alarms says is not taken from one of them', async () => {
  await open('#/whatif?alarm=T-1/level:hi');
  const shelf = page.locator('[data-setting="shelve_max"]');
  await shelf.getByRole('textbox').fill('');
  await shelf.getByRole('textbox').press('Enter');
  await shelf.getByText('A rule for more alarms says this').waitFor();
  await soon(async () => assert.equal(await shelf.getByRole('textbox').inputValue(), '4h'));
  await open('#/whatif/1');
});

test('what was tried, the alarms per day and floods are shown', async () => {
  await page.getByText('T-1/pressure:hi 1000 -> 1050 kPa').waitFor();
  const titles = page.locator('.days-plot g[data-day] title');
  await titles.nth(2).waitFor({ state: 'attached' });
  const days = await titles.allTextContents();
  // Level adds its 12 on the third day on both sides.
  const shown = days.map((text) => text.replace(/^.*: /, ''));
  assert.deepEqual(shown, ['3 in force, 0 proposed', '4 in force, 1 proposed', '15 in force, 12 proposed']);
  const flood = await page.locator('[data-flood="tank-farm"] td').allInnerTexts();
  assert.match(flood[0], /^1 flood, .* at most 12 in 10 minutes$/);
  assert.equal(flood[0], flood[1]);
  await picture('whatif-first');
});

test('one goes on from a proposal: others come, others go, and a flood is gone', async () => {
  await button('Go on from this proposal').click();
  await page.getByLabel('Alarm or pattern').fill('T-1/level:*');
  await page.getByLabel('Alarm or pattern').press('Enter');
  await page.getByText('It names 2 alarms.').waitFor();
  await page.getByLabel('On-delay').fill('15s');
  await page.getByLabel('On-delay').press('Enter');
  await page.getByLabel('Alarm or pattern').fill('P-9/current:hi');
  await page.getByLabel('High limit (A)').fill('24');
  await page.getByLabel('High limit (A)').press('Enter');
  await button('7 d').click();
  await page.getByText('Events from a CSV file').click();
  const rows = [
    `${at(0, 1, 0)},${at(0, 1, 10)},spike,T-1`,
    `${at(1, 6, 0)},${at(1, 6, 10)},leak,T-1`,
    `${at(0, 8, 0)},${at(0, 8, 10)},overload,P-9`,
  ];
  await page.getByLabel('Labelled events as CSV').fill(`from,to,name,asset\n${rows.join('\n')}\n`);
  await page.getByLabel('Why do you ask?').fill('fewer calls at night');
  await button('Run it').click();
  await page.getByText('It took').waitFor();
  await soon(async () => assert.deepEqual(await counts('T-1/pressure:hi'), ['fewer', '10', '1', '\u22129']));
  await soon(async () => assert.deepEqual(await counts('T-1/level:hi'), ['went', '12', '0', '\u221212']));
  await soon(async () => assert.deepEqual(await counts('P-9/current:hi'), ['came', '0', '3', '+3']));
  await soon(async () =>
    assert.equal(await page.locator('.whatif-conditions tbody tr').first().getAttribute('data-turn'), 'came'));
  const flood = await page.locator('[data-flood="tank-farm"] td').allInnerTexts();
  assert.match(flood[0], /^1 flood/);
  assert.equal(flood[1], 'none; at most 1 in 10 minutes');
  await button('Went 1').click();
  await soon(async () => assert.equal(await page.locator('.whatif-conditions tbody tr').count(), 1));
  await button('All 4').click();
});

test('labelled events are kept, missed and gained, the missed one first', async () => {
  const count = async (name) => page.locator(`[data-count="${name}"] dd`).innerText();
  for (const [name, wanted] of [['kept', '1'], ['missed', '1'], ['gained', '1'], ['unfound', '0']])
    await soon(async () => assert.equal(await count(name), wanted, name));
  const events = page.locator('tr[data-event]');
  await soon(async () => assert.equal(await events.first().getAttribute('data-event'), 'spike'));
  const text = async (name) => (await page.locator(`tr[data-event="${name}"]`).innerText()).replace(/\s+/g, ' ');
  // The sample that is beyond the limit comes 20, 30 and 10 s after the event began.
  await soon(async () => assert.match(await text('spike'), /✕ Missed .* 20 s – T-1\/pressure:hi → –$/));
  await soon(async () => assert.match(await text('leak'), /✓ Kept .* 30 s 30 s T-1\/pressure:hi$/));
  await soon(async () => assert.match(await text('overload'), /＋ Gained .* – 10 s – → P-9\/current:hi$/));
  const figures = page.locator('.whatif-figures');
  await soon(async () => assert.match(await figures.innerText(), /Worst delay\s+In force\s+30 s\s+→\s+Proposed\s+30 s/));
  await picture('whatif-result');
});

test('the answer is kept as the reason of the change, which comes into force with it', async () => {
  const reason = page.getByLabel('Reason (required)');
  await soon(async () => assert.equal(await reason.inputValue(), 'fewer calls at night'));
  await reason.fill('agreed with the night shift');
  await button('Keep as the reason').click();
  await page.locator('.keep .given').getByText('agreed with the night shift').waitFor();
  const download = page.waitForEvent('download');
  await button('Download the proposed file').click();
  const proposed = readFileSync(await (await download).path(), 'utf8');
  assert.match(proposed, /hi: 1050, hihi: 1200\}, priority: high\} # of the gauge/);

  for (const text of [proposed, proposed.replace('1050', '1060')]) {
    const known = (await call('/api/v1/changes')).changes.length;
    // One record of the alarms' settings, and one of the file.
    writeFileSync(site, text);
    process.kill(Number(process.env.DAVY_PID), 'SIGHUP');
    await eventually('the change', async () => (await call('/api/v1/changes')).changes.length === known + 2);
  }
  await open('#/whatif');
  const rows = page.locator('[data-change="alarms"]');
  await page.getByText('2 records have no reason.').waitFor();
  await soon(async () =>
    assert.match(await rows.nth(0).innerText(), /T-1\/pressure:hi 1050 -> 1060 kPa[^]*✕ No reason/));
  await soon(async () =>
    assert.match(await rows.nth(1).innerText(), /T-1\/pressure:hi 1000 -> 1050 kPa[^]*agreed with the night shift\s+admin/));
  const file = page.locator('[data-change="file"]');
  await soon(async () => assert.match(await file.nth(0).innerText(), /✕ No reason/));
  await soon(async () => assert.match(await file.nth(1).innerText(), /agreed with the night shift\s+admin/));
  await page.locator('[data-whatif="2"]').getByText('agreed with the night shift').waitFor();
});

test('faults of the text stand at their lines with the remedy', async () => {
  await page.reload();
  await button('The site file as text').click();
  const text = await editor().inputValue();
  const line = text.slice(0, text.indexOf('hi: 1060')).split('\n').length;
  await editor().fill(text.replace('hi: 1060', 'hi: 1300').replace('unit: A,', 'unti: A,'));
  await button('Run it').click();
  await page.getByRole('alert').getByText('davy found 2 faults').waitFor();
  const found = page.getByRole('alert').locator('li');
  await soon(async () =>
    assert.match(await found.first().innerText(), new RegExp(`^Line ${line}\\b.*hi \\(1300\\) is above hihi \\(1200\\); lower hi or raise hihi`)));
  await soon(async () => assert.match(await page.locator('.fault-note').first().innerText(), /lower hi or raise hihi/));
  await soon(async () => assert.equal(await editor().getAttribute('aria-invalid'), 'true'));
  await picture('whatif-faults');
  // The cursor is put where a person has to write.
  await found.nth(1).getByRole('button').click();
  await soon(async () => assert.equal((await focusOf(page)).tag, 'TEXTAREA'));
  const cursor = await editor().evaluate((area) => area.value.slice(area.selectionStart, area.selectionStart + 4));
  assert.equal(cursor, 'unti');
  // What is mended is no fault any more, and a new line above moves the other one along.
  const broken = await editor().inputValue();
  await editor().fill(`# new\n${broken.replace('unti: A,', 'unit: A,')}`);
  await soon(async () => assert.match(await found.first().innerText(), new RegExp(`^Line ${line + 1}\\b`)));
  await soon(async () => assert.equal(await found.count(), 1));
});

test('one that waits for its turn is cancelled, and all that were asked are listed', async () => {
  await button('Start over').click();
  const proposed = (await editor().inputValue()).replace('hi: 1060', 'hi: 1001');
  await editor().fill(proposed);
  const order = { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ proposed }) };
  for (let i = 0; i < AHEAD; i++) await call('/api/v1/whatif', order);
  await button('Run it').click();
  await page.getByText('Waiting for its turn').waitFor();
  await soon(async () => assert.equal(await page.getByRole('progressbar').count(), 1));
  await eventually('the focus on the heading', async () => (await focusOf(page)).tag === 'H1');
  await picture('whatif-waiting');
  await button('Cancel').click();
  await page.locator('.run').getByText('Cancelled').waitFor();
  const id = 4 + AHEAD;
  await soon(async () => assert.equal((await call(`/api/v1/whatif/${id}`)).state, 'cancelled'));
  await page.getByRole('link', { name: 'New proposal' }).click();
  await page.locator(`[data-whatif="${id}"]`).getByText('Cancelled').waitFor();
  await page.locator('[data-whatif="3"]').getByText('Failed').waitFor();
});

const PAGES = ['whatif?alarm=T-1/pressure:hi', 'whatif/2', 'whatif/3'];

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  for (const address of PAGES) {
    await open(`#/${address}`);
    await page.getByRole('heading', { name: '若这样设置，会怎样？', level: 1 }).waitFor();
    await page.waitForTimeout(600);
    const text = await page.locator('main').innerText();
    const english = text.match(/\b(Alarms?|Proposed|In force|Limit|Flood|Events?|Missed|Kept|Reason|Line|Changes?)\b/g);
    assert.deepEqual(english, null, `${address}: ${english}`);
    await picture(`${address.replace(/\W+/g, '-')}-zh`);
  }
  await page.getByLabel('语言').selectOption('en');
});

test('every word is readable in a dark control room, and in a bright one', async () => {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const address of PAGES) {
      await open(`#/${address}`);
      await page.waitForTimeout(600);
      const { seen, poor } = await contrast(page);
      assert.ok(seen > 20, `${address}: ${seen} texts`);
      assert.deepEqual(poor, [], `${colorScheme} ${address}`);
      if (colorScheme === 'dark') await picture(`${address.replace(/\W+/g, '-')}-dark`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
});

test('the pages fit a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const address of PAGES) {
    await open(`#/${address}`);
    await page.waitForTimeout(600);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    await picture(`${address.replace(/\W+/g, '-')}-small`);
    assert.ok(wide <= 390, `${address} is ${wide} wide`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('nothing complained and nothing left this machine', () => {
  assert.deepEqual(kept.complaints, []);
  assert.deepEqual([...kept.hosts].filter((host) => host !== ''), [new URL(url).hostname]);
});
