/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>

struct davy_cleaner {
    const davy_cleaning *cleaning;
    double *states[DAVY_CLEAN_STEPS_MAX]; /* of each step, [columns * its size] */
};

davy_status davy_cleaner_create(const davy_cleaning *cleaning, davy_cleaner **out)
{
    davy_cleaner *cleaner = calloc(1, sizeof *cleaner);
    davy_status status = davy_cleaning_check_live(cleaning);

    if (status == DAVY_OK && !cleaner)
        status = davy_fail(DAVY_ERR_NOMEM, "cleaner");
    for (size_t i = 0; i < cleaning->step_count && status == DAVY_OK; i++) {
        const size_t numbers = davy_clean_state(&cleaning->steps[i]) * cleaning->column_count;

        cleaner->states[i] = calloc(numbers + 1, sizeof(double));
        if (!cleaner->states[i])
            status = davy_fail(DAVY_ERR_NOMEM, "cleaner of %zu columns", cleaning->column_count);
    }
    if (status != DAVY_OK) {
        davy_cleaner_destroy(cleaner);
        return status;
    }
    cleaner->cleaning = cleaning;
    davy_cleaner_reset(cleaner);
    *out = cleaner;
    return DAVY_OK;
}

void davy_cleaner_destroy(davy_cleaner *cleaner)
{
    for (size_t i = 0; cleaner && i < DAVY_CLEAN_STEPS_MAX; i++)
        free(cleaner->states[i]);
    free(cleaner);
}

void davy_cleaner_reset(davy_cleaner *cleaner)
{
    for (size_t i = 0; i < cleaner->cleaning->step_count; i++) {
        const davy_clean_step *step = &cleaner->cleaning->steps[i];

        for (size_t j = 0; step->kind->begin && j < cleaner->cleaning->column_count; j++)
            step->kind->begin(step, cleaner->states[i] + j * davy_clean_state(step));
    }
}

void davy_cleaner_push(davy_cleaner *cleaner, double *row)
{
    const davy_cleaning *cleaning = cleaner->cleaning;

    for (size_t i = 0; i < cleaning->step_count; i++) {
        const davy_clean_step *step = &cleaning->steps[i];
        const size_t size = davy_clean_state(step);
        const double by = step->by ? row[step->by_column] : NAN;

        for (size_t j = 0; step->kind->push && j < cleaning->column_count; j++) {
            const davy_clean_cell cell = {&row[j], j, by};

            if (davy_clean_takes_column(step, cleaning, j))
                (void) step->kind->push(step, &cell, cleaner->states[i] + j * size);
        }
    }
}
