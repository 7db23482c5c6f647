/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/judge_private.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROBABILITY_MIN 1e-12  /* so that one mad answer does not make the log loss infinite */
#define RANKED_MAX      300000 /* samples times classes whose areas get an interval */
#define CLASSES_DRAWN   64     /* of more, a draw costs too much */
#define FEW_DRAWS       100U

enum {
    MACRO_F1,
    ACCURACY,
    BALANCED,
    MACRO_PRECISION,
    MACRO_RECALL,
    AUC_ROC,
    AUC_PR,
    LOG_LOSS,
    BRIER,
    ECE,
    FIGURES
};

static const davy_figure_kind kinds[FIGURES] = {
    [MACRO_F1] = {.key = "macro_f1",
                  .name = {"macro-F1", "宏平均 F1"},
                  .meaning = {"Mean of F1 over the classes: the main figure.",
                              "各类 F1 的平均：主要指标。"}},
    [ACCURACY] = {.key = "accuracy",
                  .name = {"accuracy", "准确率"},
                  .meaning = {"Share of right answers; flattered by a common class.",
                              "正确回答的比例；类别不均时会偏高。"}},
    [BALANCED] = {.key = "balanced_accuracy",
                  .name = {"balanced accuracy", "平衡准确率"},
                  .meaning = {"Mean of the recall over the classes.", "各类召回率的平均。"}},
    [MACRO_PRECISION] = {.key = "macro_precision",
                         .name = {"macro precision", "宏平均精确率"},
                         .meaning = {"Mean of the precision over the classes.",
                                     "各类精确率的平均。"}},
    [MACRO_RECALL] = {.key = "macro_recall",
                      .name = {"macro recall", "宏平均召回率"},
                      .meaning = {"The same as balanced accuracy.", "与平衡准确率相同。"}},
    [AUC_ROC] = {.key = "macro_auc_roc",
                 .name = {"AUC-ROC", "AUC-ROC"},
                 .meaning = {"One class against the others, mean over the classes.",
                             "逐类对其余类，取平均。"}},
    [AUC_PR] =
        {.key = "macro_auc_pr",
         .name = {"AUC-PR", "AUC-PR"},
         .meaning = {"Average precision, one class against the others, mean over the classes.",
                     "平均精确率，逐类对其余类，取平均。"}},
    [LOG_LOSS] = {.key = "log_loss",
                  .name = {"log loss", "对数损失"},
                  .meaning = {"Mean surprise of the truth, in nats.",
                              "真实类别的平均惊异（纳特）。"},
                  .lower_is_better = true},
    [BRIER] =
        {.key = "brier",
         .name = {"Brier score", "Brier 分数"},
         .meaning =
             {"Squared distance of the probabilities from the truth, summed over the classes, "
              "0 to 2.",
              "概率与真实情况的平方距离，各类求和，0 到 2。"},
         .lower_is_better = true},
    [ECE] =
        {.key = "calibration_error",
         .name = {"calibration error", "校准误差"},
         .meaning =
             {"Expected calibration error: how far the probability of the answer is from how often "
              "it is right, ten bins.",
              "期望校准误差：回答概率与实际正确比例之差，十个区间。"},
         .lower_is_better = true},
};

/* One method's answers to the judged samples. */
typedef struct class_method {
    const uint32_t *groups;
    size_t count, classes;
    size_t *right, *said;     /* [count] */
    double *sureness;         /* [count] probability of what was said */
    uint8_t *hit;             /* [count] */
    double *losses;           /* [count] */
    double *briers;           /* [count] */
    davy_ranking *rankings;   /* [classes] one class against the others */
    bool ranked;              /* areas get an interval */
    double *cells;            /* [classes * classes] scratch of a draw */
    davy_class_figures *each; /* [classes] scratch of a draw */
} class_method;

static void method_clear(class_method *m)
{
    for (size_t k = 0; k < m->classes && m->rankings; k++)
        davy_ranking_clear(&m->rankings[k]);
    davy_bulk_free(m->rankings);
    davy_bulk_free(m->right);
    davy_bulk_free(m->said);
    davy_bulk_free(m->sureness);
    davy_bulk_free(m->hit);
    davy_bulk_free(m->losses);
    davy_bulk_free(m->briers);
    davy_bulk_free(m->cells);
    davy_bulk_free(m->each);
}

