/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/plan.h"

/**
 * @file
 * The parts of planning, in the order in which they are done.
 *
 * Stage: nn. plan.c finds shapes and folds, plan_back.c decides what flows back, plan_arena.c lays
 * tensors out.
 */

/** Which steps go back, which of them set and which add (plan_back.c). */
DAVY_MUST_CHECK davy_status davy_plan_back(davy_plan *plan);

/** Lifetimes, and an offset for everything that lies in the arena (plan_arena.c). */
DAVY_MUST_CHECK davy_status davy_plan_arena(davy_plan *plan);
