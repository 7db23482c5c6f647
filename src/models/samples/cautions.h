/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "data/molecules.h"
#include "data/page.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * What a person must know before believing a figure: a sentence, a figure and the remedy each.
 *
 * Stage: models. Cautions stand in the summary of a training, in model.json (`warnings`), on the
 * page of the training and on every page of an evaluation. They stop nothing.
 */
#define DAVY_CAUTIONS_MAX     24
#define DAVY_CAUTION_TEXT_MAX 640

typedef struct davy_caution {
    char key[24];  /* "duplicates" */
    double figure; /* a share, an area under a curve, a count: as the sentence says */
    char en[DAVY_CAUTION_TEXT_MAX], zh[DAVY_CAUTION_TEXT_MAX];
} davy_caution;

/** Zeroed is empty. */
typedef struct davy_cautions {
    davy_caution list[DAVY_CAUTIONS_MAX];
    size_t count, left_out; /* left_out: beyond the room there is */
} davy_cautions;

/** Add one; both texts take the same arguments in the same order. */
void davy_cautions_add(davy_cautions *cautions, const char *key, double figure, const char *en,
                       const char *zh, ...) DAVY_PRINTF(4, 6) DAVY_PRINTF(5, 6);

/** Molecules that were not read, with their lines, and those that are not one substance. */
void davy_cautions_add_molecules(davy_cautions *cautions, const davy_molecule_tally *tally);

/** The first with this key, or NULL. */
const davy_caution *davy_cautions_find(const davy_cautions *cautions, const char *key);

/** For model.json and for people; a new array, NULL without memory. */
json_t *davy_cautions_json(const davy_cautions *cautions);

/** Read them back; what is no list of cautions is none. Texts are cut to their room. */
void davy_cautions_read(const json_t *list, davy_cautions *cautions);

/** A paragraph each, in both languages, under a title; nothing when there are none. */
void davy_cautions_page(const davy_cautions *cautions, davy_words title, davy_buffer *html);
