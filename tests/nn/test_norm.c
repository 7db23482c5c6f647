/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batch, layer and group norm against their definitions, and against differences.
 */
#include "alone.h"

struct norm_case {
    const char *op;
    int rank;
    int64_t dims[4], groups;
    bool frozen;
};

static const struct norm_case cases[] = {
    {"layer_norm", 2, {5, 33}, 1, false},       {"layer_norm", 3, {3, 7, 20}, 1, false},
    {"group_norm", 4, {3, 4, 5, 12}, 3, false}, {"group_norm", 4, {2, 3, 3, 6}, 6, false},
    {"group_norm", 3, {20, 5, 8}, 1, false},
};

static void set_norm(davy_graph *graph, davy_node *node, const void *context)
{
    const struct norm_case *c = context;

    if (strcmp(c->op, "group_norm") == 0)
        davy_node_set_int(graph, node, "groups", c->groups);
    davy_node_set_float(graph, node, "epsilon", 0.01F);
    if (c->frozen)
        davy_node_set_int(graph, node, "frozen", 1);
}

static void make_inputs(const struct norm_case *c, davy_tensor inputs[5])
{
    inputs[0] = gradient_input(c->rank, c->dims, 1, 2);
    for (uint32_t i = 1; i < 5; i++)
        inputs[i] = gradient_input(1, &c->dims[c->rank - 1], i + 1, 1);
    for (int64_t i = 0; i < inputs[4].dims[0]; i++)
        davy_f32(&inputs[4])[i] = 1.5F + davy_f32(&inputs[4])[i]; /* a variance */
}

static void free_inputs(davy_tensor inputs[5])
{
    for (int i = 0; i < 5; i++)
        free(inputs[i].data);
}

/* y over the elements start + p * step + c for p below pixels, c below width. */
static void normalise(const davy_tensor inputs[5], int64_t start, int64_t step, int64_t pixels,
                      int64_t width, int64_t channel, double *y)
{
    const float *x = davy_f32(&inputs[0]) + start;
    const double count = (double) (pixels * width);
    double mean = 0, variance = 0;

    for (int64_t i = 0; i < pixels * width; i++)
        mean += (double) x[i / width * step + i % width] / count;
    for (int64_t i = 0; i < pixels * width; i++) {
        const double d = (double) x[i / width * step + i % width] - mean;

        variance += d * d / count;
    }
    for (int64_t i = 0; i < pixels * width; i++) {
        const int64_t at = i / width * step + i % width;

        y[start + at] = ((double) x[at] - mean) / sqrt(variance + 0.01) *
                            (double) davy_f32(&inputs[1])[channel + i % width] +
                        (double) davy_f32(&inputs[2])[channel + i % width];
    }
}

static void brings_groups_to_mean_0_and_variance_1(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const struct norm_case *c = &cases[i];
        const bool layer = strcmp(c->op, "layer_norm") == 0;
        const int64_t channels = c->dims[c->rank - 1], width = channels / c->groups;
        davy_tensor inputs[5], result;
        davy_value y;
        davy_graph *graph;
        double *expected;
        int64_t samples, pixels;

        print_message("# case %zu\n", i);
        make_inputs(c, inputs);
        samples = davy_tensor_span(&inputs[0], 0, layer ? c->rank - 1 : 1);
        pixels = layer ? 1 : davy_tensor_span(&inputs[0], 1, c->rank - 1);
        expected = malloc((size_t) davy_tensor_count(&inputs[0]) * sizeof *expected);
        assert_non_null(expected);
        for (int64_t n = 0; n < samples; n++)
            for (int64_t g = 0; g < c->groups; g++)
                normalise(inputs, n * pixels * channels + g * width, channels, pixels, width,
                          g * width, expected);
        graph = operator_graph(c->op, inputs, 3, set_norm, c, &y);
        result = operator_run(graph, y, inputs, 1);
        operator_expect(&result, expected, 1e-5);
        operator_expect_same_bits(graph, y, inputs);
        davy_graph_destroy(graph);
        free(expected);
        free(result.data);
        free_inputs(inputs);
    }
}

