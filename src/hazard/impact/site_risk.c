/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/site_risk.h"

#include "hazard/harm/probit.h"
#include "hazard/impact/cloud.h"
#include "hazard/impact/impact.h"
#include "site/within.h"

#include <math.h>
#include <string.h>

/* Degrees: a plume is not much narrower, so that none slips between two of its directions. */
static const double widest_step = 5;

/* One scenario in one weather: computed once, and turned around its source for every direction. */
struct turn {
    davy_site_risk *risk;
    const davy_impact *impact;
    davy_site_point source;
    davy_cloud cloud;
    const davy_cloud_model *model; /* that is breathed; NULL: none */
    davy_air air;                  /* from the direction that is looked at */
    bool night;
    double share, direction; /* of the year, and of that this direction */
};

static davy_status check_weather(const davy_risk_weather *weather, size_t count)
{
    static const double tolerance = 1e-3; /* of a table that was written with three digits */
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        const davy_risk_weather *row = &weather[i];

        if (davy_stability_of(row->stability) == DAVY_STABILITIES || !(row->wind > 0) ||
            !(row->from >= 0 && row->from <= 360) || !(row->sector > 0 && row->sector <= 360) ||
            !(row->share >= 0 && row->share <= 1) || !(row->kelvin > 0) ||
            !(row->humidity >= 0 && row->humidity <= 1))
            return davy_fail(DAVY_ERR_INVALID,
                             "weather %zu: give a class of A to F, a wind above 0, directions in "
                             "degrees, a temperature, a humidity and a share from 0 to 1",
                             i + 1);
        sum += row->share;
    }
    if (!(fabs(sum - 1) <= tolerance))
        return davy_fail(DAVY_ERR_INVALID,
                         "the shares of the weather add up to %g: they are to add up to 1", sum);
    return DAVY_OK;
}

static size_t steps_of(const davy_risk_weather *row)
{
    return (size_t) ceil(row->sector / widest_step - 1e-9);
}

static bool is_effect_of(davy_effect effect, davy_outcome outcome)
{
    switch (outcome) {
    case DAVY_OUTCOME_FIRE:
        return effect == DAVY_EFFECT_POOL_FIRE || effect == DAVY_EFFECT_JET_FIRE ||
               effect == DAVY_EFFECT_FIREBALL;
    case DAVY_OUTCOME_EXPLOSION:
        return effect == DAVY_EFFECT_EXPLOSION;
    case DAVY_OUTCOME_FLASH_FIRE:
        return effect == DAVY_EFFECT_FLASH_FIRE;
    default:
        return effect == DAVY_EFFECT_TOXIC && outcome == DAVY_OUTCOME_TOXIC_CLOUD;
    }
}

/* Where a point would be if the wind were that of the impact. */
static davy_site_point turned(const struct turn *turn, davy_site_point point)
{
    double x, y;

    davy_air_seen(&turn->air, turn->source, point, &x, &y);
    return davy_air_place(&turn->impact->air, turn->source, x, y);
}

/* Does any of the place lie in the zone? */
static bool touches(const struct turn *turn, const davy_zone *zone, const davy_site_place *place)
{
    davy_site_point outline[DAVY_SITE_OUTLINE_MAX];
    const davy_zone ground = {.ring = outline, .count = place->outline_count};

    for (size_t i = 0; i < place->outline_count; i++)
        outline[i] = turned(turn, place->outline[i]);
    for (size_t i = 0; i < place->outline_count; i++)
        if (davy_zone_crosses(zone, outline[i], outline[(i + 1) % place->outline_count]))
            return true;
    return place->outline_count > 2 && davy_zone_contains(&ground, zone->ring[0]);
}

/* Does a zone of the outcome that kills touch the place? */
static bool is_deadly(const struct turn *turn, const davy_site_place *place, davy_outcome outcome)
{
    static const int deadly = 3;

    for (size_t i = 0; i < turn->impact->zone_count; i++) {
        const davy_zone *zone = &turn->impact->zones[i];

        if (zone->count > 0 && zone->severity >= deadly && is_effect_of(zone->effect, outcome) &&
            touches(turn, zone, place))
            return true;
    }
    return false;
}

