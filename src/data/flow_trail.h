/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What was met lately of each host, service or source, for flows.c.
 *
 * Stage: data. A trail is a queue of the rows with one key. Its sums and counts change with each
 * row that comes and each that leaves, so a row costs the same however many are remembered.
 */

/** One row: what it is, as numbers of words. */
typedef struct davy_flow {
    int64_t time_ns;
    uint32_t other; /* the service of a host, the host of a service or source */
    uint32_t port;
    float bytes;
    bool serror, rerror;
} davy_flow;

/** The rows of one key. */
typedef struct davy_flow_trail {
    davy_flow *rows; /* [capacity] a ring */
    size_t capacity, first, count;
    size_t serrors, rerrors;
    size_t others; /* different ones */
    double bytes;
} davy_flow_trail;

/** How often two numbers stand together. Zeroed is empty. */
typedef struct davy_flow_pairs {
    uint64_t *keys; /* [capacity] 0: free */
    uint32_t *counts;
    size_t capacity, used;
} davy_flow_pairs;

/** The trails of all keys. Zeroed but for its limits is empty. */
typedef struct davy_flow_side {
    int64_t span_ns;         /* rows older than that are forgotten; INT64_MAX: none are */
    size_t rows;             /* rows of a key beyond so many are forgotten; SIZE_MAX: none are */
    davy_flow_trail *trails; /* [count] */
    size_t count;
    davy_flow_pairs others, ports;
} davy_flow_side;

/** What a row sees of its key, itself included. */
typedef struct davy_flow_sight {
    size_t count, serrors, rerrors, others; /* others: different ones */
    size_t same, same_port;                 /* rows with the same other, and with the same port */
    double bytes;
} davy_flow_sight;

/** Take a row in. Rows come in the order of time. */
DAVY_MUST_CHECK davy_status davy_flow_side_add(davy_flow_side *side, uint32_t key,
                                               const davy_flow *row, davy_flow_sight *sight);
void davy_flow_side_clear(davy_flow_side *side);
