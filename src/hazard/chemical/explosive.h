/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Groups of atoms that make an organic substance suspect of exploding.
 *
 * Stage: hazard, room chemical. A sign and no verdict: most substances with such a group do not
 * explode, and tests decide. Chlorates, perchlorates and other bonds of oxygen and halogen are not
 * among the groups that are counted.
 *
 * Source: the families of appendix 6 of the UN Manual of Tests and Criteria, as it is quoted; which
 * groups of data/molecule_groups.cc belong to a family is ours.
 */

/** "nitrogen and oxygen" for "nitro"; NULL for a group that is no sign. */
const char *davy_explosive_family(const char *group);
