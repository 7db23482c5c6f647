/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * When one side of a what-if rang, and for which operator position.
 *
 * Stage: alarm, inside. Signals that have nothing to do with each other are rehearsed one after the
 * other, so alarms come in any order of time; they are kept, 8 bytes each, and put in order at the
 * end. Past DAVY_WHATIF_RINGS_MAX nothing is kept: a person learns nothing from such days.
 */
#define DAVY_WHATIF_RINGS_MAX ((size_t) 8 * 1024 * 1024)

typedef struct davy_whatif_ring {
    uint32_t second; /* since begin_s */
    uint32_t position;
} davy_whatif_ring;

/** Zeroed, with begin_s set, is a valid start. */
typedef struct davy_whatif_rings {
    int64_t begin_s; /* second of Unix time */
    davy_whatif_ring *items;
    size_t count, capacity;
    bool lost; /* some are not there: too many, or no memory */
} davy_whatif_rings;

void davy_whatif_rings_add(davy_whatif_rings *rings, int64_t time_ns, size_t position);

/** By position, and by time within it. */
void davy_whatif_rings_sort(davy_whatif_rings *rings);

void davy_whatif_rings_clear(davy_whatif_rings *rings);

/** Floods of a position, as alarm/flood/ten_minutes.h has them. */
typedef struct davy_whatif_flood {
    uint64_t count;
    int64_t seconds; /* in flood; one that is on at the end lasts until then */
    uint32_t peak;   /* most alarms in ten minutes, also without a flood */
} davy_whatif_flood;

/** @param rings  sorted */
davy_whatif_flood davy_whatif_rings_flood(const davy_whatif_rings *rings, size_t position,
                                          int64_t end_s);