static davy_status method_init(const davy_judged_answers *j, class_method *m)
{
    m->groups = j->groups.of;
    m->count = j->count;
    m->classes = j->info->class_count;
    m->ranked = m->count * m->classes <= RANKED_MAX;
    m->right = davy_bulk_alloc(m->count, sizeof *m->right);
    m->said = davy_bulk_alloc(m->count, sizeof *m->said);
    m->sureness = davy_bulk_alloc(m->count, sizeof *m->sureness);
    m->hit = davy_bulk_alloc(m->count, 1);
    m->losses = davy_bulk_alloc(m->count, sizeof *m->losses);
    m->briers = davy_bulk_alloc(m->count, sizeof *m->briers);
    m->rankings = davy_bulk_alloc(m->classes, sizeof *m->rankings);
    m->cells = davy_bulk_alloc(m->classes * m->classes, sizeof *m->cells);
    m->each = davy_bulk_alloc(m->classes, sizeof *m->each);
    return m->right && m->said && m->sureness && m->hit && m->losses && m->briers && m->rankings &&
                   m->cells && m->each
               ? DAVY_OK
               : davy_fail_in(DAVY_ERR_NOMEM, "%zu answers", m->count);
}

static void read_answers(const davy_judged_answers *j, const davy_answer_set *answers,
                         class_method *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const size_t sample = j->members[i];
        const float *p = answers->probabilities + sample * m->classes;

        m->right[i] = (size_t) j->asked->samples->targets[sample];
        m->said[i] = davy_answer_class(answers, sample);
        m->sureness[i] = (double) p[m->said[i]];
        m->hit[i] = m->said[i] == m->right[i];
        m->losses[i] = -log(fmin(fmax((double) p[m->right[i]], PROBABILITY_MIN), 1));
        m->briers[i] = davy_brier(p, m->classes, m->right[i]);
    }
}

static davy_status rank_classes(const davy_judged_answers *j, const davy_answer_set *answers,
                                class_method *m)
{
    double *scores = davy_bulk_alloc(m->count + 1, sizeof *scores);
    uint8_t *positive = davy_bulk_alloc(m->count + 1, 1);
    davy_status status =
        scores && positive ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "%zu answers", m->count);

    for (size_t k = 0; k < m->classes && status == DAVY_OK; k++) {
        for (size_t i = 0; i < m->count; i++) {
            scores[i] = (double) answers->probabilities[j->members[i] * m->classes + k];
            positive[i] = m->right[i] == k;
        }
        status = davy_ranking_init(&m->rankings[k], scores, positive, m->groups, m->count);
    }
    davy_bulk_free(scores);
    davy_bulk_free(positive);
    return status;
}

/* Mean over the classes that these samples hold and lack. */
static void measure_areas(const class_method *m, const uint32_t *times, double *values)
{
    double roc = 0, precision = 0, classes = 0;

    for (size_t k = 0; k < m->classes; k++) {
        const davy_rank_areas areas = davy_ranking_areas(&m->rankings[k], times);

        if (isnan(areas.roc))
            continue;
        roc += areas.roc;
        precision += areas.precision;
        classes++;
    }
    values[AUC_ROC] = classes > 0 ? roc / classes : NAN;
    values[AUC_PR] = classes > 0 ? precision / classes : NAN;
}

static void count_cells(const class_method *m, const uint32_t *times)
{
    memset(m->cells, 0, m->classes * m->classes * sizeof *m->cells);
    for (size_t i = 0; i < m->count; i++)
        m->cells[m->right[i] * m->classes + m->said[i]] += times[m->groups[i]];
}

static void measure_method(const void *context, const uint32_t *times, double *values)
{
    const class_method *m = context;
    davy_reliability_bin bins[DAVY_RELIABILITY_BINS];
    davy_class_summary summary;
    double loss = 0, brier = 0, weight = 0;

    count_cells(m, times);
    summary = davy_class_summarise(m->cells, m->classes, NULL);
    for (size_t i = 0; i < m->count; i++) {
        loss += times[m->groups[i]] * m->losses[i];
        brier += times[m->groups[i]] * m->briers[i];
        weight += times[m->groups[i]];
    }
    davy_reliability(m->sureness, m->hit, m->groups, times, m->count, bins);
    values[MACRO_F1] = summary.f1;
    values[ACCURACY] = summary.accuracy;
    values[BALANCED] = summary.balanced_accuracy;
    values[MACRO_PRECISION] = summary.precision;
    values[MACRO_RECALL] = summary.recall;
    values[LOG_LOSS] = weight > 0 ? loss / weight : NAN;
    values[BRIER] = weight > 0 ? brier / weight : NAN;
    values[ECE] = davy_calibration_error(bins);
    if (m->ranked)
        measure_areas(m, times, values);
}

