/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Plan: everything about a graph that can be settled before it runs, for one set of input shapes.
 *
 * Stage: nn. Shapes are found, nodes with constant inputs are computed, nodes that nobody needs are
 * left out, and every tensor gets an offset in one arena such that tensors which live at the same
 * time do not overlap (lifetimes over n steps, or 2n with the way back; largest first). A plan does
 * not change after it was made.
 *
 * A node whose shape depends on data is *late*: it is prepared again in every run, with memory from
 * the session, and so are the nodes after it. A plan for training has none.
 *
 * The way back is the same nodes in reverse: no tape and no nodes for gradients. Of several users
 * of a value the last in order is the first to go back, sets its gradient, and the others add.
 */

/** Where a tensor lies. */
typedef enum davy_place {
    DAVY_PLACE_NONE,  /* nobody wants it */
    DAVY_PLACE_FIXED, /* tensor.data is there: constants, parameters, what was folded */
    DAVY_PLACE_INPUT, /* the caller's, bound at each run */
    DAVY_PLACE_ARENA, /* at `offset` */
    DAVY_PLACE_VIEW,  /* where value `of` lies */
    DAVY_PLACE_LATE   /* made at run time */
} davy_place;

typedef struct davy_planned {
    davy_tensor tensor; /* type, shape; data when FIXED */
    davy_place place;
    davy_value of;         /* VIEW: the value it is a view of */
    size_t offset;         /* ARENA */
    bool has_diff;         /* a gradient flows to it */
    davy_place diff_place; /* FIXED: a parameter's, in the gradient vector; ARENA; VIEW */
    size_t diff_offset;    /* bytes, in the gradient vector or in the arena */
} davy_planned;

typedef struct davy_step {
    const davy_node *node;
    size_t index; /* of the node */
    void *state;
    bool late;
    size_t saved_size, saved_offset, scratch_size, scratch_offset;
    bool *diff_add; /* [in_count]; NULL when nothing flows back through it */
} davy_step;

typedef struct davy_plan {
    const davy_graph *graph;
    davy_arena memory;    /* all of the plan's own */
    davy_env env;         /* without pool and step */
    davy_planned *values; /* [graph->value_count] */
    davy_step *steps;     /* [step_count] those that run, in order */
    size_t step_count;
    size_t arena_bytes, naive_bytes; /* with and without reuse */
    size_t parameter_bytes;          /* of the gradient vector; training only */
    bool has_late;
} davy_plan;

typedef struct davy_plan_options {
    davy_env env;    /* kernels, training, bf16, threads, memory_max */
    davy_value loss; /* training: the value that the gradient starts from */
    /* Copies of weights shared by plans; NULL: none are shared. */
    struct davy_packs *packs;
} davy_plan_options;

/**
 * @param shapes  [graph->input_count] type and dims of the inputs; data is not looked at
 * @return DAVY_ERR_INVALID when shapes do not fit, DAVY_ERR_FULL beyond env.memory_max,
 *         DAVY_ERR_UNSUPPORTED when training meets an operator without a way back or a late node
 */
DAVY_MUST_CHECK davy_status davy_plan_create(const davy_graph *graph, const davy_tensor *shapes,
                                             const davy_plan_options *options, davy_plan **out);
/** NULL is fine. */
void davy_plan_destroy(davy_plan *plan);
