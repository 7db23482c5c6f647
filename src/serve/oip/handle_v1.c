/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"
#include "serve/oip/rows.h"

/* -- Asking -------------------------------------------------------------------------------------
 */

/* What a path asks for beside the numbers. */
typedef enum mode { PREDICT, EXPLAIN, INVOKE } mode;

static davy_status read_rows(davy_call *call, mode how, davy_oip_memory *memory,
                             davy_oip_request *request, davy_rows_form *form)
{
    davy_lease *lease;
    davy_status status = davy_oip_lease(call, &lease);

    if (status != DAVY_OK)
        return status;
    status = davy_rows_read(call->body.bytes, call->body.length,
                            davy_served_describe(davy_lease_served(lease)), how == INVOKE, memory,
                            request, form);
    davy_lease_release(lease);
    request->ask.explain = how == EXPLAIN;
    return status;
}

static davy_status write_rows(davy_call *call, mode how, davy_rows_form form,
                              const davy_infer_response *response)
{
    davy_buffer *out = &call->answer.body;
    davy_status status;

    davy_json_object(out, NULL);
    if (form == DAVY_ROWS_INPUTS && how != INVOKE)
        status = davy_rows_write_columns(out, "outputs", response);
    else
        status = davy_rows_write(out, "predictions", response);
    davy_rows_write_doubts(out, response);
    if (how == EXPLAIN)
        davy_rows_write_explanations(out, response);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

static davy_status ask_rows(davy_call *call, mode how)
{
    davy_oip_memory memory = {.budget = &call->budget};
    davy_infer_response response = {0};
    davy_oip_request request;
    davy_rows_form form;
    davy_status status = read_rows(call, how, &memory, &request, &form);

    if (status == DAVY_OK)
        status = davy_oip_ask(call, &request.ask, &response);
    if (status == DAVY_OK && call->answer.code == 0)
        status = write_rows(call, how, form, &response);
    davy_infer_response_clear(&response);
    davy_arena_clear(&memory.arena);
    return status;
}

davy_status davy_handle_v1_predict(davy_call *call)
{
    return ask_rows(call, PREDICT);
}

davy_status davy_handle_v1_explain(davy_call *call)
{
    return ask_rows(call, EXPLAIN);
}

/* -- States -------------------------------------------------------------------------------------
 */

typedef struct name_list {
    const davy_call *call;
    davy_buffer *out;
    char last[256]; /* entries of a model stand together */
} name_list;

static davy_status write_name(void *context, const davy_repository_entry *entry)
{
    name_list *list = context;

    if (strcmp(list->last, entry->name) == 0 || !davy_permit_model(list->call, entry->name))
        return DAVY_OK;
    (void) snprintf(list->last, sizeof list->last, "%s", entry->name);
    davy_json_text(list->out, NULL, entry->name);
    return DAVY_OK;
}

/* {"KEY": ["a", "b"]} */
static davy_status write_names(davy_call *call, const char *key)
{
    name_list list = {.call = call, .out = &call->answer.body};
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    if (status != DAVY_OK)
        return status;
    davy_json_array(list.out, key);
    status = davy_repository_list(repository, true, write_name, &list);
    davy_json_array_end(list.out);
    return status;
}

davy_status davy_handle_v1_models(davy_call *call)
{
    davy_status status;

    davy_json_object(&call->answer.body, NULL);
    status = write_names(call, "models");
    davy_json_object_end(&call->answer.body);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* TensorFlow Serving's words for the states of a repository. */
static const char *state_word(const char *state)
{
    static const struct {
        const char *ours, *theirs;
    } words[] = {{"READY", "AVAILABLE"}, {"LOADING", "LOADING"}, {"UNLOADING", "UNLOADING"}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcmp(words[i].ours, state) == 0)
            return words[i].theirs;
    return "END";
}

typedef struct status_list {
    davy_buffer *out;
    const char *name;
    unsigned version; /* 0: all */
    bool found, ready;
} status_list;

static davy_status write_state(void *context, const davy_repository_entry *entry)
{
    status_list *list = context;
    char version[16];

    if (strcmp(entry->name, list->name) != 0 ||
        (list->version > 0 && entry->version != list->version))
        return DAVY_OK;
    list->found = true;
    list->ready = list->ready || strcmp(entry->state, "READY") == 0;
    (void) snprintf(version, sizeof version, "%u", entry->version);
    davy_json_object(list->out, NULL);
    davy_json_text(list->out, "version", version);
    davy_json_text(list->out, "state", state_word(entry->state));
    davy_json_object(list->out, "status");
    davy_json_text(list->out, "error_code", entry->reason[0] ? "UNKNOWN" : "OK");
    davy_json_text(list->out, "error_message", entry->reason);
    davy_json_object_end(list->out);
    davy_json_object_end(list->out);
    return DAVY_OK;
}

/* A number, or the version that a label means now. */
static davy_status find_version(davy_call *call, unsigned *version)
{
    uint64_t number;
    davy_lease *lease;
    davy_status status;

    if (davy_digits_parse(call->version, &number) && number > 0 && number <= UINT32_MAX) {
        *version = (unsigned) number;
        return DAVY_OK;
    }
    status = davy_oip_lease(call, &lease);
    if (status != DAVY_OK)
        return status;
    *version = davy_served_describe(davy_lease_served(lease))->version;
    davy_lease_release(lease);
    return DAVY_OK;
}

davy_status davy_handle_v1_status(davy_call *call)
{
    status_list list = {.out = &call->answer.body, .name = call->id};
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    if (status == DAVY_OK && call->version)
        status = find_version(call, &list.version);
    if (status != DAVY_OK)
        return status;
    davy_json_object(list.out, NULL);
    davy_json_array(list.out, "model_version_status");
    status = davy_repository_list(repository, false, write_state, &list);
    davy_json_array_end(list.out);
    davy_json_text(list.out, "name", call->id);
    davy_json_boolean(list.out, "ready", list.ready);
    davy_json_object_end(list.out);
    if (status == DAVY_OK && !list.found)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s' of that version", call->id);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* -- MLflow -------------------------------------------------------------------------------------
 */

static davy_status answer_text(davy_call *call, const char *text)
{
    davy_buffer_append_text(&call->answer.body, text);
    call->answer.code = 200;
    call->answer.type = "text/plain";
    return davy_buffer_ok(&call->answer.body);
}

davy_status davy_handle_mlflow_ping(davy_call *call)
{
    return answer_text(call, "\n");
}

davy_status davy_handle_mlflow_version(davy_call *call)
{
    return answer_text(call, DAVY_VERSION "\n");
}

typedef struct only_model {
    const davy_call *call;
    char name[256];
    bool many;
} only_model;

static davy_status find_only(void *context, const davy_repository_entry *entry)
{
    only_model *only = context;

    if (strcmp(only->name, entry->name) == 0 || !davy_permit_model(only->call, entry->name))
        return DAVY_OK;
    only->many = only->many || only->name[0];
    (void) snprintf(only->name, sizeof only->name, "%s", entry->name);
    return DAVY_OK;
}

/* An MLflow server has one model; here the query names it, unless there is but one. */
static davy_status choose_model(davy_call *call, only_model *only)
{
    const char *name = davy_target_parameter(&call->target, "model");
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    call->version = davy_target_parameter(&call->target, "version");
    call->id = name;
    if (status != DAVY_OK)
        return status;
    if (name)
        return davy_permit_model(call, name)
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_DENIED, "this key may not use this model");
    status = davy_repository_list(repository, true, find_only, only);
    if (status == DAVY_OK && !only->name[0])
        status = davy_fail(DAVY_ERR_UNAVAILABLE, "no model is ready");
    if (status == DAVY_OK && only->many)
        status = davy_fail(DAVY_ERR_INVALID, "there are several models: name one, "
                                             "/invocations?model=NAME");
    call->id = only->name;
    return status;
}

davy_status davy_handle_mlflow_invocations(davy_call *call)
{
    only_model only = {.call = call};
    davy_status status = choose_model(call, &only);

    if (status == DAVY_OK)
        status = ask_rows(call, INVOKE);
    call->id = NULL; /* it stands in what ends here */
    return status;
}
