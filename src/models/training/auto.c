/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "models/kinds/classic.h"
#include "models/training/train_predictor.h"
#include "models/training/trials.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX ((size_t) 80)
#define MINUTE_NS    60e9

static const davy_setting settings[] = {
    {"trials", "0", "most candidates that are tried, the simplest first; 0: all", 0,
     DAVY_TRIALS_MAX, NULL},
    {"minutes", "0", "no candidate is begun after so long; 0: no limit, and always the same choice",
     0, 1e5, NULL},
    {"trial_folds", "5", "parts that are left out in turn to try a candidate", 2,
     DAVY_TRIAL_FOLDS_MAX, NULL},
};

/* A search under way. */
typedef struct search {
    const davy_lesson *lesson;
    davy_sample_folds folds;
    uint8_t *purposes; /* [samples] of the fold at hand */
    davy_trials *trials;
    int64_t begun_ns;
} search;

/* Kinds that are built in, do the task and take the form. */
static void list_candidates(const davy_lesson *lesson, davy_trials *trials)
{
    const size_t most = (size_t) davy_lesson_number(lesson, "trials");
    const davy_form_kind form = lesson->samples->form.kind;

    for (size_t c = 0; davy_candidates[c].kind; c++) {
        const davy_predictor_kind *kind = davy_predictor_kind_find(davy_candidates[c].kind);

        if (!kind || !(kind->tasks & DAVY_TASK_BIT(lesson->task)) ||
            !(kind->forms & DAVY_FORM_BIT(form)))
            continue;
        if (trials->count < DAVY_TRIALS_MAX && (most == 0 || trials->count < most))
            trials->list[trials->count++] =
                (davy_trial){.candidate = &davy_candidates[c], .mean = NAN, .error = NAN};
    }
}

/* Samples to watch help those that would else overfit; by time they are later than what is judged.
 */
static davy_status take_fold(const search *s, size_t fold)
{
    const davy_lesson *lesson = s->lesson;
    davy_status status = davy_sample_folds_take(&s->folds, lesson->samples, fold, s->purposes);

    for (size_t i = 0; i < lesson->samples->count && !s->folds.forward; i++)
        if (lesson->held[i] == DAVY_PURPOSE_WATCH)
            s->purposes[i] = DAVY_PURPOSE_WATCH;
    return status;
}

static void tell(const search *s, size_t candidate, size_t fold)
{
    char note[2 * DAVY_CANDIDATE_TEXT_MAX], text[DAVY_CANDIDATE_TEXT_MAX];
    const davy_trial *trial = &s->trials->list[candidate];
    const davy_learning_state state = {.what = "trying",
                                       .done = candidate * s->folds.count + fold,
                                       .total = s->trials->count * s->folds.count,
                                       .note = note};

    (void) snprintf(note, sizeof note, "%s %s, fold %zu of %zu", trial->candidate->kind,
                    davy_candidate_text(trial->candidate, text), fold + 1, s->folds.count);
    if (s->lesson->progress)
        s->lesson->progress(s->lesson->context, &state);
}

static bool is_over(const search *s)
{
    const double minutes = davy_lesson_number(s->lesson, "minutes");

    return minutes > 0 &&
           (double) (davy_monotonic_ns(davy_clock_system()) - s->begun_ns) > minutes * MINUTE_NS;
}

/* A candidate that cannot be fitted is left out with its reason; only memory, or a person who
 * interrupts, ends the search. */
static davy_status try_candidate(const search *s, size_t candidate)
{
    davy_trial *trial = &s->trials->list[candidate];
    davy_status status = DAVY_OK;

    if (candidate > 0 && is_over(s)) {
        (void) snprintf(trial->why, sizeof trial->why, "the time was over");
        return DAVY_OK;
    }
    for (size_t fold = 0; fold < s->folds.count && status == DAVY_OK; fold++) {
        tell(s, candidate, fold);
        if (s->lesson->interrupted && s->lesson->interrupted(s->lesson->context))
            return davy_fail(DAVY_ERR_TIMEOUT, "interrupted while candidates were tried");
        status = take_fold(s, fold);
        if (status == DAVY_OK)
            status =
                davy_trial_fold(s->lesson, trial->candidate, s->purposes, &trial->losses[fold]);
    }
    trial->measured = status == DAVY_OK;
    if (status == DAVY_OK || status == DAVY_ERR_NOMEM || status == DAVY_ERR_TIMEOUT)
        return status;
    (void) snprintf(trial->why, sizeof trial->why, "%.150s", davy_error());
    return DAVY_OK;
}

