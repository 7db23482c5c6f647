/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Each pass makes fewer nodes of a graph, and the graph gives what it gave. Expected are the
 * answers of the graph as it was built, run without passes.
 */
#include "../testing.h"

#include "core/random.h"
#include "nn/network.h"
#include "nn/op.h"
#include "nn/passes.h"

#include <math.h>
#include <stdlib.h>

#define X_MAX 2048

/* ------------------------------------------------------------------------------ small builders */

static davy_value numbers(davy_graph *graph, int rank, const int64_t *dims)
{
    static uint32_t stream;
    static float drawn[X_MAX];
    davy_tensor tensor;

    assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims));
    assert_true(davy_tensor_count(&tensor) <= X_MAX);
    stream++;
    for (int64_t i = 0; i < davy_tensor_count(&tensor); i++)
        drawn[i] = 0.1F + 0.5F * davy_random_uniform(9, stream, (uint64_t) i);
    tensor.data = drawn;
    return davy_graph_constant(graph, "", &tensor);
}

static davy_value row(davy_graph *graph, int64_t count)
{
    return numbers(graph, 1, &count);
}

static davy_value number(davy_graph *graph, float value)
{
    const davy_tensor tensor = {.type = DAVY_TYPE_F32, .data = &value};

    return davy_graph_constant(graph, "", &tensor);
}

