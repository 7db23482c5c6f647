/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "core/random.h"
#include "models/judge/baseline.h"
#include "models/judge/baseline_features.h"
#include "models/judge/baseline_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_RANDOM 0x5c0fU
#define NEAREST       ((size_t) 25) /* samples that a clock looks at */
#define NUMBERS                                                         \
    (DAVY_TASK_BIT(DAVY_TASK_REGRESS) | DAVY_TASK_BIT(DAVY_TASK_LIFE) | \
     DAVY_TASK_BIT(DAVY_TASK_FORECAST))
#define ALL (DAVY_TASK_BIT(DAVY_TASK_CLASSIFY) | NUMBERS)

static const davy_sample_set *learning_of(const davy_answer_task *task)
{
    return task->history ? task->history : task->samples;
}

static bool learns(const davy_answer_task *task, size_t i, size_t fold)
{
    return davy_learns(task, i, fold) && isfinite(learning_of(task)->targets[i]);
}

/* Samples that serve a fold, in order. */
static size_t list_learning(const davy_answer_task *task, size_t fold, size_t *members)
{
    size_t count = 0;

    for (size_t i = 0; i < learning_of(task)->count; i++)
        if (learns(task, i, fold))
            members[count++] = i;
    return count;
}

/* For every fold: the samples it learns from, and what to do with each that it answers. */
typedef davy_status (*fold_answers)(const davy_answer_task *task, size_t fold,
                                    const size_t *members, size_t count, davy_answer_set *answers);

static davy_status each_fold(const davy_answer_task *task, fold_answers answer,
                             davy_answer_set *answers)
{
    const size_t folds = task->history ? 1 : task->fold_count;
    size_t *members = davy_bulk_alloc(learning_of(task)->count + 1, sizeof *members);
    davy_status status = members ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "samples");

    if (status == DAVY_OK && !task->history && folds < 2)
        status =
            davy_fail(DAVY_ERR_INVALID, "there are too few samples to learn from others of them");
    for (size_t fold = 0; fold < folds && status == DAVY_OK; fold++) {
        const size_t count = list_learning(task, fold, members);

        status = count > 0 ? answer(task, fold, members, count, answers)
                           : davy_fail(DAVY_ERR_INVALID, "there is nothing to learn from");
    }
    davy_bulk_free(members);
    return status;
}

static bool is_answered(const davy_answer_task *task, size_t i, size_t fold)
{
    return task->history || task->folds[i] == fold;
}

static davy_status random_fold(const davy_answer_task *task, size_t fold, const size_t *members,
                               size_t count, davy_answer_set *answers)
{
    const size_t classes = task->info->class_count;

    for (size_t i = 0; i < task->samples->count; i++) {
        float sum = 0;

        if (!is_answered(task, i, fold))
            continue;
        answers->given[i] = true;
        if (answers->values) {
            const uint32_t drawn =
                davy_random_below(task->seed, STREAM_RANDOM, i, (uint32_t) count);

            answers->values[i] = (float) learning_of(task)->targets[members[drawn]];
            continue;
        }
        for (size_t k = 0; k < classes; k++)
            sum += answers->probabilities[i * classes + k] =
                davy_random_uniform(task->seed, STREAM_RANDOM, i * classes + k) + 1e-6F;
        for (size_t k = 0; k < classes; k++)
            answers->probabilities[i * classes + k] /= sum;
    }
    return DAVY_OK;
}

static davy_status answer_random(const davy_answer_task *task, davy_answer_set *answers)
{
    return each_fold(task, random_fold, answers);
}

/* Answer a sample with the mean of some targets, or the shares of their classes. */
static void say_mean(const davy_answer_task *task, const size_t *members, size_t count, size_t i,
                     davy_answer_set *answers)
{
    const double *targets = learning_of(task)->targets;
    const size_t classes = task->info->class_count;
    double sum = 0;

    answers->given[i] = true;
    for (size_t m = 0; m < count; m++)
        if (answers->values)
            sum += targets[members[m]] / (double) count;
        else
            answers->probabilities[i * classes + (size_t) targets[members[m]]] +=
                1.0F / (float) count;
    if (answers->values)
        answers->values[i] = (float) sum;
}

