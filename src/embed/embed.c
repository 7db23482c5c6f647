/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/place.h"
#include "infer/served.h"
#include "models/registry/registry.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Last, for its results are macros with the names that statuses have inside. */
#include "davy.h"

/* What is passed through as it is must be the same on both sides. */
_Static_assert(sizeof(davy_text) == sizeof(davy_bytes), "texts have two layouts");
_Static_assert(DAVY_FP32 == DAVY_TYPE_F32 && DAVY_BYTES == DAVY_TYPE_TEXT &&
                   DAVY_BOOL == DAVY_TYPE_BOOL && DAVY_UINT64 == DAVY_TYPE_U64 &&
                   DAVY_BF16 == DAVY_TYPE_BF16,
               "types have two numberings");

struct davy {
    davy_served *served;
    atomic_uint holders; /* who opened it, and its sessions */
    davy_arena arena;    /* what `about` points to and the served model has not */
    davy_about about;
};

struct davy_session {
    davy *model;
    davy_pool *pool;
    davy_instance *instance;
    atomic_flag busy;
    davy_arena arena; /* of the next two */
    davy_tensor *inputs, *outputs;
    davy_array *answers; /* [output_count] of the last run */
    bool has_run;        /* and it was a good one */
    size_t samples;      /* of its first input */
    davy_arena reasons_arena;
    davy_reasons reasons;
};

static const davy_array *declare(davy *model, const davy_port *ports, size_t count)
{
    davy_array *arrays = davy_arena_array(&model->arena, count + 1, sizeof *arrays);

    for (size_t i = 0; i < count && arrays; i++) {
        arrays[i] =
            (davy_array){.name = ports[i].name, .type = (int) ports[i].type, .rank = ports[i].rank};
        memcpy(arrays[i].shape, ports[i].dims, (size_t) ports[i].rank * sizeof *ports[i].dims);
    }
    return arrays;
}

static void describe_watcher(davy_about *about, const davy_model_info *info)
{
    about->kind = info->kind;
    about->task = info->task;
    about->signals = info->signals;
    about->units = info->units;
    about->signal_count = info->signal_count;
    about->period_ns = info->period_ns;
    about->signer = info->signer;
}

static void describe_predictor(davy_about *about, const davy_predictor_info *info)
{
    about->kind = info->kind;
    about->task = davy_task_name(info->task);
    about->signals = info->signals;
    about->units = info->units;
    about->signal_count = info->signal_count;
    about->classes = info->classes;
    about->class_count = info->class_count;
    about->period_ns = info->period_ns;
    about->signer = info->signer;
}

static davy_status describe(davy *model)
{
    const davy_served_info *info = davy_served_describe(model->served);
    davy_about *about = &model->about;

    *about = (davy_about){.name = info->name,
                          .version = info->version,
                          .kind = info->backend,
                          .task = "",
                          .inputs = declare(model, info->inputs, info->input_count),
                          .outputs = declare(model, info->outputs, info->output_count),
                          .input_count = info->input_count,
                          .output_count = info->output_count,
                          .file_hash = info->file_hash,
                          .signer = ""};
    if (info->watcher)
        describe_watcher(about, info->watcher);
    else if (info->predictor)
        describe_predictor(about, info->predictor);
    return about->inputs && about->outputs ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a model");
}

/* A version that was exchanged with another is signed, and not the one that was asked for. */
static davy_status check_place(const davy_place_named *place, const davy_served_info *info)
{
    if (place->version == 0)
        return DAVY_OK;
    if (info->watcher)
        return davy_registry_fits(place->name, place->version, info->watcher->name,
                                  info->watcher->version);
    if (info->predictor)
        return davy_registry_fits(place->name, place->version, info->predictor->name,
                                  info->predictor->version);
    return DAVY_OK;
}

static void let_go(davy *model)
{
    if (atomic_fetch_sub(&model->holders, 1) != 1)
        return;
    davy_served_close(model->served);
    davy_arena_clear(&model->arena);
    free(model);
}

static davy_status open_place(const davy_place_named *place, davy_served **out)
{
    return place->file[0] ? davy_served_open_file(place->folder, place->file, out)
                          : davy_served_open(place->folder, place->name, place->version, NULL, out);
}

