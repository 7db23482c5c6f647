/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Residual sums move into a convolution where both sides are known to have one shape, and answers
 * stay: expected are those of the graph as it was built.
 */
#include "../testing.h"

#include "nn/layers.h"
#include "nn/network.h"
#include "nn/op.h"
#include "nn/passes.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 9, CHANNELS = 8, Y_MAX = 2 * SIDE * SIDE * 4 * CHANNELS };

static davy_value conv(davy_graph *graph, const char *name, davy_value x, int64_t kernel,
                       int64_t stride)
{
    const davy_conv_options options = {.channels = CHANNELS,
                                       .window = {.kernel = {kernel, kernel},
                                                  .stride = {stride, stride},
                                                  .pad_begin = {kernel / 2, kernel / 2},
                                                  .pad_end = {kernel / 2, kernel / 2}}};

    return davy_layer_conv(graph, name, x, &options);
}

static davy_value relu(davy_graph *graph, davy_value x)
{
    return davy_layer_activation(graph, x, DAVY_ACTIVATION_RELU, 0);
}

/* Two blocks of a residual network; the first halves the image, and what goes past it too. */
static davy_value blocks(davy_graph *graph, davy_value x)
{
    davy_value y;

    x = relu(graph, conv(graph, "stem", x, 3, 1));
    y = relu(graph, conv(graph, "a", x, 1, 1));
    y = conv(graph, "c", relu(graph, conv(graph, "b", y, 3, 2)), 1, 1);
    x = relu(graph, davy_layer_add(graph, y, conv(graph, "past", x, 1, 2)));
    y = conv(graph, "e", relu(graph, conv(graph, "d", x, 1, 1)), 3, 1);
    return relu(graph, davy_layer_add(graph, x, y));
}

/* One number for each channel, spread over the image. */
static davy_value spread(davy_graph *graph, davy_value x)
{
    const int64_t dims[] = {0, 1, 1, CHANNELS};
    const davy_tensor shape = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {4}, .data = (void *) (uintptr_t) dims};
    const davy_value in[] = {davy_layer_global_average_pool(graph, x),
                             davy_graph_constant(graph, "shape", &shape)};
    davy_node *node = davy_graph_node(graph, "reshape", in, 2, 1);

    assert_non_null(node);
    return davy_layer_add(graph, conv(graph, "one", node->out[0], 1, 1), x);
}

/* From the same image, but by a window that leaves one pixel of it. */
static davy_value shrunk(davy_graph *graph, davy_value x)
{
    const davy_conv_options options = {.channels = CHANNELS, .window = {.kernel = {SIDE, SIDE}}};

    return davy_layer_add(graph, davy_layer_conv(graph, "whole", x, &options),
                          conv(graph, "pixels", x, 1, 1));
}

static davy_value activated_first(davy_graph *graph, davy_value x)
{
    return davy_layer_add(graph, relu(graph, conv(graph, "a", x, 1, 1)), x);
}

static davy_value used_twice(davy_graph *graph, davy_value x)
{
    const davy_value y = conv(graph, "a", x, 1, 1);

    return davy_layer_add(graph, davy_layer_add(graph, y, x), relu(graph, y));
}

static davy_value onto_itself(davy_graph *graph, davy_value x)
{
    const davy_value y = conv(graph, "a", x, 1, 1);

    return davy_layer_add(graph, y, y);
}

static void run(davy_graph *graph, const davy_tensor *x, float *out, int64_t *count)
{
    davy_network *network;
    davy_session *session;
    davy_tensor y;

    assert_ok(davy_network_create(graph, &(davy_network_options){.borrow = true}, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, x, &y));
    *count = davy_tensor_count(&y);
    assert_true(*count <= Y_MAX);
    memcpy(out, y.data, davy_tensor_bytes(&y));
    davy_session_destroy(session);
    davy_network_destroy(network);
}

/* So many sums are left after the passes. */
static void check(davy_value (*build)(davy_graph *graph, davy_value x), size_t left)
{
    static float pixels[2 * SIDE * SIDE * CHANNELS], want[Y_MAX], got[Y_MAX];
    const int64_t dims[] = {-1, SIDE, SIDE, CHANNELS};
    davy_tensor x = {.type = DAVY_TYPE_F32, .rank = 4, .dims = {2, SIDE, SIDE, CHANNELS}};
    int64_t want_count, got_count;
    size_t adds = 0;
    davy_graph *graph;

    x.data = pixels;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pixels); i++)
        pixels[i] = sinf((float) i);
    assert_ok(davy_graph_create("sums", 0, &graph));
    davy_graph_output(graph, build(graph, davy_graph_input(graph, "x", DAVY_TYPE_F32, 4, dims)));
    davy_layers_initialise(graph, 1);
    assert_ok(davy_graph_status(graph));
    run(graph, &x, want, &want_count);
    assert_ok(davy_passes_run(graph));
    assert_ok(davy_passes_serve(graph));
    for (size_t i = 0; i < graph->node_count; i++)
        adds += strcmp(graph->nodes[i].op->name, "add") == 0;
    assert_int_equal(adds, left);
    run(graph, &x, got, &got_count);
    assert_int_equal(got_count, want_count);
    for (int64_t i = 0; i < got_count; i++)
        assert_near(got[i], want[i], 1e-5F);
    davy_graph_destroy(graph);
}

static void a_sum_of_one_shape_moves_into_a_convolution(void **state)
{
    (void) state;
    check(blocks, 0);
}

static void a_sum_that_may_broadcast_stays(void **state)
{
    (void) state;
    check(spread, 1);
    check(shrunk, 1);
}

static void what_is_activated_or_used_before_the_sum_stays(void **state)
{
    (void) state;
    check(activated_first, 1);
    check(used_twice, 2);
    check(onto_itself, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_of_one_shape_moves_into_a_convolution),
        cmocka_unit_test(a_sum_that_may_broadcast_stays),
        cmocka_unit_test(what_is_activated_or_used_before_the_sum_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
