/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "serve/handlers.h"
#include "serve/oip/answer.h"
#include "serve/oip/ask.h"
#include "serve/oip/fit.h"

/* Read the body; the model is looked at only where its inputs have to be known. */
static davy_status read_request(davy_call *call, davy_oip_memory *memory, davy_oip_request *request)
{
    const char *header = call->tensor_header;
    const bool raw = davy_oip_is_raw(header);
    const davy_served_info *info;
    davy_lease *lease = NULL;
    davy_status status = DAVY_OK;

    if (!raw)
        status = davy_oip_read(call->body.bytes, call->body.length, header, memory, request);
    if (status != DAVY_OK || (!raw && !davy_oip_needs_fit(request)))
        return status;
    status = davy_oip_lease(call, &lease);
    if (status != DAVY_OK)
        return status;
    info = davy_served_describe(davy_lease_served(lease));
    if (raw)
        status = davy_oip_read_raw(call->body.bytes, call->body.length, info, memory, request);
    if (status == DAVY_OK)
        status = davy_oip_fit(request, info, memory);
    davy_lease_release(lease);
    return status;
}

static davy_status name_outputs(davy_oip_request *request, davy_oip_memory *memory)
{
    const size_t count = request->ask.output_count;
    const char **names;
    void *taken;
    davy_status status = davy_oip_take(memory, count, sizeof *names, &taken);

    if (status != DAVY_OK)
        return status;
    names = taken;
    for (size_t i = 0; i < count; i++)
        names[i] = request->outputs[i].name;
    request->ask.outputs = names;
    return DAVY_OK;
}

davy_status davy_handle_infer(davy_call *call)
{
    davy_oip_memory memory = {.budget = &call->budget};
    davy_infer_response response = {0};
    davy_oip_request request;
    davy_status status = read_request(call, &memory, &request);

    if (status == DAVY_OK)
        status = name_outputs(&request, &memory);
    if (status == DAVY_OK)
        status = davy_oip_ask(call, &request.ask, &response);
    if (status == DAVY_OK && call->answer.code == 0)
        status = davy_oip_answer(call, &request, &response, &memory);
    davy_infer_response_clear(&response);
    davy_arena_clear(&memory.arena);
    return status;
}
