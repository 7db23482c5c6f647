// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enChemicals } from '../src/i18n/en-chemicals';
import { zhChemicals } from '../src/i18n/zh-chemicals';

test('categories of flammable liquids are told with all that are open, in both languages', () => {
  assert.equal(enChemicals.flash('-20', [1, 2]), '-20 °C, flammable liquid category 1 or category 2');
  assert.equal(
    enChemicals.flashes('55', '120', [3, 4, 0]),
    '55 to 120 °C: if a liquid, category 3 or category 4 or no category',
  );
  assert.equal(zhChemicals.flash('-20', [1, 2]), '-20 °C，易燃液体类别 1或类别 2');
  assert.equal(
    zhChemicals.flashes('55', '120', [3, 4, 0]),
    '55 至 120 °C：若为液体，类别 3或类别 4或不分类',
  );
});

test('what the models of the recipe answer has words in both languages', () => {
  for (const label of ['neg_log_ld50', 'flash_point_k', 'skin_ghs', 'eye_ghs'])
    assert.ok(enChemicals.labels[label] && zhChemicals.labels[label], label);
  for (const answer of ['corrosive', 'irritant', 'mild or none', 'damage', 'none'])
    assert.ok(zhChemicals.answers[answer], answer);
});
