/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics.h"

#include "data/metrics_rank.h"

#include <stdbool.h>
#include <stdlib.h>

/* Rows from the largest score down, which must be of both kinds. */
static davy_status rank_rows(const double *scores, const double *labels, size_t count,
                             davy_ranking *ranking)
{
    uint8_t *faulty = calloc(count + 1, 1);
    size_t found = 0;
    davy_status status;

    if (!faulty)
        return davy_fail(DAVY_ERR_NOMEM, "labels of %zu rows", count);
    for (size_t i = 0; i < count; i++)
        found += faulty[i] = labels[i] > 0;
    status = davy_ranking_init(ranking, scores, faulty, NULL, count);
    free(faulty);
    if (status != DAVY_OK || (found > 0 && found < count))
        return status;
    davy_ranking_clear(ranking);
    return davy_fail(DAVY_ERR_INVALID, "%zu of %zu rows are faulty: there is nothing to tell apart",
                     found, count);
}

davy_status davy_auc_roc(const double *scores, const double *labels, size_t count, double *area)
{
    davy_ranking ranking = {0};
    davy_status status = rank_rows(scores, labels, count, &ranking);

    if (status == DAVY_OK)
        *area = davy_ranking_areas(&ranking, NULL).roc;
    davy_ranking_clear(&ranking);
    return status;
}

davy_status davy_average_precision(const double *scores, const double *labels, size_t count,
                                   double *precision)
{
    davy_ranking ranking = {0};
    davy_status status = rank_rows(scores, labels, count, &ranking);

    if (status == DAVY_OK)
        *precision = davy_ranking_areas(&ranking, NULL).precision;
    davy_ranking_clear(&ranking);
    return status;
}

void davy_confusion_add(davy_confusion *confusion, const uint8_t *alarms, const double *labels,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool faulty = labels[i] > 0;

        confusion->true_alarms += faulty && alarms[i];
        confusion->false_alarms += !faulty && alarms[i];
        confusion->missed += faulty && !alarms[i];
        confusion->quiet += !faulty && !alarms[i];
    }
}

double davy_confusion_f1(const davy_confusion *c)
{
    const double twice = 2.0 * (double) c->true_alarms;

    return twice > 0 ? twice / (twice + (double) (c->false_alarms + c->missed)) : 0;
}

double davy_confusion_false_rate(const davy_confusion *c)
{
    return (double) c->false_alarms / (double) (c->false_alarms + c->quiet);
}

double davy_confusion_missed_rate(const davy_confusion *c)
{
    return (double) c->missed / (double) (c->missed + c->true_alarms);
}

size_t davy_count_episodes(const uint8_t *alarms, const uint32_t *runs, size_t count, size_t merge)
{
    size_t episodes = 0, last = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        if (!alarms[i])
            continue;
        episodes += last == SIZE_MAX || runs[last] != runs[i] || i - last - 1 > merge;
        last = i;
    }
    return episodes;
}
