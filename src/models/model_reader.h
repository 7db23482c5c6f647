/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <jansson.h>
#include <stdint.h>

/**
 * @file
 * Keys of a model.json, read one after the other.
 *
 * Stage: models. The first fault sticks with its sentence and what follows reads as nothing, so
 * that a reader of thirty keys has one check. The file may be a stranger's.
 */
typedef struct davy_model_reader {
    davy_arena *arena; /* of the texts that are read */
    davy_status status;
} davy_model_reader;

/** Fail: "model.json: 'key' is not what was wanted". */
void davy_model_read_fail(davy_model_reader *in, const char *key, const char *wanted);

/** A text without zeros, copied into the arena; "" after a fault. */
const char *davy_model_read_text(davy_model_reader *in, const json_t *object, const char *key);

/** The same; "" without the key. */
const char *davy_model_read_option(davy_model_reader *in, const json_t *object, const char *key);

/** A number in [low, high]; low after a fault. */
double davy_model_read_number(davy_model_reader *in, const json_t *object, const char *key,
                              double low, double high);

/** A whole number in [low, high]; low after a fault. */
size_t davy_model_read_count(davy_model_reader *in, const json_t *object, const char *key,
                             size_t low, size_t high);

/** A time in text, as nanoseconds; 0 after a fault. */
int64_t davy_model_read_time(davy_model_reader *in, const json_t *object, const char *key);

/** A list of at most `most` texts, in the arena; NULL when it is empty or after a fault. */
const char **davy_model_read_texts(davy_model_reader *in, const json_t *object, const char *key,
                                   size_t most, size_t *count);
