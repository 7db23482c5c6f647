/* SPDX-License-Identifier: Apache-2.0 */
#include "models/train.h"

#include "core/buffer.h"
#include "core/clock.h"
#include "models/calibrate.h"
#include "models/model_private.h"
#include "models/registry_publish.h"
#include "models/train_write.h"
#include "models/training.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET_PER_DAY        (1.0 / 7.0)
#define CALIBRATION_ROWS_MIN  20
#define ROWS_PER_DAY_TIMELESS 86400.0
#define SELF_CHECK_ROWS       1000

static const davy_setting common[] = {
    {"lags", "5", "rows before the newest one that a window holds", 0, DAVY_MODEL_LAGS_MAX, NULL},
    {"memory", "0.9", "weight of the past in the smoothed score", 0, 0.999, NULL},
    {"calibrate", "0.25", "share of the rows, the latest, to calibrate on", 0.05, 0.9, NULL},
    {"merge", "30", "rows without an alarm that do not end a false-alarm episode", 0, 1e6, NULL},
    {"hold", "5", "rows for which a missing value is held", 0, 1000, NULL},
};

size_t davy_train_settings(const char *kind, davy_setting settings[DAVY_TRAIN_SETTINGS_MAX])
{
    const davy_model_kind *found = davy_model_kind_find(kind);

    if (!found)
        return 0;
    memcpy(settings, common, sizeof common);
    memcpy(settings + DAVY_ARRAY_LENGTH(common), found->settings,
           found->setting_count * sizeof *settings);
    return DAVY_ARRAY_LENGTH(common) + found->setting_count;
}

static double setting(const davy_training *training, const char *key)
{
    return davy_settings_number(common, DAVY_ARRAY_LENGTH(common), training->options->settings,
                                training->options->setting_count, key);
}

static davy_status check_options(const davy_train_options *options)
{
    davy_setting all[DAVY_TRAIN_SETTINGS_MAX];
    davy_status status = davy_model_name_check(options->name);

    if (status != DAVY_OK)
        return status;
    if (strcmp(options->task, "anomaly") != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "task '%s' is not one that davy trains: anomaly",
                         options->task);
    if (!davy_model_kind_find(options->kind))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' is no kind of model: auto, pca",
                         options->kind);
    if (!(options->budget_per_day >= 0) || isinf(options->budget_per_day))
        return davy_fail(DAVY_ERR_INVALID, "a budget of %g false alarms a day",
                         options->budget_per_day);
    return davy_settings_check(all, davy_train_settings(options->kind, all), options->settings,
                               options->setting_count);
}

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

