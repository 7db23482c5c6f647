/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Gate: how many runs of models there are at a time, over all models of a host.
 *
 * Stage: infer. Alarms' models run on threads of their own and must find a CPU whatever is asked of
 * the host. An unprivileged thread cannot raise its priority, nor take back a priority that it gave
 * away; so it is the number of runs that is bounded. Who comes first goes first: each model has one
 * leader at the gate at most, so models take turns.
 */
typedef struct davy_gate davy_gate;

/** @param places  runs at a time, > 0 */
DAVY_MUST_CHECK davy_status davy_gate_create(size_t places, davy_gate **out);
/** NULL is fine. */
void davy_gate_destroy(davy_gate *gate);

/** Take a place if nobody waits for one. */
bool davy_gate_try(davy_gate *gate);
/**
 * Wait for a place.
 *
 * @param until_ns  on the monotonic clock; 0: as long as it takes
 * @return false when it did not come in time
 */
bool davy_gate_enter(davy_gate *gate, int64_t until_ns);
void davy_gate_leave(davy_gate *gate);

/** Who waits for a place now. */
size_t davy_gate_line(davy_gate *gate);
/** How often somebody had to wait for a place since there is a gate. */
uint64_t davy_gate_waited(davy_gate *gate);
/** Most runs that there were at a time. */
size_t davy_gate_most(davy_gate *gate);
