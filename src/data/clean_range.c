/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>

/*
 * Values that cannot be: outside of what the instrument shows, or the number with which a recorder
 * says that it has none (-200, -999, 9999). They become missing; nothing is clipped, because a
 * value at the edge of the range would look like a measurement.
 */
enum { LOW, HIGH };

static bool take_out(double *value)
{
    *value = NAN;
    return true;
}

/* learnt: low and high of each column; NaN where there is no bound. */
static davy_status learn_range(davy_clean_step *step, const davy_table *table,
                               const davy_clean_range *ranges)
{
    size_t known = 0;
    davy_status status = davy_clean_learnt_init(step, 2 * table->columns);

    for (size_t j = 0; j < table->columns && status == DAVY_OK; j++) {
        const davy_clean_range own = ranges ? ranges[j] : (davy_clean_range){NAN, NAN};
        double *bounds = step->learnt + 2 * j;

        bounds[LOW] = isnan(own.low) ? step->arguments[LOW] : own.low;
        bounds[HIGH] = isnan(own.high) ? step->arguments[HIGH] : own.high;
        known += !isnan(bounds[LOW]) || !isnan(bounds[HIGH]);
        if (bounds[LOW] > bounds[HIGH])
            return davy_fail(DAVY_ERR_INVALID, "the range of '%s' ends before it begins: %g to %g",
                             table->names[j], bounds[LOW], bounds[HIGH]);
    }
    if (status == DAVY_OK && known == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "cleaning step 'range' knows no range of any column: give --site FILE, "
                         "--range COL=LOW..HIGH, or range:low=N:high=N for all");
    return status;
}

static bool range_fits(const davy_clean_step *step, size_t columns)
{
    return step->learnt_count == 2 * columns;
}

static bool push_range(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    const double *bounds = step->learnt + 2 * cell->column;

    (void) state;
    return (*cell->value < bounds[LOW] || *cell->value > bounds[HIGH]) && take_out(cell->value);
}

static bool push_missing(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    (void) state;
    return *cell->value == step->arguments[0] && take_out(cell->value);
}

const davy_clean_kind davy_clean_range_kind = {
    .name = "range",
    .what = {"out of range, taken out", "超出量程,已剔除"},
    .meaning = "take out what is outside of the range of its signal",
    .parameters = {{"low", DAVY_CLEAN_NUMBER, NAN, -1e300, 1e300,
                    "lower bound of signals without a range of their own"},
                   {"high", DAVY_CLEAN_NUMBER, NAN, -1e300, 1e300, "upper bound of these"}},
    .takes = true,
    .learn = learn_range,
    .fits = range_fits,
    .push = push_range,
};

const davy_clean_kind davy_clean_missing = {
    .name = "missing",
    .what = {"codes for no value, taken out", "缺测代码,已剔除"},
    .meaning = "take out the number that stands for no value, such as -200 or -999",
    .parameters = {{"value", DAVY_CLEAN_NUMBER, NAN, -1e300, 1e300, "the number"}},
    .takes = true,
    .push = push_missing,
};
