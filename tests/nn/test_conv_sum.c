/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A convolution that adds its fourth input, beside the three operators it stands for: convolution,
 * addition, activation.
 */
#include "nn/simd/amx.h"

#include "conv_cases.h"

static davy_value made(davy_graph *graph, const char *op, const davy_value *in, size_t count)
{
    davy_node *node = davy_graph_node(graph, op, in, count, 1);

    assert_non_null(node);
    return node->out[0];
}

static davy_node *newest(davy_graph *graph)
{
    return &graph->nodes[graph->node_count - 1];
}

static davy_value activated(davy_graph *graph, const char *activation, davy_value x)
{
    if (strcmp(activation, "none") == 0)
        return x;
    return made(graph, strcmp(activation, "leaky") == 0 ? "leaky_relu" : activation, &x, 1);
}

static davy_value parameter(davy_graph *graph, const char *name, const davy_tensor *tensor)
{
    davy_value value;

    if (tensor->type == DAVY_TYPE_NONE)
        return DAVY_VALUE_NONE;
    value = davy_graph_parameter(graph, name, DAVY_ROLE_PARAMETER, tensor->rank, tensor->dims);
    memcpy(graph->values[value].tensor.data, tensor->data, davy_tensor_bytes(tensor));
    return value;
}

/* @param kept  what is added is wanted afterwards too, so that its memory is its own */
static davy_graph *make(const struct conv_case *c, const davy_tensor inputs[3], bool fused,
                        bool kept, davy_value *y)
{
    struct conv_case plain = *c;
    davy_value x, in[4], other[2];
    davy_graph *graph;
    int64_t dims[DAVY_RANK_MAX];

    plain.activation = "none";
    memcpy(dims, inputs[0].dims, sizeof dims);
    dims[0] = -1;
    assert_ok(davy_graph_create("sum", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, inputs[0].rank, dims);
    other[0] = x;
    other[1] = parameter(graph, "other", &inputs[1]);
    for (int64_t i = 0; i < davy_tensor_count(&inputs[1]); i++)
        davy_f32(&graph->values[other[1]].tensor)[i] *= 0.5F;
    in[3] = made(graph, "conv", other, 2);
    set_conv(graph, newest(graph), &plain);
    in[3] = activated(graph, "sigmoid", in[3]);
    in[0] = x;
    in[1] = parameter(graph, "weights", &inputs[1]);
    in[2] = parameter(graph, "bias", &inputs[2]);
    *y = made(graph, "conv", in, fused ? 4 : 3);
    set_conv(graph, newest(graph), fused ? c : &plain);
    if (!fused)
        *y = activated(graph, c->activation, made(graph, "add", (davy_value[]){*y, in[3]}, 2));
    if (kept)
        davy_graph_output(graph, in[3]);
    davy_graph_output(graph, *y);
    return graph;
}

static davy_tensor result_of(const struct conv_case *c, const davy_tensor inputs[3], bool fused,
                             bool kept, const struct operator_options *options)
{
    davy_value y;
    davy_graph *graph = make(c, inputs, fused, kept, &y);
    davy_tensor result = operator_run_with(graph, y, inputs, options);

    davy_graph_destroy(graph);
    return result;
}

/* @param tolerance  of numbers that are sums of some tens of products of numbers below 1 */
static void compare(const struct conv_case *c, bool bf16, double tolerance)
{
    davy_tensor inputs[3], want, got, two;

    make_inputs(c, inputs);
    for (int kept = 0; kept < 2; kept++) {
        want = result_of(c, inputs, false, kept, &(struct operator_options){.threads = 1});
        got = result_of(c, inputs, true, kept,
                        &(struct operator_options){.threads = 1, .bf16 = bf16});
        two = result_of(c, inputs, true, kept,
                        &(struct operator_options){.threads = 2, .bf16 = bf16});
        assert_int_equal(davy_tensor_count(&want), davy_tensor_count(&got));
        assert_memory_equal(got.data, two.data, davy_tensor_bytes(&got));
        for (int64_t i = 0; i < davy_tensor_count(&want); i++)
            if (!(fabs((double) davy_f32(&want)[i] - (double) davy_f32(&got)[i]) <= tolerance))
                fail_msg("%s: element %lld is %g instead of %g", c->name, (long long) i,
                         (double) davy_f32(&got)[i], (double) davy_f32(&want)[i]);
        free(want.data);
        free(got.data);
        free(two.data);
    }
    free_inputs(inputs);
}

static void adds_before_its_activation(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        compare(&cases[i], false, 2e-5);
}

static void adds_to_what_was_rounded_to_bf16(void **state)
{
    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        compare(&cases[i], true, 0.06);
}

static void has_the_same_bits_alone_and_in_a_batch(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_tensor inputs[3];
        davy_value y;
        davy_graph *graph;

        make_inputs(&cases[i], inputs);
        graph = make(&cases[i], inputs, true, false, &y);
        operator_expect_same_bits(graph, y, inputs);
        davy_graph_destroy(graph);
        free_inputs(inputs);
    }
}

static davy_plan *planned(const davy_graph *graph, const davy_tensor *inputs, bool bf16)
{
    davy_plan *plan;

    assert_ok(operator_plan(graph, inputs, &(struct operator_options){.threads = 1, .bf16 = bf16},
                            DAVY_VALUE_NONE, &plan));
    return plan;
}

/* A value that nobody else wants is not copied: what is added to it takes its place. */
static void writes_where_what_it_adds_lies(void **state)
{
    davy_tensor inputs[3];

    (void) state;
    make_inputs(&cases[0], inputs);
    for (int kept = 0; kept < 2; kept++) {
        davy_value y;
        davy_graph *graph = make(&cases[0], inputs, true, kept, &y);
        const davy_value other = newest(graph)->in[3];
        davy_plan *plan = planned(graph, inputs, false);

        if (kept)
            assert_int_not_equal(plan->values[y].offset, plan->values[other].offset);
        else
            assert_int_equal(plan->values[y].offset, plan->values[other].offset);
        davy_plan_destroy(plan);
        davy_graph_destroy(graph);
    }
    free_inputs(inputs);
}

static void refuses_another_shape_a_pool_and_training(void **state)
{
    static const struct conv_case pooled = {"pooled", 2,    2,    {9, 9}, 3,      4,     1,
                                            {3, 3},   ONES, ONES, {0},    "none", false, true};
    davy_tensor inputs[4];

    (void) state;
    for (int i = 0; i < 3; i++) {
        const struct conv_case *c = i == 1 ? &pooled : &cases[0];
        const int64_t other[] = {3, 1, 9, 20};
        davy_plan *plan;
        davy_value y;
        davy_graph *graph;

        make_inputs(c, inputs);
        inputs[3] = gradient_input(4, i == 1 ? (int64_t[]){2, 3, 3, 4} : other, 4, 1);
        graph = operator_graph("conv", inputs, 4, set_conv, c, &y);
        assert_fails(operator_plan(graph, inputs,
                                   &(struct operator_options){.threads = 1, .training = i == 2},
                                   DAVY_VALUE_NONE, &plan),
                     i ? DAVY_ERR_UNSUPPORTED : DAVY_ERR_INVALID, i ? "a sum in" : "another shape");
        davy_graph_destroy(graph);
        free_inputs(inputs);
        free(inputs[3].data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_before_its_activation),
        cmocka_unit_test(adds_to_what_was_rounded_to_bf16),
        cmocka_unit_test(has_the_same_bits_alone_and_in_a_batch),
        cmocka_unit_test(writes_where_what_it_adds_lies),
        cmocka_unit_test(refuses_another_shape_a_pool_and_training),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
