/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/train_predictor.h"

#include "core/bulk.h"
#include "models/features/feature_set.h"
#include "models/kind.h"
#include "models/kinds/smote.h"
#include "models/levels_json.h"
#include "models/model_private.h"
#include "models/registry/registry_publish.h"
#include "models/training/bagging.h"
#include "models/training/train_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELF_CHECK_SAMPLES ((size_t) 1000)
#define LEARN_MIN          ((size_t) 4) /* fewest samples, and of a class the half of it */

static const davy_setting common[] = {
    {"window", "0", "rows of a sample; 0: one row, or the longest recording", 0,
     (double) DAVY_FORM_STEPS_MAX, NULL},
    {"stride", "1", "rows from window to window in training", 1, 1e6, NULL},
    {"per", "row", "group: one sample, and one answer, for each recording", NAN, NAN, "row|group"},
    {"wave", "", "a row is a waveform: its columns and rate, as s0..s2047@12000", NAN, NAN, NULL},
    {"rate", "0", "rows a second that the rows are averaged to; 0: as they are", 0, 1e9, NULL},
    {"horizon", "1", "rows ahead that a forecast looks", 1, 1e6, NULL},
    {"cap", "0", "most rows of life that are told apart; 0: all", 0, 1e9, NULL},
    {"features", "", "steps that make features of a sample, as window:spans=5,20,standardise", NAN,
     NAN, NULL},
    {"early", "0", "first rows of a run whose mean every window begins with; 0: it does not", 0,
     (double) DAVY_FORM_STEPS_MAX, NULL},
    {"bags", "1", "models that are learnt, each from other groups; their mean answers", 1,
     DAVY_BAGS_MAX, NULL},
    {"hold", "5", "rows for which a missing value is held", 0, 1000, NULL},
    {"size", "0", "side of a picture as the network sees it; 0: as the network wants", 0, 4096,
     NULL},
    {"holdout", "0.2", "share of the samples that is not learnt from: half to watch, half to judge",
     0, 0.8, NULL},
    {"split", "auto",
     "what is held out; auto: as files say, the latest, whole groups or scaffolds, or any", NAN,
     NAN, DAVY_SPLIT_RULE_TEXTS},
    {"force", "no", "split at random although it flatters; every report says so", NAN, NAN,
     "yes|no"},
    DAVY_SMOTE_SETTINGS,
    {"coverage", "0.9", "share of the numbers that the interval should hold", 0.5, 0.999, NULL},
    {"threshold", "argmax",
     "when one of two classes is said: argmax, auto, 0.3, fpr:0.08 or cost:FALSE,MISSED", NAN, NAN,
     NULL},
    {"positive", "", "class that the threshold is of; empty: the one not called normal, or rarer",
     NAN, NAN, NULL},
    {"abstain", "0", "a class less probable than this is no answer", 0, 1, NULL},
    {"background", "100",
     "samples learnt from that are kept beside the model, to explain answers by; 0: none", 0,
     (double) DAVY_BACKGROUND_ROWS_MAX, NULL},
};

size_t davy_predictor_settings(const char *kind, davy_setting settings[DAVY_PREDICTOR_SETTINGS_MAX])
{
    const davy_predictor_kind *found = davy_predictor_kind_find(kind);

    if (!found)
        return 0;
    memcpy(settings, common, sizeof common);
    memcpy(settings + DAVY_ARRAY_LENGTH(common), found->settings,
           found->setting_count * sizeof *settings);
    return DAVY_ARRAY_LENGTH(common) + found->setting_count;
}

double davy_teaching_number(const davy_teaching *teaching, const char *key)
{
    return davy_settings_number(teaching->table, teaching->table_count, teaching->options->settings,
                                teaching->options->setting_count, key);
}

const char *davy_teaching_text(const davy_teaching *teaching, const char *key)
{
    return davy_settings_text(teaching->table, teaching->table_count, teaching->options->settings,
                              teaching->options->setting_count, key);
}

const uint8_t *davy_teaching_judge(const davy_teaching *teaching)
{
    return teaching->parts[DAVY_PURPOSE_JUDGE] > 0 ? teaching->held : NULL;
}

/* The steps of the features: as the settings have them, and words become numbers first where they
 * do not say how, or behind what fills holes. */
static davy_status choose_steps(davy_teaching *teaching)
{
    const char *text = davy_teaching_text(teaching, "features");
    const davy_teaching_source *source = teaching->source;
    const bool words = davy_levels_any(source->levels, source->signal_count) &&
                       !strstr(text, "onehot") && !strstr(text, "hash");
    const size_t filling = davy_features_filling(text);
    const char *rest = text + filling;
    const int length = snprintf(teaching->steps, sizeof teaching->steps, "%.*s%s%s%s%s",
                                (int) filling, text, words && filling > 0 && !rest[0] ? "," : "",
                                words ? "onehot" : "", words && rest[0] ? "," : "", rest);

    return length < (int) sizeof teaching->steps
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "features=%.60s... is too long", text);
}

