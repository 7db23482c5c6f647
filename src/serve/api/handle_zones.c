/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/threat/threats.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

#include <string.h>

/* Scenarios that have begun, and their zones in the weather of this moment. */

static davy_status find_threats(const davy_call *call, davy_threats **out)
{
    *out = call->system->threats;
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "no scenarios are followed here");
}

static davy_status answer_zones(davy_call *call, davy_threats *threats)
{
    const davy_status status = davy_threats_json(threats, NULL, &call->answer.body);

    return status == DAVY_OK ? davy_reply_json(call) : status;
}

davy_status davy_handle_zones(davy_call *call)
{
    davy_threats *threats;
    const davy_status status = find_threats(call, &threats);

    return status == DAVY_OK ? answer_zones(call, threats) : status;
}

static davy_status change(const davy_call *call, davy_threats *threats, const json_t *body)
{
    const char *action = davy_json_get(body, "action");
    const char *scenario = davy_json_get(body, "scenario");
    const char *comment = davy_json_get(body, "comment");
    davy_status status =
        davy_alarm_words_check("the comment", comment ? comment : "", DAVY_ALARM_COMMENT_MAX);

    if (status != DAVY_OK)
        return status;
    if (strcmp(action, "begin") == 0)
        return davy_threats_begin(threats, call->by, scenario, comment);
    if (strcmp(action, "end") == 0)
        return davy_threats_end(threats, call->by, scenario, comment);
    return davy_fail(DAVY_ERR_INVALID, "'action' is begin or end");
}

davy_status davy_handle_zones_change(davy_call *call)
{
    static const davy_json_field fields[] = {
        {"scenario", true, DAVY_PATH_MAX - 1},
        {"action", true, 8},
        {"comment", false, DAVY_ALARM_COMMENT_MAX - 1},
    };
    davy_threats *threats;
    json_t *body = NULL;
    davy_status status = find_threats(call, &threats);

    if (status == DAVY_OK)
        status = davy_json_read(call->body.bytes, call->body.length, fields,
                                DAVY_ARRAY_LENGTH(fields), &body);
    if (status == DAVY_OK)
        status = change(call, threats, body);
    if (status == DAVY_OK)
        status = answer_zones(call, threats);
    json_decref(body);
    return status;
}
