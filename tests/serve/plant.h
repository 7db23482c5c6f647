/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "serve/server.h"

#include <stdbool.h>

#include <jansson.h>

/**
 * @file
 * A plant for the tests of the stage serve: a site with real store, records, detection, alarms and
 * keys in a temporary folder, and a real server on a free port of the loopback. And clients: one
 * that speaks HTTP as programs do (libcurl), and a bare socket for those that do not.
 */

/** Have the next plant serve the models of oip_models.h. */
void plant_serve_models(void);
/** Have another server on the plant's parts serve them too. */
void plant_serve_on(davy_server *server);
/** Start. `limits` NULL: the server's own deadlines. */
void plant_start(const davy_watch_limits *limits);
/** Stop, and remove the folder. */
void plant_stop(void);

extern davy_server *plant_server;
extern davy_server_system plant_system;

/** Keys by role; plant_key(DAVY_ROLE_NONE) is NULL. */
const char *plant_key(davy_role role);

/** Make the store fail or be full for the following deliveries; DAVY_OK: real again. */
void plant_fail_deliveries(davy_status status);
/** Why the plant is not ready, or NULL. */
void plant_set_unready(const char *reason);

/** Wall time now. */
int64_t plant_now(void);

typedef struct reply {
    long code; /* 0: no answer */
    char *body;
    size_t length;
    char *headers; /* all, as they came */
    json_t *json;  /* of the body; NULL when it is not JSON */
} reply;

typedef struct request {
    const char *method; /* NULL: GET, or POST with a body */
    const char *path;   /* sent as it is */
    const char *key;    /* NULL: none */
    const void *body;
    size_t length;       /* 0 with a body: its text */
    const char *headers; /* more header lines, separated by '\n'; NULL */
    const char *from;    /* own address, "127.0.0.9"; NULL */
    bool chunked;        /* send the body in chunks */
} request;

reply ask(const request *request);
/** GET as a viewer. */
reply get(const char *path);
/** GET of /api/v1/samples with this query. */
reply ask_samples(const char *query);
/** A JSON body as this role. */
reply post(const char *path, davy_role role, const char *json);
void reply_clear(reply *reply);

/** The value of a header, or NULL; valid until the next call. */
const char *reply_header(const reply *reply, const char *name);

/** Fails the test, with the body, when the code is another. */
#define assert_code(reply, expected)                                                         \
    do {                                                                                     \
        if ((reply).code != (expected))                                                      \
            fail_msg("%ld instead of %d: %s", (reply).code, (int) (expected), (reply).body); \
    } while (0)

/** A connection to the server from an address of the loopback, NULL for 127.0.0.1. */
int connect_raw(const char *from);
/** Send all; false when the peer closed. */
bool send_raw(int socket, const char *text);
/** Read until the peer closes, `until` is seen, or 20 s are over. The caller frees. */
char *read_raw(int socket, const char *until);
