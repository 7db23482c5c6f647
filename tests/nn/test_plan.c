/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/plan.h"

#include "gradient.h"

#include "nn/network.h"

/* Operators of the test: small enough to check by hand. */

static davy_status same_prepare(davy_call *call)
{
    return davy_tensor_shape(call->out[0], call->in[0]->type, call->in[0]->rank, call->in[0]->dims);
}

static davy_status add_forward(const davy_call *call)
{
    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_f32(call->out[0])[i] = davy_f32(call->in[0])[i] + davy_f32(call->in[1])[i];
    return DAVY_OK;
}

static void add_backward(const davy_call *call)
{
    for (size_t k = 0; k < 2; k++)
        for (int64_t i = 0; call->diff_in[k] && i < davy_tensor_count(call->out[0]); i++)
            davy_f32(call->diff_in[k])[i] = davy_f32(call->diff_out[0])[i] +
                                            (call->diff_add[k] ? davy_f32(call->diff_in[k])[i] : 0);
}

static davy_status square_forward(const davy_call *call)
{
    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_f32(call->out[0])[i] = davy_f32(call->in[0])[i] * davy_f32(call->in[0])[i];
    return DAVY_OK;
}

static void square_backward(const davy_call *call)
{
    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_f32(call->diff_in[0])[i] =
            2 * davy_f32(call->in[0])[i] * davy_f32(call->diff_out[0])[i] +
            (call->diff_add[0] ? davy_f32(call->diff_in[0])[i] : 0);
}

static davy_status flat_prepare(davy_call *call)
{
    const int64_t count = davy_tensor_count(call->in[0]);

    return davy_tensor_shape(call->out[0], call->in[0]->type, 1, &count);
}

static void flat_backward(const davy_call *call)
{
    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        davy_f32(call->diff_in[0])[i] = davy_f32(call->diff_out[0])[i] +
                                        (call->diff_add[0] ? davy_f32(call->diff_in[0])[i] : 0);
}

static davy_status positive_prepare(davy_call *call)
{
    int64_t count = 0;

    if (!davy_call_constant(call, 0))
        return DAVY_OK;
    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        count += davy_f32(call->in[0])[i] > 0;
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, 1, &count);
}

static davy_status positive_forward(const davy_call *call)
{
    int64_t count = 0;

    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++)
        if (davy_f32(call->in[0])[i] > 0)
            davy_f32(call->out[0])[count++] = davy_f32(call->in[0])[i];
    return DAVY_OK;
}

static const davy_op add_op = {.name = "add_test",
                               .in_min = 2,
                               .in_max = 2,
                               .out_max = 1,
                               .flags = DAVY_OP_IN_PLACE,
                               .prepare = same_prepare,
                               .forward = add_forward,
                               .backward = add_backward};
static const davy_op square_op = {.name = "square_test",
                                  .in_min = 1,
                                  .in_max = 1,
                                  .out_max = 1,
                                  .flags = DAVY_OP_IN_PLACE,
                                  .needs = DAVY_NEEDS_IN(0),
                                  .prepare = same_prepare,
                                  .forward = square_forward,
                                  .backward = square_backward};
static const davy_op flat_op = {.name = "flat_test",
                                .in_min = 1,
                                .in_max = 1,
                                .out_max = 1,
                                .flags = DAVY_OP_VIEW,
                                .prepare = flat_prepare,
                                .backward = flat_backward};
static const davy_op positive_op = {.name = "positive_test",
                                    .in_min = 1,
                                    .in_max = 1,
                                    .out_max = 1,
                                    .prepare = positive_prepare,
                                    .forward = positive_forward};

static davy_value node(davy_graph *graph, const davy_op *op, davy_value a, davy_value b)
{
    davy_node *made =
        davy_graph_node_of(graph, op, (davy_value[]){a, b}, b == DAVY_VALUE_NONE ? 1 : 2, 1);

    return made ? made->out[0] : DAVY_VALUE_NONE;
}

static davy_value unary(davy_graph *graph, const davy_op *op, davy_value x)
{
    return node(graph, op, x, DAVY_VALUE_NONE);
}

/* x -> 6 squarings, each 64 kB: two pieces of memory are enough, or one in place. */
static void lays_what_does_not_live_together_in_one_place(void **state)
{
    const int64_t dims[] = {16384};
    davy_tensor input = gradient_input(1, dims, 1, 1), output;
    davy_network *network;
    davy_session *session;
    davy_graph *graph;
    size_t arena, naive;
    davy_value x;

    (void) state;
    assert_ok(davy_graph_create("chain", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, dims);
    for (int i = 0; i < 6; i++)
        x = unary(graph, &square_op, x);
    davy_graph_output(graph, x);
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &input, &output));
    assert_near(davy_f32(&output)[5], pow((double) davy_f32(&input)[5], 64), 1e-6);
    davy_session_memory(session, &arena, &naive);
    assert_int_equal(arena, 65536);
    davy_session_destroy(session);
    davy_network_destroy(network);
    free(input.data);
}

