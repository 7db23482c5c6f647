/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/reach.h"

#include "alarm/owner.h"

#include <stdlib.h>
#include <string.h>

struct davy_reach_map {
    const davy_site *site;
    size_t position; /* of the alarm */
    size_t detector; /* the alarm's own, or DAVY_SITE_NONE */
    unsigned *up;    /* [asset_count] 1 + steps from the asset to the alarm's; 0: no way */
    unsigned *down;  /* [asset_count] 1 + steps from the alarm's asset to it; 0: no way */
    bool *delivers;  /* [source_count] a signal of the alarm comes from it */
};

const char *davy_nearness_name(davy_nearness nearness)
{
    static const char *const names[] = {"itself", "same",     "upstream", "downstream",
                                        "site",   "position", ""};

    return names[nearness];
}

static size_t find_detector(const davy_site *site, const char *name)
{
    for (size_t i = 0; name && i < site->detector_count; i++)
        if (strcmp(site->detectors[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

static size_t find_source(const davy_site *site, const char *name)
{
    for (size_t i = 0; name && i < site->source_count; i++)
        if (strcmp(site->sources[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

/* The alarm's own assets and sources --------------------------------------------------------- */

static void take_signal(davy_reach_map *map, const davy_site_signal *signal)
{
    map->up[signal->asset] = map->down[signal->asset] = 1;
    if (signal->from.source != DAVY_SITE_NONE)
        map->delivers[signal->from.source] = true;
}

static void take_source(davy_reach_map *map, size_t source)
{
    for (size_t i = 0; i < map->site->signal_count; i++)
        if (map->site->signals[i].from.source == source)
            take_signal(map, &map->site->signals[i]);
}

static void take_names(davy_reach_map *map, const davy_reach_names *alarm)
{
    const davy_site_signal *signal =
        alarm->signal ? davy_site_find_signal(map->site, alarm->signal) : NULL;
    const size_t asset = davy_alarm_asset(map->site, alarm->signal, alarm->asset);
    const size_t source = find_source(map->site, alarm->source);

    if (signal)
        take_signal(map, signal);
    if (asset != DAVY_SITE_NONE)
        map->up[asset] = map->down[asset] = 1;
    if (source != DAVY_SITE_NONE)
        take_source(map, source);
    map->detector = find_detector(map->site, alarm->detector);
    if (map->detector != DAVY_SITE_NONE)
        for (size_t i = 0; i < map->site->detectors[map->detector].signal_count; i++)
            take_signal(map, &map->site->signals[map->site->detectors[map->detector].signals[i]]);
    map->position = davy_alarm_position(map->site, asset, alarm->detector);
}

/* Assets at so many steps give those at one more. A step of all arrows for each, so the work is
 * bounded by DAVY_REACH_STEPS_MAX times the plant. */
static void widen(const davy_reach_map *map, unsigned reached)
{
    for (size_t from = 0; from < map->site->asset_count; from++) {
        const davy_site_asset *asset = &map->site->assets[from];

        for (size_t i = 0; i < asset->downstream_count; i++) {
            const size_t to = asset->downstream[i];

            if (map->up[to] == reached && map->up[from] == 0)
                map->up[from] = reached + 1;
            if (map->down[from] == reached && map->down[to] == 0)
                map->down[to] = reached + 1;
        }
    }
}

davy_status davy_reach_map_create(const davy_site *site, const davy_reach_names *alarm,
                                  davy_reach_map **out)
{
    davy_reach_map *map = calloc(1, sizeof *map);

    if (map) {
        map->site = site;
        map->up = calloc(site->asset_count + 1, sizeof *map->up);
        map->down = calloc(site->asset_count + 1, sizeof *map->down);
        map->delivers = calloc(site->source_count + 1, sizeof *map->delivers);
    }
    if (!map || !map->up || !map->down || !map->delivers) {
        davy_reach_map_destroy(map);
        return davy_fail(DAVY_ERR_NOMEM, "surroundings of an alarm in %zu assets",
                         site->asset_count);
    }
    take_names(map, alarm);
    for (unsigned reached = 1; reached <= DAVY_REACH_STEPS_MAX; reached++)
        widen(map, reached);
    *out = map;
    return DAVY_OK;
}

void davy_reach_map_destroy(davy_reach_map *map)
{
    if (!map)
        return;
    free(map->up);
    free(map->down);
    free(map->delivers);
    free(map);
}

/* Looking ---------------------------------------------------------------------------------- */

static davy_reach of_asset(const davy_reach_map *map, size_t asset)
{
    const unsigned up = asset == DAVY_SITE_NONE ? 0 : map->up[asset];
    const unsigned down = asset == DAVY_SITE_NONE ? 0 : map->down[asset];

    if (up == 1)
        return (davy_reach){DAVY_NEAR_SAME, 0, asset};
    if (up > 0 && (down == 0 || up <= down))
        return (davy_reach){DAVY_NEAR_UPSTREAM, up - 1, asset};
    if (down > 0)
        return (davy_reach){DAVY_NEAR_DOWNSTREAM, down - 1, asset};
    return (davy_reach){DAVY_NEAR_NOTHING, 0, asset};
}

static void take_nearer(davy_reach *best, davy_reach other)
{
    if (other.nearness < best->nearness ||
        (other.nearness == best->nearness && other.steps < best->steps))
        *best = other;
}

static davy_reach of_detector(const davy_reach_map *map, size_t detector)
{
    const davy_site_detector *found = &map->site->detectors[detector];
    davy_reach best = {DAVY_NEAR_NOTHING, 0, DAVY_SITE_NONE};

    for (size_t i = 0; i < found->signal_count; i++)
        take_nearer(&best, of_asset(map, map->site->signals[found->signals[i]].asset));
    return best;
}

static davy_reach of_source(const davy_reach_map *map, size_t source)
{
    davy_reach best = {DAVY_NEAR_NOTHING, 0, DAVY_SITE_NONE};

    if (map->delivers[source])
        return (davy_reach){DAVY_NEAR_ITSELF, 0, DAVY_SITE_NONE};
    for (size_t i = 0; i < map->site->signal_count; i++)
        if (map->site->signals[i].from.source == source)
            take_nearer(&best, of_asset(map, map->site->signals[i].asset));
    return best;
}

davy_reach davy_reach_of(const davy_reach_map *map, const davy_reach_names *names)
{
    const size_t asset = davy_alarm_asset(map->site, names->signal, names->asset);
    const size_t detector = find_detector(map->site, names->detector);
    const size_t source = find_source(map->site, names->source);
    davy_reach best = of_asset(map, asset);

    if (detector != DAVY_SITE_NONE)
        take_nearer(&best, of_detector(map, detector));
    if (source != DAVY_SITE_NONE)
        take_nearer(&best, of_source(map, source));
    if (best.nearness == DAVY_NEAR_NOTHING &&
        davy_alarm_position(map->site, asset, names->detector) == map->position)
        best.nearness = DAVY_NEAR_POSITION;
    return best;
}

/* "pump@champion" and "pump@3" are of the model "pump". */
static bool uses(const davy_site_detector *detector, const char *model)
{
    const size_t length = strlen(model);

    return strncmp(detector->model, model, length) == 0 &&
           (detector->model[length] == '\0' || detector->model[length] == '@');
}

davy_reach davy_reach_of_model(const davy_reach_map *map, const char *model)
{
    davy_reach best = {DAVY_NEAR_NOTHING, 0, DAVY_SITE_NONE};

    for (size_t i = 0; i < map->site->detector_count; i++)
        if (uses(&map->site->detectors[i], model)) {
            if (i == map->detector)
                return (davy_reach){DAVY_NEAR_ITSELF, 0, DAVY_SITE_NONE};
            take_nearer(&best, of_detector(map, i));
        }
    return best;
}
