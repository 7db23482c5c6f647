// SPDX-License-Identifier: Apache-2.0
// People at an alarm desk: keyboard alone, a flood, figures, a handover, receivers. run.mjs DAVY alarms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alarm, call, eventually, key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';
import { focusOf, tabOnTo } from './keyboard.mjs';

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

/** Click an alarm, and wait until the page beside the list is this alarm's. */
async function show(path) {
  await row(path).click();
  await page.locator('.detail h2').getByText(path.split(':')[0], { exact: true }).waitFor();
}

const focused = () => focusOf(page);
const tabTo = (what, wanted) => tabOnTo(page, what, wanted);

test('the first stop of the keyboard skips to the content', async () => {
  await signIn(key);
  await open('#/alarms');
  await page.getByText('No alarm stands.').waitFor();
  await page.reload();
  await page.getByText('No alarm stands.').waitFor();
  const first = await tabTo('the skip link', () => true);
  assert.equal(first.text, 'Skip to the content');
  await page.keyboard.press('Enter');
  await soon(async () => assert.equal((await focused()).id, 'content'));
});

test('landmarks, headings and the list have their roles', async () => {
  await write({ 'P-9': 'flow=60,current=60,pressure=60' });
  await row('P-9/pressure:hi').waitFor();
  for (const [role, name] of [['banner'], ['main'], ['navigation', 'Pages'], ['navigation', 'Alarms'], ['grid', 'Alarms']])
    await soon(async () =>
      assert.equal(await page.getByRole(role, name ? { name, exact: true } : {}).count(), 1, `${role} ${name ?? ''}`));
  await soon(async () => assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1));
  const grid = page.getByRole('grid');
  await soon(async () => assert.equal(await grid.getAttribute('aria-rowcount'), '4'));
  await soon(async () =>
    assert.equal(await row('P-9/flow:hi').getAttribute('aria-rowindex'), '2', 'the high priority stands first'));
  await soon(async () => assert.equal(await row('P-9/flow:hi').getByRole('img', { name: 'High' }).count(), 1));
  await soon(async () =>
    assert.equal(await row('P-9/flow:hi').locator('.kind').textContent(), 'High limit', 'no second priority'));
  // The digit stands for the priority where colour is not seen.
  await soon(async () => assert.equal(await row('P-9/flow:hi').locator('.sign text').textContent(), '2'));
});

test('keys alone walk the list, open, acknowledge and shelve', async () => {
  const first = await tabTo('the list', (now) => now.tag === 'TR');
  assert.equal(first.key, 'P-9/flow:hi');
  await page.keyboard.press('ArrowDown');
  await soon(async () => assert.equal((await focused()).key, 'P-9/current:hi'));
  await page.keyboard.press('End');
  await soon(async () => assert.equal((await focused()).key, 'P-9/pressure:hi'));
  await soon(async () => assert.ok((await focused()).outlined));
  await page.keyboard.press('Home');
  await soon(async () => assert.equal((await focused()).key, 'P-9/flow:hi'));
  await page.keyboard.press('Enter');
  await page.locator('.detail h2').getByText('P-9/flow').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.detail').waitFor({ state: 'detached' });

  await page.keyboard.press('a');
  await page.locator('tr[data-key="P-9/flow:hi"][data-state="acknowledged"]').waitFor();
  await soon(async () => assert.equal((await alarm({ key: 'P-9/flow:hi' })).state, 'acknowledged'));
  await eventually('the focus on the row that moved down', async () => (await focused()).key === 'P-9/flow:hi');

  for (const letter of ['s', 'c']) {
    await page.keyboard.press(letter);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await soon(async () =>
      assert.equal((await focused()).key, 'P-9/flow:hi', 'who thinks better of it is where he was'));
  }
  await page.keyboard.press('s');
  await page.getByRole('dialog').waitFor();
  await soon(async () => assert.equal((await focused()).tag, 'SELECT'));
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
  await show('P-9/flow:hi');
  await page.locator('.detail').getByRole('button', { name: 'Shelve', exact: true }).click();
  await page.getByLabel('For how long').waitFor();
  const choices = await page.getByRole('dialog').locator('option').allInnerTexts();
  assert.deepEqual(choices, ['5 min', '15 min', '30 min', '60 min', 'Until it returns to normal']);
  await page.getByLabel('For how long').selectOption({ label: 'Until it returns to normal' });
  await page.getByRole('dialog').getByRole('button', { name: 'Shelve', exact: true }).click();
  await row('P-9/flow:hi').getByText('Until it returns to normal').waitFor();
  await page.locator('.detail').getByText('Until it returns to normal, at most until').waitFor();
  await page.locator('.detail').getByRole('button', { name: 'Unshelve' }).click();
  await eventually('its end', async () => (await alarm({ key: 'P-9/flow:hi' })).state !== 'shelved');
});

