// SPDX-License-Identifier: Apache-2.0
// What every person does at the console: come in, go to a page, press a button.
import { url } from './api.mjs';

export async function signIn(page, secret) {
  await page.goto(url);
  await page.getByLabel('Key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('[data-connection="live"]').waitFor();
}

export const open = (page, hash) => page.evaluate((next) => void (location.hash = next), hash);
export const button = (page, name) => page.getByRole('button', { name, exact: true });
