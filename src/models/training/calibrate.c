/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/calibrate.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALARM_SHARE_MAX 0.05 /* of the rows that may be above a limit */
#define TAIL_SHARE      0.10 /* of the rows whose peaks make the tail */

/* Walk over episodes above a limit: tells whether this row begins one. */
typedef struct episode_walk {
    size_t since; /* rows since the last one above the limit; SIZE_MAX: none yet */
    size_t merge;
} episode_walk;

static bool begins_episode(episode_walk *walk, bool begins, bool above)
{
    bool first = false;

    if (begins)
        walk->since = SIZE_MAX;
    if (above) {
        first = walk->since == SIZE_MAX || walk->since > walk->merge;
        walk->since = 0;
    } else if (walk->since != SIZE_MAX) {
        walk->since++;
    }
    return first;
}

size_t davy_calibration_episodes(const davy_calibration_input *input, double limit)
{
    episode_walk walk = {.since = SIZE_MAX, .merge = input->merge};
    size_t episodes = 0;

    for (size_t i = 0; i < input->count; i++)
        episodes += begins_episode(&walk, input->begins[i], input->scores[i] > limit);
    return episodes;
}

typedef struct ranked {
    double score;
    size_t row;
} ranked;

static int by_size_down(const void *a, const void *b)
{
    const double x = ((const ranked *) a)->score, y = ((const ranked *) b)->score;

    return (x < y) - (x > y);
}

static ranked *rank_rows(const davy_calibration_input *input)
{
    ranked *rows = davy_bulk_alloc(input->count, sizeof *rows);

    for (size_t i = 0; rows && i < input->count; i++)
        rows[i] = (ranked){input->scores[i], i};
    if (rows)
        davy_bulk_sort(rows, input->count, sizeof *rows, by_size_down);
    return rows;
}

/* Rows above a limit as a list in the order of time; the row before the first is `count`. */
typedef struct above_list {
    const davy_calibration_input *input;
    uint32_t *next, *previous; /* [count + 1] */
    uint32_t *part;            /* [count] how many rows up to here begin something new */
    size_t episodes;           /* above the limit */
} above_list;

/* Whether two neighbours of the list are of one episode. */
static bool is_joined(const above_list *list, size_t row, size_t next)
{
    return row < list->input->count && next < list->input->count &&
           list->part[row] == list->part[next] && next - row - 1 <= list->input->merge;
}

/* The limit rises to the score of this row, which then is above it no more. */
static void take_away(above_list *list, size_t row)
{
    const size_t previous = list->previous[row], next = list->next[row];

    list->episodes += is_joined(list, previous, row);
    list->episodes += is_joined(list, row, next);
    list->episodes -= is_joined(list, previous, next);
    list->episodes--;
    list->next[previous] = (uint32_t) next;
    list->previous[next] = (uint32_t) previous;
}

static void list_rows_above(above_list *list, double limit)
{
    const davy_calibration_input *input = list->input;
    size_t last = input->count;
    uint32_t part = 0;

    for (size_t i = 0; i < input->count; i++) {
        list->part[i] = part += input->begins[i] != 0;
        if (!(input->scores[i] > limit))
            continue;
        list->next[last] = (uint32_t) i;
        list->previous[i] = (uint32_t) last;
        list->episodes += !is_joined(list, last, i);
        last = i;
    }
    list->next[last] = (uint32_t) input->count;
    list->previous[input->count] = (uint32_t) last;
}

/*
 * Episodes above each of the `most` largest scores, the lowest limit first: a limit that rises
 * takes rows out of the list one by one, and each tells by its neighbours alone whether an episode
 * ends, shrinks or breaks in two.
 */
static void count_all(above_list *list, const ranked *rows, size_t most, size_t *episodes)
{
    list_rows_above(list, rows[most].score);
    episodes[most] = list->episodes;
    for (size_t rank = most; rank-- > 0;) {
        if (rows[rank].score > rows[most].score)
            take_away(list, rows[rank].row);
        episodes[rank] = list->episodes;
    }
}

