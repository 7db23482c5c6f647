/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_report.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"

/* Whether what a model is asked and answers is still what it was made on. */
davy_status davy_handle_drift(davy_call *call)
{
    davy_host *host;
    davy_status status = davy_oip_host(call, &host);

    if (status == DAVY_OK)
        status = davy_host_drift_json(host, call->id, &call->answer.body);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}
