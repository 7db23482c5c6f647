/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activations and softmax against their formulas in double precision, and against differences.
 */
#include "alone.h"

static double relu(double x)
{
    return x > 0 ? x : 0;
}

static double leaky(double x)
{
    return x > 0 ? x : 0.1 * x;
}

static double gelu(double x)
{
    return x * 0.5 * (1 + erf(x / sqrt(2)));
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static const struct {
    const char *op;
    double (*formula)(double);
    bool kink;
} activations[] = {
    {"relu", relu, true},  {"leaky_relu", leaky, true}, {"gelu", gelu, false},
    {"silu", silu, false}, {"sigmoid", sigmoid, false}, {"tanh", tanh, false},
};

static void set_alpha(davy_graph *graph, davy_node *node, const void *context)
{
    (void) context;
    davy_node_set_float(graph, node, "alpha", 0.1F);
}

/* Numbers of both signs; not near 0 where the function has a kink. */
static davy_tensor make_input(int64_t columns, bool kink)
{
    davy_tensor x = gradient_input(2, (int64_t[]){9, columns}, 1, 4);

    for (int64_t i = 0; kink && i < davy_tensor_count(&x); i++)
        davy_f32(&x)[i] += davy_f32(&x)[i] < 0 ? -0.1F : 0.1F;
    return x;
}

static void follows_its_formula(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(activations); i++) {
        davy_tensor x = make_input(2500, false), result;
        davy_value y;
        davy_graph *graph = operator_graph(activations[i].op, &x, 1, set_alpha, NULL, &y);

        print_message("# %s\n", activations[i].op);
        result = operator_run(graph, y, &x, 1);
        for (int64_t k = 0; k < davy_tensor_count(&x); k++)
            assert_near(davy_f32(&result)[k], activations[i].formula((double) davy_f32(&x)[k]),
                        2e-6);
        operator_expect_same_bits(graph, y, &x);
        davy_graph_destroy(graph);
        free(result.data);
        free(x.data);
    }
}

static void has_the_gradient_that_differences_show(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(activations); i++) {
        davy_tensor x = make_input(30, activations[i].kink);

        print_message("# %s\n", activations[i].op);
        operator_check_gradient(activations[i].op, &x, 1, set_alpha, NULL);
        free(x.data);
    }
}

static void set_axis(davy_graph *graph, davy_node *node, const void *context)
{
    davy_node_set_int(graph, node, "axis", *(const int *) context);
}

static void softmax_sums_to_one_along_its_axis(void **state)
{
    static const int axes[] = {-1, 1, 2, -2};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(axes); i++) {
        davy_tensor x = gradient_input(4, (int64_t[]){3, 5, 7, 18}, 1, 3), result;
        const int axis = (axes[i] + 4) % 4;
        const int64_t length = x.dims[axis], inner = davy_tensor_span(&x, axis + 1, 4);
        davy_value y;
        davy_graph *graph = operator_graph("softmax", &x, 1, set_axis, &axes[i], &y);

        result = operator_run(graph, y, &x, 1);
        for (int64_t k = 0; k < davy_tensor_count(&x); k++) {
            const int64_t start = k / (length * inner) * length * inner + k % inner;
            double sum = 0;

            for (int64_t j = 0; j < length; j++)
                sum += exp((double) davy_f32(&x)[start + j * inner]);
            assert_near(davy_f32(&result)[k], exp((double) davy_f32(&x)[k]) / sum, 1e-6);
        }
        operator_expect_same_bits(graph, y, &x);
        davy_graph_destroy(graph);
        operator_check_gradient("softmax", &x, 1, set_axis, &axes[i]);
        free(result.data);
        free(x.data);
    }
}

static void softmax_of_large_numbers_is_finite(void **state)
{
    const float large[] = {3e4F, 3e4F, -3e4F};
    const double halves[] = {0.5, 0.5, 0};
    davy_tensor x = gradient_input(2, (int64_t[]){1, 3}, 1, 1), result;
    davy_value y;
    davy_graph *graph = operator_graph("softmax", &x, 1, NULL, NULL, &y);

    (void) state;
    memcpy(x.data, large, sizeof large);
    result = operator_run(graph, y, &x, 1);
    operator_expect(&result, halves, 0);
    davy_graph_destroy(graph);
    free(result.data);
    free(x.data);
}

static void passes_on_what_is_not_a_number(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(activations); i++) {
        davy_tensor x = make_input(30, false), result;
        davy_value y;
        davy_graph *graph = operator_graph(activations[i].op, &x, 1, NULL, NULL, &y);

        davy_f32(&x)[4] = NAN;
        result = operator_run(graph, y, &x, 1);
        assert_true(isnan(davy_f32(&result)[4]));
        davy_graph_destroy(graph);
        free(result.data);
        free(x.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_its_formula),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(softmax_sums_to_one_along_its_axis),
        cmocka_unit_test(softmax_of_large_numbers_is_finite),
        cmocka_unit_test(passes_on_what_is_not_a_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
