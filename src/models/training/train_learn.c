/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/training.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET_PER_DAY        (1.0 / 7.0)
#define CALIBRATION_ROWS_MIN  20
#define ROWS_PER_DAY_TIMELESS 86400.0
#define PROGRESS_ROWS         4096

static davy_status check_column(const davy_table *table, size_t column)
{
    size_t present = 0;

    for (size_t row = 0; row < table->rows; row++) {
        const double value = davy_table_at(table, row, column);

        if (fabs(value) > 1e100 && isfinite(value))
            return davy_fail(DAVY_ERR_INVALID, "signal '%s', row %zu: %g is beyond any unit",
                             table->names[column], row + 1, value);
        present += isfinite(value);
    }
    if (present == 0)
        return davy_fail(DAVY_ERR_INVALID, "signal '%s' has no value at all: leave it out",
                         table->names[column]);
    return DAVY_OK;
}

/* Whether a signal has two values in the rows that are not faults. */
static bool moves(const davy_table *table, size_t column)
{
    double first = NAN;

    for (size_t row = 0; row < table->rows; row++) {
        const double value = davy_table_at(table, row, column);

        if (!isfinite(value) || (table->labels && table->labels[row] > 0))
            continue;
        if (isnan(first))
            first = value;
        if (value != first)
            return true;
    }
    return false;
}

static bool any_moves(const davy_table *table)
{
    for (size_t column = 0; column < table->columns; column++)
        if (moves(table, column))
            return true;
    return false;
}

