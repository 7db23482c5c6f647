/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Every allocation fails once: the linker puts the functions below in front of the C library's
 * (-Wl,--wrap), and the n-th call answers NULL. Whatever n is, a network is built, planned, run and
 * learnt from, or a status says that there was no memory; sanitizers see that nothing leaks.
 */
#include "nn/layers.h"
#include "nn/network.h"
#include "nn/trainer.h"

#include "../testing.h"

#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* Allocations until one fails; 0: none fails. */
static size_t countdown;
static size_t allocations; /* so far */

static bool fails(void)
{
    allocations++;
    return countdown > 0 && --countdown == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

/* More allocations than the work below takes. */
#define ALLOCATIONS_MAX 20000

static const int64_t shape[] = {-1, 8, 8, 3};

/* A small network of every kind of layer that keeps something. */
static davy_value build(davy_graph *graph)
{
    const davy_conv_options conv = {.channels = 4,
                                    .window = {.kernel = {3, 3}, .same = true},
                                    .activation = DAVY_ACTIVATION_RELU};
    const davy_window2 pool = {.kernel = {2, 2}, .stride = {2, 2}};
    davy_value x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, shape);

    x = davy_layer_conv(graph, "conv", x, &conv);
    x = davy_layer_batch_norm(graph, "norm", x);
    x = davy_layer_max_pool(graph, x, &pool);
    x = davy_layer_reshape(graph, x, 3, (int64_t[]){0, -1, 4});
    x = davy_layer_recurrent(graph, "lstm", x, DAVY_LSTM, 5, false, true);
    x = davy_layer_dropout(graph, x, 0.1F);
    return davy_layer_dense(graph, "dense", x, 2, DAVY_ACTIVATION_NONE);
}

static davy_status infer(float *data)
{
    const davy_tensor input = {
        .type = DAVY_TYPE_F32, .rank = 4, .dims = {2, 8, 8, 3}, .data = data};
    davy_tensor output;
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = davy_graph_create("small", 0, &graph);

    if (status == DAVY_OK) {
        davy_graph_output(graph, build(graph));
        davy_layers_initialise(graph, 1);
        status = davy_network_create(graph, NULL, &network);
    }
    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    if (status == DAVY_OK)
        status = davy_session_run(session, &input, &output);
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

static davy_status learn(float *data)
{
    int64_t classes[] = {0, 1};
    const davy_tensor inputs[] = {
        {.type = DAVY_TYPE_F32, .rank = 4, .dims = {2, 8, 8, 3}, .data = data},
        {.type = DAVY_TYPE_I64, .rank = 1, .dims = {2}, .data = classes}};
    const davy_trainer_options options = {.average = 0.9F};
    davy_graph *graph = NULL;
    davy_trainer *trainer = NULL;
    davy_status status = davy_graph_create("small", 0, &graph);
    davy_value loss = DAVY_VALUE_NONE;

    if (status == DAVY_OK) {
        const davy_value logits = build(graph);
        const davy_value target =
            davy_graph_input(graph, "class", DAVY_TYPE_I64, 1, (int64_t[]){-1});
        const davy_node *node =
            davy_graph_node(graph, "cross_entropy", (davy_value[]){logits, target}, 2, 1);

        loss = node ? node->out[0] : DAVY_VALUE_NONE;
        davy_layers_initialise(graph, 1);
        status = davy_graph_status(graph);
    }
    if (status == DAVY_OK)
        status = davy_trainer_create(graph, loss, &options, NULL, &trainer);
    for (int i = 0; status == DAVY_OK && i < 2; i++)
        status = davy_trainer_step(trainer, inputs, NULL);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(graph);
    return status;
}

static void fail_each_allocation(davy_status (*work)(float *data))
{
    static float data[2 * 8 * 8 * 3];
    size_t n;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(data); i++)
        data[i] = (float) (i % 7) / 7;
    for (n = 1; n < ALLOCATIONS_MAX; n++) {
        davy_status status;

        countdown = n;
        status = work(data);
        if (countdown > 0)
            break; /* it took fewer than n */
        if (status != DAVY_OK && status != DAVY_ERR_NOMEM && status != DAVY_ERR_FULL)
            fail_msg("allocation %zu: %s: %s", n, davy_status_name(status), davy_error());
    }
    countdown = 0;
    assert_true(n > 20 && n < ALLOCATIONS_MAX);
    assert_ok(work(data));
}

