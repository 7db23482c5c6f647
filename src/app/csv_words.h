/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "data/column_types.h"
#include "data/flows.h"

/**
 * @file
 * How CSV files are written, as the command line says it.
 *
 * Stage: app. All verbs that read CSV files share these options; what is not said is found.
 */
typedef struct davy_csv_words {
    const char *delimiter, *encoding, *decimal, *header, *types;
    const char *flows; /* columns that are computed (data/flows.h); NULL: none */
} davy_csv_words;

/** The options as rows of a verb's table. */
#define DAVY_CSV_OPTIONS(words)                                                             \
    {"delimiter", DAVY_OPTION_TEXT, &(words)->delimiter, "CHAR",                            \
     "comma, semicolon, tab, bar, blanks or a character (found)"},                          \
        {"encoding", DAVY_OPTION_TEXT, &(words)->encoding, "NAME",                          \
         "of the text: GB18030, windows-1252, UTF-16 ... (found: UTF-8, GB18030)"},         \
        {"decimal", DAVY_OPTION_TEXT, &(words)->decimal, "SIGN", "point or comma (found)"}, \
        {"header", DAVY_OPTION_TEXT, &(words)->header, "WHERE",                             \
         "row (default), or none: columns are c1, c2, ..."},                                \
    {                                                                                       \
        "types", DAVY_OPTION_TEXT, &(words)->types, "COL=TYPE,...",                         \
            "number, category, skip, time or time:dmy of columns (found)"                   \
    }

/** What they come to; clear the settings, also after a failure. */
typedef struct davy_csv_reading {
    davy_csv_options csv;
    char decimal; /* '.', ',' or 0 */
    davy_column_settings types;
    davy_flows *flows;
} davy_csv_reading;

/** DAVY_ERR_INVALID names the option and what it may say. */
DAVY_MUST_CHECK davy_status davy_csv_words_read(const davy_csv_words *words, davy_csv_reading *out);
void davy_csv_reading_clear(davy_csv_reading *reading);
