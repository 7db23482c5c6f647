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
        const char *fault =
            davy_target_add(&call->target, form->parameters[i].name, form->parameters[i].value);

        if (fault)
            return davy_fail(DAVY_ERR_INVALID, "address and form together, '%.64s': %s",
                             form->parameters[i].name, fault);
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

/* A query that failed to be read has nothing to clear. */
static davy_status read_selector(const char *text, davy_promql *query)
{
    davy_status status = davy_promql_parse(text, query);

    if (status != DAVY_OK || query->function == DAVY_PROMQL_NEWEST)
        return status;
    davy_promql_clear(query);
    return davy_fail(DAVY_ERR_INVALID, "'match[]' must be a selector alone");
}

davy_status davy_prometheus_matching(const davy_call *call, bool required,
                                     davy_prometheus_list *out)
{
    const davy_target *target = &call->target;
    davy_promql *queries = calloc(target->parameter_count + 1, sizeof *queries);
    size_t count = 0;
    davy_status status = queries ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the selectors");

    for (size_t i = 0; i < target->parameter_count && status == DAVY_OK; i++)
        if (strcmp(target->parameters[i].name, DAVY_TARGET_AGAIN) == 0) {
            status = read_selector(target->parameters[i].value, &queries[count]);
            count += status == DAVY_OK;
        }
    if (status == DAVY_OK && count == 0 && required)
        status = davy_fail(DAVY_ERR_INVALID, "the parameter 'match[]' is missing");
    out->queries = queries;
    out->query_count = count;
    if (status == DAVY_OK)
        status = davy_prometheus_select(call->system->store, out);
    out->queries = NULL;
    out->query_count = 0;
    for (size_t i = 0; i < count; i++)
        davy_promql_clear(&queries[i]);
    free(queries);
    return status;
}

davy_status davy_prometheus_limit(const davy_call *call, size_t *out)
{
    uint64_t limit;
    davy_status status = davy_call_number(call, "limit", 0, UINT32_MAX, 0, &limit);

    *out = limit > 0 ? (size_t) limit : SIZE_MAX;
    return status;
}

void davy_prometheus_end_list(davy_buffer *out, bool cut)
{
    davy_json_array_end(out);
    if (!cut)
        return;
    davy_json_array(out, "warnings");
    davy_json_text(out, NULL, "results truncated due to limit");
    davy_json_array_end(out);
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
    const int64_t time_ms = time_ns / DAVY_NS_PER_MS;
    davy_buffer digits = {0};

    if (isinf(value))
        davy_buffer_append_text(&digits, value > 0 ? "+Inf" : "-Inf");
    else
        davy_json_digits(&digits, value);
    davy_json_array(out, key);
    davy_json_number(out, NULL, (double) time_ms / 1e3);
    davy_json_text(out, NULL, digits.bytes);
    davy_json_array_end(out);
    out->failed |= digits.failed;
    davy_buffer_clear(&digits);
}
