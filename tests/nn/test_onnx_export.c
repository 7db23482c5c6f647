/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Networks of our builders, written as ONNX and read again, give what they gave before. Whether
 * others read them too is asked of ONNX's checker and of ONNX Runtime by tests/nn/export_peers.py:
 *
 *     test_nn_onnx_export --write FOLDER    each network as name.onnx, name.in_0.pb, name.out_0.pb
 */
#include "../testing.h"

#include "core/buffer.h"
#include "core/file.h"
#include "core/random.h"
#include "nn/layers.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/tensor_file.h"
#include "nn/op.h"

#include <math.h>
#include <stdlib.h>

static const davy_window2 two = {.kernel = {2, 2}, .stride = {2, 2}};

static davy_value image(davy_graph *graph, int64_t size, int64_t channels)
{
    return davy_graph_input(graph, "image", DAVY_TYPE_F32, 4,
                            (const int64_t[]){-1, size, size, channels});
}

static davy_value series(davy_graph *graph)
{
    return davy_graph_input(graph, "series", DAVY_TYPE_F32, 3, (const int64_t[]){-1, -1, 5});
}

static davy_value conv(davy_graph *graph, const char *name, davy_value x, int64_t channels,
                       int64_t kernel, davy_activation activation)
{
    const davy_conv_options options = {
        .channels = channels, .window = {.kernel = {kernel, kernel}}, .activation = activation};

    return davy_layer_conv(graph, name, x, &options);
}

static void build_cnn(davy_graph *graph)
{
    davy_value x = image(graph, 20, 3);

    x = conv(graph, "c1", x, 8, 3, DAVY_ACTIVATION_RELU);
    x = davy_layer_max_pool(graph, x, &two);
    x = conv(graph, "c2", x, 6, 3, DAVY_ACTIVATION_RELU);
    x = davy_layer_max_pool(graph, x, &two);
    x = davy_layer_flatten(graph, x);
    x = davy_layer_dense(graph, "d1", x, 16, DAVY_ACTIVATION_RELU);
    x = davy_layer_dropout(graph, x, 0.5F);
    x = davy_layer_dense(graph, "d2", x, 2, DAVY_ACTIVATION_NONE);
    davy_graph_output(graph, davy_layer_softmax(graph, x));
}

/* Everything else that images go through. */
static void build_images(davy_graph *graph)
{
    const davy_conv_options depthwise = {
        .channels = 8, .groups = 8, .window = {.kernel = {3, 3}, .same = true}, .no_bias = true};
    const davy_conv_options up = {.channels = 4, .window = {.kernel = {2, 2}, .stride = {2, 2}}};
    davy_value x = image(graph, 12, 3), side;

    x = conv(graph, "c1", x, 8, 3, DAVY_ACTIVATION_LEAKY);
    side = davy_layer_conv(graph, "c2", x, &depthwise);
    side = davy_layer_activation(graph, davy_layer_batch_norm(graph, "bn", side),
                                 DAVY_ACTIVATION_SILU, 0.0F);
    x = davy_layer_add(graph, x, davy_layer_group_norm(graph, "gn", side, 4));
    x = davy_layer_average_pool(graph, x, &two);
    x = davy_layer_conv_transpose(graph, "c3", x, &up);
    x = davy_layer_concat(graph, (const davy_value[]){x, x}, 2, 3);
    davy_graph_output(graph, davy_layer_global_max_pool(graph, x));
    x = davy_layer_activation(graph, x, DAVY_ACTIVATION_GELU, 0.0F);
    davy_graph_output(graph, davy_layer_global_average_pool(graph, x));
}

static void build_autoencoder(davy_graph *graph)
{
    davy_value x = davy_graph_input(graph, "row", DAVY_TYPE_F32, 2, (const int64_t[]){-1, 11});

    x = davy_layer_dense(graph, "in", x, 32, DAVY_ACTIVATION_RELU);
    davy_graph_output(graph, davy_layer_dense(graph, "out", x, 11, DAVY_ACTIVATION_SIGMOID));
}