/* One answer to all: were it another for every fold, the folds could be told apart by it. */
static davy_status answer_always(const davy_answer_task *task, davy_answer_set *answers)
{
    const davy_sample_set *learning = learning_of(task);
    const size_t classes = task->info->class_count;
    size_t *members = davy_bulk_alloc(learning->count + 1, sizeof *members), count = 0;

    if (!members)
        return davy_fail_in(DAVY_ERR_NOMEM, "samples");
    for (size_t i = 0; i < learning->count; i++)
        if (isfinite(learning->targets[i]))
            members[count++] = i;
    for (size_t i = 0; i < task->samples->count && count > 0; i++) {
        if (i == 0) {
            say_mean(task, members, count, i, answers);
            continue;
        }
        answers->given[i] = true;
        if (answers->values)
            answers->values[i] = answers->values[0];
        for (size_t k = 0; k < classes; k++)
            answers->probabilities[i * classes + k] = answers->probabilities[k];
    }
    davy_bulk_free(members);
    return count > 0 ? DAVY_OK : davy_fail(DAVY_ERR_INVALID, "there is nothing to learn from");
}

/* Place of every sample in its group, by the order of the rows. */
static void find_places(const davy_sample_set *samples, double *places)
{
    size_t first = 0;

    for (size_t i = 0; i < samples->count; i++) {
        if (i > 0 && samples->groups[i] != samples->groups[i - 1])
            first = i;
        places[i] = (double) (samples->places[i] - samples->places[first]);
    }
}

typedef struct placed {
    double place;
    size_t member;
} placed;

static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;

    return (x->place > y->place) - (x->place < y->place);
}

