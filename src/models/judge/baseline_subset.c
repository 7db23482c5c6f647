/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/baseline_subset.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>

#define LEARNT_MAX ((size_t) 10000) /* samples that a baseline learns from, of each fold */

/* Some samples of a set, read out of it. */
typedef struct subset {
    const davy_sample_set *of;
    size_t *members;
} subset;

static davy_status subset_read(const davy_sample_set *samples, size_t sample, float *values)
{
    const subset *own = samples->own;

    return davy_sample_set_read(own->of, own->members[sample], values);
}

static void subset_clear(davy_sample_set *samples)
{
    subset *own = samples->own;

    if (own)
        davy_bulk_free(own->members);
    free(own);
    /* Names are the other set's. */
    samples->group_names = NULL;
    samples->classes = NULL;
    samples->class_count = 0;
}

static davy_sample_place subset_where(const davy_sample_set *samples, size_t sample)
{
    const subset *own = samples->own;

    return davy_sample_set_where(own->of, own->members[sample]);
}

static const davy_sample_source subset_source = {
    .read = subset_read, .clear = subset_clear, .where = subset_where};

davy_status davy_baseline_subset(const davy_answer_task *task, size_t fold, davy_sample_set *out)
{
    const davy_sample_set *of = task->history ? task->history : task->samples;
    davy_sample_set made = *of;
    size_t all = 0, seen = 0, most;
    subset *own = calloc(1, sizeof *own);

    made.source = &subset_source;
    made.own = own;
    made.count = 0;
    made.names = NULL;
    made.targets = davy_bulk_alloc(of->count + 1, sizeof *made.targets);
    made.groups = davy_bulk_alloc(of->count + 1, sizeof *made.groups);
    made.places = davy_bulk_alloc(of->count + 1, sizeof *made.places);
    if (own) {
        own->of = of;
        own->members = davy_bulk_alloc(of->count + 1, sizeof *own->members);
    }
    if (!own || !own->members || !made.targets || !made.groups || !made.places) {
        davy_sample_set_clear(&made);
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", of->count);
    }
    for (size_t i = 0; i < of->count; i++)
        all += davy_learns(task, i, fold) && isfinite(of->targets[i]);
    most = all < LEARNT_MAX ? all : LEARNT_MAX;
    for (size_t i = 0; i < of->count; i++) {
        if (!davy_learns(task, i, fold) || !isfinite(of->targets[i]))
            continue;
        seen++;
        if ((seen - 1) * most / all == seen * most / all) /* evenly spread over all there are */
            continue;
        made.targets[made.count] = of->targets[i];
        made.groups[made.count] = of->groups[i];
        made.places[made.count] = of->places[i];
        own->members[made.count++] = i;
    }
    *out = made;
    return DAVY_OK;
}
