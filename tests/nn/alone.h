/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "gradient.h"

/**
 * @file
 * One operator alone, for tests of its numbers.
 *
 *     graph = operator_graph("conv", inputs, 3, set, &c, &y);
 *     result = operator_run(graph, y, inputs, 1);
 */

/* Sets the attributes of the node under test. */
typedef void operator_set(davy_graph *graph, davy_node *node, const void *context);

/* A graph whose first value is the input inputs[0]; the others are parameters. Type NONE: absent.
 * The node's first output is an output of the graph. */
static inline davy_graph *operator_graph(const char *op, const davy_tensor *inputs, size_t count,
                                         operator_set *set, const void *context, davy_value *y)
{
    davy_graph *graph;
    davy_value in[8];
    davy_node *node;
    int64_t dims[DAVY_RANK_MAX];

    assert_ok(davy_graph_create(op, 0, &graph));
    memcpy(dims, inputs[0].dims, sizeof dims);
    dims[0] = -1;
    in[0] = davy_graph_input(graph, "x", inputs[0].type, inputs[0].rank, dims);
    for (size_t i = 1; i < count; i++) {
        char name[16];

        (void) snprintf(name, sizeof name, "in%zu", i);
        in[i] = DAVY_VALUE_NONE;
        if (inputs[i].type == DAVY_TYPE_NONE)
            continue;
        in[i] =
            davy_graph_parameter(graph, name, DAVY_ROLE_PARAMETER, inputs[i].rank, inputs[i].dims);
        memcpy(graph->values[in[i]].tensor.data, inputs[i].data, davy_tensor_bytes(&inputs[i]));
    }
    node = davy_graph_node(graph, op, in, count, 1);
    if (node && set)
        set(graph, node, context);
    *y = node ? node->out[0] : DAVY_VALUE_NONE;
    davy_graph_output(graph, *y);
    return graph;
}

struct operator_options {
    const davy_kernels *kernels; /* NULL: the best */
    size_t threads;
    bool training, bf16;
    uint64_t seed, step;
};

/* Plan for an operator's graph, or the status that it fails with. */
static inline davy_status operator_plan(const davy_graph *graph, const davy_tensor *inputs,
                                        const struct operator_options *options, davy_value loss,
                                        davy_plan **plan)
{
    davy_plan_options plan_options = {
        .env = {.kernels = options->kernels ? options->kernels : davy_kernels_best(),
                .training = options->training,
                .bf16 = options->bf16,
                .threads = options->threads,
                .memory_max = (size_t) 1 << 30},
        .loss = loss,
        .changing = true,
        .input_diff = options->training};

    return davy_plan_create(graph, inputs, &plan_options, plan);
}

/* Run it. @return a copy of value y; free(result.data) */
static inline davy_tensor operator_run_with(const davy_graph *graph, davy_value y,
                                            const davy_tensor *inputs,
                                            const struct operator_options *options)
{
    davy_plan *plan;
    davy_runner *runner;
    davy_pool *pool = NULL;
    davy_memory arena = {0};
    davy_tensor result;

    assert_ok(davy_graph_status(graph));
    assert_ok(operator_plan(graph, inputs, options, DAVY_VALUE_NONE, &plan));
    if (options->threads > 1)
        assert_ok(davy_pool_create(options->threads, &pool));
    assert_ok(davy_runner_create(plan, pool, &runner));
    davy_runner_bind(runner, davy_memory_reserve(&arena, plan->arena_bytes), NULL);
    memset(arena.data, 0x7f, plan->arena_bytes); /* what was not written must show */
    davy_runner_seed(runner, options->seed, options->step);
    assert_ok(davy_runner_forward(runner, inputs));
    result = *davy_runner_value(runner, y);
    result.data = malloc(davy_tensor_bytes(&result) + 1);
    assert_non_null(result.data);
    memcpy(result.data, davy_runner_value(runner, y)->data, davy_tensor_bytes(&result));
    davy_runner_destroy(runner);
    davy_plan_destroy(plan);
    davy_pool_destroy(pool);
    davy_memory_clear(&arena);
    return result;
}

