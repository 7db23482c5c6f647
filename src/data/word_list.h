/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Words as they are met in a file, each with a number, found by a hash.
 *
 * Stage: data. Words are numbered as they come; who needs an order that does not depend on the
 * order of the rows sorts them at the end.
 */

/** Zeroed is empty. */
typedef struct davy_word_list {
    char **names; /* [count] */
    size_t count;
    uint32_t *slots; /* [slot_count] number of a word and one, by its hash; 0: free */
    size_t slot_count;
} davy_word_list;

/** The number of a word, which need not be zero-ended; `count` when it is not there. */
size_t davy_word_list_find(const davy_word_list *list, const char *word, size_t length);

/**
 * The number of a word; a new one is added.
 *
 * @return DAVY_ERR_FULL, without a sentence, when it would be one more than `most`
 */
DAVY_MUST_CHECK davy_status davy_word_list_add(davy_word_list *list, const char *word,
                                               size_t length, size_t most, size_t *index);

/** Sort the words by their bytes. @param places  [count] where each word went; NULL is fine */
DAVY_MUST_CHECK davy_status davy_word_list_sort(davy_word_list *list, size_t *places);

void davy_word_list_clear(davy_word_list *list);
