/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/stale.h"

/* Between two neighbours, either of which may be DAVY_STALE_NONE. */
static void link_between(davy_stale_list *list, davy_stale_place *places, size_t alarm,
                         size_t before, size_t after)
{
    places[alarm].before = before;
    places[alarm].after = after;
    if (before != DAVY_STALE_NONE)
        places[before].after = alarm;
    if (after != DAVY_STALE_NONE)
        places[after].before = alarm;
    else
        list->last = alarm;
}

void davy_stale_enter(davy_stale_list *list, davy_stale_place *places, size_t alarm,
                      int64_t since_ns)
{
    size_t before = list->last, after = DAVY_STALE_NONE;

    /* A clock that was set back makes an older begin come later: it goes to its place, but never
     * before what is stale already. */
    while (before != DAVY_STALE_NONE && !places[before].stale &&
           places[before].since_ns > since_ns) {
        after = before;
        before = places[before].before;
    }
    places[alarm] = (davy_stale_place){.since_ns = since_ns, .in_alarm = true};
    link_between(list, places, alarm, before, after);
    if (list->next == after)
        list->next = alarm;
}

void davy_stale_leave(davy_stale_list *list, davy_stale_place *places, size_t alarm)
{
    davy_stale_place *place = &places[alarm];

    if (!place->in_alarm)
        return;
    if (place->before != DAVY_STALE_NONE)
        places[place->before].after = place->after;
    if (place->after != DAVY_STALE_NONE)
        places[place->after].before = place->before;
    else
        list->last = place->before;
    if (list->next == alarm)
        list->next = place->after;
    place->in_alarm = place->stale = false;
}

bool davy_stale_next(davy_stale_list *list, davy_stale_place *places, int64_t after_ns,
                     int64_t now_ns, size_t *alarm)
{
    davy_stale_place *place;

    if (list->next == DAVY_STALE_NONE)
        return false;
    place = &places[list->next];
    if (now_ns - place->since_ns < after_ns)
        return false;
    *alarm = list->next;
    place->stale = true;
    list->next = place->after;
    return true;
}