/* Precision, recall and F1 of each class of the model. */
static void measure_each(const void *context, const uint32_t *times, double *values)
{
    const class_method *m = context;

    count_cells(m, times);
    (void) davy_class_summarise(m->cells, m->classes, m->each);
    for (size_t k = 0; k < m->classes; k++) {
        const bool there = m->each[k].samples > 0;

        values[3 * k] = there ? m->each[k].precision : NAN;
        values[3 * k + 1] = there ? m->each[k].recall : NAN;
        values[3 * k + 2] = there ? m->each[k].f1 : NAN;
    }
}

/* Of two classes the curve of one says all; the rarer one is what one looks for. */
static bool has_curve(const class_method *m, size_t k)
{
    size_t samples[2] = {0, 0};

    if (m->classes != 2)
        return true;
    for (size_t i = 0; i < m->count; i++)
        samples[m->right[i]]++;
    return samples[k] < samples[1 - k] || (samples[0] == samples[1] && k == 1);
}

static davy_status keep_curves(const davy_judged_answers *j, const class_method *m)
{
    const davy_ranked_answers ranked = {m->rankings, m->right, m->said,
                                        m->groups,   m->count, m->ranked};
    size_t classes[DAVY_CURVES_MAX];
    davy_answer_judgement *out = j->out;

    for (size_t k = 0; k < m->classes; k++) {
        davy_curve *curve = &out->curves[out->curve_count];

        if (!has_curve(m, k))
            continue;
        if (out->curve_count == DAVY_CURVES_MAX) {
            out->curves_left_out++;
            continue;
        }
        curve->class = j->info->classes[k];
        classes[out->curve_count] = k;
        curve->count = davy_ranking_curve(&m->rankings[k], curve->points, DAVY_CURVE_POINTS);
        if (curve->count == 0)
            continue;
        davy_cost_curve(curve->points, curve->count, out->costs[out->curve_count], DAVY_COST_STEPS);
        out->curve_count++;
    }
    return davy_judge_rates_of(&ranked, classes, out);
}

static davy_status judge_model(davy_judged_answers *j, const class_method *m)
{
    davy_answer_judgement *out = j->out;
    davy_status status;

    out->class_figures = calloc(3 * m->classes + 1, sizeof *out->class_figures);
    if (!out->class_figures)
        return davy_fail(DAVY_ERR_NOMEM, "%zu classes", m->classes);
    davy_reliability(m->sureness, m->hit, NULL, NULL, m->count, out->bins);
    status = keep_curves(j, m);
    if (status != DAVY_OK)
        return status;
    return davy_bootstrap_run(&out->comparison.bootstrap, measure_each, m, 3 * m->classes,
                              out->class_figures);
}

static davy_status prepare(davy_judged_answers *j, size_t index, class_method *m)
{
    davy_status status = method_init(j, m);

    if (status != DAVY_OK || !j->out->comparison.methods[index].measured)
        return status;
    read_answers(j, &j->given[index], m);
    return rank_classes(j, &j->given[index], m);
}

/* Areas of all samples, also of those that have no interval. */
static void keep_areas(davy_method *method, const class_method *m)
{
    double values[FIGURES];

    measure_areas(m, NULL, values);
    method->figures[AUC_ROC].value = values[AUC_ROC];
    method->figures[AUC_PR].value = values[AUC_PR];
}

davy_status davy_judge_classes(davy_judged_answers *j)
{
    davy_comparison *c = &j->out->comparison;
    class_method methods[DAVY_METHODS_MAX] = {{0}};
    const void *contexts[DAVY_METHODS_MAX];
    davy_status status = DAVY_OK;

    c->kinds = kinds;
    c->kind_count = FIGURES;
    c->main = MACRO_F1;
    if (j->info->class_count > CLASSES_DRAWN && c->bootstrap.draws == 0)
        c->bootstrap.draws = FEW_DRAWS;
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++) {
        contexts[m] = &methods[m];
        status = prepare(j, m, &methods[m]);
    }
    if (status == DAVY_OK)
        status = davy_comparison_run(c, measure_method, contexts);
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++)
        if (c->methods[m].measured)
            keep_areas(&c->methods[m], &methods[m]);
    if (status == DAVY_OK)
        status = judge_model(j, &methods[0]);
    for (size_t m = 0; m < c->count; m++)
        method_clear(&methods[m]);
    return status;
}
