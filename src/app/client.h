/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <jansson.h>

/**
 * @file
 * A running daemon as the verbs of the command line ask it: HTTP with a key.
 *
 * Stage: app.
 */
typedef struct davy_client {
    const char *data;     /* folder whose daemon.json names the address, when url is NULL */
    const char *url;      /* "http://127.0.0.1:8080", or NULL */
    const char *key_file; /* file with the key; NULL: the environment's DAVY_KEY */
} davy_client;

/** The options as rows of a verb's table. */
#define DAVY_CLIENT_OPTIONS(client, print_json)                     \
    {"url", DAVY_OPTION_TEXT, &(client)->url, "URL",                \
     "the daemon's address; else that of the data folder"},         \
        {"data", DAVY_OPTION_TEXT, &(client)->data, "DIR",          \
         "folder of the daemon's data (davy-data)"},                \
        {"key-file", DAVY_OPTION_TEXT, &(client)->key_file, "FILE", \
         "file with the key; else DAVY_KEY of the environment"},    \
    {                                                               \
        "json", DAVY_OPTION_FLAG, print_json, NULL, "print JSON"    \
    }

/**
 * Ask, and read the JSON answer.
 *
 * @param body  object to send, or NULL; borrowed
 * @param out   the answer; the caller owns a reference
 * @return the daemon's own sentence when it refuses: DAVY_ERR_DENIED, DAVY_ERR_NOT_FOUND,
 *         DAVY_ERR_INVALID or DAVY_ERR_UNAVAILABLE
 */
DAVY_MUST_CHECK davy_status davy_client_call(const davy_client *client, const char *method,
                                             const char *path, const json_t *body, json_t **out);
