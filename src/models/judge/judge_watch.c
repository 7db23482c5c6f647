/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/metrics_events.h"
#include "data/metrics_rank.h"
#include "data/metrics_vus.h"
#include "models/judge/baseline.h"
#include "models/judge/evaluate_rows.h"
#include "models/judge/judge.h"
#include "models/judge/judge_groups.h"
#include "models/model_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double davy_judge_budgets[DAVY_JUDGE_BUDGETS] = {0.1, 1, 10};

enum { VUS_PR, VUS_ROC, AUC_PR, AUC_ROC, FIGURES };

static const davy_figure_kind kinds[FIGURES] = {
    [VUS_PR] =
        {.key = "vus_pr",
         .name = {"VUS-PR", "VUS-PR"},
         .meaning = {"Area under the precision-recall curve, averaged over buffers of every length "
                     "around the faults: the main figure.",
                     "精确率-召回率曲线下面积，对故障周围各种长度的缓冲取平均：主要指标。"}},
    [VUS_ROC] = {.key = "vus_roc",
                 .name = {"VUS-ROC", "VUS-ROC"},
                 .meaning = {"The same of the ROC curve.", "ROC 曲线的同类指标。"}},
    [AUC_PR] = {.key = "auc_pr",
                .name = {"AUC-PR", "AUC-PR"},
                .meaning = {"Average precision, row by row.", "逐行的平均精确率。"}},
    [AUC_ROC] = {.key = "auc_roc",
                 .name = {"AUC-ROC", "AUC-ROC"},
                 .meaning = {"Chance that a faulty row scores above a normal one.",
                             "故障行分数高于正常行的概率。"}},
};

/* The judged rows, and what all methods share. */
typedef struct judging {
    const davy_model *model;
    const davy_table *table;
    const davy_judge_options *options;
    davy_scored_rows rows;
    davy_row_groups groups;
    uint8_t *faulty; /* [rows.count] */
    uint32_t *runs;  /* [rows.count] rows that are independent are runs of their own */
    int64_t *times;  /* [rows.count] NULL without */
    double *days;    /* [groups.count] */
    davy_watch_judgement *out;
} judging;

/* One method's scores, and what its figures are walks over. */
typedef struct scored_method {
    double *scores; /* [rows.count] */
    davy_ranking ranking;
    davy_vus *vus;
} scored_method;

static void measure_method(const void *context, const uint32_t *times, double *values)
{
    const scored_method *m = context;

    const davy_rank_areas rows = davy_ranking_areas(&m->ranking, times);

    values[AUC_PR] = rows.precision;
    values[AUC_ROC] = rows.roc;
    if (m->vus) {
        const davy_vus_areas areas = davy_vus_measure(m->vus, times);

        values[VUS_PR] = areas.pr;
        values[VUS_ROC] = areas.roc;
    }
}

static void method_clear(scored_method *m)
{
    davy_bulk_free(m->scores);
    davy_ranking_clear(&m->ranking);
    davy_vus_destroy(m->vus);
}

static davy_status rank_method(const judging *j, scored_method *m)
{
    const davy_vus_input input = {.scores = m->scores,
                                  .faulty = j->faulty,
                                  .runs = j->runs,
                                  .groups = j->groups.of,
                                  .group_count = j->groups.count,
                                  .count = j->rows.count,
                                  .window = DAVY_VUS_WINDOW};
    davy_status status =
        davy_ranking_init(&m->ranking, m->scores, j->faulty, j->groups.of, j->rows.count);

    if (status == DAVY_OK && !j->table->independent)
        status = davy_vus_create(&input, &m->vus);
    return status;
}

/* What a limit does, counted by group. */
typedef struct limit_counts {
    const double *days;
    size_t group_count;
    davy_alarm_counts *counts;
    davy_alarm_delay *delays;
    size_t delay_count;
    bool timed;
} limit_counts;

enum { EPISODES, RECALL, PRECISION, DELAY, DELAY_P90, LIMIT_FIGURES };

