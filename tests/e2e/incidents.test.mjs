// SPDX-License-Identifier: Apache-2.0
// A person leads a drill and an incident from the board. run.mjs DAVY incidents.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';
import { tabOnTo } from './keyboard.mjs';
import { button, open, signIn } from './person.mjs';

let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });
const JSON_BODY = { 'Content-Type': 'application/json' };
const post = (path, body) => call(path, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });
const drills = () => page.locator('.drill-mark').count();

before(async () => {
  kept = await openBrowser();
  page = kept.page;
});

after(async () => {
  await kept?.browser.close();
});

test('keys alone open a drill, and it is marked on every part', async () => {
  await signIn(page, key);
  await open(page, '#/incidents');
  await page.getByText('No incident is known.').waitFor();
  await tabOnTo(page, 'the name', (now) => now.label?.startsWith('Name'));
  await page.keyboard.type('Chlorine at T-101');
  await tabOnTo(page, 'the asset', (now) => now.label?.startsWith('Asset'));
  await page.keyboard.type('T-101');
  await tabOnTo(page, 'the drill', (now) => now.label?.startsWith('It is a drill'));
  await page.keyboard.press('Space');
  await tabOnTo(page, 'the button', (now) => now.text === 'Begin the drill');
  await page.keyboard.press('Enter');
  await page.getByText('This is a drill. Nothing here is real').waitFor();
  assert.equal(new URL(page.url()).hash, '#/incidents/1');
  // The band, the title and the timeline.
  await soon(async () => assert.ok((await drills()) >= 3, `${await drills()} marks`));
  await page.locator('[data-event="begin"]').waitFor();
});

test('people, tasks and resources are entered, and only states that may follow are offered', async () => {
  await page.getByLabel('Who', { exact: true }).fill('Li Wei');
  await page.locator('.incident-people').getByLabel('Place').fill('pump house');
  await button(page, 'Enter').click();
  const person = page.locator('[data-person="1"]');
  await person.waitFor();
  await soon(async () =>
    assert.equal(await page.locator('.incident-figures').getByText('1 missing, 0 hurt, 0 dead').count(), 1));
  await page.getByLabel('What is to be done', { exact: true }).fill('close the valve');
  await page.locator('.incident-tasks').getByLabel('Place').fill('T-101');
  await page.getByLabel('Capability').fill('hazmat');
  await page.locator('.incident-tasks').getByLabel('PPE').selectOption('A');
  await button(page, 'Add the task').click();
  const task = page.locator('[data-task="1"]');
  await task.waitFor();
  const choices = await task.locator('option').allTextContents();
  assert.deepEqual(choices, ['open', '→ assigned', '→ done', '→ cancelled']);
  await page.locator('.incident-resources').getByRole('combobox', { name: /^Resource/ }).selectOption('hazmat-1');
  await page.locator('.incident-resources .entry').getByRole('combobox', { name: /^Task/ }).selectOption('1');
  await button(page, 'Request it').click();
  const resource = page.locator('[data-resource="hazmat-1"]');
  await resource.waitFor();
  await resource.getByRole('combobox').selectOption('committed');
  await resource.getByRole('combobox').locator('option', { hasText: '→ on the way' }).waitFor({ state: 'attached' });
  await picture('incident');
});

test('a plan says who goes where by which road, and is sent by a person', async () => {
  await post('/api/v1/incidents/1/events', { type: 'task', what: 'cool T-102', capability: 'foam', place: 'T-102' });
  await page.locator('[data-task="2"]').waitFor();
  await button(page, 'Propose a plan').click();
  // The only one with foam; 320 m of road at 30 km/h take 38 s.
  const row = page.locator('[data-assignment="engine-1"]');
  await row.waitFor();
  await soon(async () => assert.match(await row.innerText(), /cool T-102/));
  await page.locator('path.ground-route').first().waitFor();
  await page.locator('.incident-plan').getByText(/No plan is better|first answer|best that was found/).waitFor();
  await picture('plan');
  await row.getByRole('button', { name: 'Send' }).click();
  await page.locator('[data-resource="engine-1"]').waitFor();
  await row.getByText('sent', { exact: true }).waitFor();
  await soon(async () =>
    assert.equal((await call('/api/v1/incidents/1')).resources.find((one) => one.name === 'engine-1').task, 2));
  await post('/api/v1/incidents/1/events', { type: 'task', id: 2, state: 'cancelled' });
  await post('/api/v1/incidents/1/events', { type: 'resource', name: 'engine-1', state: 'released' });
});