static void build_recurrent(davy_graph *graph, davy_recurrent kind)
{
    davy_value x = davy_layer_recurrent(graph, "one", series(graph), kind, 6, true, false);

    x = davy_layer_recurrent(graph, "two", x, kind, 4, false, true);
    davy_graph_output(graph, davy_layer_dense(graph, "out", x, 3, DAVY_ACTIVATION_TANH));
}

static void build_rnn(davy_graph *graph)
{
    build_recurrent(graph, DAVY_RNN);
}

static void build_gru(davy_graph *graph)
{
    build_recurrent(graph, DAVY_GRU);
}

static void build_lstm(davy_graph *graph)
{
    build_recurrent(graph, DAVY_LSTM);
}

static void build_linear(davy_graph *graph)
{
    build_recurrent(graph, DAVY_LINEAR_RECURRENCE);
}

static void build_transformer(davy_graph *graph)
{
    const davy_attention_options options = {.heads = 2, .mask = DAVY_VALUE_NONE};
    const davy_attention_options causal = {
        .heads = 4, .causal = true, .window = 2, .mask = DAVY_VALUE_NONE};
    davy_value x = davy_graph_input(graph, "tokens", DAVY_TYPE_F32, 3, (const int64_t[]){-1, 7, 8});

    x = davy_layer_position(graph, "position", x);
    x = davy_layer_add(
        graph, x,
        davy_layer_attention(graph, "a1", davy_layer_layer_norm(graph, "n1", x), &options));
    x = davy_layer_add(graph, x, davy_layer_attention(graph, "a2", x, &causal));
    x = davy_layer_dense(graph, "f1", x, 16, DAVY_ACTIVATION_GELU);
    x = davy_layer_dense(graph, "f2", x, 8, DAVY_ACTIVATION_NONE);
    davy_graph_output(graph, davy_layer_mean(graph, x, 1));
}

static void build_series_conv(davy_graph *graph)
{
    const davy_conv_options options = {.channels = 6,
                                       .window = {.kernel = {3}, .dilation = {2}, .same = true},
                                       .activation = DAVY_ACTIVATION_TANH};
    davy_value x =
        davy_graph_input(graph, "series", DAVY_TYPE_F32, 3, (const int64_t[]){-1, 16, 5});

    x = davy_layer_conv(graph, "c", x, &options);
    x = davy_layer_slice(graph, x, 1, 2, 14);
    davy_graph_output(graph, davy_layer_reshape(graph, x, 2, (const int64_t[]){0, -1}));
}

#define SET_INTS(name, ...)                                               \
    davy_node_set_ints(graph, node, name, (const int64_t[]){__VA_ARGS__}, \
                       DAVY_ARRAY_LENGTH(((const int64_t[]){__VA_ARGS__})))
#define SET_FLOATS(name, ...)                                             \
    davy_node_set_floats(graph, node, name, (const float[]){__VA_ARGS__}, \
                         DAVY_ARRAY_LENGTH(((const float[]){__VA_ARGS__})))

static davy_node *ml_node(davy_graph *graph, const char *op)
{
    const davy_value x = davy_graph_input(graph, "row", DAVY_TYPE_F32, 2, (const int64_t[]){-1, 3});
    davy_node *scaler = davy_graph_node(graph, "scaler", &x, 1, 1), *node = scaler;
    davy_value scaled;

    SET_FLOATS("offset", 0.5F, -0.25F, 0);
    SET_FLOATS("scale", 2, 1, 0.5F);
    scaled = scaler->out[0];
    return davy_graph_node(graph, op, &scaled, 1, 1);
}

