/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/problem.h"

/**
 * @file
 * Dispatch as an integer program, by columns.
 *
 * Stage: respond, room dispatch. Columns in this order:
 *
 *     send[k]   0 or 1   one for each possible pair of a unit and a task
 *     lack[d]   >= 0     what is missing of demand d
 *     short[r]  >= 0     what is missing of reserve r
 *
 * and rows: gains + lack[d] >= amount[d]; the holders of r that are sent - short[r] <= free[r] -
 * keep[r]; a unit is sent once at most, for each that may be sent somewhere. Lacks and shorts are
 * whole by themselves when the sends are.
 */
typedef struct davy_program {
    size_t *unit, *task; /* [pairs] of a send */
    size_t pairs, columns, rows;
    int *start; /* [columns + 1] where the entries of a column begin in index and value */
    int *index; /* row of an entry */
    double *value;
    double *low, *high, *cost;  /* [columns] */
    double *row_low, *row_high; /* [rows] */
    double *first;              /* [columns] the first answer, to start from */
} davy_program;

/** False without memory. Its arrays are the arena's. */
bool davy_program_write(davy_program *program, const davy_problem *problem, const size_t *choice,
                        davy_arena *arena);
