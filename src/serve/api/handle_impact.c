/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "hazard/impact/check.h"
#include "hazard/impact/input.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/limits.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Scenarios that somebody asks for: computed at once, and kept nowhere. */

/* Most draws of one request. A gas that burns takes 20 ms for each of them, because the part of its
 * cloud that can burn is integrated; others take a thousandth of that. */
#define DRAWS_MAX 200

/* Most people that somebody counts at one place, as live ones (DAVY_THREAT_PEOPLE_MAX). */
#define PEOPLE_MAX 1e5

/* People who have been counted, by their place; NaN: nobody counted there. NULL: no badges. */
static davy_status read_badges(const json_t *badges, const davy_site *site, double **out)
{
    const davy_site_emergency *emergency = &site->emergency;
    const char *name;
    json_t *value;

    *out = NULL;
    if (!badges)
        return DAVY_OK;
    *out = calloc(emergency->place_count + 1, sizeof **out);
    if (!*out)
        return davy_fail(DAVY_ERR_NOMEM, "badges of an impact");
    for (size_t i = 0; i < emergency->place_count; i++)
        (*out)[i] = NAN;
    json_object_foreach((json_t *) badges, name, value)
    {
        size_t place = 0;

        while (place < emergency->place_count && strcmp(emergency->places[place].name, name) != 0)
            place++;
        if (place == emergency->place_count)
            return davy_fail(DAVY_ERR_INVALID, "badges: the site has no place '%.64s'", name);
        if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
            !(json_number_value(value) <= PEOPLE_MAX))
            return davy_fail(DAVY_ERR_INVALID, "badges: '%.64s' is not a number from 0 to %g", name,
                             PEOPLE_MAX);
        (*out)[place] = json_number_value(value);
    }
    return DAVY_OK;
}

static davy_status answer_impact(davy_call *call, const davy_scenario_file *file,
                                 const davy_site *site, const json_t *body, const double *badges)
{
    const json_t *night = json_object_get(body, "night");
    const uint32_t draws = davy_json_get_number(body, "draws");
    const uint32_t seed = davy_json_get_number(body, "seed");
    const davy_impact_draws wanted = {&file->uncertain, draws, seed ? seed : 1};
    const davy_impact_input input = {
        .scenario = &file->scenario,
        .site = site,
        .latitude = file->located ? file->latitude : NAN,
        .longitude = file->located ? file->longitude : NAN,
        .day = !(night ? json_is_true(night) : file->scenario.weather.night),
        .badges = badges,
        .computed_ns = davy_wall_ns(davy_clock_system()),
        .likelihood = NAN};
    davy_status status;

    if (draws > DRAWS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "draws: %u are more than the %d of one request", draws,
                         DRAWS_MAX);
    status = draws > 0 ? davy_impact_write_drawn(&input, &wanted, &call->answer.body)
                       : davy_impact_write(&input, &call->answer.body);

    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* A problem with all faults, so that a form can show each at its field. */
static davy_status answer_faults(davy_call *call, const davy_site_faults *faults)
{
    json_t *list = davy_site_faults_json(faults);
    davy_buffer *out = &call->answer.body;

    if (!list)
        return davy_fail(DAVY_ERR_NOMEM, "faults of a scenario");
    call->answer.code = 400;
    call->answer.type = "application/problem+json";
    davy_json_object(out, NULL);
    davy_json_text(out, "type", "about:blank");
    davy_json_text(out, "title", davy_http_title(400));
    davy_json_unsigned(out, "status", 400);
    davy_json_text(out, "detail", davy_error());
    davy_json_tree(out, "faults", json_object_get(list, "faults"));
    davy_json_object_end(out);
    json_decref(list);
    return davy_buffer_ok(out);
}

static davy_status compute(davy_call *call, const json_t *body, const davy_site *site)
{
    const char *text = davy_json_get(body, "scenario");
    davy_site_faults faults = {0};
    davy_scenario_file file = {0};
    double *badges = NULL;
    davy_status status = davy_scenario_parse("scenario", text, strlen(text), site, &file, &faults);

    if (status == DAVY_OK)
        status = davy_scenario_check(&file.scenario, "scenario.chemical", &faults);
    if (status == DAVY_OK)
        status = read_badges(json_object_get(body, "badges"), site, &badges);
    if (status == DAVY_OK)
        status = answer_impact(call, &file, site, body, badges);
    else if (status == DAVY_ERR_INVALID && faults.count > 0)
        status = answer_faults(call, &faults);
    free(badges);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    return status;
}

davy_status davy_handle_impact(davy_call *call)
{
    static const davy_json_field fields[] = {
        {"scenario", true, DAVY_HTTP_DOCUMENT_MAX},
        {"night", false, DAVY_JSON_BOOLEAN},
        {"draws", false, 0},
        {"seed", false, 0},
        {"badges", false, DAVY_JSON_OBJECT},
    };
    const davy_server_system *system = call->system;
    const davy_site *site;
    json_t *body = NULL;
    davy_status status = davy_json_read(call->body.bytes, call->body.length, fields,
                                        DAVY_ARRAY_LENGTH(fields), &body);

    if (status != DAVY_OK)
        return status;
    site = system->acquire_site(system->context);
    status = compute(call, body, site);
    system->release_site(system->context, site);
    json_decref(body);
    return status;
}