/* First of the `most` in a row whose places are nearest to this one. */
static size_t nearest(const placed *sorted, size_t count, size_t most, double place)
{
    size_t low = 0, high = count > most ? count - most : 0;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (place - sorted[middle].place > sorted[middle + most].place - place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Places of the samples that learn and of those that are answered. */
typedef struct clock_places {
    double *learning, *answered;
    placed *sorted;
} clock_places;

static void clock_answers(const davy_answer_task *task, size_t fold, const size_t *members,
                          size_t count, const clock_places *c, davy_answer_set *answers)
{
    const size_t most = count < NEAREST ? count : NEAREST;
    size_t chosen[NEAREST];

    for (size_t m = 0; m < count; m++)
        c->sorted[m] = (placed){c->learning[members[m]], members[m]};
    davy_bulk_sort(c->sorted, count, sizeof *c->sorted, by_place);
    for (size_t i = 0; i < task->samples->count; i++) {
        size_t from;

        if (!is_answered(task, i, fold))
            continue;
        from = nearest(c->sorted, count, most, c->answered[i]);
        for (size_t m = 0; m < most; m++)
            chosen[m] = c->sorted[from + m].member;
        say_mean(task, chosen, most, i, answers);
    }
}

static davy_status clock_fold(const davy_answer_task *task, size_t fold, const size_t *members,
                              size_t count, davy_answer_set *answers)
{
    const size_t learning = learning_of(task)->count, answered = task->samples->count;
    clock_places c = {.learning = davy_bulk_alloc(learning + 1, sizeof(double)),
                      .answered = davy_bulk_alloc(answered + 1, sizeof(double)),
                      .sorted = davy_bulk_alloc(count + 1, sizeof *c.sorted)};
    davy_status status = DAVY_OK;

    if (c.learning && c.answered && c.sorted) {
        find_places(learning_of(task), c.learning);
        find_places(task->samples, c.answered);
        clock_answers(task, fold, members, count, &c, answers);
    } else {
        status = davy_fail_in(DAVY_ERR_NOMEM, "clock of %zu samples", answered);
    }
    davy_bulk_free(c.learning);
    davy_bulk_free(c.answered);
    davy_bulk_free(c.sorted);
    return status;
}

/* Samples have an order when several of them are of one group. */
static bool is_ordered(const davy_sample_set *samples)
{
    if (samples->form.kind == DAVY_FORM_IMAGE || samples->form.kind == DAVY_FORM_RECORDING)
        return false;
    return samples->count > 1 && samples->group_count < samples->count;
}

static davy_status answer_clock(const davy_answer_task *task, davy_answer_set *answers)
{
    if (!is_ordered(task->samples))
        return davy_fail(DAVY_ERR_INVALID, "the samples have no order: there is no clock");
    return each_fold(task, clock_fold, answers);
}

/* Say what stood `back` rows before the row that is forecast, or the newest when none does. */
static davy_status answer_before(const davy_answer_task *task, size_t back,
                                 davy_answer_set *answers)
{
    const davy_table *table = task->table;
    const size_t lag = back - task->info->form.horizon; /* before the newest row of the sample */

    if (!table || !table->labels || task->info->form.rate > 0)
        return davy_fail(DAVY_ERR_INVALID, "the rows of the forecast are not those of the table");
    for (size_t i = 0; i < task->samples->count; i++) {
        const size_t row = task->samples->places[i];
        const bool reaches = row >= lag && table->runs[row - lag] == table->runs[row] &&
                             isfinite(table->labels[row - lag]);

        answers->values[i] = (float) table->labels[reaches ? row - lag : row];
        answers->given[i] = isfinite(answers->values[i]);
    }
    return DAVY_OK;
}

static davy_status answer_last(const davy_answer_task *task, davy_answer_set *answers)
{
    return answer_before(task, task->info->form.horizon, answers);
}

static davy_status answer_season(const davy_answer_task *task, davy_answer_set *answers)
{
    const size_t horizon = task->info->form.horizon, season = task->season;

    if (season == 0)
        return davy_fail(DAVY_ERR_INVALID, "the series repeats itself at no distance");
    return answer_before(task, (horizon + season - 1) / season * season, answers);
}

static davy_status answer_pca(const davy_answer_task *task, davy_answer_set *answers)
{
    return davy_baseline_components(task, answers);
}

static davy_status answer_boost(const davy_answer_task *task, davy_answer_set *answers)
{
    const char *settings[DAVY_BASELINE_BOOST_COUNT + 1];
    size_t count = DAVY_BASELINE_BOOST_COUNT;

    if (task->info->form.kind == DAVY_FORM_IMAGE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "it does not take pictures");
    memcpy(settings, davy_baseline_boost, DAVY_BASELINE_BOOST_COUNT * sizeof *settings);
    if (task->info->imputed)
        settings[count++] = "features=impute";
    return davy_baseline_answer(task, "boost", settings, count, answers);
}

static const davy_answer_baseline baseline_random = {
    .key = "random",
    .name = {"random answer", "随机回答"},
    .meaning = {"Probabilities, or a target of the learning part, drawn by chance.",
                "随机抽取概率，或学习部分的一个目标值。"},
    .tasks = ALL,
    .answer = answer_random};
static const davy_answer_baseline baseline_always = {
    .key = "always",
    .name = {"always the same", "始终相同"},
    .meaning = {"The most common class with the classes' shares, or the mean.",
                "最常见的类别（概率为各类比例），或平均值。"},
    .tasks = ALL,
    .answer = answer_always};
static const davy_answer_baseline baseline_clock = {
    .key = "clock",
    .name = {"clock only", "仅凭时刻"},
    .meaning = {"Sees only the place in the run: what the nearest 25 places of the learning part "
                "had.",
                "只看在一次运行中的位置：学习部分中位置最近的 25 个样本。"},
    .tasks = ALL,
    .answer = answer_clock};
static const davy_answer_baseline baseline_last = {
    .key = "last_value",
    .name = {"last value", "上一个值"},
    .meaning = {"Nothing changes: the newest value.", "不变：最新的值。"},
    .tasks = DAVY_TASK_BIT(DAVY_TASK_FORECAST),
    .answer = answer_last};
static const davy_answer_baseline baseline_season = {
    .key = "season",
    .name = {"seasonal naive", "季节朴素"},
    .meaning = {"The value one season before.", "一个季节之前的值。"},
    .tasks = DAVY_TASK_BIT(DAVY_TASK_FORECAST),
    .answer = answer_season};
static const davy_answer_baseline baseline_pca = {
    .key = "pca",
    .name = {"PCA T2+Q", "主成分 T2+Q"},
    .meaning = {"The class whose own principal components (T2 and Q) fit best; for numbers, "
                "regression on the components.",
                "自身主成分（T2 与 Q）最吻合的类别；数值任务为主成分回归。"},
    .tasks = ALL,
    .answer = answer_pca};
static const davy_answer_baseline baseline_boost = {
    .key = "boost",
    .name = {"gradient boosting", "梯度提升树"},
    .meaning =
        {"Boosted trees, made quick: at most 100 of depth 5, learning rate 0.2, 64 bins, each from "
         "half of the samples, at most 10,000, and a branch from three in ten columns.",
         "梯度提升树（快速设置）：最多 100 棵、深度 5、学习率 0.2、64 个分箱，"
         "最多 10,000 个样本，每棵使用一半样本，每次分裂使用三成的列。"},
    .tasks = ALL,
    .answer = answer_boost};

const davy_answer_baseline *const davy_answer_baselines[] = {
    &baseline_random, &baseline_always, &baseline_clock, &baseline_last,
    &baseline_season, &baseline_pca,    &baseline_boost, NULL};
