/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/baseline_train.h"

#include "models/judge/baseline_subset.h"
#include "models/judge/evaluate.h"
#include "models/registry/registry.h"
#include "models/training/train_predictor.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "baseline"

#define SETTINGS_MAX 16

/* A registry of its own for one comparison. */
typedef struct scratch {
    char folder[256];
} scratch;

static davy_status scratch_make(scratch *s)
{
    const char *temporary = getenv("TMPDIR");

    (void) snprintf(s->folder, sizeof s->folder, "%s/davy-baseline-XXXXXX",
                    temporary && temporary[0] ? temporary : "/tmp");
    if (mkdtemp(s->folder))
        return DAVY_OK;
    s->folder[0] = '\0';
    return davy_fail(DAVY_ERR_IO, "no folder for a baseline");
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void) info;
    (void) type;
    (void) at;
    return remove(path);
}

static void scratch_remove(scratch *s)
{
    if (s->folder[0])
        (void) nftw(s->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static davy_status name_runs(davy_table *table, size_t run_count)
{
    char **names = calloc(run_count + 1, sizeof *names);
    bool failed = !names;

    for (size_t r = 0; r < run_count && !failed; r++) {
        char name[32];

        (void) snprintf(name, sizeof name, "part %zu", r + 1);
        names[r] = strdup(name);
        failed = !names[r];
    }
    for (size_t r = 0; r < table->run_count && table->run_names; r++)
        free(table->run_names[r]);
    free((void *) table->run_names);
    table->run_names = names;
    table->run_count = names ? run_count : 0;
    return failed ? davy_fail(DAVY_ERR_NOMEM, "%zu runs", run_count) : DAVY_OK;
}

static void move_row(const davy_table *from, size_t row, davy_table *to, size_t rows, size_t at)
{
    for (size_t j = 0; j < from->columns; j++)
        to->values[j * rows + at] = davy_table_at(from, row, j);
    if (to->times)
        to->times[at] = from->times[row];
    if (to->labels)
        to->labels[at] = from->labels[row];
}

/* All rows but those of one fold. What followed a row that was taken out begins a run. */
static davy_status take_rows(const davy_table *table, const uint8_t *folds, size_t fold,
                             davy_table *out)
{
    davy_table made = {0};
    size_t rows = 0, at = 0, runs = 0;
    davy_status status = davy_table_copy(table, &made);

    if (status != DAVY_OK)
        return status;
    for (size_t row = 0; row < table->rows; row++)
        rows += folds[row] != fold;
    for (size_t row = 0; row < table->rows; row++) {
        if (folds[row] == fold)
            continue;
        runs += row == 0 || folds[row - 1] == fold || table->runs[row] != table->runs[row - 1];
        move_row(table, row, &made, rows, at);
        made.runs[at++] = (uint32_t) runs - 1;
    }
    made.rows = rows;
    status = name_runs(&made, runs);
    if (status == DAVY_OK)
        *out = made;
    else
        davy_table_clear(&made);
    return status;
}

/* What a fold learns from. */
static davy_status take_learning(const davy_watch_task *task, size_t fold, davy_table *out)
{
    return task->history ? davy_table_copy(task->history, out)
                         : take_rows(task->table, task->folds, fold, out);
}

static size_t folds_of(const davy_table *history, size_t fold_count)
{
    return history ? 1 : fold_count;
}

static davy_status check_folds(bool history, size_t fold_count)
{
    return history || fold_count > 1
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "there are too few rows to learn from others of them");
}

typedef davy_status (*learn_fold)(const davy_table *learning, const davy_train_options *options,
                                  const davy_watch_task *task, size_t fold, double *scores);

/* For every fold: take what it learns from, train, score. */
static davy_status each_fold(const davy_watch_task *task, const davy_train_options *options,
                             learn_fold learn, double *scores)
{
    davy_train_options own = *options;
    scratch registry = {""};
    davy_status status = check_folds(task->history, task->fold_count);

    if (status == DAVY_OK)
        status = scratch_make(&registry);
    own.name = NAME;
    own.registry = registry.folder;
    own.seed = task->seed;
    for (size_t fold = 0; fold < folds_of(task->history, task->fold_count) && status == DAVY_OK;
         fold++) {
        davy_table learning = {0};

        status = take_learning(task, fold, &learning);
        if (status == DAVY_OK)
            status = learn(&learning, &own, task, fold, scores);
        davy_table_clear(&learning);
    }
    scratch_remove(&registry);
    return status;
}

static bool is_scored(const davy_watch_task *task, size_t row, size_t fold)
{
    return task->history || task->folds[row] == fold;
}

static davy_status watch_fold(const davy_table *learning, const davy_train_options *options,
                              const davy_watch_task *task, size_t fold, double *scores)
{
    davy_train_report report;
    davy_model *model = NULL;
    davy_run run = {0};
    davy_status status = davy_train(learning, options, &report);

    if (status == DAVY_OK)
        status = davy_model_open(report.folder, &model);
    if (status == DAVY_OK)
        status = davy_model_run(model, task->table, false, &run);
    for (size_t row = 0; row < task->table->rows && status == DAVY_OK; row++)
        if (is_scored(task, row, fold))
            scores[row] = run.scores[row];
    davy_run_clear(&run);
    davy_model_close(model);
    return status;
}

davy_status davy_baseline_watch(const davy_watch_task *task, const char *kind,
                                const char *const *settings, size_t setting_count, double *scores)
{
    const davy_train_options options = {.kind = kind,
                                        .task = davy_task_name(DAVY_TASK_ANOMALY),
                                        .settings = settings,
                                        .setting_count = setting_count,
                                        .unchecked = true};

    return each_fold(task, &options, watch_fold, scores);
}

/* The options with nothing held out: of few groups, one class may stand wholly in those that would
 * be. A baseline is judged by others, and needs none. @param settings  for its words */
static davy_train_options learning_from_all(const davy_train_options *options,
                                            const char *settings[SETTINGS_MAX])
{
    davy_train_options all = *options;

    for (size_t i = 0; i < options->setting_count && i + 1 < SETTINGS_MAX; i++)
        settings[i] = options->settings[i];
    all.setting_count =
        options->setting_count + 1 < SETTINGS_MAX ? options->setting_count : SETTINGS_MAX - 1;
    settings[all.setting_count++] = "holdout=0";
    all.settings = settings;
    return all;
}

static davy_status train_table(const davy_table *table, const davy_train_options *options,
                               davy_train_report *report)
{
    const char *settings[SETTINGS_MAX];
    const davy_train_options all = learning_from_all(options, settings);
    const davy_status status = davy_train(table, options, report);

    return status == DAVY_ERR_INVALID ? davy_train(table, &all, report) : status;
}

static davy_status train_samples(const davy_sample_set *samples, const davy_teaching_source *source,
                                 const davy_train_options *options, davy_train_report *report)
{
    const char *settings[SETTINGS_MAX];
    const davy_train_options all = learning_from_all(options, settings);
    const davy_status status = davy_train_predictor(samples, source, options, report);

    return status == DAVY_ERR_INVALID ? davy_train_predictor(samples, source, &all, report)
                                      : status;
}

/* Faults and normal rows as two classes. */
static davy_status name_faults(davy_table *table)
{
    if (!table->labels)
        return davy_fail(DAVY_ERR_INVALID, "what it could learn from has no labels");
    for (size_t k = 0; k < table->class_count; k++)
        free(table->classes[k]);
    free((void *) table->classes);
    table->class_count = 0;
    table->classes = calloc(3, sizeof *table->classes);
    if (!table->classes)
        return davy_fail(DAVY_ERR_NOMEM, "classes");
    table->class_count = 2;
    table->classes[0] = strdup("fault");
    table->classes[1] = strdup("normal");
    for (size_t row = 0; row < table->rows; row++)
        table->labels[row] = table->labels[row] > 0 ? 0 : 1;
    return table->classes[0] && table->classes[1] ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "classes");
}

