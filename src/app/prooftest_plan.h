/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "core/zone.h"
#include "site/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * Which conditions are to be proved again, and when: the site's tests beside what was proved last.
 *
 * Stage: app. The interval is the longest time between two proofs, so a test is due at the last
 * time of the day before it is over, and what a person has proved in between is not proved again
 * sooner. What was never proved is due at the first time of the day after it was planned, which is
 * kept in the records: a daemon that is always off at two in the morning does not forget it.
 *
 * It reads no clock. One thread at a time.
 */

/** A test that has not begun for so long after it was due is overdue. At a time of the day it may
 * begin for as long: one that was missed waits for the next day, and the alarm tells it. */
#define DAVY_PROOFTEST_LATE_NS ((int64_t) 3600 * 1000000000)

/** Zeroed with `latest` set is the valid start. */
typedef struct davy_prooftest_plan {
    const davy_site *site;
    const davy_timezone *zone; /* of its time; NULL: UTC */
    json_t *latest;            /* {condition: {"test", "time_ns", "item"}}, the last proof of each;
                                * {"planned_ns"} of one that was planned and is not proved yet */
    json_t *due;               /* {condition: nanoseconds} of those that the site wants proved */
    int64_t due_ns[DAVY_SITE_PROOFTESTS_MAX]; /* of each of its tests */
} davy_prooftest_plan;

/** Give its tables back. */
void davy_prooftest_plan_clear(davy_prooftest_plan *plan);

/**
 * Reckon what is due, after the site has changed or something was proved.
 *
 * @param now_ns  the moment at which what was not planned before is planned
 * @param fresh   keys of those, as an array, appended
 */
DAVY_MUST_CHECK davy_status davy_prooftest_plan_reckon(davy_prooftest_plan *plan, int64_t now_ns,
                                                       json_t *fresh);

/** A test of the site that is due and may begin now; DAVY_SITE_NONE when there is none. */
size_t davy_prooftest_plan_next(const davy_prooftest_plan *plan, int64_t now_ns);

/** Keep the last proof of a condition; takes nothing. */
void davy_prooftest_plan_proved(davy_prooftest_plan *plan, uint64_t test, int64_t time_ns,
                                json_t *item);

/** What failed when it was proved last, or is overdue, in a sentence. @return false: nothing */
bool davy_prooftest_plan_complains(const davy_prooftest_plan *plan, int64_t now_ns, char *text,
                                   size_t capacity);

/**
 * Conditions of the site with their last proofs, those that were proved or are planned first: the
 * schema ProofCondition.
 *
 * @param most      of them
 * @param left_out  how many more there are
 */
DAVY_MUST_CHECK davy_status davy_prooftest_plan_json(const davy_prooftest_plan *plan,
                                                     int64_t now_ns, size_t most, json_t **out,
                                                     size_t *left_out);
