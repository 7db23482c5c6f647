/* SPDX-License-Identifier: Apache-2.0 */
/* The signed evidence of an incident: `davy verify` replays what is answered here. */
#include "respond/incident/evidence.h"
#include "serve/handlers.h"

davy_status davy_handle_incident_evidence(davy_call *call)
{
    const davy_server_system *system = call->system;
    davy_author author = {0};
    davy_evidence_order order = {.records = system->records,
                                 .data = system->data,
                                 .by = call->by,
                                 .now_ns = davy_wall_ns(system->clock),
                                 .author = &author};
    const davy_site *site;
    davy_status status;

    if (!davy_digits_parse(call->id, &order.incident))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no incident '%.32s'", call->id);
    status = davy_author_open(system->registry, &author);
    if (status == DAVY_OK) {
        site = system->acquire_site(system->context);
        order.site = site->name;
        status = davy_evidence_write(&order, &call->answer.body);
        system->release_site(system->context, site);
    }
    davy_author_clear(&author);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}
