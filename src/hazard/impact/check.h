/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/faults.h"
#include "site/scenario.h"
#include "site/site.h"

/**
 * @file
 * Check: what a scenario says and the table of chemicals does not know, as faults of its file.
 *
 * Stage: hazard, room impact. A charge is weighed in TNT, whatever it is made of, and needs no row.
 */

/**
 * Add a fault when the scenario's chemical is none of the table, with the names near to it.
 *
 * @param path  of the scenario in its file: "scenario", "scenarios[2]"
 * @return DAVY_ERR_INVALID with the fault; DAVY_ERR_NOMEM
 */
DAVY_MUST_CHECK davy_status davy_scenario_check(const davy_scenario *scenario, const char *path,
                                                davy_site_faults *faults);

/** The same for all scenarios of a site. */
DAVY_MUST_CHECK davy_status davy_scenarios_check(const davy_site *site, davy_site_faults *faults);
