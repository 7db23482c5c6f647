/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/allowance.h"
#include "serve/access/denials.h"
#include "serve/api/events.h"
#include "serve/call.h"
#include "serve/grpc/grpc.h"
#include "serve/http/watch.h"
#include "serve/http/workers.h"
#include "serve/metrics.h"
#include "serve/route.h"

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

/**
 * @file
 * One exchange: a request on its way in, through a worker, and out; and the server around it.
 * Private to the stage.
 *
 *     headers --admit--> body --whole--> work --resumed--> answer
 *                  \------- refused: discard -------------/
 *
 * Stage: serve. The event loop and a worker never have an exchange at the same time: it is
 * suspended while a worker has it.
 */
struct davy_server {
    davy_server_system system;
    struct MHD_Daemon *daemon;
    atomic_bool closed; /* no connection is admitted any more */
    davy_tls *tls;      /* NULL: plain HTTP */
    davy_oidc *oidc;    /* NULL: no tokens */
    int socket;
    char address[64];
    davy_workers *lanes[DAVY_LANE_NONE]; /* by davy_lane */
    davy_events *events;
    davy_watch *watch;
    int64_t heartbeat_ns; /* between comment lines of event streams */
    davy_denials *denials;
    davy_sessions *sessions;
    struct davy_ledger *ledger; /* NULL: questions to models are not in the audit */
    davy_allowances *allowances;
    davy_grpc *grpc; /* NULL: none was asked for */
    davy_metrics *metrics;
    davy_tracer *tracer; /* NULL: no traces are kept */
    davy_buffer openapi;
    _Atomic size_t body_bytes; /* of all bodies that are held, and what is made of them */
    size_t body_max;           /* of a request's tensors */
    atomic_int awaited_keys;   /* requests whose key is to come in their form */
    pthread_mutex_t guard;     /* of the fields below */
    pthread_cond_t changed;
    size_t active; /* exchanges that are not over */
    bool stopping;
    bool ticking; /* the ticker thread runs */
    pthread_t ticker;
};

typedef enum davy_stage {
    DAVY_STAGE_HEADERS,
    DAVY_STAGE_BODY,
    DAVY_STAGE_DISCARD, /* the answer is known; the rest of the body is read and forgotten */
    DAVY_STAGE_WORK,
    DAVY_STAGE_ANSWER,
    DAVY_STAGE_DONE
} davy_stage;

typedef struct davy_exchange {
    davy_job job; /* first, so that the job is the exchange */
    davy_call call;
    davy_server *server;
    struct MHD_Connection *connection;
    davy_watched *watched;
    davy_stage stage;
    char *raw_target;
    const char *target_at; /* where it came in, and the version behind it; MHD's */
    const char *version_at;
    char method[16];
    int64_t started_ns;       /* monotonic */
    uint64_t declared_length; /* of the body */
    bool has_body, chunked, expects;
    bool close;          /* after the answer */
    bool awaits_key;     /* who asks is in the form, which is not read that far */
    bool streaming;      /* an event stream */
    uint64_t received;   /* bytes of the body */
    size_t reserved;     /* of the budget, for the body */
    atomic_bool writing; /* a worker writes a piece of the body: no more is taken now */
    davy_route_match match;
    struct davy_stream *stream; /* of a long answer, until its response takes it */
} davy_exchange;

/** After the headers: find the route, authorise, look at what is declared of the body. Leaves an
 * answer in the call when the request is refused or answered by a file of the console. */
void davy_exchange_admit(davy_exchange *exchange);

/** Who asks is known: may they? Leaves an answer in the call when not. */
void davy_exchange_permit(davy_exchange *exchange);

/** Why a body is refused: how long it may be, and where to allow more. @return detail */
#define DAVY_TOO_LONG_MAX 160
const char *davy_exchange_too_long(const davy_exchange *exchange, size_t most,
                                   char detail[DAVY_TOO_LONG_MAX]);

/** Count a denied attempt and put it into the audit, which nobody waits for. */
davy_denial davy_exchange_deny(davy_exchange *exchange, bool wrong_key, const char *why);

/** Queue the answer of the call. MHD_NO closes the connection. */
enum MHD_Result davy_exchange_answer(davy_exchange *exchange);

/** Make a packed body of tensors plain. Leaves an answer in the call when it is refused. */
void davy_exchange_unpack(davy_exchange *exchange);

/** Pack the answer of a model for a client that accepts it. */
void davy_exchange_pack(davy_exchange *exchange);

/** Run the handler: the job of a worker. */
void davy_exchange_work(davy_job *job);
