/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "infer/host.h"
#include "serve/access/ledger.h"
#include "serve/http/http.h"
#include "serve/http/listener.h"
#include "serve/limits.h"
#include "serve/openapi.h"

#define TICK_NS      (250 * DAVY_NS_PER_MS) /* of deadlines */
#define HOUSEWORK_NS DAVY_NS_PER_S          /* of keys and denied attempts */

/* -- Reach ------------------------------------------------------------------------------------- */

static davy_status open_oidc(davy_server *server, const davy_oidc_options *options)
{
    return options->issuer || options->audience ? davy_oidc_start(options, &server->oidc) : DAVY_OK;
}

static davy_status open_tls(davy_server *server, const davy_tls_files *files)
{
    if (files->certificate && files->key)
        return davy_tls_create(files, &server->tls);
    if (files->certificate || files->key || files->client_ca)
        return davy_fail(DAVY_ERR_INVALID, "TLS needs both --tls-cert and --tls-key");
    return DAVY_OK;
}

/* -- Time -----------------------------------------------------------------------------------------
 */

static void record_more(void *context, const char *address, uint64_t more)
{
    davy_server *server = context;
    davy_call call = {.system = &server->system};
    char count[48];

    (void) snprintf(call.address, sizeof call.address, "%s", address);
    (void) snprintf(count, sizeof count, "{\"attempts\":%llu}", (unsigned long long) more);
    if (davy_call_audit(&call, "access", "more attempts", "denied", count) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "serve", "%llu denied attempts of %s are not in the audit: %s",
                 (unsigned long long) more, address, davy_error());
}

/* Keys that were changed beside us, and denied attempts that were not told one by one. */
static void housework(davy_server *server, bool last)
{
    if (davy_keys_refresh(server->system.keys) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "serve", "keys stay as they were: %s", davy_error());
    if (server->ledger)
        davy_ledger_flush(server->ledger, &server->system);
    davy_denials_expire(server->denials, davy_monotonic_ns(server->system.clock), last, record_more,
                        server);
}

/* Sleep until the next tick; false when the server stops. */
static bool sleep_tick(davy_server *server)
{
    struct timespec until;
    bool stopping;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= DAVY_NS_PER_S) {
        until.tv_sec++;
        until.tv_nsec -= DAVY_NS_PER_S;
    }
    pthread_mutex_lock(&server->guard);
    while (!server->stopping &&
           pthread_cond_timedwait(&server->changed, &server->guard, &until) != ETIMEDOUT)
        continue;
    stopping = server->stopping;
    pthread_mutex_unlock(&server->guard);
    return !stopping;
}

static void *tick(void *context)
{
    davy_server *server = context;
    int64_t housework_ns = 0, heartbeat_ns = davy_monotonic_ns(davy_clock_system());

    while (sleep_tick(server)) {
        int64_t now_ns = davy_monotonic_ns(davy_clock_system());

        davy_watch_tick(server->watch);
        if (now_ns - heartbeat_ns >= server->heartbeat_ns) {
            heartbeat_ns = now_ns;
            davy_events_heartbeat(server->events, server->system.keys, server->sessions,
                                  davy_monotonic_ns(server->system.clock),
                                  davy_wall_ns(server->system.clock));
        }
        if (now_ns - housework_ns >= HOUSEWORK_NS) {
            housework_ns = now_ns;
            housework(server, false);
        }
    }
    return NULL;
}

static davy_status start_ticker(davy_server *server)
{
    int error = pthread_create(&server->ticker, NULL, tick, server);

    if (error != 0)
        return davy_fail(DAVY_ERR_NOMEM, "cannot start the server's clock: %s", strerror(error));
    server->ticking = true;
    return DAVY_OK;
}

/* -- Start and stop --------------------------------------------------------------------------- */

static davy_status start_parts(davy_server *server, const davy_server_options *options)
{
    davy_status status = davy_events_create(&server->events);

    if (status == DAVY_OK)
        status = davy_watch_create(&options->limits, &server->watch);
    if (status == DAVY_OK)
        status = davy_denials_create(&server->denials);
    if (status == DAVY_OK)
        status = davy_allowances_create(&server->allowances);
    if (status == DAVY_OK)
        status = davy_sessions_create(&server->sessions);
    if (status == DAVY_OK && options->audit_inference)
        status = davy_ledger_create(&server->ledger);
    if (status == DAVY_OK)
        status = davy_metrics_create(&server->metrics);
    if (status == DAVY_OK)
        status = davy_openapi_write(&server->openapi);
    if (status == DAVY_OK)
        status = davy_workers_start(DAVY_HTTP_READERS, DAVY_HTTP_QUEUE_MAX,
                                    &server->lanes[DAVY_LANE_READ]);
    if (status == DAVY_OK)
        status = davy_workers_start(DAVY_HTTP_WRITERS, DAVY_HTTP_QUEUE_MAX,
                                    &server->lanes[DAVY_LANE_WRITE]);
    if (status == DAVY_OK)
        status = davy_workers_start(DAVY_HTTP_INFERERS, DAVY_HTTP_INFER_QUEUE_MAX,
                                    &server->lanes[DAVY_LANE_INFER]);
    return status;
}

