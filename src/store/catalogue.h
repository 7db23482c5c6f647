/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The catalogue: which path has which id, in DIR/catalogue.db and in memory.
 *
 * Stage: store. Ids are 0, 1, 2, ... in the order of first use. They are given from memory and
 * kept by davy_catalogue_flush(), which comes before the first sample under a new id is logged: so
 * a site with 10,000 signals starts with one sync and not with 10,000. Ids that were never flushed
 * are forgotten by a crash, and nothing was kept under them. Any thread may call.
 */
typedef struct davy_catalogue davy_catalogue;

DAVY_MUST_CHECK davy_status davy_catalogue_open(const char *file, bool read_only,
                                                davy_catalogue **out);

/** NULL is fine. */
void davy_catalogue_close(davy_catalogue *catalogue);

/** Names and sums of the file that were not as they were written. A signal whose name was damaged
 * keeps its id and is called "damaged/ID": its samples are nobody else's. */
uint64_t davy_catalogue_damaged(const davy_catalogue *catalogue);

/** Ids below `count` were given once: those that nothing names are called "damaged/ID" from now on,
 * and count as damaged. Before any other thread knows the catalogue. */
DAVY_MUST_CHECK davy_status davy_catalogue_reserve(davy_catalogue *catalogue, size_t count);

/** Number of signals. */
size_t davy_catalogue_count(davy_catalogue *catalogue);

/** Find or make, in memory; a new unit replaces the old one. NULL `unit`: none is known. */
DAVY_MUST_CHECK davy_status davy_catalogue_put(davy_catalogue *catalogue, const char *path,
                                               const char *unit, davy_signal_id *id);

DAVY_MUST_CHECK davy_status davy_catalogue_find(davy_catalogue *catalogue, const char *path,
                                                davy_signal_id *id);

/** Have on disk what was put. Costs a memory read when nothing was. */
DAVY_MUST_CHECK davy_status davy_catalogue_flush(davy_catalogue *catalogue);

/** One signal; the texts are borrowed until the catalogue is closed. */
typedef struct davy_catalogue_entry {
    davy_signal_id id;
    const char *path, *unit;
} davy_catalogue_entry;

/** All signals by path, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_catalogue_list(davy_catalogue *catalogue,
                                                davy_catalogue_entry **entries, size_t *count);