/* Two trees for two targets. */
static void build_trees(davy_graph *graph)
{
    davy_node *node = ml_node(graph, "tree_ensemble_regressor");

    davy_node_set_int(graph, node, "n_targets", 2);
    davy_node_set_text(graph, node, "aggregate_function", "AVERAGE");
    davy_node_set_text(graph, node, "post_transform", "SOFTMAX");
    SET_INTS("nodes_treeids", 0, 0, 0, 0, 0, 1, 1, 1);
    SET_INTS("nodes_nodeids", 0, 1, 2, 3, 4, 0, 1, 2);
    SET_INTS("nodes_featureids", 0, 2, 0, 0, 0, 1, 0, 0);
    SET_INTS("nodes_modes", 1, 0, 6, 6, 6, 3, 6, 6);
    SET_FLOATS("nodes_values", 0.1F, -0.2F, 0, 0, 0, 0.3F, 0, 0);
    SET_INTS("nodes_truenodeids", 1, 3, 0, 0, 0, 1, 0, 0);
    SET_INTS("nodes_falsenodeids", 2, 4, 0, 0, 0, 2, 0, 0);
    SET_INTS("target_treeids", 0, 0, 0, 1, 1);
    SET_INTS("target_nodeids", 2, 3, 4, 1, 2);
    SET_INTS("target_ids", 0, 1, 0, 1, 0);
    SET_FLOATS("target_weights", 1.5F, 2, -3, 0.7F, 0.9F);
    davy_graph_output(graph, node->out[0]);
}

static void build_machine(davy_graph *graph)
{
    davy_node *node = ml_node(graph, "svm_regressor");

    davy_node_set_text(graph, node, "kernel_type", "RBF");
    davy_node_set_int(graph, node, "n_supports", 2);
    SET_FLOATS("kernel_params", 0.5F, 0, 0);
    SET_FLOATS("support_vectors", 1, 0, 2, -1, 1, 0.5F);
    SET_FLOATS("coefficients", 1.25F, -0.75F);
    SET_FLOATS("rho", 0.125F);
    davy_graph_output(graph, node->out[0]);
}

static const struct {
    const char *name;
    void (*build)(davy_graph *graph);
} networks[] = {
    {"cnn", build_cnn},
    {"images", build_images},
    {"autoencoder", build_autoencoder},
    {"rnn", build_rnn},
    {"gru", build_gru},
    {"lstm", build_lstm},
    {"linear", build_linear},
    {"transformer", build_transformer},
    {"series_conv", build_series_conv},
    {"trees", build_trees},
    {"machine", build_machine},
};

/* ------------------------------------------------------------------------------- before and after
 */

#define BATCH     3
#define FREE_SIZE 9
#define OUT_MAX   4

struct run {
    davy_network *network;
    davy_session *session;
    davy_tensor in, out[OUT_MAX];
};

static davy_graph *make(size_t i)
{
    davy_graph *graph;

    assert_ok(davy_graph_create(networks[i].name, 0, &graph));
    networks[i].build(graph);
    davy_layers_initialise(graph, 7);
    /* Running statistics other than 0 and 1, so that batch norm does something. */
    for (size_t v = 0; v < graph->value_count; v++)
        if (graph->values[v].role == DAVY_ROLE_STATISTIC)
            for (int64_t k = 0; k < davy_tensor_count(&graph->values[v].tensor); k++)
                davy_f32(&graph->values[v].tensor)[k] +=
                    0.5F * davy_random_uniform(3, (uint32_t) v, (uint64_t) k);
    assert_ok(davy_graph_status(graph));
    return graph;
}

static void fill(davy_tensor *tensor)
{
    tensor->data = calloc((size_t) davy_tensor_count(tensor), sizeof(float));
    assert_non_null(tensor->data);
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = davy_random_normal(5, 1, (uint64_t) i);
}

