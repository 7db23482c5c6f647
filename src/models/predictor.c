/* SPDX-License-Identifier: Apache-2.0 */
#include "models/predictor_private.h"

#include "core/file.h"
#include "models/model_private.h"
#include "models/model_reader.h"
#include "models/registry/seal.h"
#include "nn/onnx/onnx.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JSON_FILE_MAX ((size_t) 16 * 1024 * 1024)

davy_status davy_predictor_create(davy_predictor **out)
{
    davy_predictor *predictor = calloc(1, sizeof *predictor);

    if (!predictor)
        return davy_fail(DAVY_ERR_NOMEM, "predictor");
    predictor->info.signer = "";
    predictor->info.split = "";
    predictor->info.flows = "";
    predictor->info.molecules = "";
    *out = predictor;
    return DAVY_OK;
}

void davy_predictor_close(davy_predictor *predictor)
{
    if (!predictor)
        return;
    davy_network_destroy(predictor->network);
    davy_buffer_clear(&predictor->onnx);
    davy_cleaning_clear(&predictor->cleaning);
    davy_arena_clear(&predictor->arena);
    free(predictor);
}

const davy_predictor_info *davy_predictor_describe(const davy_predictor *predictor)
{
    return &predictor->info;
}

size_t davy_predictor_reach(const davy_predictor *predictor)
{
    const davy_form *form = &predictor->info.form;

    if (form->kind == DAVY_FORM_WAVE)
        return predictor->cleaning.step_count > 0 ? SIZE_MAX : 0;
    if (predictor->cleaning.step_count > 0 || form->rate > 0 || form->early > 0 ||
        (form->kind != DAVY_FORM_ROW && form->kind != DAVY_FORM_WINDOW))
        return SIZE_MAX;
    return form->steps - 1 + predictor->info.hold;
}

/* The one input is a batch of samples of the form. */
static davy_status check_input(const davy_predictor_info *info, const davy_graph *graph)
{
    int64_t dims[3];
    const int rank = davy_form_dims(&info->form, dims);
    const davy_tensor *in;
    bool fits;

    if (graph->input_count != 1)
        return davy_fail(DAVY_ERR_CORRUPT, "the graph has %zu inputs, not one", graph->input_count);
    in = &graph->values[graph->inputs[0]].tensor;
    fits = in->type == DAVY_TYPE_F32 && in->rank == rank + 1;
    for (int i = 0; i < rank && fits; i++)
        fits = in->dims[i + 1] == dims[i] || in->dims[i + 1] == -1;
    if (!fits) {
        char form[DAVY_FORM_TEXT_MAX], shape[DAVY_TENSOR_TEXT_MAX];

        return davy_fail(DAVY_ERR_CORRUPT, "the graph takes %s, which is not a batch of %s",
                         davy_tensor_text(in, shape), davy_form_text(&info->form, form));
    }
    return DAVY_OK;
}

static davy_status check_outputs(const davy_predictor_info *info, const davy_graph *graph)
{
    const char *const classes[] = {DAVY_PREDICTOR_PROBABILITIES};
    const char *const numbers[] = {DAVY_PREDICTOR_VALUE, DAVY_PREDICTOR_LOW, DAVY_PREDICTOR_HIGH};
    const bool classifies = info->class_count > 0;
    const size_t count = classifies ? 1 : info->coverage > 0 ? 3 : 1;

    if (graph->output_count != count)
        return davy_fail(DAVY_ERR_CORRUPT, "the graph has %zu outputs, not %zu",
                         graph->output_count, count);
    for (size_t i = 0; i < count; i++) {
        const char *wanted = classifies ? classes[i] : numbers[i];

        if (strcmp(graph->values[graph->outputs[i]].name, wanted) != 0)
            return davy_fail(DAVY_ERR_CORRUPT, "output %zu of the graph is '%.60s', not '%s'", i,
                             graph->values[graph->outputs[i]].name, wanted);
    }
    return DAVY_OK;
}

davy_status davy_predictor_load(davy_predictor *predictor)
{
    const davy_network_options options = {.bf16 = predictor->bf16};
    davy_graph *graph = NULL;
    davy_status status =
        davy_onnx_import(predictor->onnx.bytes, predictor->onnx.length, NULL, 0, &graph);

    if (status == DAVY_OK)
        status = check_input(&predictor->info, graph);
    if (status == DAVY_OK)
        status = check_outputs(&predictor->info, graph);
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    return davy_network_create(graph, &options, &predictor->network);
}

static davy_status read_json(int folder, davy_buffer *json)
{
    return davy_file_read_beneath(folder, "model.json", JSON_FILE_MAX, json);
}

/* The bytes must be those that model.json was written for. */
static davy_status read_graph(int folder, davy_predictor *predictor)
{
    char hash[DAVY_HASH_MAX];
    davy_status status =
        davy_file_read_beneath(folder, "model.onnx", DAVY_MODEL_FILE_MAX, &predictor->onnx);

    if (status != DAVY_OK)
        return status;
    davy_hash_bytes(predictor->onnx.bytes, predictor->onnx.length, hash);
    if (strcmp(hash, predictor->info.file_hash) != 0)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "model.onnx is not the file that model.json was written for: its SHA-256 "
                         "is %s",
                         hash);
    return davy_predictor_load(predictor);
}

davy_status davy_predictor_open_at(int folder, davy_predictor **out)
{
    davy_buffer json = {0};
    davy_predictor *predictor = NULL;
    davy_status status = read_json(folder, &json);

    if (status == DAVY_OK)
        status = davy_predictor_json_read(json.bytes, json.length, &predictor);
    if (status == DAVY_OK)
        status = davy_seal_trust(folder, &json, &predictor->arena, &predictor->info.signer);
    if (status == DAVY_OK)
        status = read_graph(folder, predictor);
    if (status == DAVY_OK)
        status = davy_background_read(folder, &predictor->arena, &predictor->background);
    davy_buffer_clear(&json);
    if (status != DAVY_OK) {
        davy_predictor_close(predictor);
        return status;
    }
    *out = predictor;
    return DAVY_OK;
}

davy_status davy_predictor_open(const char *folder, davy_predictor **out)
{
    int descriptor;
    davy_status status = davy_folder_open(folder, &descriptor);

    if (status != DAVY_OK)
        return davy_fail_in(status, "model '%s'", folder);
    status = davy_predictor_open_at(descriptor, out);
    close(descriptor);
    return status == DAVY_OK ? status : davy_fail_in(status, "model '%s'", folder);
}

davy_status davy_model_task_at(int folder, davy_task *out)
{
    davy_buffer json = {0};
    json_error_t error;
    json_t *root = NULL;
    const char *task = NULL;
    davy_status status = read_json(folder, &json);

    if (status == DAVY_OK) {
        root = json_loadb(json.bytes, json.length, JSON_REJECT_DUPLICATES, &error);
        task = json_string_value(json_object_get(root, "task"));
        if (!task || !davy_task_find(task, out))
            status = davy_fail(DAVY_ERR_CORRUPT, "model.json names no task");
    }
    json_decref(root);
    davy_buffer_clear(&json);
    return status;
}

davy_status davy_model_task(const char *folder, davy_task *out)
{
    int descriptor;
    davy_status status = davy_folder_open(folder, &descriptor);

    if (status != DAVY_OK)
        return status;
    status = davy_model_task_at(descriptor, out);
    close(descriptor);
    return status == DAVY_OK ? status : davy_fail_in(status, "model '%s'", folder);
}
