/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/store.h"

#include <stdint.h>

/**
 * @file
 * Making rollups from chunks. Private to the stage.
 *
 * Stage: store. Signal after signal, from what is sealed. Samples that are sealed meanwhile have a
 * later sequence than what is made, so readers see that it lacks them.
 */

/** Called after each signal; other than DAVY_OK ends the making, and is given. */
typedef davy_status (*davy_rollup_pause)(void *context);

/** Make those of a day that are not there or lack a chunk. @param pause  may be NULL */
DAVY_MUST_CHECK davy_status davy_rollups_make_day(davy_store *store, int32_t number,
                                                  davy_rollup_pause pause, void *context);
