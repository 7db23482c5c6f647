/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "serve/api/json.h"

/* The parameters of a form, as those of the address; they point into `form`. A line's end, which
 * an editor of queries puts in, is a space. */
static davy_status read_form(davy_call *call, davy_target *form)
{
    char raw[DAVY_HTTP_TARGET_MAX + 3] = "/?";

    if (call->body.length == 0)
        return DAVY_OK;
    if (call->body.length > DAVY_HTTP_TARGET_MAX - 2 ||
        memchr(call->body.bytes, '\0', call->body.length))
        return davy_fail(DAVY_ERR_INVALID, "the form may have %zu bytes, none of them zero",
                         DAVY_HTTP_TARGET_MAX - 2);
    memcpy(raw + 2, call->body.bytes, call->body.length);
    for (char *at = raw; (at = strchr(at, '%')); at++)
        if (memcmp(at, "%0A", 3) == 0 || memcmp(at, "%0D", 3) == 0 || memcmp(at, "%09", 3) == 0)
            memcpy(at, "%20", 3);
    davy_target_parse(raw, form);
    if (form->query_fault)
        return davy_fail(DAVY_ERR_INVALID, "the form: %s", form->query_fault);
    for (size_t i = 0; i < form->parameter_count; i++) {
        if (davy_target_parameter(&call->target, form->parameters[i].name))
            return davy_fail(DAVY_ERR_INVALID, "'%.64s' is in the address and in the form",
                             form->parameters[i].name);
        if (call->target.parameter_count == DAVY_HTTP_PARAMETERS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "the request has too many parameters");
        call->target.parameters[call->target.parameter_count++] = form->parameters[i];
    }
    return DAVY_OK;
}

davy_status davy_prometheus_with_form(davy_call *call, davy_status (*handle)(davy_call *call))
{
    davy_target *form = calloc(1, sizeof *form);
    const size_t count = call->target.parameter_count;
    davy_status status;

    if (!form)
        return davy_fail(DAVY_ERR_NOMEM, "the form of a query");
    status = read_form(call, form);
    if (status == DAVY_OK)
        status = handle(call);
    call->target.parameter_count = count;
    free(form);
    return status;
}

davy_status davy_prometheus_matching(const davy_call *call, bool required,
                                     davy_prometheus_list *out)
{
    const char *text = davy_target_parameter(&call->target, "match[]");
    davy_promql *query = NULL;
    davy_status status = DAVY_OK;

    if (!text && required)
        return davy_fail(DAVY_ERR_INVALID, "the parameter 'match[]' is missing");
    if (text) {
        query = calloc(1, sizeof *query);
        status = query ? davy_promql_parse(text, query) : davy_fail(DAVY_ERR_NOMEM, "a selector");
        if (status == DAVY_OK && query->function != DAVY_PROMQL_NEWEST)
            status = davy_fail(DAVY_ERR_INVALID, "'match[]' must be a selector alone");
    }
    out->query = query;
    if (status == DAVY_OK)
        status = davy_prometheus_select(call->system->store, out);
    out->query = NULL;
    if (query)
        davy_promql_clear(query);
    free(query);
    return status;
}

davy_buffer *davy_prometheus_begin(davy_call *call)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "status", "success");
    return out;
}

davy_status davy_prometheus_end(davy_call *call)
{
    davy_json_object_end(&call->answer.body);
    return davy_reply_json(call);
}

void davy_prometheus_write_point(davy_buffer *out, const char *key, int64_t time_ns, double value)
{
    davy_buffer digits = {0};

    if (isinf(value))
        davy_buffer_append_text(&digits, value > 0 ? "+Inf" : "-Inf");
    else
        davy_json_digits(&digits, value);
    davy_json_array(out, key);
    davy_json_number(out, NULL, (double) (time_ns / DAVY_NS_PER_MS) / 1e3);
    davy_json_text(out, NULL, digits.bytes);
    davy_json_array_end(out);
    out->failed |= digits.failed;
    davy_buffer_clear(&digits);
}
