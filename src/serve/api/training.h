/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * Trainings as the routes see them; src/app runs them.
 *
 * Stage: serve. An order is words, as `davy train` takes options: what a word means is known there
 * and nowhere here.
 */

#define DAVY_TRAINING_CPU_MAX_S      ((uint64_t) 7 * 24 * 3600) /* that an order may ask for */
#define DAVY_TRAINING_MEMORY_MIN_MIB 512 /* OpenBLAS waits for ever when it has no memory */
#define DAVY_TRAINING_MEMORY_MAX_MIB (1024 * 1024)

typedef struct davy_training_word {
    const char *key;   /* an option: "model", "label"; "set" comes again */
    const char *value; /* "pca"; of "set" KEY=VALUE */
} davy_training_word;

typedef struct davy_training_order {
    const char *name;   /* of the model */
    const char *by;     /* name of the key */
    const char *upload; /* id of the CSV file; NULL: stored signals, by the words */
    const davy_training_word *words;
    size_t word_count;
    uint64_t cpu_s;      /* most CPU time; 0: the default */
    uint64_t memory_mib; /* most memory; 0: the default */
} davy_training_order;

/** All for any thread. Objects are those of the API's schema Job; the caller gives them back. */
typedef struct davy_trainings {
    void *context;
    /* The job is kept before the answer. DAVY_ERR_NOT_FOUND without the upload;
     * DAVY_ERR_UNAVAILABLE when too many wait. */
    davy_status (*start)(void *context, const davy_training_order *order, json_t **job);
    /* DAVY_ERR_NOT_FOUND without such a job; DAVY_ERR_EXISTS when it has ended. */
    davy_status (*cancel)(void *context, uint64_t id, json_t **job);
    davy_status (*get)(void *context, uint64_t id, json_t **job);
    /* All, the newest first, without their logs. */
    davy_status (*list)(void *context, json_t **jobs);
} davy_trainings;
