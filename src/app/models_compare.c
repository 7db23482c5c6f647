/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evaluate_print.h"
#include "app/model_find.h"
#include "app/models_verb.h"
#include "app/table_print.h"
#include "core/file.h"
#include "models/judge/judge_groups.h"
#include "models/registry/versions_compare.h"
#include "models/samples/answer_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SHOWN 44

/* Two versions under comparison. Zeroed is empty. */
typedef struct comparing {
    const davy_models_call *call;
    davy_found_model found[2];
    char names[2][160]; /* "pump v3" */
    bool learnt[2];     /* the rows are what it learnt from */
    json_t *said;
    davy_watch_judgement *watch;
    davy_answer_judgement *answers;
} comparing;

static const davy_comparison *rows_of(const comparing *c)
{
    return c->watch     ? (c->watch->labelled ? &c->watch->comparison : NULL)
           : c->answers ? &c->answers->comparison
                        : NULL;
}

static davy_judge_options judging_of(const comparing *c, davy_rival *rival)
{
    rival->own_name = (davy_words){c->names[0], c->names[0]};
    rival->name = (davy_words){c->names[1], c->names[1]};
    return (davy_judge_options){.seed = c->call->seed, .rival = rival};
}

/* The rows of one model, scored. */
static davy_status score_rows(comparing *c, size_t which, davy_table *table, davy_run *run)
{
    davy_dataset dataset = c->call->dataset;
    davy_status status =
        davy_dataset_read_for(&dataset, davy_model_describe(c->found[which].watcher), table);

    return status == DAVY_OK ? davy_model_run(c->found[which].watcher, table, false, run) : status;
}

/* Only rows on which both have a score are held against each other. */
static void keep_common(davy_run *a, davy_run *b)
{
    for (size_t row = 0; row < a->rows && row < b->rows; row++) {
        if (!isnan(a->scores[row]) && !isnan(b->scores[row]))
            continue;
        a->scores[row] = b->scores[row] = NAN;
        a->verdicts[row] = b->verdicts[row] = DAVY_VERDICT_ABSTAIN;
    }
}

static davy_status compare_watchers(comparing *c)
{
    davy_table tables[2] = {{0}, {0}};
    davy_run runs[2] = {{0}, {0}};
    davy_rival rival = {.scores = NULL};
    davy_judge_options options = judging_of(c, &rival);
    davy_status status = score_rows(c, 0, &tables[0], &runs[0]);

    if (status == DAVY_OK)
        status = score_rows(c, 1, &tables[1], &runs[1]);
    for (size_t i = 0; i < 2 && status == DAVY_OK; i++)
        c->learnt[i] =
            davy_judge_is_history(&tables[i], davy_model_describe(c->found[i].watcher)->data_hash);
    if (status == DAVY_OK) {
        keep_common(&runs[0], &runs[1]);
        rival.scores = runs[1].scores;
        status = davy_judge_watch(c->found[0].watcher, &tables[0], &runs[0], &options, &c->watch);
    }
    if (status == DAVY_OK && !c->watch->labelled)
        status = davy_fail(DAVY_ERR_INVALID,
                           "no row is labelled as a fault, or every row: name the column of labels "
                           "with --label");
    for (size_t i = 0; i < 2; i++) {
        davy_run_clear(&runs[i]);
        davy_table_clear(&tables[i]);
    }
    return status;
}

/* Samples of one model, asked. */
typedef struct asked {
    davy_table table;
    davy_sample_set samples;
    davy_answer_set answers;
} asked;

static void asked_clear(asked *a)
{
    davy_answer_set_clear(&a->answers);
    davy_sample_set_clear(&a->samples);
    davy_table_clear(&a->table);
}

static davy_status ask(comparing *c, size_t which, davy_pool *pool, asked *out)
{
    const davy_predictor *predictor = c->found[which].predictor;
    davy_dataset dataset = c->call->dataset;
    davy_status status =
        davy_dataset_read_samples(&dataset, predictor, true, &out->table, &out->samples);

    c->learnt[which] =
        status == DAVY_OK && out->table.rows > 0 &&
        davy_judge_is_history(&out->table, davy_predictor_describe(predictor)->data_hash);
    return status == DAVY_OK ? davy_predictor_ask_all(predictor, &out->samples,
                                                      &(davy_asking){.pool = pool}, &out->answers)
                             : status;
}

