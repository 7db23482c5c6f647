// SPDX-License-Identifier: Apache-2.0
// A release is made by hand, computed, and looked at on the map. run.mjs DAVY emergency.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, eventually, key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';
import { focusOf, tabOnTo } from './keyboard.mjs';
import { button, open, signIn } from './person.mjs';

let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });
const field = (name) => page.locator(`[data-field="${name}"] input`);
const zonesOnMap = () => page.locator('path[data-zone]').count();

before(async () => {
  kept = await openBrowser();
  page = kept.page;
});

after(async () => {
  await kept?.browser.close();
});

test('the ground is on the map: assets, places, roads and resources', async () => {
  await signIn(page, key);
  await open(page, '#/map');
  for (const name of ['T-101', 'control-room', 'village', '⚑ muster-north', '◆ engine-1'])
    await page.locator('.ground-label', { hasText: name }).first().waitFor();
  await soon(async () => assert.equal(await page.locator('path.ground-road').count(), 3));
  await page.getByText('Nothing is released that davy knows of.').waitFor();
  await picture('map');
});

test('keys turn the wind, and the dial says where it comes from', async () => {
  await open(page, '#/scenario');
  await page.getByLabel('Begin with').selectOption('T-101-leak');
  await soon(async () => assert.equal(await field('release.hole').inputValue(), '20'));
  await soon(async () => assert.equal(await field('release.pressure').inputValue(), '7'));
  await tabOnTo(page, 'the dial', (now) => now.label === 'Where the wind comes from');
  const dial = page.getByRole('slider', { name: 'Where the wind comes from' });
  await soon(async () => assert.equal(await dial.getAttribute('aria-valuenow'), '225'));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('PageUp');
  await soon(async () => assert.equal(await dial.getAttribute('aria-valuetext'), 'from W (275°)'));
  await soon(async () => assert.equal(await field('weather.wind_from').inputValue(), '275'));
  await page.keyboard.press('Home');
  await soon(async () => assert.equal(await dial.getAttribute('aria-valuenow'), '0'));
});

test('the dial is dragged, and a field moves it', async () => {
  const dial = page.getByRole('slider', { name: 'Where the wind comes from' });
  await dial.scrollIntoViewIfNeeded();
  const box = await dial.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.up();
  await soon(async () => assert.equal(await dial.getAttribute('aria-valuenow'), '270'));
  await field('weather.wind_from').fill('225');
  await soon(async () => assert.equal(await dial.getAttribute('aria-valuenow'), '225'));
});

test('what the daemon finds wrong stands at its field', async () => {
  await field('release.hole').fill('-20');
  await page.locator('[data-field="release.hole"]').getByText('from 0.1 to 2000').waitFor();
  kept.troubleExpected = true;
  await button(page, 'Compute the zones').click();
  const fault = page.locator('[data-field="release.hole"] .failure');
  await page.locator('[data-field="release.hole"]').getByText('-20 mm').waitFor();
  kept.troubleExpected = false;
  await soon(async () => assert.equal(await field('release.hole').getAttribute('aria-invalid'), 'true'));
  await soon(async () => assert.equal(await fault.count(), 1));
  await field('release.hole').fill('20');
});

