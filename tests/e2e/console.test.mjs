// SPDX-License-Identifier: Apache-2.0
// A person walks through the console of a running daemon: see run.mjs, which starts one.
//
//   DAVY_URL=http://127.0.0.1:8080 DAVY_KEY=... node --test tests/e2e/console.test.mjs
//
// The site must be tests/e2e/site.yaml. DAVY_SCREENSHOTS=DIR keeps a picture of every page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Feeder, alarm, call, eventually, key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';

const feeder = new Feeder();
let kept;
let page;

before(async () => {
  assert.ok(url && key, 'DAVY_URL and DAVY_KEY must name a running daemon');
  feeder.start(120);
  kept = await openBrowser();
  page = kept.page;
});

after(async () => {
  await kept?.browser.close();
  await feeder.stop();
});

const picture = (name) => screenshot(page, name);

async function open(name) {
  await page.getByRole('navigation').getByRole('link', { name }).click();
}

/** The text of an element once it passes. */
async function textOf(locator, passes = (text) => text !== '') {
  return eventually(`text of ${locator}`, async () => {
    const text = await locator.innerText();
    return passes(text) && text;
  });
}

const row = (path) => page.locator(`tr[data-key="${path}"]`);

test('nobody gets in with a wrong key', async () => {
  kept.troubleExpected = true;
  await page.goto(url);
  await page.getByLabel('Key', { exact: true }).fill('not-a-key');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('davy does not know this key.').waitFor();
  kept.troubleExpected = false;
});

test('a key opens the console and does not stay in the address', async () => {
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[data-connection="live"]').waitFor();
  await page.goto(`${url}/#key=${key}`);
  await page.reload();
  await page.locator('[data-connection="live"]').waitFor();
  assert.ok(!page.url().includes(key));
  await eventually('the name of the site in the title', async () => /Test park/.test(await page.title()));
});

test('the overview shows the assets with values that move', async () => {
  const tank = page.locator('[data-asset="T-1"]');
  await tank.waitFor();
  await soon(async () => assert.match(await tank.getAttribute('aria-label'), /T-1, Feed tank, Tank, 12 t methanol/));
  const value = tank.locator('.value').first();
  const first = await textOf(value, (text) => /^\d+\.\d%$/.test(text));
  await textOf(value, (text) => text !== first);
  await soon(async () => assert.match(await page.locator('.figures').innerText(), /Sources running\s+1 \/ 1/));
  await picture('overview');
});

test('a chart is drawn from samples, zooms by dragging and comes back', async () => {
  await open('Trends');
  // What deserves a look is proposed; here something else is wanted.
  await page.locator('.chart-panel').first().waitFor();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await page.getByText('Choose signals to draw them').waitFor();
  await page.getByLabel('T-1/level', { exact: true }).check();
  await page.getByLabel('T-1/pressure', { exact: true }).check();
  await page.getByRole('button', { name: '5 min', exact: true }).click();
  const note = page.locator('[data-samples]');
  const samples = () => note.getAttribute('data-samples').then(Number);
  const all = await eventually('samples in the chart', async () => {
    const count = await samples();
    return count > 100 && count;
  });
  await soon(async () => assert.equal(await page.locator('.chart-panel').count(), 2, 'a panel for each unit'));
  await soon(async () => assert.ok((await inkOf('.chart-panel canvas')) > 500, 'the curve leaves ink on the canvas'));
  await picture('trends');
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV', exact: true }).click();
  const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\n');
  assert.equal(rows[0], 'time,signal,value,quality');
  assert.ok(rows.length > 100, 'the samples of both signals are in the file');

  const box = await page.locator('.u-over').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
  const span = /view=(\d+)\.\.(\d+)/.exec(decodeURIComponent(page.url()));
  assert.ok(Math.abs(span[2] - span[1] - 60_000) < 3_000, 'a fifth of five minutes');
  await eventually('fewer samples', async () => (await samples()) < all / 2);

  await page.locator('.u-over').first().dblclick();
  await page.getByRole('button', { name: '5 min', exact: true, pressed: true }).waitFor();
  await eventually('all samples again', async () => (await samples()) >= all);
});

