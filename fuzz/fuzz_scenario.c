/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a scenario file, beside a small site: a scenario in its bounds, or faults.
 */
#include "site/load.h"
#include "site/scenario.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char plant[] =
    "site: {name: a, location: [30, 104]}\n"
    "assets: [{name: T-101, at: [3, 4], holds: {chemical: chlorine, amount: 2 t},\n"
    "   signals: [{name: pressure, limits: {lo: 5, lolo: 4}}]}]\n";

static davy_site *read_plant(void)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    if (davy_site_parse("plant.yaml", plant, sizeof plant - 1, &faults, &site) != DAVY_OK)
        abort();
    davy_site_faults_clear(&faults);
    return site;
}

/* Not given, or in its bounds. */
static void check_number(double value, double low, double high)
{
    if (!isnan(value) && !(value >= low && value <= high))
        abort();
}

static void check_scenario(const davy_scenario *scenario, const davy_site *site)
{
    if (!scenario->name || !scenario->chemical || isnan(scenario->east) || isnan(scenario->north))
        abort();
    if (scenario->asset != SIZE_MAX && scenario->asset >= site->asset_count)
        abort();
    if (scenario->endpoint_count > DAVY_SCENARIO_ENDPOINTS_MAX)
        abort();
    check_number(scenario->amount_kg, 1e-300, 1e300);
    check_number(scenario->release.hole_m, 1e-4, 2);
    check_number(scenario->release.pressure_pa, 1e3, 2e8);
    check_number(scenario->weather.wind, 0.1, 75);
    check_number(scenario->weather.wind_from, 0, 360);
    for (size_t i = 0; i < scenario->endpoint_count; i++)
        if (!scenario->endpoints[i].name || !*scenario->endpoints[i].name)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_site *site;
    davy_site_faults faults = {0};
    davy_scenario_file file;
    davy_status status;

    if (!site)
        site = read_plant();
    status = davy_scenario_parse("fuzz.yaml", (const char *) data, size, site, &file, &faults);
    if (status == DAVY_OK ? faults.count != 0 : faults.count == 0)
        abort();
    if (status == DAVY_OK)
        check_scenario(&file.scenario, site);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    return 0;
}
