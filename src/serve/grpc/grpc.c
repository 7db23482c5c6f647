/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/grpc/grpc.h"

#include "serve/access/identify.h"
#include "serve/grpc/call.h"
#include "serve/grpc/http2.h"
#include "serve/http/inflate.h"
#include "serve/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A frame of gRPC: a byte that says whether it is packed, and the length, most significant first.
 */
#define FRAME_BYTES ((size_t) 5)

/* Memory that unpacking a message may take: small messages in a message cost some dozens of bytes
 * for each of theirs, and real ones are tensors, which cost twice. */
#define UNPACK_FACTOR 32
#define UNPACK_FLOOR  ((size_t) 64 * 1024)

struct davy_grpc {
    davy_grpc_parts parts;
    davy_http2 *http2;
    davy_workers *workers;
};

/* -- Ending ---------------------------------------------------------------------------------------
 */

davy_grpc_code davy_grpc_code_of(davy_status status)
{
    static const struct {
        davy_status status;
        davy_grpc_code code;
    } codes[] = {
        {DAVY_OK, DAVY_GRPC_OK},
        {DAVY_ERR_INVALID, DAVY_GRPC_INVALID_ARGUMENT},
        {DAVY_ERR_NOT_FOUND, DAVY_GRPC_NOT_FOUND},
        {DAVY_ERR_DENIED, DAVY_GRPC_PERMISSION_DENIED},
        {DAVY_ERR_FULL, DAVY_GRPC_RESOURCE_EXHAUSTED},
        {DAVY_ERR_TIMEOUT, DAVY_GRPC_DEADLINE_EXCEEDED},
        {DAVY_ERR_UNSUPPORTED, DAVY_GRPC_UNIMPLEMENTED},
        {DAVY_ERR_UNAVAILABLE, DAVY_GRPC_UNAVAILABLE},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(codes); i++)
        if (codes[i].status == status)
            return codes[i].code;
    return DAVY_GRPC_INTERNAL;
}

/* A message in a trailer: what is not printable ASCII is percent-encoded, and "%" itself. */
static void escape_message(const char *text, char *out, size_t capacity)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;

    for (; *text && length + 4 < capacity; text++) {
        const unsigned char byte = (unsigned char) *text;

        if (byte >= 0x20 && byte < 0x7f && byte != '%') {
            out[length++] = *text;
        } else {
            out[length++] = '%';
            out[length++] = digits[byte >> 4];
            out[length++] = digits[byte & 15];
        }
    }
    out[length] = '\0';
}

static void end_call(davy_http2_request *request, davy_grpc_code code, const char *message)
{
    request->status = 200;
    request->answer_type = "application/grpc";
    if (code != DAVY_GRPC_OK)
        davy_buffer_reset(&request->answer);
    (void) snprintf(request->trailers[0][0], sizeof request->trailers[0][0], "grpc-status");
    (void) snprintf(request->trailers[0][1], sizeof request->trailers[0][1], "%d", (int) code);
    if (code == DAVY_GRPC_OK)
        return;
    (void) snprintf(request->trailers[1][0], sizeof request->trailers[1][0], "grpc-message");
    escape_message(message, request->trailers[1][1], sizeof request->trailers[1][1]);
}

/* -- Who asks -------------------------------------------------------------------------------------
 */

/* As HTTP does it: what is said outweighs what the connection proved. */
static davy_grpc_code identify(const davy_http2_request *request, davy_call *who)
{
    static const davy_grpc_code codes[] = {[DAVY_IDENTITY_FOUND] = DAVY_GRPC_OK,
                                           [DAVY_IDENTITY_NONE] = DAVY_GRPC_UNAUTHENTICATED,
                                           [DAVY_IDENTITY_WRONG] = DAVY_GRPC_UNAUTHENTICATED,
                                           [DAVY_IDENTITY_TOO_MANY] = DAVY_GRPC_RESOURCE_EXHAUSTED,
                                           [DAVY_IDENTITY_LATER] = DAVY_GRPC_UNAVAILABLE};
    char subject[sizeof request->method + sizeof request->path];
    unsigned retry_after_s;
    davy_identity identity;

    if (!request->authorization[0] && request->certificate[0] &&
        davy_call_identify_certificate(who, request->certificate))
        return DAVY_GRPC_OK;
    (void) snprintf(subject, sizeof subject, "%s %s", request->method, request->path);
    identity = davy_call_identify(who, request->authorization, subject, &retry_after_s);
    if (identity == DAVY_IDENTITY_NONE)
        (void) davy_call_deny(who, subject, false, "denied: no key");
    return codes[identity];
}

static davy_grpc_code authorise(const davy_http2_request *request, const davy_grpc_method *method,
                                davy_call *who)
{
    unsigned retry_after_s;
    davy_grpc_code code;

    if (method->role == DAVY_ROLE_NONE)
        return DAVY_GRPC_OK;
    code = identify(request, who);
    if (code != DAVY_GRPC_OK)
        return code;
    if (!davy_call_take(who, method->query, &retry_after_s)) {
        (void) davy_fail_in(DAVY_ERR_FULL, "again in %u s", retry_after_s);
        return DAVY_GRPC_RESOURCE_EXHAUSTED;
    }
    if (who->role >= method->role)
        return DAVY_GRPC_OK;
    (void) davy_fail(DAVY_ERR_DENIED, "the key '%s' may not do this", who->by);
    (void) davy_call_deny(who, method->path, false, "denied: role");
    return DAVY_GRPC_PERMISSION_DENIED;
}

