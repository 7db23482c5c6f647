/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Max and average pools against their definition and against PyTorch 1.13's rules for ceil_mode.
 */
#include "alone.h"

struct pool_case {
    const char *op;
    int rank;
    int64_t batch, size[3], channels, kernel[3], stride[3], dilation[3], pads[6];
    bool ceil_mode, count_padding;
};

#define ONES    \
    {           \
        1, 1, 1 \
    }
static const struct pool_case cases[] = {
    {"max_pool", 2, 2, {8, 10}, 19, {2, 2}, {2, 2}, ONES, {0}, false, false},
    {"max_pool", 2, 2, {7, 9}, 4, {2, 2}, {2, 2}, ONES, {0}, true, false},
    {"max_pool", 2, 2, {7, 8}, 5, {3, 3}, {2, 2}, ONES, {1, 1, 1, 1}, false, false},
    {"max_pool", 2, 1, {9, 9}, 3, {5, 5}, ONES, ONES, {2, 2, 2, 2}, false, false},
    {"max_pool", 2, 1, {9, 8}, 3, {2, 3}, {1, 2}, {2, 3}, {1, 0, 1, 2}, false, false},
    {"max_pool", 1, 3, {11}, 6, {3}, {2}, ONES, {1, 0}, false, false},
    {"max_pool", 3, 1, {4, 5, 6}, 2, {2, 3, 2}, {2, 1, 2}, ONES, {0, 1, 0, 0, 1, 0}, false, false},
    {"average_pool", 2, 2, {8, 10}, 17, {2, 2}, {2, 2}, ONES, {0}, false, false},
    {"average_pool", 2, 2, {7, 8}, 5, {3, 3}, {2, 2}, ONES, {1, 1, 1, 1}, false, false},
    {"average_pool", 2, 2, {7, 8}, 5, {3, 3}, {2, 2}, ONES, {1, 1, 1, 1}, true, true},
    {"average_pool", 1, 3, {11}, 6, {4}, {3}, ONES, {2, 1}, true, true},
    {"average_pool", 3, 1, {4, 5, 6}, 2, {2, 3, 2}, {2, 1, 2}, ONES, {0}, false, false},
};

static void set_pool(davy_graph *graph, davy_node *node, const void *context)
{
    const struct pool_case *c = context;
    const size_t rank = (size_t) c->rank;

    davy_node_set_ints(graph, node, "kernel_shape", c->kernel, rank);
    davy_node_set_ints(graph, node, "strides", c->stride, rank);
    davy_node_set_ints(graph, node, "dilations", c->dilation, rank);
    davy_node_set_ints(graph, node, "pads", c->pads, 2 * rank);
    davy_node_set_int(graph, node, "ceil_mode", c->ceil_mode);
    davy_node_set_int(graph, node, "count_include_pad", c->count_padding);
}

/* Numbers 0.1 apart in random order, so that no step of a difference changes a winner. */
static davy_tensor make_input(const struct pool_case *c)
{
    int64_t dims[5] = {c->batch};
    davy_tensor x;
    uint32_t *order;
    size_t count;

    memcpy(dims + 1, c->size, sizeof c->size);
    dims[1 + c->rank] = c->channels;
    x = gradient_input(c->rank + 2, dims, 1, 1);
    count = (size_t) davy_tensor_count(&x);
    order = malloc(count * sizeof *order);
    assert_non_null(order);
    davy_random_shuffle(3, 0, order, count);
    for (size_t i = 0; i < count; i++)
        davy_f32(&x)[i] = 0.1F * ((float) order[i] - (float) count / 2);
    free(order);
    return x;
}

static int64_t axis_of(const struct pool_case *c, const int64_t *values, int axis, int64_t fallback)
{
    return axis < 3 - c->rank ? fallback : values[axis - (3 - c->rank)];
}

static double reference_at(const struct pool_case *c, const davy_tensor *x, int64_t n,
                           const int64_t at[3], int64_t channel)
{
    const int64_t kernel[3] = {axis_of(c, c->kernel, 0, 1), axis_of(c, c->kernel, 1, 1),
                               axis_of(c, c->kernel, 2, 1)};
    double most = -INFINITY, sum = 0, count = 0;

    for (int64_t tap = 0; tap < kernel[0] * kernel[1] * kernel[2]; tap++) {
        const int64_t k[3] = {tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1],
                              tap % kernel[2]};
        int64_t pixel = n;
        bool inside = true, padded = true;

        for (int i = 0; i < 3; i++) {
            const int64_t size = axis_of(c, c->size, i, 1);
            const int64_t p = at[i] * axis_of(c, c->stride, i, 1) +
                              k[i] * axis_of(c, c->dilation, i, 1) - axis_of(c, c->pads, i, 0);

            inside = inside && p >= 0 && p < size;
            padded = padded && p < size + axis_of(c, c->pads + c->rank, i, 0);
            pixel = pixel * size + p;
        }
        count += inside || (c->count_padding && padded);
        if (inside) {
            const double value = (double) davy_f32(x)[pixel * c->channels + channel];

            most = value > most ? value : most;
            sum += value;
        }
    }
    return strcmp(c->op, "max_pool") == 0 ? most : sum / count;
}