/* Takes the graph. */
static void run_graph(davy_graph *graph, struct run *run)
{
    run->in = graph->values[graph->inputs[0]].tensor;
    for (int d = 0; d < run->in.rank; d++)
        if (run->in.dims[d] < 0)
            run->in.dims[d] = d == 0 ? BATCH : FREE_SIZE;
    fill(&run->in);
    assert_true(graph->input_count == 1 && graph->output_count <= OUT_MAX);
    assert_ok(davy_network_create(graph, NULL, &run->network));
    assert_ok(davy_session_create(run->network, NULL, &run->session));
    assert_ok(davy_session_run(run->session, &run->in, run->out));
}

static void run_clear(struct run *run)
{
    davy_session_destroy(run->session);
    davy_network_destroy(run->network);
    free(run->in.data);
}

static void assert_alike(const davy_tensor *a, const davy_tensor *b)
{
    assert_true(davy_tensor_same_shape(a, b));
    for (int64_t i = 0; i < davy_tensor_count(a); i++) {
        const double x = (double) davy_f32(a)[i], y = (double) davy_f32(b)[i];

        if (!(fabs(x - y) <= 1e-5 + 1e-5 * fabs(y)))
            fail_msg("element %lld is %g and was %g", (long long) i, x, y);
    }
}

static void go_and_come_back(size_t i)
{
    davy_graph *graph = make(i), *again;
    davy_buffer bytes = {0};
    struct run before = {0}, after = {0};
    size_t outputs;

    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &again));
    outputs = graph->output_count;
    assert_int_equal(again->output_count, outputs);
    run_graph(graph, &before);
    run_graph(again, &after);
    for (size_t k = 0; k < outputs; k++)
        assert_alike(&after.out[k], &before.out[k]);
    run_clear(&before);
    run_clear(&after);
    davy_buffer_clear(&bytes);
}

static void networks_come_back_as_they_were(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(networks); i++)
        if (networks[i].build != build_linear)
            go_and_come_back(i);
}

/* Written as a Scan, for ONNX has no such operator. */
static void linear_recurrences_come_back_as_they_were(void **state)
{
    (void) state;
    if (!davy_op_find("scan"))
        davy_skip_test("this build has no Scan");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(networks); i++)
        if (networks[i].build == build_linear)
            go_and_come_back(i);
}

static void names_and_notes_travel(void **state)
{
    static const davy_onnx_note notes[] = {{"davy.units", "kPa"}, {"davy.window", "50"}};
    davy_graph *graph = make(2), *again;
    davy_buffer bytes = {0};

    (void) state;
    davy_graph_name(graph, graph->outputs[0], "reconstruction");
    assert_ok(davy_onnx_export(graph, notes, 2, &bytes));
    assert_non_null(memmem(bytes.bytes, bytes.length, "davy.units", 10));
    assert_non_null(memmem(bytes.bytes, bytes.length, "kPa", 3));
    assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &again));
    assert_string_equal(again->values[again->inputs[0]].name, "row");
    assert_string_equal(again->values[again->outputs[0]].name, "reconstruction");
    assert_int_equal(again->values[again->inputs[0]].tensor.dims[0], -1);
    davy_graph_destroy(graph);
    davy_graph_destroy(again);
    davy_buffer_clear(&bytes);
}

/* The operator set that the standard domain has in a file: its field 8, as protobuf writes it. */
static int opset_of(davy_graph *graph)
{
    static const char field[] = "\x42\x04\x0A\x00\x10";
    davy_buffer bytes = {0};
    const char *at;
    int opset;

    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    at = memmem(bytes.bytes, bytes.length, field, sizeof field - 1);
    assert_non_null(at);
    opset = at[sizeof field - 1];
    davy_buffer_clear(&bytes);
    return opset;
}

