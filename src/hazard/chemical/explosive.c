/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/explosive.h"

#include "core/status.h"

#include <string.h>

static const struct {
    const char *group, *family;
} rows[] = {
    {"alkyne", "unsaturated carbon"},      {"organometal", "carbon and metal"},
    {"azide", "contiguous nitrogen"},      {"azo", "contiguous nitrogen"},
    {"diazo", "contiguous nitrogen"},      {"hydrazine", "contiguous nitrogen"},
    {"triazole", "contiguous nitrogen"},   {"tetrazole", "contiguous nitrogen"},
    {"peroxide", "contiguous oxygen"},     {"nitro", "nitrogen and oxygen"},
    {"nitrate", "nitrogen and oxygen"},    {"nitramine", "nitrogen and oxygen"},
    {"nitroso", "nitrogen and oxygen"},    {"nitrosamine", "nitrogen and oxygen"},
    {"n_oxide", "nitrogen and oxygen"},    {"oxime", "nitrogen and oxygen"},
    {"n_halogen", "nitrogen and halogen"},
};

const char *davy_explosive_family(const char *group)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].group, group) == 0)
            return rows[i].family;
    return NULL;
}
