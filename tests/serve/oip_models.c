/* SPDX-License-Identifier: Apache-2.0 */
#include "oip_models.h"

#include "../models/plant.h"

#include "core/file.h"
#include "nn/graph.h"
#include "nn/onnx/onnx.h"

static char root[128];

static void write_file(const char *leaf, const void *bytes, size_t length)
{
    char path[512], parent[512];

    (void) snprintf(path, sizeof path, "%s/%s", root, leaf);
    (void) snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = '\0';
    assert_ok(davy_folder_make(parent, 0755));
    assert_ok(davy_file_replace(path, bytes, length, 0644));
}

static void write_text(const char *leaf, const char *text)
{
    write_file(leaf, text, strlen(text));
}

/* Give the graph's file its place and the graph back. */
static void put(davy_graph *graph, const char *leaf)
{
    davy_buffer bytes = {0};

    assert_ok(davy_graph_status(graph));
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    write_file(leaf, bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
    davy_graph_destroy(graph);
}

static davy_graph *begin(const char *name)
{
    davy_graph *graph = NULL;

    assert_ok(davy_graph_create(name, 0, &graph));
    return graph;
}

static davy_value number(davy_graph *graph, const char *name, int rank, const int64_t *dims,
                         const float *values)
{
    davy_tensor tensor = {.type = DAVY_TYPE_F32, .rank = rank, .data = (void *) values};

    for (int i = 0; i < rank; i++)
        tensor.dims[i] = dims[i];
    return davy_graph_constant(graph, name, &tensor);
}

static void output(davy_graph *graph, davy_value value, const char *name)
{
    davy_graph_name(graph, value, name);
    davy_graph_output(graph, value);
}

static void make_scale(unsigned version, float factor)
{
    davy_graph *graph = begin("scale");
    davy_value in[2];
    char leaf[64];

    in[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    in[1] = number(graph, "factor", 0, NULL, &factor);
    output(graph, davy_graph_node(graph, "mul", in, 2, 1)->out[0], "y");
    (void) snprintf(leaf, sizeof leaf, "scale/%u/model.onnx", version);
    put(graph, leaf);
}

static void make_simple(void)
{
    davy_graph *graph = begin("simple");
    davy_value in[2];

    in[0] = davy_graph_input(graph, "INPUT0", DAVY_TYPE_F32, 2, (int64_t[]){-1, 4});
    in[1] = davy_graph_input(graph, "INPUT1", DAVY_TYPE_F32, 2, (int64_t[]){-1, 4});
    output(graph, davy_graph_node(graph, "add", in, 2, 1)->out[0], "OUTPUT0");
    output(graph, davy_graph_node(graph, "sub", in, 2, 1)->out[0], "OUTPUT1");
    put(graph, "simple/1/model.onnx");
}

static void make_identity(const char *name, davy_type type, int rank, const int64_t *dims,
                          const char *in, const char *out)
{
    davy_graph *graph = begin(name);
    davy_value input = davy_graph_input(graph, in, type, rank, dims);
    char leaf[64];

    output(graph, davy_graph_node(graph, "identity", &input, 1, 1)->out[0], out);
    (void) snprintf(leaf, sizeof leaf, "%s/1/model.onnx", name);
    put(graph, leaf);
}

static void make_identities(void)
{
    static const davy_type types[] = {DAVY_TYPE_F32, DAVY_TYPE_F64,  DAVY_TYPE_I64, DAVY_TYPE_I32,
                                      DAVY_TYPE_U8,  DAVY_TYPE_BOOL, DAVY_TYPE_F16};
    const int64_t dims[] = {-1, -1};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(types); i++) {
        char name[32];

        (void) snprintf(name, sizeof name, "identity_%s", davy_datatype_name(types[i]));
        make_identity(name, types[i], 1, dims, "INPUT0", "OUTPUT0");
    }
    make_identity("wide", DAVY_TYPE_F32, 2, dims, "INPUT0", "OUTPUT0");
}

static void make_classes(void)
{
    davy_graph *graph = begin("classes");
    davy_value in = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 3});

    output(graph, davy_graph_node(graph, "softmax", &in, 1, 1)->out[0], "p");
    put(graph, "classes/1/model.onnx");
    write_text("classes/config.pbtxt",
               "max_batch_size: 8\n"
               "input [{ name: \"x\" data_type: TYPE_FP32 dims: [3] }]\n"
               "output [{ name: \"p\" data_type: TYPE_FP32 dims: [3] label_filename: "
               "\"labels.txt\" }]\n");
    write_text("classes/labels.txt", "calm\nbusy\nalarm\n");
}

