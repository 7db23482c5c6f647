/* SPDX-License-Identifier: Apache-2.0 */
#include "models/habit.h"

#include "core/bulk.h"

#include <float.h>
#include <math.h>

#define KEPT_MAX ((size_t) 20000) /* values of a signal that quantiles come from */
#define RUN_MAX  ((size_t) 1 << 40)

bool davy_habit_moves(const davy_habit *habit)
{
    return habit->range.usual_high > habit->range.usual_low;
}

bool davy_habit_is_end(const davy_signal_range *range, double value)
{
    return (value >= range->high && range->high > range->usual_high) ||
           (value <= range->low && range->low < range->usual_low);
}

/* A row that the walk leaves out, or a run that begins, ends what came before. */
static bool breaks(const davy_walk *walk, size_t row)
{
    return davy_walk_begins(walk, row) || (walk->skip && walk->skip[row]);
}

static bool is_left_out(const davy_walk *walk, size_t row)
{
    return walk->skip && walk->skip[row];
}

/* Quantiles are of floats: what is the end but for their rounding is the end. */
static void settle(davy_signal_range *range)
{
    if ((float) range->usual_low == (float) range->low)
        range->usual_low = range->low;
    if ((float) range->usual_high == (float) range->high)
        range->usual_high = range->high;
    range->usual_low = fmax(range->usual_low, range->low);
    range->usual_high = fmin(range->usual_high, range->high);
}

/* Where it was. @param kept  room for KEPT_MAX numbers */
static void find_range(const davy_walk *walk, size_t column, float *kept, davy_habit *habit)
{
    const size_t rows = walk->to - walk->from;
    const size_t stride = (rows + KEPT_MAX - 1) / KEPT_MAX;
    size_t count = 0, seen = 0, missing = 0;

    habit->range = (davy_signal_range){DBL_MAX, -DBL_MAX, 0, 0};
    for (size_t row = walk->from; row < walk->to; row++) {
        const double value = davy_table_at(walk->table, row, column);

        if (is_left_out(walk, row))
            continue;
        seen++;
        if (!isfinite(value)) {
            missing++;
            continue;
        }
        habit->range.low = fmin(habit->range.low, value);
        habit->range.high = fmax(habit->range.high, value);
        if ((row - walk->from) % stride == 0)
            kept[count++] = (float) value;
    }
    habit->gaps = seen > 0 ? (double) missing / (double) seen : 0;
    davy_signal_range_quantiles(kept, count, &habit->range);
    if (count > 0)
        settle(&habit->range);
}

/* How long it rested. What is missing neither moves nor rests. */
static void find_rests(const davy_walk *walk, size_t column, davy_habit *habit)
{
    double last = NAN;
    size_t run = 0;

    for (size_t row = walk->from; row < walk->to; row++) {
        const double value = davy_table_at(walk->table, row, column);
        size_t *longest;

        if (breaks(walk, row))
            run = 0;
        if (is_left_out(walk, row) || !isfinite(value))
            continue;
        run = run > 0 && value == last ? run + 1 : 1;
        last = value;
        longest = davy_habit_is_end(&habit->range, value) ? &habit->at_end : &habit->still;
        *longest = run > *longest ? run : *longest;
    }
}

davy_status davy_habits_of(const davy_walk *walk, davy_arena *arena, const davy_habit **out)
{
    const size_t columns = walk->table->columns;
    davy_habit *habits = davy_arena_array(arena, columns, sizeof *habits);
    float *kept = davy_bulk_alloc(KEPT_MAX, sizeof *kept);

    if (!habits || !kept) {
        davy_bulk_free(kept);
        return davy_fail_in(DAVY_ERR_NOMEM, "habits of %zu signals", columns);
    }
    for (size_t j = 0; j < columns; j++) {
        find_range(walk, j, kept, &habits[j]);
        find_rests(walk, j, &habits[j]);
    }
    davy_bulk_free(kept);
    *out = habits;
    return DAVY_OK;
}

json_t *davy_habits_json(const davy_habit *habits, size_t signals)
{
    json_t *list = json_array();

    for (size_t j = 0; j < signals; j++) {
        const davy_signal_range *range = &habits[j].range;

        (void) json_array_append_new(
            list, json_pack("{sf sf sf sf sI sI sf}", "low", range->low, "high", range->high,
                            "usual_low", range->usual_low, "usual_high", range->usual_high, "still",
                            (json_int_t) habits[j].still, "at_end", (json_int_t) habits[j].at_end,
                            "gaps", habits[j].gaps));
    }
    return list;
}

static davy_habit read_habit(davy_model_reader *in, const json_t *object)
{
    return (davy_habit){
        .range = {davy_model_read_number(in, object, "low", -DBL_MAX, DBL_MAX),
                  davy_model_read_number(in, object, "high", -DBL_MAX, DBL_MAX),
                  davy_model_read_number(in, object, "usual_low", -DBL_MAX, DBL_MAX),
                  davy_model_read_number(in, object, "usual_high", -DBL_MAX, DBL_MAX)},
        .still = davy_model_read_count(in, object, "still", 0, RUN_MAX),
        .at_end = davy_model_read_count(in, object, "at_end", 0, RUN_MAX),
        .gaps = davy_model_read_number(in, object, "gaps", 0, 1),
    };
}

const davy_habit *davy_habits_read(davy_model_reader *in, const json_t *root, size_t signals)
{
    const json_t *list = json_object_get(root, "habits");
    davy_habit *habits;

    if (!list)
        return NULL;
    if (json_array_size(list) != signals) {
        davy_model_read_fail(in, "habits", "a list of one object for each signal");
        return NULL;
    }
    habits = davy_arena_array(in->arena, signals, sizeof *habits);
    if (!habits) {
        in->status = davy_fail(DAVY_ERR_NOMEM, "habits of %zu signals", signals);
        return NULL;
    }
    for (size_t j = 0; j < signals; j++)
        habits[j] = read_habit(in, json_array_get(list, j));
    return habits;
}
