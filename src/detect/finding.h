/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "site/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Conditions and findings: what is watched, and that it began or ended.
 *
 * Stage: detect. A condition is one question about the plant with a name that survives restarts and
 * reloads ("T-101/pressure:hihi"). A finding says that its answer changed, after deadband and
 * delays. What a person does about it is the business of the stage alarm.
 */

/** Bytes of a condition's key with its zero. */
#define DAVY_CONDITION_KEY_MAX (DAVY_PATH_MAX + 32)

typedef enum davy_condition_kind {
    DAVY_CONDITION_LOLO,
    DAVY_CONDITION_LO,
    DAVY_CONDITION_HI,
    DAVY_CONDITION_HIHI,
    DAVY_CONDITION_RATE,     /* changes faster than its rate limit */
    DAVY_CONDITION_STUCK,    /* has not changed at all for too long */
    DAVY_CONDITION_SHIFT,    /* EWMA or CUSUM: its mean has moved */
    DAVY_CONDITION_NOVEL,    /* does what it has hardly ever done */
    DAVY_CONDITION_QUALITY,  /* the source says that its value is bad */
    DAVY_CONDITION_DEADLINE, /* no good sample within its deadline */
    DAVY_CONDITION_MODEL,    /* a model's score is above its limit */
    DAVY_CONDITION_VERDICT,  /* a model gives no verdict, with the reason */
    DAVY_CONDITION_SOURCE,   /* a source has lost its peer */
    DAVY_CONDITION_STORE,    /* of the daemon itself: samples are not kept */
    DAVY_CONDITION_RECORDS,  /* of the daemon itself: alarms are announced and not recorded */
    DAVY_CONDITION_DAMAGE,   /* of the daemon itself: a part of what was kept is damaged */
    DAVY_CONDITION_RECEIVERS /* of the daemon itself: who is to be told of alarms is not */
} davy_condition_kind;

/** "hihi", "rate", "silence", ...: the part of a key after the colon. */
const char *davy_condition_kind_name(davy_condition_kind kind);

typedef struct davy_condition {
    const char *key; /* "T-101/pressure:hihi", "detector T-101-health:model",
                      * "source plc-1:source" */
    davy_condition_kind kind;
    davy_priority priority;
    size_t signal;   /* index in the site, or DAVY_SITE_NONE */
    size_t detector; /* index in the site, or DAVY_SITE_NONE */
    size_t source;   /* index in the site, or DAVY_SITE_NONE */
    size_t asset;    /* index in the site, or DAVY_SITE_NONE (a detector over several assets) */
    size_t position; /* index in the site: who looks after it */
    double limit;    /* in the unit of the signal; 1 for a model; NaN where there is none */
} davy_condition;

/** Most causes a finding names; the largest come first. */
#define DAVY_CAUSES_MAX 8

typedef struct davy_cause {
    size_t signal;       /* index in the site */
    double contribution; /* share of the score, in units of the limit */
    double value;        /* newest, in the unit of the signal */
    double expected;     /* by the model; NaN when it has no opinion */
} davy_cause;

typedef struct davy_finding {
    size_t condition; /* index into the engine's conditions */
    bool active;      /* began (true) or ended (false) */
    int64_t time_ns;  /* event time of the sample that decided */
    double value;     /* the signal's value or the score */
    double limit;     /* that it was held against */
    char text[160];   /* one sentence: "pressure 1213 kPa is above hihi 1200 kPa" */
    char model[128];  /* name and version "T-101-health@3"; "" else */
    char model_hash[65];
    int64_t window_from_ns, window_to_ns; /* stretch of data the verdict rests on; 0 when none */
    size_t cause_count;
    davy_cause causes[DAVY_CAUSES_MAX];
} davy_finding;
