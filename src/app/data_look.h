/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/dataset.h"
#include "data/profile_page.h"

/**
 * @file
 * What `davy data` says of a table on the terminal, as JSON, and as CSV of its own.
 *
 * Stage: app.
 */

/** A table of the columns with a small plot each, and sentences. */
DAVY_MUST_CHECK davy_status davy_data_print(const davy_profile_subject *subject);

/** The same for programs. */
DAVY_MUST_CHECK davy_status davy_data_print_json(const davy_profile_subject *subject);

/** Write a table as CSV: group, time, columns, label; no digit is lost. */
DAVY_MUST_CHECK davy_status davy_data_write(const char *path, const davy_dataset *dataset,
                                            const davy_table *table);
