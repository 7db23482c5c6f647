/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collect/lines.h"
#include "serve/api/json.h"
#include "serve/api/write.h"
#include "serve/handlers.h"
#include "serve/http/inflate.h"
#include "serve/limits.h"

static const struct {
    const char *name;
    int64_t ns;
} precisions[] = {{"ns", 1}, {"us", DAVY_NS_PER_US}, {"ms", DAVY_NS_PER_MS}, {"s", DAVY_NS_PER_S}};

static davy_status read_precision(const davy_call *call, int64_t *precision_ns)
{
    const char *word = davy_target_parameter(&call->target, "precision");

    if (!word)
        word = "ns";
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(precisions); i++)
        if (strcmp(word, precisions[i].name) == 0) {
            *precision_ns = precisions[i].ns;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_INVALID, "precision '%.16s' is not ns, us, ms or s", word);
}

static davy_signal_id find_signal(void *context, const char *asset, size_t asset_length,
                                  const char *field, size_t field_length)
{
    const davy_site *site = context;
    char path[DAVY_PATH_MAX];
    const davy_site_signal *signal;

    if (asset_length + 1 + field_length >= sizeof path)
        return DAVY_SIGNAL_NONE;
    memcpy(path, asset, asset_length);
    path[asset_length] = '/';
    memcpy(path + asset_length + 1, field, field_length);
    path[asset_length + 1 + field_length] = '\0';
    signal = davy_site_find_signal(site, path);
    return signal ? signal->id : DAVY_SIGNAL_NONE;
}

davy_status davy_write_decode(davy_buffer *body, const char *encoding)
{
    davy_buffer plain = {0};
    davy_status status = DAVY_OK;

    if (strcasecmp(encoding, "gzip") == 0) {
        status = davy_inflate(DAVY_PACKING_GZIP, body->bytes, body->length, DAVY_HTTP_WRITE_MAX,
                              NULL, &plain);
        davy_buffer_clear(body);
        *body = plain;
    }
    return status;
}

/* InfluxDB's clients read "code" and "message"; ours read a problem. The answer is both. */
static void answer_invalid(davy_call *call, const char *message)
{
    davy_buffer *body = &call->answer.body;

    davy_reply_clear(&call->answer);
    call->answer.code = 400;
    call->answer.type = "application/problem+json";
    davy_json_object(body, NULL);
    davy_json_text(body, "type", "about:blank");
    davy_json_text(body, "title", davy_http_title(400));
    davy_json_integer(body, "status", 400);
    davy_json_text(body, "detail", message);
    davy_json_text(body, "code", "invalid");
    davy_json_text(body, "message", message);
}

static void answer_malformed(davy_call *call, const davy_lines_result *result)
{
    char message[256];

    (void) snprintf(message, sizeof message, "line %zu: %s", result->refusals[0].line,
                    result->refusals[0].reason);
    answer_invalid(call, message);
    davy_json_unsigned(&call->answer.body, "line", result->refusals[0].line);
    davy_json_object_end(&call->answer.body);
}

static void answer_partial(davy_call *call, const davy_lines_result *result)
{
    davy_buffer *body = &call->answer.body;
    char message[320];

    (void) snprintf(message, sizeof message, "partial write: %zu refused, %zu kept: line %zu: %s%s",
                    result->refused, result->taken, result->refusals[0].line,
                    result->refusals[0].reason, result->refused > 1 ? " ..." : "");
    answer_invalid(call, message);
    davy_json_unsigned(body, "refused", result->refused);
    davy_json_unsigned(body, "kept", result->taken);
    davy_json_array(body, "refusals");
    for (size_t i = 0; i < result->told; i++) {
        davy_json_object(body, NULL);
        davy_json_unsigned(body, "line", result->refusals[i].line);
        davy_json_text(body, "reason", result->refusals[i].reason);
        davy_json_object_end(body);
    }
    davy_json_array_end(body);
    davy_json_object_end(body);
}

/* The site is held from the lookup of ids to the delivery, so that both speak of the same one. */
static davy_status take_lines(davy_call *call, int64_t precision_ns, davy_lines_result *result)
{
    const davy_server_system *system = call->system;
    int64_t now_ns = davy_wall_ns(system->clock);
    const davy_site *site = system->acquire_site(system->context);
    davy_lines_options options = {
        .precision_ns = precision_ns,
        .now_ns = now_ns,
        .latest_ns = now_ns + DAVY_STORE_FUTURE_MAX_NS,
        .find = find_signal,
        .context = (void *) site,
    };
    davy_sample *samples = NULL;
    size_t count = 0;
    davy_status status =
        davy_lines_parse(call->body.bytes, call->body.length, &options, &samples, &count, result);

    if (status == DAVY_ERR_INVALID)
        answer_malformed(call, result);
    else if (status == DAVY_OK && count > 0)
        status = system->deliver(system->context, samples, count);
    free(samples);
    system->release_site(system->context, site);
    return status;
}

davy_status davy_handle_write(davy_call *call)
{
    davy_lines_result result = {0};
    int64_t precision_ns;
    davy_status status = read_precision(call, &precision_ns);

    if (status == DAVY_OK)
        status = davy_write_decode(&call->body, call->content_encoding);
    if (status == DAVY_ERR_FULL) {
        davy_reply_problem(call, 413, davy_error());
        return DAVY_OK;
    }
    if (status == DAVY_ERR_INVALID) {
        answer_invalid(call, davy_error());
        davy_json_object_end(&call->answer.body);
        return DAVY_OK;
    }
    if (status == DAVY_OK && call->body.length > 0)
        status = take_lines(call, precision_ns, &result);
    if (call->answer.code != 0)
        return DAVY_OK;
    if (status != DAVY_OK)
        return status;
    if (result.refused > 0)
        answer_partial(call, &result);
    else
        call->answer.code = 204;
    return DAVY_OK;
}