test('a valve shows how long it was open, and what is not known', async () => {
  const now = Math.floor(Date.now() / 1000);
  const body = `V-3 open=0 ${now - 120}\nV-3 open=1 ${now - 60}`;
  await call('/api/v2/write?precision=s', { method: 'POST', body });
  await page.getByLabel('V-3/open', { exact: true }).check();
  const states = page.locator('[data-states="V-3/open"]');
  // Of five minutes three are before its first sample; shut for one, open since.
  await soon(async () => {
    const rows = (await states.innerText()).trim().split('\n').map((one) => one.trim());
    const text = rows.join(' ').replace(/\s+/g, ' ');
    assert.match(text, /^V-3\/open 0 (19|20)\.?\d* % 60 s 1 [2-7]\d\.?\d* % \d+ (s|min) not known \d+\.?\d* % /);
  });
  await page.getByRole('heading', { name: 'Time in state' }).waitFor();
  await picture('states');
  await page.getByLabel('V-3/open', { exact: true }).uncheck();
  await states.waitFor({ state: 'detached' });
});

/** Pixels of a canvas that are not transparent. */
async function inkOf(selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 128) count++;
      return count;
    });
}

test('a sample over its limit is announced on every page, with its reason', async () => {
  feeder.fault = 'overfill';
  const strip = page.locator('.strip');
  await strip.waitFor();
  await soon(async () => assert.match(await textOf(strip), /T-1\/level/));
  await open('Alarms');
  await row('T-1/level:hi').click();
  const detail = page.locator('.detail');
  await soon(async () => assert.match(await textOf(detail.locator('.sentence')), /^level [\d.]+ % is above hi 85 %/));
  await soon(async () => assert.match(await detail.innerText(), /High · High limit · Unacknowledged/));
  await picture('alarm');
});

test('an acknowledgement in the browser is one in the daemon', async () => {
  await page.locator('.detail').getByRole('button', { name: 'Acknowledge' }).click();
  await page.locator('tr[data-key="T-1/level:hi"][data-state="acknowledged"]').waitFor();
  const known = await alarm({ key: 'T-1/level:hi' });
  assert.equal(known.acknowledged, true);
  assert.equal(known.state, 'acknowledged');
  await page.locator('.detail .history').getByText('Acknowledged').waitFor();
});

test('an alarm is shelved for a time with the keyboard and unshelved again', async () => {
  await row('T-1/level:hi').focus();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('For how long').selectOption({ label: '15 min' });
  await dialog.getByLabel('Comment (optional)').fill('gauge is being cleaned');
  await dialog.getByRole('button', { name: 'Shelve', exact: true }).click();
  const shelved = await eventually('the shelf', () =>
    alarm({ key: 'T-1/level:hi', state: 'shelved' }),
  );
  const minutes = (Date.parse(shelved.shelved_until) - Date.now()) / 60_000;
  assert.ok(minutes > 13 && minutes < 16, `shelved for ${minutes} min`);
  assert.equal(shelved.comment, 'gauge is being cleaned');

  await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Shelved' }).click();
  await row('T-1/level:hi').getByText('Shelved until').waitFor();
  await page.locator('.detail').getByRole('button', { name: 'Unshelve' }).click();
  await eventually(
    'its end',
    async () => (await alarm({ key: 'T-1/level:hi' })).state !== 'shelved',
  );
  await page.getByText('No alarm is shelved.').waitFor();
});

test('the alarm leaves the list when the plant is well again', async () => {
  feeder.fault = null;
  await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Active' }).click();
  await row('T-1/level:hi').waitFor({ state: 'detached' });
});

/*
 * The detector's score is a moving average with a memory of 0.9, in which a window counts as 1000
 * at most. The overfill before fills it, and ln(1000) / 0.1 rows, a minute, empty it again.
 */
const SCORE_RETURNS_MS = 180_000;

test('a model that finds a fault no limit sees names the signals that tell it', async () => {
  const model = { detector: 'feed-health', kind: 'model' };
  await eventually(
    'a normal verdict',
    async () => {
      const { detectors } = await call('/api/v1/detectors');
      return detectors[0].state === 'normal' && !(await alarm(model)).active;
    },
    SCORE_RETURNS_MS,
  );
  feeder.fault = 'blocked';
  const raised = await eventually('its alarm', () => alarm({ ...model, active: true }), 60_000);
  const first = raised.reason.causes[0].signal;
  assert.ok(['T-1/pressure', 'P-2/flow', 'P-2/current'].includes(first), `blamed ${first}`);
  await page.locator('[role="group"] button', { hasText: 'Standing' }).click();
  await row(raised.key).click();
  const causes = page.locator('.detail .causes');
  await textOf(causes, (text) => text.includes(first));
  // Share, value and what the model expected, with the unit of the signal.
  const cells = await causes.locator('tbody tr').first().locator('td.number').allInnerTexts();
  assert.equal(cells.length, 3);
  for (const cell of cells) assert.match(cell, /^\u2212?[\d.]+( (kPa|m³\/h|A))?$/);
  await picture('alarm-model');
});

