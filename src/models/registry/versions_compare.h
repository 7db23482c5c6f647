/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/comparison.h"

#include <jansson.h>

/**
 * @file
 * Two versions side by side: what their model.json say, and how they answer the same rows.
 *
 * Stage: models.
 */

/**
 * What two model.json say: `a` and `b` (name, version, kind, task, when), `same_data`, `figures`
 * (by key, each with its intervals, as they were measured when each was trained) and `differences`
 * (by path, such as "settings.lags"; null where one has no such key). Hashes, times, signatures and
 * sentences differ always and are left out.
 *
 * @return a new object; NULL without memory
 */
json_t *davy_versions_compare(const json_t *a, const json_t *b);

/**
 * The page of it, in two languages.
 *
 * @param said  what davy_versions_compare() gave
 * @param rows  the two on the same rows; NULL: they were not asked
 */
DAVY_MUST_CHECK davy_status davy_versions_report(const json_t *said, const davy_comparison *rows,
                                                 davy_buffer *html);
