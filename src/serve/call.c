/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/call.h"

#include <string.h>

#include "core/log.h"
#include "core/timestamp.h"
#include "serve/api/json.h"
#include "serve/route.h"

/* An integer from here on is nanoseconds, below it seconds: 1e15 s are 31 million years away, and
 * 1e15 ns are in January 1970. */
#define NS_FROM ((uint64_t) 1000000000000000)

/* What a client may do about a failure is in the code it gets. Sentences that may name files of the
 * server go to its log and are not told. */
static const struct {
    davy_status status;
    unsigned code;
    unsigned protocol_code; /* where the path is a protocol of others: as Triton maps them */
    unsigned retry_after_s;
    const char *instead; /* of the error's own sentence; NULL: that one is told */
} codes[] = {
    {DAVY_ERR_INVALID, 400, 400, 0, NULL},
    {DAVY_ERR_NOMEM, 503, 503, 5, "the server has no memory for this now: ask again"},
    {DAVY_ERR_IO, 503, 500, 30, "reading or writing failed on the server; its log says what"},
    {DAVY_ERR_NOT_FOUND, 404, 404, 0, NULL},
    {DAVY_ERR_EXISTS, 409, 400, 0, NULL},
    {DAVY_ERR_CORRUPT, 500, 500, 0, "what was stored is damaged; the server's log says what"},
    {DAVY_ERR_FULL, 507, 503, 2,
     "the server has no room: nothing of this was kept. Its log says what is full; make room and "
     "send it again"},
    {DAVY_ERR_UNSUPPORTED, 415, 501, 0, NULL},
    {DAVY_ERR_DENIED, 403, 403, 0, NULL},
    {DAVY_ERR_UNAVAILABLE, 503, 503, 5, NULL},
    {DAVY_ERR_TIMEOUT, 503, 503, 5, NULL},
};

static const struct {
    unsigned code;
    const char *title;
} titles[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

const char *davy_http_title(unsigned code)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(titles); i++)
        if (titles[i].code == code)
            return titles[i].title;
    return "Error";
}

void davy_reply_clear(davy_reply *answer)
{
    if (answer->produce.destroy)
        answer->produce.destroy(answer->produce.state);
    davy_buffer_clear(&answer->body);
    *answer = (davy_reply){0};
}

static void write_problem(davy_buffer *body, unsigned code, const char *detail)
{
    davy_json_text(body, "type", "about:blank");
    davy_json_text(body, "title", davy_http_title(code));
    davy_json_integer(body, "status", code);
    davy_json_text(body, "detail", detail);
}

/* MLflow's word for a code of HTTP (mlflow/exceptions.py, ERROR_CODE_TO_HTTP_STATUS); those that
 * have none are what the client did, or all else. */
static const char *mlflow_word(unsigned code)
{
    static const struct {
        unsigned code;
        const char *word;
    } words[] = {
        {401, "UNAUTHENTICATED"},         {403, "PERMISSION_DENIED"},
        {404, "RESOURCE_DOES_NOT_EXIST"}, {429, "REQUEST_LIMIT_EXCEEDED"},
        {501, "NOT_IMPLEMENTED"},         {503, "TEMPORARILY_UNAVAILABLE"},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (words[i].code == code)
            return words[i].word;
    return code < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR";
}

static void write_mlflow(davy_buffer *body, unsigned code, const char *detail)
{
    davy_json_text(body, "error_code", mlflow_word(code));
    davy_json_text(body, "message", detail);
}

/* Prometheus documentation, "HTTP API", "Format overview"; the words are those of its API. */
static void write_prometheus(davy_buffer *body, unsigned code, const char *detail)
{
    davy_json_text(body, "status", "error");
    davy_json_text(body, "errorType",
                   code == 503   ? "unavailable"
                   : code == 404 ? "not_found"
                   : code < 500  ? "bad_data"
                                 : "internal");
    davy_json_text(body, "error", detail);
}

void davy_reply_problem(davy_call *call, unsigned code, const char *detail)
{
    const davy_error_form form = davy_route_error_form(&call->target);
    davy_buffer *body = &call->answer.body;

    davy_reply_clear(&call->answer);
    call->answer.code = code;
    call->answer.type =
        form == DAVY_ERROR_PROBLEM ? "application/problem+json" : "application/json";
    davy_json_object(body, NULL);
    if (form == DAVY_ERROR_PROBLEM)
        write_problem(body, code, detail);
    else if (form == DAVY_ERROR_MLFLOW)
        write_mlflow(body, code, detail);
    else if (form == DAVY_ERROR_PROMETHEUS)
        write_prometheus(body, code, detail);
    if (form == DAVY_ERROR_VISION)
        davy_json_boolean(body, "success", false);
    if (form == DAVY_ERROR_PLAIN || form == DAVY_ERROR_VISION)
        davy_json_text(body, "error", detail);
    davy_json_object_end(body);
}

void davy_reply_status(davy_call *call, davy_status status)
{
    unsigned code = 500, retry_after_s = 0;
    const char *instead = NULL;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(codes); i++)
        if (codes[i].status == status) {
            code = davy_route_error_form(&call->target) == DAVY_ERROR_PROBLEM
                       ? codes[i].code
                       : codes[i].protocol_code;
            retry_after_s = codes[i].retry_after_s;
            instead = codes[i].instead;
        }
    if (instead)
        davy_log(DAVY_LOG_ERROR, "serve", "%s: %s", call->route ? call->route->path : "request",
                 davy_error());
    davy_reply_problem(call, code, instead ? instead : davy_error());
    call->answer.retry_after_s = retry_after_s;
}

