/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/reach.h"
#include "hazard/harm/indoor.h"
#include "hazard/harm/probit.h"
#include "hazard/impact/parts.h"
#include "site/within.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* s: of a release that nobody knows the end of, the hour that the levels are for; what is looked
 * at after the cloud, in which a building keeps what came in; the half hour of an IDLH. */
static const double hour = 3600, afterwards = 3600, escape = 1800;

static const struct {
    const char *key, *english, *chinese;
} whys[] = {
    {"none", "in no zone", "不在任何影响区内"},
    {"unknown-zone", "how far a level reaches is not known: it may be here",
     "有影响区无法计算，可能波及此处"},
    {"burns", "heat, flames or blast that kill reach it", "致死的热辐射、火焰或冲击波可达"},
    {"open", "people in the open breathe the cloud", "室外人员直接吸入毒气"},
    {"exposed", "heat or blast reaches people in the open", "热辐射或冲击波可达室外人员"},
    {"walls", "walls keep heat and splinters off", "墙体可阻挡热辐射和碎片"},
    {"air-changes", "the air changes of the building are not known", "建筑换气次数未知"},
    {"exponent", "no toxic load exponent is known of the substance", "该物质的毒性负荷指数未知"},
    {"concentration", "the concentration there is not known", "该处浓度未知"},
    {"load-low", "less comes in than outside, until the time of leaving",
     "在撤离时刻之前，室内毒性负荷低于室外"},
    {"load-high",
     "not safe: less comes in than outside until the time of leaving, yet more than the IDLH in 30 "
     "minutes",
     "不安全：撤离时刻之前室内毒性负荷低于室外，但仍超过IDLH暴露30分钟的水平"},
    {"load-now", "staying is no better than leaving at once, and not safe",
     "留在室内并不优于立即撤离，且不安全"},
};

const char *davy_advice_name(davy_advice advice)
{
    static const char *const names[] = {"none", "shelter", "evacuate", "unknown"};

    return names[advice];
}

const char *davy_advice_why(const char *key, bool chinese)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(whys); i++)
        if (strcmp(whys[i].key, key) == 0)
            return chinese ? whys[i].chinese : whys[i].english;
    return "";
}

/* Does any of the place lie in the zone? */
static bool touches(const davy_zone *zone, const davy_site_place *place)
{
    const davy_zone ground = {.ring = place->outline, .count = place->outline_count};

    if (zone->count == 0 || place->outline_count == 0)
        return false;
    for (size_t i = 0; i < place->outline_count; i++)
        if (davy_zone_crosses(zone, place->outline[i],
                              place->outline[(i + 1) % place->outline_count]))
            return true;
    return place->outline_count > 2 && davy_zone_contains(&ground, zone->ring[0]);
}

/* A zone that is drawn, or that is known to be nowhere. */
static bool is_known(const davy_zone *zone)
{
    return zone->count > 0 || zone->reach.kind == DAVY_ANSWER_NOT_REACHED ||
           davy_reach_far(zone->reach) == 0;
}

/* Whether some level may reach farther than what is drawn says: then nobody is told that he is in
 * no zone. A level that no table has counts only where no other level stands for it. */
static bool leaves_open(const davy_impact *impact)
{
    bool any = false, open = false;

    for (size_t i = 0; i < impact->zone_count; i++) {
        const davy_zone *zone = &impact->zones[i];

        any = any || is_known(zone);
        open = open ||
               (!is_known(zone) && (!isnan(zone->level) || zone->effect == DAVY_EFFECT_FLASH_FIRE));
    }
    return open || !any;
}

static uint64_t zones_of(const davy_impact *impact, const davy_site_place *place)
{
    uint64_t inside = 0;

    for (size_t i = 0; i < impact->zone_count; i++)
        if (touches(&impact->zones[i], place))
            inside |= UINT64_C(1) << i;
    return inside;
}

static double people_at(const davy_impact_input *input, size_t index)
{
    const davy_site_place *place = &input->site->emergency.places[index];

    if (input->badges && !isnan(input->badges[index]))
        return input->badges[index];
    return input->day ? place->day : place->night;
}

