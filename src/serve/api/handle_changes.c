/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/ledger.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

/* Changes of the alarms' settings, and reasons for those to come. */

#define CHANGES_MAX     10000
#define CHANGES_DEFAULT 100

davy_status davy_handle_changes(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    json_t *list = NULL;
    uint64_t limit = 0;
    davy_status status = davy_call_number(call, "limit", 1, CHANGES_MAX, CHANGES_DEFAULT, &limit);

    if (status == DAVY_OK)
        status = davy_change_list(call->system->records, (size_t) limit, &list);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_tree(out, "changes", list);
    davy_json_object_end(out);
    json_decref(list);
    return davy_reply_json(call);
}

davy_status davy_handle_change_reason(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    json_t *body = NULL;
    const json_t *whatif;
    davy_status status = davy_json_parse(call->body.bytes, call->body.length, &body);

    if (status != DAVY_OK)
        return status;
    whatif = json_object_get(body, "whatif");
    status = davy_change_keep(call->system->records, whatif, call->by,
                              json_string_value(json_object_get(body, "reason")),
                              davy_wall_ns(call->system->clock));
    if (status == DAVY_OK) {
        davy_json_object(out, NULL);
        davy_json_text(out, "after", json_string_value(json_object_get(whatif, "after")));
        davy_json_text(out, "by", call->by);
        davy_json_object_end(out);
        status = davy_reply_json(call);
        call->answer.code = 201;
    }
    json_decref(body);
    return status;
}