static void says_when_a_network_finds_no_memory(void **state)
{
    (void) state;
    fail_each_allocation(infer);
}

/* y = x op x, for an if that has captured x. */
static davy_graph *branch(const char *op)
{
    davy_graph *graph = NULL;

    if (davy_graph_create(op, 0, &graph) == DAVY_OK) {
        const davy_value x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
        const davy_node *node = davy_graph_node(graph, op, (davy_value[]){x, x}, 2, 1);

        davy_graph_output(graph, node ? node->out[0] : DAVY_VALUE_NONE);
    }
    return graph;
}

/* Give a node its graph; without one the graph around it has failed. */
static void hang(davy_graph *graph, davy_node *node, const char *name, davy_graph *inner)
{
    if (node && inner)
        davy_node_set_graph(graph, node, name, inner);
    else
        davy_graph_destroy(inner);
    if (!inner)
        davy_graph_fail(graph, DAVY_ERR_NOMEM);
}

/* (i, go, x) -> (go, go ? x + x : x * x), for a loop. */
static davy_graph *body(void)
{
    davy_graph *graph = NULL;

    if (davy_graph_create("body", 0, &graph) == DAVY_OK) {
        davy_value go, x;
        davy_node *node;

        (void) davy_graph_input(graph, "i", DAVY_TYPE_I64, 0, NULL);
        go = davy_graph_input(graph, "go", DAVY_TYPE_BOOL, 0, NULL);
        x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
        node = davy_graph_node(graph, "if", (davy_value[]){go, x}, 2, 1);
        hang(graph, node, "then_branch", branch("add"));
        hang(graph, node, "else_branch", branch("mul"));
        davy_graph_output(graph, go);
        davy_graph_output(graph, node ? node->out[0] : DAVY_VALUE_NONE);
    }
    return graph;
}

/* A loop of six rounds, run three times; what the second and the third run allocate. */
static davy_status repeat(float *data, size_t taken[2])
{
    int64_t trips = 6;
    uint8_t go = 1;
    const davy_tensor inputs[] = {{.type = DAVY_TYPE_I64, .data = &trips},
                                  {.type = DAVY_TYPE_BOOL, .data = &go},
                                  {.type = DAVY_TYPE_F32, .rank = 1, .dims = {4}, .data = data}};
    davy_tensor output;
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = davy_graph_create("repeat", 0, &graph);

    if (status == DAVY_OK) {
        davy_value in[3];
        davy_node *node;

        in[0] = davy_graph_input(graph, "trips", DAVY_TYPE_I64, 0, NULL);
        in[1] = davy_graph_input(graph, "go", DAVY_TYPE_BOOL, 0, NULL);
        in[2] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 1, (int64_t[]){-1});
        node = davy_graph_node(graph, "loop", in, 3, 1);
        hang(graph, node, "body", body());
        davy_graph_output(graph, node ? node->out[0] : DAVY_VALUE_NONE);
        status = davy_network_create(graph, NULL, &network);
    }
    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    for (int round = 0; status == DAVY_OK && round < 3; round++) {
        const size_t before = allocations;

        status = davy_session_run(session, inputs, &output);
        if (round > 0)
            taken[round - 1] = allocations - before;
    }
    if (status == DAVY_OK)
        assert_near(davy_f32(&output)[1], 64 * data[1], 0); /* doubled six times */
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

static davy_status loop(float *data)
{
    size_t taken[2];

    return repeat(data, taken);
}

static void says_when_a_loop_finds_no_memory(void **state)
{
    (void) state;
    fail_each_allocation(loop);
}

/* The two values that are carried grow once in each run; plans, sessions and arenas are there. */
static void plans_the_body_of_a_loop_once(void **state)
{
    float data[4] = {1, 2, 3, 4};
    size_t taken[2] = {0, 0};

    (void) state;
    assert_ok(repeat(data, taken));
    assert_true(taken[0] <= 2);
    assert_int_equal(taken[1], taken[0]);
}

static void says_when_a_training_finds_no_memory(void **state)
{
    (void) state;
    fail_each_allocation(learn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_when_a_network_finds_no_memory),
        cmocka_unit_test(says_when_a_training_finds_no_memory),
        cmocka_unit_test(says_when_a_loop_finds_no_memory),
        cmocka_unit_test(plans_the_body_of_a_loop_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
