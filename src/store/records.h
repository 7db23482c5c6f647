/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/reserve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Records: what must never be lost or changed. Alarm transitions, operator actions, audit.
 *
 * Stage: store. One SQLite file (WAL, synchronous=FULL) with an append-only table. Every record
 * carries the BLAKE2b hash of itself and of the record before it, so a changed or missing record is
 * found. An append returns after the sync; a batch shares one.
 *
 * All functions may be called from any thread.
 */
typedef struct davy_records davy_records;

typedef enum davy_record_kind {
    DAVY_RECORD_ALARM = 1,    /* a transition of an alarm */
    DAVY_RECORD_AUDIT = 2,    /* an action of a person or key, a start, a reload */
    DAVY_RECORD_FINDING = 3,  /* a verdict worth keeping that is no alarm */
    DAVY_RECORD_PROOF = 4,    /* a proof test: its results, and the transitions of its alarms */
    DAVY_RECORD_INCIDENT = 5, /* an event of an incident */
    DAVY_RECORD_IMPACT =
        6 /* a scenario that began or ended, and what its impact was computed from */
} davy_record_kind;

typedef struct davy_record {
    uint64_t sequence; /* given by append, from 1 */
    int64_t time_ns;
    davy_record_kind kind;
    const char *subject; /* what it is about: an alarm key, a key name */
    const char *body;    /* JSON object */
} davy_record;

DAVY_MUST_CHECK davy_status davy_records_open(const char *file, davy_records **out);
/** Beside a process that writes. */
DAVY_MUST_CHECK davy_status davy_records_open_read_only(const char *file, davy_records **out);
/** Take room from here when the disk is full; borrowed until the records are closed. */
void davy_records_use_reserve(davy_records *records, davy_reserve *reserve);

/** NULL is fine. */
void davy_records_close(davy_records *records);

/** Keep records in order, all or none; their `sequence` is set. Returns after the sync. */
DAVY_MUST_CHECK davy_status davy_records_append(davy_records *records, davy_record *items,
                                                size_t count);

typedef davy_status (*davy_records_visit)(void *context, const davy_record *record);

/**
 * Visit records in order of sequence.
 *
 * @param kind      0 for all
 * @param subject   NULL for all
 * @param after     sequence greater than this
 * @param limit     at most so many; 0 for all
 */
DAVY_MUST_CHECK davy_status davy_records_scan(davy_records *records, davy_record_kind kind,
                                              const char *subject, uint64_t after, size_t limit,
                                              davy_records_visit visit, void *context);

/** Sequence of the last record; 0 when there is none. */
DAVY_MUST_CHECK davy_status davy_records_last(davy_records *records, uint64_t *sequence);

/**
 * Were records missing at the end when a writer opened them, now or earlier? What was found stands
 * in "FILE-head.broken" until a person has looked into it and removes that file.
 */
bool davy_records_are_cut(const davy_records *records);

/**
 * Check the chain and where it ends; DAVY_ERR_CORRUPT names the first record that does not fit, or
 * the last ones that are gone.
 */
DAVY_MUST_CHECK davy_status davy_records_verify(davy_records *records, uint64_t *checked);
