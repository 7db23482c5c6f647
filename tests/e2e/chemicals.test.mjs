// SPDX-License-Identifier: Apache-2.0
// A person looks a chemical up: run.mjs DAVY chemicals.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { key, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { contrast } from './contrast.mjs';

let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });

before(async () => {
  kept = await openBrowser();
  page = kept.page;
});

after(async () => {
  await kept?.browser.close();
});

async function signIn(secret) {
  await page.goto(url);
  await page.getByLabel('Key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[data-connection="live"]').waitFor();
}

test('a name leads to its sheet, and each figure to its source', async () => {
  await signIn(key);
  await page.getByRole('navigation').getByRole('link', { name: 'Chemicals' }).click();
  await page.getByText('Found: 103').waitFor();
  await page.getByRole('searchbox').fill('chlorine');
  await page.getByText('Found: 1', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Chlorine' }).click();
  const sheet = page.locator('[data-cas="7782-50-5"]');
  await sheet.waitFor();
  const boiling = sheet.locator('[data-figure="boiling_point"]').first();
  await soon(async () => assert.match(await boiling.innerText(), /34\.04/));
  await soon(async () => assert.match(await boiling.innerText(), /CRC Handbook/));
  // NRC, AEGL volume 4: 2.8 ppm for ten minutes do no lasting harm.
  await soon(async () => assert.match(await sheet.locator('.aegl tbody tr').nth(1).innerText(), /2\.8/));
  await sheet.locator('[data-given="Oxidizing gas"]').waitFor();
  // Emergency Response Guidebook, table 3: chlorine of a rail tank car, 1000 m around.
  await sheet.locator('.isolation').getByText(/^1.?000 m$/).first().waitFor();
  // PHMSA, interpretation 08-0143: chlorine and oxidizers only where a leak of both cannot mix.
  const transport = sheet.locator('[data-rule="transport"]');
  await transport.locator('summary').click();
  await transport.locator('[data-from="Oxidizers"]').getByText(/leak of both/).waitFor();
  await sheet.locator('[data-rule="lists"] [data-from="Ammonia"]').waitFor();
  await soon(async () => assert.deepEqual((await contrast(page)).poor, []));
  await picture('chemicals');
});

test('a wrong check digit is told, and what is not there is not found', async () => {
  kept.troubleExpected = true;
  await page.getByRole('searchbox').fill('7782-50-6');
  await page.getByText('check digit').waitFor();
  kept.troubleExpected = false;
  await page.getByRole('searchbox').fill('unobtainium');
  await page.getByText('says nothing about its hazards').waitFor();
});

test('what must not meet is named', async () => {
  await page.getByRole('searchbox').fill('acetone');
  await page.getByRole('link', { name: 'Acetone', exact: true }).click();
  const sheet = page.locator('[data-cas="67-64-1"]');
  await soon(async () => assert.match(await sheet.locator('.apart').innerText(), /Ketones \(group 18.*Nitric acids/));
  await page.getByRole('searchbox').fill('7782-50-5');
  await page.getByRole('link', { name: 'Chlorine' }).click();
  await page.locator('[data-cas="7782-50-5"]').waitFor();
});

test('what no table has is read as a structure', async () => {
  // Meyer, Koehler, Homburg, Explosives: nitroglycerine has an oxygen balance of +3.5 %.
  await page.getByRole('searchbox').fill('C(C(CON(=O)=O)ON(=O)=O)ON(=O)=O');
  await page.getByRole('link', { name: /Read it as a structure/ }).click();
  const panel = page.locator('.structure');
  await panel.getByText(/oxygen balance 3\.5/).waitFor();
  await panel.locator('[data-sign="nitrate"]').waitFor();
  await panel.getByRole('link', { name: 'Nitroglycerin' }).waitFor();
  await soon(async () => assert.deepEqual((await contrast(page)).poor, []));
  await picture('chemicals-structure');
  kept.troubleExpected = true;
  await page.getByRole('searchbox').fill('C(C)(C)(C)(C)CN');
  await page.getByRole('link', { name: /Read it as a structure/ }).click();
  await panel.getByText(/more bonds than it can have/).waitFor();
  kept.troubleExpected = false;
  await page.getByRole('searchbox').fill('7782-50-5');
  await page.getByRole('link', { name: 'Chlorine' }).click();
  await page.locator('[data-cas="7782-50-5"]').waitFor();
});

/** The cells of what a model says. */
const said = (model) => page.locator(`[data-model="${model}"]`).innerText();

test('a flash point stands with all the categories that it leaves open, in both languages', async () => {
  await page.getByRole('searchbox').fill('CCCCCCCCCCN');
  await page.getByRole('link', { name: /Read it as a structure/ }).click();
  await soon(async () => assert.match(await said('flash'), /^Flash point\t.*°C, flammable liquid (no )?category/));
  assert.match(await said('flash'), / to .*°C: if a liquid, .*category/);
  assert.match(await said('skin'), /^Skin \(GHS\)\tcorrosive \(category 1\) \(/);
  assert.deepEqual((await contrast(page)).poor, []);
  // Decylamine is in the file, and its nearest kin are a carbon away.
  const kin = page.locator('.kin tbody tr');
  await soon(async () => assert.match(await kin.first().innerText(), /^CCCCCCCCCCN\s+1\.00\s+flash_point_k 360, skin_ghs corrosive$/));
  assert.equal(await kin.count(), 5);
  await page.getByText('Of 104 rows with molecules. One is alike: known ground.').waitFor();
  await picture('chemicals-predicted');
  await page.getByLabel('Language').selectOption('zh-CN');
  await soon(async () => assert.match(await said('flash'), /^闪点\t.*°C，易燃液体.*若为液体/s));
  assert.match(await said('skin'), /^皮肤（GHS）\t腐蚀（类别 1）/);
  await page.getByText('共 104 行含分子的数据。有相似者：属于已知范围。').waitFor();
  await picture('chemicals-predicted-zh');
  await page.getByLabel('语言').selectOption('en');
  await page.getByRole('searchbox').fill('7782-50-5');
  await page.getByRole('link', { name: 'Chlorine' }).click();
  await page.locator('[data-cas="7782-50-5"]').waitFor();
});

test('it is there in Chinese', async () => {
  await page.getByRole('searchbox').fill('UN1017');
  await page.getByText('Found: 1', { exact: true }).waitFor();
  await page.getByLabel('Language').selectOption('zh-CN');
  await page.getByRole('heading', { name: '氯', exact: true }).waitFor();
  await page.getByText('汽化热').waitFor();
  await page.getByText('不得同放').first().waitFor({ state: 'attached' });
  await soon(async () => assert.deepEqual((await contrast(page)).poor, []));
  await picture('chemicals-zh');
});

test('the browser had nothing to complain of', () => {
  assert.deepEqual(kept.complaints, []);
});
