/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * GET /api/v1/storage: what the data folder holds, and for how long there is room.
 */
#include "serve/api/storage.h"
#include "serve/handlers.h"

static davy_status write(void *context, const davy_holding *holding)
{
    davy_call *call = context;
    const davy_storage_view view = {.folder = call->system->data,
                                    .holding = holding,
                                    .room = davy_store_room(call->system->store),
                                    .now_ns = davy_wall_ns(call->system->clock)};

    return davy_storage_write(&view, &call->answer.body);
}

davy_status davy_handle_storage(davy_call *call)
{
    davy_status status = davy_store_visit_holding(call->system->store, write, call);

    return status == DAVY_OK ? davy_reply_json(call) : status;
}
