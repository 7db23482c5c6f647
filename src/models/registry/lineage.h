/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model_private.h"
#include "models/training/train.h"

/**
 * @file
 * What model.json says of where a version comes from: the same keys for every kind of model.
 *
 * Stage: models. A model does not need them to answer; an auditor needs them to believe it, to make
 * the version again, and to compare two of them: `schema`, `preprocessing`, `metrics`, `settings`,
 * `seed`, `libraries`, `parent`, `author`, `query` (in `data`), `warnings` and `summary`. The same
 * data, settings, seed, version and program give the same keys to the byte but for `trained` and
 * `author`.
 */
typedef struct davy_lineage {
    const davy_train_options *options;
    unsigned version;
    const char *author;  /* public key of who signs the version */
    const char *summary; /* sentences for a person */
    /* Owned; davy_lineage_add() takes them, and NULL is a failure for want of memory. */
    json_t *schema, *preprocessing, *metrics, *settings, *warnings;
} davy_lineage;

/** A column of the rows that a model reads: {"name", "unit", "type": "number" or "category"}. */
json_t *davy_lineage_column(const char *name, const char *unit, bool words);

/** Add all of it to a model.json. */
DAVY_MUST_CHECK davy_status davy_lineage_add(json_t *root, davy_lineage *lineage);
