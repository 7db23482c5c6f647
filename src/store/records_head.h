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
 * its hash also stand in "FILE-head", written after each commit. It is not synced: after a power
 * cut it may lag behind the records and is never ahead of them. Who rewrites both files is found
 * only by somebody who kept a later hash elsewhere.
 *
 * A file that is ahead of its records when a writer opens them is moved to "FILE-head.broken" and
 * stays there as evidence until a person has looked and removes it.
 */
#define DAVY_RECORDS_HASH crypto_generichash_BYTES

typedef struct davy_records_head {
    uint64_t sequence; /* 0: nothing is known */
    uint8_t hash[DAVY_RECORDS_HASH];
} davy_records_head;

/** Open "FILE-head" to write it, made when it is missing; -1 when that is impossible (full disk).
 */
int davy_records_head_open(const char *file);

/** Failures are left alone, and -1 too: a head that lags behind accuses nobody. */
void davy_records_head_write(int descriptor, const davy_records_head *head);

/** What "FILE-head" says; sequence 0 where it is missing or says nothing that can be read. */
void davy_records_head_read(const char *file, davy_records_head *head);

/** Put an accusing head aside, unless an earlier one stands there. False: it is where it was. */
bool davy_records_head_accuse(const char *file);

/** Does a head stand aside as evidence, and what does it say? */
bool davy_records_head_accused(const char *file, davy_records_head *head);