test('out of service asks for a reason and an end, and both are shown', async () => {
  await show('P-9/current:hi');
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
  await show('P-9/flow:hi');
  const detail = page.locator('.detail');
  await soon(async () =>
    assert.deepEqual(await detail.locator('.advice li').allInnerTexts(), ['Close V-401', 'Call the shift leader']));
  const advice = await detail.locator('.advice').innerText();
  for (const words of ['5 min', 'The outlet valve was opened by hand.', 'The tank behind it overflows.'])
    assert.ok(advice.includes(words), words);
  await detail.getByRole('button', { name: 'Known work' }).click();
  await detail.getByText('Answered “Known work” by admin').waitFor();
  await soon(async () => assert.equal((await alarm({ key: 'P-9/flow:hi' })).judgement.verdict, 'known-work'));
  await picture('alarm-advice');
});

test('a latched alarm stays until somebody resets it', async () => {
  await write({ 'P-9': 'flow=1' });
  await show('P-9/flow:hi');
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
  await soon(async () => assert.match(await card.locator('.first-out a').innerText(), /^T-3\/[abcd]:hi$/));
  await eventually('twelve', async () => (await card.locator('dd').first().innerText()) === '12');
  await soon(async () => {
    const order = await card.locator('.flood-order li').allInnerTexts();
    // T-1 feeds T-2, which feeds T-3: the plant's graph in alarms.yaml, whatever came first.
    assert.equal(order.length, 3);
    assert.match(order[0], /T-1\/.:hi\s+nothing upstream of it is in alarm\s+\+3 of the same/);
    assert.match(order[1], /T-2\/.:hi\s+T-1 feeds it/);
    assert.match(order[2], /T-3\/.:hi\s+T-2 feeds it/);
  });
  await picture('flood');
});

test('one click shows the raw list of a flood, and other positions stay listed', async () => {
  await page.getByText('12 alarms are in the card above.').waitFor();
  await row('P-9/pressure:hi').waitFor();
  await soon(async () => assert.equal(await page.locator('tr[data-key^="T-"]').count(), 0));
  await page.locator('.flood').getByRole('link', { name: 'Show the raw list' }).click();
  await eventually('twelve rows', async () => (await page.locator('tr[data-key^="T-"]').count()) === 12);
  await soon(async () => assert.equal(await page.locator('tr[data-key^="P-"]').count(), 0, 'of that position alone'));
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
  await soon(async () => assert.deepEqual((await cells('priority_low')).slice(2), ['≥ 80 %', '–']));
  await desk.getByText('One is now.').waitFor();
  await desk.getByText('less than 30 days').waitFor();
  await soon(async () => assert.equal(await desk.locator('.top-alarms tbody tr').count(), 10));
  await picture('figures');
});