static void measure_limit(const void *context, const uint32_t *times, double *values)
{
    const limit_counts *l = context;
    davy_alarm_counts sum = {0};
    double days = 0;

    for (size_t g = 0; g < l->group_count; g++) {
        sum.events += times[g] * l->counts[g].events;
        sum.found += times[g] * l->counts[g].found;
        sum.true_episodes += times[g] * l->counts[g].true_episodes;
        sum.false_episodes += times[g] * l->counts[g].false_episodes;
        days += times[g] * l->days[g];
    }
    values[EPISODES] = days > 0 ? sum.false_episodes / days : NAN;
    values[RECALL] = sum.events > 0 ? sum.found / sum.events : NAN;
    values[PRECISION] = sum.true_episodes + sum.false_episodes > 0
                            ? sum.true_episodes / (sum.true_episodes + sum.false_episodes)
                            : NAN;
    values[DELAY] = davy_alarm_delay_quantile(l->delays, l->delay_count, 0.5, times, l->timed);
    values[DELAY_P90] = davy_alarm_delay_quantile(l->delays, l->delay_count, 0.9, times, l->timed);
}

static davy_alarm_input alarms_of(const judging *j, const double *scores)
{
    return (davy_alarm_input){.scores = scores,
                              .faulty = j->faulty,
                              .runs = j->runs,
                              .groups = j->groups.of,
                              .times = j->times,
                              .rows = j->rows.rows,
                              .count = j->rows.count,
                              .merge = j->out->merge};
}

static davy_status judge_limit(const judging *j, const double *scores, double limit,
                               davy_budget_figures *figures)
{
    const davy_alarm_input input = alarms_of(j, scores);
    limit_counts l = {.days = j->days, .group_count = j->groups.count, .timed = j->times != NULL};
    davy_estimate found[LIMIT_FIGURES];
    davy_status status = DAVY_OK;

    l.counts = davy_bulk_alloc(j->groups.count + 1, sizeof *l.counts);
    l.delays = davy_bulk_alloc(j->rows.count + 1, sizeof *l.delays);
    if (!l.counts || !l.delays)
        status = davy_fail_in(DAVY_ERR_NOMEM, "alarms of %zu rows", j->rows.count);
    if (status == DAVY_OK) {
        davy_alarm_count(&input, limit, l.counts, l.delays, &l.delay_count);
        davy_alarm_delay_sort(l.delays, l.delay_count, l.timed);
        status = davy_bootstrap_run(&j->out->comparison.bootstrap, measure_limit, &l, LIMIT_FIGURES,
                                    found);
    }
    if (status == DAVY_OK)
        *figures = (davy_budget_figures){.limit = limit,
                                         .episodes = found[EPISODES],
                                         .recall = found[RECALL],
                                         .precision = found[PRECISION],
                                         .delay = found[DELAY],
                                         .delay_p90 = found[DELAY_P90]};
    davy_bulk_free(l.counts);
    davy_bulk_free(l.delays);
    return status;
}

/* For each budget the lowest limit that would have kept it: the same favour for every method. */
static davy_status judge_hindsight(const judging *j, size_t method, const double *scores)
{
    const davy_alarm_input input = alarms_of(j, scores);
    davy_status status = DAVY_OK;

    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS && status == DAVY_OK; b++) {
        double limit;

        status = davy_alarm_limit(&input, davy_judge_budgets[b] * j->out->found.days, &limit);
        if (status == DAVY_OK)
            status = judge_limit(j, scores, limit, &j->out->hindsight[method][b]);
    }
    return status;
}

/* What the calibration promises for each budget, held against what came. */
static davy_status judge_promises(const judging *j)
{
    davy_watch_judgement *out = j->out;
    davy_status status = judge_limit(j, j->rows.scores, 1, &out->own);

    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS && status == DAVY_OK; b++) {
        out->limits[b] = davy_model_limit_for(j->model, davy_judge_budgets[b]);
        status = judge_limit(j, j->rows.scores, out->limits[b].ratio, &out->promised[b]);
    }
    return status;
}

/* Scores of all rows to those of the judged ones; what a baseline cannot score is least suspect. */
static void pack_scores(const judging *j, const double *all, double *scores)
{
    double least = 0;

    for (size_t i = 0; i < j->rows.count; i++)
        if (isfinite(all[j->rows.rows[i]]))
            least = fmin(least, all[j->rows.rows[i]]);
    for (size_t i = 0; i < j->rows.count; i++) {
        const double score = all[j->rows.rows[i]];

        scores[i] = isnan(score) ? least - 1 : score;
    }
}

