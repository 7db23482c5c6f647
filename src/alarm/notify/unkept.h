/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/notice.h"

/**
 * @file
 * Messages of one receiver that are in memory alone, because the disk takes none.
 *
 * Stage: alarm, inside. A ring: when it is full the oldest goes, and is counted. The caller locks.
 */

/** Messages that are held. */
#define DAVY_UNKEPT_MAX ((size_t) 1024)

typedef struct davy_unkept_message {
    char id[DAVY_NOTICE_ID_MAX];
    char *body; /* owned */
    unsigned refusals;
} davy_unkept_message;

/** Zeroed is valid and empty. */
typedef struct davy_unkept {
    davy_unkept_message messages[DAVY_UNKEPT_MAX];
    size_t first, count;
    uint64_t lost;
} davy_unkept;

void davy_unkept_add(davy_unkept *unkept, const char *id, const char *body);

/** Take the oldest, with its text. False when there is none. */
bool davy_unkept_take(davy_unkept *unkept, davy_unkept_message *out);

/** Put back what was taken last, as the oldest; lost when the ring has been filled meanwhile. */
void davy_unkept_return(davy_unkept *unkept, davy_unkept_message *message);

void davy_unkept_clear(davy_unkept *unkept);
