/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolution against its definition, summed in double precision, and its gradients against
 * differences.
 */
#include "nn/layers.h"

#include "conv_cases.h"

static double activate(const char *name, double x)
{
    if (strcmp(name, "relu") == 0)
        return x > 0 ? x : 0;
    if (strcmp(name, "leaky") == 0)
        return x > 0 ? x : 0.01 * x;
    if (strcmp(name, "tanh") == 0)
        return tanh(x);
    if (strcmp(name, "sigmoid") == 0)
        return 1 / (1 + exp(-x));
    if (strcmp(name, "silu") == 0)
        return x / (1 + exp(-x));
    if (strcmp(name, "gelu") == 0)
        return x * 0.5 * (1 + erf(x / sqrt(2)));
    return x;
}

/* Sizes with the unused axes in front as 1. */
static void three(int rank, const int64_t *values, int64_t fallback, int64_t out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = i < 3 - rank ? fallback : values[i - (3 - rank)];
}

/* One element of the definition. */
static double reference_at(const struct conv_case *c, const davy_tensor inputs[3], int64_t n,
                           const int64_t at[3], int64_t o)
{
    int64_t size[3], kernel[3], stride[3], dilation[3], begin[3];
    const int64_t group = o / (c->outputs / c->groups), inner = c->channels / c->groups;
    double sum = c->no_bias ? 0 : (double) davy_f32(&inputs[2])[o];

    three(c->rank, c->size, 1, size);
    three(c->rank, c->kernel, 1, kernel);
    three(c->rank, c->stride, 1, stride);
    three(c->rank, c->dilation, 1, dilation);
    three(c->rank, c->pads, 0, begin);
    for (int64_t tap = 0; tap < kernel[0] * kernel[1] * kernel[2]; tap++) {
        const int64_t k[3] = {tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1],
                              tap % kernel[2]};
        int64_t pixel = n;
        bool inside = true;

        for (int axis = 0; axis < 3; axis++) {
            const int64_t i = at[axis] * stride[axis] + k[axis] * dilation[axis] - begin[axis];

            inside = inside && i >= 0 && i < size[axis];
            pixel = pixel * size[axis] + i;
        }
        for (int64_t i = 0; inside && i < inner; i++)
            sum += (double) davy_f32(&inputs[0])[pixel * c->channels + group * inner + i] *
                   (double) davy_f32(&inputs[1])[(tap * inner + i) * c->outputs + o];
    }
    return activate(c->activation, sum);
}

static double *reference(const struct conv_case *c, const davy_tensor inputs[3], int64_t out[3],
                         int64_t *count)
{
    int64_t size[3], kernel[3], stride[3], dilation[3], begin[3], end[3];
    double *y;

    three(c->rank, c->size, 1, size);
    three(c->rank, c->kernel, 1, kernel);
    three(c->rank, c->stride, 1, stride);
    three(c->rank, c->dilation, 1, dilation);
    three(c->rank, c->pads, 0, begin);
    three(c->rank, c->pads + c->rank, 0, end);
    *count = c->batch * c->outputs;
    for (int i = 0; i < 3; i++) {
        out[i] = (size[i] + begin[i] + end[i] - (kernel[i] - 1) * dilation[i] - 1) / stride[i] + 1;
        *count *= out[i];
    }
    y = malloc((size_t) *count * sizeof *y);
    assert_non_null(y);
    for (int64_t i = 0; i < *count; i++) {
        const int64_t pixel = i / c->outputs;
        const int64_t at[3] = {pixel / out[2] / out[1] % out[0], pixel / out[2] % out[1],
                               pixel % out[2]};

        y[i] = reference_at(c, inputs, pixel / out[2] / out[1] / out[0], at, i % c->outputs);
    }
    return y;
}

