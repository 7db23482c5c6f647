/* SPDX-License-Identifier: Apache-2.0 */
#include "app/infer_tensors.h"

#include "core/file.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/tensor_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A model ready to run, and what it is given. */
struct job {
    davy_network *network;
    davy_session *session;
    const davy_graph *graph;
    davy_arena arena;
    davy_tensor *inputs, *outputs; /* type NONE: not given yet */
};

static davy_status open_model(struct job *job, const char *path)
{
    davy_graph *graph = NULL;
    davy_status status = davy_onnx_load(path, 0, &graph);

    if (status == DAVY_OK)
        status = davy_network_create(graph, NULL, &job->network);
    if (status == DAVY_OK)
        status = davy_session_create(job->network, NULL, &job->session);
    if (status != DAVY_OK)
        return status;
    job->graph = davy_network_graph(job->network);
    job->inputs = davy_arena_array(&job->arena, job->graph->input_count + 1, sizeof *job->inputs);
    job->outputs =
        davy_arena_array(&job->arena, job->graph->output_count + 1, sizeof *job->outputs);
    return job->inputs && job->outputs ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "tensors");
}

static void close_model(struct job *job)
{
    davy_session_destroy(job->session);
    davy_network_destroy(job->network);
    davy_arena_clear(&job->arena);
}

static const davy_edge *input_of(const struct job *job, size_t i)
{
    return &job->graph->values[job->graph->inputs[i]];
}

/* "x float[1, 3], y int64[2]": what the model wants. */
static const char *wanted(const struct job *job, davy_buffer *text)
{
    char shape[DAVY_TENSOR_TEXT_MAX];

    for (size_t i = 0; i < job->graph->input_count; i++)
        davy_buffer_printf(text, "%s'%s' %s", i ? ", " : "", input_of(job, i)->name,
                           davy_tensor_text(&input_of(job, i)->tensor, shape));
    return text->bytes ? text->bytes : "none";
}

static davy_status fail_inputs(const struct job *job, const char *why, const char *word)
{
    davy_buffer text = {0};
    davy_status status = davy_fail(DAVY_ERR_INVALID, "%s%s; its inputs are %s (-1: any size)", why,
                                   word, wanted(job, &text));

    davy_buffer_clear(&text);
    return status;
}

/* The input that a word names: its path follows; else the next that has nothing. */
static size_t find_input(const struct job *job, const char **word)
{
    const char *equals = strchr(*word, '=');
    size_t next = 0;

    for (size_t i = 0; equals && i < job->graph->input_count; i++) {
        const char *name = input_of(job, i)->name;

        if (strlen(name) == (size_t) (equals - *word) && strncmp(name, *word, strlen(name)) == 0) {
            *word = equals + 1;
            return i;
        }
    }
    while (next < job->graph->input_count && job->inputs[next].type != DAVY_TYPE_NONE)
        next++;
    return next;
}

static davy_status read_input(struct job *job, const char *word)
{
    const char *path = word, *name;
    const size_t i = find_input(job, &path);
    struct stat about;
    davy_status status;

    if (path == word && strchr(word, '=') && stat(word, &about) != 0)
        return fail_inputs(job, "the model has no such input: ", word);
    if (i == job->graph->input_count)
        return fail_inputs(job, "there are more tensors than inputs: ", word);
    if (job->inputs[i].type != DAVY_TYPE_NONE)
        return fail_inputs(job, "an input is given twice: ", word);
    status = davy_tensor_load(path, &job->arena, &job->inputs[i], &name);
    if (status == DAVY_OK)
        davy_tensor_adopt(&input_of(job, i)->tensor, &job->inputs[i]);
    return status;
}

static davy_status read_inputs(struct job *job, const davy_option_list *words)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < words->count && status == DAVY_OK; i++)
        status = read_input(job, words->items[i]);
    for (size_t i = 0; i < job->graph->input_count && status == DAVY_OK; i++)
        if (job->inputs[i].type == DAVY_TYPE_NONE)
            status = fail_inputs(job, "no tensor is given for input ", input_of(job, i)->name);
    return status;
}

static davy_status write_output(const struct job *job, size_t i, const char *folder)
{
    const char *name = job->graph->values[job->graph->outputs[i]].name;
    davy_buffer bytes = {0}, path = {0};
    char shape[DAVY_TENSOR_TEXT_MAX];
    davy_status status = davy_tensor_write(&job->outputs[i], name, &bytes);

    davy_buffer_printf(&path, "%s/output_%zu.pb", folder, i);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&path);
    if (status == DAVY_OK)
        status = davy_file_replace(path.bytes, bytes.bytes, bytes.length, 0644);
    if (status == DAVY_OK)
        (void) printf("%s: %s %s\n", path.bytes, name, davy_tensor_text(&job->outputs[i], shape));
    davy_buffer_clear(&path);
    davy_buffer_clear(&bytes);
    return status;
}

static davy_status run(struct job *job, const davy_infer_tensors *settings)
{
    davy_status status = read_inputs(job, &settings->inputs);

    if (status == DAVY_OK)
        status = davy_session_run(job->session, job->inputs, job->outputs);
    if (status == DAVY_OK)
        status = davy_folder_make(settings->out, 0755);
    for (size_t i = 0; status == DAVY_OK && i < job->graph->output_count; i++)
        status = write_output(job, i, settings->out);
    return status;
}

davy_status davy_infer_tensors_run(const davy_infer_tensors *settings, const char *model)
{
    struct job job = {.network = NULL};
    davy_status status;

    if (settings->inputs.count == 0 || !settings->out)
        return davy_fail(DAVY_ERR_INVALID, "--tensor and --out-tensors belong together");
    status = open_model(&job, model);
    if (status == DAVY_OK)
        status = run(&job, settings);
    close_model(&job);
    /* More memory than a run may take is a limit of this program, not a full disk. */
    return status == DAVY_ERR_FULL ? davy_fail_in(DAVY_ERR_UNSUPPORTED, "too large") : status;
}