test('it is computed, and every zone is a shape, a line of the table and a number', async () => {
  await button(page, 'Compute the zones').click();
  await page.locator('[data-zone-row]').first().waitFor();
  const rows = await page.locator('[data-zone-row]').count();
  await soon(async () => assert.equal(await zonesOnMap(), rows));
  // The same scenario by the API: what is shown is what was computed.
  const scenario = JSON.stringify({
    scenario: {
      name: 'T-101-leak',
      asset: 'T-101',
      release: { kind: 'liquid hole', hole: '20 mm', height: '1 m', pressure: '7 bar', temperature: '20 Cel', head: '2 m', duration: '30 min' },
      endpoints: ['AEGL-2'],
    },
    weather: { wind: '3 m/s', wind_from: 225, temperature: '20 Cel', humidity: '60 %', stability: 'D', night: false, ground: 'rural' },
  });
  const headers = { 'Content-Type': 'application/json' };
  const impact = await call('/api/v1/impact', { method: 'POST', headers, body: JSON.stringify({ scenario }) });
  assert.equal(rows, impact.zones.length);
  const toxic = impact.zones.find((zone) => zone.endpoint.startsWith('AEGL-2'));
  const row = page.locator(`[data-zone-row="${toxic.id}"]`);
  const shown = (await row.innerText()).replace(/\s+/g, ' ');
  const km = `${Number((toxic.distance / 1000).toPrecision(3))} km`;
  assert.ok(shown.includes(km), `${shown}: ${km}`);
  // 12 in the control room by day, 1500 in the village.
  assert.equal(toxic.people, 1512);
  assert.ok(shown.endsWith(' 1 512'), shown);
  await picture('scenario');
});

test('a zone opens its numbers: every model, formula, source and range', async () => {
  await tabOnTo(page, 'a zone of the map', (now) => now.tag === 'path');
  await page.keyboard.press('Enter');
  const detail = page.locator('[data-zone-detail]');
  await detail.waitFor();
  await soon(async () => assert.equal((await focusOf(page)).tag, 'path', 'the key keeps its place'));
  await soon(async () => assert.ok((await detail.locator('tbody tr').count()) >= 4, 'models side by side'));
  await soon(async () => assert.equal(await detail.locator('tr.drawn').count(), 1));
  const formula = detail.locator('details').first();
  await formula.locator('summary').click();
  for (const name of ['Equation', 'Source', 'Range']) await formula.getByText(name, { exact: true }).waitFor();
  await picture('zone-detail');
});

test('what nobody knows is drawn, and the spread of each distance is shown', async () => {
  await field('uncertain.hole.low').fill('5');
  await field('uncertain.hole.high').fill('50');
  await button(page, 'Compute the zones').click();
  const row = page.locator('[data-spread]').first();
  await row.waitFor();
  // A larger hole reaches farther: it is the only figure that is drawn.
  await soon(async () => assert.match(await row.innerText(), /Hole \+1\.00/));
  assert.equal(await row.locator('.spread-bars rect').count(), 20);
  await picture('spread');
  for (const end of ['low', 'high']) await field(`uncertain.hole.${end}`).fill('');
  await button(page, 'Compute the zones').click();
  await soon(async () => assert.equal(await page.locator('[data-spread]').count(), 0));
  await page.locator('[data-zone-row]').first().waitFor();
});

test('what it becomes stands beside it, with what it rests on', async () => {
  const row = page.locator('.becomes tr[data-outcome="toxic cloud"]');
  await soon(async () => assert.match(await row.innerText(), /Toxic cloud\s+100 %/));
  await page.locator('.becomes summary', { hasText: 'Nothing to burn' }).waitFor();
});

test('people are told to shelter or to leave, and where to gather', async () => {
  const row = page.locator('[data-place="village"]');
  await row.waitFor();
  await soon(async () => assert.match(await row.innerText(), /1\u202F500/));
  await soon(async () => assert.match(await row.innerText(), /Evacuate|Shelter|Not known/));
  await page.getByText('muster-west').last().waitFor();
  await page.getByText('upwind').first().waitFor();
});

test('effects are switched off on the map and in the table', async () => {
  await page.getByLabel('Begin with').selectOption('');
  await page.getByLabel('Asset').selectOption('T-102');
  await page.getByLabel('Release').selectOption('all');
  await field('release.pressure').fill('17');
  await field('release.temperature').fill('50');
  await button(page, 'Compute the zones').click();
  const fireball = page.getByRole('checkbox', { name: 'Fireball' });
  await fireball.waitFor();
  const all = await zonesOnMap();
  await fireball.uncheck();
  const fewer = await eventually('fewer zones', async () => {
    const count = await zonesOnMap();
    return count < all && count;
  });
  assert.ok(fewer > 0);
  await soon(async () => assert.equal(await page.locator('[data-zone-row]', { hasText: 'Fireball' }).count(), 0));
  await fireball.check();
  await eventually('all zones', async () => (await zonesOnMap()) === all);
  await picture('effects');
});

