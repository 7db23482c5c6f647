/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

#include <stdio.h>

/**
 * @file
 * What the classes of retention of a site file mean for the data that are there.
 *
 * Stage: app. Days that are removed do not come back, so who changes the file hears of them first.
 * A folder without data has nothing to say.
 */

/** Tell which days go with this file that stay now, and which signals change their class. */
void davy_check_retention(const davy_site *site, const char *data, FILE *file);

/** Tell which stored days are older than their class is kept: what was imported. */
void davy_check_imported(const davy_site *site, const char *data, FILE *file);
