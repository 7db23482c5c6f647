/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_print.h"

#include "app/table_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CELL DAVY_ANSWER_TEXT_MAX

static const char *count_text(double people, char text[CELL])
{
    if (isnan(people))
        return "";
    (void) snprintf(text, CELL, "%.0f", people);
    return text;
}

static const char *band_text(const davy_zone *zone, char text[CELL])
{
    char low[CELL], high[CELL];
    const davy_answer from = {.kind = DAVY_ANSWER_VALUE, .value = zone->band_low, .far = NAN};
    const davy_answer to = {.kind = DAVY_ANSWER_VALUE, .value = zone->band_high, .far = NAN};

    if (isnan(zone->band_low) || zone->band_low == zone->band_high)
        return "";
    (void) snprintf(text, CELL, "%.100s to %.100s", davy_impact_distance_text(&from, low),
                    davy_impact_distance_text(&to, high));
    return text;
}

static davy_status print_source(const davy_impact *impact)
{
    static const davy_print_column columns[] = {{"source", false, false},
                                                {"value", false, false},
                                                {"formula", false, false},
                                                {"note", false, false}};
    const davy_source_term *source = &impact->source;
    davy_print *print;
    char text[CELL], value[CELL];
    davy_status status =
        davy_print_create("source", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    for (size_t i = 0; status == DAVY_OK && i < source->step_count; i++) {
        const davy_answer *answer = &source->steps[i].answer;

        (void) snprintf(value, sizeof value, "%.180s%s", davy_answer_text(answer, text),
                        davy_impact_missing_key(answer));
        status =
            davy_print_row(print, (const char *[]){source->steps[i].name, value,
                                                   answer->formula->name, source->steps[i].note});
    }
    if (status == DAVY_OK && impact->heavy.kind != DAVY_ANSWER_NO_DATA)
        status = davy_print_row(
            print, (const char *[]){"heavy gas criterion", davy_answer_text(&impact->heavy, text),
                                    impact->heavy.formula->name, "heavy from 0.15"});
    davy_print_finish(print);
    return status;
}

/* "15.3 km", and why it is doubted or what is missing behind it: a table of distances stays narrow.
 */
static const char *split_reach(const davy_answer *reach, char text[CELL])
{
    static const char *const breaks[] = {", outside the range: ", "not enough data: "};

    (void) davy_impact_distance_text(reach, text);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(breaks); i++) {
        char *at = strstr(text, breaks[i]);

        if (!at)
            continue;
        memmove(at + 1, at, strlen(at) + 1);
        *at = '\0';
        return at + 1 + (at[1] == ',' ? 2 : 0);
    }
    return "";
}

static davy_status print_model(davy_print *print, const char *const first[2],
                               const davy_answer *reach, const char *band, const char *people,
                               const char *model)
{
    char text[CELL + 1];
    const char *note = split_reach(reach, text);

    return davy_print_row(print,
                          (const char *[]){first[0], first[1], text, band, people, model, note});
}

static davy_status print_zone(davy_print *print, const davy_impact *impact, size_t index)
{
    const davy_zone *zone = &impact->zones[index];
    const davy_impact_models *models = &impact->models[index];
    char band[CELL], people[CELL];
    davy_status status = print_model(
        print, (const char *[]){davy_effect_name(zone->effect), zone->endpoint}, &zone->reach,
        band_text(zone, band), count_text(models->people, people), zone->model);

    for (size_t i = 0; status == DAVY_OK && i < models->count; i++)
        if (i != models->drawn)
            status = print_model(print, (const char *[]){"", ""}, &models->items[i].reach, "", "",
                                 models->items[i].name);
    return status;
}

