/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Shapes of a graph under construction, with free sizes taken as 1.
 *
 * Stage: nn. Builders ask for them to size the parameters of the next layer. What cannot be known
 * before a run stays of type DAVY_TYPE_NONE; what does not fit marks the graph as failed,
 * unless others made it.
 */

/** Find the shapes of what nodes 0 .. last make, those not looked for yet. */
void davy_shapes_find(davy_graph *graph, size_t last);