static davy_status check_table(const davy_training *training)
{
    const davy_table *table = training->table;

    if (table->rows == 0 || table->columns == 0)
        return davy_fail(DAVY_ERR_INVALID, "a table of %zu rows and %zu signals: nothing to learn",
                         table->rows, table->columns);
    if (table->columns > DAVY_MODEL_SIGNALS_MAX ||
        (training->lags + 1) * table->columns > DAVY_MODEL_WINDOW_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu signals with %zu lags are more than a model takes: %zu signals, and "
                         "%zu numbers in a window. Train one for each part of the plant",
                         table->columns, training->lags, DAVY_MODEL_SIGNALS_MAX,
                         DAVY_MODEL_WINDOW_MAX);
    for (size_t j = 0; j < table->columns; j++) {
        davy_status status = check_column(table, j);

        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

static davy_status mark_faulty(davy_training *training)
{
    const davy_table *table = training->table;

    training->skip = davy_bulk_alloc(table->rows, 1);
    if (!training->skip)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", table->rows);
    for (size_t row = 0; row < table->rows && table->labels; row++)
        training->skipped += training->skip[row] = table->labels[row] > 0;
    return DAVY_OK;
}

static davy_walk walk_of(const davy_training *training, size_t from, size_t to)
{
    return (davy_walk){training->table, training->skip, from, to, training->period_ns};
}

typedef struct window_rows {
    size_t *rows;
    size_t count;
} window_rows;

static davy_status note_row(void *context, size_t row, const double *window)
{
    window_rows *list = context;

    (void) window;
    list->rows[list->count++] = row;
    return DAVY_OK;
}

/* The latest windows are for calibration: the first row of that part. */
static davy_status split(davy_training *training)
{
    const davy_walk all = walk_of(training, 0, training->table->rows);
    window_rows list = {davy_bulk_alloc(training->table->rows, sizeof(size_t)), 0};
    davy_status status;
    size_t last;

    if (!list.rows)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", training->table->rows);
    status = davy_walk_windows(&all, training->lags, training->hold, note_row, &list);
    last = (size_t) (davy_training_setting(training, "calibrate") * (double) list.count);
    if (status == DAVY_OK && last < CALIBRATION_ROWS_MIN)
        status =
            davy_fail(DAVY_ERR_INVALID,
                      "%zu whole windows of %zu rows are too few: %zu of them would calibrate, "
                      "%d are needed",
                      list.count, training->lags + 1, last, CALIBRATION_ROWS_MIN);
    if (status == DAVY_OK && !any_moves(training->table))
        status =
            davy_fail(DAVY_ERR_INVALID, "none of the %zu signals moves in the rows to learn from",
                      training->table->columns);
    if (status == DAVY_OK)
        training->split = list.rows[list.count - last];
    davy_bulk_free(list.rows);
    return status;
}

void davy_training_tell(const davy_training *training, const char *what, uint64_t done,
                        uint64_t total)
{
    const davy_train_options *options = training->options;

    if (options->progress)
        options->progress(options->progress_context, what, done, total, "");
}

static void tell_fit(void *context, uint64_t done, uint64_t total, const char *note)
{
    const davy_training *training = context;
    const davy_train_options *options = training->options;

    if (options->progress)
        options->progress(options->progress_context, "learning", done, total, note);
}

static bool fit_interrupted(void *context)
{
    const davy_training *training = context;
    const davy_train_options *options = training->options;

    return options->interrupted && options->interrupted(options->progress_context);
}

static davy_status fit(davy_training *training)
{
    const davy_train_options *options = training->options;
    const davy_study input = {
        .fit = walk_of(training, 0, training->split),
        .reference = walk_of(training, training->split, training->table->rows),
        .lags = training->lags,
        .hold = training->hold,
        .seed = options->seed,
        .settings = options->settings,
        .setting_count = options->setting_count,
        .progress = tell_fit,
        .interrupted = fit_interrupted,
        .progress_context = training,
    };
    davy_model *model = training->model;

    model->kind = davy_model_kind_find(options->kind);
    model->lags = training->lags;
    model->hold = training->hold;
    model->memory = davy_training_setting(training, "memory");
    return model->kind->fit(&input, &training->note, &model->parameters);
}

typedef struct share_walk {
    davy_model *model;
    void *scratch;
    double *shares, *expected;
    size_t count;
} share_walk;

static davy_status add_shares(void *context, size_t row, const double *window)
{
    share_walk *walk = context;
    davy_model *model = walk->model;
    const davy_status status =
        model->kind->score(model->parameters, walk->scratch, window, walk->shares, walk->expected);

    (void) row;
    for (size_t j = 0; j < model->info.signal_count && status == DAVY_OK; j++)
        model->start[j] += walk->shares[j];
    walk->count++;
    return status;
}

/* A run begins with the usual shares, so that its first rows are no alarm by themselves. */
static davy_status learn_start(davy_training *training)
{
    davy_model *model = training->model;
    const size_t signals = model->info.signal_count;
    const davy_walk reference = walk_of(training, training->split, training->table->rows);
    share_walk walk = {.model = model};
    davy_status status;

    walk.shares = calloc(2 * signals, sizeof *walk.shares);
    if (!walk.shares)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    walk.expected = walk.shares + signals;
    status = model->kind->begin(model->parameters, &walk.scratch);
    if (status == DAVY_OK)
        status = davy_walk_windows(&reference, training->lags, training->hold, add_shares, &walk);
    for (size_t j = 0; j < signals; j++)
        model->start[j] /= (double) walk.count;
    model->kind->end(walk.scratch);
    free(walk.shares);
    return status;
}

davy_status davy_training_score(const davy_training *training, size_t from, size_t to,
                                double *scores)
{
    const davy_walk rows = walk_of(training, from, to);
    double *values = calloc(training->table->columns, sizeof *values);
    davy_scorer *scorer = NULL;
    davy_status status;

    if (!values)
        return davy_fail(DAVY_ERR_NOMEM, "row");
    status = davy_scorer_create(training->model, &scorer);
    for (size_t row = from; row < to && status == DAVY_OK; row++) {
        davy_score score = {.score = NAN};

        if (davy_walk_begins(&rows, row) || training->skip[row])
            davy_scorer_reset(scorer);
        for (size_t j = 0; j < training->table->columns; j++)
            values[j] = davy_table_at(training->table, row, j);
        if (!training->skip[row])
            davy_scorer_update(scorer, values, &score);
        scores[row - from] = score.score;
        if ((row - from) % PROGRESS_ROWS == PROGRESS_ROWS - 1)
            davy_training_tell(training, "calibrating", row - from, to - from);
    }
    davy_scorer_destroy(scorer);
    free(values);
    return status;
}

/* Scores of the calibration part without the rows that got none. */
static size_t pack_scores(const davy_training *training, double *scores, uint8_t *begins)
{
    const size_t rows = training->table->rows - training->split;
    const davy_walk walk = walk_of(training, training->split, training->table->rows);
    size_t count = 0;
    bool broken = true;

    for (size_t i = 0; i < rows; i++) {
        broken = broken || davy_walk_begins(&walk, training->split + i) || isnan(scores[i]);
        if (isnan(scores[i]))
            continue;
        scores[count] = scores[i];
        begins[count++] = broken;
        broken = false;
    }
    return count;
}

static davy_status apply_limit(davy_training *training)
{
    davy_model *model = training->model;
    const double factor = 1.0 / training->calibration.limit;

    for (size_t j = 0; j < model->info.signal_count; j++)
        model->start[j] *= factor;
    return model->kind->scale(model->parameters, factor);
}

static davy_status calibrate(davy_training *training)
{
    const size_t rows = training->table->rows - training->split;
    const double budget = training->options->budget_per_day;
    double *scores = davy_bulk_alloc(rows, sizeof *scores);
    uint8_t *begins = davy_bulk_alloc(rows, 1);
    davy_calibration_input input = {.scores = scores,
                                    .begins = begins,
                                    .budget_per_day = budget > 0 ? budget : BUDGET_PER_DAY,
                                    .merge = (size_t) davy_training_setting(training, "merge")};
    davy_status status = DAVY_ERR_NOMEM;

    if (!scores || !begins) {
        (void) davy_fail_in(DAVY_ERR_NOMEM, "calibration of %zu rows", rows);
        goto done;
    }
    input.rows_per_day =
        training->period_ns > 0 ? 86400e9 / (double) training->period_ns : ROWS_PER_DAY_TIMELESS;
    status = davy_training_score(training, training->split, training->table->rows, scores);
    if (status != DAVY_OK)
        goto done;
    input.count = pack_scores(training, scores, begins);
    status = davy_calibrate(&input, &training->calibration);
    if (status != DAVY_OK)
        goto done;
    training->model->curve = training->calibration.curve;
    davy_budget_curve_divide(&training->model->curve, training->calibration.limit);
    /* A hair above, so that rounding does not put the score that made the limit beyond it. */
    training->calibration.limit *= 1.0 + 1e-9;
    status = apply_limit(training);
done:
    davy_bulk_free(scores);
    davy_bulk_free(begins);
    return status;
}

/* Of all rows that are no faults: the part for calibration is normal operation too. */
static davy_status learn_habits(davy_training *training)
{
    const davy_walk all = walk_of(training, 0, training->table->rows);

    return davy_habits_of(&all, &training->model->arena, &training->model->habits);
}

davy_status davy_training_learn(davy_training *training)
{
    davy_status status = check_table(training);

    if (status == DAVY_OK)
        status = mark_faulty(training);
    if (status == DAVY_OK)
        status = split(training);
    if (status == DAVY_OK)
        status = davy_model_create(training->table->columns, &training->model);
    if (status == DAVY_OK)
        status = learn_habits(training);
    if (status == DAVY_OK)
        status = fit(training);
    if (status == DAVY_OK)
        status = learn_start(training);
    if (status == DAVY_OK)
        status = calibrate(training);
    return status;
}
