/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"
#include "nn/packs.h"

/**
 * @file
 * Plan: everything about a graph that can be settled before it runs, for one set of input shapes.
 *
 * Stage: nn. Shapes are found, nodes with constant inputs are computed, nodes that nobody needs are
 * left out, and every tensor gets an offset in one arena such that tensors which live at the same
 * time do not overlap (lifetimes over n steps, or 2n with the way back; largest first). A plan does
 * not change after it was made; threads share it.
 *
 * A node whose shape depends on data is *late*: it is prepared again in every run, with memory from
 * the runner, and so are the nodes after it. A plan for training has none.
 *
 * The way back is the same nodes in reverse: no tape and no nodes for gradients. Of several users
 * of a value the last in order is the first to go back, sets its gradient, and the others add.
 */

/** Where a tensor or its gradient lies. */
typedef enum davy_place {
    DAVY_PLACE_NONE,  /* nowhere: nobody wants it */
    DAVY_PLACE_FIXED, /* tensor.data is there: constants and what was folded */
    DAVY_PLACE_GRAPH, /* in the graph, and training changes it: parameters, statistics;
                       * a gradient: in the vector of gradients */
    DAVY_PLACE_INPUT, /* the caller's, bound at each run */
    DAVY_PLACE_ARENA, /* at an offset in the arena */
    DAVY_PLACE_LATE   /* made at run time */
} davy_place;

typedef struct davy_planned {
    davy_tensor tensor; /* type and shape; data when FIXED */
    davy_place place, diff_place;
    davy_value home;      /* the value whose memory this one shares: itself, or what it views */
    davy_value diff_home; /* the same of its gradient */
    size_t offset, diff_offset;
    bool varies; /* training: it depends on a parameter, so a gradient may flow to it */
} davy_planned;

typedef struct davy_step {
    const davy_node *node;
    size_t index; /* of the node in the graph */
    void *state;
    bool late;
    bool back; /* a gradient flows through it, and there is work to do */
    size_t saved_size, saved_offset, scratch_size, scratch_offset, scratch_back_offset;
    bool *diff_add; /* [in_count] of the node */
} davy_step;

typedef struct davy_plan_options {
    davy_env env;      /* kernels, training, bf16, threads, memory_max */
    davy_value loss;   /* training: the value that the gradient starts from, else NONE */
    bool changing;     /* parameters change between runs, so nothing is computed from them before */
    bool input_diff;   /* gradients of the float inputs are wanted too */
    davy_packs *packs; /* copies of weights shared by plans; NULL: none are shared */
} davy_plan_options;

typedef struct davy_plan {
    const davy_graph *graph;
    davy_plan_options options;
    davy_arena memory;    /* all of the plan's own */
    davy_planned *values; /* [graph->value_count] */
    davy_step *steps;     /* [step_count] those that run, in order */
    size_t step_count;
    size_t arena_bytes, naive_bytes; /* with and without reuse */
    size_t diff_bytes;               /* of the vector of gradients; training only */
    bool has_late;
} davy_plan;

/** Tensors and gradients start at multiples of this. */
#define DAVY_PLAN_ALIGNMENT ((size_t) 64)

/**
 * @param shapes  [graph->input_count] type and dims of the inputs; data is not looked at
 * @return DAVY_ERR_INVALID when shapes do not fit, DAVY_ERR_FULL beyond env.memory_max,
 *         DAVY_ERR_UNSUPPORTED when training meets an operator without a way back or a late node
 */
DAVY_MUST_CHECK davy_status davy_plan_create(const davy_graph *graph, const davy_tensor *shapes,
                                             const davy_plan_options *options, davy_plan **out);
/** NULL is fine. */
void davy_plan_destroy(davy_plan *plan);

/** What a plan could not have; the status to return. */
davy_status davy_plan_fail_memory(const davy_plan *plan);
