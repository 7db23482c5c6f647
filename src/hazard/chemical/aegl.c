/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/aegl.h"

#include "core/status.h"

#include <stddef.h>
#include <string.h>

const int davy_aegl_minutes[DAVY_AEGL_TIMES] = {10, 30, 60, 240, 480};

static const davy_aegl rows[] = {
    {"7782-50-5",
     {{0.50, 0.50, 0.50, 0.50, 0.50}, {2.8, 2.8, 2.0, 1.0, 0.71}, {50, 28, 20, 10, 7.1}},
     "NRC, Acute Exposure Guideline Levels, volume 4, 2004, as an encyclopedia reprints it"},
};

const davy_aegl *davy_aegl_of(const char *cas)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].cas, cas) == 0)
            return &rows[i];
    return NULL;
}
