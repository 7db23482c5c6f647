/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What the head of a chunk says beside its key, as bytes: the column `head` of day files from
 * format 4 on. Private to head_row.c.
 *
 * Stage: store. A column of SQLite costs a byte beside its content and a time of the day six, so a
 * head of 23 columns took a fifth of a chunk of 480 points. Here its numbers are told by each
 * other, and its times in their own tick.
 */

/** Most bytes of a packed head: every number as long as it can be. */
#define DAVY_HEAD_PACKED_MAX ((size_t) 160)

/** @param head  with its moves known; @return bytes written */
size_t davy_head_pack(const davy_chunk_head *head, uint8_t bytes[DAVY_HEAD_PACKED_MAX]);

/** Add what the bytes say to a head with signal, sequence, first_ns, last_ns, count, times and
 * data. False when they are not a head; whether they are the right one its checksum tells. */
bool davy_head_unpack(const uint8_t *bytes, size_t length, davy_chunk_head *head);
