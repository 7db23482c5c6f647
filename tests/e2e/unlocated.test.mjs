// SPDX-License-Identifier: Apache-2.0
// A site of which nobody has said where it is: pages say so, and nothing breaks. run.mjs DAVY unlocated.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, key, soon } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { button, open, signIn } from './person.mjs';

let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });
const JSON_BODY = { 'Content-Type': 'application/json' };
const post = (path, body) => call(path, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });

before(async () => {
  kept = await openBrowser();
  page = kept.page;
  page.setDefaultTimeout(15_000);
});

after(async () => {
  await kept?.browser.close();
});

test('the map says that it has no location, and that nothing has a place', async () => {
  await signIn(page, key);
  await open(page, '#/map');
  await page.getByText('The site file gives no location').waitFor();
  await page.getByText('Nothing in the site file has a place').waitFor();
  await picture('unlocated-map');
});

test('a scenario is computed and drawn in metres', async () => {
  await open(page, '#/scenario');
  await page.getByLabel('Begin with').selectOption('T-101-leak');
  await page.locator('[data-field="weather.wind"] input').fill('3');
  await page.locator('[data-field="weather.temperature"] input').fill('20');
  await page.getByLabel(/^Stability/).selectOption('D');
  await page.locator('.scenario-form button.primary').click();
  await page.locator('.scenario-result path[data-zone]').first().waitFor();
  await picture('unlocated-scenario');
});

test('an incident is led without a map, and an alert to the public says what is missing', async () => {
  await post('/api/v1/incidents', { name: 'Smell at T-101', asset: 'T-101' });
  await open(page, '#/incidents/1');
  await page.getByRole('heading', { name: 'Smell at T-101' }).waitFor();
  await button(page, 'Take the zones that were computed').or(page.getByRole('button', { name: /T-101-leak/ })).first().click();
  await page.locator('[data-event="impact"]').waitFor();
  await page.locator('path[data-zone]').first().waitFor();
  const answer = await fetch(`${process.env.DAVY_URL}/api/v1/incidents/1/events`, {
    method: 'POST',
    headers: { ...JSON_BODY, Authorization: `Bearer ${key}` },
    body: JSON.stringify({ type: 'publish', message: 'Alert', text: 'stay inside' }),
  });
  const told = await answer.text();
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${told}`);
  assert.match(told, /no 'location'/);
  await soon(async () => assert.equal((await call('/api/v1/incidents/1')).alerts.length, 0));
  for (const form of [201, 204, 214]) {
    const sheet = await fetch(`${process.env.DAVY_URL}/api/v1/incidents/1/forms/${form}`, { headers: { Authorization: `Bearer ${key}` } });
    assert.equal(sheet.status, 200);
  }
  await picture('unlocated-incident');
});

test('every page opens', async () => {
  for (const address of ['', 'alarms', 'charts', 'chemicals', 'incidents', 'map']) {
    await open(page, `#/${address}`);
    await page.locator('main').waitFor();
    await page.waitForTimeout(300);
    assert.ok((await page.locator('main').innerText()).trim().length > 0, address);
  }
});

test('nothing complained', () => {
  assert.deepEqual(kept.complaints, []);
});
