/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/plan.h"
#include "nn/pool.h"

/**
 * @file
 * Runner: a plan bound to memory, ready to go forward and back.
 *
 * Stage: nn. Binding turns offsets into pointers once; a run is a loop over calls. Runners of
 * several plans may be bound to the same memory, one after the other (a whole batch and the last,
 * smaller one). One thread drives a runner.
 */
typedef struct davy_runner davy_runner;

/** Plan and pool are borrowed. */
DAVY_MUST_CHECK davy_status davy_runner_create(const davy_plan *plan, davy_pool *pool,
                                               davy_runner **out);
/** NULL is fine. */
void davy_runner_destroy(davy_runner *runner);

/**
 * @param arena  plan->arena_bytes, aligned to DAVY_PLAN_ALIGNMENT
 * @param diffs  plan->diff_bytes for the gradients of parameters; NULL without training
 */
void davy_runner_bind(davy_runner *runner, void *arena, void *diffs);

/** Seed and step that random operators of training draw from. */
void davy_runner_seed(davy_runner *runner, uint64_t seed, uint64_t step);

/** Run all steps. @param inputs  [input_count] of the plan's shapes; borrowed until the next run */
DAVY_MUST_CHECK davy_status davy_runner_forward(davy_runner *runner, const davy_tensor *inputs);

/** The way back, after a forward run. @param scale  gradient of the loss to start from, mostly 1 */
void davy_runner_backward(davy_runner *runner, float scale);

/** Any value of the graph after a run; data is NULL where it was left out. */
const davy_tensor *davy_runner_value(const davy_runner *runner, davy_value value);
/** The gradient of a value after the way back; NULL where there is none. */
const davy_tensor *davy_runner_diff(const davy_runner *runner, davy_value value);
