/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"
#include "models/model_reader.h"

/**
 * @file
 * The words of categories in model.json: `"levels": {"service": ["ftp", "ssh"]}`.
 *
 * Stage: models. Words stand in the order of their bytes, each once: the place of a word is the
 * number that the model learnt for it. A model without the key knows numbers alone.
 */

/** A new object; NULL without memory, or when no signal holds categories. */
json_t *davy_levels_json_make(const char *const *signals, const davy_levels *levels, size_t count);

/**
 * Read the key `levels`, if it is there.
 *
 * @return [count] in the arena; NULL when all signals are numbers, or after a fault
 */
const davy_levels *davy_levels_json_read(davy_model_reader *in, const json_t *root,
                                         const char *const *signals, size_t count);

/** True when any of them holds categories. @param levels  NULL: none does */
bool davy_levels_any(const davy_levels *levels, size_t count);