test('a click on the ground is where it happens', async () => {
  await page.locator('.ground-map').scrollIntoViewIfNeeded();
  const box = await page.locator('.ground-map').boundingBox();
  await page.mouse.click(box.x + 60, box.y + 200);
  await page.locator('path.ground-pick').waitFor();
  await soon(async () => assert.match(await field('at').inputValue(), /^-?\d+$/));
  await page.getByLabel('Asset').selectOption('T-101');
  await soon(async () => assert.equal(await field('at').inputValue(), ''));
});

test('a chemical is found by what people call it', async () => {
  await page.locator('[data-field="chemical"] input').fill('7664-41-7');
  await page.getByText(/CAS 7664-41-7/).waitFor();
  await page.locator('[data-field="chemical"] input').fill('');
});

test('the map shows what was computed last', async () => {
  await open(page, '#/map');
  await page.locator('[data-zone-row]').first().waitFor();
  await soon(async () => assert.ok((await zonesOnMap()) > 0));
  await page.getByRole('img', { name: 'Wind from 225°' }).waitFor();
});

test('on paper the controls are gone', async () => {
  await open(page, '#/scenario');
  await page.emulateMedia({ media: 'print' });
  await soon(async () => assert.equal(await button(page, 'Compute the zones').isVisible(), false));
  await soon(async () => assert.equal(await page.locator('[data-zone-row]').first().isVisible(), true));
  // Paper has every model, its source, and whose it is.
  await soon(async () => assert.ok((await page.locator('.report-models tbody tr:visible').count()) > 10));
  await page.locator('.report-head').getByText('Park 7').waitFor();
  await picture('scenario-print');
  await page.emulateMedia({ media: 'screen' });
});

test('an alarm of the tank begins the scenario by itself, on every page, and a person ends it', async () => {
  await open(page, '#/overview');
  const write = (lines) => call('/api/v2/write?precision=s', { method: 'POST', body: lines });
  const now = Math.floor(Date.now() / 1000);
  await write(`WS-1 speed=4,direction=180,temperature=20,humidity=60 ${now}\nT-101 pressure=3 ${now}`);
  const strip = page.locator('[data-threat="T-101-leak"]');
  await strip.getByText('4 m/s from S (180°)').waitFor();
  // Sun and clouds have no instrument; by night the sun is asked for by nobody.
  await strip.getByText(/Weather not known: (\S+, )?Cloud$/).waitFor();
  await strip.getByRole('link').click();
  await page.locator('[data-live="T-101-leak"]').getByText('T-101/pressure:lo').waitFor();
  // No detector rang, so there is no likelihood.
  await page.locator('[data-live="T-101-leak"]').getByText('Likelihood: not known').waitFor();
  await page.getByRole('img', { name: 'Wind from 180°' }).waitFor();
  await picture('live');
  // The wind turns, and a key does not lose its place.
  const shape = page.locator('path[data-zone="1"]');
  await shape.focus();
  await write(`WS-1 speed=4,direction=270,temperature=20,humidity=60 ${now + 1}`);
  await page.getByRole('img', { name: 'Wind from 270°' }).waitFor();
  await eventually('the focus', async () => (await focusOf(page)).tag === 'path');
  await button(page, 'End it').click();
  await page.getByLabel('Comment').fill('the valve is closed');
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await strip.waitFor({ state: 'detached' });
});

test('a person begins a scenario', async () => {
  await open(page, '#/map');
  await page.locator('.begin-list').getByRole('button', { name: 'Begin' }).click();
  await page.getByLabel('Comment').fill('a smell at the pump');
  await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click();
  await page.locator('[data-live="T-101-leak"]').getByText('begun by').waitFor();
  await soon(async () => assert.ok((await zonesOnMap()) > 0));
});

