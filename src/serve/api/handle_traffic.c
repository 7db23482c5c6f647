/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"

/* How requests for a model are shared among its versions: a canary, a shadow, and when a canary is
 * taken back. Without any key all is as before there was traffic to share. */

static davy_status read_label(const json_t *body, const char *key, char *text, size_t capacity)
{
    const json_t *value = json_object_get(body, key);

    if (!value)
        return DAVY_OK;
    if (!json_is_string(value) || json_string_length(value) >= capacity)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is the number or label of a version, a text", key);
    (void) snprintf(text, capacity, "%s", json_string_value(value));
    return DAVY_OK;
}

static davy_status read_share(const json_t *body, const char *key, double *share)
{
    const json_t *value = json_object_get(body, key);

    if (!value)
        return DAVY_OK;
    *share = json_number_value(value);
    if (!json_is_number(value) || !(*share >= 0 && *share <= 1))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is a number from 0 to 1", key);
    return DAVY_OK;
}

static davy_status read_count(const json_t *body, const char *key, size_t *count)
{
    const json_t *value = json_object_get(body, key);

    if (!value)
        return DAVY_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is a number of requests", key);
    *count = (size_t) json_integer_value(value);
    return DAVY_OK;
}

static davy_status check_keys(const json_t *body)
{
    static const char *const known[] = {"canary", "canary_share", "shadow", "error_bound",
                                        "decide_after"};
    size_t found = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        found += json_object_get(body, known[i]) != NULL;
    return found == json_object_size(body)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "the keys of traffic are canary, canary_share, "
                                             "shadow, error_bound and decide_after");
}

static davy_status read_traffic(const json_t *body, davy_traffic *out)
{
    davy_status status = json_is_object(body)
                             ? check_keys(body)
                             : davy_fail(DAVY_ERR_INVALID, "the body is no JSON object");

    *out = (davy_traffic){.canary_share = 0};
    if (status == DAVY_OK)
        status = read_label(body, "canary", out->canary, sizeof out->canary);
    if (status == DAVY_OK)
        status = read_share(body, "canary_share", &out->canary_share);
    if (status == DAVY_OK)
        status = read_label(body, "shadow", out->shadow, sizeof out->shadow);
    if (status == DAVY_OK)
        status = read_share(body, "error_bound", &out->error_bound);
    if (status == DAVY_OK)
        status = read_count(body, "decide_after", &out->decide_after);
    return status;
}

davy_status davy_handle_traffic(davy_call *call)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status == DAVY_OK)
        status = davy_host_traffic_json(host, call->id, &call->answer.body);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}

/* No action without its record: what was asked for stands in it. */
static davy_status set_traffic(davy_call *call, const davy_traffic *traffic)
{
    davy_repository *repository;
    davy_buffer given = {0};
    davy_status status = davy_oip_repository(call, &repository);

    davy_json_object(&given, NULL);
    davy_json_text(&given, "canary", traffic->canary);
    davy_json_number(&given, "canary_share", traffic->canary_share);
    davy_json_text(&given, "shadow", traffic->shadow);
    davy_json_number(&given, "error_bound", traffic->error_bound);
    davy_json_unsigned(&given, "decide_after", traffic->decide_after);
    davy_json_object_end(&given);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&given);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "model.traffic", call->id, "requested", given.bytes);
    davy_buffer_clear(&given);
    return status == DAVY_OK ? davy_repository_set_traffic(repository, call->id, traffic) : status;
}

davy_status davy_handle_traffic_set(davy_call *call)
{
    davy_traffic traffic;
    json_error_t error;
    json_t *body =
        json_loadb(call->body.bytes ? call->body.bytes : "{}",
                   call->body.bytes ? call->body.length : 2, JSON_REJECT_DUPLICATES, &error);
    davy_status status = body ? read_traffic(body, &traffic)
                              : davy_fail(DAVY_ERR_INVALID, "the body is no JSON: %s", error.text);

    json_decref(body);
    if (status == DAVY_OK)
        status = set_traffic(call, &traffic);
    return status == DAVY_OK ? davy_handle_traffic(call) : status;
}
