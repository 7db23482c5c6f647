/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "data/molecule.h"

#include <jansson.h>

/**
 * @file
 * Molecules that were measured, and the nearest of them to another.
 *
 * Stage: app. Rows of CSV files with a column smiles, in memory: some 300 bytes each beside what
 * the other columns say. They are read when the first question comes, so that nobody waits for them
 * at a start. Any thread.
 */
typedef struct davy_known davy_known;

/** Molecules that are told. */
#define DAVY_KNOWN_NEAREST 5

/**
 * From this similarity (Tanimoto, of counts of environments) of the nearest molecule that was
 * measured a structure counts as known ground. Measured: docs/chemicals.md.
 */
#define DAVY_KNOWN_SIMILAR 0.5

/**
 * @param files  borrowed until it is destroyed
 * @return DAVY_ERR_NOT_FOUND for a file that is not there or has no column smiles
 */
DAVY_MUST_CHECK davy_status davy_known_create(const davy_option_list *files, davy_known **out);
/** NULL is fine. */
void davy_known_destroy(davy_known *known);

/** The nearest, each once with all rows in which it was measured, and how many rows there are. */
DAVY_MUST_CHECK davy_status davy_known_nearest(davy_known *known, const davy_molecule *molecule,
                                               json_t **out);
