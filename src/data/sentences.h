/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * Sentences for people, in both languages, put together as they come up.
 *
 * Stage: data, beside data/page.h, which shows them.
 */
#define DAVY_SENTENCES_MAX                                                \
    4096 /* bytes of each language; what is beyond is cut between letters \
          */

/** Zeroed is empty. */
typedef struct davy_sentences {
    char en[DAVY_SENTENCES_MAX], zh[DAVY_SENTENCES_MAX];
} davy_sentences;

/** Add to the end; both texts take the same arguments in the same order. */
void davy_say(davy_sentences *sentences, const char *en, const char *zh, ...) DAVY_PRINTF(2, 4)
    DAVY_PRINTF(3, 4);

/** Add what another says. */
void davy_say_all(davy_sentences *sentences, const davy_sentences *more);