static davy_status try_all(search *s)
{
    davy_status status = DAVY_OK;

    s->begun_ns = davy_monotonic_ns(davy_clock_system());
    for (size_t c = 0; c < s->trials->count && status == DAVY_OK; c++)
        status = try_candidate(s, c);
    if (status == DAVY_OK && !davy_trials_choose(s->trials))
        s->trials->folds = 0; /* none could be tried: the simplest is fitted, or says why not */
    return status;
}

/* Without two folds nothing can be tried, and the simplest that takes the samples it is. */
static davy_status make_folds(search *s)
{
    const davy_lesson *lesson = s->lesson;
    davy_split_rule rule = DAVY_SPLIT_AUTO;
    davy_status status;

    (void) davy_split_rule_find(davy_lesson_text(lesson, "split"), &rule);
    status = davy_sample_set_folds(lesson->samples, lesson->held, rule,
                                   (size_t) davy_lesson_number(lesson, "trial_folds"), lesson->seed,
                                   &s->folds);
    if (status == DAVY_ERR_INVALID)
        (void) snprintf(s->trials->list[0].why, sizeof s->trials->list[0].why,
                        "nothing could be tried: %.120s", davy_error());
    return status;
}

static davy_status choose(const davy_lesson *lesson, davy_trials *trials)
{
    search s = {.lesson = lesson, .trials = trials};
    davy_status status;

    trials->figure = lesson->samples->class_count > 0 ? "1 - macro-F1" : "RMSE";
    if (trials->count < 2)
        return DAVY_OK; /* there is nothing to choose from */
    status = make_folds(&s);
    if (status != DAVY_OK)
        return status == DAVY_ERR_INVALID ? DAVY_OK : status;
    trials->folds = s.folds.count;
    trials->forward = s.folds.forward;
    s.purposes = calloc(lesson->samples->count + 1, 1);
    status = s.purposes ? try_all(&s) : davy_fail(DAVY_ERR_NOMEM, "folds");
    davy_sample_folds_clear(&s.folds);
    free(s.purposes);
    return status;
}

/* The candidate that was taken learns from all there is to learn from. */
static davy_status fit_chosen(const davy_lesson *lesson, const davy_candidate *candidate,
                              davy_lesson_result *result)
{
    const char *given[SETTINGS_MAX];
    davy_setting table[DAVY_PREDICTOR_SETTINGS_MAX];
    const davy_lesson own =
        davy_candidate_lesson(lesson, candidate, false, given, SETTINGS_MAX, table);

    return davy_predictor_fit(davy_predictor_kind_find(candidate->kind), &own, result);
}

static davy_status auto_fit(const davy_lesson *lesson, davy_lesson_result *result)
{
    davy_trials *trials = calloc(1, sizeof *trials);
    davy_status status;

    if (!trials)
        return davy_fail(DAVY_ERR_NOMEM, "candidates");
    list_candidates(lesson, trials);
    if (trials->count == 0) { /* a series as long as no other kind takes */
        static const davy_candidate network = {.kind = "cnn"};

        trials->list[trials->count++] =
            (davy_trial){.candidate = &network, .mean = NAN, .error = NAN};
    }
    status = choose(lesson, trials);
    if (status == DAVY_OK)
        status = fit_chosen(lesson, trials->list[trials->chosen].candidate, result);
    if (status == DAVY_OK)
        result->trials = trials;
    else
        free(trials);
    return status;
}

const davy_predictor_kind davy_predictor_auto = {
    .name = "auto",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms =
        DAVY_CLASSIC_FORMS | DAVY_FORM_BIT(DAVY_FORM_RECORDING) | DAVY_FORM_BIT(DAVY_FORM_WAVE),
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = auto_fit,
};
