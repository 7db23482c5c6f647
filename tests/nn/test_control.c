/* SPDX-License-Identifier: Apache-2.0 */
#include "operator.h"

#include "nn/op/inner.h"

/* y = x op x, as a graph of one captured value. */
static davy_graph *branch(const char *op)
{
    davy_graph *graph;
    davy_value x;

    assert_ok(davy_graph_create(op, 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    davy_graph_output(graph, davy_graph_node(graph, op, (davy_value[]){x, x}, 2, 1)->out[0]);
    return graph;
}

static davy_status run(davy_graph *graph, size_t memory_max, const davy_tensor *inputs,
                       davy_tensor *outputs, void (*check)(const davy_tensor *outputs))
{
    const davy_network_options options = {.memory_max = memory_max};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = davy_network_create(graph, &options, &network);

    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    for (int round = 0; status == DAVY_OK && round < 2; round++) {
        status = davy_session_run(session, inputs, outputs);
        if (status == DAVY_OK)
            check(outputs);
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

static void check_doubled(const davy_tensor *outputs)
{
    operator_compare("if", &outputs[0], &F32(DIMS(2), 6, 10));
}

static void check_squared(const davy_tensor *outputs)
{
    operator_compare("if", &outputs[0], &F32(DIMS(2), 9, 25));
}

static davy_graph *choice(void)
{
    davy_value in[2];
    davy_graph *graph;
    davy_node *node;

    assert_ok(davy_graph_create("choice", 0, &graph));
    in[0] = davy_graph_input(graph, "condition", DAVY_TYPE_BOOL, 0, NULL);
    in[1] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    node = davy_graph_node(graph, "if", in, 2, 1);
    davy_node_set_graph(graph, node, "then_branch", branch("add"));
    davy_node_set_graph(graph, node, "else_branch", branch("mul"));
    davy_graph_output(graph, node->out[0]);
    return graph;
}

static void takes_one_of_two_graphs(void **state)
{
    const davy_tensor x = F32(DIMS(2), 3, 5);
    davy_tensor out;

    (void) state;
    assert_ok(run(choice(), 0, (davy_tensor[]){BOOL(SCALAR, 1), x}, &out, check_doubled));
    assert_ok(run(choice(), 0, (davy_tensor[]){BOOL(SCALAR, 0), x}, &out, check_squared));
}

/* body: (i, condition, a, b) -> (condition, b, a + b, a): Fibonacci's numbers, and the stack of a.
 * The carried values change places, so each must stay until both are taken. */
static davy_graph *fibonacci_body(void)
{
    davy_value condition, a, b;
    davy_graph *graph;

    assert_ok(davy_graph_create("body", 0, &graph));
    (void) davy_graph_input(graph, "i", DAVY_TYPE_I64, 0, NULL);
    condition = davy_graph_input(graph, "condition", DAVY_TYPE_BOOL, 0, NULL);
    a = davy_graph_input(graph, "a", DAVY_TYPE_F32, 0, NULL);
    b = davy_graph_input(graph, "b", DAVY_TYPE_F32, 0, NULL);
    davy_graph_output(graph, davy_graph_node(graph, "identity", &condition, 1, 1)->out[0]);
    davy_graph_output(graph, davy_graph_node(graph, "identity", &b, 1, 1)->out[0]);
    davy_graph_output(graph, davy_graph_node(graph, "add", (davy_value[]){a, b}, 2, 1)->out[0]);
    davy_graph_output(graph, davy_graph_node(graph, "identity", &a, 1, 1)->out[0]);
    return graph;
}

static davy_graph *fibonacci(void)
{
    davy_value in[4];
    davy_graph *graph;
    davy_node *node;

    assert_ok(davy_graph_create("fibonacci", 0, &graph));
    in[0] = davy_graph_input(graph, "trips", DAVY_TYPE_I64, 0, NULL);
    in[1] = davy_graph_input(graph, "condition", DAVY_TYPE_BOOL, 0, NULL);
    in[2] = davy_graph_input(graph, "a", DAVY_TYPE_F32, 0, NULL);
    in[3] = davy_graph_input(graph, "b", DAVY_TYPE_F32, 0, NULL);
    node = davy_graph_node(graph, "loop", in, 4, 3);
    davy_node_set_graph(graph, node, "body", fibonacci_body());
    for (size_t i = 0; i < 3; i++)
        davy_graph_output(graph, node->out[i]);
    return graph;
}

static void check_fibonacci(const davy_tensor *outputs)
{
    operator_compare("loop", &outputs[0], &F32(SCALAR, 8));
    operator_compare("loop", &outputs[1], &F32(SCALAR, 13));
    operator_compare("loop", &outputs[2], &F32(DIMS(6), 0, 1, 1, 2, 3, 5));
}

static void check_nothing_done(const davy_tensor *outputs)
{
    operator_compare("loop", &outputs[0], &F32(SCALAR, 0));
    assert_int_equal(davy_tensor_count(&outputs[2]), 0);
}

static void repeats_a_graph(void **state)
{
    const davy_tensor a = F32(SCALAR, 0), b = F32(SCALAR, 1), yes = BOOL(SCALAR, 1);
    davy_tensor out[3];

    (void) state;
    assert_ok(
        run(fibonacci(), 0, (davy_tensor[]){I64(SCALAR, 6), yes, a, b}, out, check_fibonacci));
    assert_ok(run(fibonacci(), 0, (davy_tensor[]){I64(SCALAR, INT64_MIN), yes, a, b}, out,
                  check_nothing_done));
    assert_ok(run(fibonacci(), 0, (davy_tensor[]){I64(SCALAR, 6), BOOL(SCALAR, 0), a, b}, out,
                  check_nothing_done));
}

static void ends_a_loop_that_would_not(void **state)
{
    davy_tensor out[3];

    (void) state;
    assert_fails(run(fibonacci(), 0,
                     (davy_tensor[]){I64(SCALAR, INT64_MAX), BOOL(SCALAR, 1), F32(SCALAR, 0),
                                     F32(SCALAR, 1)},
                     out, check_nothing_done),
                 DAVY_ERR_FULL, "iterations");
    assert_fails(
        run(fibonacci(), (size_t) 1 << 16,
            (davy_tensor[]){I64(SCALAR, 1000000), BOOL(SCALAR, 1), F32(SCALAR, 0), F32(SCALAR, 1)},
            out, check_nothing_done),
        DAVY_ERR_FULL, "65536 at most");
}

/* Running sums of the columns of x, from the last to the first; captured: a factor. */
static davy_graph *running_sums(void)
{
    davy_value in[3], body_in[3], product, sum;
    davy_graph *graph, *body;
    davy_node *node;

    assert_ok(davy_graph_create("body", 0, &body));
    body_in[0] = davy_graph_input(body, "sum", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    body_in[1] = davy_graph_input(body, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    body_in[2] = davy_graph_input(body, "factor", DAVY_TYPE_F32, 0, NULL);
    product = davy_graph_node(body, "mul", body_in + 1, 2, 1)->out[0];
    sum = davy_graph_node(body, "add", (davy_value[]){body_in[0], product}, 2, 1)->out[0];
    davy_graph_output(body, sum);
    davy_graph_output(body, davy_graph_node(body, "identity", &sum, 1, 1)->out[0]);

    assert_ok(davy_graph_create("scan", 0, &graph));
    in[0] = davy_graph_input(graph, "sum", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    in[1] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, -1});
    in[2] = davy_graph_input(graph, "factor", DAVY_TYPE_F32, 0, NULL);
    node = davy_graph_node(graph, "scan", in, 3, 2);
    davy_node_set_int(graph, node, "num_scan_inputs", 1);
    davy_node_set_int(graph, node, "captured", 1);
    davy_node_set_ints(graph, node, "scan_input_axes", (int64_t[]){1}, 1);
    davy_node_set_ints(graph, node, "scan_input_directions", (int64_t[]){1}, 1);
    davy_node_set_ints(graph, node, "scan_output_axes", (int64_t[]){-1}, 1);
    davy_node_set_graph(graph, node, "body", body);
    davy_graph_output(graph, node->out[0]);
    davy_graph_output(graph, node->out[1]);
    return graph;
}

static void check_sums(const davy_tensor *outputs)
{
    operator_compare("scan", &outputs[0], &F32(DIMS(2), 12, 30));
    operator_compare("scan", &outputs[1], &F32(DIMS(2, 3), 6, 10, 12, 12, 22, 30));
}

static void scans_slices(void **state)
{
    davy_tensor out[2];

    (void) state;
    assert_ok(
        run(running_sums(), 0,
            (davy_tensor[]){F32(DIMS(2), 0, 0), F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), F32(SCALAR, 2)},
            out, check_sums));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_one_of_two_graphs),
        cmocka_unit_test(repeats_a_graph),
        cmocka_unit_test(ends_a_loop_that_would_not),
        cmocka_unit_test(scans_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
