/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/impact.h"

#include "hazard/air/reach.h"
#include "hazard/impact/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the scenario does not say and its asset does. */
static void ask_asset(davy_scenario *scenario, const davy_site *site)
{
    const davy_site_asset *asset;

    if (!site || scenario->asset >= site->asset_count)
        return;
    asset = &site->assets[scenario->asset];
    if (isnan(scenario->east) || isnan(scenario->north)) {
        scenario->east = asset->east;
        scenario->north = asset->north;
    }
    if (!scenario->chemical)
        scenario->chemical = asset->chemical;
    if (isnan(scenario->amount_kg))
        scenario->amount_kg = asset->amount_kg;
}

static davy_status compute(davy_impact_work *work)
{
    davy_impact *impact = work->impact;

    impact->zones = davy_arena_array(&impact->arena, DAVY_IMPACT_ZONES_MAX, sizeof(davy_zone));
    impact->models =
        davy_arena_array(&impact->arena, DAVY_IMPACT_ZONES_MAX, sizeof(davy_impact_models));
    if (!impact->zones || !impact->models)
        return davy_fail(DAVY_ERR_NOMEM, "impact");
    impact->substance = davy_substance_of(impact->scenario.chemical);
    impact->air = davy_air_of(&impact->scenario.weather);
    impact->source = davy_source_term_of(&impact->scenario, &impact->substance, &impact->air);
    impact->outcomes =
        davy_outcomes_of(&impact->source, &impact->substance, impact->scenario.frequency);
    work->cloud = davy_cloud_of(&impact->source, &impact->substance, &impact->air);
    impact->heavy = work->cloud.heavy;
    davy_impact_toxic(work);
    davy_impact_flash_fire(work);
    davy_impact_fires(work);
    davy_impact_blast(work);
    if (!impact->input.reaches_only)
        davy_impact_people(work);
    return work->status;
}

davy_status davy_impact_compute(const davy_impact_input *input, davy_impact *impact)
{
    davy_impact_work work = {.impact = impact, .status = DAVY_OK};
    davy_status status;

    *impact = (davy_impact){.input = *input, .scenario = *input->scenario};
    davy_arena_init(&impact->arena, 0);
    ask_asset(&impact->scenario, input->site);
    work.source = (davy_site_point){impact->scenario.east, impact->scenario.north};
    if (isnan(work.source.east) || isnan(work.source.north))
        return davy_fail(DAVY_ERR_INVALID,
                         "the scenario '%s' has no place: give `at: [east, north]`, or an asset "
                         "with a position",
                         impact->scenario.name ? impact->scenario.name : "");
    status = compute(&work);
    if (status != DAVY_OK)
        davy_impact_destroy(impact);
    return status;
}

void davy_impact_destroy(davy_impact *impact)
{
    davy_arena_clear(&impact->arena);
    *impact = (davy_impact){0};
}

const char *davy_impact_missing_key(const davy_answer *answer)
{
    static const struct {
        const char *what, *key;
    } keys[] = {
        {"temperature", " (weather.temperature, or release.temperature)"},
        {"ambient temperature", " (weather.temperature)"},
        {"air temperature", " (weather.temperature)"},
        {"wind speed", " (weather.wind)"},
        {"wind", " (weather.wind)"},
        {"class", " (weather.stability)"},
        {"radiation", " (weather.stability, or weather.radiation)"},
        {"cloud", " (weather.stability, or weather.cloud)"},
        {"depth", " (release.dike, or release.depth)"},
        {"head of liquid", " (release.head)"},
        {"rate", " (release.rate)"},
        {"amount", " (amount)"},
    };

    if (answer->kind == DAVY_ANSWER_NO_DATA && answer->what)
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
            if (strcmp(answer->what, keys[i].what) == 0)
                return keys[i].key;
    return "";
}

static void write_length(double metres, char *text, size_t capacity)
{
    if (metres < 9.95)
        (void) snprintf(text, capacity, "%.1f m", metres);
    else if (metres < 999.5)
        (void) snprintf(text, capacity, "%.0f m", metres);
    else
        (void) snprintf(text, capacity, "%.*f km", metres < 9950 ? 2 : 1, metres / 1000);
}

const char *davy_impact_distance_text(const davy_answer *reach, char text[DAVY_ANSWER_TEXT_MAX])
{
    char near[32], far[32], all[DAVY_ANSWER_TEXT_MAX];

    write_length(reach->value, near, sizeof near);
    write_length(davy_reach_far(*reach), far, sizeof far);
    if (reach->kind == DAVY_ANSWER_VALUE)
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "%s", near);
    else if (reach->kind == DAVY_ANSWER_TWO)
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "%s to %s", near, far);
    else if (reach->kind == DAVY_ANSWER_OUTSIDE && isfinite(davy_reach_far(*reach)))
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "%s, %.200s", far,
                        davy_answer_text(reach, all));
    else
        (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "%.180s%s", davy_answer_text(reach, all),
                        davy_impact_missing_key(reach));
    return text;
}
