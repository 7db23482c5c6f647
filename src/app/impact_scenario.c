/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_scenario.h"

#include "app/impact_page.h"
#include "app/impact_print.h"
#include "app/impact_spread.h"
#include "app/verb.h"
#include "core/clock.h"
#include "core/file.h"
#include "hazard/impact/check.h"
#include "hazard/impact/impact.h"
#include "hazard/impact/spread.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <math.h>
#include <stdio.h>

/* What was computed. */
struct result {
    davy_impact impact;
    davy_spread spread;
    const davy_spread *drawn; /* &spread; NULL: no draws were asked for */
};

static davy_status show(const davy_impact_wanted *wanted, const struct result *result)
{
    davy_buffer out = {0};
    davy_status status;

    if (!wanted->json) {
        status = davy_impact_print(&result->impact);
        if (status == DAVY_OK && result->drawn) {
            (void) printf("\n");
            status = davy_impact_spread_print(result->drawn);
        }
        return status;
    }
    status = davy_impact_json(&result->impact, result->drawn, &out);
    if (status == DAVY_OK)
        (void) printf("%s\n", out.bytes);
    davy_buffer_clear(&out);
    return status;
}

static davy_status write_page(const char *path, const struct result *result)
{
    davy_buffer html = {0};
    davy_status status = davy_impact_page(&result->impact, result->drawn, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

static davy_status draw(const davy_impact_wanted *wanted, const davy_scenario_file *file,
                        const davy_impact_input *input, struct result *result)
{
    const davy_impact_draws draws = {&file->uncertain, wanted->draws, wanted->seed};

    if (wanted->draws == 0)
        return DAVY_OK;
    result->drawn = &result->spread;
    return davy_spread_compute(input, &draws, &result->spread);
}

static davy_status compute(const davy_impact_wanted *wanted, const davy_scenario_file *file)
{
    const davy_impact_input input = {.scenario = &file->scenario,
                                     .site = file->site,
                                     .latitude = file->located ? file->latitude : NAN,
                                     .longitude = file->located ? file->longitude : NAN,
                                     .day = !file->scenario.weather.night,
                                     .computed_ns = davy_wall_ns(davy_clock_system()),
                                     .likelihood = NAN};
    struct result result = {0};
    davy_status status = davy_impact_compute(&input, &result.impact);

    if (status == DAVY_OK)
        status = draw(wanted, file, &input, &result);
    if (status == DAVY_OK)
        status = show(wanted, &result);
    if (status == DAVY_OK && wanted->page)
        status = write_page(wanted->page, &result);
    davy_spread_clear(&result.spread);
    davy_impact_destroy(&result.impact);
    return status;
}

int davy_impact_run(const davy_impact_wanted *wanted)
{
    davy_site_faults faults = {0};
    davy_scenario_file file = {0};
    davy_status status = davy_scenario_load(wanted->path, &file, &faults);

    if (status == DAVY_OK)
        status = davy_scenario_check(&file.scenario, "scenario.chemical", &faults);
    if (status == DAVY_OK)
        status = compute(wanted, &file);
    davy_scenario_file_destroy(&file);
    return davy_verb_faults("impact", status, &faults);
}
