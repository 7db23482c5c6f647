/* SPDX-License-Identifier: Apache-2.0 */
#include "models/features/feature_set.h"
#include "models/kind.h"
#include "models/kinds/neural.h"
#include "models/model_private.h"
#include "models/training/train_predictor.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From a table or a folder, and settings, to samples. */
typedef struct cutting {
    const davy_table *table;
    const davy_train_options *options;
    davy_setting settings[DAVY_PREDICTOR_SETTINGS_MAX];
    size_t setting_count;
    davy_task task;
    size_t *columns;
    const char **names, **units; /* [column_count] */
    davy_levels *levels;         /* [column_count] borrowed from the table */
    bool *imputed;               /* [column_count] what the features fill; NULL: nothing */
    size_t column_count;
    davy_form form;
    size_t scaffold; /* column of the scaffolds; `columns` of the table: there is none */
    const davy_data_quality *quality; /* of the table */
} cutting;

static double number(const cutting *c, const char *key)
{
    return davy_settings_number(c->settings, c->setting_count, c->options->settings,
                                c->options->setting_count, key);
}

static const char *text(const cutting *c, const char *key)
{
    return davy_settings_text(c->settings, c->setting_count, c->options->settings,
                              c->options->setting_count, key);
}

/* The settings must be read before it is known whether the kind takes them. */
static davy_status read_settings(cutting *c)
{
    const davy_train_options *options = c->options;

    c->setting_count = davy_predictor_settings(options->kind, c->settings);
    if (c->setting_count == 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' is no kind of model that does task %s",
                         options->kind, options->task);
    return davy_settings_check(c->settings, c->setting_count, options->settings,
                               options->setting_count);
}

static davy_status check_targets(const cutting *c)
{
    const davy_table *table = c->table;
    size_t known = 0;

    if (c->task == DAVY_TASK_LIFE && !table->labels)
        return DAVY_OK; /* the rows that are left in the run */
    if (!table->labels)
        return davy_fail(DAVY_ERR_INVALID, "task %s needs what it should answer: --label COL",
                         c->options->task);
    for (size_t row = 0; row < table->rows; row++)
        known += isfinite(table->labels[row]);
    if (known == 0)
        return davy_fail(DAVY_ERR_INVALID, "no row has a label in column '%s'",
                         c->options->label ? c->options->label : "");
    return DAVY_OK;
}

static size_t find_column(const davy_table *table, const char *name, size_t length)
{
    for (size_t j = 0; j < table->columns; j++)
        if (strlen(table->names[j]) == length && strncmp(table->names[j], name, length) == 0)
            return j;
    return table->columns;
}

/* "s0..s2047@12000": the columns from the first to the last, and how many values a second. */
static davy_status read_wave(cutting *c, const char *wave)
{
    const char *dots = strstr(wave, ".."), *at = strchr(wave, '@');
    const davy_table *table = c->table;
    size_t first, last;

    if (!dots || dots == wave || (at && at < dots))
        return davy_fail(DAVY_ERR_INVALID, "wave=%s: say FIRST..LAST@RATE, as s0..s2047@12000",
                         wave);
    first = find_column(table, wave, (size_t) (dots - wave));
    last = find_column(table, dots + 2, at ? (size_t) (at - dots - 2) : strlen(dots + 2));
    if (first == table->columns || last == table->columns || last < first)
        return davy_fail(DAVY_ERR_INVALID, "wave=%s: the table has no such columns in this order",
                         wave);
    c->form.rate = at ? strtod(at + 1, NULL) : 0;
    if (at && !(c->form.rate > 0))
        return davy_fail(DAVY_ERR_INVALID, "wave=%s: the rate is no number above 0", wave);
    c->form.kind = DAVY_FORM_WAVE;
    c->column_count = c->form.steps = last - first + 1;
    c->form.channels = 1;
    for (size_t j = 0; j < c->column_count; j++)
        c->columns[j] = first + j;
    return DAVY_OK;
}

static size_t longest_run(const davy_table *table)
{
    size_t longest = 0, from = 0;

    for (size_t row = 1; row <= table->rows; row++)
        if (row == table->rows || table->runs[row] != table->runs[from]) {
            longest = row - from > longest ? row - from : longest;
            from = row;
        }
    return longest;
}

/* A window begins with what its run was like, when that is wished. */
static davy_status take_early(cutting *c)
{
    c->form.early = (size_t) number(c, "early");
    if (c->form.early == 0)
        return DAVY_OK;
    if (c->form.kind != DAVY_FORM_ROW && c->form.kind != DAVY_FORM_WINDOW)
        return davy_fail(DAVY_ERR_INVALID, "early=%zu is for windows of rows", c->form.early);
    if (c->table->independent)
        return davy_fail(DAVY_ERR_INVALID,
                         "early=%zu: the rows stand for themselves; --group or "
                         "--time says which follow each other",
                         c->form.early);
    c->form.kind = DAVY_FORM_WINDOW;
    c->form.steps++;
    return DAVY_OK;
}

