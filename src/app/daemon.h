/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"
#include "core/status.h"
#include "serve/access/oidc.h"
#include "serve/access/tls.h"
#include "serve/trace/tracer.h"

/**
 * @file
 * The daemon: joins the stages on one site file, from the wire to the screen.
 *
 * Stage: app. Start order is the street backwards (who is fed starts before who feeds), stop order
 * is the street forwards, so that nothing is delivered to a part that is gone.
 */
typedef struct davy_daemon davy_daemon;

typedef struct davy_daemon_options {
    const char *site;           /* path of the site file */
    const char *data;           /* folder; made when missing */
    const char *listen;         /* "127.0.0.1:8080" */
    const char *grpc;           /* the same for gRPC; NULL: none */
    const char *registry;       /* folder of models */
    const char *repository;     /* folder of models that are served to others; NULL: the registry */
    bool explicit_models;       /* serve what is asked for by load requests, not what appears */
    size_t body_max;            /* bytes of a request's tensors; 0: the server's own limit */
    davy_option_list known;     /* CSV files of molecules that were measured */
    davy_tls_files tls;         /* certificate and key of HTTPS; NULL members for plain HTTP */
    davy_oidc_options oidc;     /* issuer whose tokens are taken; NULL members for none */
    davy_tracer_options traces; /* collector of traces; NULL members for none */
    bool audit_inference;       /* a record of every question to a model */
    uint64_t floor_bytes;       /* room on the disk that is for alarms; 0: a share of it */
    bool insecure;              /* plain HTTP beyond the loopback is wanted */
    const char *key_file;       /* first-run admin key goes here (mode 0600); NULL: it is printed */
} davy_daemon_options;

/** Bring everything up. Faults of the site file are printed to standard error. */
DAVY_MUST_CHECK davy_status davy_daemon_start(const davy_daemon_options *options,
                                              davy_daemon **out);

/** Where it answers: "https://127.0.0.1:8080". Until the next call. */
const char *davy_daemon_url(davy_daemon *daemon);

/** The address it answers on. */
const char *davy_daemon_address(const davy_daemon *daemon);

/** The address it answers gRPC on; NULL when it was not asked to. */
const char *davy_daemon_grpc(const davy_daemon *daemon);

/** Read the site file and the certificate again; on a fault of either the old one goes on, and the
 * faults are printed. */
DAVY_MUST_CHECK davy_status davy_daemon_reload(davy_daemon *daemon);

/** Bring everything down in order. NULL is fine. */
void davy_daemon_stop(davy_daemon *daemon);

/** Wait for signals: SIGHUP reloads, SIGINT and SIGTERM end the wait. Call before any thread runs
 * with block_signals, so that no other thread takes them. */
void davy_daemon_block_signals(void);
void davy_daemon_wait(davy_daemon *daemon);
