/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"

#include "core/file.h"
#include "models/explain/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a version holds a regular file of this name. */
static bool holds(const davy_served_place *place, const char *name)
{
    struct stat about;

    return fstatat(place->folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode);
}

/* What davy trained has a model.json beside its graph, and says there what it is for. */
static davy_status choose_backend(const davy_served_place *place, const davy_infer_config *config,
                                  const davy_backend **out)
{
    davy_task task;
    davy_status status;

    *out = config->step_count > 0 ? &davy_backend_ensemble : &davy_backend_onnx;
    if (config->step_count > 0 || place->file)
        return DAVY_OK;
    if (!holds(place, DAVY_SERVED_ONNX))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no file " DAVY_SERVED_ONNX);
    if (!holds(place, DAVY_SERVED_JSON))
        return DAVY_OK;
    status = davy_model_task_at(place->folder, &task);
    if (status == DAVY_OK)
        *out = task == DAVY_TASK_ANOMALY ? &davy_backend_watcher : &davy_backend_predictor;
    return status;
}

/* Platforms and backends of other servers whose models are ONNX files, or graphs of models. */
static davy_status check_platform(const davy_infer_config *config, const char *name)
{
    static const char *const known[] = {
        "", "onnxruntime_onnx", "onnxruntime", "onnx_runtime", "onnx", "davy", "ensemble"};

    if (*config->name && strcmp(config->name, name) != 0)
        return davy_fail(DAVY_ERR_INVALID,
                         DAVY_CONFIG_FILE " is of model '%.100s', and its folder is '%.100s'",
                         config->name, name);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        if (strcmp(config->platform, known[i]) == 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_UNSUPPORTED,
                     DAVY_CONFIG_FILE ": davy serves ONNX files, not the platform '%.60s'",
                     config->platform);
}

davy_status davy_served_read_config(int model, davy_arena *arena, davy_infer_config *out)
{
    davy_buffer bytes = {0};
    davy_status status = DAVY_ERR_NOT_FOUND;

    if (model >= 0)
        status = davy_file_read_beneath(model, DAVY_CONFIG_FILE, DAVY_CONFIG_FILE_MAX, &bytes);
    if (status == DAVY_OK || status == DAVY_ERR_NOT_FOUND)
        status = davy_infer_config_parse(DAVY_CONFIG_FILE, bytes.bytes ? bytes.bytes : "",
                                         bytes.length, arena, out);
    davy_buffer_clear(&bytes);
    return status;
}

static davy_status settle_config(davy_served *served, const davy_served_place *place,
                                 const char *name, const davy_infer_config *config)
{
    davy_status status = DAVY_OK;

    if (!config) { /* what stands beside a file that stands alone is not its own */
        status =
            davy_served_read_config(place->file ? -1 : place->model, &served->arena, &served->own);
        config = &served->own;
    }
    served->info.config = config;
    return status == DAVY_OK && !place->file ? check_platform(config, name) : status;
}

static davy_status fill_in(davy_served *served, const char *name, unsigned version)
{
    davy_served_info *info = &served->info;

    info->version = version;
    info->name = davy_arena_text(&served->arena, name, strlen(name));
    info->backend = served->backend->name;
    info->platform = served->backend->platform;
    info->file_hash = "";
    return info->name ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a served model");
}

/* A line for each class. */
static davy_status split_labels(davy_served *served, const davy_buffer *text)
{
    size_t lines = 1;
    const char **labels;

    for (size_t i = 0; i < text->length; i++)
        lines += text->bytes[i] == '\n';
    labels = davy_arena_array(&served->arena, lines, sizeof *labels);
    if (!labels)
        return davy_fail(DAVY_ERR_NOMEM, "labels");
    for (const char *at = text->bytes; at && *at;) {
        const size_t line = strcspn(at, "\n"), length = line - (line > 0 && at[line - 1] == '\r');

        labels[served->info.label_count] = davy_arena_text(&served->arena, at, length);
        if (!labels[served->info.label_count++])
            return davy_fail(DAVY_ERR_NOMEM, "labels");
        at += line + (at[line] == '\n');
    }
    served->info.labels = labels;
    return DAVY_OK;
}

static davy_status read_labels(davy_served *served, const davy_served_place *place)
{
    const char *file = served->info.config->labels_file;
    davy_buffer text = {0};
    davy_status status;

    if (!file || served->info.labels)
        return DAVY_OK;
    status = davy_file_read_beneath(place->model, file, DAVY_SERVED_LABELS_MAX, &text);
    if (status == DAVY_OK)
        status = split_labels(served, &text);
    davy_buffer_clear(&text);
    return status;
}

