/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/ask.h"

#include <stdatomic.h>
#include <stdio.h>

#include "serve/access/identify.h"
#include "serve/access/ledger.h"

static const char *version_of(const davy_call *call)
{
    return call->version ? call->version : "";
}

davy_status davy_oip_host(const davy_call *call, davy_host **host)
{
    *host = atomic_load(&call->system->host);
    return *host ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "this server serves no models yet");
}

davy_status davy_oip_repository(const davy_call *call, davy_repository **repository)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status == DAVY_OK)
        *repository = davy_host_repository(host);
    return status;
}

davy_status davy_oip_lease(const davy_call *call, davy_lease **out)
{
    davy_repository *repository;
    davy_status status = davy_oip_repository(call, &repository);

    return status == DAVY_OK ? davy_repository_acquire(repository, call->id, version_of(call), out)
                             : status;
}

/* A refusal that says when to come again; in seconds, as HTTP has them, and never 0. */
static void answer_refusal(davy_call *call, const davy_infer_response *response)
{
    const unsigned code = response->refusal == DAVY_REFUSAL_CAPACITY ? 429 : 503;

    davy_reply_problem(call, code, davy_error());
    call->answer.retry_after_s = response->retry_after_ms / 1000 + 1;
}

davy_status davy_oip_ask(davy_call *call, davy_infer_request *ask, davy_infer_response *response)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status != DAVY_OK)
        return status;
    ask->model = call->id;
    ask->version = version_of(call);
    ask->client = call->by;
    davy_trace_mark(&call->trace, DAVY_TRACE_ASKED);
    ask->at_once = call->at_once;
    status = davy_host_infer(host, ask, response);
    if (response->refusal == DAVY_REFUSAL_WAIT) {
        call->would_wait = true;
        return status;
    }
    davy_trace_answered(&call->trace, response);
    davy_call_charge(call, response->cost);
    davy_audit_inference(call, response, status);
    if (status == DAVY_OK || response->refusal == DAVY_REFUSAL_NONE)
        return status;
    answer_refusal(call, response);
    return DAVY_OK;
}

bool davy_oip_is_quick(const davy_call *call)
{
    davy_host *host;

    return davy_oip_host(call, &host) == DAVY_OK &&
           davy_host_is_quick(host, call->id, version_of(call));
}

const davy_served_info *
davy_oip_answered_by(const davy_call *call, const davy_infer_response *response, davy_lease **lease)
{
    davy_repository *repository;
    char version[16];

    (void) snprintf(version, sizeof version, "%u", response->version);
    if (davy_oip_repository(call, &repository) != DAVY_OK ||
        davy_repository_acquire(repository, response->model, version, lease) != DAVY_OK)
        return NULL;
    return davy_served_describe(davy_lease_served(*lease));
}
