/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/points.h"
#include "store/store.h"

/**
 * @file
 * A bucket: what happened to a signal in one step of time, and how two of them become one.
 *
 * Stage: store. Summaries and rollups add up by these rules and by no others, so that a step which
 * is put together from rollups, heads and samples is the one that samples alone would have given;
 * of its sum the last digits depend on the order of adding.
 */

/** A step in which nothing has happened yet. */
void davy_bucket_clear(davy_store_bucket *bucket, int64_t time_ns);

/** Add points [from, to), which are later than all that is in it. */
void davy_bucket_add_points(davy_store_bucket *bucket, const davy_points *points, size_t from,
                            size_t to);

/** Add a bucket, all of which is later than what is in this one. */
void davy_bucket_add(davy_store_bucket *bucket, const davy_store_bucket *later);
