/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/sweep/gather.h"

#include "site/unit_convert.h"

#include <math.h>
#include <stdlib.h>

#define HOUR_NS (3600 * DAVY_NS_PER_S)

struct gathering {
    int64_t first_ns;
    size_t count;
    davy_unit_scale scale;
    davy_sweep_mean *means; /* [count] of one part */
};

static davy_status take_run(void *context, const davy_store_run *run)
{
    struct gathering *gathering = context;

    for (size_t i = 0; i < run->count; i++) {
        const int64_t hour = (run->times[i] - gathering->first_ns) / HOUR_NS;

        if (run->quality[i] == DAVY_QUALITY_GOOD && hour >= 0 && (size_t) hour < gathering->count)
            davy_sweep_mean_add(&gathering->means[hour],
                                run->values[i] * gathering->scale.scale + gathering->scale.offset);
    }
    return DAVY_OK;
}

/* Of one instrument; one that the store does not know has measured nothing. */
static davy_status gather_part(davy_store *store, const davy_site *site, davy_weather_part part,
                               struct gathering *gathering, davy_sweep_hour *hours)
{
    const size_t index = davy_weather_part_signal(&site->emergency.weather, part);
    davy_signal_id id;
    davy_status status;

    for (size_t i = 0; i < gathering->count; i++) {
        hours[i].readings[part] = NAN;
        gathering->means[i] = (davy_sweep_mean){0};
    }
    if (index >= site->signal_count ||
        davy_store_find(store, site->signals[index].path, &id) != DAVY_OK)
        return DAVY_OK;
    status = davy_unit_convert(site->signals[index].unit, davy_weather_part_unit(part),
                               &gathering->scale);
    if (status == DAVY_OK)
        status = davy_store_scan(store, id, gathering->first_ns,
                                 gathering->first_ns + (int64_t) gathering->count * HOUR_NS,
                                 take_run, gathering);
    for (size_t i = 0; i < gathering->count; i++)
        hours[i].readings[part] = davy_sweep_mean_of(&gathering->means[i], part);
    return status;
}

/* The part of the range in which the wind was measured. */
static davy_status find_range(davy_store *store, const davy_site *site, int64_t from_ns,
                              int64_t to_ns, struct gathering *gathering)
{
    const size_t index = davy_weather_part_signal(&site->emergency.weather, DAVY_WEATHER_SPEED);
    int64_t first_ns = 0, last_ns = 0;
    davy_signal_id id;
    davy_status status;

    if (index >= site->signal_count)
        return davy_fail(DAVY_ERR_INVALID,
                         "the site file names no signal for the wind: add 'weather: {wind_speed: "
                         "..., wind_from: ...}'");
    status = davy_store_find(store, site->signals[index].path, &id);
    if (status == DAVY_OK)
        status = davy_store_extent(store, &id, 1, &first_ns, &last_ns);
    if (status != DAVY_OK)
        return status;
    first_ns = first_ns > from_ns ? first_ns : from_ns;
    last_ns = last_ns < to_ns ? last_ns + 1 : to_ns;
    if (last_ns <= first_ns)
        return davy_fail(DAVY_ERR_NOT_FOUND, "the store has no sample of '%s' in the range",
                         site->signals[index].path);
    gathering->first_ns = first_ns - ((first_ns % HOUR_NS) + HOUR_NS) % HOUR_NS;
    gathering->count = (size_t) ((last_ns - gathering->first_ns + HOUR_NS - 1) / HOUR_NS);
    return gathering->count <= DAVY_SWEEP_HOURS_MAX
               ? DAVY_OK
               : davy_fail(DAVY_ERR_FULL, "%zu hours are more than %zu: take a shorter range",
                           gathering->count, DAVY_SWEEP_HOURS_MAX);
}

davy_status davy_sweep_gather(davy_store *store, const davy_site *site, int64_t from_ns,
                              int64_t to_ns, davy_sweep_hour **hours, size_t *count)
{
    struct gathering gathering = {0};
    davy_sweep_hour *list = NULL;
    davy_status status = find_range(store, site, from_ns, to_ns, &gathering);

    if (status != DAVY_OK)
        return status;
    list = calloc(gathering.count, sizeof *list);
    gathering.means = calloc(gathering.count, sizeof *gathering.means);
    if (!list || !gathering.means)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu hours of weather", gathering.count);
    for (unsigned part = 0; part < DAVY_WEATHER_PARTS && status == DAVY_OK; part++)
        status = gather_part(store, site, (davy_weather_part) part, &gathering, list);
    for (size_t i = 0; list && i < gathering.count; i++)
        list[i].time_ns = gathering.first_ns + (int64_t) i * HOUR_NS;
    free(gathering.means);
    if (status == DAVY_OK) {
        *hours = list;
        *count = gathering.count;
    } else {
        free(list);
    }
    return status;
}
