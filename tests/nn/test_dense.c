/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dense product against its definition, summed in double precision, and against differences.
 */
#include "nn/simd/amx.h"

#include "alone.h"

struct dense_case {
    int rank;
    int64_t dims[3], units;
    const char *activation;
    bool no_bias;
};

static const struct dense_case cases[] = {
    {2, {1, 5}, 3, "none", false},       {2, {7, 33}, 17, "tanh", false},
    {2, {70, 20}, 129, "sigmoid", true}, {3, {3, 9, 12}, 10, "gelu", false},
    {3, {2, 40, 24}, 72, "silu", false}, {2, {130, 64}, 64, "none", false},
    {2, {3, 700}, 200, "none", true},
};

static void set_dense(davy_graph *graph, davy_node *node, const void *context)
{
    davy_node_set_text(graph, node, "activation",
                       ((const struct dense_case *) context)->activation);
}

static void make_inputs(const struct dense_case *c, davy_tensor inputs[3])
{
    const int64_t weights[2] = {c->dims[c->rank - 1], c->units};

    inputs[0] = gradient_input(c->rank, c->dims, 1, 1);
    inputs[1] = gradient_input(2, weights, 2, 0.5F);
    inputs[2] = (davy_tensor){0};
    if (!c->no_bias)
        inputs[2] = gradient_input(1, &c->units, 3, 1);
}

static void free_inputs(davy_tensor inputs[3])
{
    for (int i = 0; i < 3; i++)
        free(inputs[i].data);
}

static double activate(const char *name, double x)
{
    if (strcmp(name, "tanh") == 0)
        return tanh(x);
    if (strcmp(name, "sigmoid") == 0)
        return 1 / (1 + exp(-x));
    if (strcmp(name, "silu") == 0)
        return x / (1 + exp(-x));
    return strcmp(name, "gelu") == 0 ? x * 0.5 * (1 + erf(x / sqrt(2))) : x;
}

static double *reference(const struct dense_case *c, const davy_tensor inputs[3])
{
    const int64_t inner = c->dims[c->rank - 1], rows = davy_tensor_count(&inputs[0]) / inner;
    double *y = malloc((size_t) (rows * c->units) * sizeof *y);

    assert_non_null(y);
    for (int64_t i = 0; i < rows * c->units; i++) {
        const int64_t row = i / c->units, unit = i % c->units;
        double sum = c->no_bias ? 0 : (double) davy_f32(&inputs[2])[unit];

        for (int64_t k = 0; k < inner; k++)
            sum += (double) davy_f32(&inputs[0])[row * inner + k] *
                   (double) davy_f32(&inputs[1])[k * c->units + unit];
        y[i] = activate(c->activation, sum);
    }
    return y;
}

static void is_the_sum_of_its_definition(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_tensor inputs[3], result;
        davy_value y;
        davy_graph *graph;
        double *expected;

        print_message("# case %zu\n", i);
        make_inputs(&cases[i], inputs);
        expected = reference(&cases[i], inputs);
        graph = operator_graph("dense", inputs, 3, set_dense, &cases[i], &y);
        result = operator_run(graph, y, inputs, 1);
        operator_expect(&result, expected, 2e-5);
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
        davy_tensor inputs[3];

        print_message("# case %zu\n", i);
        make_inputs(&cases[i], inputs);
        operator_check_gradient("dense", inputs, 3, set_dense, &cases[i]);
        free_inputs(inputs);
    }
}

/* The factors keep 8 bits: far above that something is wrong, not rounded. */
static void rounds_its_operands_where_bf16_is_allowed(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const size_t count = cases[i].no_bias ? 2 : 3;
        davy_tensor inputs[3], result[2], diffs[2][3];
        davy_value y;
        davy_graph *graph;

        print_message("# case %zu\n", i);
        make_inputs(&cases[i], inputs);
        graph = operator_graph("dense", inputs, 3, set_dense, &cases[i], &y);
        for (int bf16 = 0; bf16 < 2; bf16++) {
            const struct operator_options options = {.threads = 1, .bf16 = bf16};

            result[bf16] = operator_run_with(graph, y, inputs, &options);
            operator_gradients(graph, y, inputs, &options, diffs[bf16], count);
        }
        for (int64_t e = 0; e < davy_tensor_count(&result[0]); e++)
            assert_near(davy_f32(&result[0])[e], davy_f32(&result[1])[e], 0.06);
        for (size_t k = 0; k < count; k++)
            for (int64_t e = 0; e < davy_tensor_count(&diffs[0][k]); e++)
                assert_near(davy_f32(&diffs[0][k])[e], davy_f32(&diffs[1][k])[e],
                            0.02 * (5 + fabs((double) davy_f32(&diffs[0][k])[e])));
        for (int bf16 = 0; bf16 < 2; bf16++) {
            free(result[bf16].data);
            for (size_t k = 0; k < count; k++)
                free(diffs[bf16][k].data);
        }
        davy_graph_destroy(graph);
        free_inputs(inputs);
    }
}

/* By hand: [1 2] [[1 0 -1], [2 1 0]] + [0 -3 4] = [5 -1 3], and ReLU. */
static void follows_a_hand_calculation(void **state)
{
    static const struct dense_case c = {2, {1, 2}, 3, "relu", false};
    float x[] = {1, 2}, weights[] = {1, 0, -1, 2, 1, 0}, bias[] = {0, -3, 4};
    davy_tensor inputs[3];
    davy_value y;
    davy_graph *graph;
    davy_tensor result;

    (void) state;
    make_inputs(&c, inputs);
    memcpy(inputs[0].data, x, sizeof x);
    memcpy(inputs[1].data, weights, sizeof weights);
    memcpy(inputs[2].data, bias, sizeof bias);
    graph = operator_graph("dense", inputs, 3, set_dense, &c, &y);
    result = operator_run(graph, y, inputs, 1);
    operator_expect(&result, (const double[]){5, 0, 3}, 0);
    davy_graph_destroy(graph);
    free(result.data);
    free_inputs(inputs);
}

static void refuses_what_does_not_fit(void **state)
{
    static const struct dense_case c = {2, {2, 4}, 3, "none", false};
    davy_tensor inputs[3];
    davy_value y;
    davy_graph *graph;
    davy_plan *plan;

    (void) state;
    make_inputs(&c, inputs);
    inputs[1].dims[0] = 3;
    graph = operator_graph("dense", inputs, 3, set_dense, &c, &y);
    assert_fails(operator_plan(graph, inputs, &(struct operator_options){.threads = 1},
                               DAVY_VALUE_NONE, &plan),
                 DAVY_ERR_INVALID, "weights for 3 inputs");
    davy_graph_destroy(graph);
    free_inputs(inputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_sum_of_its_definition),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(rounds_its_operands_where_bf16_is_allowed),
        cmocka_unit_test(follows_a_hand_calculation),
        cmocka_unit_test(refuses_what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