static davy_status ask_faults(const davy_predictor *predictor, const davy_watch_task *task,
                              size_t fold, double *scores)
{
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};
    davy_status status = davy_predictor_cut(predictor, task->table, &samples);

    if (status == DAVY_OK)
        status = davy_predictor_ask_all(predictor, &samples, NULL, &answers);
    for (size_t i = 0; i < samples.count && status == DAVY_OK; i++) {
        const size_t row = samples.places[i];

        if (answers.given[i] && is_scored(task, row, fold))
            scores[row] = (double) answers.probabilities[2 * i]; /* of "fault" */
    }
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    return status;
}

static davy_status tell_fold(const davy_table *learning, const davy_train_options *options,
                             const davy_watch_task *task, size_t fold, double *scores)
{
    davy_table named = {0};
    davy_train_report report;
    davy_predictor *predictor = NULL;
    davy_status status = davy_table_copy(learning, &named);

    if (status == DAVY_OK)
        status = name_faults(&named);
    if (status == DAVY_OK)
        status = train_table(&named, options, &report);
    if (status == DAVY_OK)
        status = davy_predictor_open(report.folder, &predictor);
    if (status == DAVY_OK)
        status = ask_faults(predictor, task, fold, scores);
    davy_predictor_close(predictor);
    davy_table_clear(&named);
    return status;
}

