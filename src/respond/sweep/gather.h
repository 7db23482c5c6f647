/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/sweep/sweep.h"
#include "store/store.h"

/**
 * @file
 * Hours of weather out of the store.
 *
 * Stage: respond, room sweep.
 */

/**
 * Means of each hour of the range, of good samples, in the units of the weather.
 *
 * @param from_ns, to_ns  cut to whole hours of UTC
 * @param hours           to be freed
 * @return DAVY_ERR_INVALID when the site names no signal for the wind; DAVY_ERR_NOT_FOUND when the
 *         store has none of its samples in the range
 */
DAVY_MUST_CHECK davy_status davy_sweep_gather(davy_store *store, const davy_site *site,
                                              int64_t from_ns, int64_t to_ns,
                                              davy_sweep_hour **hours, size_t *count);