static davy_status score_baseline(const judging *j, const davy_watch_task *task,
                                  const davy_watch_baseline *baseline, scored_method *m)
{
    davy_method *method =
        davy_comparison_add(&j->out->comparison, baseline->key, baseline->name, baseline->meaning);
    double *all = davy_bulk_alloc(j->table->rows + 1, sizeof *all);
    davy_status status;

    m->scores = davy_bulk_alloc(j->rows.count + 1, sizeof *m->scores);
    if (!all || !m->scores || !method) {
        davy_bulk_free(
            all); /* NOLINT(clang-analyzer-unix.Malloc): judge_methods() clears every method */
        return davy_fail_in(DAVY_ERR_NOMEM, "baseline '%s'", baseline->key);
    }
    status = baseline->score(task, all);
    method->measured = status == DAVY_OK;
    if (status != DAVY_OK && !davy_baseline_fatal(status)) {
        (void) snprintf(method->why, sizeof method->why, "%.250s", davy_error());
        status = DAVY_OK;
    }
    if (status == DAVY_OK && method->measured) {
        pack_scores(j, all, m->scores);
        status = rank_method(j, m);
    }
    davy_bulk_free(all);
    return status;
}

static davy_status score_baselines(const judging *j, const davy_watch_task *task,
                                   scored_method *methods)
{
    const davy_judge_options *options = j->options;
    davy_status status = DAVY_OK;
    size_t total = 0;

    while (davy_watch_baselines[total])
        total++;
    for (size_t b = 0; b < total && status == DAVY_OK; b++) {
        status =
            score_baseline(j, task, davy_watch_baselines[b], &methods[j->out->comparison.count]);
        if (options->progress)
            options->progress(options->context, b + 1, total + 1);
    }
    return status;
}

static davy_status score_rival(const judging *j, scored_method *m)
{
    const davy_rival *rival = j->options->rival;
    davy_method *method = davy_comparison_add(&j->out->comparison, "rival", rival->name,
                                              (davy_words){"The other model.", "另一模型。"});

    m->scores = davy_bulk_alloc(j->rows.count + 1, sizeof *m->scores);
    if (!m->scores || !method)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", j->rows.count);
    method->measured = true;
    j->out->comparison.methods[0].name = rival->own_name;
    pack_scores(j, rival->scores, m->scores);
    return rank_method(j, m);
}

static davy_status score_model(const judging *j, scored_method *m)
{
    davy_method *method =
        davy_comparison_add(&j->out->comparison, "model", (davy_words){"this model", "本模型"},
                            (davy_words){"The model that is judged.", "被评估的模型。"});

    m->scores = davy_bulk_alloc(j->rows.count + 1, sizeof *m->scores);
    if (!m->scores || !method)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", j->rows.count);
    memcpy(m->scores, j->rows.scores, j->rows.count * sizeof *m->scores);
    method->measured = true;
    return rank_method(j, m);
}

static void keep_curve(davy_watch_judgement *out, const davy_method *method, const scored_method *m)
{
    davy_curve *curve = &out->curves[out->curve_count];

    if (out->curve_count == DAVY_CURVES_MAX)
        return;
    curve->name = method->name;
    curve->count = davy_ranking_curve(&m->ranking, curve->points, DAVY_CURVE_POINTS);
    out->curve_count += curve->count > 0;
}

static davy_status compare(const judging *j, scored_method *methods)
{
    davy_comparison *c = &j->out->comparison;
    const void *contexts[DAVY_METHODS_MAX];
    davy_status status;

    for (size_t m = 0; m < c->count; m++)
        contexts[m] = &methods[m];
    status = davy_comparison_run(c, measure_method, contexts);
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++) {
        if (!c->methods[m].measured)
            continue;
        if (methods[m].vus) { /* the interval may have left buffer lengths out */
            c->methods[m].figures[VUS_PR].value = davy_vus_exact(methods[m].vus).pr;
            c->methods[m].figures[VUS_ROC].value = davy_vus_exact(methods[m].vus).roc;
        }
        keep_curve(j->out, &c->methods[m], &methods[m]);
        status = judge_hindsight(j, m, methods[m].scores);
    }
    return status;
}

