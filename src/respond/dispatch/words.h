/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <stdbool.h>

/**
 * @file
 * Sentences of a plan: a key, what it is about, and its words in English and Chinese.
 *
 * Stage: respond, room dispatch. The table is data: {unit}, {other}, {task}, {place}, {zone},
 * {capability}, {seconds} and {metres} stand for the arguments.
 */

/** What a sentence is about. Texts are borrowed from the plan; NULL and NaN: not said. */
typedef struct davy_said {
    const char *key; /* "change.route", "lack.none", "ppe.idlh" */
    const char *unit, *other, *task, *place, *zone, *capability;
    double seconds, metres;
} davy_said;

typedef enum davy_tongue { DAVY_ENGLISH, DAVY_CHINESE } davy_tongue;

/** The sentence; the key itself when the table does not have it. */
void davy_said_write(davy_buffer *out, const davy_said *said, davy_tongue tongue);

/** The sentence with everything in it as members of the open object: "key", the arguments that are
 * said, "text": {"en", "zh"}. */
void davy_said_json(davy_buffer *out, const davy_said *said);

/** Row `index` of the table, for those who translate: false behind the last. */
bool davy_words_at(size_t index, const char **key, const char **english, const char **chinese);
