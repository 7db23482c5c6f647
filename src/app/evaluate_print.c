/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evaluate_print.h"

#include "app/table_print.h"

#include <math.h>
#include <stdio.h>

static void draw(void *context, uint64_t done, uint64_t total)
{
    davy_progress *progress = context;

    progress->total = total;
    davy_progress_update(progress, done);
}

davy_judge_options davy_evaluate_judging(const davy_evaluate_options *options,
                                         const davy_table *history, davy_progress *progress)
{
    davy_progress_begin(progress, "measuring baselines", 0);
    return (davy_judge_options){.seed = options->seed,
                                .history = options->history.count > 0 ? history : NULL,
                                .progress = draw,
                                .context = progress};
}

davy_dataset davy_evaluate_history(const davy_dataset *dataset,
                                   const davy_evaluate_options *options)
{
    davy_dataset other = *dataset;

    other.csv = options->history;
    other.signals = NULL;
    other.images = NULL;
    return other;
}

json_t *davy_evaluate_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *davy_evaluate_estimate(davy_estimate estimate)
{
    return json_pack("{so so so}", "value", davy_evaluate_number(estimate.value), "low",
                     davy_evaluate_number(estimate.low), "high",
                     davy_evaluate_number(estimate.high));
}

static json_t *method_json(const davy_comparison *c, const davy_method *method)
{
    json_t *object = json_pack("{ss ss sb}", "method", method->key, "name", method->name.en,
                               "measured", (int) method->measured);
    json_t *figures = json_object();

    if (!method->measured) {
        json_object_set_new(object, "why", json_string(method->why));
        json_decref(figures);
        return object;
    }
    for (size_t k = 0; k < c->kind_count; k++)
        json_object_set_new(figures, c->kinds[k].key, davy_evaluate_estimate(method->figures[k]));
    json_object_set_new(object, "figures", figures);
    json_object_set_new(object, "model_ahead_by", davy_evaluate_estimate(method->ahead));
    return object;
}

static const char *learning_of(const davy_protocol *p)
{
    if (p->fold_count > 0)
        return p->fold_count > 1 ? "folds of the judged data" : "nothing: too few rows";
    return p->same_history ? "what the model learnt from" : "the history that was given";
}

davy_status davy_evaluate_add_comparison(json_t *object, const davy_comparison *c,
                                         const davy_protocol *p)
{
    json_t *methods = json_array();
    const unsigned draws = c->bootstrap.draws > 0 ? c->bootstrap.draws : DAVY_BOOTSTRAP_DRAWS;
    json_t *protocol = json_pack(
        "{sI sI sI sI sf ss sI ss sb}", "rows", (json_int_t) p->rows, "seed",
        (json_int_t) c->bootstrap.seed, "draws", (json_int_t) draws, "groups",
        (json_int_t) p->group_count, "level", DAVY_BOOTSTRAP_LEVEL, "drawn", c->drawn.en, "folds",
        (json_int_t) p->fold_count, "baselines_learnt_from", learning_of(p), "point_adjustment", 0);

    for (size_t m = 0; m < c->count; m++)
        json_array_append_new(methods, method_json(c, &c->methods[m]));
    if (json_object_set_new(object, "main_figure", json_string(c->kinds[c->main].key)) != 0 ||
        json_object_set_new(object, "comparison", methods) != 0 ||
        json_object_set_new(object, "protocol", protocol) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "JSON of a comparison");
    return DAVY_OK;
}

json_t *davy_evaluate_curves(const davy_curve *curves, size_t count)
{
    json_t *list = json_array();

    for (size_t c = 0; c < count; c++) {
        json_t *points = json_array();

        for (size_t i = 0; i < curves[c].count; i++) {
            const davy_rank_point *p = &curves[c].points[i];

            json_array_append_new(points, json_pack("[fffo]", p->false_rate, p->recall,
                                                    p->precision, davy_evaluate_number(p->limit)));
        }
        json_array_append_new(list, json_pack("{ss so}", "name",
                                              curves[c].class ? curves[c].class : curves[c].name.en,
                                              "points", points));
    }
    return list;
}

static void format_cell(const davy_estimate *e, bool interval, char text[64])
{
    if (isnan(e->value))
        (void) snprintf(text, 64, "-");
    else if (interval && !isnan(e->low))
        (void) snprintf(text, 64, "%.4g (%.4g..%.4g)", e->value, e->low, e->high);
    else
        (void) snprintf(text, 64, "%.4g", e->value);
}

static davy_status print_method(davy_print *print, const davy_comparison *c, size_t m)
{
    const davy_method *method = &c->methods[m];
    char cells[DAVY_FIGURES_MAX][64], ahead[64];
    const char *row[DAVY_FIGURES_MAX + 2] = {method->name.en};

    for (size_t k = 0; k < c->kind_count; k++) {
        format_cell(&method->figures[k], k == c->main, cells[k]);
        row[k + 1] = cells[k];
    }
    format_cell(&method->ahead, true, ahead);
    row[c->kind_count + 1] = m == 0 ? "" : ahead;
    return davy_print_row(print, row);
}

davy_status davy_evaluate_print_comparison(const davy_comparison *c)
{
    davy_print_column columns[DAVY_FIGURES_MAX + 2] = {{"", false, false}};
    davy_print *print;
    davy_status status;

    for (size_t k = 0; k < c->kind_count; k++)
        columns[k + 1] = (davy_print_column){c->kinds[k].key, true, true};
    columns[c->kind_count + 1] = (davy_print_column){"model ahead by", true, true};
    status = davy_print_create("comparison", columns, c->kind_count + 2, false, &print);
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++)
        if (c->methods[m].measured)
            status = print_method(print, c, m);
    davy_print_finish(print);
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++)
        if (!c->methods[m].measured)
            (void) printf("%s: not measured: %s\n", c->methods[m].name.en, c->methods[m].why);
    return status;
}
