/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct scored_row {
    double score;
    bool faulty;
} scored_row;

static int by_score_down(const void *a, const void *b)
{
    const double x = ((const scored_row *) a)->score, y = ((const scored_row *) b)->score;

    return (x < y) - (x > y);
}

/* Rows from the largest score down; the caller frees them. */
static davy_status sort_rows(const double *scores, const double *labels, size_t count,
                             scored_row **out, size_t *faulty)
{
    scored_row *rows = calloc(count + 1, sizeof *rows);

    if (!rows)
        return davy_fail(DAVY_ERR_NOMEM, "scores of %zu rows", count);
    *faulty = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(scores[i])) {
            free(rows);
            return davy_fail(DAVY_ERR_INVALID, "row %zu has no score", i + 1);
        }
        rows[i] = (scored_row){scores[i], labels[i] > 0};
        *faulty += rows[i].faulty;
    }
    if (*faulty == 0 || *faulty == count) {
        free(rows);
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu of %zu rows are faulty: there is nothing to tell "
                         "apart",
                         *faulty, count);
    }
    qsort(rows, count, sizeof *rows, by_score_down);
    *out = rows;
    return DAVY_OK;
}

/* Length of the group of equal scores from `first` on, and how many in it are faulty. */
static size_t tie(const scored_row *rows, size_t count, size_t first, size_t *faulty)
{
    size_t end = first;

    *faulty = 0;
    for (; end < count && rows[end].score == rows[first].score; end++)
        *faulty += rows[end].faulty;
    return end - first;
}

davy_status davy_auc_roc(const double *scores, const double *labels, size_t count, double *area)
{
    scored_row *rows = NULL;
    size_t positive = 0, above = 0;
    double pairs = 0;
    davy_status status = sort_rows(scores, labels, count, &rows, &positive);

    if (status != DAVY_OK || !rows)
        return status;
    for (size_t i = 0; i < count;) {
        size_t faulty;
        const size_t length = tie(rows, count, i, &faulty);

        pairs += (double) (length - faulty) * ((double) above + 0.5 * (double) faulty);
        above += faulty;
        i += length;
    }
    *area = pairs / ((double) positive * (double) (count - positive));
    free(rows);
    return DAVY_OK;
}

davy_status davy_average_precision(const double *scores, const double *labels, size_t count,
                                   double *precision)
{
    scored_row *rows = NULL;
    size_t positive = 0, found = 0;
    davy_status status = sort_rows(scores, labels, count, &rows, &positive);

    if (status != DAVY_OK || !rows)
        return status;
    *precision = 0;
    for (size_t i = 0; i < count;) {
        size_t faulty;

        i += tie(rows, count, i, &faulty);
        found += faulty;
        *precision += (double) found / (double) i * (double) faulty / (double) positive;
    }
    free(rows);
    return DAVY_OK;
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
