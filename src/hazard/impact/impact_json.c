/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"
#include "hazard/air/reach.h"
#include "hazard/impact/impact.h"
#include "hazard/impact/spread.h"
#include "hazard/zone/geojson.h"

#include <math.h>
#include <string.h>

/* The formulas that answers point to, each once. */
enum { FORMULAS = 128 };

typedef struct writer {
    davy_buffer *out;
    const davy_impact *impact;
    const davy_formula *formulas[FORMULAS];
    size_t formula_count;
} writer;

static void note_formula(writer *of, const davy_formula *formula)
{
    for (size_t i = 0; i < of->formula_count; i++)
        if (of->formulas[i] == formula)
            return;
    if (formula && of->formula_count < FORMULAS)
        of->formulas[of->formula_count++] = formula;
}

static void write_formulas(const writer *of)
{
    davy_json_object(of->out, "formulas");
    for (size_t i = 0; i < of->formula_count; i++) {
        const davy_formula *formula = of->formulas[i];

        davy_json_object(of->out, formula->name);
        davy_json_text(of->out, "title", formula->title);
        davy_json_text(of->out, "title_zh", formula->chinese);
        davy_json_text(of->out, "equation", formula->equation);
        davy_json_text(of->out, "source", formula->source);
        davy_json_text(of->out, "range", formula->range);
        davy_json_text(of->out, "cases", formula->cases);
        davy_json_object_end(of->out);
    }
    davy_json_object_end(of->out);
}

/* "kind", "text", "formula" of an answer. */
static void write_answer(writer *of, const davy_answer *answer, const char *text)
{
    davy_json_text(of->out, "kind", davy_answer_kind_name(answer->kind));
    davy_json_text(of->out, "text", text);
    davy_json_text(of->out, "formula", answer->formula ? answer->formula->name : NULL);
    note_formula(of, answer->formula);
}

static void write_reach(writer *of, const davy_answer *reach)
{
    char text[DAVY_ANSWER_TEXT_MAX];
    const bool is_far = reach->kind != DAVY_ANSWER_NOT_REACHED;

    davy_json_number(of->out, "distance", is_far ? davy_reach_far(*reach) : NAN);
    davy_json_number(of->out, "near", isfinite(reach->far) ? reach->value : NAN);
    write_answer(of, reach, davy_impact_distance_text(reach, text));
}

static void write_point(davy_buffer *out, const char *key, davy_site_point point)
{
    davy_json_array(out, key);
    davy_json_number(out, NULL, point.east);
    davy_json_number(out, NULL, point.north);
    davy_json_array_end(out);
}

static void write_head(writer *of)
{
    const davy_impact *impact = of->impact;
    const davy_chemical *chemical = impact->substance.chemical;
    davy_buffer *out = of->out;

    davy_json_text(out, "scenario", impact->scenario.name);
    davy_json_text(out, "title", impact->scenario.title);
    if (chemical) {
        davy_json_object(out, "chemical");
        davy_json_text(out, "name", chemical->name);
        davy_json_text(out, "chinese", davy_chemical_chinese(chemical));
        davy_json_text(out, "cas", chemical->cas);
        davy_json_object_end(out);
    } else {
        davy_json_null(out, "chemical");
    }
    write_point(out, "at", (davy_site_point){impact->scenario.east, impact->scenario.north});
    if (isnan(impact->input.latitude)) {
        davy_json_null(out, "origin");
    } else {
        davy_json_array(out, "origin");
        davy_json_number(out, NULL, impact->input.latitude);
        davy_json_number(out, NULL, impact->input.longitude);
        davy_json_array_end(out);
    }
    davy_json_time(out, "computed", impact->input.computed_ns);
    davy_json_number(out, "likelihood", impact->input.likelihood);
}

static void write_weather(writer *of)
{
    const davy_air *air = &of->impact->air;
    const char letter[] = {davy_stability_letter(air->stability), '\0'};
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_json_object(of->out, "weather");
    davy_json_number(of->out, "wind", air->wind);
    davy_json_number(of->out, "wind_from", of->impact->scenario.weather.wind_from);
    davy_json_text(of->out, "stability", air->stability == DAVY_STABILITIES ? NULL : letter);
    davy_json_number(of->out, "temperature", air->kelvin);
    davy_json_number(of->out, "humidity", of->impact->scenario.weather.humidity);
    davy_json_boolean(of->out, "urban", air->urban);
    davy_json_text(of->out, "method", air->method);
    write_answer(of, &air->class_answer, davy_answer_text(&air->class_answer, text));
    davy_json_object_end(of->out);
}

