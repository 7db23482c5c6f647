/* SPDX-License-Identifier: Apache-2.0 */
#include "recurrent.h"

#include "nn/passes.h"

/*
 * Graphs as the importer makes them of what PyTorch exports: the series comes with the batch first,
 * ONNX's LSTM has it in the middle.
 */
enum { N = 2, T = 5, C = 3, H = 4 };

static davy_value list(davy_graph *graph, size_t count, const int64_t *numbers)
{
    davy_tensor tensor = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {(int64_t) count}};

    tensor.data = (void *) (uintptr_t) numbers;
    return davy_graph_constant(graph, "", &tensor);
}

static davy_value listed(davy_graph *graph, const char *op, davy_value x, size_t count,
                         const int64_t *numbers)
{
    return davy_graph_node(graph, op, (davy_value[]){x, list(graph, count, numbers)}, 2, 1)->out[0];
}

static davy_value turned(davy_graph *graph, davy_value x, size_t rank, const int64_t *order)
{
    davy_node *node = davy_graph_node(graph, "transpose", &x, 1, 1);

    davy_node_set_ints(graph, node, "perm", order, rank);
    return graph->nodes[graph->node_count - 1].out[0];
}

static davy_value one_of(davy_graph *graph, davy_value x, int64_t axis, int64_t index)
{
    davy_tensor at = {.type = DAVY_TYPE_I64, .data = &index};
    davy_value in[] = {x, davy_graph_constant(graph, "", &at)};
    davy_node *node = davy_graph_node(graph, "gather", in, 2, 1);

    davy_node_set_int(graph, node, "axis", axis);
    return graph->nodes[graph->node_count - 1].out[0];
}

/* An LSTM on x [N, T, C] with initial states of zeros. @param out  y, h and c */
static davy_graph *begin(const char *direction, davy_value out[3])
{
    const struct recurrent net = {.op = "lstm",
                                  .gates = 4,
                                  .biases = 1,
                                  .memory = true,
                                  .direction = direction,
                                  .c = C,
                                  .h = H};
    const int64_t d = recurrent_directions(&net), sizes[] = {N, H * d};
    davy_graph *graph;
    davy_node *node;
    davy_value zeros;

    assert_ok(davy_graph_create("exported", 0, &graph));
    zeros = davy_graph_node(graph, "constant_of_shape", (davy_value[]){list(graph, 2, sizes)}, 1, 1)
                ->out[0];
    node = recurrent_node(&net, graph);
    node->in[4] = zeros;
    node->in[5] = zeros;
    for (size_t i = 0; i < 3; i++)
        out[i] = node->out[i];
    return graph;
}

/* After the passes one node is left, with no initial state, and gives what it gave before. */
static void becomes_one_node(davy_graph *graph, davy_value out, uint32_t which)
{
    const davy_tensor x = recurrent_tensor(3, (int64_t[]){N, T, C}, 0);
    davy_network *network;
    davy_session *session;
    const davy_tensor *made;
    davy_tensor before, after;
    davy_plan *plan;
    davy_runner *runner;
    davy_memory arena = {0};
    const davy_plan_options options = {
        .env = {.kernels = davy_kernels_best(), .threads = 1, .memory_max = (size_t) 1 << 30},
        .loss = DAVY_VALUE_NONE};

    davy_graph_output(graph, out);
    assert_ok(davy_graph_status(graph));
    assert_ok(davy_plan_create(graph, &x, &options, &plan));
    assert_ok(davy_runner_create(plan, NULL, &runner));
    davy_runner_bind(runner, davy_memory_reserve(&arena, plan->arena_bytes), NULL);
    assert_ok(davy_runner_forward(runner, &x));
    made = davy_runner_value(runner, out);
    before = gradient_input(made->rank, made->dims, 0, 1);
    memcpy(before.data, made->data, davy_tensor_bytes(made));
    davy_runner_destroy(runner);
    davy_plan_destroy(plan);

    assert_ok(davy_network_create(graph, NULL, &network));
    assert_int_equal(graph->node_count, 1);
    assert_string_equal(graph->nodes[0].op->name, "lstm");
    assert_int_equal(graph->outputs[0], graph->nodes[0].out[which]);
    assert_int_equal(graph->nodes[0].in[4], DAVY_VALUE_NONE);
    assert_int_equal(graph->nodes[0].in[5], DAVY_VALUE_NONE);
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &x, &after));
    assert_true(davy_tensor_same_shape(&before, &after));
    assert_memory_equal(before.data, after.data, davy_tensor_bytes(&after));
    davy_session_destroy(session);
    davy_network_destroy(network);
    davy_memory_clear(&arena);
    free(before.data);
    free(x.data);
}

/* [N, T, H] to [T, 1, N, H], and back as PyTorch writes it. */
static davy_value there_and_back(davy_graph *graph, davy_value y)
{
    y = listed(graph, "reshape", y, 4, (int64_t[]){0, 0, 1, -1});
    y = turned(graph, y, 4, (int64_t[]){1, 2, 0, 3});
    y = listed(graph, "squeeze", y, 1, (int64_t[]){1});
    return turned(graph, y, 3, (int64_t[]){1, 0, 2});
}

static void a_whole_series_is_the_first_output(void **state)
{
    davy_value out[3];
    davy_graph *graph = begin("reverse", out);

    (void) state;
    becomes_one_node(graph, there_and_back(graph, out[0]), 0);
}

static void the_directions_of_a_series_lie_side_by_side(void **state)
{
    davy_value out[3], y;
    davy_graph *graph = begin("bidirectional", out);

    (void) state;
    y = listed(graph, "reshape", out[0], 4, (int64_t[]){0, 0, 2, -1});
    y = turned(graph, y, 4, (int64_t[]){1, 2, 0, 3});
    y = turned(graph, y, 4, (int64_t[]){0, 2, 1, 3});
    y = listed(graph, "reshape", y, 3, (int64_t[]){0, 0, -1});
    becomes_one_node(graph, turned(graph, y, 3, (int64_t[]){1, 0, 2}), 0);
}

static void the_last_step_is_the_second_output(void **state)
{
    davy_value out[3];
    davy_graph *graph = begin("forward", out);

    (void) state;
    becomes_one_node(graph, one_of(graph, there_and_back(graph, out[0]), 1, -1), 1);
}

static void the_last_step_of_a_reverse_series_is_no_last_state(void **state)
{
    davy_value out[3], y;
    davy_graph *graph = begin("reverse", out);

    (void) state;
    y = one_of(graph, there_and_back(graph, out[0]), 1, -1);
    davy_graph_output(graph, y);
    assert_ok(davy_passes_run(graph));
    assert_int_equal(graph->node_count, 2); /* the gather stays */
    davy_graph_destroy(graph);
}

static void the_only_state_is_an_output(void **state)
{
    davy_value out[3], h;
    davy_graph *graph = begin("forward", out);

    (void) state;
    h = listed(graph, "reshape", out[2], 3, (int64_t[]){0, 1, -1});
    h = turned(graph, h, 3, (int64_t[]){1, 0, 2});
    becomes_one_node(graph, one_of(graph, h, 0, -1), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_series_is_the_first_output),
        cmocka_unit_test(the_directions_of_a_series_lie_side_by_side),
        cmocka_unit_test(the_last_step_is_the_second_output),
        cmocka_unit_test(the_last_step_of_a_reverse_series_is_no_last_state),
        cmocka_unit_test(the_only_state_is_an_output),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
