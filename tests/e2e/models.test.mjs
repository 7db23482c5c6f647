// SPDX-License-Identifier: Apache-2.0
// A person looks at the models that a daemon serves and asks them: run.mjs DAVY models.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, eventually, key, pause, soon, url } from './api.mjs';
import { openBrowser, screenshot } from './browser.mjs';
import { surface } from './pictures.mjs';
import { valuesAt } from './plant.mjs';

const JSON_BODY = { 'Content-Type': 'application/json' };

let kept;
let page;
const picture = (name) => screenshot(page, name, { fullPage: true });
const asked = () => call('/v2/models/flow/stats').then((all) => all.model_stats[0].inference_stats.success.count);

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

async function openModel(name) {
  await page.getByRole('navigation').getByRole('link', { name: 'Models' }).click();
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Name and figure of each row of a table of bars. */
async function bars(kind) {
  const rows = page.locator(`.answer .shares.${kind} tbody tr`);
  await rows.first().waitFor();
  return Promise.all(
    (await rows.all()).map(async (row) => [
      await row.locator('th').innerText(),
      Number((await row.locator('.number').innerText()).replace('\u2212', '-')),
    ]),
  );
}

/**
 * Ask for a window and more of samples by chance from the history's half hour, the pressure moved by so much, until the
 * newest window is as wished: 'quiet', or the monitor that fired.
 */
async function driftTo(shift, wished) {
  const state = () => call('/api/v1/models/flow/drift').then((all) => all.versions[0]);
  const fired = (one) => one.monitors.find((monitor) => monitor.monitor === 'any').fired;
  const first = (await state()).windows;
  for (let n = 0; n < 1000; n++) {
    const data = [];
    for (let i = 0; i < 16; i++) {
      const values = valuesAt(1_700_000_000 + ((n * 16 + i) * 7919) % 600);
      data.push(values['T-1/level'], values['T-1/pressure'] + shift, values['T-1/temperature'], values['P-2/current']);
    }
    const inputs = [{ name: 'sample', shape: [16, 1, 4], datatype: 'FP32', data }];
    await call('/v2/models/flow/infer', { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ inputs }) });
    const now = await state();
    if (now.windows > first && (wished === 'quiet') === !fired(now)) return;
    await pause(20); // what is asked while the daemon compares passes by
  }
  assert.fail(`no window was ${wished}`);
}

/** How many pixels of a canvas are not clear. */
const ink = (locator) =>
  locator.evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });

test('the list tells versions, states, labels and why a model is not served', async () => {
  await signIn(key);
  await page.getByRole('navigation').getByRole('link', { name: 'Models' }).click();
  const flow = page.locator('tr[data-model="flow"]');
  await flow.getByText('Ready', { exact: true }).waitFor();
  await flow.getByText('champion', { exact: true }).waitFor();
  const broken = page.locator('tr[data-model="broken"]');
  await broken.getByText('Not served', { exact: true }).waitFor();
  await soon(async () => assert.match(await broken.innerText(), /not an ONNX model/));
  await picture('models');
});

test('the page of a broken model says why and asks nothing of it', async () => {
  await openModel('broken');
  await page.getByText('No version of it is served.').waitFor();
  await soon(async () => assert.equal(await page.locator('.try-it').count(), 0));
});

