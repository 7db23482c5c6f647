/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/handlers.h"
#include "serve/oip/ask.h"

/* How requests for a model are shared among its versions: a canary, a shadow, and when a canary is
 * taken back. Without any key all is as before there was traffic to share. */

davy_status davy_handle_traffic(davy_call *call)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status == DAVY_OK)
        status = davy_host_traffic_json(host, call->id, &call->answer.body);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* No action without its record: what was asked for stands in it. */
static davy_status set_traffic(davy_call *call, const davy_traffic *traffic)
{
    davy_repository *repository;
    davy_buffer given = {0};
    davy_status status = davy_oip_repository(call, &repository);

    if (status == DAVY_OK)
        status = davy_traffic_write(traffic, &given);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "model.traffic", call->id, "requested", given.bytes);
    davy_buffer_clear(&given);
    return status == DAVY_OK ? davy_repository_set_traffic(repository, call->id, traffic) : status;
}

davy_status davy_handle_traffic_set(davy_call *call)
{
    const davy_buffer *body = &call->body;
    davy_traffic traffic;
    davy_status status = davy_traffic_parse(body->bytes ? body->bytes : "{}",
                                            body->bytes ? body->length : 2, &traffic);

    if (status == DAVY_OK)
        status = set_traffic(call, &traffic);
    return status == DAVY_OK ? davy_handle_traffic(call) : status;
}
