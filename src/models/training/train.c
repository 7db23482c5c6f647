/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/train.h"

#include "core/buffer.h"
#include "core/bulk.h"
#include "core/clock.h"
#include "models/model_private.h"
#include "models/registry/registry_publish.h"
#include "models/training/calibrate.h"
#include "models/training/train_predictor.h"
#include "models/training/train_write.h"
#include "models/training/training.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELF_CHECK_ROWS 1000

static const davy_setting common[] = {
    {"lags", "5", "rows before the newest one that a window holds", 0, DAVY_MODEL_LAGS_MAX, NULL},
    {"memory", "0.9", "weight of the past in the smoothed score", 0, 0.999, NULL},
    {"calibrate", "0.25", "share of the rows, the latest, to calibrate on", 0.05, 0.9, NULL},
    {"merge", "30", "rows without an alarm that do not end a false-alarm episode", 0, 1e6, NULL},
    {"hold", "5", "rows for which a missing value is held", 0, 1000, NULL},
};

size_t davy_train_settings(const char *kind, const char *task,
                           davy_setting settings[DAVY_TRAIN_SETTINGS_MAX])
{
    const davy_model_kind *found = davy_model_kind_find(kind);

    if (strcmp(task, "anomaly") != 0)
        return davy_predictor_settings(kind, settings);
    if (!found)
        return 0;
    memcpy(settings, common, sizeof common);
    settings[0].value = found->lags;
    memcpy(settings + DAVY_ARRAY_LENGTH(common), found->settings,
           found->setting_count * sizeof *settings);
    return DAVY_ARRAY_LENGTH(common) + found->setting_count;
}

/* Whether what the key sets reaches back to earlier rows. */
static bool is_of_time(const char *key)
{
    static const char *const keys[] = {"lags", "memory", "merge", "hold"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

const char *davy_training_setting_text(const davy_training *training, const char *key)
{
    const davy_train_options *options = training->options;
    davy_setting all[DAVY_TRAIN_SETTINGS_MAX];
    const size_t count = davy_train_settings(options->kind, options->task, all);

    if (training->table->independent && is_of_time(key) &&
        !davy_settings_given(options->settings, options->setting_count, key))
        return "0"; /* no row has to do with the one before it */
    return davy_settings_text(all, count, options->settings, options->setting_count, key);
}

double davy_training_setting(const davy_training *training, const char *key)
{
    return strtod(davy_training_setting_text(training, key), NULL);
}

static davy_status check_options(const davy_train_options *options)
{
    davy_setting all[DAVY_TRAIN_SETTINGS_MAX];
    davy_status status = davy_model_name_check(options->name);

    if (status != DAVY_OK)
        return status;
    if (!davy_model_kind_find(options->kind))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "'%s' is no kind of model that watches for anomalies: %s", options->kind,
                         davy_model_kind_names());
    if (!(options->budget_per_day >= 0) || isinf(options->budget_per_day))
        return davy_fail(DAVY_ERR_INVALID, "a budget of %g false alarms a day",
                         options->budget_per_day);
    status = davy_settings_check(all, davy_train_settings(options->kind, options->task, all),
                                 options->settings, options->setting_count);
    return status == DAVY_OK ? davy_registry_ready(options->registry) : status;
}

static void hash_numbers(crypto_hash_sha256_state *hash, const void *numbers, size_t bytes)
{
    crypto_hash_sha256_update(hash, numbers, bytes);
}

void davy_hash_table(const davy_table *table, char text[DAVY_HASH_MAX])
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
    for (size_t k = 0; k < table->class_count; k++)
        hash_numbers(&hash, table->classes[k], strlen(table->classes[k]) + 1);
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
    info->data_hash = keep(training, training->quality.hash);
    return DAVY_OK;
}

/* The model as it lies on the disk must score as the one that was learnt, to the bit: it is given
 * the rows as they came and cleans them itself, as it will live. */
static davy_status self_check(davy_training *training, const char *folder)
{
    const size_t rows =
        training->table->rows < SELF_CHECK_ROWS ? training->table->rows : SELF_CHECK_ROWS;
    double *learnt = calloc(2 * rows, sizeof *learnt);
    davy_training written = *training;
    davy_status status = DAVY_ERR_NOMEM;

    written.model = NULL;
    written.table = training->head;
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
    training->author = draft.author.key;
    if (status == DAVY_OK)
        status = davy_training_write(training, draft.path);
    if (status == DAVY_OK)
        status = self_check(training, draft.path);
    if (status == DAVY_OK)
        status = davy_registry_publish(&draft);
    if (status == DAVY_OK) {
        davy_train_tell(options, draft.version, training->summary, report);
        report->promise_per_day = training->calibration.promise_per_day;
    }
    training->author = NULL; /* it was the draft's */
    davy_registry_end(&draft);
    return status;
}

/* The first rows as they are now: the texts, times and labels stay the table's. */
static davy_status keep_head(const davy_table *table, davy_table *head)
{
    *head = *table;
    head->rows = table->rows < SELF_CHECK_ROWS ? table->rows : SELF_CHECK_ROWS;
    head->values = calloc(head->rows * table->columns + 1, sizeof *head->values);
    if (!head->values)
        return davy_fail(DAVY_ERR_NOMEM, "self-check");
    for (size_t c = 0; c < table->columns; c++)
        memcpy(head->values + c * head->rows, table->values + c * table->rows,
               head->rows * sizeof *head->values);
    return DAVY_OK;
}

/* In order, counted, its head kept, cleaned. */
static davy_status prepare(davy_training *training, davy_table *table, davy_table *head)
{
    const davy_train_options *options = training->options;
    davy_status status = davy_data_order(table, &training->quality);

    training->period_ns = training->quality.period_ns;
    if (status == DAVY_OK)
        status = keep_head(table, head);
    if (status == DAVY_OK)
        status = davy_data_clean(table, options->clean, options->ranges, true, &training->quality);
    return status;
}

static davy_status train_watcher(const davy_table *table, const davy_train_options *options,
                                 davy_train_report *report)
{
    davy_training training = {.options = options};
    davy_table ordered = {0}, head = {0};
    davy_status status = check_options(options);

    if (status == DAVY_OK)
        status = davy_table_copy(table, &ordered);
    if (status == DAVY_OK)
        status = prepare(&training, &ordered, &head);
    if (status == DAVY_OK) {
        training.table = &ordered;
        training.head = &head;
        training.lags = (size_t) davy_training_setting(&training, "lags");
        training.hold = (size_t) davy_training_setting(&training, "hold");
        status = davy_training_learn(&training);
        if (status == DAVY_OK)
            status = describe(&training);
    }
    if (status == DAVY_OK) {
        davy_training_summarise(&training);
        status = publish(&training, report);
    }
    davy_model_close(training.model);
    davy_data_quality_clear(&training.quality);
    davy_bulk_free(training.skip);
    free(head.values);
    davy_table_clear(&ordered);
    return status;
}

davy_status davy_train(const davy_table *table, const davy_train_options *options,
                       davy_train_report *report)
{
    davy_task task;
    davy_status status;

    if (!davy_task_find(options->task, &task))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "task '%s' is not one that davy trains: anomaly, classify, regress, life, "
                         "forecast",
                         options->task);
    status = task == DAVY_TASK_ANOMALY ? train_watcher(table, options, report)
                                       : davy_train_answers(table, task, options, report);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "training '%s'", options->name);
}
