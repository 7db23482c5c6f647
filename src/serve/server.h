/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/watch.h"
#include "collect/lines.h"
#include "collect/runner.h"
#include "core/buffer.h"
#include "detect/engine.h"
#include "serve/access/keys.h"
#include "serve/access/oidc.h"
#include "serve/access/tls.h"
#include "serve/api/proofs.h"
#include "serve/api/training.h"
#include "serve/api/whatifs.h"
#include "serve/http/watch.h"
#include "serve/trace/tracer.h"
#include "site/site.h"
#include "store/store.h"

/**
 * @file
 * The HTTP server: console, API, ingest and live events on one port.
 *
 * Stage: serve. Routes are one constant table (serve/routes.c); each names its method, path, role
 * and handler, and OpenAPI is written from the same table. Nothing answers without a key except the
 * health routes and the console's static files.
 */
typedef struct davy_server davy_server;
struct davy_host;
struct davy_notify;
struct davy_incidents;
struct davy_threats;

/** The running system as the routes see it. src/app fills it in; everything is borrowed. */
typedef struct davy_server_system {
    void *context;
    davy_store *store;
    davy_records *records;
    davy_alarms *alarms;
    davy_alarm_watch *watch;          /* figures and floods of the alarms */
    struct davy_notify *notify;       /* who is told of them */
    struct davy_incidents *incidents; /* NULL: none are kept here */
    struct davy_threats *threats;     /* NULL: none are followed here */
    davy_keys *keys;
    const davy_clock *clock;
    const char *registry;             /* folder of models */
    _Atomic(struct davy_host *) host; /* who serves them; NULL until davy_server_serve() */
    const char *data;                 /* data folder */
    /* The site now. A reload may change it: hold it only between acquire and release. */
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
    /* Samples from HTTP: checked, durable on return, then on to detection. */
    davy_status (*deliver)(void *context, const davy_sample *samples, size_t count);
    /* States of sources and detectors, copied. */
    davy_status (*source_report)(void *context, size_t source, davy_source_report *report);
    davy_status (*detector_status)(void *context, size_t detector, davy_detect_status *status);
    /* NULL when everything is ready, else the reason why not. */
    const char *(*not_ready)(void *context, char *text, size_t capacity);
    const davy_trainings *trainings; /* NULL: none are run here */
    const davy_proofs *proofs;       /* the same */
    const davy_whatifs *whatifs;     /* the same */
    /* What is counted in a structure and what models say of it, as `davy chemical --json` has it;
     * DAVY_ERR_INVALID for a text that is none. NULL: structures are not read here. */
    davy_status (*describe_structure)(void *context, const char *smiles, json_t **out);
    /* Figures that only src/app has, as Prometheus text appended to the buffer; optional. */
    void (*metrics)(void *context, davy_buffer *out);
} davy_server_system;

typedef struct davy_server_options {
    const char *listen;         /* "127.0.0.1:8080", "[::1]:0" */
    const char *grpc;           /* the same for gRPC; NULL: none */
    davy_tls_files tls;         /* a certificate makes it speak TLS 1.3 and nothing else */
    davy_oidc_options oidc;     /* an issuer whose tokens are taken beside keys */
    bool audit_inference;       /* a record of every question to a model */
    bool insecure;              /* listen beyond the loopback without TLS */
    davy_watch_limits limits;   /* deadlines of connections; zeroes for the defaults */
    size_t body_max;            /* bytes of a request's tensors; 0: DAVY_HTTP_TENSORS_MAX */
    davy_tracer_options traces; /* where traces of requests go */
} davy_server_options;

DAVY_MUST_CHECK davy_status davy_server_start(const davy_server_options *options,
                                              const davy_server_system *system, davy_server **out);
/** End the event streams, finish what runs, close. NULL is fine. */
void davy_server_stop(davy_server *server);

/** Ask this host for models from now on; borrowed until the server has stopped. Not a part of the
 * system, because loading models takes its time and who watches needs the server before that: until
 * then what asks for models is answered 503. */
void davy_server_serve(davy_server *server, struct davy_host *host);

/** The address it listens on, "127.0.0.1:41237". */
const char *davy_server_address(const davy_server *server);

/** Where gRPC listens; NULL without it. */
const char *davy_server_grpc_address(const davy_server *server);

/** Read certificate and key again; on a failure the old ones go on. Without TLS nothing happens. */
DAVY_MUST_CHECK davy_status davy_server_reload_tls(davy_server *server);

/** Pin of the server's public key; false without TLS. */
bool davy_server_pin(davy_server *server, char pin[DAVY_TLS_PIN_MAX]);

/** Send an event to every stream: name "alarm", "score", "source" and a JSON object. Never waits: a
 * stream that cannot keep up is told how many events it missed. */
void davy_server_publish(davy_server *server, const char *event, const char *json);
