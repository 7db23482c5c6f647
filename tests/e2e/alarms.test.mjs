// SPDX-License-Identifier: Apache-2.0
// People at an alarm desk: keyboard alone, a flood, figures, a handover, receivers. run.mjs DAVY alarms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alarm, call, eventually, key, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';

const JSON_BODY = { 'Content-Type': 'application/json' };

let kept;
let page;
const keys = {};

before(async () => {
  kept = await openBrowser();
  page = kept.page;
  for (const name of ['jan', 'mia']) {
    const body = JSON.stringify({ name, role: 'operator' });
    keys[name] = (await call('/api/v1/keys', { method: 'POST', headers: JSON_BODY, body })).key;
  }
});

after(async () => {
  await kept?.browser.close();
});

const picture = (name) => screenshot(page, name, { fullPage: true });
const row = (path) => page.locator(`tr[data-key="${path}"]`);
const tabs = () => page.locator('nav.tabs');

/** Samples of now: {"P-9": "flow=60,current=1"}. */
async function write(samples) {
  const at = Math.floor(Date.now() / 1000);
  const body = Object.entries(samples).map(([asset, values]) => `${asset} ${values} ${at}`);
  await call('/api/v2/write?precision=s', { method: 'POST', body: body.join('\n') });
}

async function signIn(secret) {
  await page.goto(url);
  await page.getByLabel('Key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[data-connection="live"]').waitFor();
}

async function changePerson(secret) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(secret);
}

const open = (hash) => page.evaluate((next) => void (location.hash = next), hash);

/** What the browser says of the element that has the focus. */
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { tag, key, text } = { tag: element.tagName, key: element.dataset?.key, text: element.textContent };
    return { tag, key, text, id: element.id, outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
  });

/** Press Tab until the focus is where it is wanted; every stop on the way is seen. */
async function tabTo(what, wanted, most = 60) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const now = await focused();
    if (now.tag !== 'BODY') assert.ok(now.outlined, `no outline on ${now.tag} "${now.text?.slice(0, 40)}"`);
    if (wanted(now)) return now;
  }
  return assert.fail(`Tab does not reach ${what}`);
}

