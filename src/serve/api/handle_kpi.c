/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/json.h"
#include "serve/handlers.h"

/* What the alarms say when they are taken together. */

static davy_status answer_tree(davy_call *call, davy_status status, json_t *tree)
{
    if (status != DAVY_OK)
        return status;
    davy_json_tree(&call->answer.body, NULL, tree);
    json_decref(tree);
    return davy_reply_json(call);
}

/* A day without a zone is the plant's day, as its people mean it. */
static davy_status read_times(const davy_call *call, const davy_site *site, int64_t *from_ns,
                              int64_t *to_ns)
{
    davy_timezone *zone = NULL;
    davy_status status;

    if (davy_timezone_open(site->timezone, &zone) != DAVY_OK)
        zone = NULL; /* UTC on a machine without zones, as for routes; davy says so at its start */
    status = davy_call_time_in(call, "from", zone, from_ns);
    if (status == DAVY_OK && davy_target_parameter(&call->target, "to"))
        status = davy_call_time_in(call, "to", zone, to_ns);
    davy_timezone_close(zone);
    return status;
}

static davy_status read_history(const davy_call *call, json_t **out)
{
    const davy_server_system *system = call->system;
    const char *position = davy_target_parameter(&call->target, "position");
    int64_t from_ns = 0, to_ns = davy_wall_ns(system->clock);
    const davy_site *site = system->acquire_site(system->context);
    davy_status status = read_times(call, site, &from_ns, &to_ns);

    if (status == DAVY_OK)
        status = davy_alarm_watch_history(system->watch, site, from_ns, to_ns, position, out);
    system->release_site(system->context, site);
    return status;
}

/* Without a time the figures that are kept while the plant runs, which cost nothing to have. */
davy_status davy_handle_alarm_kpi(davy_call *call)
{
    const davy_target *target = &call->target;
    json_t *tree = NULL;
    davy_status status;

    if (davy_target_parameter(target, "from") || davy_target_parameter(target, "to"))
        status = read_history(call, &tree);
    else
        status = davy_alarm_watch_kpi(call->system->watch,
                                      davy_target_parameter(target, "position"), &tree);
    return answer_tree(call, status, tree);
}

davy_status davy_handle_alarm_flood(davy_call *call)
{
    json_t *tree = NULL;
    davy_status status = davy_alarm_watch_floods(call->system->watch, &tree);

    return answer_tree(call, status, tree);
}