static void is_the_sum_of_its_definition(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const struct conv_case *c = &cases[i];
        davy_tensor inputs[3], result;
        davy_value y;
        davy_graph *graph;
        int64_t out[3], count;
        double *expected;

        make_inputs(c, inputs);
        expected = reference(c, inputs, out, &count);
        graph = operator_graph("conv", inputs, 3, set_conv, c, &y);
        result = operator_run(graph, y, inputs, 1);
        if (davy_tensor_count(&result) != count)
            fail_msg("%s: %lld elements instead of %lld", c->name,
                     (long long) davy_tensor_count(&result), (long long) count);
        print_message("# %s\n", c->name);
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
        davy_tensor inputs[3];

        if (strcmp(cases[i].activation, "leaky") == 0)
            continue; /* has a kink */
        print_message("# %s\n", cases[i].name);
        make_inputs(&cases[i], inputs);
        operator_check_gradient("conv", inputs, 3, set_conv, &cases[i]);
        free_inputs(inputs);
    }
}

/* Convolution, activation and 2x2 max pool in one node and in three. */
static davy_graph *pooled_graph(const struct conv_case *c, const davy_tensor inputs[3], bool fused,
                                davy_value *y)
{
    struct conv_case alone = *c;
    davy_graph *graph;
    davy_node *node;

    alone.pool = fused;
    if (!fused)
        alone.activation = "none";
    graph = operator_graph("conv", inputs, 3, set_conv, &alone, y);
    if (fused)
        return graph;
    if (strcmp(c->activation, "none") != 0)
        *y = davy_graph_node(graph, c->activation, y, 1, 1)->out[0];
    node = davy_graph_node(graph, "max_pool", y, 1, 1);
    davy_node_set_ints(graph, node, "kernel_shape", (int64_t[]){2, 2}, 2);
    davy_node_set_ints(graph, node, "strides", (int64_t[]){2, 2}, 2);
    *y = node->out[0];
    davy_graph_output(graph, *y);
    return graph;
}

static void expect_close(const davy_tensor *a, const davy_tensor *b)
{
    assert_int_equal(davy_tensor_count(a), davy_tensor_count(b));
    for (int64_t i = 0; i < davy_tensor_count(a); i++)
        assert_near(davy_f32(a)[i], davy_f32(b)[i], 2e-5);
}

/* Kinks keep differences away from relu and max, so the pooled convolution is compared with the
 * three operators it stands for. */
static void pools_as_the_operators_it_stands_for(void **state)
{
    static const struct conv_case pooled[] = {
        {"relu", 2, 3, {11, 14}, 3, 19, 1, {3, 3}, ONES, ONES, {0}, "relu", false, true},
        {"none", 2, 2, {6, 6}, 3, 4, 1, {3, 3}, ONES, ONES, {1, 1, 1, 1}, "none", false, true},
        {"tanh", 2, 2, {9, 7}, 2, 33, 1, {2, 3}, {1, 2}, ONES, {1, 0, 2, 1}, "tanh", true, true},
        {"tiles", 2, 2, {15, 15}, 20, 35, 1, {3, 3}, ONES, ONES, {0}, "relu", false, true},
        {"tiles in bands",
         2,
         2,
         {16, 17},
         240,
         16,
         1,
         {3, 3},
         ONES,
         ONES,
         {1, 1, 1, 1},
         "tanh",
         false,
         true},
        {"sigmoid",
         2,
         2,
         {8, 8},
         4,
         6,
         2,
         {3, 3},
         ONES,
         {2, 1},
         {1, 1, 1, 1},
         "sigmoid",
         false,
         true},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pooled); i++)
        for (size_t threads = 1; threads <= 2; threads++) {
            const size_t count = pooled[i].no_bias ? 2 : 3;
            davy_tensor inputs[3], result[2], diffs[2][3];

            print_message("# %s\n", pooled[i].name);
            make_inputs(&pooled[i], inputs);
            for (int fused = 0; fused < 2; fused++) {
                davy_value y;
                davy_graph *graph = pooled_graph(&pooled[i], inputs, fused, &y);

                result[fused] = operator_run(graph, y, inputs, threads);
                operator_gradients(graph, y, inputs, &(struct operator_options){.threads = threads},
                                   diffs[fused], count);
                davy_graph_destroy(graph);
            }
            expect_close(&result[0], &result[1]);
            for (size_t k = 0; k < count; k++)
                expect_close(&diffs[0][k], &diffs[1][k]);
            for (int fused = 0; fused < 2; fused++) {
                free(result[fused].data);
                for (size_t k = 0; k < count; k++)
                    free(diffs[fused][k].data);
            }
            free_inputs(inputs);
        }
}

