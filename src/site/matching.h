/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/condition.h"

/**
 * @file
 * Which conditions does a pattern name? "T-101/" + "*:hihi", "detector *:model", "source
 * plc-1:source".
 *
 * Stage: site. Also of a site that is being read and has faults: what has no name has no key.
 */

/** Of one condition, with its key. */
typedef void (*davy_condition_visit)(void *context, davy_condition_name name, const char *key);

/**
 * Visit the conditions whose keys match.
 *
 * @param names  the pattern may also be over names of detectors, and names all of their conditions
 * @return how many
 */
size_t davy_conditions_match(const davy_site *site, const char *pattern, bool names,
                             davy_condition_visit visit, void *context);

/** The same question of one condition, for patterns separated by commas. */
bool davy_condition_matches(const davy_site *site, const davy_condition *condition,
                            const char *patterns);