/* Where the other model has a class of this one; SIZE_MAX: nowhere. */
static size_t find_class(const davy_predictor_info *info, const char *name)
{
    for (size_t k = 0; k < info->class_count; k++)
        if (strcmp(info->classes[k], name) == 0)
            return k;
    return SIZE_MAX;
}

static void copy_answer(const davy_predictor_info *own, const davy_predictor_info *other,
                        const davy_answer_set *from, size_t at, davy_answer_set *to, size_t i)
{
    to->given[i] = from->given[at];
    for (size_t k = 0; k < own->class_count; k++) {
        const size_t class = find_class(other, own->classes[k]);

        to->probabilities[i * own->class_count + k] =
            class == SIZE_MAX ? 0 : from->probabilities[at * other->class_count + class];
    }
    if (own->class_count > 0)
        return;
    to->values[i] = from->values[at];
    if (to->low && from->low) {
        to->low[i] = from->low[at];
        to->high[i] = from->high[at];
    }
}

/* The other model's answers in the order of this one's samples; both answer for the same row, and
 * what only one of them can answer is left out of both. */
static davy_status align(const comparing *c, asked *a, const asked *b, davy_answer_set *out)
{
    const davy_predictor_info *own = davy_predictor_describe(c->found[0].predictor);
    const davy_predictor_info *other = davy_predictor_describe(c->found[1].predictor);
    davy_predictor_info kept = *own;
    size_t at = 0;
    davy_status status;

    kept.coverage = own->coverage > 0 && other->coverage > 0 ? own->coverage : 0;
    status = davy_answer_set_init(&kept, a->samples.count, out);
    for (size_t i = 0; i < a->samples.count && status == DAVY_OK; i++) {
        while (at < b->samples.count && b->samples.places[at] < a->samples.places[i])
            at++;
        if (at < b->samples.count && b->samples.places[at] == a->samples.places[i])
            copy_answer(own, other, &b->answers, at, out, i);
        a->answers.given[i] = a->answers.given[i] && out->given[i];
    }
    return status;
}

static davy_status compare_answers(comparing *c, davy_pool *pool)
{
    asked a = {.table = {0}}, b = {.table = {0}};
    davy_answer_set aligned = {0};
    davy_rival rival = {.answers = &aligned};
    const davy_judge_options options = judging_of(c, &rival);
    davy_status status = ask(c, 0, pool, &a);

    if (status == DAVY_OK)
        status = ask(c, 1, pool, &b);
    if (status == DAVY_OK)
        status = align(c, &a, &b, &aligned);
    if (status == DAVY_OK) {
        const davy_answer_case asked_first = {.predictor = c->found[0].predictor,
                                              .samples = &a.samples,
                                              .table = c->call->dataset.images ? NULL : &a.table,
                                              .answers = &a.answers};

        status = davy_judge_answers(&asked_first, &options, &c->answers);
    }
    davy_answer_set_clear(&aligned);
    asked_clear(&a);
    asked_clear(&b);
    return status;
}

static davy_status compare_rows(comparing *c)
{
    const bool watch = c->found[0].watcher != NULL;
    davy_pool *pool = NULL;
    davy_status status;

    if (watch != (c->found[1].watcher != NULL) ||
        (!watch && davy_predictor_describe(c->found[0].predictor)->task !=
                       davy_predictor_describe(c->found[1].predictor)->task))
        return davy_fail(DAVY_ERR_INVALID,
                         "%s and %s do not do the same task, so they cannot be "
                         "held against each other on rows",
                         c->names[0], c->names[1]);
    if (watch)
        return compare_watchers(c);
    status = davy_pool_create(0, &pool);
    if (status == DAVY_OK)
        status = compare_answers(c, pool);
    davy_pool_destroy(pool);
    return status;
}

static const char *value_text(const json_t *value, char text[VALUE_SHOWN])
{
    char *made;

    if (json_is_string(value)) {
        (void) snprintf(text, VALUE_SHOWN, "%.40s", json_string_value(value));
        return text;
    }
    if (json_object_get(value, "value")) {
        const davy_estimate e = {json_number_value(json_object_get(value, "value")),
                                 json_number_value(json_object_get(value, "low")),
                                 json_number_value(json_object_get(value, "high"))};

        (void) snprintf(text, VALUE_SHOWN, "%.4g (%.4g..%.4g)", e.value, e.low, e.high);
        return text;
    }
    made = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
    (void) snprintf(text, VALUE_SHOWN, "%.40s",
                    !value || json_is_null(value) ? "-" : (made ? made : "?"));
    free(made);
    return text;
}

