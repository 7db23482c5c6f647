/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/chemical.h"

#include <jansson.h>

/**
 * @file
 * What is known of a chemical, as JSON: the answer of the API and of `davy chemical --json`.
 *
 * Stage: serve. What was read nowhere is not in the lists. The caller owns what is returned.
 */

/** Its names and numbers: name, chinese, cas, un, smiles. */
json_t *davy_chemical_brief(const davy_chemical *chemical);

/** The brief and all that is known, each figure with its source. */
json_t *davy_chemical_sheet(const davy_chemical *chemical);
