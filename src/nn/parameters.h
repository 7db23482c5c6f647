/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Parameters: the numbers of a graph that training changes, as one vector for each role.
 *
 * Stage: nn. In one vector an optimiser is one loop, saving is one write, and a gradient lies at
 * the offset of its parameter (plan.h lays gradients out in the same order with the same
 * alignment).
 */
typedef struct davy_vector {
    float *data;        /* [count] owned by the graph, 64-byte aligned */
    size_t count;       /* with the zeros that fill up after each value */
    davy_value *values; /* [value_count] of the graph, in order */
    size_t value_count;
} davy_vector;

/**
 * Move all values of a role into one vector of the graph's own, to which their edges point then.
 * Where they lie so already, nothing moves.
 */
DAVY_MUST_CHECK davy_status davy_vector_gather(davy_graph *graph, davy_role role, davy_vector *out);
/** Give back the list; the numbers stay with the graph. A zeroed vector is fine. */
void davy_vector_clear(davy_vector *vector);

/**
 * The first value of which `numbers`, a vector of this layout, has one that is not finite.
 *
 * @return its name; NULL when all are finite
 */
const char *davy_vector_sick(const davy_vector *vector, const davy_graph *graph,
                             const float *numbers);

/** Whether all are finite. */
bool davy_all_finite(const float *numbers, size_t count);

/**
 * Values whose names begin with one of the prefixes become constants, as if they were never
 * learnt.
 *
 * @param kept  [graph->value_count] gets the roles as they were
 * @return DAVY_ERR_NOT_FOUND, and no change, for a prefix that no parameter has
 */
DAVY_MUST_CHECK davy_status davy_graph_freeze(davy_graph *graph, const char *const *prefixes,
                                              size_t count, davy_role *kept);
/** Roles as they were. */
void davy_graph_thaw(davy_graph *graph, const davy_role *kept, size_t count);
