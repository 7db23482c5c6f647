/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/wanted.h"
#include "core/zone.h"
#include "serve/access/keys.h"
#include "serve/access/session.h"
#include "serve/api/asset.h"
#include "serve/api/uploads.h"
#include "serve/http/budget.h"
#include "serve/http/target.h"
#include "serve/server.h"
#include "serve/trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * A call: one request as a handler sees it, authorised and whole, and the answer it fills in.
 *
 * Stage: serve. A handler runs on a worker thread and may wait for the disk. It returns a status:
 * DAVY_OK with an answer filled in, or a failure, which becomes a problem (RFC 9457) with the
 * sentence of davy_error() as its detail.
 */

/** A source of bytes for an answer too long to hold. */
typedef struct davy_producer {
    void *state;
    /* Append about DAVY_HTTP_STREAM_CHUNK bytes; *end when these were the last. A failure cuts the
     * answer off, so that its reader sees that it is broken. */
    davy_status (*fill)(void *state, davy_buffer *out, bool *end);
    void (*destroy)(void *state);
} davy_producer;

typedef struct davy_reply {
    unsigned code;           /* HTTP status; 0: not answered yet */
    const char *type;        /* media type; NULL for no body */
    davy_buffer body;        /* or */
    davy_producer produce;   /* when its fill is set */
    bool events;             /* or the event stream */
    const davy_asset *asset; /* or a file of the console */
    bool asset_gzip;         /* its packed form */
    unsigned retry_after_s;
    const char *policy;   /* Content-Security-Policy of a page; NULL: that of data */
    const char *encoding; /* how the body is packed, "gzip"; NULL: not */
    size_t tensor_header; /* bytes of JSON before bytes of tensors; 0: JSON alone */
    char allow[64];       /* methods, with 405 */
    char location[160];   /* with 201 */
    char cookie[160];     /* Set-Cookie; "" for none */
    char next[64];        /* Davy-Next: cursor of the page after this; "" for none */
} davy_reply;

/** Bytes of a peer's address in text with its zero. */
#define DAVY_ADDRESS_MAX 48

struct davy_route;

typedef struct davy_call {
    const davy_server_system *system;
    davy_server *server;
    const struct davy_route *route; /* NULL when the path names none */
    davy_target target;
    const char *id;      /* what stands for the first {...} in the route's path; NULL for none */
    const char *version; /* and for the second: a model's version or label; NULL for none */
    davy_role role;
    char by[DAVY_KEY_NAME_MAX];        /* name of the key; "" without one */
    davy_key key;                      /* all of it; davy_permit_model() asks its terms */
    int64_t ends_ns;                   /* when a token ends, UTC; 0 for a key */
    uint64_t session;                  /* number of the browser's session; 0 without one */
    char csrf[DAVY_SESSION_TOKEN_MAX]; /* its second token; "" without one */
    char address[DAVY_ADDRESS_MAX];    /* of the peer */
    char content_type[192];            /* with the boundary of a form */
    char content_encoding[16];
    char accept_encoding[64];
    char tensor_header[24]; /* Inference-Header-Content-Length; "" without it */
    davy_buffer body;       /* plain, also when it came packed; of a file what is not written yet */
    davy_upload *upload;    /* of a file what is written; NULL: nothing yet */
    davy_budget budget;     /* for what is made of the body; given back after the answer */
    davy_trace trace;
    davy_wanted wanted; /* whether its client is still there */
    bool at_once;       /* the event loop runs the handler, which must not wait... */
    bool would_wait;    /* ...and did not answer, since it would have had to */
    davy_reply answer;
} davy_call;

/** A failure as the answer, in place of what was there: a problem (RFC 9457), or what the protocol
 * of the path has for it. */
void davy_reply_problem(davy_call *call, unsigned code, const char *detail);

/** The answer that fits a failure, with davy_error() as its detail, in the form of its path. */
void davy_reply_status(davy_call *call, davy_status status);

/** The body that was written is the answer: code 200 and JSON. */
davy_status davy_reply_json(davy_call *call);

/** The code of an answer whose client had gone before it was worked out: nobody reads it, and the
 * figures tell it from those that failed. nginx's number; IANA has none. */
#define DAVY_HTTP_CLIENT_GONE 499

/** Empty an answer. */
void davy_reply_clear(davy_reply *answer);

/** "Not Found" for 404. */
const char *davy_http_title(unsigned code);

/**
 * A time from the query: RFC 3339, integer nanoseconds (from 1e15 on), or seconds. One without an
 * offset is on the clock of `zone`.
 * DAVY_ERR_INVALID, naming the parameter, when it is missing or none of these.
 */
DAVY_MUST_CHECK davy_status davy_call_time_in(const davy_call *call, const char *name,
                                              const davy_timezone *zone, int64_t *time_ns);

/** The same; a time without an offset is UTC. */
DAVY_MUST_CHECK davy_status davy_call_time(const davy_call *call, const char *name,
                                           int64_t *time_ns);

/** A whole number from low to high from the query; `absent` when it is not there. */
DAVY_MUST_CHECK davy_status davy_call_number(const davy_call *call, const char *name, uint64_t low,
                                             uint64_t high, uint64_t absent, uint64_t *value);

/** Digits only, without overflow. */
bool davy_digits_parse(const char *text, uint64_t *value);

/**
 * Keep an audit record of an action: who, what, when, from where. Durable on return; an action is
 * not begun without its record.
 *
 * @param subject  what it is about: an alarm's key, a key's name
 * @param outcome  "requested", "refused"
 * @param more     JSON object with what the action was given, or NULL
 */
DAVY_MUST_CHECK davy_status davy_call_audit(const davy_call *call, const char *action,
                                            const char *subject, const char *outcome,
                                            const char *more);
