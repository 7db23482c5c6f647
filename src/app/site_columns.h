/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"
#include "data/table.h"
#include "site/site.h"

/**
 * @file
 * Columns of CSV files as signals of a site: what `--site` means beside `--csv`.
 *
 * Stage: app. A column is a signal when it has the name of its path, or the name that the signal's
 * `from` gives as `column`. The latter holds what comes over the wire, so the signal's scale and
 * offset are applied, as they are to live samples.
 */
typedef struct davy_site_column {
    const davy_site_signal *signal; /* NULL: the column is no signal */
    bool raw;                       /* scale and offset are still to be applied */
} davy_site_column;

davy_site_column davy_site_column_find(const davy_site *site, const char *name);

/** The name of the column in `csv` that holds a signal, or the path itself when there is none. */
const char *davy_site_column_of(const davy_site *site, const davy_csv *csv, const char *path);

/** Name the columns of a table by the paths of their signals, and bring raw values into units. */
DAVY_MUST_CHECK davy_status davy_site_columns_convert(const davy_site *site, davy_table *table);
