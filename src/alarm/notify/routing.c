/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/routing.h"

#include "alarm/owner.h"
#include "site/schedule.h"

#include <string.h>

/* An empty list lets everything pass. */
static bool lists(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (text && strcmp(texts[i], text) == 0)
            return true;
    return count == 0;
}

static bool is_in_schedule(const davy_site_route *route, const davy_timezone *zone, int64_t time_ns)
{
    int64_t utc_s = time_ns / DAVY_NS_PER_S;

    return davy_site_schedule_holds(route->spans, route->span_count,
                                    utc_s + (zone ? davy_timezone_offset_s(zone, utc_s) : 0));
}

/* Who looks after the alarm, and who sees less of the plant by it. */
static bool takes_position(const davy_site *site, const davy_site_route *route,
                           const davy_notice *notice)
{
    size_t position;

    for (size_t i = 0; i < route->position_count; i++)
        if (davy_site_find_position(site, route->positions[i], &position) &&
            davy_alarm_blinds(site, notice->kind, notice->source, notice->detector, position))
            return true;
    return lists(route->positions, route->position_count, notice->position);
}

/* What is quiet goes to those alone who have named it. */
static bool takes_transition(const davy_site_route *route, const davy_notice *notice)
{
    return !(notice->quiet && route->transition_count == 0) &&
           lists(route->transitions, route->transition_count, notice->transition);
}

static bool takes(const davy_site *site, const davy_site_route *route, const davy_timezone *zone,
                  const davy_notice *notice)
{
    return notice->priority >= route->priority && takes_position(site, route, notice) &&
           lists(route->departments, route->department_count, notice->department) &&
           takes_transition(route, notice) && is_in_schedule(route, zone, notice->time_ns);
}

/* What somebody must look at, and has not been asked to by a comment alone. */
static bool may_escalate(const davy_notice *notice)
{
    return notice->needs_person && strcmp(notice->transition, "commented") != 0;
}

static void add_route(const davy_site_route *route, const davy_notice *notice, davy_routing *out)
{
    for (size_t i = 0; i < route->to_count; i++)
        out->to[route->to[i]] = true;
    for (size_t i = 0; i < route->escalate_count && may_escalate(notice); i++) {
        int64_t *after_ns = &out->escalate_ns[route->escalate_to[i]];

        if (*after_ns == 0 || route->escalate_after_ns < *after_ns)
            *after_ns = route->escalate_after_ns;
    }
}

void davy_routing_make(const davy_site *site, const davy_timezone *zone, const davy_notice *notice,
                       davy_routing *out)
{
    *out = (davy_routing){0};
    for (size_t i = 0; i < site->route_count; i++)
        if (takes(site, &site->routes[i], zone, notice))
            add_route(&site->routes[i], notice, out);
}
