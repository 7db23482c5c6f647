/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/cleaning.h"
#include "data/page.h"

/**
 * @file
 * What was found in a history and what cleaning changed, for people: the same words in a summary,
 * on the page of a training and on the page of the data.
 *
 * Stage: data.
 */
typedef struct davy_clean_fault {
    size_t count;
    davy_words what; /* "values are missing" */
} davy_clean_fault;

/** Every fault that is counted, also those of which there are none. */
#define DAVY_CLEAN_FAULTS 5
void davy_clean_faults(const davy_quality_report *report,
                       davy_clean_fault faults[DAVY_CLEAN_FAULTS]);

/** The faults of which there are some, as a table; a sentence when there are none. */
void davy_clean_fault_table(const davy_quality_report *report, davy_buffer *html);

/** ", the longest of 2h; 310 rows are absent"; nothing without a gap. */
const char *davy_clean_gap_text(const davy_quality_report *report, char *text, size_t capacity);

/**
 * What should give pause: a filter of spikes that changed more than one value in fifty took
 * something else for spikes. NULL when there is nothing.
 */
const davy_words *davy_clean_caution(const davy_cleaning *cleaning, const davy_clean_tally *tally);

/** How many cells each step changed in each column, as a table. */
void davy_clean_tally_table(const davy_cleaning *cleaning, const davy_clean_tally *tally,
                            davy_buffer *html);
