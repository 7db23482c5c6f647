/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_tables.h"

#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/layout/layout_file.h"
#include "hazard/risk/events_file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *name_or_null(const char *name)
{
    return name ? json_string(name) : json_null();
}

static json_t *finding_json(const davy_layout_finding *finding)
{
    static const char *const faults[DAVY_LAYOUT_FAULTS] = {"blind", "height", "unknown", "idle"};
    static const char *const dangers[DAVY_GAS_DANGERS] = {"flammable", "toxic"};
    char text[DAVY_LAYOUT_TEXT_MAX];

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "fault", faults[finding->fault],
                     "danger", dangers[finding->danger], "release",
                     name_or_null(finding->point ? finding->point->name : NULL), "detector",
                     name_or_null(finding->detector ? finding->detector->name : NULL), "distance_m",
                     number_or_null(finding->distance), "says", davy_layout_text(finding, text),
                     "clause", finding->clause);
}

/* @param unwatched  places that are not watched as they should be, counted by danger */
static davy_status check_layout(const davy_layout_file *file, json_t *answer, size_t *unwatched)
{
    davy_layout_finding *findings =
        calloc(DAVY_LAYOUT_FINDINGS(file->point_count, file->detector_count) + 1, sizeof *findings);
    json_t *list = json_array();
    size_t count;

    if (!findings) {
        json_decref(list);
        return davy_fail(DAVY_ERR_NOMEM, "findings");
    }
    count = davy_layout_check(file->points, file->point_count, file->detectors,
                              file->detector_count, findings);
    for (size_t i = 0; i < count; i++) {
        *unwatched += findings[i].fault != DAVY_LAYOUT_IDLE;
        (void) json_array_append_new(list, finding_json(&findings[i]));
    }
    free(findings);
    (void) json_object_set_new(answer, "releases", json_integer((json_int_t) file->point_count));
    (void) json_object_set_new(answer, "detectors",
                               json_integer((json_int_t) file->detector_count));
    (void) json_object_set_new(answer, "findings", list);
    return DAVY_OK;
}

static davy_status print_layout(const json_t *answer, size_t unwatched)
{
    static const davy_print_field fields[] = {
        {"fault", "fault", false, NULL}, {"", "says", false, NULL}, {"by", "clause", false, NULL}};
    davy_status status = DAVY_OK;

    if (json_array_size(json_object_get(answer, "findings")) > 0)
        status = davy_print_objects("findings", fields, DAVY_ARRAY_LENGTH(fields),
                                    json_object_get(answer, "findings"));
    (void) printf("%lld places that may leak, %lld detectors: %zu not watched as they should be\n",
                  (long long) json_integer_value(json_object_get(answer, "releases")),
                  (long long) json_integer_value(json_object_get(answer, "detectors")), unwatched);
    return status;
}

int davy_impact_layout_print(const char *path, bool json)
{
    davy_layout_file file = {0};
    json_t *answer = json_object();
    size_t unwatched = 0;
    davy_status status = davy_layout_load(path, &file);

    if (status == DAVY_OK)
        status = check_layout(&file, answer, &unwatched);
    if (status == DAVY_OK)
        status = json ? davy_print_json(json_incref(answer)) : print_layout(answer, unwatched);
    json_decref(answer);
    davy_layout_clear(&file);
    if (status != DAVY_OK)
        return davy_verb_fail("impact", status);
    return unwatched > 0 ? EX_DATAERR : EX_OK;
}

static json_t *limits_json(const davy_fn_point *points, size_t count)
{
    json_t *limits = json_array();

    for (size_t i = 0; davy_fn_limit_at(i); i++) {
        const davy_fn_limit *limit = davy_fn_limit_at(i);
        const davy_fn_point *worst;
        const davy_risk_region region = davy_fn_region(limit, points, count, &worst);

        (void) json_array_append_new(
            limits,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "limit", limit->name, "title", limit->title,
                      "region", davy_risk_region_name(region), "worst_deaths",
                      number_or_null(worst ? worst->deaths : NAN), "worst_frequency",
                      number_or_null(worst ? worst->frequency : NAN), "source", limit->source));
    }
    return limits;
}

davy_status davy_impact_curve(const davy_risk_event *events, size_t event_count, json_t *answer)
{
    davy_fn_point *points = calloc(event_count + 1, sizeof *points);
    json_t *curve = json_array();
    size_t count = 0;
    davy_status status = points ? davy_fn_curve(events, event_count, points, &count)
                                : davy_fail(DAVY_ERR_NOMEM, "curve");

    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(curve, json_pack("{s:f, s:f}", "deaths", points[i].deaths,
                                                      "frequency", points[i].frequency));
    (void) json_object_set_new(answer, "expected_deaths",
                               number_or_null(davy_expected_deaths(events, event_count).value));
    (void) json_object_set_new(answer, "curve", curve);
    (void) json_object_set_new(answer, "limits", limits_json(points, count));
    free(points);
    return status;
}

davy_status davy_impact_curve_print(const json_t *answer)
{
    static const davy_print_field curve[] = {{"deaths or more", "deaths", true, NULL},
                                             {"a year", "frequency", true, NULL}};
    static const davy_print_field limits[] = {{"limit", "title", false, NULL},
                                              {"", "region", false, NULL},
                                              {"worst at deaths", "worst_deaths", true, NULL},
                                              {"a year", "worst_frequency", true, NULL}};
    davy_status status = davy_print_objects("curve", curve, DAVY_ARRAY_LENGTH(curve),
                                            json_object_get(answer, "curve"));

    if (status != DAVY_OK)
        return status;
    (void) printf("%.5g deaths a year are to be expected\n\n",
                  json_number_value(json_object_get(answer, "expected_deaths")));
    return davy_print_objects("limits", limits, DAVY_ARRAY_LENGTH(limits),
                              json_object_get(answer, "limits"));
}

int davy_impact_events_print(const char *path, bool json)
{
    davy_events_file file = {0};
    json_t *answer = json_object();
    davy_status status = davy_events_load(path, &file);

    if (status == DAVY_OK && file.count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "%s: no event: nothing known is no safety", path);
    if (status == DAVY_OK)
        status = davy_impact_curve(file.events, file.count, answer);
    if (status == DAVY_OK)
        status = json ? davy_print_json(json_incref(answer)) : davy_impact_curve_print(answer);
    json_decref(answer);
    davy_events_clear(&file);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("impact", status);
}
