/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "core/random.h"
#include "nn/memory.h"
#include "nn/runner.h"

#include <math.h>
#include <stdlib.h>

/**
 * @file
 * Gradients against finite differences, for tests of operators.
 *
 *     graph ... y = the operator under test
 *     gradient_check(graph, gradient_probe(graph, y), inputs);
 *
 * Differences are of fourth order with a step of 0.02, so smooth operators agree to about 1e-4;
 * inputs of operators with kinks (ReLU, max) must keep that step away from them.
 */
#define GRADIENT_STEP      0.02F
#define GRADIENT_TOLERANCE 2e-3
/* Elements of one tensor that are looked at, evenly spread. */
#define GRADIENT_ELEMENTS 64

/* Weights of the probe's sum: fixed, of both signs, none near 0. */
static float probe_weight(int64_t i)
{
    const float u = davy_random_uniform(17, 0, (uint64_t) i) - 0.5F;

    return u < 0 ? u - 0.5F : u + 0.5F;
}

static davy_status probe_prepare(davy_call *call)
{
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, 0, NULL);
}

static davy_status probe_forward(const davy_call *call)
{
    double sum = 0;

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        sum += (double) probe_weight(i) * (double) davy_f32(call->in[0])[i];
    *davy_f32(call->out[0]) = (float) sum;
    return DAVY_OK;
}

static void probe_backward(const davy_call *call)
{
    const float diff = *davy_f32(call->diff_out[0]);
    float *to = davy_f32(call->diff_in[0]);

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        to[i] = diff * probe_weight(i) + (call->diff_add[0] ? to[i] : 0);
}

static const davy_op gradient_probe_op = {
    .name = "probe",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_LOSS,
    .prepare = probe_prepare,
    .forward = probe_forward,
    .backward = probe_backward,
};

/* A weighted sum of all elements, to be the loss. */
static inline davy_value gradient_probe(davy_graph *graph, davy_value x)
{
    davy_node *node = davy_graph_node_of(graph, &gradient_probe_op, &x, 1, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Numbers in [-range, range] into a parameter, statistic or input tensor. */
static inline void gradient_fill(davy_tensor *tensor, uint32_t stream, float range)
{
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = range * (2 * davy_random_uniform(5, stream, (uint64_t) i) - 1);
}

/* All parameters of a graph. */
static inline void gradient_fill_parameters(davy_graph *graph, float range)
{
    for (size_t i = 0; i < graph->value_count; i++)
        if (graph->values[i].role == DAVY_ROLE_PARAMETER)
            gradient_fill(&graph->values[i].tensor, (uint32_t) i, range);
}

struct gradient_trial {
    davy_plan *plan;
    davy_runner *runner;
    davy_memory arena, diffs;
    const davy_tensor *inputs;
    davy_value loss;
};

static inline double gradient_loss(struct gradient_trial *trial)
{
    assert_ok(davy_runner_forward(trial->runner, trial->inputs));
    return (double) *davy_f32(davy_runner_value(trial->runner, trial->loss));
}

/* The loss with one element moved by `steps` steps. */
static inline double gradient_at(struct gradient_trial *trial, float *element, int steps)
{
    const float kept = *element;
    double loss;

    *element = kept + (float) steps * GRADIENT_STEP;
    loss = gradient_loss(trial);
    *element = kept;
    return loss;
}

static inline void gradient_compare(struct gradient_trial *trial, const char *name,
                                    const davy_tensor *tensor, const float *diff)
{
    const int64_t count = davy_tensor_count(tensor);
    const int64_t stride = (count + GRADIENT_ELEMENTS - 1) / GRADIENT_ELEMENTS;

    for (int64_t i = 0; i < count; i += stride) {
        float *element = &davy_f32(tensor)[i];
        const double near = gradient_at(trial, element, 1) - gradient_at(trial, element, -1);
        const double far = gradient_at(trial, element, 2) - gradient_at(trial, element, -2);
        const double expected = (8 * near - far) / (12 * (double) GRADIENT_STEP);

        if (!(fabs(expected - (double) diff[i]) <= GRADIENT_TOLERANCE * (1 + fabs(expected))))
            fail_msg("gradient of '%s'[%lld] is %g; differences say %g", name, (long long) i,
                     (double) diff[i], expected);
    }
}

/* Compare the gradients of all parameters and float inputs. Data of inputs is changed and put
 * back. Destroys the graph. */
static inline void gradient_check_threads(davy_graph *graph, davy_value loss,
                                          const davy_tensor *inputs, size_t threads)
{
    struct gradient_trial trial = {.inputs = inputs, .loss = loss};
    davy_pool *pool = NULL;
    float *kept;
    davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                         .training = true,
                                         .threads = threads,
                                         .memory_max = (size_t) 1 << 30},
                                 .loss = loss,
                                 .input_diff = true};

    assert_ok(davy_graph_status(graph));
    if (threads > 1)
        assert_ok(davy_pool_create(threads, &pool));
    assert_ok(davy_plan_create(graph, inputs, &options, &trial.plan));
    assert_ok(davy_runner_create(trial.plan, pool, &trial.runner));
    davy_runner_bind(trial.runner, davy_memory_reserve(&trial.arena, trial.plan->arena_bytes),
                     davy_memory_reserve(&trial.diffs, trial.plan->diff_bytes));
    /* What was not written must show. */
    memset(trial.arena.data, 0x7f, trial.plan->arena_bytes);
    memset(trial.diffs.data, 0, trial.plan->diff_bytes);
    (void) gradient_loss(&trial);
    davy_runner_backward(trial.runner, 1);
    for (size_t i = 0; i < graph->value_count; i++) {
        const davy_tensor *diff = davy_runner_diff(trial.runner, (davy_value) i);
        const davy_role role = graph->values[i].role;

        if (!diff || (role != DAVY_ROLE_PARAMETER && role != DAVY_ROLE_INPUT))
            continue;
        /* Later runs write over the arena, so the gradient is compared from a copy. */
        kept = malloc(davy_tensor_bytes(diff) + 1);
        assert_non_null(kept);
        (void) gradient_loss(&trial);
        davy_runner_backward(trial.runner, 1);
        memcpy(kept, diff->data, davy_tensor_bytes(diff));
        gradient_compare(&trial, graph->values[i].name,
                         davy_runner_value(trial.runner, (davy_value) i), kept);
        free(kept);
    }
    davy_runner_destroy(trial.runner);
    davy_plan_destroy(trial.plan);
    davy_memory_clear(&trial.arena);
    davy_memory_clear(&trial.diffs);
    davy_pool_destroy(pool);
    davy_graph_destroy(graph);
}

static inline void gradient_check(davy_graph *graph, davy_value loss, const davy_tensor *inputs)
{
    gradient_check_threads(graph, loss, inputs, 1);
}

/* A tensor of floats in its own memory, filled; free(tensor.data). */
static inline davy_tensor gradient_input(int rank, const int64_t *dims, uint32_t stream,
                                         float range)
{
    davy_tensor tensor;

    assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims));
    tensor.data = malloc(davy_tensor_bytes(&tensor) + 1);
    assert_non_null(tensor.data);
    gradient_fill(&tensor, stream, range);
    return tensor;
}
