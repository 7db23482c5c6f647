/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/chemical.h"

#include <jansson.h>

/**
 * @file
 * What a chemical must not meet, by every source that says so, as JSON.
 *
 * Stage: serve. A source that says nothing of a chemical is not in the list: an empty list means
 * that nothing was read, and never that it may meet anything. The caller owns what is returned.
 */

/** A list of {rule, as, zone, zone_unread, source, from: [{what, so, chemicals}]}. */
json_t *davy_chemical_apart(const davy_chemical *chemical);

/** No source that was read says with what it reacts; its class of transport says no such thing. */
bool davy_chemical_reaction_unread(const davy_chemical *chemical);