/* By the probit of its substance that kills most. @param fraction  of the volume */
static double share_of(const struct turn *turn, double fraction, double time)
{
    const char *cas = turn->impact->substance.chemical->cas;
    double most = 0;

    for (const davy_probit *probit = NULL;
         (probit = davy_probit_next(DAVY_HARM_TOXIC, cas, probit));) {
        const bool is_fraction = strcmp(probit->formula.inputs[0].unit, "1") == 0;
        const davy_answer pr = davy_probit_value(
            probit, is_fraction ? fraction : fraction * turn->cloud.per_fraction, time);

        if (!isnan(pr.value))
            most = fmax(most, davy_probit_share(pr.value).value);
    }
    return most;
}

/* The greatest share on the edge of a place, or beside the source where that is in it. */
static double share_breathing(const struct turn *turn, const davy_site_place *place)
{
    static const double longest = 1800; /* s */
    double most = 0, x, y;

    for (size_t next = 0; davy_air_edge(&turn->air, turn->source, place, &next, &x, &y);) {
        const double fraction = davy_cloud_fraction(&turn->cloud, turn->model, x, y);

        if (fraction > 0)
            most = fmax(most,
                        share_of(turn, fraction,
                                 fmin(davy_cloud_passage(&turn->cloud, turn->model, x), longest)));
    }
    return most;
}

static double lethality(const struct turn *turn, const davy_site_place *place, davy_outcome outcome)
{
    const davy_chemical *chemical = turn->impact->substance.chemical;

    if (outcome == DAVY_OUTCOME_TOXIC_CLOUD && turn->model && chemical &&
        davy_probit_next(DAVY_HARM_TOXIC, chemical->cas, NULL))
        return share_breathing(turn, place);
    return is_deadly(turn, place, outcome) ? 1 : 0;
}

static void add_outcome(const struct turn *turn, davy_outcome outcome)
{
    davy_site_risk *risk = turn->risk;
    const double frequency = turn->impact->outcomes.frequencies[outcome].value;
    double deaths = 0;

    if (!(frequency > 0))
        return;
    for (size_t i = 0; i < risk->place_count; i++) {
        const davy_site_place *place = risk->places[i].place;
        const double share = lethality(turn, place, outcome);

        davy_individual_risk_add(&risk->places[i].individual,
                                 &(davy_risk_term){frequency, turn->share, turn->direction, share});
        if (place->outside)
            deaths += share * (turn->night ? risk->places[i].night : risk->places[i].day);
    }
    if (deaths > 0)
        risk->events[risk->event_count++] =
            (davy_risk_event){frequency * turn->share * turn->direction, deaths};
}

/* Every direction of a row. */
static void take_row(struct turn *turn, const davy_risk_weather *row)
{
    const size_t steps = steps_of(row);
    const double step = row->sector / (double) steps;

    turn->night = row->night;
    turn->share = row->share;
    turn->direction = 1 / (double) steps;
    for (size_t i = 0; i < steps; i++) {
        const double from = row->from - row->sector / 2 + step * ((double) i + 0.5);

        turn->air.from = from * M_PI / 180;
        for (davy_outcome k = 0; k < DAVY_OUTCOMES; k++)
            add_outcome(turn, k);
    }
}

/* The model that draws the first zone of a cloud that harms by breathing. */
static void find_model(struct turn *turn)
{
    const davy_impact *impact = turn->impact;

    turn->cloud = davy_cloud_of(&impact->source, &impact->substance, &impact->air);
    for (size_t i = 0; i < impact->zone_count && !turn->model; i++)
        if (impact->zones[i].effect == DAVY_EFFECT_TOXIC && impact->zones[i].count > 0 &&
            impact->models[i].drawn < turn->cloud.count)
            turn->model = &turn->cloud.models[impact->models[i].drawn];
}

/* What no table has a probability of; it hangs on the substance and the release, so that one
 * weather tells it of all. */
static void count_unknown(davy_site_risk *risk, const davy_impact *impact)
{
    for (davy_outcome i = 0; i < DAVY_OUTCOME_DISPERSED; i++)
        risk->unknown += isnan(impact->outcomes.frequencies[i].value);
}

/* Whether two rows differ in their direction and people alone. */
static bool is_same_air(const davy_risk_weather *a, const davy_risk_weather *b)
{
    return a->stability == b->stability && a->wind == b->wind && a->kelvin == b->kelvin &&
           a->humidity == b->humidity;
}

static bool is_first_of_its_air(const davy_risk_weather *weather, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (is_same_air(&weather[i], &weather[index]))
            return false;
    return true;
}