/* "classify, regress". */
static const char *list_tasks(const davy_predictor_kind *kind, char text[64])
{
    size_t used = 0;

    text[0] = '\0';
    for (int task = 0; task < DAVY_TASK_COUNT; task++)
        if (kind->tasks & DAVY_TASK_BIT(task))
            used += (size_t) snprintf(text + used, 64 - used, "%s%s", used > 0 ? ", " : "",
                                      davy_task_name((davy_task) task));
    return text;
}

static davy_status check_kind(const davy_teaching *teaching, davy_task task)
{
    const davy_predictor_kind *kind = teaching->kind;
    const davy_form *form = &teaching->samples->form;
    const bool features = teaching->steps[0] != '\0';
    char text[DAVY_FORM_TEXT_MAX], tasks[64];

    if (!(kind->tasks & DAVY_TASK_BIT(task)))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "a model of kind '%s' has no task '%s': it has %s",
                         kind->name, davy_task_name(task), list_tasks(kind, tasks));
    if (!(kind->forms & DAVY_FORM_BIT(features ? DAVY_FORM_ROW : form->kind)))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "a model of kind '%s' does not take %s%s",
                         kind->name, davy_form_text(form, text), features ? " in features" : "");
    if (features && davy_features_check(teaching->steps) != DAVY_OK)
        return DAVY_ERR_INVALID; /* it has said why */
    return davy_form_check(form);
}

/* A class with one sample has none to judge it by; one class has nothing to be told from. */
static davy_status check_classes(const davy_sample_set *samples)
{
    if (samples->class_count < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "there is only one class, '%s': a classifier needs two or more",
                         samples->class_count > 0 ? samples->classes[0] : "");
    for (size_t k = 0; k < samples->class_count; k++) {
        size_t count = 0;

        for (size_t i = 0; i < samples->count; i++)
            count += samples->targets[i] == (double) k;
        if (count < LEARN_MIN / 2)
            return davy_fail(DAVY_ERR_INVALID,
                             "class '%s' has %zu %s, too few to learn it: leave its rows out, or "
                             "give them the label of another class",
                             samples->classes[k], count, count == 1 ? "sample" : "samples");
    }
    return DAVY_OK;
}

static davy_status check_samples(const davy_sample_set *samples)
{
    if (samples->count < LEARN_MIN)
        return davy_fail(DAVY_ERR_INVALID, "%zu %s too few to learn from%s", samples->count,
                         samples->count == 1 ? "sample is" : "samples are",
                         samples->left_out + samples->unlabelled > 0
                             ? ": all others have a missing value or no answer"
                             : "");
    for (size_t i = 0; i < samples->count; i++)
        if (!isfinite(samples->targets[i]))
            return davy_fail(DAVY_ERR_INVALID, "sample %zu has no answer to learn",
                             samples->places[i] + 1);
    return samples->classes ? check_classes(samples) : DAVY_OK;
}

static davy_status split(davy_teaching *teaching)
{
    const davy_sample_set *samples = teaching->samples;
    const double share = davy_teaching_number(teaching, "holdout");
    davy_split_wish wish = {.forced = strcmp(davy_teaching_text(teaching, "force"), "yes") == 0,
                            .share = share,
                            .seed = teaching->options->seed};
    davy_status status;

    (void) davy_split_rule_find(davy_teaching_text(teaching, "split"), &wish.rule);
    teaching->held = davy_bulk_alloc(samples->count + 1, 1);
    if (!teaching->held)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    status = davy_sample_set_split(samples, &wish, teaching->held, &teaching->split);
    for (size_t i = 0; i < samples->count; i++)
        teaching->parts[teaching->held[i]]++;
    if (status == DAVY_OK && teaching->parts[DAVY_PURPOSE_LEARN] < LEARN_MIN)
        status = davy_fail(DAVY_ERR_INVALID, "holdout=%g leaves %zu samples to learn from", share,
                           teaching->parts[DAVY_PURPOSE_LEARN]);
    return status;
}

static davy_status judge(davy_teaching *teaching, davy_pool *pool)
{
    const davy_asking asking = {
        .part = davy_teaching_judge(teaching), .which = DAVY_PURPOSE_JUDGE, .pool = pool};
    davy_status status =
        davy_predictor_ask_all(teaching->predictor, teaching->samples, &asking, &teaching->answers);

    if (status != DAVY_OK)
        return status;
    return davy_assess(&teaching->predictor->info, teaching->samples, &teaching->answers,
                       asking.part, asking.which, &teaching->judged);
}