davy_status davy_reply_json(davy_call *call)
{
    if (davy_buffer_ok(&call->answer.body) != DAVY_OK)
        return davy_fail(DAVY_ERR_NOMEM, "the answer");
    call->answer.code = 200;
    call->answer.type = "application/json";
    return DAVY_OK;
}

bool davy_digits_parse(const char *text, uint64_t *value)
{
    uint64_t sum = 0;

    if (!text || !*text)
        return false;
    for (; *text; text++) {
        unsigned digit = (unsigned) (*text - '0');

        if (*text < '0' || *text > '9' || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

davy_status davy_call_time(const davy_call *call, const char *name, int64_t *time_ns)
{
    return davy_call_time_in(call, name, NULL, time_ns);
}

davy_status davy_call_time_in(const davy_call *call, const char *name, const davy_timezone *zone,
                              int64_t *time_ns)
{
    const char *text = davy_target_parameter(&call->target, name);
    uint64_t number;

    if (!text)
        return davy_fail(DAVY_ERR_INVALID, "the query needs '%s'", name);
    if (davy_digits_parse(text, &number) && number >= NS_FROM) {
        if (number > INT64_MAX)
            return davy_fail(DAVY_ERR_INVALID, "'%s' is past the year 2262", name);
        *time_ns = (int64_t) number;
        return DAVY_OK;
    }
    if (davy_timestamp_parse_in(text, zone, time_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'%s'", name);
    return DAVY_OK;
}

davy_status davy_call_number(const davy_call *call, const char *name, uint64_t low, uint64_t high,
                             uint64_t absent, uint64_t *value)
{
    const char *text = davy_target_parameter(&call->target, name);

    if (!text) {
        *value = absent;
        return DAVY_OK;
    }
    if (!davy_digits_parse(text, value) || *value < low || *value > high)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a whole number from %llu to %llu", name,
                         (unsigned long long) low, (unsigned long long) high);
    return DAVY_OK;
}

davy_status davy_call_audit(const davy_call *call, const char *action, const char *subject,
                            const char *outcome, const char *more)
{
    davy_buffer body = {0};
    davy_record record = {
        .time_ns = davy_wall_ns(call->system->clock),
        .kind = DAVY_RECORD_AUDIT,
        .subject = subject,
    };
    davy_status status;

    davy_json_object(&body, NULL);
    davy_json_text(&body, "action", action);
    davy_json_text(&body, "outcome", outcome);
    davy_json_text(&body, "by", call->by[0] ? call->by : NULL);
    davy_json_text(&body, "role", davy_role_name(call->role));
    davy_json_text(&body, "address", call->address);
    davy_json_text(&body, "subject", subject);
    if (more)
        davy_json_raw(&body, "given", more);
    davy_json_object_end(&body);
    status = davy_buffer_ok(&body);
    if (status == DAVY_OK) {
        record.body = body.bytes;
        status = davy_records_append(call->system->records, &record, 1);
    }
    davy_buffer_clear(&body);
    return status;
}