static int by_step(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

/* Median step of time inside the runs; 0 without times. */
static davy_status find_period(davy_training *training)
{
    const davy_table *table = training->table;
    int64_t *steps = calloc(table->rows, sizeof *steps);
    size_t count = 0;

    if (!steps)
        return davy_fail(DAVY_ERR_NOMEM, "times of %zu rows", table->rows);
    for (size_t row = 1; row < table->rows && table->times; row++)
        if (table->runs[row] == table->runs[row - 1] && table->times[row] > table->times[row - 1])
            steps[count++] = table->times[row] - table->times[row - 1];
    if (count > 0) {
        qsort(steps, count, sizeof *steps, by_step);
        training->period_ns = steps[count / 2];
    }
    free(steps);
    return DAVY_OK;
}

static davy_status mark_faulty(davy_training *training)
{
    const davy_table *table = training->table;

    training->skip = calloc(table->rows, 1);
    if (!training->skip)
        return davy_fail(DAVY_ERR_NOMEM, "%zu rows", table->rows);
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
    window_rows list = {calloc(training->table->rows, sizeof(size_t)), 0};
    davy_status status;
    size_t last;

    if (!list.rows)
        return davy_fail(DAVY_ERR_NOMEM, "%zu rows", training->table->rows);
    status = davy_walk_windows(&all, training->lags, training->hold, note_row, &list);
    last = (size_t) (setting(training, "calibrate") * (double) list.count);
    if (status == DAVY_OK && last < CALIBRATION_ROWS_MIN)
        status =
            davy_fail(DAVY_ERR_INVALID,
                      "%zu whole windows of %zu rows are too few: %zu of them would calibrate, "
                      "%d are needed",
                      list.count, training->lags + 1, last, CALIBRATION_ROWS_MIN);
    if (status == DAVY_OK)
        training->split = list.rows[list.count - last];
    free(list.rows);
    return status;
}

static davy_status fit(davy_training *training)
{
    const davy_train_options *options = training->options;
    const davy_fit input = {
        .fit = walk_of(training, 0, training->split),
        .reference = walk_of(training, training->split, training->table->rows),
        .lags = training->lags,
        .hold = training->hold,
        .seed = options->seed,
        .settings = options->settings,
        .setting_count = options->setting_count,
    };
    davy_model *model = training->model;

    model->kind = davy_model_kind_find(options->kind);
    model->lags = training->lags;
    model->hold = training->hold;
    model->memory = setting(training, "memory");
    return model->kind->fit(&input, training->note, &model->parameters);
}

typedef struct share_walk {
    davy_model *model;
    double *scratch, *shares, *expected;
    size_t count;
} share_walk;

static davy_status add_shares(void *context, size_t row, const double *window)
{
    share_walk *walk = context;
    davy_model *model = walk->model;

    (void) row;
    model->kind->score(model->parameters, window, walk->scratch, walk->shares, walk->expected);
    for (size_t j = 0; j < model->info.signal_count; j++)
        model->start[j] += walk->shares[j];
    walk->count++;
    return DAVY_OK;
}

/* A run begins with the usual shares, so that its first rows are no alarm by themselves. */
static davy_status learn_start(davy_training *training)
{
    davy_model *model = training->model;
    const size_t signals = model->info.signal_count;
    const davy_walk reference = walk_of(training, training->split, training->table->rows);
    share_walk walk = {.model = model};
    davy_status status;

    walk.scratch = calloc(model->kind->scratch(model->parameters) + 2 * signals, sizeof(double));
    if (!walk.scratch)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    walk.shares = walk.scratch + model->kind->scratch(model->parameters);
    walk.expected = walk.shares + signals;
    status = davy_walk_windows(&reference, training->lags, training->hold, add_shares, &walk);
    for (size_t j = 0; j < signals; j++)
        model->start[j] /= (double) walk.count;
    free(walk.scratch);
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

static void apply_limit(davy_training *training)
{
    davy_model *model = training->model;
    const double factor = 1.0 / training->calibration.limit;

    model->kind->scale(model->parameters, factor);
    for (size_t j = 0; j < model->info.signal_count; j++)
        model->start[j] *= factor;
}

static davy_status calibrate(davy_training *training)
{
    const size_t rows = training->table->rows - training->split;
    const double budget = training->options->budget_per_day;
    double *scores = calloc(rows, sizeof *scores);
    uint8_t *begins = calloc(rows, 1);
    davy_calibration_input input = {.scores = scores,
                                    .begins = begins,
                                    .budget_per_day = budget > 0 ? budget : BUDGET_PER_DAY,
                                    .merge = (size_t) setting(training, "merge")};
    davy_status status = DAVY_ERR_NOMEM;

    if (!scores || !begins) {
        (void) davy_fail(DAVY_ERR_NOMEM, "calibration of %zu rows", rows);
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
    /* A hair above, so that rounding does not put the score that made the limit beyond it. */
    training->calibration.limit *= 1.0 + 1e-9;
    apply_limit(training);
done:
    free(scores);
    free(begins);
    return status;
}

static void hash_numbers(crypto_hash_sha256_state *hash, const void *numbers, size_t bytes)
{
    crypto_hash_sha256_update(hash, numbers, bytes);
}

/* What was learnt from: names, numbers, times, runs and labels. */
static void hash_table(const davy_table *table, char text[DAVY_HASH_MAX])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;

    crypto_hash_sha256_init(&hash);
    for (size_t j = 0; j < table->columns; j++)
        hash_numbers(&hash, table->names[j], strlen(table->names[j]) + 1);
    hash_numbers(&hash, table->values, table->columns * table->rows * sizeof *table->values);
    hash_numbers(&hash, table->runs, table->rows * sizeof *table->runs);
    if (table->times)
        hash_numbers(&hash, table->times, table->rows * sizeof *table->times);
    if (table->labels)
        hash_numbers(&hash, table->labels, table->rows * sizeof *table->labels);
    crypto_hash_sha256_final(&hash, digest);
    sodium_bin2hex(text, DAVY_HASH_MAX, digest, sizeof digest);
}

static const char *keep(davy_training *training, const char *text)
{
    const char *copy = davy_arena_text(&training->model->arena, text, strlen(text));

    return copy ? copy : "";
}

static davy_status describe(davy_training *training)
{
    const davy_train_options *options = training->options;
    davy_model_info *info = &training->model->info;
    const char **names = (const char **) (uintptr_t) info->signals;
    const char **units = (const char **) (uintptr_t) info->units;
    char hash[DAVY_HASH_MAX];

    hash_table(training->table, hash);
    for (size_t j = 0; j < info->signal_count; j++) {
        names[j] = keep(training, training->table->names[j]);
        units[j] = keep(training, options->units ? options->units[j] : "");
    }
    info->name = keep(training, options->name);
    info->kind = training->model->kind->name;
    info->task = "anomaly";
    info->period_ns = training->period_ns;
    info->budget_per_day = training->calibration.budget_per_day;
    info->promise_per_day = training->calibration.promise_per_day;
    info->trained_ns = davy_wall_ns(davy_clock_system());
    info->data_hash = keep(training, hash);
    return DAVY_OK;
}

static davy_status learn(davy_training *training)
{
    davy_status status = check_table(training);

    if (status == DAVY_OK)
        status = find_period(training);
    if (status == DAVY_OK)
        status = mark_faulty(training);
    if (status == DAVY_OK)
        status = split(training);
    if (status == DAVY_OK)
        status = davy_model_create(training->table->columns, &training->model);
    if (status == DAVY_OK)
        status = fit(training);
    if (status == DAVY_OK)
        status = learn_start(training);
    if (status == DAVY_OK)
        status = calibrate(training);
    if (status == DAVY_OK)
        status = describe(training);
    return status;
}

/* The model as it lies on the disk must score as the one that was learnt, to the bit. */
static davy_status self_check(davy_training *training, const char *folder)
{
    const size_t rows =
        training->table->rows < SELF_CHECK_ROWS ? training->table->rows : SELF_CHECK_ROWS;
    double *learnt = calloc(2 * rows, sizeof *learnt);
    davy_training written = *training;
    davy_status status = DAVY_ERR_NOMEM;

    written.model = NULL;
    if (learnt)
        status = davy_model_open(folder, &written.model);
    else
        (void) davy_fail(DAVY_ERR_NOMEM, "self-check");
    if (status == DAVY_OK)
        status = davy_training_score(training, 0, rows, learnt);
    if (status == DAVY_OK)
        status = davy_training_score(&written, 0, rows, learnt + rows);
    if (status == DAVY_OK && memcmp(learnt, learnt + rows, rows * sizeof *learnt) != 0)
        status = davy_fail(DAVY_ERR_CORRUPT, "the model in '%s' does not score as it was learnt",
                           folder);
    davy_model_close(written.model);
    free(learnt);
    return status;
}

static davy_status publish(davy_training *training, davy_train_report *report)
{
    const davy_train_options *options = training->options;
    davy_registry_draft draft;
    davy_status status = davy_registry_begin(options->registry, options->name, &draft);

    training->model->info.version = draft.version;
    if (status == DAVY_OK)
        status = davy_training_write(training, draft.path);
    if (status == DAVY_OK)
        status = self_check(training, draft.path);
    if (status == DAVY_OK)
        status = davy_registry_publish(&draft);
    if (status == DAVY_OK) {
        *report = (davy_train_report){.version = draft.version,
                                      .promise_per_day = training->calibration.promise_per_day};
        (void) snprintf(report->name, sizeof report->name, "%s", options->name);
        (void) snprintf(report->folder, sizeof report->folder, "%s/%s/%u", options->registry,
                        options->name, draft.version);
        (void) snprintf(report->summary, sizeof report->summary, "%s", training->summary);
    }
    davy_registry_end(&draft);
    return status;
}

davy_status davy_train(const davy_table *table, const davy_train_options *options,
                       davy_train_report *report)
{
    davy_training training = {.options = options};
    davy_table ordered = {0};
    davy_status status = check_options(options);

    if (status == DAVY_OK)
        status = davy_table_copy(table, &ordered);
    if (status == DAVY_OK)
        status = davy_clean_order(&ordered, &training.quality);
    if (status == DAVY_OK) {
        training.table = &ordered;
        davy_clean_count(&ordered, &training.quality);
        training.lags = (size_t) setting(&training, "lags");
        training.hold = (size_t) setting(&training, "hold");
        status = learn(&training);
    }
    if (status == DAVY_OK) {
        davy_training_summarise(&training);
        status = publish(&training, report);
    }
    davy_model_close(training.model);
    free(training.skip);
    davy_table_clear(&ordered);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "training '%s'", options->name);
}