static inline davy_tensor operator_run(const davy_graph *graph, davy_value y,
                                       const davy_tensor *inputs, size_t threads)
{
    return operator_run_with(graph, y, inputs, &(struct operator_options){.threads = threads});
}

/* Each element within `tolerance` of the expected one, relative above 1. There are as many as the
 * result has, which the analyzer cannot know. */
static inline void operator_expect(const davy_tensor *result, const double *expected,
                                   double tolerance)
{
    for (int64_t i = 0; i < davy_tensor_count(result); i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        if (!(fabs((double) davy_f32(result)[i] - expected[i]) <=
              tolerance * (1 + fabs(expected[i]))))
            fail_msg("element %lld is %g instead of %g", (long long) i,
                     (double) davy_f32(result)[i], expected[i]);
}

/* Same bits with the input's first row alone as in the whole batch, and with two threads. */
static inline void operator_expect_same_bits(const davy_graph *graph, davy_value y,
                                             const davy_tensor *inputs)
{
    davy_tensor first = inputs[0];
    davy_tensor whole = operator_run(graph, y, inputs, 1), two = operator_run(graph, y, inputs, 2);
    davy_tensor alone;

    assert_memory_equal(whole.data, two.data, davy_tensor_bytes(&whole));
    first.dims[0] = 1;
    alone = operator_run(graph, y, &first, 1);
    assert_memory_equal(whole.data, alone.data, davy_tensor_bytes(&alone));
    free(whole.data);
    free(two.data);
    free(alone.data);
}

/* The gradients of values 0 .. count-1 by a probe's sum of y; free each diff's data. */
static inline void operator_gradients(davy_graph *graph, davy_value y, const davy_tensor *inputs,
                                      const struct operator_options *given, davy_tensor *diffs,
                                      size_t count)
{
    struct operator_options options = *given;
    davy_plan *plan;
    davy_runner *runner;
    davy_pool *pool = NULL;
    davy_memory arena = {0}, memory = {0};

    options.training = true;
    assert_ok(operator_plan(graph, inputs, &options, gradient_probe(graph, y), &plan));
    if (options.threads > 1)
        assert_ok(davy_pool_create(options.threads, &pool));
    assert_ok(davy_runner_create(plan, pool, &runner));
    davy_runner_bind(runner, davy_memory_reserve(&arena, plan->arena_bytes),
                     davy_memory_reserve(&memory, plan->diff_bytes));
    memset(arena.data, 0x7f, plan->arena_bytes);
    davy_runner_seed(runner, options.seed, options.step);
    assert_ok(davy_runner_forward(runner, inputs));
    davy_runner_backward(runner, 1);
    for (size_t i = 0; i < count; i++) {
        const davy_tensor *diff = davy_runner_diff(runner, (davy_value) i);

        assert_non_null(diff);
        diffs[i] = *diff;
        diffs[i].data = malloc(davy_tensor_bytes(diff) + 1);
        assert_non_null(diffs[i].data);
        memcpy(diffs[i].data, diff->data, davy_tensor_bytes(diff));
    }
    davy_runner_destroy(runner);
    davy_plan_destroy(plan);
    davy_pool_destroy(pool);
    davy_memory_clear(&arena);
    davy_memory_clear(&memory);
}

/* Finite differences of a graph made by operator_graph(), with one thread and two. */
static inline void operator_check_gradient(const char *op, const davy_tensor *inputs, size_t count,
                                           operator_set *set, const void *context)
{
    for (size_t threads = 1; threads <= 2; threads++) {
        davy_value y;
        davy_graph *graph = operator_graph(op, inputs, count, set, context, &y);

        gradient_check_threads(graph, gradient_probe(graph, y), inputs, threads);
    }
}
