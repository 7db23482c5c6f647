/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"

/* -- Health and the server ----------------------------------------------------------------------
 */

static davy_status answer_truth(davy_call *call, const char *key, bool value)
{
    davy_status status;

    davy_json_object(&call->answer.body, NULL);
    davy_json_boolean(&call->answer.body, key, value);
    davy_json_object_end(&call->answer.body);
    status = davy_reply_json(call);
    if (!value) {
        call->answer.code = 503;
        call->answer.retry_after_s = 5;
    }
    return status;
}

davy_status davy_handle_oip_live(davy_call *call)
{
    return answer_truth(call, "live", true);
}

davy_status davy_handle_oip_ready(davy_call *call)
{
    const davy_server_system *system = call->system;
    davy_host *host;
    char text[256];
    const char *reason =
        system->not_ready ? system->not_ready(system->context, text, sizeof text) : NULL;

    return answer_truth(call, "ready", davy_oip_host(call, &host) == DAVY_OK && !reason);
}

davy_status davy_handle_oip_server(davy_call *call)
{
    static const char *const extensions[] = {
        "binary_tensor_data",
        "classification",
        "model_configuration",
        "model_repository",
        "model_repository(unload_dependents)",
        "parameters",
        "schedule_policy",
        "sequence",
        "statistics",
        "explain",
        "boxes",
    };
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", "davy");
    davy_json_text(out, "version", DAVY_VERSION);
    davy_json_array(out, "extensions");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(extensions); i++)
        davy_json_text(out, NULL, extensions[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

/* -- One model ----------------------------------------------------------------------------------
 */

/* The columns that a model learnt from, in the order of the last dimension. */
typedef struct column_names {
    const char *const *names;
    size_t count;
} column_names;

static column_names names_of(const davy_served_info *info)
{
    if (info->watcher)
        return (column_names){info->watcher->signals, info->watcher->signal_count};
    if (info->predictor)
        return (column_names){info->predictor->signals, info->predictor->signal_count};
    return (column_names){NULL, 0};
}

static void write_signals(davy_buffer *out, const davy_port *port, column_names columns)
{
    if (columns.count == 0 || port->rank == 0 ||
        port->dims[port->rank - 1] != (int64_t) columns.count)
        return;
    davy_json_object(out, "parameters");
    davy_json_array(out, "signals");
    for (size_t i = 0; i < columns.count; i++)
        davy_json_text(out, NULL, columns.names[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_ports(davy_buffer *out, const char *key, const davy_port *ports, size_t count,
                        column_names columns)
{
    davy_json_array(out, key);
    for (size_t i = 0; i < count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "name", ports[i].name);
        davy_json_text(out, "datatype", davy_datatype_name(ports[i].type));
        davy_json_array(out, "shape");
        for (int k = 0; k < ports[i].rank; k++)
            davy_json_integer(out, NULL, ports[i].dims[k]);
        davy_json_array_end(out);
        write_signals(out, &ports[i], columns);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

typedef struct version_list {
    davy_buffer *out;
    const char *name;
} version_list;

static davy_status write_version(void *context, const davy_repository_entry *entry)
{
    const version_list *list = context;
    char version[16];

    if (strcmp(entry->name, list->name) != 0 || entry->version == 0)
        return DAVY_OK;
    (void) snprintf(version, sizeof version, "%u", entry->version);
    davy_json_text(list->out, NULL, version);
    return DAVY_OK;
}

static davy_status write_model(davy_call *call, const davy_served_info *info)
{
    davy_buffer *out = &call->answer.body;
    version_list list = {out, info->name};
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_text(out, "name", info->name);
    davy_json_array(out, "versions");
    status = davy_repository_list(repository, true, write_version, &list);
    davy_json_array_end(out);
    davy_json_text(out, "platform", info->platform);
    write_ports(out, "inputs", info->inputs, info->input_count, names_of(info));
    write_ports(out, "outputs", info->outputs, info->output_count, (column_names){NULL, 0});
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

static davy_status write_ready(davy_call *call, const davy_served_info *info)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", info->name);
    davy_json_boolean(out, "ready", true);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

/* Ports as a configuration has them: without the batch dimension. */
static void config_ports(davy_port *out, const davy_port *ports, size_t count, bool batched)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = ports[i];
        if (!batched || out[i].rank == 0)
            continue;
        out[i].rank--;
        memmove(out[i].dims, out[i].dims + 1, (size_t) out[i].rank * sizeof *out[i].dims);
    }
}

/* What the file says, and what it leaves to the graph. */
static davy_status write_config(davy_call *call, const davy_served_info *info)
{
    davy_infer_config told = *info->config;
    davy_port *ports = calloc(info->input_count + info->output_count + 1, sizeof *ports);

    if (!ports)
        return davy_fail(DAVY_ERR_NOMEM, "the configuration of '%.100s'", info->name);
    told.name = info->name;
    if (!told.platform || !*told.platform)
        told.platform = info->platform;
    told.batch_max = info->batch_max;
    if (told.input_count == 0) {
        config_ports(ports, info->inputs, info->input_count, info->batch_max > 0);
        told.inputs = ports;
        told.input_count = info->input_count;
    }
    if (told.output_count == 0) {
        config_ports(ports + info->input_count, info->outputs, info->output_count,
                     info->batch_max > 0);
        told.outputs = ports + info->input_count;
        told.output_count = info->output_count;
    }
    davy_infer_config_write(&told, &call->answer.body);
    free(ports);
    return davy_reply_json(call);
}

/* Hold the version that is meant while it is told of. */
static davy_status tell_model(davy_call *call,
                              davy_status (*write)(davy_call *call, const davy_served_info *info))
{
    davy_lease *lease;
    davy_status status = davy_oip_lease(call, &lease);

    if (status != DAVY_OK)
        return status;
    status = write(call, davy_served_describe(davy_lease_served(lease)));
    davy_lease_release(lease);
    return status;
}

davy_status davy_handle_oip_model(davy_call *call)
{
    return tell_model(call, write_model);
}

davy_status davy_handle_oip_model_ready(davy_call *call)
{
    return tell_model(call, write_ready);
}

davy_status davy_handle_oip_config(davy_call *call)
{
    return tell_model(call, write_config);
}

/* -- Statistics ---------------------------------------------------------------------------------
 */

/* Of all models, those that the key is not bound to are left out. */
static davy_status leave_out(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    json_t *all = json_loadb(out->bytes ? out->bytes : "", out->length, 0, NULL);
    json_t *list = json_object_get(all, "model_stats");
    char *text;

    for (size_t i = json_array_size(list); i-- > 0;)
        if (!davy_permit_model(call,
                               json_string_value(json_object_get(json_array_get(list, i), "name"))))
            (void) json_array_remove(list, i);
    text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    davy_buffer_reset(out);
    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "statistics of models");
    davy_buffer_append_text(out, text);
    free(text);
    return davy_buffer_ok(out);
}

davy_status davy_handle_oip_stats(davy_call *call)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status == DAVY_OK)
        status = davy_host_stats_json(host, call->id, call->version ? call->version : "",
                                      &call->answer.body);
    if (status == DAVY_OK && !call->id && call->key.terms.models[0])
        status = leave_out(call);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}
