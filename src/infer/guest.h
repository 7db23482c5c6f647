/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/gate.h"

/**
 * @file
 * Guest of a gate: work that is long and comes in steps, and gives way to all others.
 *
 * Stage: infer. A guest may hold its place for as long as nobody waits at the gate. When somebody
 * did, it stays out for three times as long as it held its place, so that it has a quarter of the
 * time at most and who comes meanwhile waits for a step at most. It ends all the same: however busy
 * the gate is, the guest gets its turn in the line.
 */
typedef struct davy_guest {
    davy_gate *gate;
    int64_t since_ns;  /* it has its place */
    int64_t until_ns;  /* it stays out, after it held a place that others waited for */
    int64_t rested_ns; /* all told, in davy_guest_step() */
    uint64_t waited;   /* davy_gate_waited() when it got its place */
} davy_guest;

void davy_guest_init(davy_guest *guest, davy_gate *gate);

/** Stay out as long as is owed, then wait for a place. As davy_gate_enter(). */
bool davy_guest_enter(davy_guest *guest, int64_t until_ns);
void davy_guest_leave(davy_guest *guest);

/** A step is done and another begins: give way when somebody waits or has waited. */
void davy_guest_step(davy_guest *guest);
