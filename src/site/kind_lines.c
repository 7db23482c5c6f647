/* SPDX-License-Identifier: Apache-2.0 */
#include "site/sources.h"

/*
 * Line protocol over HTTP: samples arrive by the signal's path, so there is nothing to say but
 * which source they belong to.
 */

static const davy_site_field source_fields[] = {DAVY_SITE_ROWS_OF_SOURCES};

static const davy_site_field from_fields[] = {DAVY_SITE_ROWS_OF_FROM};

const davy_site_kind davy_site_kind_lines = {
    .name = "lines",
    .source = {.what = "lines source",
               .fields = source_fields,
               .count = DAVY_ARRAY_LENGTH(source_fields)},
    .from = {.what = "from of a lines source",
             .fields = from_fields,
             .count = DAVY_ARRAY_LENGTH(from_fields)},
};
