/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/layers.h"

/**
 * @file
 * What the files of the layers share.
 *
 * Stage: nn.
 */

/** A parameter or statistic named "layer/part"; zeros. DAVY_VALUE_NONE for a failed graph. */
davy_value davy_layer_parameter(davy_graph *graph, const char *layer, const char *part,
                                davy_role role, int rank, const int64_t *dims);

/** Size of the last dimension; 0, and the graph fails, when there is none. */
int64_t davy_layer_channels(davy_graph *graph, davy_value x);

/** The first output of a node; DAVY_VALUE_NONE for NULL. */
static inline davy_value davy_layer_out(const davy_node *node)
{
    return node ? node->out[0] : DAVY_VALUE_NONE;
}
