/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/memory.h"
#include "nn/parameters.h"
#include "nn/runner.h"
#include "nn/trainer.h"

/**
 * @file
 * A trainer from the inside: trainer.c makes it, trainer_step.c runs it, trainer_state.c keeps it.
 *
 * Stage: nn.
 */

/** A plan for one set of shapes, bound to the trainer's arena. */
typedef struct davy_trainer_plan {
    davy_plan *plan; /* NULL: free */
    davy_runner *runner;
    davy_tensor *shapes; /* [graph->input_count] */
    bool training;
    uint64_t used; /* when, by the trainer's clock */
} davy_trainer_plan;

struct davy_trainer {
    davy_graph *graph;
    davy_value loss;
    davy_trainer_options options;
    davy_pool *pool;
    davy_role *roles; /* [role_count] of the graph's values before some were frozen */
    size_t role_count;
    davy_vector weights, statistics; /* in the graph */
    davy_optimiser *optimiser;

    davy_memory arena;       /* of all plans */
    davy_memory diff, total; /* gradient of a batch; of batches so far, times their samples */
    davy_trainer_plan plans[DAVY_TRAINER_PLANS_MAX];
    const davy_trainer_plan *last; /* the one that ran last */
    uint64_t clock;

    uint64_t steps; /* of the optimiser */
    uint64_t runs;  /* forward in training, what dropout draws by */
    float norm;
    bool begun;     /* a step was, by its first batch; what follows is known then */
    size_t batches; /* accumulated */
    double samples; /* in these */
    uint64_t runs_before;
    float *statistics_before;

    float *average;     /* [weights.count] NULL: none */
    bool average_shown; /* it is in the graph, and the weights are here */
    float *kept;        /* [weights.count + statistics.count] NULL: nothing was kept */
};

/** DAVY_ERR_INVALID while the average stands in the weights' place. */
DAVY_MUST_CHECK davy_status davy_trainer_ready(const davy_trainer *trainer);

/** Forget the step that was begun: statistics and dropout are as before it. */
void davy_trainer_drop(davy_trainer *trainer);
