/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "core/random.h"
#include "models/judge/baseline.h"
#include "models/judge/baseline_train.h"

#include <math.h>
#include <stdlib.h>

#define STREAM_RANDOM 0x5c0eU

static davy_status score_random(const davy_watch_task *task, double *scores)
{
    for (size_t row = 0; row < task->table->rows; row++)
        scores[row] = (double) davy_random_uniform(task->seed, STREAM_RANDOM, row);
    return DAVY_OK;
}

static davy_status score_always(const davy_watch_task *task, double *scores)
{
    for (size_t row = 0; row < task->table->rows; row++)
        scores[row] = 1;
    return DAVY_OK;
}

/* How many runs reach a place, and how many are faulty there. */
typedef struct place_counts {
    double *reached, *faulty;
} place_counts;

static size_t place_after(const davy_table *table, size_t row, size_t place)
{
    return row > 0 && table->runs[row] == table->runs[row - 1] ? place + 1 : 0;
}

static void count_places(const davy_table *table, const place_counts *counts)
{
    size_t place = 0;

    for (size_t row = 0; row < table->rows; row++) {
        place = place_after(table, row, place);
        counts->reached[place]++;
        counts->faulty[place] += table->labels[row] > 0;
    }
}

/* The share of the other runs that are faulty at this place; where none gets so far, the last share
 * that is known. One run alone has nothing but its age. */
static void score_places(const davy_table *table, const place_counts *counts, double *scores)
{
    size_t place = 0;
    double last = 0;

    for (size_t row = 0; row < table->rows; row++) {
        const double own = table->labels[row] > 0;

        place = place_after(table, row, place);
        last = place == 0 ? 0 : last;
        if (counts->reached[place] > 1)
            last = (counts->faulty[place] - own) / (counts->reached[place] - 1);
        scores[row] = table->run_count > 1 ? last : (double) row;
    }
}

static davy_status score_clock(const davy_watch_task *task, double *scores)
{
    const davy_table *table = task->table;
    double *memory = davy_bulk_alloc(2 * table->rows + 1, sizeof *memory);
    const place_counts counts = {memory, memory ? memory + table->rows : NULL};

    if (table->independent) {
        davy_bulk_free(memory);
        return davy_fail(DAVY_ERR_INVALID, "the rows have no order: there is no clock");
    }
    if (!memory)
        return davy_fail_in(DAVY_ERR_NOMEM, "clock of %zu rows", table->rows);
    count_places(table, &counts);
    score_places(table, &counts, scores);
    davy_bulk_free(memory);
    return DAVY_OK;
}

static bool follows(const davy_table *table, size_t row)
{
    return row > 0 && table->runs[row] == table->runs[row - 1];
}

static double step_of(const davy_table *table, size_t row, size_t j)
{
    return fabs(davy_table_at(table, row, j) - davy_table_at(table, row - 1, j));
}

/* Mean step of each signal; 0 for one that never moves. */
static void usual_steps(const davy_table *table, double *usual)
{
    for (size_t j = 0; j < table->columns; j++) {
        double sum = 0, count = 0;

        for (size_t row = 1; row < table->rows; row++) {
            const double step = follows(table, row) ? step_of(table, row, j) : NAN;

            if (isfinite(step)) {
                sum += step;
                count++;
            }
        }
        usual[j] = count > 0 ? sum / count : 0;
    }
}

/* How far the row is from a forecast that nothing changes, in usual steps. */
static davy_status score_last(const davy_watch_task *task, double *scores)
{
    const davy_table *table = task->table;
    double *usual = calloc(table->columns + 1, sizeof *usual);

    if (!usual)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", table->columns);
    if (table->independent) {
        free(usual);
        return davy_fail(DAVY_ERR_INVALID, "the rows have no order: there is no last value");
    }
    usual_steps(table, usual);
    for (size_t row = 0; row < table->rows; row++) {
        scores[row] = 0;
        for (size_t j = 0; j < table->columns && follows(table, row); j++) {
            const double step = step_of(table, row, j);

            if (usual[j] > 0 && isfinite(step))
                scores[row] += step / usual[j] / (double) table->columns;
        }
    }
    free(usual);
    return DAVY_OK;
}

/* The plainest form: the row alone, no memory, one regime. */
static davy_status score_pca(const davy_watch_task *task, double *scores)
{
    static const char *const settings[] = {"lags=0", "memory=0", "regimes=1"};

    return davy_baseline_watch(task, "pca", settings, DAVY_ARRAY_LENGTH(settings), scores);
}

static davy_status score_boost(const davy_watch_task *task, double *scores)
{
    static const char *const settings[] = {"window=6"};

    return davy_baseline_tell_faults(task, "boost", settings, task->table->independent ? 0 : 1,
                                     scores);
}

static const davy_watch_baseline baseline_random = {
    .key = "random",
    .name = {"random score", "随机分数"},
    .meaning = {"Each row gets a number drawn by chance.", "每一行的分数随机抽取。"},
    .score = score_random};
static const davy_watch_baseline baseline_always = {
    .key = "always",
    .name = {"always alarm", "始终报警"},
    .meaning = {"Every row gets the same score.", "每一行的分数相同。"},
    .score = score_always};
static const davy_watch_baseline baseline_clock = {
    .key = "clock",
    .name = {"clock only", "仅凭时刻"},
    .meaning =
        {"Sees only the place in the run: the share of the other runs that are faulty there; "
         "with one run, its age.",
         "只看在一次运行中的位置：其余运行在该处有故障的比例；只有一次运行时为其时长。"},
    .score = score_clock};
static const davy_watch_baseline baseline_last = {
    .key = "last_value",
    .name = {"last value", "上一个值"},
    .meaning = {"How far the signals moved since the row before, in usual steps.",
                "信号与上一行相比的变化，以平常变化为单位。"},
    .score = score_last};
static const davy_watch_baseline baseline_pca = {
    .key = "pca",
    .name = {"PCA T2+Q", "主成分 T2+Q"},
    .meaning = {"Principal components of the row alone, learnt from rows without a fault.",
                "仅对当前行做主成分分析，从无故障的行学习。"},
    .score = score_pca};
static const davy_watch_baseline baseline_boost = {
    .key = "boost",
    .name = {"gradient boosting", "梯度提升树"},
    .meaning = {"Learns the labels themselves from six rows at a time; a model that has never seen "
                "a fault need not beat it.",
                "以六行为窗口直接学习标签；从未见过故障的模型不必胜过它。"},
    .score = score_boost};

const davy_watch_baseline *const davy_watch_baselines[] = {&baseline_random,
                                                           &baseline_always,
                                                           &baseline_clock,
                                                           &baseline_last,
                                                           &baseline_pca,
                                                           &baseline_boost,
                                                           NULL};
