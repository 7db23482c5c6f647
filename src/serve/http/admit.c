/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "serve/access/form_key.h"
#include "serve/access/permit.h"
#include "serve/api/console.h"
#include "serve/limits.h"

/* What the headers say of the message's frame. Two readings of one frame are how requests are
 * smuggled past a proxy, so anything ambiguous is refused and the connection closed (RFC 9112,
 * section 6.3). */
typedef struct frame {
    unsigned lengths, codings;
    bool coding_is_chunked;
    unsigned hosts;
    davy_credentials shown;
    const char *end; /* of what was read last, in the memory that the request came into */
    bool bent;       /* a line that is not name, colon, value, CRLF */
    const char *traceparent;
    unsigned traceparents;
    davy_exchange *exchange;
    bool broken;
} frame;

static bool header_is(const char *key, const char *name)
{
    return strcasecmp(key, name) == 0;
}

static void copy_header(char *text, size_t capacity, const char *value, size_t length)
{
    (void) snprintf(text, capacity, "%.*s", (int) (length < capacity ? length : capacity), value);
}

/* What says who asks; false for any other header. */
static bool keep_credential(davy_credentials *shown, const char *key, const char *value)
{
    const struct {
        const char *name;
        const char **value;
    } kept[] = {
        {"Authorization", &shown->authorization}, {"Cookie", &shown->cookie},
        {"X-CSRF-Token", &shown->csrf},           {"Origin", &shown->origin},

        {"Sec-Fetch-Site", &shown->fetch_site},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kept); i++)
        if (header_is(key, kept[i].name)) {
            shown->authorizations += i == 0;
            shown->cookies += i == 1;
            *kept[i].value = value;
            return true;
        }
    return false;
}

/* What handlers want to know; the last one counts when a header is there twice. */
static void keep_header(davy_call *call, const char *key, const char *value, size_t length)
{
    const struct {
        const char *name;
        char *text;
        size_t capacity;
    } kept[] = {
        {"Content-Type", call->content_type, sizeof call->content_type},
        {"Content-Encoding", call->content_encoding, sizeof call->content_encoding},
        {"Accept-Encoding", call->accept_encoding, sizeof call->accept_encoding},
        {"Inference-Header-Content-Length", call->tensor_header, sizeof call->tensor_header},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kept); i++)
        if (header_is(key, kept[i].name))
            copy_header(kept[i].text, kept[i].capacity, value, length);
}

/* MHD splits lines where they came in and ends their parts with zeros: a name begins two bytes (CR,
 * LF) after the value before it. A folded line, a NUL, or an LF alone leaves another gap; what MHD
 * then makes of it is not what a proxy in front may have made of it. */
static bool is_whole_line(const frame *seen, const char *key, size_t key_length, const char *value,
                          size_t length)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    if (key != seen->end + 2 || strspn(key, token) != key_length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (((unsigned char) value[i] < ' ' && value[i] != '\t') || value[i] == 0x7F)
            return false;
    return true;
}

static enum MHD_Result read_header(void *context, enum MHD_ValueKind kind, const char *key,
                                   size_t key_length, const char *value, size_t length)
{
    frame *seen = context;
    davy_exchange *exchange = seen->exchange;

    (void) kind;
    if (!value)
        value = "", length = 0;
    seen->bent |= !is_whole_line(seen, key, key_length, value, length);
    seen->end = value + length;
    if (header_is(key, "Content-Length")) {
        seen->lengths++;
        seen->broken |= !davy_digits_parse(value, &exchange->declared_length);
    } else if (header_is(key, "Transfer-Encoding")) {
        seen->codings++;
        seen->coding_is_chunked = strcasecmp(value, "chunked") == 0;
    } else if (header_is(key, "Expect")) {
        exchange->expects = true;
    } else if (header_is(key, "Host")) {
        seen->hosts++;
        seen->shown.host = value;
    } else if (header_is(key, "traceparent")) {
        seen->traceparents++;
        seen->traceparent = value;
    } else if (!keep_credential(&seen->shown, key, value)) {
        keep_header(&exchange->call, key, value, length);
    }
    return MHD_YES;
}

