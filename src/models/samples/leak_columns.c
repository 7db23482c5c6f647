/* SPDX-License-Identifier: Apache-2.0 */
#include "core/buffer.h"
#include "core/bulk.h"
#include "models/samples/bins.h"
#include "models/samples/leaks.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX   ((size_t) 100000)
#define SAMPLES_MIN   ((size_t) 20)
#define NAMED_MAX     ((size_t) 5) /* columns that are named; more are counted */
#define LINE_MIN      0.999999     /* correlation from which two columns are one */
#define COUNTER_TIGHT 1e-6         /* how exactly a counter counts, as a share of its step */

/* What one column shows of each sample: the newest value of a window, the mean of a recording. */
typedef struct column_side {
    float *values; /* [channels * count] channel after channel */
    double *targets;
    size_t *members;
    size_t count;
} column_side;

typedef struct column_check {
    const davy_leak_case *given;
    size_t channels;
    column_side learnt, held;
    bool *told; /* [channels] something worse was said of it */
    davy_cautions *cautions;
} column_check;

static void side_clear(column_side *side)
{
    davy_bulk_free(side->values);
    davy_bulk_free(side->targets);
    davy_bulk_free(side->members);
}

/* What is missing is a number of its own, below all others. */
static void keep_sample(column_side *side, size_t m, const float *values, const davy_form *form)
{
    const bool newest = form->kind == DAVY_FORM_ROW || form->kind == DAVY_FORM_WINDOW;
    const size_t steps = davy_form_values(form) / form->channels;

    for (size_t c = 0; c < form->channels; c++) {
        double sum = 0;

        for (size_t t = newest ? steps - 1 : 0; t < steps; t++)
            sum += (double) values[t * form->channels + c];
        side->values[c * side->count + m] =
            isnan(sum) ? -FLT_MAX : (float) (newest ? sum : sum / (double) steps);
    }
}

static davy_status side_init(const davy_leak_side *from, column_side *side)
{
    const davy_form *form = &from->samples->form;
    float *values = calloc(davy_form_values(form), sizeof *values);
    davy_status status = DAVY_OK;

    side->members = davy_leak_members(from, SAMPLES_MAX, &side->count);
    side->values = davy_bulk_alloc(side->count * form->channels + 1, sizeof *side->values);
    side->targets = davy_bulk_alloc(side->count + 1, sizeof *side->targets);
    if (!values || !side->members || !side->values || !side->targets)
        status = davy_fail_in(DAVY_ERR_NOMEM, "columns of %zu samples", side->count);
    for (size_t m = 0; m < side->count && status == DAVY_OK; m++) {
        status = davy_sample_set_read(from->samples, side->members[m], values);
        side->targets[m] = from->samples->targets[side->members[m]];
        if (status == DAVY_OK)
            keep_sample(side, m, values, form);
    }
    free(values);
    return status;
}

static const char *name_of(const column_check *check, size_t channel)
{
    const davy_form_kind form = check->given->learnt.samples->form.kind;

    return check->given->signals && form != DAVY_FORM_WAVE ? check->given->signals[channel]
                                                           : "the waveform";
}

static bool is_constant(const column_side *side, const float *column)
{
    for (size_t m = 1; m < side->count; m++)
        if (column[m] != column[0])
            return false;
    return true;
}

/* Columns that say nothing, in one sentence. */
static davy_status find_constants(column_check *check)
{
    davy_buffer names = {0};
    size_t count = 0;
    davy_status status;

    for (size_t c = 0; c < check->channels; c++) {
        if (!is_constant(&check->learnt, check->learnt.values + c * check->learnt.count))
            continue;
        check->told[c] = true;
        if (count++ < NAMED_MAX)
            davy_buffer_printf(&names, "%s'%.60s'", names.length > 0 ? ", " : "",
                               name_of(check, c));
    }
    status = davy_buffer_ok(&names);
    if (status == DAVY_OK && count > 0)
        davy_cautions_add(
            check->cautions, "constant", (double) count,
            "Columns with one value in all samples that were learnt from (%zu of them) "
            "say nothing: %s%s. Leave them out with --columns, or learn from a time "
            "in which they change.",
            "在所有学习样本中只有一个值的列（%zu 列）不含信息：%s%s。"
            "请用 --columns 去掉它们，或从它们变化的时段学习。",
            count, names.bytes, count > NAMED_MAX ? ", ..." : "");
    davy_buffer_clear(&names);
    return status;
}

