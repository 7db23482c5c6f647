/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes.h"

davy_status davy_passes_run(davy_graph *graph)
{
    return davy_graph_status(graph);
}
