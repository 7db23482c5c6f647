/* SPDX-License-Identifier: Apache-2.0 */
#include "gradient.h"

#include "nn/layers.h"
#include "nn/network.h"
#include "nn/simd/amx.h"

/* A dense layer, once forward and back, with or without bf16. */
struct trial {
    davy_graph *graph;
    davy_value y;
    davy_plan *plan;
    davy_runner *runner;
    davy_pool *pool;
    davy_memory arena, diffs;
};

static void start(int64_t rows, int64_t inputs, int64_t outputs, bool bf16, size_t threads,
                  struct trial *trial)
{
    const int64_t dims[] = {rows, inputs};
    davy_tensor input = gradient_input(2, dims, 3, 1);
    davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                         .training = true,
                                         .bf16 = bf16,
                                         .threads = threads,
                                         .memory_max = (size_t) 1 << 30},
                                 .input_diff = true};

    *trial = (struct trial){0};
    assert_ok(davy_graph_create("dense", 0, &trial->graph));
    trial->y = davy_graph_input(trial->graph, "x", DAVY_TYPE_F32, 2, dims);
    trial->y = davy_layer_dense(trial->graph, "dense", trial->y, outputs, DAVY_ACTIVATION_GELU);
    options.loss = gradient_probe(trial->graph, trial->y);
    gradient_fill_parameters(trial->graph, 0.5F);
    assert_ok(davy_graph_status(trial->graph));
    if (threads > 1)
        assert_ok(davy_pool_create(threads, &trial->pool));
    assert_ok(davy_plan_create(trial->graph, &input, &options, &trial->plan));
    assert_ok(davy_runner_create(trial->plan, trial->pool, &trial->runner));
    davy_runner_bind(trial->runner, davy_memory_reserve(&trial->arena, trial->plan->arena_bytes),
                     davy_memory_reserve(&trial->diffs, trial->plan->diff_bytes));
    memset(trial->arena.data, 0xff, trial->plan->arena_bytes); /* NaN: what was not written shows */
    assert_ok(davy_runner_forward(trial->runner, &input));
    davy_runner_backward(trial->runner, 1);
    free(input.data);
}

static void stop(struct trial *trial)
{
    davy_runner_destroy(trial->runner);
    davy_plan_destroy(trial->plan);
    davy_memory_clear(&trial->arena);
    davy_memory_clear(&trial->diffs);
    davy_pool_destroy(trial->pool);
    davy_graph_destroy(trial->graph);
}

/* Distance of two tensors by the length of the second. */
static double distance(const davy_tensor *a, const davy_tensor *b)
{
    double difference = 0, length = 0;

    assert_true(davy_tensor_same_shape(a, b));
    for (int64_t i = 0; i < davy_tensor_count(a); i++) {
        const double x = (double) davy_f32(a)[i], y = (double) davy_f32(b)[i];

        difference += (x - y) * (x - y);
        length += y * y;
    }
    return sqrt(difference / length);
}

static const int64_t shapes[][3] = {{64, 128, 96}, {37, 45, 19}, {1, 300, 16}, {130, 33, 70}};

/* A factor has 8 bits: a relative error of 2^-9 each, less in a sum. */
static void agrees_with_f32_to_the_bits_of_its_factors(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++) {
        struct trial exact, rounded;

        start(shapes[i][0], shapes[i][1], shapes[i][2], false, 1, &exact);
        start(shapes[i][0], shapes[i][1], shapes[i][2], true, 1, &rounded);
        assert_true(distance(davy_runner_value(rounded.runner, rounded.y),
                             davy_runner_value(exact.runner, exact.y)) < 0.008);
        for (davy_value v = 0; v < exact.graph->value_count; v++) {
            const davy_tensor *diff = davy_runner_diff(exact.runner, v);

            if (diff && exact.graph->values[v].role != DAVY_ROLE_MADE)
                assert_true(distance(davy_runner_diff(rounded.runner, v), diff) < 0.008);
        }
        /* ... and it was bf16 that ran. */
        assert_true(distance(davy_runner_value(rounded.runner, rounded.y),
                             davy_runner_value(exact.runner, exact.y)) > 1e-5);
        stop(&exact);
        stop(&rounded);
    }
}

static void gives_the_same_bits_in_any_threads(void **state)
{
    struct trial one, two;

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("no AMX");
    start(130, 64, 96, true, 1, &one);
    start(130, 64, 96, true, 2, &two);
    for (davy_value v = 0; v < one.graph->value_count; v++) {
        const davy_tensor *diff = davy_runner_diff(one.runner, v);

        if (diff && one.graph->values[v].role != DAVY_ROLE_MADE)
            assert_memory_equal(diff->data, davy_runner_diff(two.runner, v)->data,
                                davy_tensor_bytes(diff));
    }
    stop(&one);
    stop(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_f32_to_the_bits_of_its_factors),
        cmocka_unit_test(gives_the_same_bits_in_any_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