/* Answers of the written model to the first samples of the part that was asked. */
static davy_status self_check(const davy_teaching *teaching, const char *folder)
{
    const davy_sample_set *samples = teaching->samples;
    uint8_t *part = davy_bulk_alloc(samples->count + 1, 1);
    const davy_asking asking = {.part = part, .which = 1};
    const davy_answer_set *learnt = &teaching->answers;
    davy_predictor *written = NULL;
    davy_answer_set answers = {0};
    size_t asked = 0;
    davy_status status =
        part ? davy_predictor_open(folder, &written) : davy_fail_in(DAVY_ERR_NOMEM, "self-check");

    for (size_t i = 0; part && i < samples->count && asked < SELF_CHECK_SAMPLES; i++)
        asked += part[i] = learnt->given[i];
    if (status == DAVY_OK)
        status = davy_predictor_ask_all(written, samples, &asking, &answers);
    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        const size_t k = learnt->probabilities ? learnt->class_count : 1;
        const float *a = learnt->probabilities ? learnt->probabilities : learnt->values;
        const float *b = learnt->probabilities ? answers.probabilities : answers.values;

        if (part[i] && memcmp(a + i * k, b + i * k, k * sizeof *a) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT,
                               "the model in '%s' does not answer as it was "
                               "learnt",
                               folder);
    }
    davy_answer_set_clear(&answers);
    davy_predictor_close(written);
    davy_bulk_free(part);
    return status;
}

static davy_status publish(davy_teaching *teaching, davy_train_report *report)
{
    const davy_train_options *options = teaching->options;
    davy_registry_draft draft;
    davy_status status = davy_registry_begin(options->registry, options->name, &draft);

    teaching->predictor->info.version = draft.version;
    teaching->author = draft.author.key;
    if (status == DAVY_OK)
        status = davy_teaching_write(teaching, draft.path);
    if (status == DAVY_OK)
        status = self_check(teaching, draft.path);
    if (status == DAVY_OK)
        status = davy_registry_publish(&draft);
    if (status == DAVY_OK)
        davy_train_tell(options, draft.version, teaching->summary, report);
    teaching->author = NULL; /* it was the draft's */
    davy_registry_end(&draft);
    return status;
}

static davy_status check(davy_teaching *teaching)
{
    const davy_train_options *options = teaching->options;
    davy_task task;
    davy_status status = davy_model_name_check(options->name);

    if (status != DAVY_OK)
        return status;
    if (!davy_task_find(options->task, &task) || task == DAVY_TASK_ANOMALY)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "task '%s' does not answer samples", options->task);
    teaching->kind = davy_predictor_kind_find(options->kind);
    if (!teaching->kind)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' is no kind of model that does task %s",
                         options->kind, options->task);
    teaching->table_count = davy_predictor_settings(teaching->kind->name, teaching->table);
    status = davy_settings_check(teaching->table, teaching->table_count, options->settings,
                                 options->setting_count);
    if (status == DAVY_OK)
        status = choose_steps(teaching);
    if (status == DAVY_OK)
        status = check_kind(teaching, task);
    if (status == DAVY_OK && davy_teaching_number(teaching, "smote") > 0 &&
        davy_levels_any(teaching->source->levels, teaching->source->signal_count))
        status =
            davy_fail(DAVY_ERR_INVALID, "smote makes numbers between two samples, and a "
                                        "column of words has none: balance=yes weighs classes");
    if (status == DAVY_OK)
        status = check_samples(teaching->samples);
    return status == DAVY_OK ? davy_registry_ready(options->registry) : status;
}

davy_status davy_train_predictor(const davy_sample_set *samples, const davy_teaching_source *source,
                                 const davy_train_options *options, davy_train_report *report)
{
    davy_teaching teaching = {.samples = samples,
                              .source = source,
                              .options = options,
                              .quality = source->quality,
                              .units = source->units};
    davy_pool *pool = NULL;
    davy_status status = check(&teaching);

    if (status == DAVY_OK)
        status = davy_predictor_create(&teaching.predictor);
    if (status == DAVY_OK)
        status = davy_teaching_describe(&teaching);
    if (status == DAVY_OK)
        status = split(&teaching);
    if (status == DAVY_OK)
        status = davy_teaching_check_cut(&teaching);
    if (status == DAVY_OK)
        status = davy_signal_ranges_find(samples, teaching.held, &teaching.predictor->arena,
                                         &teaching.predictor->info.ranges);
    if (status == DAVY_OK)
        status = davy_background_draw(
            samples, teaching.held, (size_t) davy_teaching_number(&teaching, "background"),
            options->seed, &teaching.predictor->arena, &teaching.predictor->background);
    if (status == DAVY_OK)
        status = davy_pool_create(0, &pool);
    if (status == DAVY_OK)
        status = davy_teaching_learn(&teaching, pool);
    if (status == DAVY_OK)
        status = davy_teaching_calibrate(&teaching);
    if (status == DAVY_OK)
        status = davy_teaching_cut(&teaching, pool);
    if (status == DAVY_OK)
        status = judge(&teaching, pool);
    if (status == DAVY_OK)
        status = davy_teaching_examine(&teaching);
    if (status == DAVY_OK) {
        davy_teaching_summarise(&teaching);
        status = publish(&teaching, report);
    }
    davy_lesson_result_clear(&teaching.learnt);
    davy_answer_set_clear(&teaching.answers);
    davy_assessment_clear(&teaching.judged);
    davy_predictor_close(teaching.predictor);
    davy_pool_destroy(pool);
    davy_bulk_free(teaching.held);
    return status;
}
