/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "store/holding.h"
#include "store/room.h"

/**
 * @file
 * What is told of the storage, by the API and by `davy storage`: one document for both.
 *
 * Stage: serve. Everything is read from the data folder, so it is told alike whether or not a
 * daemon runs.
 */
typedef struct davy_storage_view {
    const char *folder;
    const davy_holding *holding;
    davy_room_state room;
    int64_t now_ns; /* wall */
} davy_storage_view;

/** Files that would go first are named up to here. */
#define DAVY_STORAGE_FIRST_MAX 10

/** Write the JSON object "Storage" of the API. */
DAVY_MUST_CHECK davy_status davy_storage_write(const davy_storage_view *view, davy_buffer *out);
