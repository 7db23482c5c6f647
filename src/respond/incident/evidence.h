/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"
#include "models/registry/author.h"
#include "store/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Evidence: one file with all that is on record of an incident, signed, that can be replayed
 * without the plant.
 *
 * Stage: respond. A JSON object in four lines, of which the last is signed as it stands:
 *
 *     {"davy_evidence":1,
 *     "author":"PUBLIC KEY, 64 hexadecimal digits",
 *     "signature":"Ed25519 over the payload's bytes, 128 hexadecimal digits",
 *     "payload":{...}}
 *
 *     payload: {"davy", "made", "by", "site", "chain": last sequence at the making,
 *               "records": [{"sequence", "time_ns", "kind", "subject", "body": as it was kept,
 *                            "hash": BLAKE2b-256 of subject, a zero and body}],
 *               "sites": {HASH: text of a site file that an impact was computed from},
 *               "incident": as davy_incident_json_write(), "response": response.h}
 *
 * Records are those of the incident, of its alarms, and of its scenario, from an hour before it was
 * opened until it was closed, or now: what davy knew, and when. The key is that which signs models
 * (models/registry/author.h). A signature says who made the file, not that the author is honest:
 * compare the key with the one you know, and the records with the plant's own chain.
 *
 * Bad at: values of sensors, which are in the store.
 */

/** Before the opening. */
#define DAVY_EVIDENCE_BEFORE_NS (3600LL * DAVY_NS_PER_S)
/** Most records, and most bytes of a file: of impacts that were computed anew for a day. */
#define DAVY_EVIDENCE_RECORDS_MAX ((size_t) 100000)
#define DAVY_EVIDENCE_BYTES_MAX   ((size_t) 1024 * 1024 * 1024)

typedef struct davy_evidence_order {
    davy_records *records;
    const char *data; /* folder whose settings/HASH has the site files; NULL: none are there */
    const char *site; /* name, for people */
    const char *by;
    uint64_t incident;
    int64_t now_ns;
    const davy_author *author;
} davy_evidence_order;

/** DAVY_ERR_NOT_FOUND when there is no such incident; DAVY_ERR_FULL beyond the limits. */
DAVY_MUST_CHECK davy_status davy_evidence_write(const davy_evidence_order *order, davy_buffer *out);

/** What a check has found; `problem` says in words what does not fit. */
typedef struct davy_evidence_found {
    char author[DAVY_AUTHOR_MAX];
    char incident[128]; /* its name */
    bool drill;
    size_t records, events;
    size_t impacts; /* computed again to the same bits */
    size_t given;   /* impacts that somebody sent: nobody can compute them again */
    size_t missing; /* impacts whose site file is not in the evidence */
    uint64_t chain;
} davy_evidence_found;

/**
 * Check the signature, every record's hash, that the incident is the fold of its events, and that
 * every impact that davy computed comes out to the same bits.
 *
 * @param bytes  of the file, a stranger's; with a zero behind them
 * @return DAVY_ERR_CORRUPT, naming the first thing that does not fit; `found` is filled in as far
 *         as it went
 */
DAVY_MUST_CHECK davy_status davy_evidence_check(const char *bytes, size_t length,
                                                davy_evidence_found *found);
