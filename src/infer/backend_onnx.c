/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"

#include "core/file.h"
#include "models/hash.h"
#include "models/registry/seal.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One who runs the network. Texts are closed by a zero inside the engine and counted outside. */
struct runner {
    davy_session *session;
    davy_tensor *inputs; /* as the engine takes them */
    davy_arena texts;    /* of one run */
};

/* A version that is signed is one that davy made: what is missing of it was taken away. */
static davy_status check_seal(const davy_served_place *place, const davy_buffer *bytes)
{
    davy_seal seal = {.is_signed = false};
    davy_status status = place->file ? DAVY_OK : davy_seal_read_at(place->folder, &seal);

    if (status == DAVY_OK)
        status = davy_seal_covers(&seal, DAVY_SERVED_ONNX, bytes->bytes, bytes->length);
    for (size_t i = 0; i < seal.count && status == DAVY_OK; i++)
        if (strcmp(seal.files[i].name, DAVY_SERVED_JSON) == 0)
            status = davy_fail(DAVY_ERR_CORRUPT,
                               "it was signed with a " DAVY_SERVED_JSON ", which is missing");
    davy_seal_clear(&seal);
    return status;
}

static davy_status import(davy_served *served, const davy_served_place *place, davy_graph **out)
{
    char folder[32], hash[DAVY_HASH_MAX]; /* by its descriptor, whatever stands at the path now */
    davy_buffer bytes = {0};
    davy_status status = davy_file_read_beneath(
        place->folder, place->file ? place->file : DAVY_SERVED_ONNX, DAVY_SERVED_FILE_MAX, &bytes);

    (void) snprintf(folder, sizeof folder, "/proc/self/fd/%d", place->folder);
    if (status == DAVY_OK)
        status = check_seal(place, &bytes);
    if (status == DAVY_OK)
        status = davy_onnx_import(bytes.bytes, bytes.length, folder, place->memory_max, out);
    if (status == DAVY_OK) { /* last, for what is refused need not be known again */
        davy_hash_bytes(bytes.bytes, bytes.length, hash);
        served->info.file_hash = davy_arena_text(&served->arena, hash, strlen(hash));
        if (!served->info.file_hash)
            status = davy_fail(DAVY_ERR_NOMEM, "a served model");
    }
    davy_buffer_clear(&bytes);
    return status;
}

static davy_status onnx_open(davy_served *served, const davy_served_place *place)
{
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    const davy_network_options options = {.memory_max = place->memory_max};
    davy_status status = import(served, place, &graph);

    if (status == DAVY_OK && graph->output_count == 0)
        status = davy_fail(DAVY_ERR_CORRUPT, "the graph has no output");

    if (status == DAVY_OK)
        status = davy_ports_of_graph(served, graph);
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    status = davy_network_create(graph, &options, &network); /* takes the graph */
    if (status != DAVY_OK)
        return status;
    served->state = network;
    served->info.memory = davy_network_graph(network)->arena.used;
    return DAVY_OK;
}

static void onnx_close(void *state)
{
    davy_network_destroy(state);
}

static void onnx_destroy(void *state)
{
    struct runner *runner = state;

    davy_session_destroy(runner->session);
    davy_arena_clear(&runner->texts);
    free(runner->inputs);
    free(runner);
}

static davy_status onnx_create(davy_instance *instance)
{
    const davy_served_info *info = &instance->served->info;
    struct runner *runner = calloc(1, sizeof *runner);

    instance->state = runner;
    if (runner)
        runner->inputs = calloc(info->input_count + 1, sizeof *runner->inputs);
    if (!runner || !runner->inputs)
        return davy_fail(DAVY_ERR_NOMEM, "an instance of '%s'", info->name);
    return davy_session_create(instance->served->state, instance->pool, &runner->session);
}

/* Counted texts as the engine has them. */
static davy_status close_texts(struct runner *runner, const char *name, davy_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(tensor);
    const davy_bytes *given = tensor->data;
    const char **texts = davy_arena_array(&runner->texts, count + 1, sizeof *texts);

    for (size_t i = 0; i < count && texts; i++) {
        if (memchr(given[i].at ? given[i].at : "", 0, given[i].length))
            return davy_fail(DAVY_ERR_INVALID, "input '%.100s': element %zu holds a zero byte",
                             name, i);
        texts[i] = davy_arena_text(&runner->texts, given[i].at ? given[i].at : "", given[i].length);
        if (!texts[i])
            return davy_fail(DAVY_ERR_NOMEM, "texts of input '%.100s'", name);
    }
    tensor->data = texts;
    return texts ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "texts of input '%.100s'", name);
}

static davy_status count_texts(struct runner *runner, davy_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(tensor);
    const char *const *given = tensor->data;
    davy_bytes *texts = davy_arena_array(&runner->texts, count + 1, sizeof *texts);

    if (!texts)
        return davy_fail(DAVY_ERR_NOMEM, "texts of an output");
    for (size_t i = 0; i < count; i++)
        texts[i] = (davy_bytes){given[i] ? given[i] : "", given[i] ? strlen(given[i]) : 0};
    tensor->data = texts;
    return DAVY_OK;
}

/* What the graph gives must be what clients were told. */
static davy_status hand_over(struct runner *runner, const davy_port *port, davy_tensor *output)
{
    if (output->type != port->type)
        return davy_fail(DAVY_ERR_CORRUPT, "output '%.100s' came out as %s instead of %s",
                         port->name, davy_type_name(output->type), davy_type_name(port->type));
    return output->type == DAVY_TYPE_TEXT ? count_texts(runner, output) : DAVY_OK;
}

static davy_status onnx_run(davy_instance *instance, const davy_tensor *inputs,
                            davy_tensor *outputs)
{
    const davy_served_info *info = &instance->served->info;
    struct runner *runner = instance->state;
    davy_status status = DAVY_OK;

    davy_arena_reset(&runner->texts);
    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++) {
        runner->inputs[i] = inputs[i];
        if (inputs[i].type == DAVY_TYPE_TEXT)
            status = close_texts(runner, info->inputs[i].name, &runner->inputs[i]);
    }
    if (status == DAVY_OK)
        status = davy_session_run(runner->session, runner->inputs, outputs);
    for (size_t i = 0; i < info->output_count && status == DAVY_OK; i++)
        status = hand_over(runner, &info->outputs[i], &outputs[i]);
    return status;
}

const davy_backend davy_backend_onnx = {
    .name = "onnx",
    .platform = "onnx",
    .open = onnx_open,
    .close = onnx_close,
    .create = onnx_create,
    .destroy = onnx_destroy,
    .run = onnx_run,
};
