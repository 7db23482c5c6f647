/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"
#include "data/profile.h"

/**
 * @file
 * The page of a look at data: one HTML file in two languages, without scripts.
 *
 * Stage: data. What is wrong stands first, then a strip for each column: how it moves over the
 * rows, how its values are spread, its figures, and what one should look at. When the data were
 * cleaned, the cleaned column is drawn over what it was.
 */
typedef struct davy_profile_subject {
    const char *name;         /* of the files, or the pattern of stored signals */
    const davy_table *table;  /* names and words of the columns */
    const char *const *units; /* [columns] "" where unknown; NULL: all are */
    const char *read_as;      /* options that say how the files were read; NULL: not of files */
    const char *converted;    /* columns brought into another unit, with counts; NULL: none */
    const char *left_out;     /* columns of the files that hold no numbers; NULL: none */
    const davy_profile *profile;
    const davy_profile *cleaned; /* NULL: it was not */
    const davy_cleaning *cleaning;
    const davy_clean_tally *tally;
} davy_profile_subject;

DAVY_MUST_CHECK davy_status davy_profile_page(const davy_profile_subject *subject,
                                              davy_buffer *html);

/** A note for people, about a column of the table. Text from headers is not escaped here. */
davy_words davy_column_note_words(davy_column_note note);
/** Notes in the order in which they are told; 0 behind the last. */
davy_column_note davy_column_note_at(size_t index);
