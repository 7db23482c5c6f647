// SPDX-License-Identifier: Apache-2.0
// A person without a mouse.
import assert from 'node:assert/strict';

/** Stops that a person is asked to make on the way. */
const STOPS_MAX = 60;

/** What the browser says of the element that has the focus. */
export const focusOf = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const shown = element.closest('.editor') ?? element;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    return {
      tag: element.tagName,
      key: element.dataset?.key,
      text: element.textContent,
      label: element.labels?.[0]?.textContent ?? element.getAttribute('aria-label'),
      id: element.id,
      outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    };
  });

/** Press Tab until the focus is where it is wanted; every stop on the way is seen. */
export async function tabOnTo(page, what, wanted) {
  for (let i = 0; i < STOPS_MAX; i++) {
    await page.keyboard.press('Tab');
    const now = await focusOf(page);
    if (now.tag !== 'BODY') assert.ok(now.outlined, `no outline on ${now.tag} "${(now.text || now.label)?.slice(0, 40)}"`);
    if (wanted(now)) return now;
  }
  return assert.fail(`Tab does not reach ${what}`);
}