int davy_open(const char *path, davy **model)
{
    davy_place_named place;
    davy *opened;
    davy_status status;

    if (!path || !model)
        return davy_fail(DAVY_ERR_INVALID, "davy_open: an argument is NULL");
    opened = calloc(1, sizeof *opened);
    if (!opened)
        return davy_fail(DAVY_ERR_NOMEM, "model '%s'", path);
    atomic_init(&opened->holders, 1);
    status = davy_place_find(path, &place);
    if (status == DAVY_OK)
        status = open_place(&place, &opened->served);
    if (status == DAVY_OK)
        status = check_place(&place, davy_served_describe(opened->served));
    if (status == DAVY_OK)
        status = describe(opened);
    if (status != DAVY_OK) {
        let_go(opened);
        return status;
    }
    *model = opened;
    return DAVY_OK;
}

void davy_close(davy *model)
{
    if (model)
        let_go(model);
}

const davy_about *davy_describe(const davy *model)
{
    return model ? &model->about : NULL;
}

static davy_status open_session(davy_session *session, unsigned threads)
{
    const davy_about *about = &session->model->about;
    davy_status status = threads == 1 ? DAVY_OK : davy_pool_create(threads, &session->pool);

    session->inputs =
        davy_arena_array(&session->arena, about->input_count + 1, sizeof *session->inputs);
    session->outputs =
        davy_arena_array(&session->arena, about->output_count + 1, sizeof *session->outputs);
    session->answers =
        davy_arena_array(&session->arena, about->output_count + 1, sizeof *session->answers);
    if (status == DAVY_OK && (!session->inputs || !session->outputs || !session->answers))
        status = davy_fail(DAVY_ERR_NOMEM, "a session");
    return status == DAVY_OK
               ? davy_instance_create(session->model->served, session->pool, &session->instance)
               : status;
}

int davy_session_open(davy *model, unsigned threads, davy_session **session)
{
    davy_session *opened;
    davy_status status;

    if (!model || !session)
        return davy_fail(DAVY_ERR_INVALID, "davy_session_open: an argument is NULL");
    opened = calloc(1, sizeof *opened);
    if (!opened)
        return davy_fail(DAVY_ERR_NOMEM, "a session");
    atomic_fetch_add(&model->holders, 1);
    opened->model = model;
    atomic_flag_clear(&opened->busy);
    status = open_session(opened, threads);
    if (status != DAVY_OK) {
        davy_session_close(opened);
        return status;
    }
    *session = opened;
    return DAVY_OK;
}

void davy_session_close(davy_session *session)
{
    if (!session)
        return;
    davy_instance_destroy(session->instance);
    davy_pool_destroy(session->pool);
    davy_arena_clear(&session->arena);
    davy_arena_clear(&session->reasons_arena);
    let_go(session->model);
    free(session);
}

static size_t element_size(davy_type type)
{
    return type == DAVY_TYPE_TEXT ? sizeof(davy_text) : davy_type_size(type);
}

static davy_status check_texts(const davy_array *array, const char *name)
{
    const davy_text *texts = array->data;

    for (size_t i = 0; i < array->bytes / sizeof *texts; i++)
        if (!texts[i].at && texts[i].length > 0)
            return davy_fail(DAVY_ERR_INVALID, "input '%s': text %zu is NULL", name, i);
    return DAVY_OK;
}

/* What the model would read from a wrong place; types and shapes it checks itself. */
static davy_status check_data(const davy_array *array, const char *name, davy_tensor *tensor)
{
    const size_t size = element_size((davy_type) array->type);
    size_t bytes;

    if (size == 0)
        return davy_fail(DAVY_ERR_INVALID, "input '%s': %d is no type", name, array->type);
    if (davy_tensor_shape(tensor, (davy_type) array->type, array->rank, array->shape) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "input '%s'", name);
    bytes = (size_t) davy_tensor_count(tensor) * size;
    if (array->bytes != bytes)
        return davy_fail(DAVY_ERR_INVALID, "input '%s': %zu bytes, and its shape has %zu", name,
                         array->bytes, bytes);
    if (bytes > 0 && (!array->data || (uintptr_t) array->data % (size < 8 ? size : 8) != 0))
        return davy_fail(DAVY_ERR_INVALID, "input '%s': its data is %s", name,
                         array->data ? "not aligned as its type" : "NULL");
    tensor->data = array->data;
    return array->type == DAVY_BYTES ? check_texts(array, name) : DAVY_OK;
}

static davy_status take_inputs(davy_session *session, const davy_array *inputs, size_t count)
{
    const davy_about *about = &session->model->about;
    davy_status status = DAVY_OK;

    if (count != about->input_count || (count > 0 && !inputs))
        return davy_fail(DAVY_ERR_INVALID, "model '%s' takes %zu inputs, and %zu were given",
                         about->name, about->input_count, inputs ? count : 0);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const char *name = about->inputs[i].name;

        if (inputs[i].name && strcmp(inputs[i].name, name) != 0)
            return davy_fail(DAVY_ERR_INVALID, "input %zu is '%s', and '%.100s' was given", i, name,
                             inputs[i].name);
        status = check_data(&inputs[i], name, &session->inputs[i]);
    }
    return status;
}