/* Equal to what floats keep of sums this long. */
static void expect_near(const davy_tensor *a, size_t a_from, const davy_tensor *b, size_t b_from,
                        int64_t count)
{
    double most = 1;

    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs((double) davy_f32(b)[b_from + (size_t) i]));
    for (int64_t i = 0; i < count; i++)
        assert_near(davy_f32(a)[a_from + (size_t) i] / most,
                    davy_f32(b)[b_from + (size_t) i] / most, 2e-6);
}

/* The same convolution with a fourth column of zeros, which goes by rows and not by tiles. */
static struct conv_case widen(const struct conv_case *c, const davy_tensor inputs[3],
                              davy_tensor wide[3])
{
    const size_t block = (size_t) (c->channels * c->outputs);
    struct conv_case wider = *c;

    wider.kernel[1] = 4;
    wider.pads[3]++;
    make_inputs(&wider, wide);
    for (size_t row = 0; row < 3; row++) {
        float *to = davy_f32(&wide[1]) + row * 4 * block;

        memcpy(to, davy_f32(&inputs[1]) + row * 3 * block, 3 * block * sizeof *to);
        memset(to + 3 * block, 0, block * sizeof *to);
    }
    return wider;
}

/* What comes out, and the gradients of the inputs. */
struct conv_results {
    davy_tensor y, diffs[3];
};

static struct conv_results conv_results(const struct conv_case *c, const davy_tensor inputs[3],
                                        size_t threads)
{
    struct conv_results results = {0};
    davy_value y;
    davy_graph *graph = operator_graph("conv", inputs, 3, set_conv, c, &y);

    results.y = operator_run(graph, y, inputs, threads);
    operator_gradients(graph, y, inputs, &(struct operator_options){.threads = threads},
                       results.diffs, c->no_bias ? 2 : 3);
    davy_graph_destroy(graph);
    return results;
}

static void free_results(struct conv_results *results)
{
    free(results->y.data);
    free_inputs(results->diffs);
}

static void goes_by_tiles_as_by_rows(void **state)
{
    static const struct conv_case tiled[] = {
        {"one band", 2, 3, {15, 14}, 18, 35, 1, {3, 3}, ONES, ONES, {0}, "none", false, false},
        {"bands",
         2,
         2,
         {17, 14},
         240,
         16,
         1,
         {3, 3},
         ONES,
         ONES,
         {1, 1, 1, 1},
         "none",
         true,
         false},
        {"uneven",
         2,
         2,
         {27, 13},
         16,
         200,
         1,
         {3, 3},
         ONES,
         ONES,
         {0, 2, 1, 1},
         "relu",
         true,
         false},
        {"pooled",
         2,
         2,
         {29, 15},
         100,
         100,
         1,
         {3, 3},
         ONES,
         ONES,
         {2, 1, 0, 1},
         "relu",
         false,
         true},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tiled); i++) {
        const size_t block = (size_t) (tiled[i].channels * tiled[i].outputs);
        davy_tensor inputs[3], wide[3];
        struct conv_case wider;
        struct conv_results tiles, rows;

        print_message("# %s\n", tiled[i].name);
        make_inputs(&tiled[i], inputs);
        wider = widen(&tiled[i], inputs, wide);
        tiles = conv_results(&tiled[i], inputs, 1);
        rows = conv_results(&wider, wide, 2);
        expect_near(&tiles.y, 0, &rows.y, 0, davy_tensor_count(&tiles.y));
        expect_near(&tiles.diffs[0], 0, &rows.diffs[0], 0, davy_tensor_count(&tiles.diffs[0]));
        for (size_t row = 0; row < 3; row++)
            expect_near(&tiles.diffs[1], row * 3 * block, &rows.diffs[1], row * 4 * block,
                        (int64_t) (3 * block));
        free_results(&tiles);
        free_results(&rows);
        free_inputs(inputs);
        free_inputs(wide);
    }
}

