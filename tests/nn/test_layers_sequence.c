/* SPDX-License-Identifier: Apache-2.0 */
#include "gradient.h"

#include "nn/layers.h"

/* A graph with one input [2, 6, 4]. */
static davy_graph *begin(davy_value *x)
{
    davy_graph *graph;

    assert_ok(davy_graph_create("layers", 0, &graph));
    *x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, (int64_t[]){2, 6, 4});
    return graph;
}

/* The gradients of all that was built, as finite differences have them. */
static void finish(davy_graph *graph, davy_value y)
{
    davy_tensor input = gradient_input(3, (int64_t[]){2, 6, 4}, 3, 1);

    assert_ok(davy_graph_status(graph));
    gradient_fill_parameters(graph, 0.5F);
    gradient_check(graph, gradient_probe(graph, y), &input);
    free(input.data);
}

static void assert_shape(davy_graph *graph, davy_value value, int rank, const int64_t *dims)
{
    const davy_tensor *tensor = davy_graph_tensor(graph, value);

    assert_int_equal(tensor->rank, rank);
    assert_memory_equal(tensor->dims, dims, (size_t) rank * sizeof *dims);
}

static void recurrent_layers_of_every_kind_can_be_trained(void **state)
{
    static const davy_recurrent kinds[] = {DAVY_RNN, DAVY_GRU, DAVY_LSTM, DAVY_LINEAR_RECURRENCE};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++) {
        davy_value x, y;
        davy_graph *graph = begin(&x);

        y = davy_layer_recurrent(graph, "first", x, kinds[i], 3, true, false);
        assert_shape(graph, y, 3, (int64_t[]){2, 6, 6});
        y = davy_layer_recurrent(graph, "second", y, kinds[i], 5, false, true);
        assert_shape(graph, y, 2, (int64_t[]){2, 5});
        finish(graph, y);
    }
}

/* One block of an encoder, as in arXiv:2002.04745 (norm first). */
static void a_transformer_block_can_be_trained(void **state)
{
    const davy_attention_options options = {.heads = 2, .causal = true, .mask = DAVY_VALUE_NONE};
    davy_value x, y;
    davy_graph *graph = begin(&x);

    (void) state;
    x = davy_layer_position(graph, "place", x);
    y = davy_layer_attention(graph, "attention", davy_layer_layer_norm(graph, "norm1", x),
                             &options);
    x = davy_layer_add(graph, x, y);
    y = davy_layer_dense(graph, "wide", davy_layer_layer_norm(graph, "norm2", x), 8,
                         DAVY_ACTIVATION_GELU);
    x = davy_layer_add(graph, x, davy_layer_dense(graph, "back", y, 4, DAVY_ACTIVATION_NONE));
    y = davy_layer_mean(graph, x, 1);
    assert_shape(graph, y, 2, (int64_t[]){2, 4});
    finish(graph, y);
}

static void pieces_are_cut_turned_and_joined(void **state)
{
    const int64_t order[] = {0, 2, 1}, flat[] = {0, -1};
    davy_value x, parts[2], y;
    davy_graph *graph = begin(&x);

    (void) state;
    parts[0] = davy_layer_slice(graph, x, 1, 1, 3);
    parts[1] = davy_layer_slice(graph, x, 1, 2, 6);
    y = davy_layer_concat(graph, parts, 2, 1);
    assert_shape(graph, y, 3, (int64_t[]){2, 6, 4});
    y = davy_layer_transpose(graph, y, order);
    assert_shape(graph, y, 3, (int64_t[]){2, 4, 6});
    y = davy_layer_reshape(graph, y, 2, flat);
    assert_shape(graph, y, 2, (int64_t[]){2, 24});
    finish(graph, y);
}

static void a_position_needs_a_series(void **state)
{
    davy_value x;
    davy_graph *graph = begin(&x);

    (void) state;
    x = davy_layer_mean(graph, x, 1);
    assert_true(davy_layer_position(graph, "place", x) == DAVY_VALUE_NONE);
    assert_fails(davy_graph_status(graph), DAVY_ERR_INVALID, "layer 'place' needs [N, T, D]");
    davy_graph_destroy(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recurrent_layers_of_every_kind_can_be_trained),
        cmocka_unit_test(a_transformer_block_can_be_trained),
        cmocka_unit_test(pieces_are_cut_turned_and_joined),
        cmocka_unit_test(a_position_needs_a_series),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
