/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"

#include <jansson.h>
#include <limits.h>

/**
 * @file
 * What the actions of `davy models` share: options, and the version that a word means.
 *
 * Stage: app. An action is a row of the table in verb_models.c.
 */
typedef struct davy_models_call {
    davy_dataset dataset;
    const char *models;   /* --models */
    const char *registry; /* the folder of models */
    const char *alias;    /* --alias; champion */
    const char *author;   /* --author: whose signature is wanted; NULL: anybody's */
    const char *report;   /* --report */
    uint64_t seed;        /* --seed, of draws */
    bool json;
    const char *const *words; /* after the action */
    size_t word_count;
} davy_models_call;

/** A version that a word means: of the registry, or the folder of an exported one. */
typedef struct davy_models_version {
    char name[128];
    unsigned version;
    char folder[PATH_MAX];
} davy_models_version;

/** "name", "name@alias" or "name@3" of the registry. */
DAVY_MUST_CHECK davy_status davy_models_resolve(const davy_models_call *call, const char *word,
                                                davy_models_version *out);

/** The model.json of a folder; the caller gives its reference back. */
DAVY_MUST_CHECK davy_status davy_models_read_json(const char *folder, json_t **out);

DAVY_MUST_CHECK davy_status davy_models_list(const davy_models_call *call);
DAVY_MUST_CHECK davy_status davy_models_show(const davy_models_call *call);
DAVY_MUST_CHECK davy_status davy_models_compare(const davy_models_call *call);
DAVY_MUST_CHECK davy_status davy_models_verify(const davy_models_call *call);