static void is_what_its_definition_says(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const struct pool_case *c = &cases[i];
        davy_tensor x = make_input(c), result;
        davy_value y;
        davy_graph *graph = operator_graph(c->op, &x, 1, set_pool, c, &y);
        int64_t out[3];
        double *expected;

        print_message("# case %zu: %s\n", i, c->op);
        result = operator_run(graph, y, &x, 1);
        for (int k = 0; k < 3; k++)
            out[k] = axis_of(c, result.dims + 1, k, 1);
        expected = malloc((size_t) davy_tensor_count(&result) * sizeof *expected);
        assert_non_null(expected);
        for (int64_t e = 0; e < davy_tensor_count(&result); e++) {
            const int64_t p = e / c->channels;
            const int64_t at[3] = {p / out[2] / out[1] % out[0], p / out[2] % out[1], p % out[2]};

            expected[e] = reference_at(c, &x, p / out[2] / out[1] / out[0], at, e % c->channels);
        }
        operator_expect(&result, expected, 1e-6);
        operator_expect_same_bits(graph, y, &x);
        davy_graph_destroy(graph);
        free(expected);
        free(result.data);
        free(x.data);
    }
}

static void has_the_gradient_that_differences_show(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_tensor x = make_input(&cases[i]);

        print_message("# case %zu: %s\n", i, cases[i].op);
        operator_check_gradient(cases[i].op, &x, 1, set_pool, &cases[i]);
        free(x.data);
    }
}

/* torch.nn.functional.max_pool2d(7x9, 2, 2, ceil_mode=True) is 4x5; with padding 1 and 6x6 it is
 * 4x4 as the fifth window would begin in the padding. */
static void rounds_up_as_pytorch_does(void **state)
{
    static const struct pool_case padded = {
        "max_pool", 2, 1, {6, 6}, 1, {2, 2}, {2, 2}, ONES, {1, 1, 1, 1}, true, false};
    const struct pool_case *const given[] = {&cases[1], &padded};
    const int64_t expected[][2] = {{4, 5}, {4, 4}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(given); i++) {
        davy_tensor x = make_input(given[i]), result;
        davy_value y;
        davy_graph *graph = operator_graph("max_pool", &x, 1, set_pool, given[i], &y);

        result = operator_run(graph, y, &x, 1);
        assert_int_equal(result.dims[1], expected[i][0]);
        assert_int_equal(result.dims[2], expected[i][1]);
        davy_graph_destroy(graph);
        free(result.data);
        free(x.data);
    }
}

static void pools_whole_images(void **state)
{
    static const struct pool_case c = {.rank = 2, .batch = 3, .size = {4, 5}, .channels = 21};
    davy_tensor x = make_input(&c);

    (void) state;
    for (int average = 0; average < 2; average++) {
        const char *op = average ? "global_average_pool" : "global_max_pool";
        davy_value y;
        davy_graph *graph = operator_graph(op, &x, 1, NULL, NULL, &y);
        davy_tensor result = operator_run(graph, y, &x, 1);

        assert_int_equal(result.rank, 2);
        for (int64_t n = 0; n < 3; n++)
            for (int64_t channel = 0; channel < 21; channel++) {
                double most = -INFINITY, sum = 0;

                for (int64_t p = 0; p < 20; p++) {
                    const double value = (double) davy_f32(&x)[(n * 20 + p) * 21 + channel];

                    most = value > most ? value : most;
                    sum += value;
                }
                assert_near(davy_f32(&result)[n * 21 + channel], average ? sum / 20 : most, 1e-5);
            }
        operator_expect_same_bits(graph, y, &x);
        davy_graph_destroy(graph);
        free(result.data);
        operator_check_gradient(op, &x, 1, NULL, NULL);
    }
    free(x.data);
}

/* A broken sensor must not disappear in a pool. */
static void passes_on_what_is_not_a_number(void **state)
{
    (void) state;
    for (int64_t i = 0; i < 4; i++)
        for (size_t op = 0; op < 2; op++) {
            davy_tensor x = gradient_input(4, (int64_t[]){1, 2, 2, 3}, 1, 1);
            davy_value y;
            davy_graph *graph = operator_graph(op ? "global_max_pool" : "max_pool", &x, 1,
                                               op ? NULL : set_pool, &cases[0], &y);
            davy_tensor result;

            davy_f32(&x)[i * 3 + 1] = NAN;
            result = operator_run(graph, y, &x, 1);
            assert_true(isnan(davy_f32(&result)[1]));
            assert_false(isnan(davy_f32(&result)[0]));
            davy_graph_destroy(graph);
            free(result.data);
            free(x.data);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_its_definition_says),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(rounds_up_as_pytorch_does),
        cmocka_unit_test(pools_whole_images),
        cmocka_unit_test(passes_on_what_is_not_a_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
