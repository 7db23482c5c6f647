/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/receive.h"

#include <stdlib.h>

#include "serve/limits.h"

static void write_piece(davy_job *job)
{
    davy_exchange *exchange = (davy_exchange *) job;
    davy_call *call = &exchange->call;
    davy_status status = DAVY_OK;

    if (!call->upload)
        status = davy_upload_begin(call->system->data, &call->upload);
    if (status == DAVY_OK)
        status = davy_upload_add(call->upload, call->body.bytes, call->body.length);
    davy_buffer_reset(&call->body);
    if (status != DAVY_OK) {
        davy_reply_status(call, status);
        exchange->stage = DAVY_STAGE_DISCARD;
    }
    job->run = davy_exchange_work;
    atomic_store(&exchange->writing, false);
}

bool davy_receive_piece(davy_exchange *exchange)
{
    if (exchange->call.route->body != DAVY_BODY_FILE ||
        exchange->call.body.length < DAVY_HTTP_UPLOAD_PIECE)
        return true;
    exchange->job.run = write_piece;
    atomic_store(&exchange->writing, true);
    if (davy_workers_submit(exchange->server->lanes[DAVY_LANE_WRITE], &exchange->job, true))
        return true;
    exchange->job.run = davy_exchange_work;
    atomic_store(&exchange->writing, false);
    return false;
}

typedef struct drop_job {
    davy_job job; /* first */
    davy_upload *upload;
} drop_job;

static void drop(davy_job *job)
{
    davy_upload_end(((drop_job *) job)->upload);
    free(job);
}

void davy_receive_drop(davy_exchange *exchange)
{
    davy_upload *upload = exchange->call.upload;
    drop_job *later = upload ? calloc(1, sizeof *later) : NULL;

    exchange->call.upload = NULL;
    if (later) {
        later->job.run = drop;
        later->upload = upload;
        if (davy_workers_submit(exchange->server->lanes[DAVY_LANE_WRITE], &later->job, false))
            return;
        free(later);
    }
    davy_upload_end(upload);
}