test('the first stop of the keyboard skips to the content', async () => {
  await signIn(key);
  await open('#/alarms');
  await page.getByText('No alarm stands.').waitFor();
  await page.reload();
  await page.getByText('No alarm stands.').waitFor();
  const first = await tabTo('the skip link', () => true);
  assert.equal(first.text, 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal((await focused()).id, 'content');
});

test('landmarks, headings and the list have their roles', async () => {
  await write({ 'P-9': 'flow=60,current=60,pressure=60' });
  await row('P-9/pressure:hi').waitFor();
  for (const [role, name] of [['banner'], ['main'], ['navigation', 'Pages'], ['navigation', 'Alarms'], ['grid', 'Alarms']])
    assert.equal(await page.getByRole(role, name ? { name, exact: true } : {}).count(), 1, `${role} ${name ?? ''}`);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  const grid = page.getByRole('grid');
  assert.equal(await grid.getAttribute('aria-rowcount'), '4');
  assert.equal(await row('P-9/flow:hi').getAttribute('aria-rowindex'), '2', 'the high priority stands first');
  assert.equal(await row('P-9/flow:hi').getByRole('img', { name: 'High' }).count(), 1);
  // The digit stands for the priority where colour is not seen.
  assert.equal(await row('P-9/flow:hi').locator('.sign text').textContent(), '2');
});

test('keys alone walk the list, open, acknowledge and shelve', async () => {
  const first = await tabTo('the list', (now) => now.tag === 'TR');
  assert.equal(first.key, 'P-9/flow:hi');
  await page.keyboard.press('ArrowDown');
  assert.equal((await focused()).key, 'P-9/current:hi');
  await page.keyboard.press('End');
  assert.equal((await focused()).key, 'P-9/pressure:hi');
  assert.ok((await focused()).outlined);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.locator('.detail h2').getByText('P-9/flow').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.detail').waitFor({ state: 'detached' });

  await page.keyboard.press('a');
  await page.locator('tr[data-key="P-9/flow:hi"][data-state="acknowledged"]').waitFor();
  assert.equal((await alarm({ key: 'P-9/flow:hi' })).state, 'acknowledged');
  await eventually('the focus on the row that moved down', async () => (await focused()).key === 'P-9/flow:hi');

  await page.keyboard.press('s');
  await page.getByRole('dialog').waitFor();
  assert.equal((await focused()).tag, 'SELECT');
  await page.keyboard.press('Home');
  await page.keyboard.press('Tab');
  await page.keyboard.type('gauge is being cleaned');
  await tabTo('the button', (now) => now.text === 'Shelve');
  await page.keyboard.press('Enter');
  const shelved = await eventually('the shelf', () => alarm({ key: 'P-9/flow:hi', state: 'shelved' }));
  assert.equal(shelved.comment, 'gauge is being cleaned');
  await row('P-9/flow:hi').getByText('Shelved until').waitFor();
  await eventually('the focus on the row again', async () => (await focused()).key === 'P-9/flow:hi');
  await page.keyboard.press('u');
  await eventually('its end', async () => (await alarm({ key: 'P-9/flow:hi' })).state !== 'shelved');
});

test('a shelf is not longer than the rule of its alarm grants, and may end with the condition', async () => {
  await row('P-9/flow:hi').click();
  await page.locator('.detail').getByRole('button', { name: 'Shelve' }).click();
  await page.getByLabel('For how long').waitFor();
  const choices = await page.getByRole('dialog').locator('option').allInnerTexts();
  assert.deepEqual(choices, ['5 min', '15 min', '30 min', '60 min', 'Until it returns to normal']);
  await page.getByLabel('For how long').selectOption({ label: 'Until it returns to normal' });
  await page.getByRole('dialog').getByRole('button', { name: 'Shelve' }).click();
  await row('P-9/flow:hi').getByText('Until it returns to normal').waitFor();
  await page.locator('.detail').getByText('Until it returns to normal, at most until').waitFor();
  await page.locator('.detail').getByRole('button', { name: 'Unshelve' }).click();
  await eventually('its end', async () => (await alarm({ key: 'P-9/flow:hi' })).state !== 'shelved');
});

test('out of service asks for a reason and an end, and both are shown', async () => {
  await row('P-9/current:hi').click();
  await page.locator('.detail').getByRole('button', { name: 'Take out of service' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason (required)').fill('sensor sent for calibration');
  await dialog.getByRole('button', { name: 'Take out of service' }).click();
  const out = await eventually('the outage', () => alarm({ key: 'P-9/current:hi', state: 'out-of-service' }));
  assert.ok(Date.parse(out.out_until) > Date.now());
  await row('P-9/current:hi').getByText('Out until').waitFor();
  await page.locator('.detail .facts').getByText('sensor sent for calibration').waitFor();
});

test('an alarm tells what its rule advises, and a person answers whether it was true', async () => {
  await row('P-9/flow:hi').click();
  const detail = page.locator('.detail');
  assert.deepEqual(await detail.locator('.advice li').allInnerTexts(), ['Close V-401', 'Call the shift leader']);
  const advice = await detail.locator('.advice').innerText();
  for (const words of ['5 min', 'The outlet valve was opened by hand.', 'The tank behind it overflows.'])
    assert.ok(advice.includes(words), words);
  await detail.getByRole('button', { name: 'Known work' }).click();
  await detail.getByText('Answered “Known work” by admin').waitFor();
  assert.equal((await alarm({ key: 'P-9/flow:hi' })).judgement.verdict, 'known-work');
  await picture('alarm-advice');
});

test('a latched alarm stays until somebody resets it', async () => {
  await write({ 'P-9': 'flow=1' });
  await row('P-9/flow:hi').click();
  const detail = page.locator('.detail');
  const acknowledge = detail.getByRole('button', { name: 'Acknowledge' });
  await eventually('its end', async () => !(await alarm({ key: 'P-9/flow:hi' })).active);
  if ((await alarm({ key: 'P-9/flow:hi' })).state === 'latched') await acknowledge.click();
  await detail.getByRole('button', { name: 'Reset' }).click();
  await eventually('normal', async () => (await alarm({ key: 'P-9/flow:hi' })).state === 'normal');
});

test('a flood is one card: first-out, causal order with its reasons, what nobody was told', async () => {
  const four = 'a=60,b=60,c=60,d=60';
  await write({ 'T-3': four });
  await row('T-3/a:hi').waitFor();
  await write({ 'T-1': four });
  await row('T-1/a:hi').waitFor();
  await write({ 'T-2': four });
  const card = page.locator('[data-flood="tank-farm"]');
  await card.waitFor();
  await card.getByText('First-out').waitFor();
  assert.match(await card.locator('.first-out a').innerText(), /^T-3\/[abcd]:hi$/);
  await eventually('twelve', async () => (await card.locator('dd').first().innerText()) === '12');
  const order = await eventually('the order', async () => {
    const lines = await card.locator('.flood-order li').allInnerTexts();
    return lines.length === 3 && lines;
  });
  // T-1 feeds T-2, which feeds T-3: the plant's graph in alarms.yaml, whatever came first.
  assert.match(order[0], /T-1\/.:hi\s+nothing upstream of it is in alarm\s+\+3 of the same/);
  assert.match(order[1], /T-2\/.:hi\s+T-1 feeds it/);
  assert.match(order[2], /T-3\/.:hi\s+T-2 feeds it/);
  await picture('flood');
});

test('one click shows the raw list of a flood, and other positions stay listed', async () => {
  await page.getByText('12 alarms are in the card above.').waitFor();
  await row('P-9/pressure:hi').waitFor();
  assert.equal(await page.locator('tr[data-key^="T-"]').count(), 0);
  await page.locator('.flood').getByRole('link', { name: 'Show the raw list' }).click();
  await eventually('twelve rows', async () => (await page.locator('tr[data-key^="T-"]').count()) === 12);
  assert.equal(await page.locator('tr[data-key^="P-"]').count(), 0, 'of that position alone');
  await picture('flood-raw');
  await page.getByLabel('Position').selectOption({ label: 'All positions' });
  await row('P-9/pressure:hi').waitFor();
  await page.getByLabel('Position').selectOption({ label: 'Rest of the site' });
  await eventually('the rest', async () => (await page.locator('tr[data-key^="T-"]').count()) === 0);
});

test('figures stand beside their targets with verdicts, by position', async () => {
  await tabs().getByRole('link', { name: 'Figures' }).click();
  const desk = page.locator('[data-position="tank-farm"]');
  await desk.waitFor();
  const cells = (name) => desk.locator(`tr[data-figure="${name}"] td`).allInnerTexts();
  // Twelve in ten minutes, where ten are acceptable: docs/figures.md.
  await eventually('the twelve', async () => (await cells('most_in_ten_minutes'))[0] === '12');
  const [, verdict, acceptable, manageable] = await cells('most_in_ten_minutes');
  assert.match(verdict, /✕\s+over the target/);
  assert.deepEqual([acceptable, manageable], ['≤ 10', '–']);
  assert.deepEqual((await cells('priority_low')).slice(2), ['≥ 80 %', '–']);
  await desk.getByText('One is now.').waitFor();
  await desk.getByText('less than 30 days').waitFor();
  assert.equal(await desk.locator('.top-alarms tbody tr').count(), 10);
  await picture('figures');
});

test('figures of a past range come from the records', async () => {
  await page.getByRole('group', { name: 'Range' }).getByRole('button', { name: '1 d', exact: true }).click();
  await page.locator('[data-position="tank-farm"] tr[data-figure="most_in_ten_minutes"]').getByText('12').waitFor();
  const day = (ms) => new Date(Date.now() + 8 * 3_600_000 + ms).toISOString().slice(0, 10);
  await page.getByLabel('From day').fill(day(-3 * 86_400_000));
  await page.getByLabel('To day').fill(day(-2 * 86_400_000));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.locator('[data-position="tank-farm"]').getByText('Nothing was observed in this range.').waitFor();
  await page.getByLabel('To day').fill(day(-5 * 86_400_000));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('must not come before the first').waitFor();
});

test('a handover is given by one key, refused to the same, and taken by another', async () => {
  await changePerson(keys.jan);
  await open('#/handover?position=tank-farm');
  await page.getByRole('heading', { name: 'Handover of Tank farm desk' }).waitFor();
  await page.getByRole('heading', { name: 'Standing: 12' }).waitFor();
  await page.getByText('none was taken yet').waitFor();
  await page.getByLabel('Comment (optional)').fill('watch T-1');
  await page.getByRole('button', { name: 'Give the page' }).click();
  await page.getByText('Given by jan').waitFor();
  await page.getByText('another person signs for taking it').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Take the page' }).count(), 0);
  await picture('handover-given');

  await changePerson(keys.mia);
  await open('#/handover?position=tank-farm');
  await page.getByText('watch T-1').first().waitFor();
  await page.getByRole('button', { name: 'Take the page' }).click();
  const past = page.locator('.past-handovers tbody tr').first();
  await past.getByText('mia').waitFor();
  assert.match(await past.innerText(), /jan.*watch T-1.*mia/s);
  const { handovers } = await call('/api/v1/handovers?position=tank-farm');
  assert.deepEqual([handovers[0].given.by, handovers[0].taken.by], ['jan', 'mia']);
});

test('a past handover is shown as it was signed, and paper has neither menus nor buttons', async () => {
  await write({ 'T-1': 'a=1,b=1,c=1,d=1' });
  await page.getByRole('link', { name: 'As signed' }).click();
  await page.getByText('As it was given at').waitFor();
  await page.getByRole('heading', { name: 'Standing: 12' }).waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['.header', '.tabs', '.toolbar', '.notices'])
    assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
  await page.locator('.handover-alarms[data-list="standing"] tbody tr').nth(11).waitFor();
  await picture('handover-paper');
  await page.emulateMedia({ media: 'screen' });
});

test('receivers tell what waits, what went wrong, and take a drill', async () => {
  await tabs().getByRole('link', { name: 'Receivers' }).click();
  const phone = page.locator('tr[data-receiver="phone"]');
  const pager = page.locator('tr[data-receiver="pager"]');
  await phone.getByText('Works').waitFor();
  await pager.getByText('Failing for').waitFor();
  assert.ok(Number((await pager.locator('td.number').first().innerText()).replace(/\s/g, '')) > 0, 'something waits');
  assert.equal(await phone.getByRole('button').isDisabled(), true, 'a drill is for engineers');
  await changePerson(key);
  await open('#/receivers/phone');
  await phone.getByRole('button', { name: 'Send a drill to phone' }).click();
  await page.getByText('The drill is under way').waitFor();
  const drill = page.locator('.receiver-messages tbody tr').first();
  await drill.getByText('test', { exact: true }).waitFor();
  await drill.getByText('confirmed').waitFor();
  await picture('receivers');
});

const PAGES = ['alarms', 'figures', 'handover?position=tank-farm', 'receivers/pager'];

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  const headings = ['报警', '指标', '交接班：Tank farm desk', '接收方'];
  for (const [i, address] of PAGES.entries()) {
    await open(`#/${address}`);
    await page.getByRole('heading', { name: headings[i], level: 1 }).waitFor();
    await page.waitForTimeout(600);
    const text = await page.locator('main').innerText();
    const english = text.match(/\b(Alarms?|Shelved|Figures?|Handover|Given|Standing|Receivers?|Works|Failing|Position)\b/g);
    assert.deepEqual(english, null, `${address}: ${english}`);
    await picture(`${address.split(/[/?]/)[0]}-zh`);
  }
  await page.getByLabel('语言').selectOption('en');
});

test('every word is readable in a dark control room, and in a bright one', async () => {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const flow = await alarm({ key: 'P-9/pressure:hi' });
    for (const address of [`alarms/${flow.id}?raw=1`, ...PAGES, 'overview', 'sources']) {
      await open(`#/${address}`);
      await page.waitForTimeout(600);
      const { seen, poor } = await contrast(page);
      assert.ok(seen > 20, `${address}: ${seen} texts`);
      assert.deepEqual(poor, [], `${colorScheme} ${address}`);
      if (colorScheme === 'dark') await picture(`${address.split(/[/?]/)[0]}-dark`);
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
    await picture(`${address.split(/[/?]/)[0]}-small`);
    assert.ok(wide <= 390, `${address} is ${wide} wide`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('nothing complained and nothing left this machine', () => {
  assert.deepEqual(kept.complaints, []);
  assert.deepEqual([...kept.hosts], [new URL(url).hostname]);
});
