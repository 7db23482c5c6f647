/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/answer_set.h"

#include "core/buffer.h"
#include "core/bulk.h"
#include "models/predictor_private.h"

#include <stdlib.h>
#include <string.h>

#define BATCH ((size_t) 32)

davy_status davy_answer_set_init(const davy_predictor_info *info, size_t count,
                                 davy_answer_set *answers)
{
    const bool classes = info->class_count > 0, interval = !classes && info->coverage > 0;

    *answers = (davy_answer_set){.count = count,
                                 .class_count = info->class_count,
                                 .cut = info->cut,
                                 .positive = info->positive};
    answers->given = davy_bulk_alloc(count + 1, sizeof *answers->given);
    answers->probabilities =
        classes ? davy_bulk_alloc(count * info->class_count + 1, sizeof *answers->probabilities)
                : NULL;
    answers->values = classes ? NULL : davy_bulk_alloc(count + 1, sizeof *answers->values);
    answers->low = interval ? davy_bulk_alloc(count + 1, sizeof *answers->low) : NULL;
    answers->high = interval ? davy_bulk_alloc(count + 1, sizeof *answers->high) : NULL;
    if (!answers->given || (classes ? !answers->probabilities : !answers->values) ||
        (interval && (!answers->low || !answers->high)))
        return davy_fail_in(DAVY_ERR_NOMEM, "answers to %zu samples", count);
    return DAVY_OK;
}

void davy_answer_set_clear(davy_answer_set *answers)
{
    davy_bulk_free(answers->given);
    davy_bulk_free(answers->probabilities);
    davy_bulk_free(answers->values);
    davy_bulk_free(answers->low);
    davy_bulk_free(answers->high);
    *answers = (davy_answer_set){0};
}

/* Samples on their way to one question. */
typedef struct batch {
    float *values;
    size_t members[BATCH], count;
} batch;

static void keep(davy_answer_set *set, size_t sample, const davy_answers *answers, size_t i)
{
    set->given[sample] = true;
    if (set->probabilities)
        memcpy(set->probabilities + sample * set->class_count,
               answers->probabilities + i * set->class_count,
               set->class_count * sizeof *set->probabilities);
    if (set->values)
        set->values[sample] = answers->values[i];
    if (set->low) {
        set->low[sample] = answers->low[i];
        set->high[sample] = answers->high[i];
    }
}

static davy_status ask_batch(davy_asker *asker, batch *b, davy_answer_set *set)
{
    davy_answers answers;
    davy_status status = DAVY_OK;

    if (b->count > 0)
        status = davy_asker_ask(asker, b->values, b->count, &answers);
    for (size_t i = 0; i < b->count && status == DAVY_OK; i++)
        keep(set, b->members[i], &answers, i);
    b->count = 0;
    return status;
}

static davy_status ask_samples(davy_asker *asker, const davy_sample_set *samples,
                               const davy_asking *asking, batch *b, davy_answer_set *set)
{
    const size_t size = davy_form_values(&samples->form);
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        if (asking->part && asking->part[i] != asking->which)
            continue;
        status = davy_sample_set_read(samples, i, b->values + b->count * size);
        b->members[b->count++] = i;
        if (status == DAVY_OK && b->count == BATCH) {
            status = ask_batch(asker, b, set);
            if (asking->progress)
                asking->progress(asking->context, i + 1, samples->count);
        }
    }
    return status == DAVY_OK ? ask_batch(asker, b, set) : status;
}

davy_status davy_predictor_ask_all(const davy_predictor *predictor, const davy_sample_set *samples,
                                   const davy_asking *asking, davy_answer_set *out)
{
    static const davy_asking plain = {.part = NULL};
    batch b = {calloc(BATCH * davy_form_values(&samples->form), sizeof(float)), {0}, 0};
    davy_answer_set set = {0};
    davy_asker *asker = NULL;
    davy_status status = b.values ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a batch of samples");

    asking = asking ? asking : &plain;
    if (status == DAVY_OK)
        status = davy_answer_set_init(davy_predictor_describe(predictor), samples->count, &set);
    if (status == DAVY_OK)
        status = davy_asker_create(predictor, asking->pool, &asker);
    if (status == DAVY_OK)
        status = ask_samples(asker, samples, asking, &b, &set);
    davy_asker_destroy(asker);
    free(b.values);
    if (status == DAVY_OK)
        *out = set;
    else
        davy_answer_set_clear(&set);
    return status;
}

size_t davy_answer_class(const davy_answer_set *answers, size_t sample)
{
    const float *p = answers->probabilities + sample * answers->class_count;
    size_t best = 0;

    if (answers->cut > 0 && answers->class_count == 2)
        return (double) p[answers->positive] >= answers->cut ? answers->positive
                                                             : 1 - answers->positive;
    for (size_t k = 1; k < answers->class_count; k++)
        best = p[k] > p[best] ? k : best;
    return best;
}

