/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Settings of training, as `--set KEY=VALUE` gives them and as a kind documents them.
 *
 * Stage: models. A key that no kind knows is an error that lists those that are known: a typing
 * mistake must not train another model in silence.
 */
typedef struct davy_setting {
    const char *key;
    const char *value; /* when not given */
    const char *meaning;
    double low, high;  /* of a number; both NaN for a text */
    const char *texts; /* "mean|max" for a word out of a few; NULL else */
} davy_setting;

/** Check all KEY=VALUE against the table: unknown key, not a number, out of range, given twice. */
DAVY_MUST_CHECK davy_status davy_settings_check(const davy_setting *table, size_t table_count,
                                                const char *const *given, size_t given_count);

/** Whether KEY=VALUE is among those given. */
bool davy_settings_given(const char *const *given, size_t given_count, const char *key);

/** The text of a setting: as given last, or its default. The key must be in the table. */
const char *davy_settings_text(const davy_setting *table, size_t table_count,
                               const char *const *given, size_t given_count, const char *key);

/** The number of a setting that davy_settings_check() has passed. */
double davy_settings_number(const davy_setting *table, size_t table_count, const char *const *given,
                            size_t given_count, const char *key);