/* Rows of one run that follow each other differ by one and the same step. */
static bool is_counter(const column_check *check, size_t channel)
{
    const davy_sample_set *samples = check->given->learnt.samples;
    const column_side *side = &check->learnt;
    const float *column = side->values + channel * side->count;
    double step = 0;
    size_t pairs = 0;

    for (size_t m = 1; m < side->count; m++) {
        const davy_sample_place a = davy_sample_set_where(samples, side->members[m - 1]);
        const davy_sample_place b = davy_sample_set_where(samples, side->members[m]);
        const double rows = (double) b.last - (double) a.last;
        const double moved = (double) column[m] - (double) column[m - 1];

        if (a.run != b.run || rows <= 0)
            continue;
        if (pairs++ == 0)
            step = moved / rows;
        /* A float of a large count is exact to its last bit only. */
        if (fabs(moved - step * rows) >
            COUNTER_TIGHT * fabs(step * rows) + 4e-7 * fabs((double) column[m]))
            return false;
    }
    return pairs >= SAMPLES_MIN && fabs(step) > 0 &&
           fabs(step) > 1e-5 * fabs((double) column[side->count - 1]) / (double) side->count;
}

static void find_counters(column_check *check)
{
    for (size_t c = 0; c < check->channels; c++) {
        if (check->told[c] || !is_counter(check, c))
            continue;
        check->told[c] = true;
        davy_cautions_add(check->cautions, "counter", (double) c,
                          "Column '%.60s' counts the rows: it is a clock, and tells where in the "
                          "history a sample lies instead of how the plant is. Leave it out with "
                          "--columns.",
                          "列“%.60s”只是行计数：它是时钟，说明样本在历史中的位置而不是设备的状态。"
                          "请用 --columns 去掉它。",
                          name_of(check, c));
    }
}

/* A value and what it stands for. */
typedef struct value_pair {
    float value;
    double target;
} value_pair;

