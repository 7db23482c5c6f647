/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "models/training/train.h"
#include "serve/api/training.h"

/**
 * @file
 * The body of an order for a training, read: every key is known, every text is bounded and plain.
 *
 * Stage: serve. What is taken here goes onto a command line, a word each, so nothing in it can be
 * another option; a setting that names a file of the server is none.
 */
#define DAVY_ORDER_OPTIONS  16 /* keys that are options of `davy train` as they stand, at most */
#define DAVY_ORDER_SETTINGS ((size_t) DAVY_TRAIN_SETTINGS_MAX)

/** Zeroed is empty. */
typedef struct davy_order_reading {
    davy_training_order order; /* its `by` is the caller's to set */
    json_t *body;              /* what it points into, with the arena */
    davy_arena arena;
    davy_training_word words[DAVY_ORDER_OPTIONS + DAVY_TRAIN_SETTINGS_MAX];
} davy_order_reading;

/** DAVY_ERR_INVALID names the key that does not fit. Clear it also after a failure. */
DAVY_MUST_CHECK davy_status davy_order_read(const char *bytes, size_t length,
                                            davy_order_reading *in);
void davy_order_clear(davy_order_reading *in);
