/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/judgement.h"

#include "alarm/reason.h"

#include <jansson.h>
#include <string.h>

static const char *const names[] = {
    [DAVY_ALARM_UNJUDGED] = "",
    [DAVY_ALARM_TRUE] = "true",
    [DAVY_ALARM_FALSE] = "false",
    [DAVY_ALARM_KNOWN_WORK] = "known-work",
};

const char *davy_alarm_verdict_name(davy_alarm_verdict verdict)
{
    return names[verdict];
}

davy_alarm_verdict davy_alarm_verdict_find(const char *name)
{
    for (size_t i = DAVY_ALARM_TRUE; name && i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i], name) == 0)
            return (davy_alarm_verdict) i;
    return DAVY_ALARM_UNJUDGED;
}

char *davy_judgement_encode(const davy_alarm_request *request, int64_t time_ns)
{
    json_t *judgement = json_pack("{s:s, s:s, s:o, s:o}", "verdict", names[request->verdict], "by",
                                  request->by, "comment", davy_alarm_text_json(request->comment),
                                  "time", davy_alarm_time_json(time_ns));
    char *text = judgement ? json_dumps(judgement, JSON_COMPACT) : NULL;

    json_decref(judgement);
    return text;
}