static int by_value(const void *a, const void *b)
{
    const value_pair *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

/* Each value of the column stands for one class, and there are no more values than classes. */
static davy_status is_class_code(const column_check *check, size_t channel, bool *found)
{
    const column_side *side = &check->learnt;
    value_pair *pairs = davy_bulk_alloc(side->count + 1, sizeof *pairs);
    size_t values = 1;

    if (!pairs)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", side->count);
    for (size_t m = 0; m < side->count; m++)
        pairs[m] = (value_pair){side->values[channel * side->count + m], side->targets[m]};
    davy_bulk_sort(pairs, side->count, sizeof *pairs, by_value);
    *found = true;
    for (size_t m = 1; m < side->count && *found; m++) {
        const bool same = pairs[m].value <= pairs[m - 1].value;

        values += !same;
        *found = (!same || pairs[m].target == pairs[m - 1].target) &&
                 values <= check->given->class_count;
    }
    davy_bulk_free(pairs);
    return DAVY_OK;
}

/* |r| of Pearson between the column and the answers. */
static double correlation(const column_side *side, size_t channel)
{
    const float *column = side->values + channel * side->count;
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    for (size_t m = 0; m < side->count; m++) {
        x += (double) column[m] / (double) side->count;
        y += side->targets[m] / (double) side->count;
    }
    for (size_t m = 0; m < side->count; m++) {
        const double dx = (double) column[m] - x, dy = side->targets[m] - y;

        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? fabs(xy) / sqrt(xx * yy) : 0;
}

static davy_status find_disguises(column_check *check)
{
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < check->channels && status == DAVY_OK; c++) {
        bool found = false;

        if (check->told[c])
            continue;
        if (check->given->class_count > 0)
            status = is_class_code(check, c, &found);
        else
            found = correlation(&check->learnt, c) >= LINE_MIN;
        if (status != DAVY_OK || !found)
            continue;
        check->told[c] = true;
        davy_cautions_add(check->cautions, "disguise", 1,
                          "Column '%.60s' is the answer under another name: the two go one to one. "
                          "Unless it is known before the answer is, leave it out with --columns.",
                          "列“%.60s”就是换了名字的答案：两者一一对应。除非它先于答案已知，"
                          "否则请用 --columns 去掉它。",
                          name_of(check, c));
    }
    return status;
}

/* What a column alone does on samples that were held out. */
static davy_status judge_column(const column_check *check, size_t channel, double *figure)
{
    const column_side *learnt = &check->learnt, *held = &check->held;
    const size_t classes = check->given->class_count;
    davy_bins bins = {0};
    davy_bins_figures figures;
    davy_status status = davy_bins_fit(learnt->values + channel * learnt->count, learnt->targets,
                                       learnt->count, classes, &bins);

    if (status == DAVY_OK)
        status = davy_bins_judge(&bins, held->values + channel * held->count, held->targets,
                                 held->count, &figures);
    if (status == DAVY_OK)
        *figure = classes > 0 ? figures.auc : figures.r2;
    davy_bins_clear(&bins);
    return status;
}

static davy_status find_oracles(column_check *check)
{
    const bool classes = check->given->class_count > 0;
    /* NOLINTNEXTLINE(bugprone-branch-clone): two limits, alike by chance */
    const double bar = classes ? DAVY_LEAK_AUC_MIN : DAVY_LEAK_R2_MIN;
    size_t named = 0;
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < check->channels && status == DAVY_OK && named < NAMED_MAX; c++) {
        double figure = NAN;

        if (!check->told[c])
            status = judge_column(check, c, &figure);
        if (status != DAVY_OK || !(figure >= bar))
            continue;
        named++;
        davy_cautions_add(
            check->cautions, "oracle", figure,
            "Column '%.60s' alone has %s %.4f on the samples that were held out (said from %.2f "
            "on). Either the question is easy and one limit does it, or the column knows the "
            "answer: see whether it is written before the answer is known.",
            "仅列“%.60s”在留出样本上的 %s 就达 %.4f（达到 %.2f "
            "即提示）。要么问题简单、一个限值即可，"
            "要么该列已知答案：请确认它是否在答案已知之前写入。",
            name_of(check, c), classes ? "AUC-ROC" : "R2", figure, bar);
    }
    return status;
}

static davy_status run_checks(column_check *check)
{
    davy_status status = find_constants(check);

    if (status != DAVY_OK || check->learnt.count < SAMPLES_MIN)
        return status;
    find_counters(check);
    status = find_disguises(check);
    /* The values of a forecast's signals today say much of tomorrow, and rightly so. */
    if (status == DAVY_OK && check->held.count >= SAMPLES_MIN &&
        check->given->task != DAVY_TASK_FORECAST)
        status = find_oracles(check);
    return status;
}

davy_status davy_leaks_check_columns(const davy_leak_case *given, davy_cautions *cautions)
{
    column_check check = {
        .given = given, .channels = given->learnt.samples->form.channels, .cautions = cautions};
    davy_status status = side_init(&given->learnt, &check.learnt);

    check.told = calloc(check.channels + 1, sizeof *check.told);
    if (status == DAVY_OK && !check.told)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu columns", check.channels);
    if (status == DAVY_OK)
        status = side_init(&given->held, &check.held);
    if (status == DAVY_OK && check.learnt.count > 0)
        status = run_checks(&check);
    side_clear(&check.learnt);
    side_clear(&check.held);
    free(check.told);
    return status;
}
