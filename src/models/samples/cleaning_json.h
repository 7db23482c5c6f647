/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/cleaning.h"
#include "models/model_reader.h"

/**
 * @file
 * A cleaning in model.json: its recipe, the columns it was learnt for, and what its steps learnt.
 *
 * Stage: models. `"cleaning": {"recipe": "range,hold:5", "columns": [...], "learnt": [[...], []]}`,
 * a list of numbers for each step, null where there is none (no bound, no median). A model without
 * the key cleans nothing.
 */

/** A new object, or NULL without memory. */
json_t *davy_cleaning_json_make(const davy_cleaning *cleaning);

/** Read the key `cleaning` of a model.json, if it is there. The cleaning is cleared by the caller,
 * also after a fault. */
void davy_cleaning_json_read(davy_model_reader *in, const json_t *root, davy_cleaning *cleaning);

/** What was changed, as `[{"step": "hampel", "cells": 12, "columns": {"T-101/level": 12}}]`. */
json_t *davy_cleaning_json_tally(const davy_cleaning *cleaning, const davy_clean_tally *tally);