test('numbers are asked by name and told with figures', async () => {
  await openModel('flow');
  const names = Object.keys(valuesAt(0)).filter((name) => name !== 'P-2/flow');
  await page.getByLabel(names[0], { exact: true }).waitFor();
  await page.locator('.certificate tbody tr').first().waitFor();
  const before = await asked();
  for (const name of names) await page.getByLabel(name, { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Answer of version 1').waitFor();
  await soon(async () => assert.equal(await asked(), before + 1));
  await soon(async () => assert.match(await page.locator('.doubt').innerText(), /In doubt: .*outside/));
});

test('the answer is the one the service gives, with its reasons', async () => {
  const values = valuesAt(1_700_000_000);
  const names = Object.keys(values).filter((name) => name !== 'P-2/flow');
  for (const name of names) await page.getByLabel(name, { exact: true }).fill(values[name].toFixed(3));
  await page.getByText('Ask something').waitFor();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Answer of version 1').waitFor();
  await soon(async () => assert.equal(await page.locator('.doubt').count(), 0));
  const row = Object.fromEntries(names.map((name) => [name, Number(values[name].toFixed(3))]));
  const body = JSON.stringify({ instances: [row] });
  const own = await call('/v1/models/flow:explain', { method: 'POST', headers: JSON_BODY, body });
  const shown = await page.locator('.answer .facts dd').allInnerTexts();
  const [told] = own.predictions;
  assert.deepEqual(shown.map(Number), [told.value, told.low, told.high].map(([value]) => Number(value.toPrecision(4))));
  const shares = own.explanations[0].attributions.map((one) => [one.name, Number(one.share.toPrecision(4))]);
  await soon(async () => assert.deepEqual(await bars('why'), shares));
});

test('the latency of what is asked is drawn', async () => {
  await eventually('curves', async () => (await page.locator('.model-page .plot canvas').count()) === 1);
  const canvas = page.locator('.model-page .plot canvas');
  const first = await ink(canvas);
  assert.ok(first > 500, `${first} pixels`);
  const row = page.locator('.model-stats tr[data-version="1"]');
  const answered = String(await asked());
  await eventually('figures', async () => (await row.locator('td').first().innerText()) === answered);
  await eventually('a longer curve', async () => (await ink(canvas)) !== first);
  await picture('model-numbers');
});

test('what training had is quiet, a shift is told, and never and always stand beside', async () => {
  const card = page.locator('.drift');
  await card.getByText('Watching', { exact: true }).waitFor();
  await card.getByText('held against samples of the training').waitFor();
  await driftTo(0, 'quiet');
  await card.getByText('Quiet', { exact: true }).waitFor();
  await picture('model-drift-quiet');
  await driftTo(200, 'any');
  await card.getByText('Drifting', { exact: true }).waitFor();
  await soon(async () => assert.match(await card.locator('tr.fired').first().innerText(), /T-1\/pressure/));
  const [{ history }] = (await call('/api/v1/models/flow/drift')).versions;
  const squares = card.locator('.drift-past li');
  await eventually('a square for each window', async () => (await squares.count()) === history.length);
  const filled = await squares.evaluateAll((all) => all.map((one) => one.className === 'fired'));
  assert.deepEqual(filled, history.map((window) => window.fired.length > 0));
  assert.ok(filled[filled.length - 1] && !filled.every(Boolean), String(filled));
  const cells = (name) => card.locator(`tr[data-monitor="${name}"] td`).allInnerTexts();
  await soon(async () => assert.deepEqual(await cells('never'), ['–', '0 %', '0 %', '0 %', '50 %']));
  await soon(async () => assert.deepEqual(await cells('always'), ['–', '100 %', '100 %', '100 %', '50 %']));
  await soon(async () => assert.equal((await cells('any'))[0], 'Fired'));
  await picture('model-drift');
});

test('a question may be JSON, and what does not fit is told', async () => {
  await page.getByRole('button', { name: 'JSON' }).click();
  const question = page.getByLabel('Request');
  await question.fill('{');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('This is not JSON.').waitFor();
  const inputs = [{ name: 'sample', shape: [1, 1, 4], datatype: 'FP32', data: [55, 640, 32, 24] }];
  await question.fill(JSON.stringify({ inputs }));
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Answer of version 1').waitFor();
  kept.troubleExpected = true;
  await question.fill('{"inputs": []}');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Missing required input').waitFor();
  kept.troubleExpected = false;
});

test('a picture is dropped, classed, and shows where the network looked', async () => {
  await openModel('surface');
  const bytes = surface('crack', 3).toString('base64');
  const files = await page.evaluateHandle((base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([data], 'crack.png', { type: 'image/png' }));
    return transfer;
  }, bytes);
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: files });
  await page.getByRole('img', { name: 'What was asked' }).waitFor();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  const [[best, score], second] = await bars('classes');
  assert.equal(best, 'crack');
  assert.ok(score > 0.5 && Math.abs(score + second[1] - 1) < 1e-3, `${score} ${second}`);
  const heat = page.getByRole('img', { name: 'Where it looked' });
  // The console paints at 320 pixels what the daemon sends at 32.
  await eventually('the picture', async () => (await ink(heat)) === 320 * 320);
  await picture('model-picture');
  const file = { name: 'whole.png', mimeType: 'image/png', buffer: surface('whole', 3) };
  await page.locator('.drop input').setInputFiles(file);
  // The answer of the picture before is gone, so that it does not stand beside this one.
  await page.getByText('Ask something').waitFor();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await eventually('the other class', async () => (await bars('classes'))[0][0] === 'whole');
  const text = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') };
  await page.locator('.drop input').setInputFiles(text);
  await page.getByText('This is neither a JPEG nor a PNG.').waitFor();
});

