/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "core/sample.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

/* The rest of the body, which was shorter than a piece. */
static davy_status write_rest(davy_call *call)
{
    davy_status status = DAVY_OK;

    if (!call->upload && call->body.length == 0)
        return davy_fail(DAVY_ERR_INVALID, "the body is empty: it is the CSV file itself");
    if (!call->upload)
        status = davy_upload_begin(call->system->data, &call->upload);
    if (status == DAVY_OK && call->body.length > 0)
        status = davy_upload_add(call->upload, call->body.bytes, call->body.length);
    return status;
}

static davy_status audit(const davy_call *call)
{
    char more[64];

    (void) snprintf(more, sizeof more, "{\"bytes\":%llu}",
                    (unsigned long long) call->upload->bytes);
    return davy_call_audit(call, "upload", call->upload->id, "requested", more);
}

static davy_status answer(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    davy_status status;

    davy_json_object(out, NULL);
    davy_json_text(out, "id", call->upload->id);
    davy_json_unsigned(out, "bytes", call->upload->bytes);
    davy_json_time(out, "kept_until",
                   davy_wall_ns(call->system->clock) + DAVY_UPLOAD_KEPT_S * DAVY_NS_PER_S);
    davy_json_object_end(out);
    status = davy_reply_json(call);
    call->answer.code = 201;
    return status;
}

davy_status davy_handle_upload(davy_call *call)
{
    davy_status status = write_rest(call);

    if (status == DAVY_OK)
        status = audit(call);
    if (status == DAVY_OK)
        status = davy_upload_finish(call->upload);
    if (status == DAVY_OK)
        status = answer(call);
    davy_upload_end(call->upload);
    call->upload = NULL;
    return status;
}