/* An object of {"a", "b"} by key, as a table. */
static davy_status print_pairs(const comparing *c, const char *title, const char *what)
{
    const davy_print_column columns[] = {
        {title, false, false}, {c->names[0], false, false}, {c->names[1], false, false}};
    json_t *pairs = json_object_get(c->said, what), *value;
    const char *key;
    davy_print *print;
    davy_status status =
        davy_print_create(what, columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_object_foreach(pairs, key, value)
    {
        char a[VALUE_SHOWN], b[VALUE_SHOWN];

        if (status == DAVY_OK)
            status = davy_print_row(
                print, (const char *const[]){key, value_text(json_object_get(value, "a"), a),
                                             value_text(json_object_get(value, "b"), b)});
    }
    davy_print_finish(print);
    (void) printf("\n");
    return status;
}

static davy_status print_text(const comparing *c)
{
    const davy_comparison *rows = rows_of(c);
    davy_status status = print_pairs(c, "when trained", "figures");

    (void) printf("they learnt from %s\n\n", json_is_true(json_object_get(c->said, "same_data"))
                                                 ? "the same data, by their hash"
                                                 : "different data: figures of their trainings "
                                                   "cannot be held against each other");
    if (status == DAVY_OK)
        status = print_pairs(c, "what differs", "differences");
    if (status == DAVY_OK && rows) {
        (void) printf("on the same rows; ahead: how far %s is ahead of %s\n", c->names[0],
                      c->names[1]);
        status = davy_evaluate_print_comparison(rows);
    }
    for (size_t i = 0; i < 2; i++)
        if (c->learnt[i])
            (void) printf("careful: these rows are what %s learnt from, which flatters it\n",
                          c->names[i]);
    return status;
}

static davy_status print_json(comparing *c)
{
    static const char *const of_baselines[] = {"folds", "baselines_learnt_from"};
    const davy_comparison *rows = rows_of(c);
    const davy_protocol *protocol = c->watch ? &c->watch->protocol : NULL;
    davy_status status = DAVY_OK;

    if (c->answers)
        protocol = &c->answers->protocol;
    if (rows)
        status = davy_evaluate_add_comparison(c->said, rows, protocol);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(of_baselines); i++)
        json_object_del(json_object_get(c->said, "protocol"), of_baselines[i]);
    json_object_set_new(c->said, "rows_were_learnt_by",
                        json_pack("{sb sb}", "a", (int) c->learnt[0], "b", (int) c->learnt[1]));
    return status == DAVY_OK ? davy_print_json(json_incref(c->said)) : status;
}

static davy_status write_report(const comparing *c)
{
    davy_buffer html = {0};
    davy_status status = davy_versions_report(c->said, rows_of(c), &html);

    if (status == DAVY_OK)
        status = davy_file_replace(c->call->report, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

static davy_status open_both(comparing *c)
{
    json_t *roots[2] = {NULL, NULL};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < 2 && status == DAVY_OK; i++) {
        davy_models_version which;

        status = davy_models_resolve(c->call, c->call->words[i], &which);
        if (status == DAVY_OK)
            status = davy_model_find(c->call->dataset.data, c->call->registry, c->call->words[i],
                                     &c->found[i]);
        if (status == DAVY_OK)
            status = davy_models_read_json(which.folder, &roots[i]);
        if (status == DAVY_OK)
            (void) snprintf(c->names[i], sizeof c->names[i], "%s v%u", which.name, which.version);
    }
    if (status == DAVY_OK) {
        c->said = davy_versions_compare(roots[0], roots[1]);
        status = c->said ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "comparison");
    }
    json_decref(roots[0]);
    json_decref(roots[1]);
    return status;
}

davy_status davy_models_compare(const davy_models_call *call)
{
    const davy_dataset *data = &call->dataset;
    comparing c = {.call = call};
    davy_status status = open_both(&c);

    if (status == DAVY_OK && (data->csv.count > 0 || data->signals || data->images))
        status = compare_rows(&c);
    if (status == DAVY_OK && call->report)
        status = write_report(&c);
    if (status == DAVY_OK)
        status = call->json ? print_json(&c) : print_text(&c);
    free(c.watch);
    davy_answer_judgement_free(c.answers);
    json_decref(c.said);
    davy_found_model_close(&c.found[0]);
    davy_found_model_close(&c.found[1]);
    return status;
}