test('an incident takes the zones and the alarms of what has begun', async () => {
  await page.getByRole('link', { name: 'Open an incident' }).click();
  await page.getByText('The zones of T-101-leak and its alarms are taken along.').waitFor();
  await soon(async () => assert.equal(await page.getByLabel('Name').inputValue(), 'Leak of the chlorine tank'));
  await button(page, 'Open the incident').click();
  await page.locator('[data-event="impact"]').waitFor();
  await page.locator('path[data-zone]').first().waitFor();
  const { incidents } = await call('/api/v1/incidents');
  assert.deepEqual(
    incidents.map((one) => [one.asset, one.scenario, one.reach.impacts, one.alarms.map(({ key: of }) => of)]),
    [['T-101', 'T-101-leak', 1, ['T-101/pressure:lo']]],
  );
  await picture('incident-zones');
});

test('zones that were computed by hand are attached with what they were computed from', async () => {
  await page.getByRole('button', { name: 'Take the computed zones of T-102-all' }).click();
  await page.locator('[data-event="impact"]').nth(1).waitFor();
  await soon(async () => assert.equal((await call('/api/v1/incidents/1')).impact.scenario, 'T-102-all'));
  await page.getByRole('button', { name: 'Take the zones of T-101-leak' }).click();
  await page.locator('[data-event="impact"]').nth(2).waitFor();
  await soon(async () => assert.equal((await call('/api/v1/incidents/1')).impact.scenario, 'T-101-leak'));
});

test('the public is alerted from the zones, and told that it is over', async () => {
  await button(page, 'Alert the public').click();
  const link = page.getByRole('link', { name: 'What would be sent, as CAP 1.2' });
  await soon(async () => assert.equal(await link.getAttribute('href'), '/api/v1/incidents/1/cap?draft=Alert'));
  await page.getByLabel('Text', { exact: true }).fill('Close doors and windows');
  await page.getByRole('dialog').getByRole('button', { name: 'Alert the public' }).click();
  await page.locator('[data-event="publish"]').waitFor();
  await button(page, 'Give the all-clear').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give the all-clear' }).click();
  await button(page, 'Alert the public').waitFor();
  const { alerts } = await call('/api/v1/incidents/1');
  assert.deepEqual(alerts.map((one) => one.message), ['Alert', 'Cancel']);
});

const PAGES = ['map', 'scenario', 'incidents/1'];

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  for (const address of PAGES) {
    await open(page, `#/${address}`);
    await page.locator('[data-zone-row]').first().waitFor();
    await page.waitForTimeout(500);
    const text = await page.locator('main').innerText();
    const english = text.match(/\b(Zones?|Reach|People|Shelter|Evacuate|Wind|Weather|Severity|Compute|Where|Plan|Send)\b/g);
    assert.deepEqual(english, null, `${address}: ${english}`);
    const titles = await page.locator('details.formula > summary').allInnerTexts();
    assert.ok(address !== 'scenario' || titles.length > 0, 'the scenario shows its formulas');
    for (const title of titles) assert.match(title, /[\u4e00-\u9fff]/);
    await picture(`${address.replace('/', '-')}-zh`);
  }
  await page.getByLabel('语言').selectOption('en');
});

test('every word is readable in a dark control room, and in a bright one', async () => {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const address of PAGES) {
      await open(page, `#/${address}`);
      await page.waitForTimeout(600);
      const { seen, poor } = await contrast(page);
      assert.ok(seen > 20, `${address}: ${seen} texts`);
      assert.deepEqual(poor, [], `${colorScheme} ${address}`);
      if (colorScheme === 'dark') await picture(`${address.replace('/', '-')}-dark`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
});

test('the pages fit a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const address of PAGES) {
    await open(page, `#/${address}`);
    await page.waitForTimeout(600);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    await picture(`${address.replace('/', '-')}-small`);
    assert.ok(wide <= 390, `${address} is ${wide} wide`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('nothing complained and nothing left this machine', () => {
  assert.deepEqual(kept.complaints, []);
  assert.deepEqual([...kept.hosts].filter((host) => host !== ''), [new URL(url).hostname]);
});