/* A row, a window or a recording of all columns; a forecast looks at what it forecasts, too. */
static davy_status take_columns(cutting *c)
{
    const davy_table *table = c->table;
    const size_t window = (size_t) number(c, "window");
    size_t factor;
    davy_status status;

    for (size_t j = 0; j < table->columns; j++)
        if (j != c->scaffold)
            c->columns[c->column_count++] = j;
    if (c->task == DAVY_TASK_FORECAST)
        c->columns[c->column_count++] = DAVY_CUT_LABEL;
    c->form.channels = c->column_count;
    c->form.rate = number(c, "rate");
    c->form.kind = window > 1 ? DAVY_FORM_WINDOW : DAVY_FORM_ROW;
    c->form.steps = window > 1 ? window : 1;
    if (strcmp(text(c, "per"), "group") == 0) {
        c->form.kind = DAVY_FORM_RECORDING;
        status = davy_form_factor(&c->form, table, &factor);
        if (status != DAVY_OK)
            return status;
        c->form.steps = window > 0 ? window : longest_run(table) / factor;
    }
    return take_early(c);
}

static davy_status make_form(cutting *c)
{
    const char *wave = text(c, "wave");
    davy_status status;

    c->scaffold = find_column(c->table, DAVY_SCAFFOLD_COLUMN, strlen(DAVY_SCAFFOLD_COLUMN));
    c->columns = calloc(c->table->columns + 1, sizeof *c->columns);
    c->names = calloc(c->table->columns + 1, sizeof *c->names);
    c->units = calloc(c->table->columns + 1, sizeof *c->units);
    c->levels = calloc(c->table->columns + 1, sizeof *c->levels);
    if (!c->columns || !c->names || !c->units || !c->levels)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", c->table->columns);
    c->form.stride = (size_t) number(c, "stride");
    c->form.horizon = c->task == DAVY_TASK_FORECAST ? (size_t) number(c, "horizon") : 0;
    c->form.cap = c->task == DAVY_TASK_LIFE ? number(c, "cap") : 0;
    status = wave[0] ? read_wave(c, wave) : take_columns(c);
    for (size_t j = 0; j < c->column_count; j++) {
        const size_t column = c->columns[j];
        const bool label = column == DAVY_CUT_LABEL;

        c->names[j] = label ? c->options->label : c->table->names[column];
        c->units[j] = label || !c->options->units ? "" : c->options->units[column];
        if (!label && c->table->levels)
            c->levels[j] = c->table->levels[column];
    }
    return status == DAVY_OK ? davy_form_check(&c->form) : status;
}

/* A column without a single value would leave out every sample, and no sentence would name it. */
static davy_status check_columns(const cutting *c)
{
    for (size_t j = 0; j < c->column_count; j++) {
        const double *values;
        size_t row = 0;

        if (c->columns[j] == DAVY_CUT_LABEL)
            continue;
        values = c->table->values + c->columns[j] * c->table->rows;
        while (row < c->table->rows && isnan(values[row]))
            row++;
        if (row == c->table->rows)
            return davy_fail(
                DAVY_ERR_INVALID,
                "column '%.200s' has no value in any row, so no sample is whole: every "
                "one has a missing value. Leave it out with --columns",
                c->names[j]);
    }
    return DAVY_OK;
}

static davy_status find_imputed(cutting *c)
{
    bool any = false;
    davy_status status;

    c->imputed = calloc(c->column_count + 1, sizeof *c->imputed);
    status = c->imputed ? davy_features_imputed(text(c, "features"), c->names, c->column_count,
                                                c->imputed, &any)
                        : davy_fail(DAVY_ERR_NOMEM, "%zu columns", c->column_count);
    if (!any) {
        free(c->imputed);
        c->imputed = NULL;
    }
    return status;
}

/* Scaffolds make groups where they are asked for, or where nothing else would. */
static bool splits_by_scaffold(const cutting *c)
{
    const davy_table *table = c->table;
    const size_t scaffolds =
        c->scaffold < table->columns && table->levels ? table->levels[c->scaffold].count : 0;

    return scaffolds > 0 && (strcmp(text(c, "split"), "scaffold") == 0 ||
                             (scaffolds > 1 && table->independent && !table->run_parts &&
                              strcmp(text(c, "split"), "auto") == 0));
}

static davy_status train_cut(cutting *c, davy_train_report *report)
{
    const davy_cut cut = {.form = c->form,
                          .task = c->task,
                          .columns = c->columns,
                          .column_count = c->column_count,
                          .imputed = c->imputed,
                          .hold = (size_t) number(c, "hold"),
                          .by_scaffold = splits_by_scaffold(c),
                          .scaffold = c->scaffold,
                          .training = true};
    const davy_teaching_source source = {.signals = c->names,
                                         .units = c->units,
                                         .levels = c->levels,
                                         .signal_count = c->column_count,
                                         .label = c->options->label,
                                         .hold = cut.hold,
                                         .data_hash = c->quality->hash,
                                         .quality = c->quality};
    davy_sample_set samples = {0};
    davy_status status = davy_sample_set_cut(c->table, &cut, &samples);

    if (status != DAVY_OK)
        return status;
    status = davy_train_predictor(&samples, &source, c->options, report);
    davy_sample_set_clear(&samples);
    return status;
}

