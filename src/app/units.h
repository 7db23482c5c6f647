/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "core/buffer.h"
#include "data/table.h"
#include "site/site.h"

/**
 * @file
 * The units of columns: what `--units COL=UNIT` says they are in the files, and what they become.
 *
 * Stage: app. A column is brought into the unit that the model learnt with; without a model into
 * the unit of its signal on the site; without either it stays, and its unit is written into the
 * model that learns from it. COL may be a pattern (core/pattern.h).
 */

/** The units that a model knows. Zeroed: there is no model. */
typedef struct davy_known_units {
    const char *model; /* its name; NULL: none */
    const char *const *signals;
    const char *const *units; /* [count]; NULL: it knows none */
    size_t count;
} davy_known_units;

/**
 * Convert the columns that the words name.
 *
 * @param site  NULL: none
 * @return DAVY_ERR_INVALID for a unit that is none, or that is of another quantity, or when the
 *         model does not know the unit of the column
 */
DAVY_MUST_CHECK davy_status davy_units_convert(const davy_option_list *words, const davy_site *site,
                                               const davy_known_units *known, davy_table *table);

/**
 * Say what that changed: "T-101/pressure from psi into bar (600 values); ...".
 *
 * @param units  of the columns after it, as davy_units_of() has them
 */
DAVY_MUST_CHECK davy_status davy_units_tell(const davy_option_list *words, const davy_table *table,
                                            const char *const *units, davy_buffer *said);

/** The unit of each column after that, "" where it is not known; free the array. NULL: no memory.
 */
const char **davy_units_of(const davy_option_list *words, const davy_site *site,
                           const davy_table *table);
