/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * What a chemical must not meet: the groups of the compatibility chart for bulk cargoes.
 *
 * Stage: hazard, room chemical. The chart says of two groups that mixing them heats the mixture by
 * more than 25 K or gives off a gas. It is made for liquids that ships carry in bulk: it knows
 * nothing of oxidisers such as chlorine, of explosives, nor of what meets water, and a chemical
 * without a group here may react all the same. Two groups of 30 and above do not react.
 *
 * Source: 46 CFR part 150 (edition of 10-1-24): groups of table 1 by CAS number, pairs of figure 1,
 * exceptions of appendix I (b), as a public data loader read them; secondary, check against the
 * CFR.
 */

#define DAVY_REACTIVE_GROUP_MAX 43

/** Group of a chemical, 1 to 43; 0: none was read, which says nothing. */
int davy_reactive_group(const char *cas);

/** "Organic acids"; NULL for a number that the chart does not have. */
const char *davy_reactive_group_name(int group);

/** The chart: two groups that must not meet. */
bool davy_reactive_groups_clash(int a, int b);

/** Two chemicals that must not meet: by their groups, or by an exception to the chart. */
bool davy_chemicals_clash(const char *a, const char *b);
