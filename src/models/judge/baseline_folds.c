/* SPDX-License-Identifier: Apache-2.0 */
#include "data/split.h"
#include "models/judge/baseline.h"

#include <string.h>

#define STRETCH_MIN ((size_t) 20) /* rows of a fold that is cut out of a run */

static void cut_stretches(size_t count, size_t fold_count, uint8_t *folds)
{
    for (size_t i = 0; i < count; i++)
        folds[i] = (uint8_t) (i * fold_count / count);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

davy_status davy_fold(const uint32_t *groups, const uint32_t *classes, size_t count,
                      size_t group_count, uint64_t seed, uint8_t *folds, size_t *fold_count)
{
    static const double shares[DAVY_FOLDS_MAX] = {1, 1, 1, 1, 1};
    const davy_split_options options = {.classes = classes,
                                        .groups = groups,
                                        .shares = shares,
                                        .parts = least(group_count, DAVY_FOLDS_MAX),
                                        .seed = seed};

    memset(folds, 0, count);
    *fold_count = 1;
    if (group_count > 1) {
        *fold_count = options.parts;
        return davy_split(&options, count, folds);
    }
    if (count < 2 * STRETCH_MIN)
        return DAVY_OK;
    *fold_count = least(count / STRETCH_MIN, DAVY_FOLDS_MAX);
    cut_stretches(count, *fold_count, folds);
    return DAVY_OK;
}