static const char *frame_fault(const frame *seen)
{
    if (seen->bent)
        return "a line of the request's head is not a name, a colon, a value and its end";
    if (seen->hosts > 1)
        return "the request has more than one Host";
    if (seen->broken || seen->lengths > 1)
        return "the request has more than one Content-Length, or one that is no number";
    if (seen->codings > 1 || (seen->codings == 1 && !seen->coding_is_chunked))
        return "the only transfer coding that is understood is chunked";
    if (seen->lengths > 0 && seen->codings > 0)
        return "the request has both Content-Length and Transfer-Encoding";
    if (seen->shown.authorizations > 1)
        return "the request has more than one Authorization";
    return NULL;
}

static void read_address(davy_exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char *text = exchange->call.address;
    const struct sockaddr *peer = info ? info->client_addr : NULL;

    if (peer && peer->sa_family == AF_INET) {
        struct sockaddr_in four;

        memcpy(&four, peer, sizeof four);
        (void) inet_ntop(AF_INET, &four.sin_addr, text, DAVY_ADDRESS_MAX);
    } else if (peer && peer->sa_family == AF_INET6) {
        struct sockaddr_in6 six;

        memcpy(&six, peer, sizeof six);
        (void) inet_ntop(AF_INET6, &six.sin6_addr, text, DAVY_ADDRESS_MAX);
    }
}

/* -- What is asked ---------------------------------------------------------------------------- */

/* JSON, no word at all, or what curl -d and Python's urllib say when they are told nothing: the
 * body must be JSON all the same, and a page of another site cannot send a key. */
static const char *const json_types[] = {"", "application/json",
                                         "application/x-www-form-urlencoded", NULL};
static const char *const tensor_types[] = {
    "", "application/json", "application/x-www-form-urlencoded", "application/octet-stream", NULL};
static const char *const form_types[] = {"multipart/form-data", NULL};
static const char *const field_types[] = {"", "application/x-www-form-urlencoded", NULL};
static const char *const table_types[] = {
    "",  "text/csv", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded",
    NULL};
static const char *const any_types[] = {NULL};

/* What the body of a route may call itself, and be packed with. */
static const struct {
    const char *const *types;
    const char *refusal;
    bool gzip, deflate;
} kinds[] = {
    [DAVY_BODY_NONE] = {any_types, NULL, false, false},
    [DAVY_BODY_JSON] = {json_types, "the body must be of type application/json", false, false},
    [DAVY_BODY_DOCUMENT] = {json_types, "the body must be of type application/json", false, false},
    [DAVY_BODY_LINES] = {any_types, NULL, true, false},
    [DAVY_BODY_TENSORS] = {tensor_types,
                           "the body must be of type application/json or application/octet-stream",
                           true, true},
    [DAVY_BODY_FORM] = {form_types, "the body must be of type multipart/form-data", false, false},
    [DAVY_BODY_FIELDS] = {field_types, "the body must be of type application/x-www-form-urlencoded",
                          false, false},
    [DAVY_BODY_FILE] = {table_types, "the body must be of type text/csv", false, false},
};

static bool type_is_among(const char *type, const char *const *types)
{
    size_t length = strcspn(type, "; ");

    if (!types[0])
        return true;
    for (; *types; types++)
        if (length == strlen(*types) && strncasecmp(type, *types, length) == 0)
            return true;
    return false;
}

static bool packing_is_known(const char *encoding, davy_body_kind body)
{
    return !encoding[0] || strcasecmp(encoding, "identity") == 0 ||
           (kinds[body].gzip && strcasecmp(encoding, "gzip") == 0) ||
           (kinds[body].deflate && strcasecmp(encoding, "deflate") == 0);
}

const char *davy_exchange_too_long(const davy_exchange *exchange, size_t most,
                                   char detail[DAVY_TOO_LONG_MAX])
{
    const davy_body_kind body = exchange->call.route->body;

    if (body == DAVY_BODY_TENSORS || body == DAVY_BODY_FORM)
        (void) snprintf(detail, DAVY_TOO_LONG_MAX,
                        "the request exceeds the maximum allowed input size of %zu bytes; davy run"
                        " --body-max raises it",
                        most);
    else
        (void) snprintf(detail, DAVY_TOO_LONG_MAX, "the body may have %zu bytes", most);
    return detail;
}