/* Greatest fraction on a place's edge, or beside the source in it, and how far downwind that is. */
static double fraction_at(const davy_impact_work *work, const davy_cloud_model *model,
                          const davy_site_place *place, double *downwind)
{
    double most = 0, x, y;

    *downwind = 0;
    for (size_t next = 0; davy_air_edge(&work->impact->air, work->source, place, &next, &x, &y);) {
        const double fraction = davy_cloud_fraction(&work->cloud, model, x, y);

        if (fraction > most) {
            most = fraction;
            *downwind = x;
        }
    }
    return most;
}

/* What passes a place: of the models that draw the toxic zones it is in, the one that says most. A
 * far zone may be drawn by another model than a near one. */
static davy_outdoor_step outside_of(const davy_impact_work *work, const davy_impact_place *of)
{
    davy_outdoor_step worst = {NAN, 0};

    for (size_t i = 0; i < work->impact->zone_count; i++) {
        const davy_cloud_model *model = &work->cloud.models[work->impact->models[i].drawn];
        double fraction, passage, x;

        if (work->impact->zones[i].effect != DAVY_EFFECT_TOXIC || !(of->inside >> i & 1))
            continue;
        fraction = fraction_at(work, model, of->place, &x);
        passage = davy_cloud_passage(&work->cloud, model, x);
        if (fraction > worst.concentration)
            worst = (davy_outdoor_step){isfinite(passage) ? passage : hour, fraction};
    }
    return worst;
}

static void decide(davy_impact_place *of, davy_advice advice, const char *why)
{
    of->advice = advice;
    of->why = why;
}

/* Which is less: the load of staying inside for the best time, or that of being outside. */
static void weigh(const davy_impact_work *work, davy_impact_place *of, double exponent)
{
    const double idlh = work->impact->substance.chemical->figures[DAVY_CHEMICAL_IDLH] * 1e-6;
    const davy_outdoor_step steps[] = {outside_of(work, of), {afterwards, 0}};
    davy_answer leave, inside, outside;

    leave = davy_indoor_leave(steps, 2, of->place->air_changes, exponent);
    inside = davy_indoor_load(steps, 2, of->place->air_changes, exponent, leave.value);
    outside = davy_outdoor_load(steps, 2, exponent);
    of->leave_after = leave.value;
    of->load_inside = inside.value;
    of->load_outside = outside.value;
    if (isnan(inside.value) || !(outside.value > 0))
        decide(of, DAVY_ADVICE_UNKNOWN, "concentration");
    else if (!isnan(idlh) && inside.value >= pow(idlh, exponent) * escape)
        decide(of, leave.value > 0 ? DAVY_ADVICE_SHELTER : DAVY_ADVICE_EVACUATE,
               leave.value > 0 ? "load-high" : "load-now");
    else
        decide(of, DAVY_ADVICE_SHELTER, "load-low");
}

static void advise(const davy_impact_work *work, davy_impact_place *of)
{
    const davy_impact *impact = work->impact;
    const davy_chemical *chemical = impact->substance.chemical;
    const davy_probit *probit =
        chemical ? davy_probit_next(DAVY_HARM_TOXIC, chemical->cas, NULL) : NULL;
    bool toxic = false, deadly = false;

    for (size_t i = 0; i < impact->zone_count; i++)
        if (of->inside >> i & 1) {
            toxic = toxic || impact->zones[i].effect == DAVY_EFFECT_TOXIC;
            deadly = deadly || (impact->zones[i].effect != DAVY_EFFECT_TOXIC &&
                                impact->zones[i].severity == 3);
        }
    if (of->inside == 0 && leaves_open(impact))
        decide(of, DAVY_ADVICE_UNKNOWN, "unknown-zone");
    else if (of->inside == 0)
        decide(of, DAVY_ADVICE_NONE, "none");
    else if (deadly)
        decide(of, DAVY_ADVICE_EVACUATE, "burns");
    else if (of->place->kind != DAVY_PLACE_BUILDING)
        decide(of, DAVY_ADVICE_EVACUATE, toxic ? "open" : "exposed");
    else if (!toxic)
        decide(of, DAVY_ADVICE_SHELTER, "walls");
    else if (isnan(of->place->air_changes))
        decide(of, DAVY_ADVICE_UNKNOWN, "air-changes");
    else if (!probit)
        decide(of, DAVY_ADVICE_UNKNOWN, "exponent");
    else
        weigh(work, of, probit->n);
}

