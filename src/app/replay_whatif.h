/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"

/**
 * @file
 * `davy replay --proposed FILE`: what a changed site file would have done over stored history.
 *
 * Stage: app. The site in force is the dataset's.
 */
typedef struct davy_replay_wish {
    davy_dataset *dataset;
    const char *proposed; /* site file */
    const char *events;   /* CSV file; NULL for none */
    bool whole;           /* rehearse what both files say alike too */
    const char *registry;
    const char *keep;     /* reason to keep the answer with; NULL: it is not kept */
    const char *key_file; /* for the running daemon */
    bool json, json_progress;
} davy_replay_wish;

struct json_t;

/** Print an answer of davy_whatif_ask() for people. */
DAVY_MUST_CHECK davy_status davy_replay_print(const struct json_t *answer);

DAVY_MUST_CHECK davy_status davy_replay_whatif(const davy_replay_wish *wish);
