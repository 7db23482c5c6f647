/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_nab.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define PROBATION      0.15
#define PROBATION_ROWS 5000 /* of a longer series the probation grows no further */
#define STEEPNESS      5.0
#define FAR_BEHIND     3.0 /* windows: from there on an alarm costs its full weight */

const davy_nab_profile davy_nab_standard = {1.0, 0.11, 1.0};
const davy_nab_profile davy_nab_low_fp = {1.0, 0.22, 1.0};
const davy_nab_profile davy_nab_low_fn = {1.0, 0.11, 2.0};

/* From 1 far ahead of the right edge of a window, 0 on it, to -1 far behind. */
static double worth(double position)
{
    return position >= FAR_BEHIND ? -1.0 : 2.0 / (1.0 + exp(STEEPNESS * position)) - 1.0;
}

/* An alarm that may be raised, and what it would bring. */
typedef struct candidate {
    double score, worth;
    size_t window; /* among all of the set; SIZE_MAX: outside */
} candidate;

static size_t first_scored(size_t count)
{
    const double share = fmin(floor(PROBATION * (double) count), PROBATION * PROBATION_ROWS);

    return (size_t) ceil(share);
}

static double worth_outside(const davy_nab_series *s, size_t next, size_t row)
{
    const davy_nab_window *before = next > 0 ? &s->windows[next - 1] : NULL;

    if (!before)
        return -1.0;
    return worth(before->last > before->first
                     ? (double) (row - before->last) / (double) (before->last - before->first)
                     : FAR_BEHIND);
}

/* The rows of a series that are scored, each as an alarm. */
static size_t list_series(const davy_nab_series *s, const davy_nab_profile *profile,
                          size_t first_window, candidate *list)
{
    const double best = worth(-1.0);
    size_t count = 0, w = 0;

    for (size_t row = 0; row < s->count; row++) {
        candidate c = {.score = s->scores[row], .window = SIZE_MAX};

        while (w < s->window_count && s->windows[w].last < row)
            w++;
        if (row < first_scored(s->count))
            continue;
        if (w < s->window_count && s->windows[w].first <= row) {
            const double length = (double) (s->windows[w].last - s->windows[w].first + 1);

            c.window = first_window + w;
            c.worth =
                profile->hit * worth(-(double) (s->windows[w].last - row + 1) / length) / best;
        } else {
            c.worth = profile->false_alarm * worth_outside(s, w, row);
        }
        list[count++] = c;
    }
    return count;
}

static int by_score_down(const void *a, const void *b)
{
    const candidate *x = a, *y = b;

    return (x->score < y->score) - (x->score > y->score);
}

/* The candidates of a set, the highest score first, and what each window has brought so far. */
typedef struct sweep {
    candidate *list;
    size_t count;
    double *windows; /* [window_count] */
    size_t window_count;
} sweep;

static void sweep_clear(sweep *s)
{
    free(s->list);
    free(s->windows);
}

/* Nothing is alarmed: every window that has a row left to be scored is missed. */
static double begin_sweep(sweep *s, const davy_nab_profile *profile)
{
    double total = 0;

    for (size_t w = 0; w < s->window_count; w++)
        s->windows[w] = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].window != SIZE_MAX)
            s->windows[s->list[i].window] = -profile->miss;
    for (size_t w = 0; w < s->window_count; w++)
        total += s->windows[w];
    return total;
}

/* What the raw score gains by one more alarm. */
static double raise_alarm(sweep *s, const candidate *c)
{
    double gain;

    if (c->window == SIZE_MAX)
        return c->worth;
    gain = fmax(c->worth - s->windows[c->window], 0);
    s->windows[c->window] += gain;
    return gain;
}

static davy_status make_sweep(const davy_nab_series *series, size_t count,
                              const davy_nab_profile *profile, sweep *s)
{
    size_t rows = 0;

    for (size_t k = 0; k < count; k++) {
        rows += series[k].count;
        s->window_count += series[k].window_count;
        for (size_t i = 0; i < series[k].count; i++)
            if (isnan(series[k].scores[i]))
                return davy_fail(DAVY_ERR_INVALID, "series %zu: row %zu has no score", k + 1,
                                 i + 1);
    }
    s->list = calloc(rows + 1, sizeof *s->list);
    s->windows = calloc(s->window_count + 1, sizeof *s->windows);
    if (!s->list || !s->windows)
        return davy_fail(DAVY_ERR_NOMEM, "%zu rows", rows);
    for (size_t k = 0, w = 0; k < count; w += series[k++].window_count)
        s->count += list_series(&series[k], profile, w, s->list + s->count);
    qsort(s->list, s->count, sizeof *s->list, by_score_down);
    return DAVY_OK;
}

double davy_nab_score(const davy_nab_series *series, const davy_nab_profile *profile, double limit)
{
    sweep s = {0};
    double raw = NAN;

    if (make_sweep(series, 1, profile, &s) == DAVY_OK) {
        raw = begin_sweep(&s, profile);
        for (size_t i = 0; i < s.count && s.list[i].score >= limit; i++)
            raw += raise_alarm(&s, &s.list[i]);
    }
    sweep_clear(&s);
    return raw;
}

double davy_nab_normalise(double raw, size_t windows, const davy_nab_profile *profile)
{
    const double perfect = (double) windows * profile->hit;
    const double null = -(double) windows * profile->miss;

    return 100.0 * (raw - null) / (perfect - null);
}

davy_status davy_nab_optimise(const davy_nab_series *series, size_t count,
                              const davy_nab_profile *profile, double *score, double *limit)
{
    sweep s = {0};
    double raw, best, best_limit = INFINITY;
    davy_status status = make_sweep(series, count, profile, &s);

    if (status == DAVY_OK && s.window_count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "no series has a window: there is nothing to find");
    if (status != DAVY_OK)
        goto done;
    raw = best = begin_sweep(&s, profile);
    for (size_t i = 0; i < s.count; i++) {
        raw += raise_alarm(&s, &s.list[i]);
        if (raw > best && (i + 1 == s.count || s.list[i + 1].score < s.list[i].score)) {
            best = raw;
            best_limit = s.list[i].score;
        }
    }
    *score = davy_nab_normalise(best, s.window_count, profile);
    if (limit)
        *limit = best_limit;
done:
    sweep_clear(&s);
    return status;
}
