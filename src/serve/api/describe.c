/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/describe.h"

#include <math.h>
#include <stdio.h>

#include "serve/api/json.h"

void davy_write_pair(davy_buffer *out, const char *key, double first, double second)
{
    if (isnan(first) || isnan(second)) {
        davy_json_null(out, key);
        return;
    }
    davy_json_array(out, key);
    davy_json_number(out, NULL, first);
    davy_json_number(out, NULL, second);
    davy_json_array_end(out);
}

void davy_score_path(const davy_site_detector *detector, char *path, size_t capacity)
{
    (void) snprintf(path, capacity, "%s/score", detector->name);
}