static void has_the_gradient_that_differences_show(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_tensor inputs[5];

        print_message("# case %zu\n", i);
        make_inputs(&cases[i], inputs);
        operator_check_gradient(cases[i].op, inputs, 3, set_norm, &cases[i]);
        free_inputs(inputs);
    }
}

static const struct norm_case batch = {"batch_norm", 4, {3, 4, 5, 6}, 1, false};

/* A graph of batch norm whose last two inputs are statistics. */
static davy_graph *batch_graph(const struct norm_case *c, const davy_tensor inputs[5],
                               davy_value *y)
{
    davy_graph *graph = operator_graph("batch_norm", inputs, 5, set_norm, c, y);

    for (size_t i = 3; i < 5; i++)
        graph->values[i].role = DAVY_ROLE_STATISTIC;
    return graph;
}

static void batch_norm_serves_by_its_statistics(void **state)
{
    davy_tensor inputs[5], result;
    davy_value y;
    davy_graph *graph;

    (void) state;
    make_inputs(&batch, inputs);
    graph = batch_graph(&batch, inputs, &y);
    result = operator_run(graph, y, inputs, 1);
    for (int64_t i = 0; i < davy_tensor_count(&result); i++) {
        const int64_t c = i % 6;
        const double expected =
            ((double) davy_f32(&inputs[0])[i] - (double) davy_f32(&inputs[3])[c]) /
                sqrt((double) davy_f32(&inputs[4])[c] + 0.01) * (double) davy_f32(&inputs[1])[c] +
            (double) davy_f32(&inputs[2])[c];

        assert_near(davy_f32(&result)[i], expected, 1e-5);
    }
    operator_expect_same_bits(graph, y, inputs);
    davy_graph_destroy(graph);
    free(result.data);
    free_inputs(inputs);
}

/* ONNX BatchNormalization-15: running = 0.9 running + 0.1 batch, of the population's variance. */
static void batch_norm_trains_by_the_batch(void **state)
{
    davy_tensor inputs[5], result;
    davy_value y;
    davy_graph *graph;

    (void) state;
    make_inputs(&batch, inputs);
    graph = batch_graph(&batch, inputs, &y);
    result = operator_run_with(graph, y, inputs,
                               &(struct operator_options){.threads = 2, .training = true});
    for (int64_t c = 0; c < 6; c++) {
        double mean = 0, variance = 0;

        for (int64_t p = 0; p < 60; p++)
            mean += (double) davy_f32(&inputs[0])[p * 6 + c] / 60;
        for (int64_t p = 0; p < 60; p++)
            variance += pow((double) davy_f32(&inputs[0])[p * 6 + c] - mean, 2) / 60;
        for (int64_t p = 0; p < 60; p++)
            assert_near(davy_f32(&result)[p * 6 + c],
                        ((double) davy_f32(&inputs[0])[p * 6 + c] - mean) / sqrt(variance + 0.01) *
                                (double) davy_f32(&inputs[1])[c] +
                            (double) davy_f32(&inputs[2])[c],
                        1e-5);
        assert_near(davy_f32(&graph->values[3].tensor)[c],
                    0.9 * (double) davy_f32(&inputs[3])[c] + 0.1 * mean, 1e-5);
        assert_near(davy_f32(&graph->values[4].tensor)[c],
                    0.9 * (double) davy_f32(&inputs[4])[c] + 0.1 * variance, 1e-5);
    }
    davy_graph_destroy(graph);
    free(result.data);
    free_inputs(inputs);
}

static void batch_norm_has_the_gradient_that_differences_show(void **state)
{
    struct norm_case c = batch;

    (void) state;
    for (int frozen = 0; frozen < 2; frozen++)
        for (size_t threads = 1; threads <= 2; threads++) {
            davy_tensor inputs[5];
            davy_value y;
            davy_graph *graph;

            c.frozen = frozen;
            make_inputs(&c, inputs);
            graph = batch_graph(&c, inputs, &y);
            gradient_check_threads(graph, gradient_probe(graph, y), inputs, threads);
            free_inputs(inputs);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_groups_to_mean_0_and_variance_1),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(batch_norm_serves_by_its_statistics),
        cmocka_unit_test(batch_norm_trains_by_the_batch),
        cmocka_unit_test(batch_norm_has_the_gradient_that_differences_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
