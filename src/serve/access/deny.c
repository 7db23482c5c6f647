/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/access/identify.h"
#include "serve/exchange.h"

typedef struct denied_job {
    davy_job job; /* first */
    davy_server *server;
    const char *why;
    char subject[256];
    davy_call call;
} denied_job;

static void record_denied(davy_job *job)
{
    denied_job *denied = (denied_job *) job;

    if (davy_call_audit(&denied->call, "access", denied->subject, denied->why, NULL) != DAVY_OK)
        davy_denials_return(denied->server->denials, denied->call.address);
    free(denied);
}

/* Nobody waits for this record: nothing was changed that it must stand before. */
static void submit_denied(const davy_call *call, const char *subject, const char *why)
{
    denied_job *denied = calloc(1, sizeof *denied);
    davy_server *server = call->server;

    if (denied) {
        denied->job.run = record_denied;
        denied->server = server;
        denied->why = why;
        denied->call.system = call->system;
        denied->call.role = call->role;
        memcpy(denied->call.by, call->by, sizeof denied->call.by);
        memcpy(denied->call.address, call->address, sizeof denied->call.address);
        (void) snprintf(denied->subject, sizeof denied->subject, "%s", subject);
        if (davy_workers_submit(server->lanes[DAVY_LANE_READ], &denied->job, true))
            return;
        free(denied);
    }
    davy_denials_return(server->denials, call->address);
}

davy_denial davy_call_deny(const davy_call *call, const char *subject, bool wrong_key,
                           const char *why)
{
    const davy_denial denial = davy_denials_count(call->server->denials, call->address, wrong_key,
                                                  davy_monotonic_ns(call->system->clock));

    if (denial.record)
        submit_denied(call, subject, why);
    return denial;
}
