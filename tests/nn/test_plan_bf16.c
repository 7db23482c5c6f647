/* SPDX-License-Identifier: Apache-2.0 */
/* Which values of a graph that allows bf16 are bf16, and that the answers are near those of f32. */
#include "alone.h"

#include "nn/layers.h"
#include "nn/simd/amx.h"

#include <math.h>

static const davy_conv_options pixels = {
    .channels = 32, .window = {.kernel = {1, 1}}, .activation = DAVY_ACTIVATION_SILU};
static const davy_conv_options strided = {
    .channels = 32, .window = {.kernel = {3, 3}, .stride = {2, 2}, .same = true}};
static const davy_window2 window = {
    .kernel = {3, 3}, .stride = {2, 2}, .pad_begin = {1, 1}, .pad_end = {1, 1}};

/* Every kind of operator that takes bf16; the values of interest are numbered. */
enum { CONV, RELU, POOL, TWICE, JOINED, ADDED, PART, PIXELS, KEPT, MIXED, MEAN, COUNT };

static davy_value twice(davy_graph *graph, davy_value x)
{
    float factors[] = {1, 2, 2, 1};
    const davy_tensor scales = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {4}, .data = factors};
    davy_node *node = davy_graph_node(
        graph, "resize",
        (davy_value[]){x, DAVY_VALUE_NONE, davy_graph_constant(graph, "scales", &scales)}, 3, 1);

    davy_node_set_text(graph, node, "mode", "nearest");
    davy_node_set_text(graph, node, "coordinate_transformation_mode", "asymmetric");
    davy_node_set_text(graph, node, "nearest_mode", "floor");
    return node->out[0];
}

static davy_graph *make(davy_value values[COUNT], davy_value *y)
{
    davy_graph *graph;
    davy_value x, loose;

    assert_ok(davy_graph_create("edges", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, (int64_t[]){-1, 22, 18, 32});
    values[CONV] = davy_layer_conv(graph, "conv", x, &strided);
    values[RELU] = davy_layer_activation(graph, values[CONV], DAVY_ACTIVATION_RELU, 0);
    values[POOL] = davy_layer_max_pool(graph, values[RELU], &window);
    values[TWICE] =
        twice(graph, davy_layer_slice(graph, values[POOL], 1, 0, 5)); /* 10 of 11 rows */
    values[PART] = davy_layer_slice(graph, values[RELU], 1, 0, 10);
    values[PART] = davy_layer_slice(graph, values[PART], 2, 0, 9);
    values[TWICE] = davy_layer_slice(graph, values[TWICE], 2, 0, 9);
    values[JOINED] = davy_layer_concat(graph, (davy_value[]){values[TWICE], values[PART]}, 2, 3);
    values[PIXELS] = davy_layer_conv(graph, "pixels", values[JOINED], &pixels);
    values[ADDED] = davy_layer_add(graph, values[PIXELS], values[PART]);
    /* What joins a value with one of another type is f32, and so is what it joins. */
    loose = davy_layer_slice(graph, davy_layer_slice(graph, x, 1, 0, 10), 2, 0, 9);
    values[KEPT] = davy_layer_conv(graph, "kept", values[ADDED], &pixels);
    values[MIXED] = davy_layer_concat(graph, (davy_value[]){values[KEPT], loose}, 2, 3);
    values[MEAN] = davy_layer_global_average_pool(
        graph, davy_layer_conv(graph, "last", values[MIXED], &strided));
    *y = davy_layer_dense(graph, "y", values[MEAN], 5, DAVY_ACTIVATION_NONE);
    davy_graph_output(graph, *y);
    davy_layers_initialise(graph, 3);
    assert_ok(davy_graph_status(graph));
    return graph;
}

static void gives_bf16_to_those_who_take_it(void **state)
{
    davy_tensor x = gradient_input(4, (int64_t[]){2, 22, 18, 32}, 1, 1);
    davy_value values[COUNT], y;
    davy_graph *graph = make(values, &y);

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (int training = 0; training < 2; training++) {
        davy_plan *plan;

        assert_ok(operator_plan(
            graph, &x, &(struct operator_options){.threads = 1, .bf16 = true, .training = training},
            DAVY_VALUE_NONE, &plan));
        for (int i = 0; i < COUNT; i++) {
            const bool wide = training || i == KEPT || i == MIXED;

            if (plan->values[values[i]].tensor.type != (wide ? DAVY_TYPE_F32 : DAVY_TYPE_BF16))
                fail_msg("value %d is %s in %s", i,
                         davy_type_name(plan->values[values[i]].tensor.type),
                         training ? "training" : "a service");
        }
        assert_int_equal(plan->values[y].tensor.type, DAVY_TYPE_F32); /* an output */
        davy_plan_destroy(plan);
    }
    davy_graph_destroy(graph);
    free(x.data);
}

/* 8 bits in each of a dozen steps, on answers of about 1. */
static void gives_answers_near_those_of_f32(void **state)
{
    davy_tensor x = gradient_input(4, (int64_t[]){2, 22, 18, 32}, 1, 1), result[3];
    davy_value values[COUNT], y;
    davy_graph *graph = make(values, &y);
    double difference = 0, length = 0;

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (int i = 0; i < 3; i++) {
        const struct operator_options options = {.threads = i > 1 ? 2 : 1, .bf16 = i > 0};

        result[i] = operator_run_with(graph, y, &x, &options);
    }
    for (int64_t i = 0; i < davy_tensor_count(&result[0]); i++) {
        const double exact = (double) davy_f32(&result[0])[i];

        difference += pow((double) davy_f32(&result[1])[i] - exact, 2);
        length += exact * exact;
    }
    assert_true(difference > 0); /* it was bf16 that ran */
    assert_true(sqrt(difference / length) < 0.02);
    assert_memory_equal(result[1].data, result[2].data, davy_tensor_bytes(&result[1]));
    for (int i = 0; i < 3; i++)
        free(result[i].data);
    davy_graph_destroy(graph);
    free(x.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_bf16_to_those_who_take_it),
        cmocka_unit_test(gives_answers_near_those_of_f32),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
