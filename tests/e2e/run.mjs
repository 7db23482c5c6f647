// SPDX-License-Identifier: Apache-2.0
// Trains models, starts a daemon on a free port and lets a test walk through its console.
//
//   node tests/e2e/run.mjs build/src/app/davy [console|models|alarms|whatif|chemicals|emergency|incidents|storage|unlocated]
//
// Exit status 77 with a word, as Meson wants it, when Chromium or Playwright is missing.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './api.mjs';
import { writeFolder } from './pictures.mjs';
import { history } from './plant.mjs';
import { pastOfThreeDays } from './whatif-past.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Six hours, a row a second. */
const HISTORY_S = 6 * 3600;
const START_MS = 60_000;
/** Of a failure's report: name, error, expected and actual, and where. */
const FAILURE_LINES = 25;

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

function missing() {
  if (!existsSync(chromium)) return `there is no ${chromium}`;
  try {
    createRequire(new URL('../../web/package.json', import.meta.url)).resolve('playwright-core');
  } catch {
    return 'playwright-core is not installed: run npm ci in web/';
  }
  return null;
}

function train(davy, data, ...args) {
  const all = ['train', ...args, '--models', join(data, 'models')];
  const { status } = spawnSync(davy, all, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`davy train ended with ${status}`);
}

/** A history that ends an hour ago. */
function writeHistory(data, seconds) {
  const csv = join(data, 'history.csv');
  writeFileSync(csv, history(Math.floor(Date.now() / 1000) - 3600, seconds));
  return csv;
}

/** The site's detector. */
function trainDetector(davy, data) {
  const from = ['--csv', writeHistory(data, HISTORY_S), '--time', 'time'];
  train(davy, data, 'feed-health', '--model', 'pca', '--task', 'anomaly', ...from, '--budget', '1/hour');
}

/** A model of numbers, one of pictures, and one that is broken. */
function trainModels(davy, data) {
  const columns = ['--csv', writeHistory(data, 600), '--time', 'time', '--label', 'P-2/flow'];
  train(davy, data, 'flow', '--model', 'linear', '--task', 'regress', ...columns);
  const folder = writeFolder(join(data, 'pictures'));
  const small = ['--set', 'size=32', '--set', 'epochs=6'];
  train(davy, data, 'surface', '--model', 'cnn', '--task', 'classify', '--images', folder, ...small);
  const broken = join(data, 'models', 'broken', '1');
  mkdirSync(broken, { recursive: true });
  writeFileSync(join(broken, 'model.onnx'), 'nonsense');
}

/** A model of flash points in K and one of three classes of the skin, of chains with four sorts of ends. */
function trainMolecules(davy, data) {
  const csv = join(data, 'molecules.csv');
  const ends = { O: 'mild or none', Cl: 'irritant', N: 'corrosive', 'C(=O)C': 'mild or none' };
  const rows = ['smiles,flash_point_k,skin_ghs'];
  for (const [end, word] of Object.entries(ends))
    for (let carbons = 1; carbons < 14; carbons++)
      for (const branch of ['', 'CC(C)'])
        rows.push(`${branch}${'C'.repeat(carbons)}${end},${240 + 12 * (carbons + branch.length)},${word}`);
  writeFileSync(csv, rows.join('\n'));
  const from = ['--model', 'linear', '--csv', csv, '--columns', 'mol:*', '--set', 'split=random'];
  train(davy, data, 'flash', '--task', 'regress', '--label', 'flash_point_k', ...from);
  train(davy, data, 'skin', '--task', 'classify', '--label', 'skin_ghs', ...from);
}

/** A server on a free port of this machine, and its address. */
async function listen() {
  const server = createServer((request, answer) => request.resume().on('end', () => answer.end()));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, address: `127.0.0.1:${server.address().port}` };
}

/** The site file with somebody who takes alarms and somebody who does not. */
async function siteWithReceivers(_, data) {
  const [sink, dead] = [await listen(), await listen()];
  sink.server.unref();
  dead.server.close();
  const text = readFileSync(join(here, 'alarms.yaml'), 'utf8');
  const site = join(data, 'site.yaml');
  writeFileSync(site, text.replaceAll('SINK', sink.address).replaceAll('DEAD', dead.address));
  return site;
}

/** Three days that are over, in the store, and a site file that the test may change. */
async function siteWithPast(davy, data) {
  const site = join(data, 'site.yaml');
  const csv = join(data, 'past.csv');
  copyFileSync(join(here, 'whatif.yaml'), site);
  writeFileSync(csv, pastOfThreeDays(Date.now()));
  const { status } = spawnSync(davy, ['import', csv, '--site', site, '--data', data], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`davy import ended with ${status}`);
  return site;
}

/**
 * Twenty days, a sample a minute, of which one day is lost. The site file wants ten of one class, and nobody
 * has promised less than for ever: what is older waits.
 */