static void check_body(davy_exchange *exchange)
{
    davy_call *call = &exchange->call;
    const davy_body_kind body = call->route->body;
    const size_t most = davy_route_body_max(call->route, exchange->server->body_max);

    if (!exchange->has_body)
        return;
    if (body == DAVY_BODY_NONE)
        davy_reply_problem(call, 413, "this request takes no body");
    else if (exchange->declared_length > most) {
        char detail[DAVY_TOO_LONG_MAX];

        davy_reply_problem(call, 413, davy_exchange_too_long(exchange, most, detail));
    } else if (!type_is_among(call->content_type, kinds[body].types))
        davy_reply_problem(call, 415, kinds[body].refusal);
    else if (!packing_is_known(call->content_encoding, body))
        davy_reply_problem(call, 415, "this content encoding is not understood");
}

static bool is_look(const davy_exchange *exchange)
{
    return strcmp(exchange->method, "GET") == 0 || strcmp(exchange->method, "HEAD") == 0;
}

static void refuse_unknown(davy_exchange *exchange)
{
    davy_call *call = &exchange->call;

    if ((exchange->match.console && !is_look(exchange)) || exchange->match.allow[0]) {
        davy_reply_problem(call, 405, "this path has other methods");
        (void) snprintf(call->answer.allow, sizeof call->answer.allow, "%s",
                        exchange->match.console ? "GET, HEAD" : exchange->match.allow);
    } else {
        davy_reply_problem(call, 404, "there is nothing at this path");
    }
}

static void refuse_role(davy_exchange *exchange, davy_role least)
{
    char detail[80];

    (void) davy_exchange_deny(exchange, false, "denied: role");
    (void) snprintf(detail, sizeof detail, "this needs the role %s", davy_role_name(least));
    davy_reply_problem(&exchange->call, 403, detail);
}

static void refuse_model(davy_exchange *exchange)
{
    (void) davy_exchange_deny(exchange, false, "denied: model");
    davy_reply_problem(&exchange->call, 403, "this key may not use this model");
}

void davy_exchange_permit(davy_exchange *exchange)
{
    const davy_call *call = &exchange->call;
    const davy_route *route = exchange->match.route;

    if (call->role < route->role)
        refuse_role(exchange, route->role);
    else if (davy_route_is_of_model(route) && !davy_permit_model(call, call->id))
        refuse_model(exchange);
}

static void authorise(davy_exchange *exchange, const frame *seen)
{
    davy_call *call = &exchange->call;
    const davy_route *route = exchange->match.route;
    const bool awaits = route && davy_form_key_await(exchange, &seen->shown);

    if (!awaits && (!route || route->role != DAVY_ROLE_NONE) &&
        !davy_exchange_identify(exchange, &seen->shown))
        return;
    if (!route) {
        refuse_unknown(exchange);
        return;
    }
    call->route = route;
    call->id = exchange->match.id;
    call->version = exchange->match.version;
    if (!awaits)
        davy_exchange_permit(exchange);
    if (call->answer.code == 0 && davy_route_check_query(route, &call->target) != DAVY_OK)
        davy_reply_status(call, DAVY_ERR_INVALID);
    if (call->answer.code == 0)
        check_body(exchange);
}

static const char *request_header(const davy_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

void davy_exchange_admit(davy_exchange *exchange)
{
    davy_call *call = &exchange->call;
    frame seen = {.exchange = exchange};
    const char *version = exchange->version_at;
    const char *fault;

    seen.end = version + strlen(version);
    seen.bent = version != exchange->target_at + strlen(exchange->raw_target) + 1; /* a NUL */
    (void) MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, read_header, &seen);
    read_address(exchange);
    exchange->chunked = seen.codings > 0;
    exchange->close = exchange->chunked; /* see http/README.md: where chunks end, nobody can tell */
    exchange->has_body = exchange->chunked || exchange->declared_length > 0;
    fault = frame_fault(&seen);
    if (fault) {
        davy_reply_problem(call, 400, fault);
        exchange->close = true;
        return;
    }
    davy_target_parse(exchange->raw_target, &call->target);
    davy_route_find(exchange->method, &call->target, &exchange->match);
    if (exchange->match.console && is_look(exchange) && !exchange->has_body &&
        davy_console_answer(call, request_header(exchange, "If-None-Match"),
                            request_header(exchange, "Accept-Encoding")))
        return;
    authorise(exchange, &seen);
    if (call->role != DAVY_ROLE_NONE && seen.traceparents == 1)
        davy_trace_follow(&call->trace, seen.traceparent);
}
