/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolution in bf16 beside the same in floats.
 */
#include "nn/layers.h"
#include "nn/simd/amx.h"

#include "conv_cases.h"

/* bf16 keeps 8 bits: products of numbers below 1 differ by 2^-8, sums of n of them by less than
 * sqrt(n) times as much. Far above that something is wrong, not rounded. */
static void expect_rounded(const davy_tensor *exact, const davy_tensor *rounded, double scale)
{
    assert_int_equal(davy_tensor_count(exact), davy_tensor_count(rounded));
    for (int64_t i = 0; i < davy_tensor_count(exact); i++)
        if (!(fabs((double) davy_f32(exact)[i] - (double) davy_f32(rounded)[i]) <= scale))
            fail_msg("element %lld is %g instead of %g", (long long) i,
                     (double) davy_f32(rounded)[i], (double) davy_f32(exact)[i]);
}

/* Values and gradients with floats and with bf16, and bf16 with one thread and two. */
static void compare_precisions(davy_graph *graph, davy_value y, const davy_tensor *inputs,
                               size_t count, double tolerance)
{
    struct operator_options options = {.threads = 1};
    davy_tensor result[3], diffs[3][8];

    for (int i = 0; i < 3; i++) {
        options.bf16 = i > 0;
        options.threads = i > 1 ? 2 : 1;
        result[i] = operator_run_with(graph, y, inputs, &options);
        operator_gradients(graph, y, inputs, &options, diffs[i], count);
    }
    expect_rounded(&result[0], &result[1], tolerance);
    assert_memory_equal(result[1].data, result[2].data, davy_tensor_bytes(&result[1]));
    for (size_t k = 0; k < count; k++) {
        double most = 1;

        for (int64_t i = 0; i < davy_tensor_count(&diffs[0][k]); i++)
            most = fmax(most, fabs((double) davy_f32(&diffs[0][k])[i]));
        expect_rounded(&diffs[0][k], &diffs[1][k], tolerance * most);
        assert_memory_equal(diffs[1][k].data, diffs[2][k].data, davy_tensor_bytes(&diffs[1][k]));
    }
    for (int i = 0; i < 3; i++) {
        free(result[i].data);
        for (size_t k = 0; k < count; k++)
            free(diffs[i][k].data);
    }
}

static void rounds_its_operands_where_bf16_is_allowed(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const struct conv_case *c = &cases[i];
        davy_tensor inputs[3];
        davy_value y;
        davy_graph *graph;

        print_message("# %s\n", c->name);
        make_inputs(c, inputs);
        graph = operator_graph("conv", inputs, 3, set_conv, c, &y);
        compare_precisions(graph, y, inputs, c->no_bias ? 2 : 3, 0.06);
        davy_graph_destroy(graph);
        free_inputs(inputs);
    }
}

/* Between layers that take bf16 the tensors themselves are bf16, and so are their gradients. */
static void hands_on_bf16_between_layers(void **state)
{
    davy_tensor x = gradient_input(4, (int64_t[]){5, 30, 40, 3}, 1, 1);
    const davy_conv_options first = {.channels = 32,
                                     .window = {.kernel = {3, 3}},
                                     .activation = DAVY_ACTIVATION_TANH,
                                     .pool = true};
    const davy_conv_options second = {.channels = 36,
                                      .window = {.kernel = {3, 3}, .same = true},
                                      .activation = DAVY_ACTIVATION_SILU};
    const davy_conv_options pixels = {
        .channels = 24, .window = {.kernel = {1, 1}}, .activation = DAVY_ACTIVATION_SILU};
    const davy_conv_options third = {.channels = 8,
                                     .window = {.kernel = {3, 2}, .stride = {2, 2}},
                                     .activation = DAVY_ACTIVATION_TANH};
    const davy_conv_options last = {.channels = 6, .window = {.kernel = {1, 1}}};
    davy_graph *graph;
    davy_value y;

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    assert_ok(davy_graph_create("layers", 0, &graph));
    y = davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, (int64_t[]){-1, 30, 40, 3});
    y = davy_layer_conv(graph, "first", y, &first);
    y = davy_layer_conv(graph, "second", y, &second);
    y = davy_layer_conv(graph, "pixels", y, &pixels);
    y = davy_layer_conv(graph, "third", y, &third);
    y = davy_layer_conv(graph, "last", y, &last);
    y = davy_layer_dense(graph, "dense", davy_layer_flatten(graph, y), 5, DAVY_ACTIVATION_NONE);
    davy_graph_output(graph, y);
    davy_layers_initialise(graph, 3);
    compare_precisions(graph, y, &x, 1, 0.06);
    davy_graph_destroy(graph);
    free(x.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_its_operands_where_bf16_is_allowed),
        cmocka_unit_test(hands_on_bf16_between_layers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
