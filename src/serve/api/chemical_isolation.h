/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>

/**
 * @file
 * The first distances of a spill of a chemical, as JSON.
 *
 * Stage: serve. The caller owns what is returned.
 */

/** {in_water, source, spills: [{spill, container, wind, around, day, night}]}; null: not read. */
json_t *davy_chemical_isolation(const char *cas);
