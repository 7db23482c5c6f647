/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a site file: a site, or faults that can be printed and told as JSON.
 */
#include "site/load.h"
#include "site/scenario.h"

#include <jansson.h>

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell_faults(const davy_site_faults *faults)
{
    static FILE *nowhere;
    json_t *json = davy_site_faults_json(faults);

    if (!json)
        abort(); /* a text that is not UTF-8 has come through */
    json_decref(json);
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    if (nowhere)
        davy_site_faults_print(faults, nowhere, true);
}

static void check_assets(const davy_site *site)
{
    for (size_t i = 0; i < site->asset_count; i++) {
        const davy_site_asset *asset = &site->assets[i];

        if (asset->position >= site->position_count)
            abort();
        for (size_t fed = 0; fed < asset->downstream_count; fed++)
            if (asset->downstream[fed] >= site->asset_count || asset->downstream[fed] == i)
                abort();
    }
}

static void check_receivers(const davy_site *site, const size_t *receivers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (receivers[i] >= site->receiver_count)
            abort();
}

static void check_routes(const davy_site *site)
{
    for (size_t i = 0; i < site->receiver_count; i++)
        if (!davy_site_receiver_equal(&site->receivers[i], &site->receivers[i]))
            abort();
    for (size_t i = 0; i < site->route_count; i++) {
        check_receivers(site, site->routes[i].to, site->routes[i].to_count);
        check_receivers(site, site->routes[i].escalate_to, site->routes[i].escalate_count);
    }
    check_receivers(site, site->heartbeat.to, site->heartbeat.to_count);
}

static void check_signal(const davy_site *site, size_t signal)
{
    if (signal != DAVY_SITE_NONE && signal >= site->signal_count)
        abort();
}

static void check_emergency(const davy_site *site)
{
    const davy_site_emergency *emergency = &site->emergency;

    check_signal(site, emergency->weather.speed);
    check_signal(site, emergency->weather.from);
    for (size_t i = 0; i < emergency->place_count; i++) {
        check_signal(site, emergency->places[i].badges);
        if (emergency->places[i].outline_count == 0 || emergency->places[i].outline_count == 2)
            abort();
    }
    for (size_t i = 0; i < emergency->road_count; i++)
        if (emergency->roads[i].from >= emergency->junction_count ||
            emergency->roads[i].to >= emergency->junction_count ||
            !(emergency->roads[i].length_m >= 0) || !(emergency->roads[i].speed > 0))
            abort();
    for (size_t i = 0; i < emergency->scenario_count; i++)
        if (!emergency->scenarios[i].chemical || !(emergency->scenarios[i].east < 1e7))
            abort();
}

/* What every site promises to its users. */
static void check_site(const davy_site *site)
{
    for (size_t i = 0; i < site->signal_count; i++)
        if (davy_site_find_signal(site, site->signals[i].path) != &site->signals[i] ||
            !davy_site_signal_equal(site, &site->signals[i], site, &site->signals[i]))
            abort();
    for (size_t i = 0; i < site->source_count; i++)
        if (!davy_site_source_equal(site, &site->sources[i], site, &site->sources[i]))
            abort();
    for (size_t i = 0; i < site->detector_count; i++)
        if (site->detectors[i].signal_count == 0)
            abort();
    check_assets(site);
    check_routes(site);
    check_emergency(site);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    davy_status status = davy_site_parse("fuzz.yaml", (const char *) data, size, &faults, &site);

    if (status == DAVY_OK ? faults.count != 0 || !site : faults.count == 0 || site)
        abort();
    if (status == DAVY_OK)
        check_site(site);
    else
        tell_faults(&faults);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return 0;
}