/* Rows in the order of time, without times as they stand; counted and cleaned. */
static davy_status prepare(const davy_table *table, const davy_train_options *options,
                           davy_table *ready, davy_data_quality *quality)
{
    davy_status status = davy_table_copy(table, ready);

    if (status == DAVY_OK)
        status = davy_data_order(ready, quality);
    if (status == DAVY_OK)
        status = davy_data_clean(ready, options->clean, options->ranges, false, quality);
    return status;
}

davy_status davy_train_answers(const davy_table *table, davy_task task,
                               const davy_train_options *options, davy_train_report *report)
{
    davy_table ready = {0};
    davy_data_quality quality = {0};
    cutting c = {.table = &ready, .options = options, .task = task, .quality = &quality};
    davy_status status = read_settings(&c);

    if (status == DAVY_OK)
        status = prepare(table, options, &ready, &quality);
    if (status == DAVY_OK)
        status = check_targets(&c);
    if (status == DAVY_OK)
        status = make_form(&c);
    if (status == DAVY_OK)
        status = check_columns(&c);
    if (status == DAVY_OK)
        status = find_imputed(&c);
    if (status == DAVY_OK)
        status = train_cut(&c, report);
    free(c.columns);
    free((void *) c.names);
    free((void *) c.units);
    free(c.levels);
    free(c.imputed);
    davy_data_quality_clear(&quality);
    davy_table_clear(&ready);
    return status;
}

/* What was learnt from: the names, classes and pixels of the pictures. */
static davy_status hash_pictures(const davy_sample_set *samples, char out[DAVY_HASH_MAX])
{
    const size_t size = davy_form_values(&samples->form) * sizeof(float);
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;
    float *values = malloc(size);
    davy_status status = values ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a picture");

    crypto_hash_sha256_init(&hash);
    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        const unsigned char *name = (const unsigned char *) samples->names[i];

        status = davy_sample_set_read(samples, i, values);
        crypto_hash_sha256_update(&hash, name, strlen(samples->names[i]) + 1);
        crypto_hash_sha256_update(&hash, (const unsigned char *) &samples->targets[i],
                                  sizeof samples->targets[i]);
        if (status == DAVY_OK)
            crypto_hash_sha256_update(&hash, (const unsigned char *) values, size);
    }
    crypto_hash_sha256_final(&hash, digest);
    sodium_bin2hex(out, DAVY_HASH_MAX, digest, sizeof digest);
    free(values);
    return status;
}

static void tell_reading(void *context, uint64_t done, uint64_t total)
{
    const davy_train_options *options = context;

    if (options->progress)
        options->progress(options->progress_context, "reading pictures", done, total, "");
}

static davy_status train_folder(cutting *c, const char *folder, const char *part, size_t side,
                                davy_train_report *report)
{
    const davy_picture_options reading = {.width = (uint32_t) side,
                                          .height = (uint32_t) side,
                                          .labelled = true,
                                          .part = part,
                                          .progress = tell_reading,
                                          .context = (void *) (uintptr_t) c->options};
    char hash[DAVY_HASH_MAX];
    const davy_teaching_source source = {.label = "", .data_hash = hash};
    davy_sample_set samples = {0};
    davy_status status = davy_sample_set_pictures(folder, &reading, &samples);

    if (status == DAVY_OK)
        status = hash_pictures(&samples, hash);
    if (status == DAVY_OK)
        status = davy_train_predictor(&samples, &source, c->options, report);
    davy_sample_set_clear(&samples);
    return status;
}

davy_status davy_train_pictures(const char *folder, const char *part,
                                const davy_train_options *options, davy_train_report *report)
{
    davy_train_options own = *options;
    cutting c = {.options = &own, .task = DAVY_TASK_CLASSIFY};
    size_t side = 0;
    davy_status status;

    if (strcmp(options->task, "classify") != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "pictures are for --task classify, not %s",
                         options->task);
    if (strcmp(options->kind, "auto") == 0)
        own.kind = "cnn"; /* of pictures there is nothing to choose from */
    if (strcmp(own.kind, "cnn") != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "a model of kind '%s' does not take pictures: cnn",
                         options->kind);
    status = read_settings(&c);
    if (status == DAVY_OK)
        side = (size_t) number(&c, "size");
    if (status == DAVY_OK && side == 0)
        status = davy_cnn_side(text(&c, "network"), text(&c, "backbone"), &side);
    if (status == DAVY_OK)
        status = train_folder(&c, folder, part, side, report);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "training '%s'", options->name);
}
