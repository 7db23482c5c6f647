/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "site/retention.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What a data folder holds, by a look at its files: bytes by kind, day files by class, what is set
 * aside.
 *
 * Stage: store. It is read beside whoever writes the store, so a file that comes or goes meanwhile
 * may be on it or not. Bytes are those on the disk. Samples that are not sealed yet are in the log
 * and in no count.
 */

/** Whose day file it is in the place of a class: it sums the others up. */
#define DAVY_HOLDING_ROLLUPS "rollups"

/** A day file of samples or of rollups. */
typedef struct davy_holding_file {
    int32_t day;                               /* from 1970-01-01, UTC */
    char class_name[DAVY_SITE_CLASS_NAME_MAX]; /* "default" for that of the rest */
    uint64_t bytes;                            /* with what SQLite keeps beside it */
    bool asked;                                /* how many samples it has */
    uint64_t samples;                          /* 0 of rollups and of a file that does not say */
    uint64_t stamp;                            /* changes when the file does */
} davy_holding_file;

/** A day file that is missed, until a person removes what stands in its place. */
typedef struct davy_holding_missed {
    char file[80];     /* name below the data folder */
    char day_file[64]; /* name of what is missed, below the same */
    int64_t since_ns;  /* when it was set aside */
    uint64_t bytes;    /* 0: it is gone whole */
} davy_holding_missed;

typedef enum davy_holding_kind {
    DAVY_HOLDING_LOG,     /* hot log: samples that are not sealed yet */
    DAVY_HOLDING_SAMPLES, /* day files */
    DAVY_HOLDING_SUMS,    /* rollups of the days */
    DAVY_HOLDING_RECORDS, /* alarms, actions, audit, and what waits for receivers */
    DAVY_HOLDING_NAMES,   /* of the signals */
    DAVY_HOLDING_RESERVE, /* room held for records */
    DAVY_HOLDING_ASIDE,   /* damaged files that were set aside */
    DAVY_HOLDING_OTHER,   /* models, jobs, uploads, keys */
    DAVY_HOLDING_KINDS
} davy_holding_kind;

typedef struct davy_holding {
    uint64_t bytes[DAVY_HOLDING_KINDS];
    davy_holding_file *files; /* by day and name of the class */
    size_t count;
    davy_holding_missed *missed; /* by name */
    size_t missed_count;
} davy_holding;

/** "log", "samples", ... */
const char *davy_holding_kind_name(davy_holding_kind kind);

/** Ask every day file. */
#define DAVY_HOLDING_ASK_ALL SIZE_MAX

/** Day files that a daemon asks at a look: a tenth of a second on a quiet disk. */
#define DAVY_HOLDING_ASK_SOME ((size_t) 256)

/**
 * Look into a data folder.
 *
 * @param before  an earlier look into the same folder, or NULL: what has not changed is as it was
 * @param asks    most day files that are opened to ask how many samples they have; the newest first
 * @return DAVY_ERR_NOT_FOUND when there is no store
 */
DAVY_MUST_CHECK davy_status davy_holding_read(const char *folder, const davy_holding *before,
                                              size_t asks, davy_holding *out);

void davy_holding_clear(davy_holding *holding);

struct davy_store;

/** Look into the folder of a store and show what was found, which is borrowed for the call. Some
 * day files are asked at each look, and those again that have changed since. */
DAVY_MUST_CHECK davy_status davy_store_visit_holding(
    struct davy_store *store, davy_status (*visit)(void *context, const davy_holding *holding),
    void *context);
