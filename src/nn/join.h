/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Join: one graph put behind another.
 *
 * Stage: nn. What was learnt in two steps is served as one: the graph of the features, and behind
 * it the graph of the model.
 */

/**
 * Copy all nodes and numbers of `tail`, which has one input, behind a value of `graph`.
 *
 * @param at      takes the place of the input of `tail`
 * @param wanted  a value of `tail`; becomes the same in `graph`
 * @return DAVY_ERR_UNSUPPORTED when a node of `tail` holds a graph; then, or without memory, both
 *         may only be destroyed
 */
DAVY_MUST_CHECK davy_status davy_graph_join(davy_graph *graph, davy_value at,
                                            const davy_graph *tail, davy_value *wanted);
