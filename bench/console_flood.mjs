// SPDX-License-Identifier: Apache-2.0
// Frame times of the console while thousands of alarms come in a second.
//
//   node bench/console_flood.mjs build/src/app/davy [ALARMS]
//
// A real daemon, a real Chromium (web/ needs npm ci): every signal of a plant of its own crosses its limit at once. It
// prints frame times before, during and after, and how long a key takes to move the focus; it judges nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [davy, count = '10000'] = process.argv.slice(2);
const ALARMS = Number(count);
const ASSETS = 10;
const QUIET_MS = 5_000;
const FLOOD_MS = 20_000;
const BATCH = 1_000;

function siteFile() {
  const lines = ['site: {name: flood}', 'sources: [{name: pushed, kind: lines}]', 'assets:'];
  for (let asset = 0; asset < ASSETS; asset++) {
    lines.push(`  - {name: A-${asset}, signals: [`);
    for (let signal = asset; signal < ALARMS; signal += ASSETS)
      lines.push(`      {name: s${signal}, from: {source: pushed}, limits: {hi: 50}},`);
    lines.push('    ]}');
  }
  return lines.join('\n');
}

async function start(data) {
  const site = join(data, 'site.yaml');
  writeFileSync(site, siteFile());
  const args = ['run', site, '--data', data, '--listen', '127.0.0.1:0', '--key-file', join(data, 'key')];
  const daemon = spawn(davy, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const address = await new Promise((done, failed) => {
    let said = '';
    daemon.stdout.on('data', (piece) => {
      said += piece;
      const found = /127\.0\.0\.1:\d+/.exec(said);
      if (found) done(found[0]);
    });
    daemon.on('exit', (code) => failed(new Error(`the daemon ended with ${code}`)));
  });
  return { daemon, url: `http://${address}` };
}

/** Begin to write down when each frame is drawn, and tasks that block the page for 50 ms and longer. */
function watchFrames() {
  window.frames = [];
  window.longTasks = [];
  const draw = (time) => {
    window.frames.push(time);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration))).observe({
    entryTypes: ['longtask'],
  });
}

async function frames(page, ms) {
  await page.evaluate(() => void ((window.frames = []), (window.longTasks = [])));
  await page.waitForTimeout(ms);
  const seen = await page.evaluate(() => ({ times: window.frames, tasks: window.longTasks }));
  const gaps = seen.times.slice(1).map((time, i) => time - seen.times[i]);
  gaps.sort((a, b) => a - b);
  const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))]?.toFixed(1);
  const longest = Math.max(0, ...seen.tasks).toFixed(0);
  return `${gaps.length} frames, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ${seen.tasks.length} tasks over 50 ms, longest ${longest} ms`;
}

/** How many alarms wait for a person, by the daemon's figures: its list of all would be a load of its own. */
async function standing(url, key) {
  const answer = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${key}` } });
  const counts = (await answer.text()).matchAll(/^davy_alarms\{state="unacknowledged",.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Milliseconds from a key to the frame in which the next row has the focus. */
async function keyTimes(page, presses) {
  await page.locator('tr[data-row]').first().focus();
  const times = [];
  for (let i = 0; i < presses; i++) {
    const before = performance.now();
    await page.keyboard.press('ArrowDown');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b);
}

async function main() {
  const data = mkdtempSync(join(tmpdir(), 'davy-console-flood-'));
  const { daemon, url } = await start(data);
  let browser;
  try {
    process.env.DAVY_URL = url;
    process.env.DAVY_KEY = readFileSync(join(data, 'key'), 'utf8').trim();
    const { call, eventually, key } = await import('../tests/e2e/api.mjs');
    const { openBrowser } = await import('../tests/e2e/browser.mjs');
    const kept = await openBrowser();
    const { page } = kept;
    browser = kept.browser;
    await page.goto(`${url}/#key=${key}`);
    await page.locator('[data-connection="live"]').waitFor();
    await page.goto(`${url}/#/alarms?raw=1`);
    await page.evaluate(watchFrames);
    console.log(`quiet:  ${await frames(page, QUIET_MS)}`);

    const at = Math.floor(Date.now() / 1000);
    const lines = Array.from({ length: ALARMS }, (_, i) => `A-${i % ASSETS} s${i}=60 ${at}`);
    const began = performance.now();
    const sent = (async () => {
      for (let i = 0; i < lines.length; i += BATCH)
        await call('/api/v2/write?precision=s', { method: 'POST', body: lines.slice(i, i + BATCH).join('\n') });
      return performance.now() - began;
    })();
    const during = frames(page, FLOOD_MS);
    console.log(`sent:   ${ALARMS} samples over their limits in ${(await sent).toFixed(0)} ms`);
    const raised = await eventually('all alarms', async () => (await standing(url, key)) >= ALARMS && performance.now() - began);
    console.log(`raised: all of them after ${raised.toFixed(0)} ms at most`);
    console.log(`flood:  ${await during}`);
    const shown = () => page.getByRole('grid').getAttribute('aria-rowcount');
    await eventually('all rows', async () => Number(await shown()) > ALARMS);
    console.log(`after:  ${await frames(page, QUIET_MS)}`);
    const rows = await page.locator('tr[data-row]').count();
    console.log(`list:   ${(await shown()) - 1} alarms, ${rows} rows drawn`);
    const keys = await keyTimes(page, 50);
    console.log(`keys:   p50 ${keys[25].toFixed(0)} ms, longest ${keys[49].toFixed(0)} ms to the next row`);
    console.log(`complaints: ${kept.complaints.length}`);
  } finally {
    await browser?.close();
    daemon.removeAllListeners('exit');
    daemon.kill('SIGTERM');
    await new Promise((done) => daemon.on('exit', done));
    rmSync(data, { recursive: true, force: true });
  }
}

if (!davy || !(ALARMS > 0)) {
  console.error('usage: node bench/console_flood.mjs DAVY [ALARMS]');
  process.exit(64);
}
await main();
