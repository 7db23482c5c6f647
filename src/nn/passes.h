/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Passes: a graph rewritten into one that computes the same with less work.
 *
 * Stage: nn. Run once, when a network is made of a graph; inner graphs are passed through too.
 */
DAVY_MUST_CHECK davy_status davy_passes_run(davy_graph *graph);

/** Afterwards, for a network that is never trained: rewritten into what has no way back. */
DAVY_MUST_CHECK davy_status davy_passes_serve(davy_graph *graph);
