/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "core/csv_words.h"

/**
 * @file
 * How CSV files are written, as rows of a verb's table of options.
 *
 * Stage: app. All verbs that read CSV files share them.
 */
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
