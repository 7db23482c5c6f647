/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "history.h"

#include <string.h>

/**
 * @file
 * What those who live a history and those who look at it agree on.
 */
#define HISTORY_SIGNALS  5
#define HISTORY_PLACES   3000 /* different times of a signal */
#define HISTORY_SAMPLES  1500 /* most of one deed */
#define HISTORY_ATTEMPTS 3

typedef enum history_kind {
    HISTORY_SAMPLES_KEPT,
    HISTORY_RECORD,
    HISTORY_SEAL,
    HISTORY_ROLL_UP,
    HISTORY_AGAIN, /* close and open */
} history_kind;

typedef struct history_sample {
    uint32_t signal, place;
    double value;
    uint8_t quality;
} history_sample;

typedef struct history_deed {
    history_kind kind;
    uint32_t count;
    history_sample samples[HISTORY_SAMPLES];
} history_deed;

void history_make_deed(const history *of, uint32_t number, history_deed *deed);

/** Some days in a few thousand places. */
static inline int64_t history_time(uint32_t place)
{
    return 1767268800LL * DAVY_NS_PER_S + place * 61 * DAVY_NS_PER_S;
}

/** Of a signal; of the mark, which is after the last. */
static inline void history_path(uint32_t signal, char path[16])
{
    static const char digits[] = "0123456789";

    if (signal == HISTORY_SIGNALS) {
        memcpy(path, "mark", 5);
        return;
    }
    memcpy(path, "unit/?", 7);
    path[5] = digits[signal];
}