/* -- Messages -------------------------------------------------------------------------------------
 */

davy_status davy_grpc_put(davy_buffer *answer, const ProtobufCMessage *message)
{
    const size_t length = protobuf_c_message_get_packed_size(message);
    unsigned char head[FRAME_BYTES] = {0};
    char *room;

    if (length > UINT32_MAX)
        return davy_fail(DAVY_ERR_FULL, "an answer of %zu bytes", length);
    for (size_t i = 0; i < 4; i++)
        head[1 + i] = (unsigned char) (length >> (24 - 8 * i));
    davy_buffer_append(answer, head, sizeof head);
    room = davy_buffer_reserve(answer, length);
    if (room)
        answer->length += protobuf_c_message_pack(message, (uint8_t *) room);
    return davy_buffer_ok(answer);
}

/* The one message of a unary call, as it stands in the body. */
static davy_status find_message(const davy_buffer *body, const unsigned char **message,
                                size_t *length, bool *packed)
{
    const unsigned char *bytes = (const unsigned char *) body->bytes;

    if (body->length < FRAME_BYTES)
        return davy_fail(DAVY_ERR_INVALID, "the call has no message");
    *length = (size_t) bytes[1] << 24 | (size_t) bytes[2] << 16 | (size_t) bytes[3] << 8 | bytes[4];
    *packed = bytes[0] == 1;
    *message = bytes + FRAME_BYTES;
    if (bytes[0] > 1 || *length != body->length - FRAME_BYTES)
        return davy_fail(DAVY_ERR_INVALID, "the call is not one whole message");
    return DAVY_OK;
}

static davy_status unpack_gzip(davy_http2_request *request, size_t most)
{
    const unsigned char *message;
    davy_buffer plain = {0};
    size_t length;
    bool packed;
    davy_status status = find_message(&request->body, &message, &length, &packed);

    if (status != DAVY_OK || !packed)
        return status;
    if (strcasecmp(request->encoding, "gzip") != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "messages may be packed with gzip alone");
    davy_buffer_append(&plain, "\0\0\0\0\0", FRAME_BYTES);
    status = davy_inflate(DAVY_PACKING_GZIP, (const char *) message, length, most, &request->budget,
                          &plain);
    if (status != DAVY_OK) {
        davy_buffer_clear(&plain);
        return status;
    }
    for (size_t i = 0; i < 4; i++)
        plain.bytes[1 + i] = (char) ((plain.length - FRAME_BYTES) >> (24 - 8 * i));
    davy_buffer_clear(&request->body);
    request->body = plain;
    return DAVY_OK;
}

typedef struct bounded {
    ProtobufCAllocator allocator;
    size_t left;
} bounded;

static void *take_memory(void *context, size_t size)
{
    bounded *memory = context;

    if (size > memory->left)
        return NULL;
    memory->left -= size;
    return malloc(size > 0 ? size : 1);
}

static void give_memory(void *context, void *piece)
{
    (void) context;
    free(piece);
}

/* Strangers' bytes: a message may hold others only as deep as the schema, which does not recurse.
 */
davy_status davy_grpc_run(davy_grpc_call *call, const davy_grpc_method *method,
                          const davy_buffer *body)
{
    const unsigned char *bytes = NULL;
    size_t length = 0;
    bool packed;
    davy_status status = find_message(body, &bytes, &length, &packed);
    bounded memory = {.allocator = {take_memory, give_memory, &memory},
                      .left = UNPACK_FACTOR * length + UNPACK_FLOOR};
    ProtobufCMessage *asked;

    if (status != DAVY_OK)
        return status;
    asked = protobuf_c_message_unpack(method->takes, &memory.allocator, length, bytes);
    if (!asked)
        return davy_fail(DAVY_ERR_INVALID, "the message is no %s", method->takes->name);
    call->asked = asked;
    status = method->handle(call);
    protobuf_c_message_free_unpacked(asked, &memory.allocator);
    return status;
}

/* -- Calls ----------------------------------------------------------------------------------------
 */

/* "100m": at most eight digits and a unit. 0 for none, and for what is no time-out. */
static uint64_t read_timeout(const char *text)
{
    static const struct {
        char unit;
        double us;
    } units[] = {{'H', 3600e6}, {'M', 60e6}, {'S', 1e6}, {'m', 1e3}, {'u', 1}, {'n', 1e-3}};
    const size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 8 || text[digits] == '\0' || text[digits + 1] != '\0')
        return 0;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(units); i++)
        if (units[i].unit == text[digits])
            return (uint64_t) (strtod(text, NULL) * units[i].us) + 1;
    return 0;
}

