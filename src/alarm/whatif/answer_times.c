/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/side.h"
#include "core/zone.h"

#include <jansson.h>
#include <stdlib.h>

/* Alarms of each day, and floods. */

#define S_PER_DAY ((int64_t) 86400)

static bool has_all(const davy_whatif_answer *answer)
{
    return answer->samples > 0 && !answer->before->rings.lost && !answer->after->rings.lost;
}

/* Days -------------------------------------------------------------------------------------- */

/* Days of the wall clock, since 1970. */
static int64_t day_of(const davy_timezone *zone, int64_t utc_s)
{
    int64_t wall_s = utc_s + davy_timezone_offset_s(zone, utc_s);

    return wall_s / S_PER_DAY - (wall_s % S_PER_DAY < 0);
}

/* The offset depends on the moment, which depends on the offset: twice is enough. */
static int64_t begin_of(const davy_timezone *zone, int64_t day)
{
    int64_t utc_s = day * S_PER_DAY - davy_timezone_offset_s(zone, day * S_PER_DAY);

    return day * S_PER_DAY - davy_timezone_offset_s(zone, utc_s);
}

struct bars {
    const davy_timezone *zone;
    int64_t first_day, days; /* of a bar */
    size_t count;
    uint64_t *before, *after; /* [count] */
};

static void count_bars(const struct bars *bars, const davy_whatif_rings *rings, uint64_t *counts)
{
    for (size_t i = 0; i < rings->count; i++) {
        int64_t day = day_of(bars->zone, rings->begin_s + rings->items[i].second);
        size_t bar = (size_t) ((day - bars->first_day) / bars->days);

        counts[bar < bars->count ? bar : bars->count - 1]++;
    }
}

static json_t *bars_json(const davy_whatif_answer *answer, const struct bars *bars)
{
    json_t *list = json_array();

    for (size_t i = 0; i < bars->count; i++) {
        int64_t begin_ns =
            begin_of(bars->zone, bars->first_day + (int64_t) i * bars->days) * DAVY_NS_PER_S;

        (void) json_array_append_new(
            list,
            json_pack(
                "{s:o, s:I, s:I}", "from",
                davy_whatif_time_json(begin_ns > answer->from_ns ? begin_ns : answer->from_ns),
                "before", (json_int_t) bars->before[i], "after", (json_int_t) bars->after[i]));
    }
    return list;
}

static davy_status make_bars(const davy_whatif_answer *answer, struct bars *bars)
{
    const int64_t last = day_of(bars->zone, (answer->to_ns - 1) / DAVY_NS_PER_S);
    int64_t days;

    bars->first_day = day_of(bars->zone, answer->from_ns / DAVY_NS_PER_S);
    days = last - bars->first_day + 1;
    bars->days = (days + DAVY_WHATIF_BARS_MAX - 1) / DAVY_WHATIF_BARS_MAX;
    bars->count = (size_t) ((days + bars->days - 1) / bars->days);
    bars->before = calloc(bars->count, sizeof *bars->before);
    bars->after = calloc(bars->count, sizeof *bars->after);
    if (!bars->before || !bars->after)
        return davy_fail(DAVY_ERR_NOMEM, "%zu days", bars->count);
    count_bars(bars, &answer->before->rings, bars->before);
    count_bars(bars, &answer->after->rings, bars->after);
    return DAVY_OK;
}

/* Without the zone's file days are those of UTC. */
static davy_status open_zone(const char *name, davy_timezone **out)
{
    return davy_timezone_open(name, out) == DAVY_OK ? DAVY_OK : davy_timezone_open("UTC", out);
}

void davy_whatif_add_days(const davy_whatif_answer *answer, json_t *object)
{
    davy_timezone *zone = NULL;
    struct bars bars = {0};
    json_t *list = NULL;

    if (has_all(answer) && open_zone(answer->before->site->timezone, &zone) == DAVY_OK) {
        bars.zone = zone;
        if (make_bars(answer, &bars) == DAVY_OK)
            list = bars_json(answer, &bars);
    }
    (void) json_object_set_new(object, "bar_days", json_integer(list ? bars.days : 1));
    (void) json_object_set_new(object, "daily", list ? list : json_null());
    free(bars.before);
    free(bars.after);
    davy_timezone_close(zone);
}

/* Floods ------------------------------------------------------------------------------------ */

static json_t *flood_json(const davy_whatif_answer *answer, const davy_whatif_side *side,
                          const char *position)
{
    const int64_t end_s = (answer->to_ns - 1) / DAVY_NS_PER_S + 1;
    davy_whatif_flood flood = {0};
    size_t index;

    if (davy_site_find_position(side->site, position, &index))
        flood = davy_whatif_rings_flood(&side->rings, index, end_s);
    return json_pack("{s:I, s:I, s:I}", "count", (json_int_t) flood.count, "seconds",
                     (json_int_t) flood.seconds, "peak", (json_int_t) flood.peak);
}

static void add_flood(const davy_whatif_answer *answer, json_t *list, const char *position)
{
    (void) json_array_append_new(list,
                                 json_pack("{s:s, s:o, s:o}", "position", position, "before",
                                           flood_json(answer, answer->before, position), "after",
                                           flood_json(answer, answer->after, position)));
}

json_t *davy_whatif_floods_json(const davy_whatif_answer *answer)
{
    if (!answer->whole || !has_all(answer))
        return json_null();
    return davy_whatif_by_position(answer, add_flood);
}
