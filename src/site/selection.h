/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/reader.h"

/**
 * @file
 * A list of patterns over keys of conditions and names of detectors, as `match` and `when` have it.
 *
 * Stage: site. One that matches nothing is a fault.
 */
typedef struct davy_site_selection {
    const char *joined; /* by commas; NULL after a fault of the list itself */
    size_t count;       /* of the conditions it matches, each once */
} davy_site_selection;

davy_site_selection davy_site_select(davy_site_reader *reader, const davy_site_where *where,
                                     const davy_yaml_node *node, const davy_site_field *field);