static void make_pictures(void)
{
    static const float weights[12][2] = {{-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}, {-1, 1},
                                         {-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}, {-1, 1}};
    const int64_t picture[] = {-1, 3, 2, 2}, data[] = {-1, 2, 2, 3}, flat[] = {-1, 12};
    const davy_tensor shape = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {2}, .data = (void *) flat};
    davy_graph *graph = begin("detection");
    davy_value in[2];

    in[0] = davy_graph_input(graph, "data", DAVY_TYPE_F32, 4, data);
    in[1] = davy_graph_constant(graph, "shape", &shape);
    in[0] = davy_graph_node(graph, "reshape", in, 2, 1)->out[0];
    in[1] = number(graph, "weights", 2, (int64_t[]){12, 2}, &weights[0][0]);
    in[0] = davy_graph_node(graph, "matmul", in, 2, 1)->out[0];
    output(graph, davy_graph_node(graph, "softmax", in, 1, 1)->out[0], "p");
    put(graph, "detection/1/model.onnx");
    write_text("detection/config.pbtxt",
               "input [{ name: \"data\" data_type: TYPE_FP32 dims: [-1, 2, 2, 3] }]\n"
               "output [{ name: \"p\" data_type: TYPE_FP32 dims: [-1, 2] label_filename: "
               "\"labels.txt\" }]\n"
               "parameters { key: \"davy.image\" value { string_value: \"input=data size=2x2 "
               "mean=0.5,0.5,0.5\" } }\n");
    write_text("detection/labels.txt", "dark\nlight\n");
    make_identity("picture", DAVY_TYPE_F32, 4, picture, "data", "pixels");
    write_text("picture/config.pbtxt",
               "parameters { key: \"davy.image\" value { string_value: \"input=data size=2x2 "
               "layout=nchw mean=0.5,0.5,0.5 deviation=0.5,0.5,0.5\" } }\n");
}

/*
 * A detector that sees the same in every picture: columns of centre, size and two classes, in
 * pixels of an input of 20 x 10. The second box lies upon the first, the fourth beside the picture.
 */
static void make_finder(void)
{
    static const float found[6][4] = {{10, 10, 7.5F, 2},     {5, 5, 2.5F, 5},
                                      {10, 10, 5, 2},        {10, 9, 5, 2},
                                      {0.8F, 0.7F, 0, 0.9F}, {0.1F, 0.2F, 0.6F, 0}};
    static float none[600][24];
    const int64_t data[] = {-1, 10, 20, 3}, flat[] = {-1, 600}, boxes[] = {-1, 6, 4};
    const davy_tensor flatten = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {2}, .data = (void *) flat};
    const davy_tensor shape = {
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {3}, .data = (void *) boxes};
    davy_graph *graph = begin("finder");
    davy_value in[2];

    in[0] = davy_graph_input(graph, "data", DAVY_TYPE_F32, 4, data);
    in[1] = davy_graph_constant(graph, "flat", &flatten);
    in[0] = davy_graph_node(graph, "reshape", in, 2, 1)->out[0];
    in[1] = number(graph, "none", 2, (int64_t[]){600, 24}, &none[0][0]);
    in[0] = davy_graph_node(graph, "matmul", in, 2, 1)->out[0];
    in[1] = number(graph, "found", 1, (int64_t[]){24}, &found[0][0]);
    in[0] = davy_graph_node(graph, "add", in, 2, 1)->out[0];
    in[1] = davy_graph_constant(graph, "shape", &shape);
    output(graph, davy_graph_node(graph, "reshape", in, 2, 1)->out[0], "output0");
    put(graph, "finder/1/model.onnx");
    write_text("finder/config.pbtxt",
               "output [{ name: \"output0\" data_type: TYPE_FP32 dims: [-1, 6, 4] label_filename: "
               "\"labels.txt\" }]\n"
               "parameters { key: \"davy.image\" value { string_value: \"input=data size=20x10 "
               "fit=letterbox\" } }\n"
               "parameters { key: \"davy.boxes\" value { string_value: \"output=output0\" } }\n");
    write_text("finder/labels.txt", "person\nfire\n");
}

static void make_watch(void)
{
    davy_table table = plant_make(1000, 3);
    davy_train_report report = {0};
    const davy_train_options options = {.name = "watch",
                                        .kind = "pca",
                                        .task = "anomaly",
                                        .registry = root,
                                        .budget_per_day = 10,
                                        .seed = 1};

    assert_ok(davy_train(&table, &options, &report));
    davy_table_clear(&table);
}

/* The last signal is what is asked for. */
static void make_pump(void)
{
    davy_table table = plant_make(400, 7);
    davy_train_report report = {0};
    const davy_train_options options = {.name = "pump",
                                        .kind = "linear",
                                        .task = "regress",
                                        .registry = root,
                                        .label = "s5",
                                        .seed = 1};

    table.columns = PLANT_SIGNALS - 1;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    memcpy(table.labels, table.values + table.columns * table.rows,
           table.rows * sizeof *table.labels);
    assert_ok(davy_train(&table, &options, &report));
    table.columns = PLANT_SIGNALS;
    davy_table_clear(&table);
}

void oip_models_make(const char *folder)
{
    (void) snprintf(root, sizeof root, "%s", folder);
    assert_ok(davy_folder_make(root, 0755));
    make_scale(1, 2);
    make_scale(2, 3);
    write_text("scale/aliases.json", "{\"champion\": 1, \"challenger\": 2}");
    make_simple();
    make_identities();
    make_classes();
    make_pictures();
    make_finder();
    make_watch();
    make_pump();
}

davy_host *oip_host_create(const char *folder)
{
    static const char *const all[] = {"*"};
    const davy_host_options options = {.repository = {.folder = folder,
                                                      .control = DAVY_CONTROL_EXPLICIT,
                                                      .startup = all,
                                                      .startup_count = 1}};
    davy_host *host = NULL;

    assert_ok(davy_host_create(&options, &host));
    return host;
}