test('all words change to Chinese', async () => {
  await page.getByLabel('Language').selectOption('zh-CN');
  for (const words of ['试一试', '输入与输出', '漂移', '加载以来的统计', '加载时的测量'])
    await page.getByRole('heading', { name: words }).waitFor();
  await page.locator('.drop input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: surface('crack', 5) });
  await page.getByRole('button', { name: '请求', exact: true }).click();
  await page.getByText('版本 1 的结果').waitFor();
  await page.getByRole('img', { name: '关注的位置' }).waitFor();
  await picture('model-zh');
  await page.getByRole('navigation').getByRole('link', { name: '模型' }).click();
  await page.locator('tr[data-model="broken"]').getByText('未服务').waitFor();
  await page.getByLabel('语言').selectOption('en');
});

test('a canary and a shadow are shown while they are there', async () => {
  await openModel('flow');
  const panel = page.locator('.panel.traffic');
  await soon(async () => assert.equal(await panel.count(), 0));
  const path = '/api/v1/models/flow/traffic';
  const set = (body) => call(path, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });
  await set({ canary: '1', canary_share: 0.25, shadow: '1', error_bound: 0.1, decide_after: 200 });
  await panel.getByText('Canary: 1 answers 25 % of the requests that name no version.').waitFor();
  await panel.getByText('Shadow: 1 is asked beside every request').waitFor();
  await panel.getByText('when more than 10 % of at least 200 fail').waitFor();
  await picture('model-traffic');
  await set({});
  await eventually('the panel is gone', async () => (await panel.count()) === 0);
});

test('an engineer loads and unloads, and davy says what the folder forbids', async () => {
  await openModel('flow');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.getByText('flow is loaded.').waitFor();
  kept.troubleExpected = true;
  await page.getByRole('button', { name: 'Unload' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unload' }).click();
  await page.getByText('follows its folder').waitFor();
  kept.troubleExpected = false;
});

test('the pages fit a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of ['flow', 'surface']) {
    await openModel(name);
    await page.locator('.certificate tbody tr').first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${name} is ${wide} wide`);
  }
  await picture('model-small');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a viewer asks but neither loads nor unloads', async () => {
  const body = JSON.stringify({ name: 'looker', role: 'viewer' });
  const made = await call('/api/v1/keys', { method: 'POST', headers: JSON_BODY, body });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(made.key);
  await openModel('surface');
  const file = { name: 'a.png', mimeType: 'image/png', buffer: surface('crack', 7) };
  await page.locator('.drop input').setInputFiles(file);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await soon(async () => assert.equal((await bars('classes'))[0][0], 'crack'));
  await soon(async () => assert.equal(await page.getByRole('button', { name: 'Load', exact: true }).count(), 0));
  await soon(async () => assert.equal(await page.getByRole('button', { name: 'Unload' }).count(), 0));
});

test('nothing complained and nothing left this machine', () => {
  assert.deepEqual(kept.complaints, []);
  assert.deepEqual([...kept.hosts], [new URL(url).hostname]);
});