/* ONNX Runtime refuses an operator that is younger than the operator set. */
static void a_file_names_the_operator_set_that_has_its_operators(void **state)
{
    static const struct {
        const char *op;
        int opset; /* of its first version, by ONNX's Operators.md */
    } cases[] = {{"relu", 13}, {"hard_swish", 14}, {"trilu", 14}, {"dft", 17}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_graph *graph = NULL;
        davy_node *node;
        davy_value x;

        assert_ok(davy_graph_create("young", 0, &graph));
        x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, (const int64_t[]){2, 4, 1});
        node = davy_graph_node(graph, cases[i].op, &x, 1, 1);
        assert_non_null(node);
        davy_graph_output(graph, node->out[0]);
        assert_int_equal(opset_of(graph), cases[i].opset);
        davy_graph_destroy(graph);
    }
}

/* Labels are for training: neither they nor the loss are in the file. */
static void losses_are_left_out(void **state)
{
    davy_graph *graph = make(2), *again;
    davy_value target =
        davy_graph_input(graph, "target", DAVY_TYPE_F32, 2, (const int64_t[]){-1, 11});
    davy_node *loss =
        davy_graph_node(graph, "mse", (const davy_value[]){graph->outputs[0], target}, 2, 1);
    davy_buffer bytes = {0};

    (void) state;
    assert_non_null(loss);
    davy_graph_output(graph, loss->out[0]);
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &again));
    assert_int_equal(again->input_count, 1);
    assert_int_equal(again->output_count, 1);
    davy_graph_destroy(graph);
    davy_graph_destroy(again);
    davy_buffer_clear(&bytes);
}

/* Between two convolutions no image is turned round and back. */
static void transposes_do_not_pile_up(void **state)
{
    davy_graph *graph = make(0), *again;
    davy_buffer bytes = {0};
    size_t count = 0;

    (void) state;
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    for (const char *at = bytes.bytes;
         (at = memmem(at, bytes.length - (size_t) (at - bytes.bytes), "\x22\x09Transpose", 11));
         at++)
        count++;
    assert_int_equal(count, 2); /* in front of the first convolution and before Flatten */
    assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &again));
    davy_graph_destroy(graph);
    davy_graph_destroy(again);
    davy_buffer_clear(&bytes);
}

/* ---------------------------------------------------------------------------------- for the peers
 */

static void write_file(const char *folder, const char *name, const char *end,
                       const davy_buffer *bytes)
{
    davy_buffer path = {0};

    davy_buffer_printf(&path, "%s/%s%s", folder, name, end);
    if (davy_file_replace(path.bytes, bytes->bytes, bytes->length, 0644) != DAVY_OK)
        exit(1);
    davy_buffer_clear(&path);
}

static int write_all(const char *folder)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(networks); i++) {
        davy_graph *graph = make(i);
        const size_t outputs = graph->output_count;
        const char *in_name = graph->values[graph->inputs[0]].name;
        davy_buffer bytes = {0};
        struct run run = {0};

        if (davy_onnx_export(graph, NULL, 0, &bytes) != DAVY_OK)
            return 1;
        write_file(folder, networks[i].name, ".onnx", &bytes);
        davy_buffer_reset(&bytes);
        run_graph(graph, &run);
        if (davy_tensor_write(&run.in, in_name, &bytes) != DAVY_OK)
            return 1;
        write_file(folder, networks[i].name, ".in_0.pb", &bytes);
        for (size_t k = 0; k < outputs; k++) {
            char end[32];

            davy_buffer_reset(&bytes);
            (void) snprintf(end, sizeof end, ".out_%zu.pb", k);
            if (davy_tensor_write(&run.out[k], "y", &bytes) != DAVY_OK)
                return 1;
            write_file(folder, networks[i].name, end, &bytes);
        }
        run_clear(&run);
        davy_buffer_clear(&bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_come_back_as_they_were),
        cmocka_unit_test(linear_recurrences_come_back_as_they_were),
        cmocka_unit_test(names_and_notes_travel),
        cmocka_unit_test(a_file_names_the_operator_set_that_has_its_operators),
        cmocka_unit_test(losses_are_left_out),
        cmocka_unit_test(transposes_do_not_pile_up),
    };

    if (argc > 2 && strcmp(argv[1], "--write") == 0)
        return write_all(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
