/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Cut: what is left of a graph that was trained, to be served.
 *
 * Stage: nn. A graph for training ends in a loss and has inputs for what should be answered; a
 * model to serve has neither. The part that stays keeps its names and its numbers.
 */

/**
 * Make `outputs` the outputs of the graph, and drop the nodes that they do not need and the inputs
 * that nobody reads then. Values keep their indices; no trainer or network may hold the graph.
 *
 * @param outputs  [count] values that nodes make
 */
DAVY_MUST_CHECK davy_status davy_graph_cut(davy_graph *graph, const davy_value *outputs,
                                           size_t count);
