/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

struct json_t;

/**
 * @file
 * Which signals and detectors of a site a change has to do with; the rest of the site is left out
 * of a rehearsal, because it does the same before and after.
 *
 * Stage: alarm. With suppression by design anything may have to do with anything, so then, and when
 * labelled events are to be found, all of the site is rehearsed.
 */
typedef struct davy_concerned {
    davy_site site;            /* the whole one with the rest left out: borrows everything */
    davy_site_signal *signals; /* its own: no checks and no id where nothing is asked */
    davy_site_detector *detectors;
} davy_concerned;

/**
 * @param changes  of davy_settings_diff()
 * @param whole    leave nothing out
 */
DAVY_MUST_CHECK davy_status davy_concerned_make(const davy_site *site, const struct json_t *changes,
                                                bool whole, davy_concerned *out);
void davy_concerned_clear(davy_concerned *concerned);
