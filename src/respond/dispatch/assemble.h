/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/plan.h"
#include "respond/dispatch/problem.h"

/**
 * @file
 * From a choice to a plan: routes, what is missing and why (assemble.c), what changed and why
 * (changes.c).
 *
 * Stage: respond, room dispatch. A memory that is missing marks the arena: a NULL from it makes
 * davy_dispatch_solve() fail.
 */

/** Assignments with their paths, lacks and reserves of a choice. */
DAVY_MUST_CHECK davy_status davy_assemble(davy_dispatch_plan *plan, davy_problem *problem,
                                          const size_t *choice);

/** What differs from the plan before. */
DAVY_MUST_CHECK davy_status davy_compare(davy_dispatch_plan *plan, davy_problem *problem,
                                         const davy_dispatch_plan *before);

/** A copy of a text in the plan; NULL stays NULL. */
const char *davy_dispatch_plan_text(davy_dispatch_plan *plan, const char *text);

/** A sentence about nothing yet. */
davy_said davy_dispatch_say(const char *key);

/** Endpoint of a closure, as the plan's text; NULL for DAVY_NOWHERE. */
const char *davy_dispatch_plan_zone(davy_dispatch_plan *plan, const davy_problem *problem,
                                    uint32_t closure);
