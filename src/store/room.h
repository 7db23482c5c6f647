/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Room on the disk: below a floor samples are refused, so that what is left is for the records.
 *
 * Stage: store. A disk that fills up to its last byte takes the alarms with it. Samples are many
 * and can be sent again; they are refused first, while some room is left. The floor is a share of
 * the disk unless the owner says how much.
 */
typedef struct davy_room {
    char folder[PATH_MAX];
    uint64_t wish; /* bytes, 0: the share below */
} davy_room;

/* A thirty-second of the disk; of a large one no more than a plant's alarms of months need, of a
 * small one enough for the log's own files. */
#define DAVY_ROOM_SHARE       32
#define DAVY_ROOM_FLOOR_LEAST ((uint64_t) 1024 * 1024)
#define DAVY_ROOM_FLOOR_MOST  ((uint64_t) 256 * 1024 * 1024)

/** @param floor_bytes  0: a share of the disk */
void davy_room_init(davy_room *room, const char *folder, uint64_t floor_bytes);

typedef struct davy_room_state {
    uint64_t free_bytes;  /* that this user may write */
    uint64_t floor_bytes; /* below it samples are refused */
} davy_room_state;

/** What the disk says now. A disk that says nothing has room: a write will tell. */
davy_room_state davy_room_look(const davy_room *room);

/** DAVY_ERR_FULL while samples must be refused. */
DAVY_MUST_CHECK davy_status davy_room_check(const davy_room *room);