static void write_step(writer *of, const char *name, const davy_answer *answer, const char *note)
{
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_json_object(of->out, NULL);
    davy_json_text(of->out, "name", name);
    davy_json_number(of->out, "value", answer->value);
    davy_json_text(of->out, "unit", answer->unit);
    write_answer(of, answer, davy_answer_text(answer, text));
    davy_json_text(of->out, "note", note);
    davy_json_object_end(of->out);
}

static void write_source(writer *of)
{
    const davy_source_term *source = &of->impact->source;

    davy_json_array(of->out, "source");
    for (size_t i = 0; i < source->step_count; i++)
        write_step(of, source->steps[i].name, &source->steps[i].answer, source->steps[i].note);
    if (of->impact->heavy.kind != DAVY_ANSWER_NO_DATA)
        write_step(of, "heavy gas criterion", &of->impact->heavy,
                   of->impact->heavy.value >= 0.15 ? "heavy" : "not heavy");
    davy_json_array_end(of->out);
    davy_json_number(of->out, "duration", source->duration);
}

static void write_outcomes(writer *of)
{
    const davy_outcomes *outcomes = &of->impact->outcomes;
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_json_number(of->out, "frequency", of->impact->scenario.frequency);
    davy_json_array(of->out, "outcomes");
    for (davy_outcome i = 0; i < DAVY_OUTCOMES; i++) {
        const davy_answer *share = &outcomes->shares[i];
        const davy_formula *ignition =
            (i == DAVY_OUTCOME_FIRE ? outcomes->immediate : outcomes->delayed).formula;

        davy_json_object(of->out, NULL);
        davy_json_text(of->out, "outcome", davy_outcome_name(i));
        davy_json_number(of->out, "share", share->value);
        davy_json_number(of->out, "frequency", outcomes->frequencies[i].value);
        write_answer(of, share, davy_answer_text(share, text));
        davy_json_text(of->out, "by", ignition->name);
        note_formula(of, ignition);
        davy_json_object_end(of->out);
    }
    davy_json_array_end(of->out);
}

static void write_models(writer *of, const davy_impact_models *models)
{
    davy_json_array(of->out, "models");
    for (size_t i = 0; i < models->count; i++) {
        davy_json_object(of->out, NULL);
        davy_json_text(of->out, "model", models->items[i].name);
        write_reach(of, &models->items[i].reach);
        if (models->items[i].impulse.formula && isfinite(models->items[i].impulse.value))
            davy_json_number(of->out, "impulse", models->items[i].impulse.value);
        davy_json_object_end(of->out);
    }
    davy_json_array_end(of->out);
}

