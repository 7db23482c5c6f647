/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/day.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The day files of a store and a pool of connections to them.
 *
 * Stage: store. A query or the sealer borrows a connection and puts it back; a few idle ones are
 * kept, since opening costs more than a small query. Any thread may call.
 */
typedef struct davy_days davy_days;

/** Find the day files of a folder, which is made unless `read_only`. */
DAVY_MUST_CHECK davy_status davy_days_open(const char *folder, bool read_only, davy_days **out);

/** No connection may be out. NULL is fine. */
void davy_days_close(davy_days *days);

/** Numbers of the days [from, to] that have a file, ascending, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_days_list(davy_days *days, int32_t from, int32_t to,
                                           int32_t **numbers, size_t *count);

/** Borrow a connection. The file is made when there is none, unless `read_only`. */
DAVY_MUST_CHECK davy_status davy_days_get(davy_days *days, int32_t number, davy_day **out);

/** Give it back; NULL is fine. `broken`: do not use it again. */
void davy_days_put(davy_days *days, davy_day *day, bool broken);

/** Rename a damaged day file, so that a new one can be begun; what it still holds can be rescued.
 */
DAVY_MUST_CHECK davy_status davy_days_set_aside(davy_days *days, int32_t number);
