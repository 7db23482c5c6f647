/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_events.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint32_t group_of(const davy_alarm_input *in, size_t i)
{
    return in->groups ? in->groups[i] : in->runs[i];
}

static size_t row_of(const davy_alarm_input *in, size_t i)
{
    return in->rows ? in->rows[i] : i;
}

/* Whether row i follows `before` in its run with at most `merge` rows between. */
static bool is_near(const davy_alarm_input *in, size_t before, size_t i)
{
    return in->runs[before] == in->runs[i] && row_of(in, i) - row_of(in, before) <= in->merge + 1;
}

/* Where a walk over the rows stands. NONE where there is none. */
typedef struct walk {
    size_t last;  /* alarm before */
    size_t begin; /* of the episode */
    size_t event; /* first row of the event that the row is in */
    bool open;    /* it is not decided yet what the episode is for */
    bool found;   /* the event is found */
} walk;

#define NONE SIZE_MAX

static const walk at_start = {NONE, NONE, NONE, false, false};

/* What one row decided. */
typedef enum outcome { NOTHING, FALSE_EPISODE, TRUE_EPISODE } outcome;

static void enter_row(const davy_alarm_input *in, walk *w, size_t i)
{
    if (!in->faulty[i]) {
        w->event = NONE;
    } else if (w->event == NONE || in->runs[i] != in->runs[w->event]) {
        w->event = i;
        w->found = false;
    }
}

/* An alarm at row i. @return false when it begins an episode */
static bool continues(const davy_alarm_input *in, walk *w, size_t i)
{
    const bool joins = w->last != NONE && is_near(in, w->last, i);

    w->last = i;
    return joins;
}

/* What the open episode is for, now that row i of it is alarmed. */
static outcome decide(const davy_alarm_input *in, walk *w)
{
    if (!w->open || w->event == NONE)
        return NOTHING;
    w->open = false;
    return w->begin >= w->event || is_near(in, w->begin, w->event) ? TRUE_EPISODE : FALSE_EPISODE;
}

static davy_alarm_delay delay_of(const davy_alarm_input *in, const walk *w)
{
    davy_alarm_delay delay = {.group = group_of(in, w->event), .seconds = in->times ? 0 : NAN};

    if (w->begin <= w->event)
        return delay;
    delay.rows = (double) (row_of(in, w->begin) - row_of(in, w->event));
    if (in->times)
        delay.seconds = (double) (in->times[w->begin] - in->times[w->event]) / 1e9;
    return delay;
}

static void count_episode(const davy_alarm_input *in, const walk *w, outcome found,
                          davy_alarm_counts *counts)
{
    davy_alarm_counts *own = &counts[group_of(in, w->begin)];

    own->true_episodes += found == TRUE_EPISODE;
    own->false_episodes += found == FALSE_EPISODE;
}

void davy_alarm_count(const davy_alarm_input *input, double limit, davy_alarm_counts *counts,
                      davy_alarm_delay *delays, size_t *delay_count)
{
    walk w = at_start;
    size_t found = 0;

    for (size_t i = 0; i < input->count; i++) {
        outcome what;

        enter_row(input, &w, i);
        if (w.event == i)
            counts[group_of(input, i)].events++;
        if (!(input->scores[i] > limit))
            continue;
        if (!continues(input, &w, i)) {
            if (w.open)
                count_episode(input, &w, FALSE_EPISODE, counts);
            w.begin = i;
            w.open = true;
        }
        what = decide(input, &w);
        count_episode(input, &w, what, counts);
        if (what != TRUE_EPISODE || w.found)
            continue;
        w.found = true;
        counts[group_of(input, w.event)].found++;
        if (delays)
            delays[found++] = delay_of(input, &w);
    }
    if (w.open)
        count_episode(input, &w, FALSE_EPISODE, counts);
    if (delays)
        *delay_count = found;
}

static double false_episodes(const davy_alarm_input *in, double limit)
{
    walk w = at_start;
    double count = 0;

    for (size_t i = 0; i < in->count; i++) {
        enter_row(in, &w, i);
        if (!(in->scores[i] > limit))
            continue;
        if (!continues(in, &w, i)) {
            count += w.open;
            w.begin = i;
            w.open = true;
        }
        count += decide(in, &w) == FALSE_EPISODE;
    }
    return count + w.open;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The highest score keeps any budget; below the lowest every row is alarmed. */
davy_status davy_alarm_limit(const davy_alarm_input *input, double episodes, double *limit)
{
    double *sorted = malloc((input->count + 1) * sizeof *sorted);
    size_t low = 0, high = input->count;

    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "scores of %zu rows", input->count);
    sorted[0] = -INFINITY;
    memcpy(sorted + 1, input->scores, input->count * sizeof *sorted);
    qsort(sorted + 1, input->count, sizeof *sorted, by_size);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (false_episodes(input, sorted[middle]) <= episodes)
            high = middle;
        else
            low = middle + 1;
    }
    *limit = sorted[high];
    free(sorted);
    return DAVY_OK;
}

static int by_rows(const void *a, const void *b)
{
    const davy_alarm_delay *x = a, *y = b;

    return (x->rows > y->rows) - (x->rows < y->rows);
}

static int by_seconds(const void *a, const void *b)
{
    const davy_alarm_delay *x = a, *y = b;

    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

void davy_alarm_delay_sort(davy_alarm_delay *delays, size_t count, int seconds)
{
    qsort(delays, count, sizeof *delays, seconds ? by_seconds : by_rows);
}

double davy_alarm_delay_quantile(const davy_alarm_delay *sorted, size_t count, double q,
                                 const uint32_t *times, int seconds)
{
    double all = 0, below = 0;

    for (size_t i = 0; i < count; i++)
        all += times ? (double) times[sorted[i].group] : 1;
    for (size_t i = 0; i < count; i++) {
        below += times ? (double) times[sorted[i].group] : 1;
        if (below > 0 && below >= q * all)
            return seconds ? sorted[i].seconds : sorted[i].rows;
    }
    return NAN;
}
