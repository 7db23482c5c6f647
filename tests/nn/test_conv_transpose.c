/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transposed convolution against its definition: every input pixel adds its kernel to the output.
 */
#include "alone.h"

struct transpose_case {
    const char *name;
    int rank;
    int64_t batch, size[3], channels, outputs, groups;
    int64_t kernel[3], stride[3], dilation[3], pads[6], extra[3];
    const char *activation;
    bool no_bias;
};

#define ONES    \
    {           \
        1, 1, 1 \
    }
static const struct transpose_case cases[] = {
    {"plain", 2, 2, {4, 5}, 3, 18, 1, {3, 3}, ONES, ONES, {0}, {0}, "none", false},
    {"doubles sizes",
     2,
     2,
     {5, 4},
     4,
     3,
     1,
     {4, 4},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     {0},
     "silu",
     false},
    {"output padding",
     2,
     2,
     {5, 4},
     4,
     3,
     1,
     {3, 3},
     {2, 2},
     ONES,
     {1, 1, 1, 1},
     {1, 1},
     "none",
     true},
    {"stride above kernel", 2, 2, {4, 3}, 2, 5, 1, {2, 1}, {3, 2}, ONES, {0}, {0}, "none", false},
    {"dilated", 2, 1, {5, 6}, 3, 4, 1, {3, 2}, {1, 2}, {2, 3}, {1, 2, 0, 1}, {0}, "none", false},
    {"groups", 2, 2, {4, 5}, 6, 4, 2, {3, 3}, {2, 1}, ONES, {1, 0, 1, 0}, {1, 0}, "tanh", false},
    {"series", 1, 3, {9}, 4, 6, 1, {5}, {3}, ONES, {2, 1}, {0}, "none", false},
    {"volume",
     3,
     2,
     {3, 4, 3},
     2,
     3,
     1,
     {2, 3, 2},
     {2, 1, 2},
     {1, 2, 1},
     {0, 1, 0, 1, 1, 0},
     {0},
     "none",
     false},
};

static void set_transpose(davy_graph *graph, davy_node *node, const void *context)
{
    const struct transpose_case *c = context;
    const size_t rank = (size_t) c->rank;

    davy_node_set_ints(graph, node, "strides", c->stride, rank);
    davy_node_set_ints(graph, node, "dilations", c->dilation, rank);
    davy_node_set_ints(graph, node, "pads", c->pads, 2 * rank);
    davy_node_set_ints(graph, node, "output_padding", c->extra, rank);
    davy_node_set_int(graph, node, "group", c->groups);
    davy_node_set_text(graph, node, "activation", c->activation);
}

static void make_inputs(const struct transpose_case *c, davy_tensor inputs[3])
{
    int64_t x[5] = {c->batch}, weights[5];

    for (int i = 0; i < c->rank; i++) {
        x[1 + i] = c->size[i];
        weights[i] = c->kernel[i];
    }
    x[1 + c->rank] = c->channels;
    weights[c->rank] = c->outputs / c->groups;
    weights[c->rank + 1] = c->channels;
    inputs[0] = gradient_input(c->rank + 2, x, 1, 1);
    inputs[1] = gradient_input(c->rank + 2, weights, 2, 1);
    inputs[2] = (davy_tensor){0};
    if (!c->no_bias)
        inputs[2] = gradient_input(1, &c->outputs, 3, 1);
}

static void free_inputs(davy_tensor inputs[3])
{
    for (int i = 0; i < 3; i++)
        free(inputs[i].data);
}

static int64_t axis_of(const struct transpose_case *c, const int64_t *values, int axis,
                       int64_t fallback)
{
    return axis < 3 - c->rank ? fallback : values[axis - (3 - c->rank)];
}

