/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * `davy impact --risk SITE.yaml --weather FILE.csv`: individual risk at the places of a site and
 * its F-N curve, held to their limits.
 */

/** @return exit code */
int davy_impact_risk_print(const char *site, const char *weather, bool json);
