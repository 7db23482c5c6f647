/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/load.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The list of faults as the reader fills it: sorted by line, the first ones kept when it is full.
 *
 * Stage: site.
 */

/** False when the list is full of faults of earlier lines; the fault is counted then. */
bool davy_site_faults_want(davy_site_faults *faults, size_t line, size_t column);

/** Add a fault where it belongs. Texts are copied, and made fit for a terminal. */
DAVY_MUST_CHECK davy_status davy_site_faults_add(davy_site_faults *faults, size_t line,
                                                 size_t column, const char *path, const char *what,
                                                 const char *remedy);

/** Set the name of the file as it is told; it may hold anything. */
DAVY_MUST_CHECK davy_status davy_site_faults_start(const char *file, davy_site_faults *faults);

/** DAVY_ERR_INVALID with the first fault, and how many stand behind it. There is one. */
DAVY_MUST_CHECK davy_status davy_site_faults_fail(const davy_site_faults *faults);