static davy_value one(davy_graph *graph, const char *op, davy_value a)
{
    const davy_node *node = davy_graph_node(graph, op, &a, 1, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_value both(davy_graph *graph, const char *op, davy_value a, davy_value b)
{
    const davy_node *node = davy_graph_node(graph, op, (const davy_value[]){a, b}, 2, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_node *newest(davy_graph *graph)
{
    return &graph->nodes[graph->node_count - 1];
}

static davy_value transpose(davy_graph *graph, davy_value x, const int64_t *order, size_t rank)
{
    x = one(graph, "transpose", x);
    davy_node_set_ints(graph, newest(graph), "perm", order, rank);
    return x;
}

static const int64_t to_last[] = {0, 2, 3, 1}, to_first[] = {0, 3, 1, 2};

/* A convolution as the importer writes it: N C H W before and after. */
static davy_value conv_first(davy_graph *graph, davy_value x, int64_t channels, int64_t outputs)
{
    const int64_t dims[] = {3, 3, channels, outputs};

    x = both(graph, "conv", transpose(graph, x, to_last, 4), numbers(graph, 4, dims));
    return transpose(graph, x, to_first, 4);
}

static davy_value input(davy_graph *graph, int rank, const int64_t *dims)
{
    return davy_graph_input(graph, "x", DAVY_TYPE_F32, rank, dims);
}

static davy_value image(davy_graph *graph)
{
    return input(graph, 4, (const int64_t[]){2, 3, 12, 12});
}

/* ---------------------------------------------------------------------------------- the graphs */

static davy_value build_constants(davy_graph *graph)
{
    const davy_value w = numbers(graph, 2, (const int64_t[]){4, 3});
    const davy_value turned = transpose(graph, w, (const int64_t[]){1, 0}, 2);

    return both(graph, "add", input(graph, 2, (const int64_t[]){3, 4}),
                both(graph, "mul", turned, number(graph, 2.0F)));
}

static davy_value build_idle(davy_graph *graph)
{
    static const int64_t there[] = {2, 0, 1}, back[] = {1, 2, 0};
    davy_value x = input(graph, 3, (const int64_t[]){2, 3, 4});

    (void) one(graph, "exp", x); /* nobody wants it */
    x = one(graph, "identity", one(graph, "dropout", x));
    x = transpose(graph, transpose(graph, x, there, 3), back, 3);
    return one(graph, "tanh", x);
}

static davy_value build_images(davy_graph *graph)
{
    davy_value x = image(graph), side;

    x = one(graph, "relu", conv_first(graph, x, 3, 4));
    x = both(graph, "add", x, numbers(graph, 3, (const int64_t[]){4, 1, 1}));
    side = conv_first(graph, x, 4, 4);
    x = both(graph, "concat", side, one(graph, "sigmoid", side));
    davy_node_set_int(graph, newest(graph), "axis", 1);
    return conv_first(graph, x, 8, 2);
}

static davy_value build_classifier(davy_graph *graph)
{
    davy_value x = conv_first(graph, image(graph), 3, 4);

    x = one(graph, "flatten", one(graph, "relu", x));
    x = both(graph, "matmul", x, numbers(graph, 2, (const int64_t[]){400, 5}));
    return both(graph, "add", x, row(graph, 5));
}

static davy_value build_block(davy_graph *graph)
{
    static const int64_t two[] = {2, 2};
    davy_value x = conv_first(graph, image(graph), 3, 4);
    davy_value norm[5];
    davy_node *node;

    norm[0] = transpose(graph, x, to_last, 4);
    for (size_t i = 1; i < 5; i++)
        norm[i] = row(graph, 4);
    node = davy_graph_node(graph, "batch_norm", norm, 5, 1);
    assert_non_null(node);
    x = transpose(graph, node->out[0], to_first, 4);
    x = transpose(graph, one(graph, "relu", x), to_last, 4);
    x = one(graph, "max_pool", x);
    davy_node_set_ints(graph, newest(graph), "kernel_shape", two, 2);
    davy_node_set_ints(graph, newest(graph), "strides", two, 2);
    return transpose(graph, x, to_first, 4);
}

static davy_value build_gemm(davy_graph *graph)
{
    const davy_value in[] = {input(graph, 2, (const int64_t[]){3, 6}),
                             numbers(graph, 2, (const int64_t[]){5, 6}), row(graph, 5)};
    davy_node *node = davy_graph_node(graph, "gemm", in, 3, 1);

    assert_non_null(node);
    davy_node_set_int(graph, node, "transB", 1);
    return one(graph, "relu", node->out[0]);
}

static davy_value build_gelu(davy_graph *graph)
{
    const davy_value x = input(graph, 2, (const int64_t[]){3, 6});
    davy_value y = one(graph, "erf", both(graph, "div", x, number(graph, (float) sqrt(2.0))));

    y = both(graph, "mul", x, both(graph, "add", y, number(graph, 1.0F)));
    return both(graph, "mul", y, number(graph, 0.5F));
}

static davy_value build_silu(davy_graph *graph)
{
    const davy_value x = input(graph, 2, (const int64_t[]){3, 6});

    return both(graph, "mul", x, one(graph, "sigmoid", x));
}

static davy_value mean(davy_graph *graph, davy_value x)
{
    static const int64_t last = -1;

    x = one(graph, "reduce_mean", x);
    davy_node_set_ints(graph, newest(graph), "axes", &last, 1);
    return x;
}

static davy_value build_layer_norm(davy_graph *graph)
{
    const davy_value x = input(graph, 3, (const int64_t[]){2, 3, 8});
    const davy_value centred = both(graph, "sub", x, mean(graph, x));
    davy_value y = mean(graph, both(graph, "pow", centred, number(graph, 2.0F)));

    y = one(graph, "sqrt", both(graph, "add", y, number(graph, 1e-5F)));
    y = both(graph, "mul", both(graph, "div", centred, y), row(graph, 8));
    return both(graph, "add", y, row(graph, 8));
}

static davy_value reshape(davy_graph *graph, davy_value x, const int64_t *dims, int64_t rank)
{
    const davy_tensor shape = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {rank}, .data = (void *) (uintptr_t) dims};

    return both(graph, "reshape", x, davy_graph_constant(graph, "", &shape));
}

/* softmax(q k' / 2) v of q, k, v with heads, and the heads put together. */
static davy_value attend(davy_graph *graph, davy_value q, davy_value k, davy_value v)
{
    static const int64_t swap[] = {0, 1, 3, 2}, order[] = {0, 2, 1, 3}, flat[] = {0, 0, -1};
    davy_value x = both(graph, "matmul", q, transpose(graph, k, swap, 4));

    x = one(graph, "softmax", both(graph, "div", x, number(graph, 2.0F)));
    x = both(graph, "matmul", x, v);
    return reshape(graph, transpose(graph, x, order, 4), flat, 3);
}

static davy_value build_attention(davy_graph *graph)
{
    static const int64_t cut[] = {0, 0, 2, -1}, order[] = {0, 2, 1, 3};
    const davy_value x = input(graph, 3, (const int64_t[]){2, 5, 8});
    davy_value parts[3];

    for (int i = 0; i < 3; i++) {
        parts[i] = both(graph, "matmul", x, numbers(graph, 2, (const int64_t[]){8, 8}));
        parts[i] = transpose(graph, reshape(graph, parts[i], cut, 4), order, 4);
    }
    return attend(graph, parts[0], parts[1], parts[2]);
}

/* As PyTorch exports it: one product, its shape from the tensor, gather for each third. */
static davy_value build_packed(davy_graph *graph)
{
    static const int64_t order[] = {2, 0, 3, 1, 4};
    const davy_value x = input(graph, 3, (const int64_t[]){2, 5, 8});
    const davy_value qkv = both(graph, "matmul", x, numbers(graph, 2, (const int64_t[]){8, 24}));
    davy_value sizes[5], parts[3], cut;
    davy_node *node;

    for (int64_t i = 0; i < 5; i++) {
        const int64_t values[] = {i, 3, 2, 4};
        const davy_tensor index = {.type = DAVY_TYPE_I64, .data = (void *) (uintptr_t) &values[0]};
        const davy_tensor size = {.type = DAVY_TYPE_I64,
                                  .rank = 1,
                                  .dims = {1},
                                  .data = (void *) (uintptr_t) &values[i < 2 ? 0 : i - 1]};
        const davy_tensor axis = {
            .type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &(int64_t){0}};

        if (i >= 2) {
            sizes[i] = davy_graph_constant(graph, "", &size);
            continue;
        }
        sizes[i] =
            both(graph, "gather", one(graph, "shape", x), davy_graph_constant(graph, "", &index));
        sizes[i] = both(graph, "unsqueeze", sizes[i], davy_graph_constant(graph, "", &axis));
    }
    node = davy_graph_node(graph, "concat", sizes, 5, 1);
    assert_non_null(node);
    cut = node->out[0];
    davy_node_set_int(graph, node, "axis", 0);
    cut = transpose(graph, both(graph, "reshape", qkv, cut), order, 5);
    for (int64_t i = 0; i < 3; i++) {
        const davy_tensor index = {.type = DAVY_TYPE_I64, .data = (void *) (uintptr_t) &i};

        parts[i] = both(graph, "gather", cut, davy_graph_constant(graph, "", &index));
    }
    return attend(graph, parts[0], parts[1], parts[2]);
}

/* --------------------------------------------------------------------------------- the proof */

static void run(davy_graph *graph, bool borrow, const davy_tensor *x, float *out, int64_t *count)
{
    const davy_network_options options = {.borrow = borrow};
    davy_network *network;
    davy_session *session;
    davy_tensor y;

    assert_ok(davy_network_create(graph, &options, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, x, &y));
    *count = davy_tensor_count(&y);
    assert_true(*count <= X_MAX);
    memcpy(out, y.data, davy_tensor_bytes(&y));
    davy_session_destroy(session);
    davy_network_destroy(network);
}

/* The graph has this many nodes, and after the passes that many. */
static void check(davy_value (*build)(davy_graph *graph), size_t before, size_t after)
{
    static float numbers_in[X_MAX], want[X_MAX], got[X_MAX];
    int64_t want_count, got_count;
    davy_graph *graph;
    davy_tensor x;

    assert_ok(davy_graph_create("passes", 0, &graph));
    davy_graph_output(graph, build(graph));
    assert_ok(davy_graph_status(graph));
    assert_int_equal(graph->node_count, before);
    x = graph->values[graph->inputs[0]].tensor;
    x.data = numbers_in;
    for (int64_t i = 0; i < davy_tensor_count(&x); i++)
        numbers_in[i] = davy_random_normal(4, 2, (uint64_t) i);
    run(graph, true, &x, want, &want_count);
    assert_ok(davy_passes_run(graph));
    assert_int_equal(graph->node_count, after);
    run(graph, false, &x, got, &got_count);
    assert_int_equal(got_count, want_count);
    for (int64_t i = 0; i < got_count; i++)
        if (!(fabsf(got[i] - want[i]) <= 1e-5F + 1e-5F * fabsf(want[i])))
            fail_msg("element %lld is %g and was %g", (long long) i, (double) got[i],
                     (double) want[i]);
}

static void constants_are_computed_once(void **state)
{
    (void) state;
    check(build_constants, 3, 1);
}

static void what_does_nothing_is_left_out(void **state)
{
    (void) state;
    check(build_idle, 6, 1);
}

/* Three convolutions, an add, a concat and a sigmoid between the first transpose and the last. */
static void transposes_around_images_vanish(void **state)
{
    (void) state;
    check(build_images, 13, 8);
}

static void the_last_transpose_moves_into_the_weights(void **state)
{
    (void) state;
    check(build_classifier, 7, 4); /* transpose, conv with relu, flatten, dense */
}

static void norm_activation_and_pool_move_into_the_convolution(void **state)
{
    (void) state;
    check(build_block, 10, 3); /* transpose, conv, transpose */
}

static void products_with_weights_become_dense(void **state)
{
    (void) state;
    check(build_gemm, 2, 1);
}

static void written_out_gelu_is_one_node(void **state)
{
    (void) state;
    check(build_gelu, 5, 1);
}

static void written_out_silu_is_one_node(void **state)
{
    (void) state;
    check(build_silu, 2, 1);
}

static void written_out_layer_norm_is_one_node(void **state)
{
    (void) state;
    check(build_layer_norm, 9, 1);
}

static void written_out_attention_is_one_node(void **state)
{
    (void) state;
    check(build_attention, 16, 4); /* three dense layers and attention */
    check(build_packed, 20, 2);
}

/* As share_above is written to a file. */
static davy_value build_share(davy_graph *graph)
{
    static const int64_t steps = 1, apart = 2;
    const davy_tensor axis = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = (void *) (uintptr_t) &apart};
    davy_value x = input(graph, 3, (const int64_t[]){2, 7, 3});

    x = both(graph, "unsqueeze", x, davy_graph_constant(graph, "", &axis));
    x = both(graph, "greater", x, numbers(graph, 2, (const int64_t[]){5, 3}));
    x = one(graph, "cast", x);
    davy_node_set_int(graph, newest(graph), "to", DAVY_TYPE_F32);
    x = one(graph, "reduce_mean", x);
    davy_node_set_ints(graph, newest(graph), "axes", &steps, 1);
    davy_node_set_int(graph, newest(graph), "keepdims", 0);
    return x;
}

static void the_mean_of_a_comparison_is_one_node(void **state)
{
    (void) state;
    check(build_share, 4, 1);
}

/* An output keeps its name and its place, also when a pass has taken its maker away. */
static void outputs_keep_their_names(void **state)
{
    davy_graph *graph;
    davy_value x, y;

    (void) state;
    assert_ok(davy_graph_create("names", 0, &graph));
    x = input(graph, 2, (const int64_t[]){2, 2});
    y = one(graph, "identity", one(graph, "relu", x));
    davy_graph_name(graph, y, "answer");
    davy_graph_output(graph, y);
    y = one(graph, "identity", x);
    davy_graph_name(graph, y, "echo");
    davy_graph_output(graph, y);
    assert_ok(davy_passes_run(graph));
    assert_int_equal(graph->node_count, 2);
    assert_string_equal(graph->values[graph->outputs[0]].name, "answer");
    assert_string_equal(graph->values[graph->outputs[1]].name, "echo");
    davy_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_are_computed_once),
        cmocka_unit_test(what_does_nothing_is_left_out),
        cmocka_unit_test(transposes_around_images_vanish),
        cmocka_unit_test(the_last_transpose_moves_into_the_weights),
        cmocka_unit_test(norm_activation_and_pool_move_into_the_convolution),
        cmocka_unit_test(products_with_weights_become_dense),
        cmocka_unit_test(written_out_gelu_is_one_node),
        cmocka_unit_test(written_out_silu_is_one_node),
        cmocka_unit_test(written_out_layer_norm_is_one_node),
        cmocka_unit_test(written_out_attention_is_one_node),
        cmocka_unit_test(the_mean_of_a_comparison_is_one_node),
        cmocka_unit_test(outputs_keep_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
