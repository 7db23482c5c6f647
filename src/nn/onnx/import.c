/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/importer.h"
#include "nn/onnx/onnx.h"

#include "core/file.h"

#include <inttypes.h>
#include <string.h>

/* A domain's operator set, where the model names one, must not be newer than what davy knows. */
static davy_status check_opset(const Onnx__ModelProto *model, const char *domain, int64_t newest)
{
    const int64_t opset = davy_import_opset(model->opset_import, model->n_opset_import, domain);

    if (opset < 0 || opset > newest)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "ONNX operator set %" PRId64 "%s%s; davy reads 1 to %" PRId64, opset,
                         *domain ? " of " : "", domain, newest);
    return DAVY_OK;
}

static davy_status check_versions(const Onnx__ModelProto *model)
{
    davy_status status;

    if (!model->graph)
        return davy_fail(DAVY_ERR_CORRUPT, "the ONNX model has no graph");
    if (!model->has_ir_version)
        return davy_fail(DAVY_ERR_CORRUPT, "the ONNX model has no IR version");
    if (model->ir_version < DAVY_ONNX_IR_MIN || model->ir_version > DAVY_ONNX_IR_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "ONNX IR version %" PRId64 "; davy reads %d to %d",
                         model->ir_version, DAVY_ONNX_IR_MIN, DAVY_ONNX_IR_MAX);
    if (model->n_opset_import == 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the ONNX model names no operator set");
    status = check_opset(model, "", DAVY_ONNX_OPSET_MAX);
    return status == DAVY_OK ? check_opset(model, DAVY_ONNX_ML, DAVY_ONNX_ML_MAX) : status;
}

static davy_status import_main(davy_import *import, davy_graph *graph)
{
    davy_scope scope = {.import = import,
                        .graph = graph,
                        .opsets = import->model->opset_import,
                        .opset_count = import->model->n_opset_import};
    davy_status status = davy_import_graph(&scope, import->model->graph, NULL, NULL, 0);

    davy_name_table_clear(&scope.names);
    return status;
}

static davy_status import_model(davy_import *import, davy_graph **out)
{
    davy_graph *graph = NULL;
    davy_status status = check_versions(import->model);

    if (status == DAVY_OK)
        status = davy_import_check(import);
    if (status == DAVY_OK)
        status = davy_graph_create(davy_onnx_text(import->model->graph->name), import->memory_left,
                                   &graph);
    if (status == DAVY_OK) {
        graph->foreign = true;
        status = import_main(import, graph);
    }
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    *out = graph;
    return DAVY_OK;
}

davy_status davy_onnx_import(const void *bytes, size_t length, const char *folder,
                             size_t memory_max, davy_graph **out)
{
    davy_onnx_message message;
    davy_status status =
        davy_onnx_unpack(&onnx__model_proto__descriptor, "an ONNX model", bytes, length, &message);
    davy_import import = {.model = (const Onnx__ModelProto *) message.root,
                          .folder = folder,
                          .memory_left = memory_max ? memory_max : DAVY_ONNX_MEMORY_MAX};

    if (status == DAVY_OK)
        status = import_model(&import, out);
    davy_arena_clear(&import.scratch);
    davy_onnx_message_clear(&message);
    return status;
}

/* The folder that a file lies in, for external data. */
static char *folder_of(davy_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return davy_arena_text(arena, ".", 1);
    return davy_arena_text(arena, path, slash == path ? 1 : (size_t) (slash - path));
}

davy_status davy_onnx_load(const char *path, size_t memory_max, davy_graph **out)
{
    davy_arena arena = {0};
    davy_buffer bytes = {0};
    davy_status status = davy_file_read(path, DAVY_ONNX_MODEL_MAX, &bytes);
    const char *folder = folder_of(&arena, path);

    if (status == DAVY_OK && !folder)
        status = davy_fail(DAVY_ERR_NOMEM, "%s", path);
    if (status == DAVY_OK) {
        status = davy_onnx_import(bytes.bytes, bytes.length, folder, memory_max, out);
        if (status != DAVY_OK)
            status = davy_fail_in(status, "%s", path);
    }
    davy_buffer_clear(&bytes);
    davy_arena_clear(&arena);
    return status;
}