static void write_zone(writer *of, size_t index)
{
    const davy_zone *zone = &of->impact->zones[index];
    const davy_impact_models *models = &of->impact->models[index];
    davy_buffer *out = of->out;

    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", index + 1);
    davy_json_text(out, "effect", davy_effect_name(zone->effect));
    davy_json_text(out, "endpoint", zone->endpoint);
    davy_json_number(out, "level", zone->level);
    davy_json_text(out, "unit",
                   zone->effect == DAVY_EFFECT_TOXIC || zone->effect == DAVY_EFFECT_FLASH_FIRE ? "1"
                   : zone->effect == DAVY_EFFECT_EXPLOSION ? "Pa"
                                                           : "W/m2");
    davy_json_integer(out, "severity", zone->severity);
    write_reach(of, &zone->reach);
    davy_json_array(out, "band");
    davy_json_number(out, NULL, zone->band_low);
    davy_json_number(out, NULL, zone->band_high);
    davy_json_array_end(out);
    davy_json_number(out, "centre", models->centre);
    davy_json_text(out, "model", zone->model);
    davy_json_number(out, "people", models->people);
    write_models(of, models);
    davy_json_array(out, "ring");
    for (size_t i = 0; i < zone->count; i++)
        write_point(out, NULL, zone->ring[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_place(davy_buffer *out, const davy_impact_place *place)
{
    static const char *const kinds[] = {"building", "open", "muster"};

    davy_json_object(out, NULL);
    davy_json_text(out, "name", place->place->name);
    davy_json_text(out, "kind", kinds[place->place->kind]);
    davy_json_number(out, "people", place->people);
    davy_json_array(out, "inside");
    for (unsigned i = 0; i < DAVY_IMPACT_ZONES_MAX; i++)
        if (place->inside >> i & 1)
            davy_json_unsigned(out, NULL, i + 1);
    davy_json_array_end(out);
    davy_json_text(out, "advice", davy_advice_name(place->advice));
    davy_json_number(out, "leave_after", place->leave_after);
    davy_json_number(out, "load_inside", place->load_inside);
    davy_json_number(out, "load_outside", place->load_outside);
    davy_json_text(out, "why", davy_advice_why(place->why, false));
    davy_json_text(out, "why_key", place->why);
    davy_json_text(out, "why_zh", davy_advice_why(place->why, true));
    davy_json_boolean(out, "sensitive", place->place->sensitive);
    davy_json_boolean(out, "outside", place->place->outside);
    davy_json_object_end(out);
}

static void write_people(writer *of)
{
    const davy_impact *impact = of->impact;
    davy_buffer *out = of->out;

    davy_json_array(out, "places");
    for (size_t i = 0; i < impact->place_count; i++)
        write_place(out, &impact->places[i]);
    davy_json_array_end(out);
    davy_json_array(out, "muster");
    for (size_t i = 0; i < impact->muster_count; i++) {
        const davy_impact_muster *muster = &impact->musters[i];

        davy_json_object(out, NULL);
        davy_json_text(out, "name", muster->place->name);
        write_point(out, "at", muster->place->outline[0]);
        davy_json_number(out, "distance", muster->distance);
        davy_json_boolean(out, "upwind", muster->upwind);
        davy_json_boolean(out, "safe", muster->safe);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_dominoes(writer *of)
{
    davy_json_array(of->out, "domino");
    for (size_t i = 0; i < of->impact->domino_count; i++) {
        const davy_impact_domino *domino = &of->impact->dominoes[i];

        davy_json_object(of->out, NULL);
        davy_json_text(of->out, "asset", domino->asset->name);
        davy_json_text(of->out, "effect", davy_effect_name(domino->effect));
        davy_json_number(of->out, "level", domino->level->value);
        davy_json_text(of->out, "endpoint", domino->level->english);
        davy_json_text(of->out, "endpoint_zh", domino->level->chinese);
        davy_json_text(of->out, "source", domino->level->source);
        davy_json_number(of->out, "distance", domino->distance);
        davy_json_object_end(of->out);
    }
    davy_json_array_end(of->out);
}

static bool is_hit(const davy_impact *impact, const davy_site_asset *asset)
{
    for (size_t i = 0; i < impact->zone_count && !isnan(asset->east); i++)
        if (davy_zone_contains(&impact->zones[i], (davy_site_point){asset->east, asset->north}))
            return true;
    return false;
}

static void write_assets(writer *of)
{
    const davy_site *site = of->impact->input.site;

    davy_json_array(of->out, "assets");
    for (size_t i = 0; site && i < site->asset_count; i++)
        if (is_hit(of->impact, &site->assets[i]))
            davy_json_text(of->out, NULL, site->assets[i].name);
    davy_json_array_end(of->out);
}

davy_status davy_impact_json(const davy_impact *impact, const davy_spread *spread, davy_buffer *out)
{
    writer of = {.out = out, .impact = impact};

    davy_json_object(out, NULL);
    write_head(&of);
    write_weather(&of);
    write_source(&of);
    write_outcomes(&of);
    davy_json_array(out, "zones");
    for (size_t i = 0; i < impact->zone_count; i++)
        write_zone(&of, i);
    davy_json_array_end(out);
    if (isnan(impact->input.latitude))
        davy_json_null(out, "geojson");
    else
        davy_zone_geojson(out, "geojson", impact->zones, impact->zone_count, impact->input.latitude,
                          impact->input.longitude);
    write_people(&of);
    write_dominoes(&of);
    write_assets(&of);
    write_formulas(&of);
    if (spread)
        davy_spread_json(spread, out);
    davy_json_object_end(out);
    return davy_buffer_ok(out);
}

static davy_status write_impact(const davy_impact_input *input, const davy_spread *spread,
                                davy_buffer *out)
{
    davy_impact impact;
    davy_status status = davy_impact_compute(input, &impact);

    if (status != DAVY_OK)
        return status;
    status = davy_impact_json(&impact, spread, out);
    davy_impact_destroy(&impact);
    return status;
}

davy_status davy_impact_write(const davy_impact_input *input, davy_buffer *out)
{
    return write_impact(input, NULL, out);
}

davy_status davy_impact_write_drawn(const davy_impact_input *input, const davy_impact_draws *wanted,
                                    davy_buffer *out)
{
    davy_spread spread = {0};
    davy_status status = davy_spread_compute(input, wanted, &spread);

    if (status == DAVY_OK)
        status = write_impact(input, &spread, out);
    davy_spread_clear(&spread);
    return status;
}
