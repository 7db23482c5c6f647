/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/jobs.h"
#include "serve/api/whatifs.h"
#include "site/site.h"
#include "store/records.h"

/**
 * @file
 * What-ifs that are ordered over HTTP: jobs that run `davy replay --proposed`.
 *
 * Stage: app. Beside DATA/whatifs/ID.json stand, while it waits and runs, the two site files and
 * the events, and when it is done its answer. A proposal is compared with what is in force, so the
 * site file is copied when it is ordered, and an answer whose settings before are not those in
 * force is none: the file was edited and not loaded yet.
 */
#define DAVY_WHATIFS_WAITING_MAX 8  /* each takes seconds to minutes */
#define DAVY_WHATIFS_KEPT        50 /* with their answers, which may have megabytes */

typedef struct davy_whatif_jobs davy_whatif_jobs;

typedef struct davy_whatif_parts {
    davy_jobs_options jobs; /* its kind is set here */
    davy_records *records;
    const char *site; /* file */
    void *context;
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
} davy_whatif_parts;

/** The parts are borrowed, texts too. */
DAVY_MUST_CHECK davy_status davy_whatif_jobs_open(const davy_whatif_parts *parts,
                                                  davy_whatif_jobs **out);
/** As davy_jobs_stop() and davy_jobs_close(). NULL is fine. */
void davy_whatif_jobs_stop(davy_whatif_jobs *whatifs);
void davy_whatif_jobs_close(davy_whatif_jobs *whatifs);

/** For the routes; valid until davy_whatif_jobs_close(). */
davy_whatifs davy_whatif_jobs_view(davy_whatif_jobs *whatifs);