/* Add the kernel of one input pixel. */
static void scatter(const struct transpose_case *c, const davy_tensor inputs[3], int64_t n,
                    const int64_t at[3], const int64_t out[3], double *y)
{
    int64_t kernel[3], pixel = n;
    const int64_t inner = c->outputs / c->groups, group_in = c->channels / c->groups;

    for (int i = 0; i < 3; i++) {
        kernel[i] = axis_of(c, c->kernel, i, 1);
        pixel = pixel * axis_of(c, c->size, i, 1) + at[i];
    }
    for (int64_t tap = 0; tap < kernel[0] * kernel[1] * kernel[2]; tap++) {
        const int64_t k[3] = {tap / kernel[2] / kernel[1], tap / kernel[2] % kernel[1],
                              tap % kernel[2]};
        int64_t to = n;
        bool inside = true;

        for (int i = 0; i < 3; i++) {
            const int64_t p = at[i] * axis_of(c, c->stride, i, 1) +
                              k[i] * axis_of(c, c->dilation, i, 1) - axis_of(c, c->pads, i, 0);

            inside = inside && p >= 0 && p < out[i];
            to = to * out[i] + p;
        }
        for (int64_t ic = 0; inside && ic < c->channels; ic++)
            for (int64_t o = 0; o < inner; o++)
                y[to * c->outputs + ic / group_in * inner + o] +=
                    (double) davy_f32(&inputs[0])[pixel * c->channels + ic] *
                    (double) davy_f32(&inputs[1])[(tap * inner + o) * c->channels + ic];
    }
}

static double activate(const char *name, double x)
{
    if (strcmp(name, "tanh") == 0)
        return tanh(x);
    return strcmp(name, "silu") == 0 ? x / (1 + exp(-x)) : x;
}

static double *reference(const struct transpose_case *c, const davy_tensor inputs[3],
                         int64_t *count)
{
    int64_t out[3], size[3];
    double *y;

    *count = c->batch * c->outputs;
    for (int i = 0; i < 3; i++) {
        size[i] = axis_of(c, c->size, i, 1);
        out[i] = (size[i] - 1) * axis_of(c, c->stride, i, 1) +
                 (axis_of(c, c->kernel, i, 1) - 1) * axis_of(c, c->dilation, i, 1) + 1 +
                 axis_of(c, c->extra, i, 0) - axis_of(c, c->pads, i, 0) -
                 axis_of(c, c->pads + c->rank, i, 0);
        *count *= out[i];
    }
    y = calloc((size_t) *count, sizeof *y);
    assert_non_null(y);
    for (int64_t i = 0; !c->no_bias && i < *count; i++)
        y[i] = (double) davy_f32(&inputs[2])[i % c->outputs];
    for (int64_t p = 0; p < c->batch * size[0] * size[1] * size[2]; p++) {
        const int64_t at[3] = {p / size[2] / size[1] % size[0], p / size[2] % size[1], p % size[2]};

        scatter(c, inputs, p / size[2] / size[1] / size[0], at, out, y);
    }
    for (int64_t i = 0; i < *count; i++)
        y[i] = activate(c->activation, y[i]);
    return y;
}

static void adds_the_kernel_of_every_pixel(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const struct transpose_case *c = &cases[i];
        davy_tensor inputs[3], result;
        davy_value y;
        davy_graph *graph;
        int64_t count;
        double *expected;

        print_message("# %s\n", c->name);
        make_inputs(c, inputs);
        expected = reference(c, inputs, &count);
        graph = operator_graph("conv_transpose", inputs, 3, set_transpose, c, &y);
        result = operator_run(graph, y, inputs, 1);
        assert_int_equal(davy_tensor_count(&result), count);
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

        print_message("# %s\n", cases[i].name);
        make_inputs(&cases[i], inputs);
        operator_check_gradient("conv_transpose", inputs, 3, set_transpose, &cases[i]);
        free_inputs(inputs);
    }
}

static void set_shape(davy_graph *graph, davy_node *node, const void *context)
{
    davy_node_set_ints(graph, node, "strides", (int64_t[]){3, 2}, 2);
    davy_node_set_ints(graph, node, "output_padding", (int64_t[]){1, 1}, 2);
    davy_node_set_ints(graph, node, "output_shape", context, 2);
}

/* ONNX ConvTranspose: total padding = stride (input - 1) + output_padding + kernel - output_shape.
 */
static void takes_an_output_shape(void **state)
{
    static const int64_t wanted[] = {9, 6};
    davy_tensor inputs[2] = {gradient_input(4, (int64_t[]){1, 3, 3, 1}, 1, 1),
                             gradient_input(4, (int64_t[]){3, 3, 2, 1}, 2, 1)};
    davy_value y;
    davy_graph *graph = operator_graph("conv_transpose", inputs, 2, set_shape, wanted, &y);
    davy_tensor result = operator_run(graph, y, inputs, 1);

    (void) state;
    assert_int_equal(result.dims[1], 9);
    assert_int_equal(result.dims[2], 6);
    davy_graph_destroy(graph);
    free(result.data);
    free(inputs[0].data);
    free(inputs[1].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_the_kernel_of_every_pixel),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(takes_an_output_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
