/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Records: how long ago were numbers as large as this one seen?
 *
 * Stage: detect. The answer goes back to the DAVY_RECORD_TIMES-th last number that was as large,
 * so that one mad sample does not make everything after it usual. A number that so many newer ones
 * have reached is nobody's answer and is dropped, so that of n numbers in any order without a
 * pattern about 2 ln n are kept, in constant memory: when it is full the smallest is dropped, and
 * numbers smaller than all that are kept seem older than they are.
 */
#define DAVY_RECORD_TIMES 2
#define DAVY_RECORDS_MAX  32

typedef struct davy_record {
    double number;
    uint64_t time : 62;  /* samples before it, of the series */
    uint64_t beaten : 2; /* newer numbers that reached it */
} davy_record;

/** Zeroed is the valid start. */
typedef struct davy_records {
    davy_record kept[DAVY_RECORDS_MAX]; /* oldest first */
    size_t count;
} davy_records;

/**
 * Samples since a number as large as x was last seen for the second last time.
 *
 * @param time  of x, in samples of the series, later than all that were added
 * @return UINT64_MAX when there have not been two
 */
uint64_t davy_records_age(const davy_records *records, double x, uint64_t time);

/** Keep x; the time as above. */
void davy_records_add(davy_records *records, double x, uint64_t time);
