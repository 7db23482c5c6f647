/* SPDX-License-Identifier: Apache-2.0 */
/* Who goes where for an incident: respond/dispatch has the plan, docs/incidents.md tells people. */
#include "respond/dispatch/request.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

static davy_status plan(davy_call *call, uint64_t id, const json_t *body)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    davy_status status = davy_dispatch_request(site, system->incidents, id, body,
                                               davy_wall_ns(system->clock), &call->answer.body);

    system->release_site(system->context, site);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* It changes nothing, so there is nothing to audit: what people make of the plan are events. */
davy_status davy_handle_dispatch(davy_call *call)
{
    json_t *body = NULL;
    uint64_t id = 0;
    davy_status status = DAVY_OK;

    if (!call->system->incidents)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "no incidents are kept here");
    if (!davy_digits_parse(call->id, &id))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident '%.32s'", call->id);
    if (call->body.length > 0)
        status = davy_json_parse(call->body.bytes, call->body.length, &body);
    if (status == DAVY_OK)
        status = plan(call, id, body);
    json_decref(body);
    return status;
}
