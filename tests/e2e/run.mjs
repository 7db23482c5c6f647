// SPDX-License-Identifier: Apache-2.0
// Trains a detector, starts a daemon on a free port and lets console.test.mjs walk through it.
//
//   node tests/e2e/run.mjs build/src/app/davy
//
// Exit status 77 with a word, as Meson wants it, when Chromium or Playwright is missing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './api.mjs';
import { history } from './plant.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Six hours, a row a second. */
const HISTORY_S = 6 * 3600;
const START_MS = 60_000;

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

/** Train the site's detector into the data folder, on a history that ends an hour ago. */
function train(davy, data) {
  const csv = join(data, 'history.csv');
  writeFileSync(csv, history(Math.floor(Date.now() / 1000) - 3600, HISTORY_S));
  const args = ['train', 'feed-health', '--model', 'pca', '--task', 'anomaly', '--csv', csv];
  args.push('--time', 'time', '--budget', '1/hour', '--models', join(data, 'models'));
  const { status } = spawnSync(davy, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`davy train ended with ${status}`);
}

/** The daemon as a process, and the address it says it listens on. */
async function start(davy, data, keyFile) {
  const args = ['run', join(here, 'site.yaml'), '--data', data];
  args.push('--listen', '127.0.0.1:0', '--key-file', keyFile);
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

function runTests(url, key) {
  const env = { ...process.env, DAVY_URL: url, DAVY_KEY: key, CHROMIUM: chromium };
  const tests = spawn(process.execPath, ['--test', join(here, 'console.test.mjs')], {
    stdio: 'inherit',
    env,
  });
  return new Promise((done) => tests.on('exit', (code) => done(code ?? 1)));
}

async function main(davy) {
  const data = mkdtempSync(join(tmpdir(), 'davy-e2e-'));
  const keyFile = join(data, 'key');
  try {
    train(davy, data);
    const running = await start(davy, data, keyFile);
    const tests = await runTests(running.url, readFileSync(keyFile, 'utf8').trim());
    const code = await stop(running);
    if (tests !== 0 || code !== 0)
      console.log(`the daemon ended with ${code}; it said:\n${running.said()}`);
    return tests !== 0 ? tests : code === 0 ? 0 : 1;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

if (process.argv.length !== 3) {
  console.error('usage: node tests/e2e/run.mjs DAVY');
  process.exit(64);
}
const why = missing();
if (why) skip(why);
process.exitCode = await main(resolve(process.argv[2]));
