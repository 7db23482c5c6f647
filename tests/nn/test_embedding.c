/* SPDX-License-Identifier: Apache-2.0 */
#include "gradient.h"

#include "nn/layers.h"
#include "nn/network.h"

enum { WORDS = 5, UNITS = 3, N = 2, T = 4 };

/* A word stands more than once, so that its row's gradient is a sum. */
static int64_t words[N * T] = {0, 4, 4, 1, 2, 4, 0, 0};

static davy_tensor word_tensor(void)
{
    davy_tensor tensor;

    assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_I64, 2, (int64_t[]){N, T}));
    tensor.data = words;
    return tensor;
}

static davy_graph *embedding(davy_value *y)
{
    davy_graph *graph;
    davy_value x;

    assert_ok(davy_graph_create("embedding", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_I64, 2, (int64_t[]){-1, T});
    *y = davy_layer_position(graph, "place", davy_layer_embedding(graph, "word", x, WORDS, UNITS));
    assert_ok(davy_graph_status(graph));
    gradient_fill_parameters(graph, 1);
    return graph;
}

static const float *numbers_of(const davy_graph *graph, const char *name)
{
    const davy_value value = davy_graph_find(graph, name);

    assert_true(value != DAVY_VALUE_NONE);
    return davy_f32(&graph->values[value].tensor);
}

static void gives_each_word_its_row_and_each_place_its_own(void **state)
{
    davy_tensor input = word_tensor(), output;
    davy_network *network;
    davy_session *session;
    davy_value y;
    davy_graph *graph = embedding(&y);
    const float *word, *place;

    (void) state;
    davy_graph_output(graph, y);
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &input, &output));
    word = numbers_of(graph, "word/weights");
    place = numbers_of(graph, "place/weights");
    assert_int_equal(davy_tensor_count(&output), N * T * UNITS);
    for (size_t i = 0; i < (size_t) N * T; i++)
        for (size_t u = 0; u < UNITS; u++)
            assert_true(davy_f32(&output)[i * UNITS + u] ==
                        word[(size_t) words[i] * UNITS + u] + place[i % T * UNITS + u]);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void has_gradients_that_differences_confirm(void **state)
{
    davy_tensor input = word_tensor();
    davy_value y;
    davy_graph *graph = embedding(&y);

    (void) state;
    gradient_check(graph, gradient_probe(graph, y), &input);
}

static void refuses_a_word_that_it_does_not_know(void **state)
{
    davy_tensor input = word_tensor(), output;
    davy_network *network;
    davy_session *session;
    davy_value y;
    davy_graph *graph = embedding(&y);

    (void) state;
    davy_graph_output(graph, y);
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    words[3] = WORDS;
    assert_fails(davy_session_run(session, &input, &output), DAVY_ERR_INVALID, "5");
    words[3] = 1;
    davy_session_destroy(session);
    davy_network_destroy(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_word_its_row_and_each_place_its_own),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(refuses_a_word_that_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
