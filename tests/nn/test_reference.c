/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four reference networks, small, over six Adam steps: losses are PyTorch's to five digits.
 * The numbers are from make_training_golden.py, which says how they were made.
 */
#include "nn/layers.h"
#include "nn/simd/amx.h"
#include "nn/trainer.h"

#include "../testing.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLES 8
#define STEPS   6

/* The i-th number of a stream in [0, 1): the hash of make_training_golden.py. */
static float uniform(uint32_t stream, uint32_t i)
{
    uint32_t h = i * 2654435761U + stream * 2246822519U + 374761393U;

    h = (h ^ h >> 15) * 2246822519U;
    h ^= h >> 13;
    return (float) (h >> 8) * 0x1p-24F;
}

static bool ends_with(const char *name, const char *end)
{
    const size_t length = strlen(name);

    return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* Parameters in the order of the graph, as the Python script draws them. */
static void draw(davy_graph *graph)
{
    uint32_t stream = 0;

    for (size_t i = 0; i < graph->value_count; i++) {
        const davy_edge *edge = &graph->values[i];
        const float bound = edge->tensor.rank > 1 ? 0.25F : 0.05F;

        if (edge->role != DAVY_ROLE_PARAMETER)
            continue;
        for (int64_t k = 0; k < davy_tensor_count(&edge->tensor); k++)
            davy_f32(&edge->tensor)[k] = bound * (2.0F * uniform(stream, (uint32_t) k) - 1.0F) +
                                         (ends_with(edge->name, "/scale") ? 1.0F : 0.0F);
        stream++;
    }
}

static davy_value build_cnn_of(davy_graph *graph, davy_value x, bool at_once)
{
    static const char *const names[] = {"c1", "c2"};
    const davy_window2 pool = {.kernel = {2, 2}, .stride = {2, 2}};

    for (int64_t i = 0; i < 2; i++) {
        x = davy_layer_conv(graph, names[i], x,
                            &(davy_conv_options){.channels = 8 << i,
                                                 .window.kernel = {3, 3},
                                                 .activation = DAVY_ACTIVATION_RELU,
                                                 .pool = at_once});
        if (!at_once)
            x = davy_layer_max_pool(graph, x, &pool);
    }
    x = davy_layer_dense(graph, "d1", davy_layer_flatten(graph, x), 12, DAVY_ACTIVATION_RELU);
    return davy_layer_dense(graph, "d2", x, 2, DAVY_ACTIVATION_NONE);
}

static davy_value build_cnn(davy_graph *graph, davy_value x)
{
    return build_cnn_of(graph, x, false);
}

static davy_value build_pooled_cnn(davy_graph *graph, davy_value x)
{
    return build_cnn_of(graph, x, true);
}

static davy_value build_ae(davy_graph *graph, davy_value x)
{
    x = davy_layer_dense(graph, "d1", x, 256, DAVY_ACTIVATION_RELU);
    return davy_layer_dense(graph, "d2", x, 32, DAVY_ACTIVATION_SIGMOID);
}

static davy_value build_lstm(davy_graph *graph, davy_value x)
{
    x = davy_layer_recurrent(graph, "rnn", x, DAVY_LSTM, 16, false, true);
    return davy_layer_dense(graph, "d", x, 2, DAVY_ACTIVATION_NONE);
}

static const char *part(const char *block, const char *layer)
{
    static char name[32];

    (void) snprintf(name, sizeof name, "%s/%s", block, layer);
    return name;
}

static davy_value build_block(davy_graph *graph, const char *name, davy_value x)
{
    const davy_attention_options options = {.heads = 4, .mask = DAVY_VALUE_NONE};
    davy_value y = davy_layer_layer_norm(graph, part(name, "n1"), x);

    x = davy_layer_add(graph, x, davy_layer_attention(graph, part(name, "attention"), y, &options));
    y = davy_layer_layer_norm(graph, part(name, "n2"), x);
    y = davy_layer_dense(graph, part(name, "f1"), y, 32, DAVY_ACTIVATION_GELU);
    y = davy_layer_dense(graph, part(name, "f2"), y, 16, DAVY_ACTIVATION_NONE);
    return davy_layer_add(graph, x, y);
}

static davy_value build_transformer(davy_graph *graph, davy_value x)
{
    x = davy_layer_dense(graph, "embed", x, 16, DAVY_ACTIVATION_NONE);
    x = davy_layer_position(graph, "position", x);
    x = build_block(graph, "b1", x);
    x = build_block(graph, "b2", x);
    x = davy_layer_mean(graph, davy_layer_layer_norm(graph, "n", x), 1);
    return davy_layer_dense(graph, "d", x, 2, DAVY_ACTIVATION_NONE);
}

struct reference {
    const char *name;
    davy_value (*build)(davy_graph *graph, davy_value x);
    int rank;
    int64_t dims[4];
    bool repeats; /* it learns its input by squared error; else two classes */
    float losses[STEPS];
};

static const struct reference references[] = {
    {.name = "cnn",
     .build = build_cnn,
     .rank = 4,
     .dims = {-1, 20, 20, 3},
     .losses = {0.9504914F, 0.6519737F, 0.6022279F, 0.5472555F, 0.5028667F, 0.463491F}},
    {.name = "cnn whose convolutions pool",
     .build = build_pooled_cnn,
     .rank = 4,
     .dims = {-1, 20, 20, 3},
     .losses = {0.9504914F, 0.6519737F, 0.6022279F, 0.5472555F, 0.5028667F, 0.463491F}},
    {.name = "ae",
     .build = build_ae,
     .rank = 2,
     .dims = {-1, 32},
     .repeats = true,
     .losses = {0.1061576F, 0.07173979F, 0.05608689F, 0.04614246F, 0.03717626F, 0.02829496F}},
    {.name = "lstm",
     .build = build_lstm,
     .rank = 3,
     .dims = {-1, 12, 6},
     .losses = {0.6578019F, 0.6354756F, 0.6119698F, 0.5862193F, 0.5574247F, 0.5250862F}},
    {.name = "transformer",
     .build = build_transformer,
     .rank = 3,
     .dims = {-1, 10, 6},
     .losses = {0.7658626F, 0.5800106F, 0.4746208F, 0.5177087F, 0.3615068F, 0.3373909F}},
};

static davy_graph *build(const struct reference *reference, davy_value *loss)
{
    davy_graph *graph;
    davy_value in[2], x;
    const davy_node *node;

    assert_ok(davy_graph_create(reference->name, 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, reference->rank, reference->dims);
    in[1] = reference->repeats
                ? x
                : davy_graph_input(graph, "y", DAVY_TYPE_I64, 1, (const int64_t[]){-1});
    in[0] = reference->build(graph, x);
    node = davy_graph_node(graph, reference->repeats ? "mse" : "cross_entropy", in, 2, 1);
    assert_ok(davy_graph_status(graph));
    *loss = node->out[0];
    draw(graph);
    return graph;
}

/* Six steps; their losses, and all weights put together. */
static uint64_t train(const struct reference *reference, size_t threads, bool bf16,
                      float losses[STEPS])
{
    davy_value loss;
    davy_graph *graph = build(reference, &loss);
    davy_tensor inputs[2] = {{.rank = 0}};
    int64_t labels[SAMPLES],
        dims[4] = {SAMPLES, reference->dims[1], reference->dims[2], reference->dims[3]};
    davy_pool *pool;
    davy_trainer *trainer;
    uint64_t sum = 0;

    assert_ok(davy_tensor_shape(&inputs[0], DAVY_TYPE_F32, reference->rank, dims));
    inputs[0].data = malloc(davy_tensor_bytes(&inputs[0]));
    for (int64_t i = 0; i < davy_tensor_count(&inputs[0]); i++) {
        const float u = uniform(1000, (uint32_t) i);

        davy_f32(&inputs[0])[i] = reference->repeats ? u : 2.0F * u - 1.0F;
    }
    assert_ok(davy_tensor_shape(&inputs[1], DAVY_TYPE_I64, 1, dims));
    inputs[1].data = labels;
    for (uint32_t i = 0; i < SAMPLES; i++)
        labels[i] = uniform(1001, i) > 0.5F;

    assert_ok(davy_pool_create(threads, &pool));
    assert_ok(davy_trainer_create(graph, loss,
                                  &(davy_trainer_options){.optimiser.rate = 0.01F, .bf16 = bf16},
                                  pool, &trainer));
    for (size_t i = 0; i < STEPS; i++)
        assert_ok(davy_trainer_step(trainer, inputs, &losses[i]));
    for (size_t i = 0; i < graph->value_count; i++)
        for (int64_t k = 0; graph->values[i].role == DAVY_ROLE_PARAMETER &&
                            k < davy_tensor_count(&graph->values[i].tensor);
             k++) {
            uint32_t bits;

            memcpy(&bits, davy_f32(&graph->values[i].tensor) + k, sizeof bits);
            sum = sum * 1099511628211U ^ bits; /* FNV-1a */
        }
    davy_trainer_destroy(trainer);
    davy_graph_destroy(graph);
    davy_pool_destroy(pool);
    free(inputs[0].data);
    return sum;
}

static void six_adam_steps_are_pytorchs(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(references); i++) {
        float losses[STEPS];

        (void) train(&references[i], 1, false, losses);
        for (size_t step = 0; step < STEPS; step++)
            if (!(fabsf(losses[step] - references[i].losses[step]) <=
                  1e-5F * references[i].losses[step]))
                fail_msg("%s: loss %zu is %.7g and not %.7g", references[i].name, step,
                         (double) losses[step], (double) references[i].losses[step]);
    }
}

static void one_thread_and_two_agree_to_the_bit(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(references); i++) {
        float one[STEPS], two[STEPS];

        assert_true(train(&references[i], 1, false, one) == train(&references[i], 2, false, two));
        assert_memory_equal(one, two, sizeof one);
    }
}

/* bf16 keeps eight bits, and the first losses show no more than its rounding. */
static void bf16_gives_two_digits_and_the_same_bits(void **state)
{
    bool rounded = false;

    (void) state;
    if (!davy_bf16_available())
        davy_skip_test("this CPU has no AMX");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(references); i++) {
        float exact[STEPS], one[STEPS], two[STEPS];

        (void) train(&references[i], 1, false, exact);
        assert_true(train(&references[i], 1, true, one) == train(&references[i], 2, true, two));
        assert_memory_equal(one, two, sizeof one);
        for (size_t step = 0; step < STEPS; step++)
            rounded |= one[step] != exact[step];
        for (size_t step = 0; step < 3; step++)
            assert_near(one[step], exact[step], 0.02F * exact[step]);
    }
    assert_true(rounded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(six_adam_steps_are_pytorchs),
        cmocka_unit_test(one_thread_and_two_agree_to_the_bit),
        cmocka_unit_test(bf16_gives_two_digits_and_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
