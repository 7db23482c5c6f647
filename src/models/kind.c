/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kind.h"

#include <string.h>

static const davy_model_kind *const kinds[] = {&davy_model_pca};

const davy_model_kind *davy_model_kind_find(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return kinds[0];
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}