/* The gradient of the weights is a sum over images, cut the same way whatever the threads. */
static void gives_the_same_bits_with_two_threads(void **state)
{
    static const struct conv_case shared[] = {
        {"rows", 2, 20, {12, 9}, 3, 8, 1, {3, 3}, ONES, ONES, {1, 1, 1, 1}, "relu", false, false},
        {"tiles",
         2,
         20,
         {13, 14},
         16,
         17,
         1,
         {3, 3},
         ONES,
         ONES,
         {1, 1, 1, 1},
         "relu",
         false,
         false},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shared); i++) {
        davy_tensor inputs[3];
        struct conv_results one, two;

        make_inputs(&shared[i], inputs);
        one = conv_results(&shared[i], inputs, 1);
        two = conv_results(&shared[i], inputs, 2);
        assert_memory_equal(one.y.data, two.y.data, davy_tensor_bytes(&one.y));
        for (size_t k = 0; k < 3; k++)
            assert_memory_equal(one.diffs[k].data, two.diffs[k].data,
                                davy_tensor_bytes(&one.diffs[k]));
        free_results(&one);
        free_results(&two);
        free_inputs(inputs);
    }
}

static void refuses_what_does_not_fit(void **state)
{
    static const struct {
        struct conv_case c;
        davy_status status;
        const char *words;
    } wrong[] = {
        {{"", 2, 1, {4, 4}, 3, 4, 2, {3, 3}, ONES, ONES, {0}, "none", false, false},
         DAVY_ERR_INVALID,
         "groups"},
        {{"", 2, 1, {4, 4}, 3, 4, 1, {5, 3}, ONES, ONES, {0}, "none", false, false},
         DAVY_ERR_INVALID,
         "does not fit"},
        {{"", 2, 1, {4, 4}, 3, 4, 1, {3, 3}, {0, 1}, ONES, {0}, "none", false, false},
         DAVY_ERR_INVALID,
         "'strides' holds 0"},
        {{"", 2, 1, {4, 4}, 3, 4, 1, {3, 3}, ONES, ONES, {-1}, "none", false, false},
         DAVY_ERR_INVALID,
         "'pads' holds -1"},
        {{"", 2, 1, {4, 4}, 3, 4, 1, {3, 3}, ONES, ONES, {0}, "swish", false, false},
         DAVY_ERR_INVALID,
         "no activation 'swish'"},
        {{"", 2, 1, {4, 4}, 3, 4, 1, {3, 3}, ONES, ONES, {0}, "gelu", false, true},
         DAVY_ERR_UNSUPPORTED,
         "monotone"},
        {{"", 2, 1, {3, 4}, 3, 4, 1, {3, 3}, ONES, ONES, {0}, "none", false, true},
         DAVY_ERR_INVALID,
         "nothing is left"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        davy_tensor inputs[3];
        davy_value y;
        davy_graph *graph;
        davy_plan *plan;

        make_inputs(&wrong[i].c, inputs);
        graph = operator_graph("conv", inputs, 3, set_conv, &wrong[i].c, &y);
        assert_fails(operator_plan(graph, inputs, &(struct operator_options){.threads = 1},
                                   DAVY_VALUE_NONE, &plan),
                     wrong[i].status, wrong[i].words);
        davy_graph_destroy(graph);
        free_inputs(inputs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_sum_of_its_definition),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(pools_as_the_operators_it_stands_for),
        cmocka_unit_test(goes_by_tiles_as_by_rows),
        cmocka_unit_test(gives_the_same_bits_with_two_threads),
        cmocka_unit_test(refuses_what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