static davy_status print_zones(const davy_impact *impact)
{
    static const davy_print_column columns[] = {
        {"effect", false, false},     {"level", false, false}, {"distance", false, false},
        {"all models", false, false}, {"people", true, true},  {"model", false, false},
        {"note", false, false}};
    davy_print *print;
    davy_status status =
        davy_print_create("zones", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    for (size_t i = 0; status == DAVY_OK && i < impact->zone_count; i++)
        status = print_zone(print, impact, i);
    davy_print_finish(print);
    return status;
}

static davy_status print_places(const davy_impact *impact)
{
    static const davy_print_column columns[] = {{"place", false, false},
                                                {"people", true, true},
                                                {"advice", false, false},
                                                {"leave after", false, false},
                                                {"why", false, false}};
    davy_print *print;
    davy_status status =
        davy_print_create("places", columns, DAVY_ARRAY_LENGTH(columns), false, &print);
    char people[CELL], leave[CELL];

    for (size_t i = 0; status == DAVY_OK && i < impact->place_count; i++) {
        const davy_impact_place *place = &impact->places[i];

        leave[0] = '\0';
        if (!isnan(place->leave_after))
            (void) snprintf(leave, sizeof leave, "%.0f min", place->leave_after / 60);
        status = davy_print_row(print, (const char *[]){place->place->name,
                                                        count_text(place->people, people),
                                                        davy_advice_name(place->advice), leave,
                                                        davy_advice_why(place->why, false)});
    }
    davy_print_finish(print);
    return status;
}

/* What it becomes: nothing is printed of outcomes that cannot be. */
static davy_status print_outcomes(const davy_impact *impact)
{
    static const davy_print_column columns[] = {{"becomes", false, false},
                                                {"share", true, false},
                                                {"a year", true, false},
                                                {"by", false, false}};
    const davy_outcomes *outcomes = &impact->outcomes;
    davy_print *print;
    char share[CELL], often[CELL];
    davy_status status =
        davy_print_create("outcomes", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status == DAVY_OK && outcomes->immediate.kind != DAVY_ANSWER_VALUE)
        status = davy_print_row(print,
                                (const char *[]){"", davy_answer_text(&outcomes->immediate, share),
                                                 "", outcomes->immediate.formula->name});
    for (davy_outcome i = 0; status == DAVY_OK && i < DAVY_OUTCOMES; i++) {
        if (outcomes->immediate.kind != DAVY_ANSWER_VALUE || outcomes->shares[i].value == 0)
            continue;
        (void) snprintf(often, sizeof often, "%.3g", outcomes->frequencies[i].value);
        status = davy_print_row(
            print,
            (const char *[]){
                davy_outcome_name(i), davy_answer_text(&outcomes->shares[i], share),
                isnan(outcomes->frequencies[i].value) ? "" : often,
                (i == DAVY_OUTCOME_FIRE ? outcomes->immediate : outcomes->delayed).formula->name});
    }
    davy_print_finish(print);
    return status;
}

static void print_rest(const davy_impact *impact)
{
    for (size_t i = 0; i < impact->muster_count; i++)
        (void) printf("%s %s: %.0f m, %s%s\n", i == 0 ? "\nmuster" : "      ",
                      impact->musters[i].place->name, impact->musters[i].distance,
                      impact->musters[i].upwind ? "upwind" : "not upwind",
                      impact->musters[i].safe ? "" : ", not known to be outside of all zones");
    for (size_t i = 0; i < impact->domino_count; i++)
        (void) printf("%s %s: %s, %.0f m, %s\n", i == 0 ? "\nnext  " : "      ",
                      impact->dominoes[i].asset->name, davy_effect_name(impact->dominoes[i].effect),
                      impact->dominoes[i].distance, impact->dominoes[i].level->english);
}

static void print_head(const davy_impact *impact)
{
    const davy_chemical *chemical = impact->substance.chemical;
    const davy_scenario *scenario = &impact->scenario;
    char wind[64] = "wind not known", from[64] = "from a direction that is not known";

    if (!isnan(impact->air.wind))
        (void) snprintf(wind, sizeof wind, "wind %.3g m/s", impact->air.wind);
    if (!isnan(scenario->weather.wind_from))
        (void) snprintf(from, sizeof from, "from %.0f degrees", scenario->weather.wind_from);
    (void) printf("%s: %s, %s %s, class %c (%s)\n\n",
                  scenario->title ? scenario->title : scenario->name,
                  chemical ? chemical->name : "a chemical that the table does not have", wind, from,
                  davy_stability_letter(impact->air.stability), impact->air.method);
}

davy_status davy_impact_print(const davy_impact *impact)
{
    davy_status status;

    print_head(impact);
    status = print_source(impact);
    if (status == DAVY_OK) {
        (void) printf("\n");
        status = print_outcomes(impact);
    }
    if (status == DAVY_OK) {
        (void) printf("\n");
        status = print_zones(impact);
    }
    if (status == DAVY_OK && impact->place_count > 0) {
        (void) printf("\n");
        status = print_places(impact);
    }
    if (status == DAVY_OK)
        print_rest(impact);
    return status;
}