/* Steps from the highest limit down: a step is where more episodes appear than ever above it. */
static void learn_steps(davy_budget_curve *curve, const ranked *rows, size_t most,
                        const size_t *episodes)
{
    size_t worst = 0;

    for (size_t rank = 0; rank <= most; rank++) {
        /* Of equal scores the first has the count without all of them. */
        if (rank > 0 && rows[rank].score == rows[rank - 1].score)
            continue;
        worst = episodes[rank] > worst ? episodes[rank] : worst;
        (void) davy_budget_curve_add(curve, worst, rows[rank].score);
    }
}

/* Peaks of the episodes over u: how often there is one, and their mean excess. */
static davy_budget_tail tail_of(const davy_calibration_input *input, double u, double days)
{
    episode_walk walk = {.since = SIZE_MAX, .merge = input->merge};
    double peak = 0, sum = 0;
    size_t episodes = 0;

    for (size_t i = 0; i < input->count; i++) {
        const bool above = input->scores[i] > u;

        if (begins_episode(&walk, input->begins[i], above)) {
            sum += peak;
            peak = 0;
            episodes++;
        }
        if (above)
            peak = fmax(peak, input->scores[i] - u);
    }
    return (davy_budget_tail){.from = u,
                              .excess = episodes > 0 ? (sum + peak) / (double) episodes : 0,
                              .per_day = (double) episodes / days};
}

static davy_status check_scores(const davy_calibration_input *input)
{
    if (input->count == 0)
        return davy_fail(DAVY_ERR_INVALID, "there are no rows to calibrate on");
    if (input->count >= UINT32_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu rows are too many to calibrate on", input->count);
    for (size_t i = 0; i < input->count; i++)
        if (!isfinite(input->scores[i]))
            return davy_fail(DAVY_ERR_INVALID, "a score to calibrate on is not finite");
    return DAVY_OK;
}

static davy_status learn_curve(const davy_calibration_input *input, davy_budget_curve *curve)
{
    const size_t most = (size_t) (ALARM_SHARE_MAX * (double) input->count);
    ranked *rows = rank_rows(input);
    size_t *episodes = davy_bulk_alloc(most + 1, sizeof *episodes);
    above_list list = {input, davy_bulk_alloc(input->count + 1, sizeof(uint32_t)),
                       davy_bulk_alloc(input->count + 1, sizeof(uint32_t)),
                       davy_bulk_alloc(input->count, sizeof(uint32_t)), 0};
    davy_status status = DAVY_OK;

    if (rows && episodes && list.next && list.previous && list.part) {
        count_all(&list, rows, most, episodes);
        learn_steps(curve, rows, most, episodes);
        curve->tail =
            tail_of(input, rows[(size_t) (TAIL_SHARE * (double) input->count)].score, curve->days);
    } else {
        status = davy_fail_in(DAVY_ERR_NOMEM, "calibration of %zu rows", input->count);
    }
    davy_bulk_free(rows);
    davy_bulk_free(episodes);
    davy_bulk_free(list.next);
    davy_bulk_free(list.previous);
    davy_bulk_free(list.part);
    return status;
}

davy_status davy_calibrate(const davy_calibration_input *input, davy_calibration *out)
{
    const double days = (double) input->count / input->rows_per_day;
    davy_status status = check_scores(input);
    davy_budget_answer answer;

    if (status != DAVY_OK)
        return status;
    *out = (davy_calibration){.budget_per_day = input->budget_per_day,
                              .days = days,
                              .rows = input->count,
                              .curve = {.days = days}};
    status = learn_curve(input, &out->curve);
    if (status != DAVY_OK)
        return status;
    answer = davy_budget_curve_answer(&out->curve, input->budget_per_day);
    out->limit = answer.limit;
    out->extrapolated = answer.extrapolated;
    out->promise_per_day = answer.promise_per_day;
    out->episodes = davy_calibration_episodes(input, out->limit);
    return DAVY_OK;
}