static davy_status start_traces(davy_server *server, const davy_tracer_options *traces)
{
    if (traces->url)
        return davy_tracer_create(traces, &server->tracer);
    return traces->sampler || traces->share
               ? davy_fail(DAVY_ERR_INVALID, "a sampler of traces needs --traces URL")
               : DAVY_OK;
}

static davy_status start_grpc(davy_server *server, const davy_server_options *options)
{
    const davy_grpc_parts parts = {
        .system = &server->system,
        .server = server,
        .tracer = server->tracer,
        .tls = server->tls != NULL,
        .insecure = options->insecure,
        .body_max = server->body_max,
        .bodies = &server->body_bytes,
        .bodies_max = DAVY_HTTP_BODIES_MAX,
    };

    return options->grpc ? davy_grpc_start(options->grpc, &parts, &server->grpc) : DAVY_OK;
}

static void init_guard(davy_server *server)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&server->guard, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

davy_status davy_server_start(const davy_server_options *options, const davy_server_system *system,
                              davy_server **out)
{
    davy_server *server = calloc(1, sizeof *server);
    davy_status status;

    if (!server)
        return davy_fail(DAVY_ERR_NOMEM, "the HTTP server");
    init_guard(server);
    server->system = *system;
    server->socket = -1;
    server->body_max = options->body_max > 0 ? options->body_max : DAVY_HTTP_TENSORS_MAX;
    server->heartbeat_ns =
        DAVY_NS_PER_MS *
        (options->limits.heartbeat_ms > 0 ? options->limits.heartbeat_ms : DAVY_HTTP_HEARTBEAT_MS);
    status = open_tls(server, &options->tls);
    if (status == DAVY_OK)
        status = davy_listener_open(options->listen, &server->socket, server->address);
    if (status == DAVY_OK)
        status = davy_listener_check_reach(server->socket, server->address,
                                           server->tls || options->insecure);
    if (status == DAVY_OK)
        status = open_oidc(server, &options->oidc);
    if (status == DAVY_OK)
        status = start_traces(server, &options->traces);
    if (status == DAVY_OK)
        status = start_parts(server, options);
    if (status == DAVY_OK)
        status = davy_http_start(server);
    if (status == DAVY_OK)
        status = start_grpc(server, options);
    if (status == DAVY_OK)
        status = start_ticker(server);
    if (status == DAVY_OK)
        *out = server;
    else
        davy_server_stop(server);
    return status;
}

/* Wait until every exchange is over, but not for ever: a slow reader must not hold the stop. */
static void drain(davy_server *server)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += DAVY_HTTP_STOP_MS / 1000;
    pthread_mutex_lock(&server->guard);
    while (server->active > 0 &&
           pthread_cond_timedwait(&server->changed, &server->guard, &until) != ETIMEDOUT)
        continue;
    pthread_mutex_unlock(&server->guard);
}

/* The order matters: MHD must find no suspended connection. Streams end first, then the workers
 * finish what they have and take nothing new, so that nothing is suspended again. MHD closes the
 * socket that it listened on. */
static void stop_daemon(davy_server *server)
{
    atomic_store(&server->closed, true);
    davy_events_stop(server->events);
    drain(server);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(server->lanes); i++)
        davy_workers_stop(server->lanes[i]);
    MHD_stop_daemon(server->daemon);
    server->socket = -1;
}

void davy_server_stop(davy_server *server)
{
    if (!server)
        return;
    pthread_mutex_lock(&server->guard);
    server->stopping = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->guard);
    if (server->ticking)
        pthread_join(server->ticker, NULL);
    davy_grpc_stop(server->grpc);
    if (atomic_load(&server->system.host))
        davy_host_stop_explaining(atomic_load(&server->system.host));
    if (server->daemon) {
        stop_daemon(server);
        housework(server, true);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(server->lanes); i++) {
        if (server->lanes[i])
            davy_workers_stop(server->lanes[i]);
        davy_workers_destroy(server->lanes[i]);
    }
    if (server->socket >= 0)
        close(server->socket);
    davy_buffer_clear(&server->openapi);
    davy_oidc_stop(server->oidc);
    davy_tls_destroy(server->tls);
    davy_tracer_destroy(server->tracer);
    davy_metrics_destroy(server->metrics);
    davy_denials_destroy(server->denials);
    davy_allowances_destroy(server->allowances);
    davy_sessions_destroy(server->sessions);
    davy_ledger_destroy(server->ledger);
    davy_watch_destroy(server->watch);
    davy_events_destroy(server->events);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->guard);
    free(server);
}

void davy_server_serve(davy_server *server, struct davy_host *host)
{
    atomic_store(&server->system.host, host);
}

const char *davy_server_address(const davy_server *server)
{
    return server->address;
}

const char *davy_server_grpc_address(const davy_server *server)
{
    return server->grpc ? davy_grpc_address(server->grpc) : NULL;
}

davy_status davy_server_reload_tls(davy_server *server)
{
    return server->tls ? davy_tls_reload(server->tls) : DAVY_OK;
}

bool davy_server_pin(davy_server *server, char pin[DAVY_TLS_PIN_MAX])
{
    if (server->tls)
        davy_tls_pin(server->tls, pin);
    return server->tls != NULL;
}

void davy_server_publish(davy_server *server, const char *event, const char *json)
{
    davy_events_publish(server->events, event, json);
}
