/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_rank.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked_row {
    double score;
    uint32_t group;
    uint8_t positive;
} ranked_row;

static int by_score_down(const void *a, const void *b)
{
    const ranked_row *x = a, *y = b;

    return (x->score < y->score) - (x->score > y->score);
}

void davy_ranking_clear(davy_ranking *ranking)
{
    free(ranking->scores);
    free(ranking->groups);
    free(ranking->positive);
    *ranking = (davy_ranking){0};
}

static davy_status sort_rows(const double *scores, const uint8_t *positive, const uint32_t *groups,
                             size_t count, ranked_row *rows)
{
    for (size_t i = 0; i < count; i++) {
        if (isnan(scores[i]))
            return davy_fail(DAVY_ERR_INVALID, "row %zu has no score", i + 1);
        rows[i] = (ranked_row){scores[i], groups ? groups[i] : 0, positive[i] != 0};
    }
    qsort(rows, count, sizeof *rows, by_score_down);
    return DAVY_OK;
}

davy_status davy_ranking_init(davy_ranking *ranking, const double *scores, const uint8_t *positive,
                              const uint32_t *groups, size_t count)
{
    ranked_row *rows = calloc(count + 1, sizeof *rows);
    davy_ranking made = {.count = count,
                         .scores = calloc(count + 1, sizeof *made.scores),
                         .groups = calloc(count + 1, sizeof *made.groups),
                         .positive = calloc(count + 1, 1)};
    davy_status status = rows && made.scores && made.groups && made.positive
                             ? sort_rows(scores, positive, groups, count, rows)
                             : davy_fail(DAVY_ERR_NOMEM, "scores of %zu rows", count);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        made.scores[i] = rows[i].score;
        made.groups[i] = rows[i].group;
        made.positive[i] = rows[i].positive;
    }
    free(rows);
    if (status == DAVY_OK)
        *ranking = made;
    else
        davy_ranking_clear(&made);
    return status;
}

/* A group of equal scores: how much of it is positive, and how much is not. */
typedef struct tie {
    double positive, other;
} tie;

/* Take the rows of one score, from *at on. */
static tie take_tie(const davy_ranking *ranking, const uint32_t *times, size_t *at)
{
    const double score = ranking->scores[*at];
    tie found = {0, 0};

    for (; *at < ranking->count && ranking->scores[*at] == score; ++*at) {
        const double weight = times ? (double) times[ranking->groups[*at]] : 1.0;

        *(ranking->positive[*at] ? &found.positive : &found.other) += weight;
    }
    return found;
}

static tie count_all(const davy_ranking *ranking, const uint32_t *times)
{
    tie all = {0, 0};

    for (size_t at = 0; at < ranking->count;) {
        const tie next = take_tie(ranking, times, &at);

        all.positive += next.positive;
        all.other += next.other;
    }
    return all;
}

davy_rank_areas davy_ranking_areas(const davy_ranking *ranking, const uint32_t *times)
{
    double pairs = 0, precision = 0;
    tie above = {0, 0};

    for (size_t at = 0; at < ranking->count;) {
        const tie next = take_tie(ranking, times, &at);

        pairs += next.other * (above.positive + 0.5 * next.positive);
        above.positive += next.positive;
        above.other += next.other;
        if (next.positive > 0)
            precision += next.positive * above.positive / (above.positive + above.other);
    }
    if (!(above.positive > 0) || !(above.other > 0))
        return (davy_rank_areas){NAN, NAN};
    return (davy_rank_areas){pairs / (above.positive * above.other), precision / above.positive};
}

double davy_ranking_recall(const davy_ranking *ranking, const uint32_t *times, double false_rate)
{
    const tie all = count_all(ranking, times);
    double recall = 0;
    tie above = {0, 0};

    if (!(all.positive > 0) || !(all.other > 0))
        return NAN;
    for (size_t at = 0; at < ranking->count;) {
        const tie next = take_tie(ranking, times, &at);

        above.positive += next.positive;
        above.other += next.other;
        if (above.other > false_rate * all.other)
            break;
        recall = above.positive / all.positive;
    }
    return recall;
}

size_t davy_ranking_curve(const davy_ranking *ranking, davy_rank_point *points, size_t most)
{
    const tie all = count_all(ranking, NULL);
    const double step = 2.0 / (double) (most > 2 ? most - 2 : 1); /* of both shares together */
    size_t count = 0;
    tie above = {0, 0};

    if (!(all.positive > 0) || !(all.other > 0))
        return 0;
    points[count++] = (davy_rank_point){INFINITY, 0, 0, 1};
    for (size_t at = 0; at < ranking->count;) {
        const double limit = ranking->scores[at];
        const tie next = take_tie(ranking, NULL, &at);
        const davy_rank_point *last = &points[count - 1];
        davy_rank_point point = {.limit = limit};

        above.positive += next.positive;
        above.other += next.other;
        point.false_rate = above.other / all.other;
        point.recall = above.positive / all.positive;
        point.precision = above.positive / (above.positive + above.other);
        if (at == ranking->count ||
            (count + 1 < most &&
             point.false_rate + point.recall >= last->false_rate + last->recall + step))
            points[count++] = point;
    }
    return count;
}