async function siteWithDays(davy, data) {
  const site = join(data, 'site.yaml');
  const csv = join(data, 'days.csv');
  const today = Math.floor(Date.now() / 86_400_000);
  const rows = ['time,T-1/level,P-1/vibration'];
  for (let minute = (today - 20) * 1440; minute < today * 1440; minute++)
    rows.push(`${new Date(minute * 60_000).toISOString()},${minute % 50},${(minute * 7919) % 1000}`);
  copyFileSync(join(here, 'storage.yaml'), site);
  writeFileSync(csv, rows.join('\n'));
  const { status } = spawnSync(davy, ['import', csv, '--site', site, '--data', data], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`davy import ended with ${status}`);
  const lost = join(data, 'days', `${new Date((today - 2) * 86_400_000).toISOString().slice(0, 10)}.db`);
  writeFileSync(lost, 'This was a day file.');
  for (const beside of ['-wal', '-shm']) rmSync(lost + beside, { force: true });
  return site;
}

/** What is made before each test; may answer a site file of its own. */
const PREPARE = { console: trainDetector, models: trainModels, alarms: siteWithReceivers, whatif: siteWithPast,
  chemicals: trainMolecules,
  emergency: () => join(here, 'emergency.yaml'), incidents: () => join(here, 'emergency.yaml'),
  storage: siteWithDays,
  unlocated: () => join(here, 'unlocated.yaml') };

/** The daemon as a process, and the address it says it listens on. */
async function start(davy, site, data, keyFile) {
  const args = ['run', site, '--data', data];
  args.push('--listen', '127.0.0.1:0', '--key-file', keyFile);
  const molecules = join(data, 'molecules.csv');
  if (existsSync(molecules)) args.push('--known', molecules);
  const daemon = spawn(davy, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on('data', (piece) => {
      said += piece;
    });
  const ended = new Promise((done) => daemon.on('exit', (code, signal) => done(code ?? signal)));
  const end = Date.now() + START_MS;
  for (;;) {
    const address = /127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (address && (await isReady(address)))
      return { daemon, ended, url: `http://${address}`, said: () => said };
    if (daemon.exitCode !== null || Date.now() > end) {
      daemon.kill('SIGKILL');
      throw new Error(`the daemon did not become ready; it said:\n${said}`);
    }
    await pause(100);
  }
}

async function isReady(address) {
  try {
    return (await fetch(`http://${address}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** SIGTERM must end it well; if it does not end at all it is killed, and that is a failure. */
async function stop({ daemon, ended }) {
  daemon.kill('SIGTERM');
  const timer = setTimeout(() => daemon.kill('SIGKILL'), 15_000);
  const code = await ended;
  clearTimeout(timer);
  return code;
}

/** Of what Node's test runner printed: each test that failed, with its error. */
function failuresIn(tap) {
  const end = /^(ok|not ok|# Subtest|1\.\.)/;
  const lines = tap.split('\n');
  return lines.flatMap((line, i) => {
    if (!line.startsWith('not ok')) return [];
    const rest = lines.slice(i + 1);
    const length = rest.findIndex((next) => end.test(next));
    return [line, ...rest.slice(0, length < 0 ? undefined : length)].slice(0, FAILURE_LINES);
  });
}

function runTests(name, { url, daemon }, site, key) {
  const env = { ...process.env, DAVY_URL: url, DAVY_KEY: key, CHROMIUM: chromium };
  Object.assign(env, { DAVY_SITE: site, DAVY_PID: daemon.pid });
  const tests = spawn(process.execPath, ['--test', join(here, `${name}.test.mjs`)], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env,
  });
  let said = '';
  tests.stdout.setEncoding('utf8').on('data', (piece) => {
    said += piece;
    process.stdout.write(piece);
  });
  return new Promise((done) => tests.on('close', (code) => done({ code: code ?? 1, failures: failuresIn(said) })));
}

async function main(davy, name) {
  const data = mkdtempSync(join(tmpdir(), 'davy-e2e-'));
  const keyFile = join(data, 'key');
  try {
    const site = (await PREPARE[name](davy, data)) ?? join(here, 'site.yaml');
    const running = await start(davy, site, data, keyFile);
    const key = readFileSync(keyFile, 'utf8').trim();
    const tests = await runTests(name, running, site, key);
    const code = await stop(running);
    if (tests.code !== 0 || code !== 0) {
      console.log(`the daemon ended with ${code}; it said:\n${running.said()}`);
      console.log(tests.failures.map((line) => `# ${line}`).join('\n'));
    }
    return tests.code !== 0 ? tests.code : code === 0 ? 0 : 1;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const [davy, test = 'console'] = process.argv.slice(2);
if (!davy || !PREPARE[test]) {
  console.error(`usage: node tests/e2e/run.mjs DAVY [${Object.keys(PREPARE).join('|')}]`);
  process.exit(64);
}
const why = missing();
if (why) skip(why);
process.exitCode = await main(resolve(davy), test);
