/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/comparison.h"

#include <math.h>
#include <stdlib.h>

static const davy_estimate unknown = {NAN, NAN, NAN};

davy_method *davy_comparison_add(davy_comparison *comparison, const char *key, davy_words name,
                                 davy_words meaning)
{
    davy_method *method = &comparison->methods[comparison->count];

    if (comparison->count == DAVY_METHODS_MAX)
        return NULL;
    comparison->count++;
    *method = (davy_method){.key = key, .name = name, .meaning = meaning, .ahead = unknown};
    for (size_t k = 0; k < DAVY_FIGURES_MAX; k++)
        method->figures[k] = unknown;
    return method;
}

/* All methods as one measure: the figures of each, then how far the model is ahead of each. */
typedef struct all_methods {
    const davy_comparison *comparison;
    davy_bootstrap_measure measure;
    const void *const *contexts;
} all_methods;

static void measure_all(const void *context, const uint32_t *times, double *values)
{
    const all_methods *all = context;
    const davy_comparison *c = all->comparison;
    const double sign = c->kinds[c->main].lower_is_better ? -1 : 1;
    double *ahead = values + c->count * c->kind_count;

    for (size_t m = 0; m < c->count; m++) {
        double *own = values + m * c->kind_count;

        for (size_t k = 0; k < c->kind_count; k++)
            own[k] = NAN;
        if (c->methods[m].measured)
            all->measure(all->contexts[m], times, own);
        ahead[m] = sign * (values[c->main] - own[c->main]);
    }
}

davy_status davy_comparison_run(davy_comparison *comparison, davy_bootstrap_measure measure,
                                const void *const *contexts)
{
    const all_methods all = {comparison, measure, contexts};
    const size_t methods = comparison->count, kinds = comparison->kind_count;
    davy_estimate *found = calloc(methods * (kinds + 1) + 1, sizeof *found);
    davy_status status;

    if (!found)
        return davy_fail(DAVY_ERR_NOMEM, "figures of %zu methods", methods);
    status =
        davy_bootstrap_run(&comparison->bootstrap, measure_all, &all, methods * (kinds + 1), found);
    for (size_t m = 0; m < methods && status == DAVY_OK; m++) {
        for (size_t k = 0; k < kinds; k++)
            comparison->methods[m].figures[k] = found[m * kinds + k];
        if (m > 0)
            comparison->methods[m].ahead = found[methods * kinds + m];
    }
    free(found);
    return status;
}
