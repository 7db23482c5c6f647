/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/intake.h"
#include "app/scores.h"
#include "collect/runner.h"

/**
 * @file
 * The sources of a site as a set: started, told about, and at a reload kept where nothing changed.
 *
 * Stage: app. apply() and stop() from one thread; report() from any.
 */
typedef struct davy_sources davy_sources;

DAVY_MUST_CHECK davy_status davy_sources_create(davy_intake *intake, davy_publish publish,
                                                void *context, davy_sources **out);

/** Bring the set in line with the slot's site: stop what is gone or changed, start what is new. */
DAVY_MUST_CHECK davy_status davy_sources_apply(davy_sources *sources);

/** Stop all. */
void davy_sources_stop(davy_sources *sources);

/** NULL is fine. */
void davy_sources_destroy(davy_sources *sources);

/** State of a source of the current site, by index. */
DAVY_MUST_CHECK davy_status davy_sources_report(davy_sources *sources, const davy_site *site,
                                                size_t index, davy_source_report *report);