test('the detector page shows contributions against what was expected', async () => {
  await page.locator('.detail').getByRole('link', { name: 'Show the detector' }).click();
  await page.getByRole('heading', { name: 'feed-health' }).waitFor();
  const rows = page.locator('.contributions tbody tr');
  await eventually('contributions', async () => (await rows.count()) >= 3);
  const first = await rows.first().innerText();
  assert.match(first, /^[TP]-\d\/[a-z]+\s+\d+\.\d+\s/);
  await soon(async () => assert.match(await page.locator('.detector-head').innerText(), /feed-health@champion/));
  await eventually('the score drawn', async () => (await inkOf('.detector-page canvas')) > 500);
  await picture('detector');
  feeder.fault = null;
});

test('all words change to Chinese and stay so', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  for (const name of ['总览', '趋势', '报警', '检测器', '模型', '数据源', '密钥'])
    await page.getByRole('navigation').getByRole('link', { name }).waitFor();
  await page.reload();
  await page.getByText('各信号对当前评分的贡献').waitFor();
  await open('报警');
  await page.getByRole('group', { name: '显示' }).getByRole('button', { name: '全部' }).click();
  await soon(async () => assert.match(await textOf(row('T-1/level:hi')), /level 为 [\d.]+%，高于高限 85%/));
  await picture('alarms-zh');
  await open('趋势');
  await page.getByLabel('V-3/open', { exact: true }).check();
  await page.getByRole('heading', { name: '各状态持续时间' }).waitFor();
  await open('数据源');
  await soon(async () => assert.match(await textOf(page.locator('main table')), /pushed\s+运行/));
  await page.getByLabel('语言').selectOption('en');
});

test('an administrator makes a key, sees it once and deletes it', async () => {
  await open('Keys');
  await page.getByLabel('Name', { exact: true }).fill('night-shift');
  await page.getByRole('combobox', { name: 'Role' }).selectOption('viewer');
  await page.getByRole('button', { name: 'Create a key' }).click();
  const made = await textOf(page.getByRole('dialog').locator('code'));
  const who = await call('/api/v1/me', { headers: { Authorization: `Bearer ${made}` } });
  assert.equal(who.role, 'viewer');
  await page.getByRole('button', { name: 'Done' }).click();
  await page
    .getByRole('row', { name: 'night-shift' })
    .getByRole('button', { name: 'Delete' })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: 'night-shift' }).waitFor({ state: 'detached' });
});

test('a lost connection is loud, and its end is seen', async () => {
  kept.troubleExpected = true;
  await page.context().setOffline(true);
  await page.getByText('What you see is old.').waitFor();
  await page.locator('.console.stale').waitFor();
  await picture('lost');
  await page.context().setOffline(false);
  await page.locator('[data-connection="live"]').waitFor();
  await page.getByText('What you see is old.').waitFor({ state: 'detached' });
  kept.troubleExpected = false;
});

test('the pages fit a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ['Overview', 'Trends', 'Alarms', 'Detectors', 'Models', 'Sources']) {
    await open(name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${name} is ${wide} wide`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('no script can read the session, and the key is kept nowhere', async () => {
  const kept = await page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
  );
  const cookies = await page.context().cookies();
  const session = cookies.find((cookie) => cookie.name === 'davy_session');
  assert.ok(session && session.httpOnly && session.sameSite === 'Strict');
  assert.ok(!kept.includes(key) && !kept.includes(session.value), kept);
});

test('signing out ends the session', async () => {
  const before = await page.context().cookies();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Key', { exact: true }).waitFor();
  await eventually('a browser without a cookie', async () => (await page.context().cookies()).length === 0);
  const headers = { Cookie: before.map(({ name, value }) => `${name}=${value}`).join('; ') };
  await soon(async () => assert.equal((await fetch(`${url}/api/v1/me`, { headers })).status, 401));
});

test('nothing complained and nothing left this machine', () => {
  assert.deepEqual(kept.complaints, []);
  assert.deepEqual([...kept.hosts], [new URL(url).hostname]);
});