static void give_outputs(davy_session *session)
{
    const davy_about *about = &session->model->about;

    for (size_t i = 0; i < about->output_count; i++) {
        const davy_tensor *tensor = &session->outputs[i];

        session->answers[i] =
            (davy_array){.name = about->outputs[i].name,
                         .type = (int) tensor->type,
                         .rank = tensor->rank,
                         .data = tensor->data,
                         .bytes = (size_t) davy_tensor_count(tensor) * element_size(tensor->type)};
        memcpy(session->answers[i].shape, tensor->dims, sizeof tensor->dims);
    }
    session->samples = about->input_count > 0 && session->inputs[0].rank > 0
                           ? (size_t) session->inputs[0].dims[0]
                           : 0;
    session->has_run = true;
}

static davy_status enter(davy_session *session)
{
    return atomic_flag_test_and_set(&session->busy)
               ? davy_fail(DAVY_ERR_INVALID, "another thread is using the session; a session "
                                             "belongs to one thread at a time")
               : DAVY_OK;
}

int davy_run(davy_session *session, const davy_array *inputs, size_t count)
{
    davy_status status =
        session ? enter(session) : davy_fail(DAVY_ERR_INVALID, "davy_run: the session is NULL");

    if (status != DAVY_OK)
        return status;
    session->has_run = false;
    status = take_inputs(session, inputs, count);
    if (status == DAVY_OK)
        status = davy_instance_run(session->instance, session->inputs, session->outputs);
    if (status == DAVY_OK)
        give_outputs(session);
    atomic_flag_clear(&session->busy);
    return status;
}

int davy_session_reset(davy_session *session)
{
    davy_status status =
        session ? enter(session)
                : davy_fail(DAVY_ERR_INVALID, "davy_session_reset: the session is NULL");

    if (status != DAVY_OK)
        return status;
    davy_instance_reset(session->instance);
    atomic_flag_clear(&session->busy);
    return DAVY_OK;
}

const davy_array *davy_output(const davy_session *session, size_t index)
{
    return session && session->has_run && index < session->model->about.output_count
               ? &session->answers[index]
               : NULL;
}

int davy_output_copy(const davy_session *session, size_t index, void *data, size_t bytes)
{
    const davy_array *answer = davy_output(session, index);

    if (!answer)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no output %zu of a run", index);
    if (answer->type == DAVY_BYTES)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "output '%s' holds texts, whose elements cannot be copied alone",
                         answer->name);
    if (answer->bytes > bytes || (!data && answer->bytes > 0))
        return davy_fail(DAVY_ERR_FULL, "output '%s' has %zu bytes, and there is room for %zu",
                         answer->name, answer->bytes, data ? bytes : 0);
    if (answer->bytes > 0)
        memcpy(data, answer->data, answer->bytes);
    return DAVY_OK;
}

static davy_status explain(davy_session *session, size_t sample, size_t top)
{
    const davy_infer_request request = {.explain = true, .explain_top = top};
    davy_attribution why = {.count = 0};
    davy_status status;

    if (!session->has_run || sample >= session->samples)
        return davy_fail(DAVY_ERR_INVALID, "sample %zu: the last run had %zu samples", sample,
                         session->has_run ? session->samples : 0);
    davy_arena_reset(&session->reasons_arena);
    status =
        davy_instance_explain(session->instance, sample, &request, &session->reasons_arena, &why);
    if (status == DAVY_OK)
        session->reasons = (davy_reasons){.output = why.output ? why.output : "",
                                          .answer = why.answer ? why.answer : "",
                                          .method = why.method,
                                          .exact = why.exact,
                                          .base = why.base,
                                          .score = why.score,
                                          .residual = why.residual,
                                          .count = why.count,
                                          .names = why.names,
                                          .shares = why.shares};
    return status;
}

int davy_explain(davy_session *session, size_t sample, size_t top, const davy_reasons **reasons)
{
    davy_status status;

    if (!session || !reasons)
        return davy_fail(DAVY_ERR_INVALID, "davy_explain: an argument is NULL");
    status = enter(session);
    if (status != DAVY_OK)
        return status;
    status = explain(session, sample, top);
    if (status == DAVY_OK)
        *reasons = &session->reasons;
    atomic_flag_clear(&session->busy);
    return status;
}

const char *davy_version(void)
{
    return DAVY_VERSION;
}