davy_verdict davy_answer_verdict(const davy_predictor_info *info, const davy_answer_set *answers,
                                 size_t sample)
{
    if (!answers->given[sample])
        return DAVY_VERDICT_ABSTAIN;
    if (answers->probabilities) {
        const size_t best = davy_answer_class(answers, sample);

        if ((double) answers->probabilities[sample * answers->class_count + best] < info->abstain)
            return DAVY_VERDICT_ABSTAIN;
    }
    return DAVY_VERDICT_OK;
}

static size_t find_column(const davy_table *table, const char *name)
{
    size_t column = 0;

    while (column < table->columns && strcmp(table->names[column], name) != 0)
        column++;
    return column;
}

/* A forecast learns from the column that it forecasts, which a table keeps as its labels. */
static davy_status bind(const davy_predictor_info *info, const davy_table *table, size_t *columns)
{
    davy_buffer missing = {0};
    davy_status status = DAVY_OK;

    for (size_t j = 0; j < info->signal_count; j++) {
        const bool label =
            info->task == DAVY_TASK_FORECAST && strcmp(info->signals[j], info->label) == 0;

        columns[j] = label ? DAVY_CUT_LABEL : find_column(table, info->signals[j]);
        if (label ? !table->labels : columns[j] == table->columns)
            davy_buffer_printf(&missing, "%s'%s'", missing.length > 0 ? ", " : "",
                               info->signals[j]);
    }
    if (missing.length > 0)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "model '%s' needs columns that the table has not: %.600s",
                      info->name, missing.bytes ? missing.bytes : "");
    davy_buffer_clear(&missing);
    return status;
}

/* Where each row of a table was read. NULL without memory. */
static size_t *copy_places(const davy_table *table)
{
    size_t *places = davy_bulk_alloc(table->rows + 1, sizeof *places);

    for (size_t row = 0; places && row < table->rows; row++)
        places[row] = table->places ? table->places[row] : row;
    return places;
}

/* The rows as the predictor learnt such rows: in the order of time and cleaned. */
static davy_status clean(const davy_predictor *predictor, const davy_table *table, davy_table *out)
{
    davy_quality_report found = {0};
    davy_status status = davy_table_copy(table, out);

    if (status != DAVY_OK)
        return status;
    out->places = copy_places(table);
    if (!out->places)
        return davy_fail_in(DAVY_ERR_NOMEM, "places of %zu rows", table->rows);
    status = davy_clean_order(out, &found);
    if (status == DAVY_OK)
        status = davy_cleaning_apply(&predictor->cleaning, out, 0, NULL);
    return status;
}

static davy_status cut_rows(const davy_predictor *predictor, const davy_table *table,
                            const davy_form *form, davy_sample_set *out)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    size_t *columns;
    davy_status status;

    if (info->form.kind == DAVY_FORM_IMAGE)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' answers pictures, not rows: give --images",
                         info->name);
    columns = calloc(info->signal_count + 1, sizeof *columns);
    status = columns ? bind(info, table, columns) : davy_fail(DAVY_ERR_NOMEM, "columns");
    if (status == DAVY_OK) {
        const davy_cut cut = {.form = *form,
                              .task = info->task,
                              .columns = columns,
                              .column_count = info->signal_count,
                              .imputed = info->imputed,
                              .hold = info->hold};

        status = davy_sample_set_cut(table, &cut, out);
    }
    if (status == DAVY_OK && info->class_count > 0)
        status = davy_sample_set_map_classes(out, info->classes, info->class_count);
    free(columns);
    return status;
}

static davy_status cut_form(const davy_predictor *predictor, const davy_table *table,
                            const davy_form *form, davy_sample_set *out)
{
    davy_table cleaned = {0};
    davy_status status;

    if (predictor->cleaning.step_count == 0)
        return cut_rows(predictor, table, form, out);
    status = clean(predictor, table, &cleaned);
    if (status == DAVY_OK)
        status = cut_rows(predictor, &cleaned, form, out);
    davy_table_clear(&cleaned);
    return status;
}

davy_status davy_predictor_cut(const davy_predictor *predictor, const davy_table *table,
                               davy_sample_set *out)
{
    return cut_form(predictor, table, &davy_predictor_describe(predictor)->form, out);
}

davy_status davy_predictor_cut_raw(const davy_predictor *predictor, const davy_table *table,
                                   davy_sample_set *out)
{
    davy_form form = davy_predictor_describe(predictor)->form;

    form.cap = 0;
    return cut_form(predictor, table, &form, out);
}
