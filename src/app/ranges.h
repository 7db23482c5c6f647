/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "data/cleaning.h"
#include "site/site.h"

/**
 * @file
 * The ranges of signals, for cleaning: from a site file, and from `--range COL=LOW..HIGH`.
 *
 * Stage: app. What the command line says goes before what the site says. COL may be a pattern
 * (core/pattern.h); either end may be left out.
 */

/** The option as a row of a verb's table. */
#define DAVY_RANGE_OPTION(list)                                                                    \
    {                                                                                              \
        "range", DAVY_OPTION_WORDS, list, "COL=LOW..HIGH", "range of a column, for the step range" \
    }

/**
 * A range for each column of a table, NaN where there is none.
 *
 * @param site  NULL: none
 * @param out   to be freed
 * @return DAVY_ERR_INVALID for a word that is no range, or that names no column
 */
DAVY_MUST_CHECK davy_status davy_ranges_read(const davy_option_list *words, const davy_site *site,
                                             const davy_table *table, davy_clean_range **out);
