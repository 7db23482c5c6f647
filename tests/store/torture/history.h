/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/records.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * A history that a store lives through, and what must be true of it afterwards.
 *
 * A history is a row of deeds, numbered from 1: samples in order, late or corrected, with signals
 * that are new now and then; records; sealings; closing and opening. All about a deed follows from
 * the seed and its number, so whoever knows both, and what was answered, knows what must be there,
 * in another process too. Every deed that keeps samples also keeps one of the signal "mark" at a
 * time that is the deed's number: what a store holds of "mark" tells which deeds it kept, and all
 * other samples must be what these deeds, in their order, make of them, to the bit.
 */
#define HISTORY_DEEDS_MAX 4096

/** What a deed's doer was told. */
typedef enum history_answer {
    HISTORY_NOT_SENT,
    HISTORY_KEPT,    /* acknowledged: it must be there */
    HISTORY_REFUSED, /* it must not be there */
    HISTORY_UNKNOWN, /* a disk that failed, or nobody lived to be told: there whole or not at all */
} history_answer;

typedef struct history {
    char folder[128]; /* of the store, with the records in it */
    uint64_t seed;
    uint32_t deeds;
    /* The disk or the memory never came back: there may be no note of where the records end, and a
     * file of rollups that was only begun. Neither keeps anything that is not kept elsewhere. */
    bool failed_for_good;
    uint8_t answers[HISTORY_DEEDS_MAX + 1]; /* history_answer, by deed */
    /* After the disk failed something was acknowledged before the store was opened again. */
    bool answered_after_failure;
    void (*told)(void *context, uint32_t deed, history_answer answer); /* optional */
    void *context;
} history;

/** A store that is open, and where its history stands. */
typedef struct history_life {
    history *of;
    davy_store *store;
    davy_records *records;
} history_life;

/** Open store and records. */
DAVY_MUST_CHECK davy_status history_open(history_life *life);

/** NULL members are fine. */
void history_close(history_life *life);

/** Do one deed, note its answer; the status is the store's. */
davy_status history_do(history_life *life, uint32_t deed);

/** Live through deeds first to last, opening again after failures, some times; what fails for ever
 * ends it early. */
void history_live(history *of, uint32_t first, uint32_t last);

/**
 * Look at what a store holds, and let it go on for one more deed after that.
 *
 * @param why  [256] what is wrong, when something is
 * @return true when all is as it must be
 */
bool history_holds(history *of, char why[256]);