test('who commands, what is to be reached and what is dangerous is written on the board, and stands on the forms', async () => {
  const head = page.locator('.incident-command');
  await head.getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Commander').fill('Wang Min');
  await dialog.getByLabel('Objectives').fill('stop the leak, nobody downwind');
  await dialog.getByLabel('Safety message').fill('level A within 200 m');
  await dialog.getByRole('button', { name: 'Put on record' }).click();
  await head.getByText('stop the leak, nobody downwind').waitFor();
  await soon(async () => assert.equal(await page.getByRole('dialog').count(), 0));
  const { commander, objectives, safety } = await call('/api/v1/incidents/1');
  assert.deepEqual([commander, objectives, safety], ['Wang Min', 'stop the leak, nobody downwind', 'level A within 200 m']);
  assert.match(await (await fetch(`${url}/api/v1/incidents/1/forms/204`, { headers: { Authorization: `Bearer ${key}` } })).text(), /level A within 200 m/);
});

test('a task that is quick is done at once, with when and by whom', async () => {
  await post('/api/v1/incidents/1/events', { type: 'task', what: 'shut the gate' });
  const task = page.locator('[data-task="3"]');
  await task.waitFor();
  await task.getByRole('combobox').selectOption('done');
  await task.locator('.state-done').waitFor();
  const { tasks } = await call('/api/v1/incidents/1');
  assert.equal(tasks.find((one) => one.id === 3).state, 'done');
  const { events } = await call('/api/v1/incidents/1/timeline');
  const last = events.filter((one) => one.type === 'task' && one.id === 3).at(-1);
  assert.ok(last.by !== '' && Date.parse(last.time) > 0, JSON.stringify(last));
});

test('a drill rehearses a scenario of the site, and nothing begins by it', async () => {
  await button(page, 'Rehearse T-101-leak').click();
  await page.locator('[data-event="impact"]').waitFor();
  await page.locator('path[data-zone]').first().waitFor();
  const { zones } = await call('/api/v1/zones');
  assert.deepEqual(zones, []);
  // The worst weather of 40 CFR 68.22: 1.5 m/s and class F.
  const { weather } = (await call('/api/v1/incidents/1')).impact;
  assert.deepEqual([weather.wind, weather.stability], [1.5, 'F']);
  // The cloud lies on the roads: the plan that stood is told anew, with what is missing and why.
  await page.locator('[data-plan="uncovered"]').getByText('hazmat').first().waitFor();
  await picture('plan-zone');
});

test('the zones of a wind that will turn are taken into the plan for 15 minutes from now', async () => {
  const box = page.locator('.incident-plan').getByRole('checkbox');
  assert.equal(await box.count(), 0);
  await open(page, '#/scenario');
  await page.getByLabel('Begin with').selectOption('T-101-leak');
  await page.locator('[data-field="weather.wind"] input').fill('4');
  await page.locator('[data-field="weather.wind_from"] input').fill('0');
  await page.locator('.scenario-form button.primary').click();
  await page.locator('.scenario-result path[data-zone]').first().waitFor();
  await open(page, '#/incidents/1');
  await button(page, 'Propose a plan').click();
  await page.locator('.incident-plan [data-plan]').first().waitFor();
  const [asked] = await Promise.all([
    page.waitForRequest((one) => one.url().endsWith('/dispatch')),
    box.check(),
  ]);
  const { forecast } = asked.postDataJSON();
  assert.equal(forecast.from, 900);
  assert.equal(forecast.impact.weather.wind_from, 0);
  await asked.response();
  await picture('plan-forecast');
});

test('the evidence is a signed file', async () => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Evidence/ }).click()]);
  assert.equal(file.suggestedFilename(), 'incident-1.json');
});

test('forms are there to be printed', async () => {
  const link = page.getByRole('link', { name: 'ICS 201' });
  const [form] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await form.getByText('Chlorine at T-101').first().waitFor();
  await form.getByText(/drill|exercise/i).first().waitFor();
  await screenshot(form, 'form-201', { fullPage: true });
  await form.close();
});