static davy_status judge_methods(judging *j)
{
    scored_method methods[DAVY_METHODS_MAX] = {{0}};
    uint8_t *folds = davy_bulk_alloc(j->table->rows + 1, 1);
    davy_watch_task task = {.table = j->table,
                            .history = j->options->history,
                            .folds = folds,
                            .seed = j->options->seed};
    davy_status status = folds ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "folds");

    if (status == DAVY_OK)
        status = davy_judge_fold_rows(j->table, j->options->seed, folds, &task.fold_count);
    j->out->protocol.fold_count = j->options->history ? 0 : task.fold_count;
    if (status == DAVY_OK)
        status = score_model(j, &methods[0]);
    if (status == DAVY_OK)
        status =
            j->options->rival ? score_rival(j, &methods[1]) : score_baselines(j, &task, methods);
    if (status == DAVY_OK)
        status = compare(j, methods);
    for (size_t m = 0; m < DAVY_METHODS_MAX; m++)
        method_clear(&methods[m]);
    davy_bulk_free(folds);
    return status;
}

/* What every method needs of the rows. */
static davy_status prepare(judging *j)
{
    const davy_scored_rows *rows = &j->rows;

    j->faulty = davy_bulk_alloc(rows->count + 1, 1);
    j->runs = davy_bulk_alloc(rows->count + 1, sizeof *j->runs);
    j->times = rows->times ? davy_bulk_alloc(rows->count + 1, sizeof *j->times) : NULL;
    if (!j->faulty || !j->runs || (rows->times && !j->times))
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        j->faulty[i] = rows->labels[i] > 0;
        j->runs[i] = j->table->independent ? (uint32_t) i : rows->runs[i];
        if (j->times)
            j->times[i] = rows->times[rows->rows[i]];
    }
    return davy_judge_group_rows(j->runs, j->faulty, rows->count, j->table->independent,
                                 &j->groups);
}

static davy_status judge_rows(judging *j)
{
    davy_watch_judgement *out = j->out;
    davy_status status = prepare(j);

    if (status != DAVY_OK)
        return status;
    j->days = davy_bulk_alloc(j->groups.count + 1, sizeof *j->days);
    if (!j->days)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu groups", j->groups.count);
    (void) davy_scored_rows_days(&j->rows, j->groups.of, j->days);
    out->timed = j->times != NULL;
    out->merge = DAVY_EVALUATE_MERGE;
    out->window = j->table->independent ? 0 : DAVY_VUS_WINDOW;
    out->protocol.rows = j->rows.count;
    out->protocol.group_count = j->groups.count;
    out->protocol.same_history =
        davy_judge_is_history(j->options->history, davy_model_describe(j->model)->data_hash);
    out->comparison =
        (davy_comparison){.kinds = kinds,
                          .kind_count = FIGURES,
                          .main = j->table->independent ? AUC_PR : VUS_PR,
                          .bootstrap = {j->groups.count, j->options->seed, j->options->draws},
                          .drawn = j->groups.drawn};
    status = judge_promises(j);
    return status == DAVY_OK ? judge_methods(j) : status;
}

davy_status davy_judge_watch(const davy_model *model, const davy_table *table, const davy_run *run,
                             const davy_judge_options *options, davy_watch_judgement **out)
{
    judging j = {.model = model, .table = table, .options = options};
    davy_status status = DAVY_OK;

    j.out = calloc(1, sizeof *j.out);
    if (!j.out)
        return davy_fail(DAVY_ERR_NOMEM, "evaluation");
    status = davy_evaluate(table, run, &j.out->found);
    if (status == DAVY_OK)
        status = davy_scored_rows_pack(table, run, &j.rows);
    j.out->labelled = status == DAVY_OK && j.out->found.labelled;
    if (j.out->labelled)
        status = judge_rows(&j);
    davy_scored_rows_clear(&j.rows);
    davy_row_groups_clear(&j.groups);
    davy_bulk_free(j.faulty);
    davy_bulk_free(j.runs);
    davy_bulk_free(j.times);
    davy_bulk_free(j.days);
    if (status == DAVY_OK)
        *out = j.out;
    else
        free(j.out);
    return status;
}
