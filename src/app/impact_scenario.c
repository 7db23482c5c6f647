/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_scenario.h"

#include "app/impact_page.h"
#include "app/impact_print.h"
#include "app/verb.h"
#include "core/clock.h"
#include "core/file.h"
#include "hazard/impact/check.h"
#include "hazard/impact/impact.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <math.h>
#include <stdio.h>

static davy_status show(const davy_impact_wanted *wanted, const davy_impact *impact)
{
    davy_buffer out = {0};
    davy_status status;

    if (!wanted->json)
        return davy_impact_print(impact);
    status = davy_impact_json(impact, &out);
    if (status == DAVY_OK)
        (void) printf("%s\n", out.bytes);
    davy_buffer_clear(&out);
    return status;
}

static davy_status write_page(const char *path, const davy_impact *impact)
{
    davy_buffer html = {0};
    davy_status status = davy_impact_page(impact, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
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
    davy_impact impact;
    davy_status status = davy_impact_compute(&input, &impact);

    if (status != DAVY_OK)
        return status;
    status = show(wanted, &impact);
    if (status == DAVY_OK && wanted->page)
        status = write_page(wanted->page, &impact);
    davy_impact_destroy(&impact);
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
