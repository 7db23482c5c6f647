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

static bool fails(void)
{
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
