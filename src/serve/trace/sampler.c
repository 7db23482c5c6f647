/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/sampler.h"

#include <stdlib.h>
#include <string.h>

#define RANGE (UINT64_C(1) << 56)

static davy_status read_share(const char *text, double *share)
{
    char *end;

    if (!text)
        return DAVY_OK;
    *share = strtod(text, &end);
    return end != text && !*end && *share >= 0 && *share <= 1
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "--traces-sampler-arg '%s' is no share from 0 to 1",
                           text);
}

davy_status davy_sampler_parse(const char *name, const char *share, davy_sampler *out)
{
    static const char parent[] = "parentbased_";
    static const struct {
        const char *name;
        double share; /* negative: as given */
    } roots[] = {{"always_on", 1}, {"always_off", 0}, {"traceidratio", -1}};
    const bool parent_based = strncmp(name, parent, strlen(parent)) == 0;
    const char *root = parent_based ? name + strlen(parent) : name;
    double ratio = 1;
    davy_status status = read_share(share, &ratio);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(roots) && status == DAVY_OK; i++) {
        if (strcmp(root, roots[i].name) != 0)
            continue;
        if (roots[i].share >= 0)
            ratio = roots[i].share;
        *out = (davy_sampler){parent_based, (uint64_t) ((1 - ratio) * (double) RANGE)};
        return DAVY_OK;
    }
    return status == DAVY_OK
               ? davy_fail(DAVY_ERR_INVALID,
                           "--traces-sampler '%s' is none of always_on, always_off, traceidratio, "
                           "and these behind parentbased_",
                           name)
               : status;
}

bool davy_sampler_takes(const davy_sampler *sampler, const unsigned char trace[16],
                        const bool *followed)
{
    uint64_t number = 0;

    if (sampler->parent_based && followed)
        return *followed;
    for (size_t i = 9; i < 16; i++)
        number = number << 8 | trace[i];
    return number >= sampler->threshold;
}