davy_status davy_served_open_at(const davy_served_place *place, const char *name, unsigned version,
                                const davy_infer_config *config, davy_served **out)
{
    davy_served *served = calloc(1, sizeof *served);
    davy_status status;

    if (!served)
        return davy_fail(DAVY_ERR_NOMEM, "model '%s'", place->path);
    status = settle_config(served, place, name, config);
    if (status == DAVY_OK)
        status = choose_backend(place, served->info.config, &served->backend);
    if (status == DAVY_OK)
        status = fill_in(served, name, version);
    if (status == DAVY_OK)
        status = served->backend->open(served, place);
    if (status == DAVY_OK)
        status = read_labels(served, place);
    if (status == DAVY_OK)
        status = davy_ports_settle(served);
    if (status != DAVY_OK) {
        davy_served_close(served);
        return davy_fail_in(status, "model '%s'", place->path);
    }
    *out = served;
    return DAVY_OK;
}

static davy_status open_place(const char *folder, const char *file, const char *name,
                              unsigned version, const davy_infer_config *config, davy_served **out)
{
    davy_served_place place = {.path = folder, .file = file, .model = -1};
    davy_status status;

    place.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (place.folder >= 0)
        place.model = openat(place.folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place.model < 0)
        status = davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO,
                           "cannot open model '%s'", folder);
    else
        status = davy_served_open_at(&place, name, version, config, out);
    if (place.model >= 0)
        close(place.model);
    if (place.folder >= 0)
        close(place.folder);
    return status;
}

davy_status davy_served_open(const char *folder, const char *name, unsigned version,
                             const davy_infer_config *config, davy_served **out)
{
    return open_place(folder, NULL, name, version, config, out);
}

davy_status davy_served_open_file(const char *folder, const char *file, davy_served **out)
{
    return open_place(folder, file, file, 0, NULL, out);
}

void davy_served_close(davy_served *served)
{
    if (!served)
        return;
    if (served->state)
        served->backend->close(served->state);
    davy_arena_clear(&served->arena);
    free(served);
}

const davy_served_info *davy_served_describe(const davy_served *served)
{
    return &served->info;
}

davy_status davy_instance_create(const davy_served *served, davy_pool *pool, davy_instance **out)
{
    davy_instance *instance = calloc(1, sizeof *instance);
    davy_status status;

    if (!instance)
        return davy_fail(DAVY_ERR_NOMEM, "an instance of '%s'", served->info.name);
    instance->served = served;
    instance->pool = pool;
    status = served->backend->create(instance);
    if (status != DAVY_OK) {
        davy_instance_destroy(instance);
        return status;
    }
    *out = instance;
    return DAVY_OK;
}

void davy_instance_destroy(davy_instance *instance)
{
    if (!instance)
        return;
    if (instance->state)
        instance->served->backend->destroy(instance->state);
    free(instance);
}

void davy_instance_reset(davy_instance *instance)
{
    if (instance->served->backend->reset)
        instance->served->backend->reset(instance->state);
}

davy_status davy_instance_run(davy_instance *instance, const davy_tensor *inputs,
                              davy_tensor *outputs)
{
    const davy_served_info *info = &instance->served->info;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++)
        status = davy_port_check(&info->inputs[i], &inputs[i]);
    if (status == DAVY_OK)
        status = instance->served->backend->run(instance, inputs, outputs);
    return status == DAVY_OK ? status : davy_fail_in(status, "model '%s'", info->name);
}

const davy_doubt *davy_instance_doubts(const davy_instance *instance, size_t *count)
{
    const davy_backend *backend = instance->served->backend;

    *count = 0;
    return backend->doubts ? backend->doubts(instance->state, count) : NULL;
}

void davy_instance_set_pace(davy_instance *instance, davy_explain_pace pace)
{
    instance->pace = pace;
}

davy_status davy_served_check_explain(const davy_served *served, const char *method)
{
    if (!served->backend->explain)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%s' has no explanation: it is served as %s, and what davy trained "
                         "to answer or to watch has one",
                         served->info.name, served->info.backend);
    return served->info.watcher ? DAVY_OK : davy_explain_method_check(method);
}

davy_status davy_instance_explain(davy_instance *instance, size_t sample,
                                  const davy_infer_request *request, davy_arena *arena,
                                  davy_attribution *out)
{
    const davy_served *served = instance->served;
    const davy_status status = davy_served_check_explain(served, request->explain_method);

    return status == DAVY_OK ? served->backend->explain(instance, sample, request, arena, out)
                             : status;
}
