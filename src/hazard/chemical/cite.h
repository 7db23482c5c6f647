/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Where a figure was read: the tags in the rows of the tables, spelled out.
 *
 * Stage: hazard, room chemical. A row has its sources in one text, "bp:[CRCI]; gb:[G] row 1": the
 * key of a figure, the tag of a document and the place in it.
 */

/** Room for a source. */
#define DAVY_CHEMICAL_SOURCE_MAX ((size_t) 256)

/** The document and the place in it that a row names under a key; "" where it names none. */
const char *davy_chemical_cite(const char *sources, const char *key,
                               char text[DAVY_CHEMICAL_SOURCE_MAX]);