test('what another person does is seen without asking', async () => {
  await post('/api/v1/incidents/1/events', { type: 'note', text: 'wind turns to the east' });
  await page.locator('[data-event="note"]').getByText('wind turns to the east').waitFor();
});

test('it is not closed while somebody is missing, and the reason is told', async () => {
  await button(page, 'Close the incident').click();
  const dialog = page.getByRole('dialog');
  for (const text of ['Somebody is missing.', 'A task is not done.', 'A resource is not released.'])
    await dialog.getByText(text).waitFor();
  await dialog.getByLabel('What was learnt').fill('too early');
  kept.troubleExpected = true;
  await dialog.getByRole('button', { name: 'Close the incident' }).click();
  await page.locator('.notice.failed').waitFor();
  kept.troubleExpected = false;
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await soon(async () => assert.equal((await call('/api/v1/incidents/1')).state, 'open'));
});

test('what was entered by mistake is taken back with a word and stays to be seen', async () => {
  await page.locator('[data-person="1"]').getByRole('combobox').selectOption('withdrawn');
  await page.getByLabel('Why', { exact: true }).fill('he is on leave');
  await button(page, 'Take it back').click();
  await page.locator('[data-person="1"].withdrawn').waitFor();
  await soon(async () => assert.equal((await call('/api/v1/incidents/1')).toll.missing, 0));
});

test('it ends with lessons, and after the end they are still written', async () => {
  const say = (event) => post('/api/v1/incidents/1/events', event);
  await say({ type: 'task', id: 1, state: 'cancelled' });
  await say({ type: 'resource', name: 'hazmat-1', state: 'released' });
  await button(page, 'Close the incident').click();
  await page.getByLabel('What was learnt').fill('valves stick in frost');
  await page.getByRole('dialog').getByRole('button', { name: 'Close the incident' }).click();
  await page.locator('[data-incident-state="closed"]').waitFor();
  await soon(async () => assert.equal(await button(page, 'Add the task').count(), 0));
  await page.getByLabel('What is to be done otherwise').fill('A second key for the valve house');
  await page.getByLabel('Who sees to it').fill('operations');
  await page.locator('section', { hasText: 'Lessons' }).last().getByRole('button', { name: 'Write it down' }).click();
  await page.locator('[data-event="lesson"]').waitFor();
  const { lessons } = await call('/api/v1/incidents/1');
  assert.deepEqual(lessons.map((one) => [one.text, one.owner]), [['valves stick in frost', null], ['A second key for the valve house', 'operations']]);
});

test('real incidents stand before drills, and a viewer changes nothing', async () => {
  await post('/api/v1/incidents', { name: 'Propane at T-102', asset: 'T-102', at: [180, 40] });
  await open(page, '#/incidents');
  await page.locator('[data-incident="2"]').waitFor();
  const order = () => page.locator('[data-incident]').evaluateAll((rows) => rows.map((row) => row.dataset.incident));
  await soon(async () => assert.deepEqual(await order(), ['2', '1']));
  await picture('incidents');
  const viewer = await post('/api/v1/keys', { name: 'guest', role: 'viewer' });
  await button(page, 'Sign out').click();
  await signIn(page, viewer.key);
  await open(page, '#/incidents/2');
  await page.getByRole('heading', { name: 'Propane at T-102' }).waitFor();
  for (const name of ['Add the task', 'Request it', 'Enter', 'Close the incident', 'Alert the public'])
    await soon(async () => assert.equal(await button(page, name).count(), 0, name));
  await button(page, 'Sign out').click();
  await signIn(page, key);
});

const PAGES = ['incidents', 'incidents/1'];

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  for (const address of PAGES) {
    await open(page, `#/${address}`);
    await page.getByText('演练').first().waitFor();
    await page.waitForTimeout(500);
    const text = await page.locator('main').innerText();
    const english = text.match(/\b(Incidents?|Drill|DRILL|Missing|Tasks?|Resources?|State|Opened|Closed|Note|Lesson)\b/g);
    assert.deepEqual(english, null, `${address}: ${english}`);
    await picture(`${address.replace(/\W+/g, '-')}-zh`);
  }
  await page.getByLabel('语言').selectOption('en');
});

test('every word is readable in a dark control room, and in a bright one', async () => {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const address of PAGES) {
      await open(page, `#/${address}`);
      await page.waitForTimeout(500);
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
    await open(page, `#/${address}`);
    await page.waitForTimeout(500);
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
