/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The sample: one value of one signal at one time, with its quality.
 *
 * Stage: core. Every stage speaks of samples in this form. Times are integer nanoseconds UTC since
 * 1970-01-01, which reach the year 2262.
 */

/** Identity of a signal: a small dense integer that the store gives to a path and never reuses. */
typedef uint32_t davy_signal_id;

/** No signal has this id. */
#define DAVY_SIGNAL_NONE UINT32_MAX

/** Bytes of a signal's path `asset/signal` with its final zero; longer names are refused. */
#define DAVY_PATH_MAX 128

/** Trust in a sample, in the words of OPC UA. */
typedef enum davy_quality {
    DAVY_QUALITY_GOOD = 0,
    DAVY_QUALITY_UNCERTAIN = 1,
    DAVY_QUALITY_BAD = 2 /* the value must not be used; NaN when none came */
} davy_quality;

/** One sample; 24 bytes, passed and kept by value. */
typedef struct davy_sample {
    int64_t time_ns;       /* UTC since 1970 */
    double value;          /* in the unit of the signal */
    davy_signal_id signal; /* given by davy_store_signal() */
    uint32_t quality;      /* a davy_quality */
} davy_sample;

#define DAVY_NS_PER_US 1000LL
#define DAVY_NS_PER_MS 1000000LL
#define DAVY_NS_PER_S  1000000000LL

/** "good", "uncertain" or "bad". */
static inline const char *davy_quality_name(uint32_t quality)
{
    return quality == DAVY_QUALITY_GOOD        ? "good"
           : quality == DAVY_QUALITY_UNCERTAIN ? "uncertain"
                                               : "bad";
}