static davy_status check_kind(const char *kind)
{
    return davy_predictor_kind_find(kind)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_UNSUPPORTED, "this build has no kind '%s'", kind);
}

davy_status davy_baseline_tell_faults(const davy_watch_task *task, const char *kind,
                                      const char *const *settings, size_t setting_count,
                                      double *scores)
{
    const davy_train_options options = {.kind = kind,
                                        .task = davy_task_name(DAVY_TASK_CLASSIFY),
                                        .label = "fault",
                                        .settings = settings,
                                        .setting_count = setting_count,
                                        .unchecked = true};
    davy_status status = check_kind(kind);

    for (size_t row = 0; row < task->table->rows; row++)
        scores[row] = NAN;
    return status == DAVY_OK ? each_fold(task, &options, tell_fold, scores) : status;
}

/* A model has its classes from those it learnt; the answers have them from the judged model. */
static void keep_answer(const davy_answer_set *from, const davy_predictor_info *learnt,
                        const davy_predictor_info *info, size_t i, davy_answer_set *to)
{
    to->given[i] = from->given[i];
    if (!from->given[i])
        return;
    if (to->values) {
        to->values[i] = from->values[i];
        return;
    }
    for (size_t k = 0; k < info->class_count; k++)
        for (size_t l = 0; l < learnt->class_count; l++)
            if (strcmp(info->classes[k], learnt->classes[l]) == 0)
                to->probabilities[i * info->class_count + k] =
                    from->probabilities[i * learnt->class_count + l];
}

static davy_status answer_fold(const davy_answer_task *task, const char *folder, size_t fold,
                               davy_answer_set *answers)
{
    davy_predictor *predictor = NULL;
    davy_answer_set found = {0};
    davy_asking asking = {.part = task->history ? NULL : task->folds, .which = (uint8_t) fold};
    davy_status status = davy_predictor_open(folder, &predictor);

    if (status == DAVY_OK)
        status = davy_predictor_ask_all(predictor, task->samples, &asking, &found);
    for (size_t i = 0; i < task->samples->count && status == DAVY_OK; i++)
        if (task->history || task->folds[i] == fold)
            keep_answer(&found, davy_predictor_describe(predictor), task->info, i, answers);
    davy_answer_set_clear(&found);
    davy_predictor_close(predictor);
    return status;
}

const char *const davy_baseline_boost[DAVY_BASELINE_BOOST_COUNT] = {
    "rounds=100", "learning_rate=0.2", "patience=10", "depth=5",
    "bins=64",    "samples=0.5",       "columns=0.3"};

davy_status davy_baseline_answer(const davy_answer_task *task, const char *kind,
                                 const char *const *settings, size_t setting_count,
                                 davy_answer_set *answers)
{
    const davy_teaching_source source = {.signals = task->info->signals,
                                         .signal_count = task->info->signal_count,
                                         .label = task->info->label,
                                         .hold = task->info->hold,
                                         .data_hash = ""};
    scratch registry = {""};
    davy_train_options options = {.name = NAME,
                                  .kind = kind,
                                  .task = davy_task_name(task->info->task),
                                  .registry = registry.folder,
                                  .settings = settings,
                                  .setting_count = setting_count,
                                  .seed = task->seed,
                                  .unchecked = true};
    davy_status status = check_kind(kind);

    if (status == DAVY_OK)
        status = check_folds(task->history, task->fold_count);
    if (status == DAVY_OK)
        status = scratch_make(&registry);
    for (size_t fold = 0; fold < (task->history ? 1 : task->fold_count) && status == DAVY_OK;
         fold++) {
        davy_sample_set learning = {0};
        davy_train_report report;

        status = davy_baseline_subset(task, fold, &learning);
        if (status == DAVY_OK)
            status = train_samples(&learning, &source, &options, &report);
        if (status == DAVY_OK)
            status = answer_fold(task, report.folder, fold, answers);
        davy_sample_set_clear(&learning);
    }
    scratch_remove(&registry);
    return status;
}
