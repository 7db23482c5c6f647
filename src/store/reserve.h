/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * The reserve: a file that holds room on the disk until records of alarms need it.
 *
 * Stage: store. The floor of room.h keeps samples from taking the last room; other programs do not
 * know it and may fill the disk to its last byte. Then the reserve gives its room back, a step at a
 * time, to whom must go on writing, and takes it again when there is room for everybody. Any
 * thread may call.
 */
typedef struct davy_reserve davy_reserve;

/** What it holds of a large disk: a thousand records take less than 1 MiB. */
#define DAVY_RESERVE_MOST ((uint64_t) 16 * 1024 * 1024)

/** What it gives at a time: some pages, since another program may take what is left of a step. */
#define DAVY_RESERVE_STEP ((uint64_t) 32 * 1024)

/**
 * Open or create. What is there is held even when the disk is full; davy_reserve_fill() takes the
 * rest.
 *
 * @param wish_bytes  what it shall hold
 */
DAVY_MUST_CHECK davy_status davy_reserve_open(const char *file, uint64_t wish_bytes,
                                              davy_reserve **out);

/** The room stays held. NULL is fine. */
void davy_reserve_close(davy_reserve *reserve);

/** Give a step back; false when nothing is left to give. NULL has nothing. */
bool davy_reserve_give(davy_reserve *reserve);

/**
 * Hold all of it again.
 *
 * @param room_bytes  that others can spare; without enough nothing is done
 */
DAVY_MUST_CHECK davy_status davy_reserve_fill(davy_reserve *reserve, uint64_t room_bytes);

/** False while some of it is given; NULL is whole. */
bool davy_reserve_is_whole(davy_reserve *reserve);

/** What it holds; 0 for NULL. */
uint64_t davy_reserve_bytes(davy_reserve *reserve);
