/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_risk.h"

#include "app/impact_tables.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/impact/check.h"
#include "hazard/impact/weather_file.h"
#include "site/load.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

/* Against the limit of a new plant and that of one in service: they protect who is outside. */
static const char *verdict_of(const davy_place_risk *of)
{
    if (!of->place->outside)
        return "inside the fence";
    if (isnan(of->individual.value))
        return "not known";
    if (davy_individual_is_within(of->individual.value, of->limit_new))
        return "acceptable";
    return davy_individual_is_within(of->individual.value, of->limit_in_service)
               ? "in service only"
               : "above the limit";
}

static json_t *place_json(const davy_place_risk *of)
{
    static const char *const targets[DAVY_RISK_TARGETS] = {"sparse", "dense", "sensitive"};

    json_t *risk = isnan(of->individual.value) ? json_null() : json_real(of->individual.value);

    return json_pack("{s:s, s:o, s:s, s:b, s:f, s:f, s:s}", "place", of->place->name,
                     "individual_risk", risk, "target", targets[of->target], "outside",
                     of->place->outside, "limit_new", of->limit_new, "limit_in_service",
                     of->limit_in_service, "verdict", verdict_of(of));
}

static davy_status answer_of(const davy_site_risk *risk, json_t *answer)
{
    json_t *places = json_array();
    davy_status status;

    for (size_t i = 0; i < risk->place_count; i++)
        (void) json_array_append_new(places, place_json(&risk->places[i]));
    (void) json_object_set_new(answer, "places", places);
    (void) json_object_set_new(answer, "scenarios",
                               json_integer((json_int_t) risk->scenario_count));
    (void) json_object_set_new(answer, "without_frequency",
                               json_integer((json_int_t) risk->without_frequency));
    (void) json_object_set_new(answer, "unknown_outcomes",
                               json_integer((json_int_t) risk->unknown));
    status = davy_impact_curve(risk->events, risk->event_count, answer);
    if (risk->event_count == 0) /* everything was looked at, and nothing kills */
        (void) json_object_set_new(answer, "expected_deaths", json_real(0));
    return status;
}

static davy_status print_answer(const davy_site_risk *risk, const json_t *answer)
{
    static const davy_print_field fields[] = {{"place", "place", false, NULL},
                                              {"risk a year", "individual_risk", true, NULL},
                                              {"as", "target", false, NULL},
                                              {"limit, new", "limit_new", true, NULL},
                                              {"in service", "limit_in_service", true, NULL},
                                              {"", "verdict", false, NULL}};
    davy_status status = davy_print_objects("places", fields, DAVY_ARRAY_LENGTH(fields),
                                            json_object_get(answer, "places"));

    if (status != DAVY_OK)
        return status;
    (void) printf("\nof the people outside the fence\n");
    status = davy_impact_curve_print(answer);
    (void) printf("\n%zu scenarios counted; left out: %zu without a frequency, %zu outcomes whose "
                  "probability is not known\n",
                  risk->scenario_count, risk->without_frequency, risk->unknown);
    return status;
}

int davy_impact_risk_print(const char *path, const char *weather_path, bool json)
{
    davy_site_faults faults = {0};
    davy_weather_file weather = {0};
    davy_site_risk risk = {0};
    davy_site *site = NULL;
    json_t *answer = json_object();
    davy_status status = davy_site_load(path, &faults, &site);

    if (status == DAVY_OK) /* a risk without one of its scenarios is too small */
        status = davy_scenarios_check(site, &faults);
    if (faults.count > 0)
        davy_site_faults_print(&faults, stderr, false);
    if (status == DAVY_OK)
        status = davy_weather_load(weather_path, &weather);
    if (status == DAVY_OK)
        status = davy_site_risk_compute(site, weather.rows, weather.count, &risk);
    if (status == DAVY_OK)
        status = answer_of(&risk, answer);
    if (status == DAVY_OK)
        status = json ? davy_print_json(json_incref(answer)) : print_answer(&risk, answer);
    json_decref(answer);
    davy_site_risk_destroy(&risk);
    davy_weather_clear(&weather);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("impact", status);
}