/* y = flat((x + p)^2) + flat(x + p): p's gradient is w (2 (x + p) + 1), by hand and by differences.
 */
static void sets_the_first_gradient_and_adds_the_others(void **state)
{
    const int64_t dims[] = {3, 4};
    davy_tensor input = gradient_input(2, dims, 1, 1);
    davy_graph *graph;
    davy_value x, p, sum, y;

    (void) state;
    assert_ok(davy_graph_create("two ways", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, dims);
    p = davy_graph_parameter(graph, "p", DAVY_ROLE_PARAMETER, 2, dims);
    sum = node(graph, &add_op, x, p);
    y = node(graph, &add_op, unary(graph, &flat_op, unary(graph, &square_op, sum)),
             unary(graph, &flat_op, sum));
    y = node(graph, &add_op, y, y);
    gradient_fill_parameters(graph, 1);
    gradient_check(graph, gradient_probe(graph, y), &input);
    free(input.data);
}

/* What a constant makes is computed while planning; what nobody wants is not computed at all. */
static void folds_constants_and_drops_what_nobody_wants(void **state)
{
    const float two = 2;
    const davy_tensor constant = {
        .type = DAVY_TYPE_F32, .rank = 0, .data = (void *) (uintptr_t) &two};
    const davy_plan_options options = {
        .env = {.kernels = davy_kernels_best(), .threads = 1, .memory_max = 1 << 20},
        .loss = DAVY_VALUE_NONE};
    davy_tensor shape = {.type = DAVY_TYPE_F32, .rank = 0};
    davy_plan *plan;
    davy_graph *graph;
    davy_value x, four;

    (void) state;
    assert_ok(davy_graph_create("constants", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 0, NULL);
    four = unary(graph, &square_op, davy_graph_constant(graph, "two", &constant));
    (void) unary(graph, &square_op, x);
    davy_graph_output(graph, node(graph, &add_op, x, four));
    assert_ok(davy_plan_create(graph, &shape, &options, &plan));
    assert_int_equal(plan->step_count, 1);
    assert_near(*davy_f32(&plan->values[four].tensor), 4, 0);
    davy_plan_destroy(plan);
    davy_graph_destroy(graph);
}

/* The same session, other data: the late node and what follows it change their shape. */
static void prepares_late_nodes_in_every_run(void **state)
{
    float data[] = {1, -2, 3, -4, 5};
    davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {5}, .data = data}, output;
    davy_network *network;
    davy_session *session;
    davy_graph *graph;
    davy_value x;

    (void) state;
    assert_ok(davy_graph_create("late", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
    davy_graph_output(graph, unary(graph, &square_op, unary(graph, &positive_op, x)));
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &input, &output));
    assert_int_equal(output.dims[0], 3);
    assert_near(davy_f32(&output)[2], 25, 0);
    data[0] = -1;
    assert_ok(davy_session_run(session, &input, &output));
    assert_int_equal(output.dims[0], 2);
    assert_near(davy_f32(&output)[0], 9, 0);
    input.dims[0] = 1;
    assert_ok(davy_session_run(session, &input, &output));
    assert_int_equal(output.dims[0], 0);
    input.rank = 2;
    assert_fails(davy_session_run(session, &input, &output), DAVY_ERR_INVALID, "input 'x'");
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void refuses_to_train_through_what_has_no_way_back(void **state)
{
    const davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                               .training = true,
                                               .threads = 1,
                                               .memory_max = 1 << 20},
                                       .loss = 2};
    davy_op blocked = square_op;
    davy_plan *plan;
    davy_graph *graph;
    davy_value p;

    (void) state;
    blocked.backward = NULL;
    assert_ok(davy_graph_create("blocked", 0, &graph));
    p = davy_graph_parameter(graph, "p", DAVY_ROLE_PARAMETER, 1, (int64_t[]){2});
    (void) gradient_probe(graph, unary(graph, &blocked, p));
    assert_fails(davy_plan_create(graph, NULL, &options, &plan), DAVY_ERR_UNSUPPORTED,
                 "cannot be trained through");
    davy_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_what_does_not_live_together_in_one_place),
        cmocka_unit_test(sets_the_first_gradient_and_adds_the_others),
        cmocka_unit_test(folds_constants_and_drops_what_nobody_wants),
        cmocka_unit_test(prepares_late_nodes_in_every_run),
        cmocka_unit_test(refuses_to_train_through_what_has_no_way_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