/* @param apart  its people that no place within it counts */
static void look_at_place(davy_impact_work *work, size_t index, double apart)
{
    davy_impact *impact = work->impact;
    davy_impact_place *of = &impact->places[impact->place_count++];

    *of = (davy_impact_place){.place = &impact->input.site->emergency.places[index],
                              .people = people_at(&impact->input, index),
                              .leave_after = NAN,
                              .load_inside = NAN,
                              .load_outside = NAN};
    of->inside = zones_of(impact, of->place);
    advise(work, of);
    for (size_t i = 0; i < impact->zone_count; i++)
        if (of->inside >> i & 1)
            impact->models[i].people += apart;
}

static void look_at_muster(davy_impact_work *work, const davy_site_place *place)
{
    davy_impact *impact = work->impact;
    davy_impact_muster *of = &impact->musters[impact->muster_count++];
    double x, y;

    davy_air_seen(&impact->air, work->source, place->outline[0], &x, &y);
    *of = (davy_impact_muster){place,
                               hypot(place->outline[0].east - work->source.east,
                                     place->outline[0].north - work->source.north),
                               x < 0, zones_of(impact, place) == 0 && !leaves_open(impact)};
}

/* Safe ones first, of these those on the side the wind comes from, then the nearest. */
static int compare_musters(const void *left, const void *right)
{
    const davy_impact_muster *a = left, *b = right;

    if (a->safe != b->safe)
        return a->safe ? -1 : 1;
    if (a->upwind != b->upwind)
        return a->upwind ? -1 : 1;
    return (a->distance > b->distance) - (a->distance < b->distance);
}

/* What a zone does to steel, or NULL. */
static const davy_level *breaks_steel(const davy_zone *zone)
{
    const davy_level *heat = davy_level_find("heat-equipment");
    const davy_level *pressure = davy_level_find("pressure-frames-pulled");

    if (zone->effect == DAVY_EFFECT_EXPLOSION)
        return zone->level == pressure->value ? pressure : NULL;
    if (zone->effect == DAVY_EFFECT_TOXIC || zone->effect == DAVY_EFFECT_FLASH_FIRE)
        return NULL;
    return zone->level == heat->value ? heat : NULL;
}

static void look_at_asset(davy_impact_work *work, size_t index)
{
    davy_impact *impact = work->impact;
    const davy_site_asset *asset = &impact->input.site->assets[index];
    const davy_site_point at = {asset->east, asset->north};

    if (index == impact->scenario.asset || isnan(at.east))
        return;
    for (size_t i = 0; i < impact->zone_count; i++) {
        const davy_level *level = breaks_steel(&impact->zones[i]);

        if (level && davy_zone_contains(&impact->zones[i], at))
            impact->dominoes[impact->domino_count++] = (davy_impact_domino){
                asset, impact->zones[i].effect, level,
                hypot(at.east - work->source.east, at.north - work->source.north)};
    }
}

void davy_impact_people(davy_impact_work *work)
{
    davy_impact *impact = work->impact;
    const davy_site *site = impact->input.site;
    const size_t most = site ? site->emergency.place_count : 0;
    double *people;

    for (size_t i = 0; i < impact->zone_count; i++)
        impact->models[i].people = site && is_known(&impact->zones[i]) ? 0 : NAN;
    if (!site)
        return;
    impact->places = davy_arena_array(&impact->arena, most + 1, sizeof *impact->places);
    impact->musters = davy_arena_array(&impact->arena, most + 1, sizeof *impact->musters);
    impact->dominoes = davy_arena_array(&impact->arena, site->asset_count * DAVY_EFFECTS + 1,
                                        sizeof *impact->dominoes);
    people = davy_arena_array(&impact->arena, 2 * most + 1, sizeof *people);
    if (!impact->places || !impact->musters || !impact->dominoes || !people) {
        work->status = davy_fail(DAVY_ERR_NOMEM, "impact");
        return;
    }
    for (size_t i = 0; i < most; i++)
        people[i] = people_at(&impact->input, i);
    davy_places_apart(&site->emergency, people, people + most);
    for (size_t i = 0; i < most; i++)
        if (site->emergency.places[i].kind == DAVY_PLACE_MUSTER)
            look_at_muster(work, &site->emergency.places[i]);
        else
            look_at_place(work, i, people[most + i]);
    qsort(impact->musters, impact->muster_count, sizeof *impact->musters, compare_musters);
    for (size_t i = 0; i < site->asset_count; i++)
        look_at_asset(work, i);
}
