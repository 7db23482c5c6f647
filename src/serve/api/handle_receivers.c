/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/notify.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

/* Who is told of alarms, and what became of it. */

#define MESSAGES_DEFAULT ((uint64_t) 100)

static davy_status answer_list(davy_call *call, const char *name, davy_status status, json_t *list)
{
    davy_buffer *out = &call->answer.body;

    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_tree(out, name, list);
    davy_json_object_end(out);
    json_decref(list);
    return davy_reply_json(call);
}

davy_status davy_handle_receivers(davy_call *call)
{
    json_t *list = NULL;
    davy_status status = davy_notify_receivers_json(call->system->notify, &list);

    return answer_list(call, "receivers", status, list);
}

davy_status davy_handle_receiver_messages(davy_call *call)
{
    json_t *list = NULL;
    uint64_t limit = 0;
    davy_status status =
        davy_call_number(call, "limit", 1, DAVY_NOTIFY_LIST_MAX, MESSAGES_DEFAULT, &limit);

    if (status == DAVY_OK)
        status = davy_notify_messages_json(call->system->notify, call->id, (size_t) limit, &list);
    return answer_list(call, "messages", status, list);
}

davy_status davy_handle_receiver_test(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    json_t *body = NULL;
    char id[40];
    davy_status status = davy_json_read(call->body.bytes, call->body.length, NULL, 0, &body);

    json_decref(body);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "receiver.test", call->id, "requested", NULL);
    if (status == DAVY_OK)
        status = davy_notify_test(call->system->notify, call->id, call->by, id);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_text(out, "id", id);
    davy_json_text(out, "receiver", call->id);
    davy_json_object_end(out);
    status = davy_reply_json(call);
    call->answer.code = 201;
    return status;
}
