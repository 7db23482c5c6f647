/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"
#include "site/scenario.h"

/**
 * @file
 * Tables of keys of a scenario: in a site file, and in a file of its own.
 *
 * Stage: site.
 */
extern const davy_site_schema davy_site_schema_scenario, davy_site_schema_release,
    davy_site_schema_endpoint, davy_site_schema_given_weather, davy_site_schema_scenario_file,
    davy_site_schema_uncertain, davy_site_schema_weather_row;

/** What a file says nothing about. */
extern const davy_scenario_release davy_scenario_release_defaults;
extern const davy_scenario davy_scenario_defaults;
extern const davy_scenario_uncertain davy_scenario_uncertain_defaults;

davy_site_read davy_site_read_endpoints;
