/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Where the chain of records ended, kept in a small file beside the database.
 *
 * Stage: store, inside. A chain shows what was changed or taken out of its middle; records that are
 * cut off its end leave a shorter chain that is as good as the long one. So the last sequence and
 * its hash also stand in "FILE-head", written after each commit. It is synced when it is made and
 * not at each commit: after a power cut it may lag behind the records, is never ahead of them, and
 * is there. Records without a head that can be read therefore accuse somebody too. Who rewrites
 * both files is found only by somebody who kept a later hash elsewhere.
 *
 * A head that is ahead of the records, missing or unreadable when a writer opens them is put aside
 * as "FILE-head.broken", which is empty for one that was missing, and stays there as evidence until
 * a person has looked and removes it.
 */
#define DAVY_RECORDS_HASH crypto_generichash_BYTES

typedef struct davy_records_head {
    uint64_t sequence; /* 0: there was no record yet, or the head cannot be read */
    uint8_t hash[DAVY_RECORDS_HASH];
} davy_records_head;

/**
 * Open "FILE-head" to write it; one that is made says `end` and is synced. -1 when that is
 * impossible (full disk): try again before the next commit.
 */
int davy_records_head_open(const char *file, const davy_records_head *end);

/** Failures are left alone, and -1 too: a head that lags behind accuses nobody. */
void davy_records_head_write(int descriptor, const davy_records_head *head);

/**
 * What "FILE-head" says. DAVY_ERR_NOT_FOUND: it is missing; DAVY_ERR_CORRUPT: it says nothing that
 * can be read; both accuse. Any other failure is the disk's and accuses nobody.
 */
DAVY_MUST_CHECK davy_status davy_records_head_read(const char *file, davy_records_head *head);

/** Put an accusing head aside, or an empty file for a missing one, unless an earlier one stands
 * there. False: the disk does not let us. */
bool davy_records_head_accuse(const char *file);

/** Does a head stand aside as evidence, and what does it say? Sequence 0: nothing that can be read.
 */
bool davy_records_head_accused(const char *file, davy_records_head *head);
