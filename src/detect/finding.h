/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "site/condition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Findings: that a condition of the plant began or ended.
 *
 * Stage: detect. A finding says that the answer of a condition (site/condition.h) changed, after
 * deadband and delays. What a person does about it is the business of the stage alarm.
 */

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
    bool proof;       /* of a proof test: nothing of the plant */
    int64_t time_ns;  /* event time of the sample that decided */
    double value;     /* the signal's value or the score */
    double limit;     /* that it was held against */
    char text[160];   /* one sentence: "pressure 1213 kPa is above hihi 1200 kPa" */
    char model[128];  /* name and version "T-101-health@3"; "" else */
    char model_hash[65];
    double budget_per_day;  /* of a model: false alarms that its limit is for; 0 else */
    double promise_per_day; /* of a model: what its history vouches for; 0 else */
    int64_t window_from_ns, window_to_ns; /* stretch of data the verdict rests on; 0 when none */
    int64_t above_ns; /* of a model: the row whose score passed the limit first; 0 when none */
    size_t cause_count;
    davy_cause causes[DAVY_CAUSES_MAX];
} davy_finding;
