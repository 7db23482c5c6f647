/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "folder.h"

#include "infer/host_private.h"

/**
 * @file
 * A host over the folder of a test, and questions to its models.
 */

/* A host that serves what lies in the folder now. */
static inline davy_host *host_open(const davy_host_options *given)
{
    davy_host_options options = given ? *given : (davy_host_options){0};
    static const char *const all[] = {"*"};
    davy_host *host = NULL;

    options.repository.folder = folder;
    options.repository.control = DAVY_CONTROL_EXPLICIT;
    options.repository.startup = all;
    options.repository.startup_count = 1;
    assert_ok(davy_host_create(&options, &host));
    return host;
}

/*
 * A plane over the plant's signals, the last from the others, trained into the folder.
 *
 * @return what it learnt from, of which the last column is the label
 */
static inline davy_table plane_train(size_t rows, const char *const *settings, size_t setting_count)
{
    const davy_train_options options = {.name = "plant",
                                        .kind = "linear",
                                        .task = "regress",
                                        .registry = folder, /* an array, filled by now */
                                        .label = "s5",
                                        .settings = settings,
                                        .setting_count = setting_count,
                                        .seed = 1};
    davy_train_report report = {0};
    davy_table table = plant_make(rows, 7);

    table.columns = PLANT_SIGNALS - 1;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    memcpy(table.labels, table.values + table.columns * table.rows,
           table.rows * sizeof *table.labels);
    assert_ok(davy_train(&table, &options, &report));
    return table;
}

static inline void plane_clear(davy_table *table)
{
    table->columns = PLANT_SIGNALS;
    davy_table_clear(table);
}

/* A question of rows of two to a model of folder_put(). */
typedef struct question {
    float numbers[64];
    davy_named_tensor input;
    davy_infer_request request;
    davy_infer_response response;
} question;

static inline void question_set(question *q, const char *model, int64_t rows)
{
    *q = (question){.request = {.model = model, .version = "", .id = "", .client = "alice"}};
    for (int64_t i = 0; i < 2 * rows; i++)
        q->numbers[i] = (float) (i + 1);
    q->input = (davy_named_tensor){
        "x", {.type = DAVY_TYPE_F32, .rank = 2, .dims = {rows, 2}, .data = q->numbers}};
    q->request.inputs = &q->input;
    q->request.input_count = 1;
}

/* Another question in the place of one that was asked. */
static inline void question_reset(question *q, const char *model, int64_t rows)
{
    davy_infer_response_clear(&q->response);
    question_set(q, model, rows);
}

static inline davy_status question_ask(davy_host *host, question *q)
{
    davy_infer_response_clear(&q->response);
    return davy_host_infer(host, &q->request, &q->response);
}

/* The factor that the answer tells of; the answer is let go. */
static inline float question_factor(davy_host *host, question *q)
{
    float factor;

    assert_ok(question_ask(host, q));
    assert_int_equal(q->response.output_count, 1);
    assert_string_equal(q->response.outputs[0].name, "y");
    factor = davy_f32(&q->response.outputs[0].tensor)[0] / q->numbers[0];
    davy_infer_response_clear(&q->response);
    return factor;
}

/* y = table[x] of a table with two entries: 0 and 1 have an answer, and 2 fails. */
static inline void put_table(const char *name, unsigned version)
{
    float entries[2] = {5, 6};
    const davy_tensor table = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {2}, .data = entries};
    davy_graph *graph = NULL;
    davy_buffer bytes = {0};
    davy_value in[2], x, y;
    davy_node *cast;

    assert_ok(davy_graph_create(name, 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, 2});
    cast = davy_graph_node(graph, "cast", &x, 1, 1);
    davy_node_set_int(graph, cast, "to", DAVY_TYPE_I64);
    in[1] = cast->out[0];
    in[0] = davy_graph_constant(graph, "table", &table);
    y = davy_graph_node(graph, "gather", in, 2, 1)->out[0];
    davy_graph_name(graph, y, "y");
    davy_graph_output(graph, y);
    assert_ok(davy_onnx_export(graph, NULL, 0, &bytes));
    davy_graph_destroy(graph);
    folder_write(folder_path("%s/%u/model.onnx", name, version), bytes.bytes, bytes.length);
    davy_buffer_clear(&bytes);
}