/* The call's trace goes back with it, for who ends it. */
static davy_grpc_code run_method(davy_grpc *grpc, davy_http2_request *request,
                                 const davy_grpc_method *method, davy_trace *trace)
{
    davy_grpc_call call = {.who = {.system = grpc->parts.system, .server = grpc->parts.server},
                           .timeout_us = read_timeout(request->timeout),
                           .answer = &request->answer};
    davy_grpc_code code;
    davy_status status;

    memcpy(call.who.address, request->address, sizeof request->address);
    code = authorise(request, method, &call.who);
    if (call.who.role != DAVY_ROLE_NONE)
        davy_trace_follow(trace, request->traceparent);
    if (code != DAVY_GRPC_OK)
        return code;
    call.who.trace = *trace;
    call.who.budget = (davy_budget){.used = grpc->parts.bodies, .most = grpc->parts.bodies_max};
    status = unpack_gzip(request, grpc->parts.body_max);
    call.who.body = request->body; /* lent, for the audit */
    if (status == DAVY_OK)
        status = davy_grpc_run(&call, method, &request->body);
    davy_budget_release(&call.who.budget);
    *trace = call.who.trace;
    return davy_grpc_code_of(status);
}

static bool is_grpc(const davy_http2_request *request)
{
    static const char type[] = "application/grpc";
    const char after = request->content_type[sizeof type - 1];

    return strncmp(request->content_type, type, sizeof type - 1) == 0 &&
           (after == '\0' || after == ';' ||
            strcmp(request->content_type + sizeof type - 1, "+proto") == 0);
}

/* What is no call of gRPC has no span: it never came to a method. */
static void end_trace(davy_http2_request *request, const davy_grpc_method *method,
                      davy_trace *trace)
{
    char text[DAVY_TRACEPARENT_MAX];

    if (!davy_trace_response(trace, text) || request->status != 200)
        return;
    (void) snprintf(request->traceresponse, sizeof request->traceresponse, "%s", text);
    davy_trace_mark(trace, DAVY_TRACE_WRITTEN);
    trace->rpc = true;
    trace->route = method ? method->path + 1 : NULL; /* without its slash */
    trace->code = (unsigned) strtoul(request->trailers[0][1], NULL, 10);
    (void) snprintf(trace->path, sizeof trace->path, "%.*s", (int) sizeof trace->path - 1,
                    request->path + (request->path[0] == '/'));
    (void) snprintf(trace->address, sizeof trace->address, "%s", request->address);
    davy_trace_end(trace);
}

static void answer(void *context, davy_http2_request *request)
{
    davy_grpc *grpc = context;
    const davy_grpc_method *method = davy_grpc_method_find(request->path);
    davy_trace trace = {.tracer = NULL};

    davy_trace_begin(&trace, grpc->parts.tracer, request->begun_ns);
    davy_trace_mark(&trace, DAVY_TRACE_WORKED);
    if (strcmp(request->method, "POST") != 0 || !is_grpc(request)) {
        request->status = strcmp(request->method, "POST") != 0 ? 405 : 415;
    } else if (!method) {
        (void) davy_fail(DAVY_ERR_UNSUPPORTED, "there is no method '%s'", request->path);
        end_call(request, DAVY_GRPC_UNIMPLEMENTED, davy_error());
    } else if (request->too_long) {
        (void) davy_fail(DAVY_ERR_FULL,
                         "the message exceeds the maximum allowed input size of %zu bytes;"
                         " davy run --body-max raises it",
                         grpc->parts.body_max);
        end_call(request, DAVY_GRPC_RESOURCE_EXHAUSTED, davy_error());
    } else {
        const davy_grpc_code code = run_method(grpc, request, method, &trace);

        end_call(request, code, davy_error());
    }
    end_trace(request, method, &trace);
}

davy_status davy_grpc_start(const char *listen, const davy_grpc_parts *parts, davy_grpc **out)
{
    davy_grpc *grpc = calloc(1, sizeof *grpc);
    davy_http2_options options = {
        .listen = listen,
        .tls = parts->tls,
        .insecure = parts->insecure,
        .body_max = parts->body_max + FRAME_BYTES,
        .bodies = {.used = parts->bodies, .most = parts->bodies_max},
        .answer = answer,
        .context = grpc,
    };
    davy_status status;

    if (!grpc)
        return davy_fail(DAVY_ERR_NOMEM, "the server of gRPC");
    grpc->parts = *parts;
    status = davy_workers_start(DAVY_HTTP_READERS, DAVY_HTTP_QUEUE_MAX, &grpc->workers);
    options.workers = grpc->workers;
    if (status == DAVY_OK)
        status = davy_http2_start(&options, &grpc->http2);
    if (status == DAVY_OK)
        *out = grpc;
    else
        davy_grpc_stop(grpc);
    return status;
}

void davy_grpc_stop(davy_grpc *grpc)
{
    if (!grpc)
        return;
    if (grpc->workers)
        davy_workers_stop(grpc->workers);
    davy_http2_stop(grpc->http2);
    davy_workers_destroy(grpc->workers);
    free(grpc);
}

const char *davy_grpc_address(const davy_grpc *grpc)
{
    return davy_http2_address(grpc->http2);
}
