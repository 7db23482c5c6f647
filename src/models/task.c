/* SPDX-License-Identifier: Apache-2.0 */
#include "models/task.h"

#include <string.h>

static const char *const names[DAVY_TASK_COUNT] = {"anomaly", "classify", "regress", "life",
                                                   "forecast"};

const char *davy_task_name(davy_task task)
{
    return names[task];
}

bool davy_task_find(const char *name, davy_task *out)
{
    for (int i = 0; i < DAVY_TASK_COUNT; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (davy_task) i;
            return true;
        }
    return false;
}
