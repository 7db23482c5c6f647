/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/store.h"

/**
 * @file
 * Stored samples of several signals in the order of their times.
 *
 * Stage: detect. For replays: a bounded stretch of history is in memory at a time. Equal times come
 * in the order of the signals, so a replay is the same every time.
 */
typedef davy_status (*davy_merged_visit)(void *context, const davy_sample *sample);

/** A visitor's status other than DAVY_OK ends the scan and is given. */
DAVY_MUST_CHECK davy_status davy_merged_scan(davy_store *store, const davy_signal_id *ids,
                                             size_t count, int64_t from_ns, int64_t to_ns,
                                             davy_merged_visit visit, void *context);
