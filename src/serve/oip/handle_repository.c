/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"
#include "serve/oip/tensor_text.h"

/* Files of a load request; a model has one, and its labels. */
#define FILES_MAX 64

#define FILE_PREFIX "file:"

/* What a request of the repository says: {"ready": true} or {"parameters": {...}}. */
typedef struct wish {
    davy_oip_memory memory;
    bool ready, dependents;
    const char *config;
    davy_model_file files[FILES_MAX];
    size_t file_count;
} wish;

static davy_status read_file(davy_json_reader *json, wish *wanted, davy_bytes key)
{
    davy_model_file *file = &wanted->files[wanted->file_count];
    const size_t skip = strlen(FILE_PREFIX);
    davy_bytes text;
    davy_status status;

    if (wanted->file_count == FILES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a load request may have %d files", FILES_MAX);
    status = davy_oip_text(&wanted->memory, (const char *) key.at + skip, key.length - skip,
                           "a file's name", &file->path);
    if (status == DAVY_OK)
        status = davy_json_string(json, &wanted->memory, &text);
    if (status == DAVY_OK)
        status = davy_base64_read(text, &wanted->memory, &file->bytes);
    wanted->file_count++;
    return status;
}

static davy_status read_config(davy_json_reader *json, wish *wanted)
{
    davy_bytes text;
    davy_status status = davy_json_string(json, &wanted->memory, &text);

    return status == DAVY_OK
               ? davy_oip_text(&wanted->memory, text.at, text.length, "'config'", &wanted->config)
               : status;
}

static davy_status read_parameter(davy_json_reader *json, wish *wanted, davy_bytes key)
{
    if (davy_bytes_are(key, "config"))
        return read_config(json, wanted);
    if (davy_bytes_are(key, "unload_dependents"))
        return davy_json_truth(json, &wanted->dependents);
    if (key.length > strlen(FILE_PREFIX) && memcmp(key.at, FILE_PREFIX, strlen(FILE_PREFIX)) == 0)
        return read_file(json, wanted, key);
    return davy_json_skip(json, NULL);
}

static davy_status read_object(davy_json_reader *json, wish *wanted,
                               davy_status (*read)(davy_json_reader *, wish *, davy_bytes))
{
    davy_status status = davy_json_enter(json, '{');
    bool more;

    while (status == DAVY_OK) {
        davy_bytes key;

        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = davy_json_key(json, &wanted->memory, &key);
        if (status == DAVY_OK)
            status = read(json, wanted, key);
    }
    return status;
}

static davy_status read_top(davy_json_reader *json, wish *wanted, davy_bytes key)
{
    if (davy_bytes_are(key, "ready"))
        return davy_json_truth(json, &wanted->ready);
    if (davy_bytes_are(key, "parameters"))
        return read_object(json, wanted, read_parameter);
    return davy_json_skip(json, NULL);
}

/* An empty body is an empty object. */
static davy_status read_wish(davy_call *call, wish *wanted)
{
    davy_json_reader json;
    davy_status status;

    wanted->memory.budget = &call->budget;
    if (call->body.length == 0)
        return DAVY_OK;
    davy_json_reader_init(&json, call->body.bytes, call->body.length);
    status = read_object(&json, wanted, read_top);
    return status == DAVY_OK ? davy_json_finish(&json) : status;
}

/* -- Index --------------------------------------------------------------------------------------
 */

typedef struct index_list {
    const davy_call *call;
    davy_buffer *out;
} index_list;

static davy_status write_entry(void *context, const davy_repository_entry *entry)
{
    const index_list *list = context;
    char version[16] = "";

    if (!davy_permit_model(list->call, entry->name))
        return DAVY_OK;
    if (entry->version > 0)
        (void) snprintf(version, sizeof version, "%u", entry->version);
    davy_json_object(list->out, NULL);
    davy_json_text(list->out, "name", entry->name);
    davy_json_text(list->out, "version", version);
    davy_json_text(list->out, "state", entry->state);
    davy_json_text(list->out, "reason", entry->reason);
    if (entry->aliases[0])
        davy_json_text(list->out, "aliases", entry->aliases);
    davy_json_object_end(list->out);
    return DAVY_OK;
}

static davy_status write_index(davy_call *call, bool ready_only)
{
    index_list list = {call, &call->answer.body};
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    if (status != DAVY_OK)
        return status;
    davy_json_array(list.out, NULL);
    status = davy_repository_list(repository, ready_only, write_entry, &list);
    davy_json_array_end(list.out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

davy_status davy_handle_oip_index(davy_call *call)
{
    wish wanted = {0};
    davy_status status = read_wish(call, &wanted);

    if (status == DAVY_OK)
        status = write_index(call, wanted.ready);
    davy_arena_clear(&wanted.memory.arena);
    return status;
}

/* -- Load and unload ----------------------------------------------------------------------------
 */

/* What was given, for the audit: names and sizes, never the bytes. */
static davy_status audit(davy_call *call, const char *action, const char *outcome,
                         const wish *wanted)
{
    davy_buffer given = {0};
    davy_status status;

    davy_json_object(&given, NULL);
    davy_json_boolean(&given, "config", wanted->config != NULL);
    davy_json_object(&given, "files");
    for (size_t i = 0; i < wanted->file_count; i++)
        davy_json_unsigned(&given, wanted->files[i].path, wanted->files[i].bytes.length);
    davy_json_object_end(&given);
    davy_json_boolean(&given, "unload_dependents", wanted->dependents);
    davy_json_object_end(&given);
    status = davy_buffer_ok(&given);
    if (status == DAVY_OK)
        status = davy_call_audit(call, action, call->id, outcome, given.bytes);
    davy_buffer_clear(&given);
    return status;
}

static davy_status load(davy_repository *repository, const davy_call *call, const wish *wanted)
{
    return davy_repository_load(repository, call->id, wanted->config, wanted->files,
                                wanted->file_count);
}

static davy_status unload(davy_repository *repository, const davy_call *call, const wish *wanted)
{
    return davy_repository_unload(repository, call->id, wanted->dependents);
}

/* Who may load a model knows its folder: the reason is told, also where it names a file. A model
 * that is broken or beyond what davy takes is the asker's fault, and 400; 503 is for what may pass.
 */
static void tell_failure(davy_call *call, davy_status status)
{
    const bool broken = status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED;
    unsigned code, retry_after_s;
    char why[DAVY_ERROR_MAX];

    (void) snprintf(why, sizeof why, "%s", davy_error());
    davy_reply_status(call, broken ? DAVY_ERR_INVALID : status);
    code = call->answer.code;
    retry_after_s = call->answer.retry_after_s;
    davy_reply_problem(call, code, why);
    call->answer.retry_after_s = retry_after_s;
}

static davy_status change(davy_call *call, const char *action,
                          davy_status (*act)(davy_repository *, const davy_call *, const wish *))
{
    wish wanted = {0};
    davy_repository *repository = NULL;
    davy_status status = davy_oip_repository(call, &repository);

    if (status == DAVY_OK)
        status = read_wish(call, &wanted);
    if (status == DAVY_OK)
        status = audit(call, action, "requested", &wanted);
    if (status == DAVY_OK) {
        davy_json_object(&call->answer.body, NULL);
        davy_json_object_end(&call->answer.body);
        status = act(repository, call, &wanted);
        if (status == DAVY_OK) {
            status = davy_reply_json(call);
        } else {
            tell_failure(call, status);
            if (audit(call, action, "refused", &wanted) != DAVY_OK)
                davy_log(DAVY_LOG_ERROR, "serve",
                         "%s of %s was refused and is not in the audit: %s", action, call->id,
                         davy_error());
            status = DAVY_OK;
        }
    }
    davy_arena_clear(&wanted.memory.arena);
    return status;
}

davy_status davy_handle_oip_load(davy_call *call)
{
    return change(call, "model.load", load);
}

davy_status davy_handle_oip_unload(davy_call *call)
{
    return change(call, "model.unload", unload);
}
