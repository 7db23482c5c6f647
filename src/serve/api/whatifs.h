/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * What-ifs as the routes see them: a proposed site file over stored history; src/app runs them.
 *
 * Stage: serve.
 */
typedef struct davy_whatif_order {
    const char *proposed;  /* text of the site file */
    const char *from, *to; /* as options of the command line take times; NULL: all that is stored */
    const char *label;     /* patterns over alarm keys whose answers are events; NULL: none */
    const char *events;    /* text of a CSV file of events; NULL: none */
    bool whole;            /* rehearse all of the site, for floods */
    const char *comment;   /* "" for none */
    const char *by;        /* name of the key */
} davy_whatif_order;

/** All for any thread. Objects are those of the API's schema Whatif; the caller gives them back. */
typedef struct davy_whatifs {
    void *context;
    /* It is kept before the answer. DAVY_ERR_UNAVAILABLE when too many wait. */
    davy_status (*start)(void *context, const davy_whatif_order *order, json_t **whatif);
    /* DAVY_ERR_NOT_FOUND without such a one; DAVY_ERR_EXISTS when it has ended. */
    davy_status (*cancel)(void *context, uint64_t id, json_t **whatif);
    /* With its answer once it is done, and with the proposed text once it has ended. */
    davy_status (*get)(void *context, uint64_t id, json_t **whatif);
    /* All, the newest first, without their logs, answers and texts. */
    davy_status (*list)(void *context, json_t **whatifs);
    /* Keep the answer as the reason of the change to come; DAVY_ERR_EXISTS when it is not done. */
    davy_status (*keep)(void *context, uint64_t id, const char *by, const char *reason,
                        json_t **whatif);
    /* The text of the site file in force. */
    davy_status (*site_file)(void *context, davy_buffer *out);
} davy_whatifs;