test('figures of a past range come from the records', async () => {
  await page.getByRole('group', { name: 'Range' }).getByRole('button', { name: '1 d', exact: true }).click();
  await page.locator('[data-position="tank-farm"] tr[data-figure="most_in_ten_minutes"]').getByText('12').waitFor();
  const day = (ms) => new Date(Date.now() + 8 * 3_600_000 + ms).toISOString().slice(0, 10);
  await page.getByLabel('From day').focus();
  await tabTo('what comes after the calendars', (now) => now.text === 'Show');
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
  await soon(async () => assert.equal(await page.locator('.header .who strong').textContent(), 'jan'));
  await page.getByRole('button', { name: 'Give the page' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Given by jan').waitFor();
  await soon(async () => assert.equal((await focused()).tag, 'BUTTON', 'the focus stays where he was'));
  await page.getByText('another person signs for taking it').waitFor();
  await soon(async () => assert.equal(await page.getByRole('button', { name: 'Take the page' }).count(), 0));
  await picture('handover-given');

  await changePerson(keys.mia);
  await open('#/handover?position=tank-farm');
  await page.getByText('watch T-1').first().waitFor();
  await page.getByRole('button', { name: 'Take the page' }).click();
  const past = page.locator('.past-handovers tbody tr').first();
  await past.getByText('mia').waitFor();
  await eventually('the focus on the button that is left', async () => (await focused()).tag === 'BUTTON');
  await soon(async () => assert.match(await past.innerText(), /jan.*watch T-1.*mia/s));
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
    await soon(async () => assert.equal(await page.locator(hidden).first().isVisible(), false, hidden));
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
  await soon(async () =>
    assert.ok(Number((await pager.locator('td.number').first().innerText()).replace(/\s/g, '')) > 0, 'something waits'));
  await soon(async () => assert.equal(await phone.getByRole('button').isDisabled(), true, 'a drill is for engineers'));
  await changePerson(key);
  await open('#/receivers/phone');
  await phone.getByRole('button', { name: 'Send a drill to phone' }).click();
  await page.getByText('The drill is under way').waitFor();
  const drill = page.locator('.receiver-messages tbody tr').first();
  await drill.getByText('Drill', { exact: true }).waitFor();
  await drill.getByText('confirmed').waitFor();
  await picture('receivers');
});

test('each condition has its last proof, stage by stage, and an engineer may prove it now', async () => {
  await tabs().getByRole('link', { name: 'Proof tests' }).click();
  await page.getByRole('heading', { name: 'Proof tests', level: 1 }).waitFor();
  const flow = page.locator('tr[data-condition="P-9/flow:hi"]');
  await flow.getByText('never proved').waitFor();
  await soon(async () =>
    assert.match(await flow.locator('td').nth(3).innerText(), /02:00/, 'the site asks for it at two'));
  await soon(async () => assert.match(await page.locator('tr[data-condition="T-1/a:hi"] td').nth(3).innerText(), /–/));
  await tabTo('the button of the condition', (now) => now.text === 'Prove all');
  for (let i = 0; i < 60 && (await page.evaluate(() => document.activeElement.ariaLabel)) !== 'Prove P-9/flow:hi'; i++)
    await tabTo('the button of the condition', (now) => now.tag === 'BUTTON' || now.tag === 'INPUT');
  await page.keyboard.press('Enter');
  await flow.getByText('passed').waitFor();
  const { conditions } = await call('/api/v1/prooftests');
  const { item } = conditions.find((one) => one.condition === 'P-9/flow:hi');
  const shown = await flow.locator('.stages-cell').innerText();
  for (const stage of ['intake', 'store', 'engine', 'alarm', 'event']) assert.ok(shown.includes(stage), shown);
  // A record may be durable after its event was announced.
  const whole = Math.max(item.recorded_ms, item.announced_ms);
  assert.ok(Math.abs(parseFloat(shown) - whole) <= 1, `${shown}: ${whole}`);
  const pieces = await flow.locator('.stages .stage').evaluateAll((all) => all.map((one) => one.offsetWidth));
  assert.equal(pieces.length, 5);
  assert.ok(pieces.every((width) => width >= 2) && Math.max(...pieces) > 20, `${pieces}`);
  await page.getByRole('status').getByText('finished').waitFor();
  assert.deepEqual(item.receivers.map((one) => one.state), ['not told', 'not told']);
  await page.locator('tr[data-condition="source pushed:source"]').getByRole('button').click();
  await page.locator('tr[data-condition="source pushed:source"]').getByText('passed').waitFor();
  await picture('prooftests');
});

test('an operator sees proofs and cannot begin one', async () => {
  await changePerson(keys.jan);
  await open('#/prooftests');
  await page.locator('tr[data-condition="P-9/flow:hi"]').getByText('passed').waitFor();
  await soon(async () => assert.equal(await page.getByRole('button', { name: 'Prove all' }).isDisabled(), true));
  await soon(async () =>
    assert.equal(await page.getByRole('button', { name: 'Prove P-9/flow:hi' }).isDisabled(), true));
  await changePerson(key);
});

const PAGES = ['alarms', 'figures', 'handover?position=tank-farm', 'receivers/pager', 'prooftests'];

/** Names, units, and what people wrote: the site file of this test, keys, addresses, comments. */
const NAMES =
  /source pushed:source|davy|admin|jan|mia|https?:\S+|[\w-]+\/\w+(:\w+)?|[TP]-\d|flow|current|pressure|(k|M)?Pa|Tank farm desk|Park 7|phone|pager|webhook|json|pushed|lines|process|watch|gauge is being cleaned|sensor sent for calibration|Close V-401|Call the shift leader|The outlet valve was opened by hand.|The tank behind it overflows.|Enter|Esc/g;

/** What is English on the page and is not marked as such: what was sent to receivers, what a library said. */
async function english() {
  const text = await page.locator('main').evaluate((main) => {
    const marked = [...main.querySelectorAll('[lang=en]')].map((part) => part.innerText);
    return marked.reduce((rest, part) => rest.replace(part, ''), main.innerText);
  });
  return text.replace(NAMES, '').match(/[A-Za-z]{3,}[^\n]*/g) ?? [];
}

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  const [flow, fed] = [await alarm({ key: 'P-9/flow:hi' }), await alarm({ key: 'T-2/a:hi' })];
  const headings = {
    alarms: '报警',
    [`alarms/${flow.id}?raw=1`]: '报警',
    [`alarms/${fed.id}`]: '报警',
    figures: '指标',
    'handover?position=tank-farm': '交接班：Tank farm desk',
    'receivers/pager': '接收方',
    prooftests: '验证测试',
    overview: '总览',
    sources: '数据源',
  };
  for (const [address, heading] of Object.entries(headings)) {
    await open(`#/${address}`);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.waitForTimeout(600);
    await soon(async () => assert.deepEqual(await english(), [], address));
    await picture(`${address.replace(/\d+/, heading).replace(/[/?=]/g, '-')}-zh`);
  }
  await open(`#/alarms/${fed.id}`);
  const before = page.locator('.before li', { hasText: 'T-1/a:hi' });
  await soon(async () => assert.match(await before.innerText(), /上游.*a 为 60，高于高限 50/s));
  await soon(async () => assert.equal(await before.getByTitle('T-1 向其供料').count(), 1));
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