static davy_status compute(const davy_site *site, const davy_scenario *asked,
                           const davy_risk_weather *row, davy_impact *impact)
{
    davy_scenario scenario = *asked;
    const davy_impact_input input = {
        .scenario = &scenario, .site = site, .latitude = NAN, .longitude = NAN, .likelihood = NAN};

    scenario.weather = (davy_scenario_weather){.wind = row->wind,
                                               .wind_height_m = 10,
                                               .wind_from = row->from,
                                               .stability = row->stability,
                                               .temperature_k = row->kelvin,
                                               .humidity = row->humidity,
                                               .radiation = NAN,
                                               .cloud = NAN,
                                               .urban = site->emergency.weather.urban};
    return davy_impact_compute(&input, impact);
}

static davy_status take_scenario(davy_site_risk *risk, const davy_site *site,
                                 const davy_scenario *scenario, const davy_risk_weather *weather,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct turn turn = {.risk = risk};
        davy_impact impact;
        davy_status status;

        if (!is_first_of_its_air(weather, i))
            continue;
        status = compute(site, scenario, &weather[i], &impact);
        if (status != DAVY_OK)
            return status;
        turn.impact = &impact;
        turn.air = impact.air;
        turn.source = (davy_site_point){impact.scenario.east, impact.scenario.north};
        find_model(&turn);
        for (size_t k = i; k < count; k++)
            if (is_same_air(&weather[i], &weather[k]))
                take_row(&turn, &weather[k]);
        if (i == 0)
            count_unknown(risk, &impact);
        davy_impact_destroy(&impact);
    }
    return DAVY_OK;
}

static davy_status make_places(davy_site_risk *risk, const davy_site *site)
{
    const davy_site_emergency *emergency = &site->emergency;
    const size_t count = emergency->place_count;
    double *day = davy_arena_array(&risk->arena, 4 * count + 1, sizeof *day), *night;

    risk->places = davy_arena_array(&risk->arena, count + 1, sizeof *risk->places);
    if (!risk->places || !day)
        return davy_fail(DAVY_ERR_NOMEM, "risk of '%s'", site->name);
    night = day + 2 * count;
    for (size_t i = 0; i < count; i++) {
        day[i] = emergency->places[i].day;
        night[i] = emergency->places[i].night;
    }
    davy_places_apart(emergency, day, day + count);
    davy_places_apart(emergency, night, night + count);
    for (size_t i = 0; i < emergency->place_count; i++) {
        const davy_site_place *place = &emergency->places[i];
        davy_place_risk *of = &risk->places[risk->place_count];

        if (place->kind == DAVY_PLACE_MUSTER)
            continue;
        of->place = place;
        of->day = day[count + i];
        of->night = night[count + i];
        of->individual = davy_individual_risk_none();
        of->target = davy_risk_target_of(fmax(place->day, place->night), place->sensitive);
        of->limit_new = davy_individual_limit(of->target, false).value;
        of->limit_in_service = davy_individual_limit(of->target, true).value;
        risk->place_count++;
    }
    if (risk->place_count == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "the site '%s' has no places: say in `places` who is where", site->name);
    return DAVY_OK;
}

static davy_status make_events(davy_site_risk *risk, const davy_site *site,
                               const davy_risk_weather *weather, size_t count)
{
    size_t turns = 0;

    for (size_t i = 0; i < site->emergency.scenario_count; i++)
        if (isnan(site->emergency.scenarios[i].frequency))
            risk->without_frequency++;
        else
            risk->scenario_count++;
    if (risk->scenario_count == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "no scenario of the site '%s' has a `frequency`: give it one, with its "
                         "source",
                         site->name);
    for (size_t i = 0; i < count; i++)
        turns += steps_of(&weather[i]);
    risk->events = davy_arena_array(&risk->arena, turns * risk->scenario_count * DAVY_OUTCOMES,
                                    sizeof *risk->events);
    return risk->events ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "risk of '%s'", site->name);
}

davy_status davy_site_risk_compute(const davy_site *site, const davy_risk_weather *weather,
                                   size_t count, davy_site_risk *risk)
{
    davy_status status = check_weather(weather, count);

    if (status == DAVY_OK)
        status = make_places(risk, site);
    if (status == DAVY_OK)
        status = make_events(risk, site, weather, count);
    for (size_t i = 0; i < site->emergency.scenario_count && status == DAVY_OK; i++)
        if (!isnan(site->emergency.scenarios[i].frequency))
            status = take_scenario(risk, site, &site->emergency.scenarios[i], weather, count);
    return status;
}

void davy_site_risk_destroy(davy_site_risk *risk)
{
    davy_arena_clear(&risk->arena);
    *risk = (davy_site_risk){0};
}
