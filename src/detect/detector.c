/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/detector.h"

#include "core/utf8.h"
#include "detect/aligner.h"
#include "detect/limit.h"
#include "detect/site_budget.h"
#include "models/registry/registry.h"
#include "models/vitals.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct davy_detector {
    davy_emitter *emitter;
    size_t index, first;
    davy_model *model; /* NULL: unavailable, see status.message */
    davy_scorer *scorer;
    davy_aligner *aligner;
    davy_site_budget budget;
    size_t *columns;  /* [model's signals] index in the site */
    davy_delay score; /* of the model condition */
    davy_delay verdict;
    int64_t now_ns;       /* of the call that is at work */
    int64_t verdict_ns;   /* longest time without a verdict */
    int64_t answered_ns;  /* owner's clock at the last verdict */
    int64_t above_ns;     /* row at which the score passed its limit */
    pthread_mutex_t lock; /* guards status */
    davy_detect_status status;
};

static const davy_site_detector *settings_of(const davy_detector *detector)
{
    return &detector->emitter->site->detectors[detector->index];
}

/* The model's condition, or the one beside it of its verdicts. */
static davy_delays delays_of(const davy_detector *detector, davy_condition_kind kind)
{
    const davy_condition *condition =
        &detector->emitter->conditions[detector->first + (kind - DAVY_CONDITION_MODEL)];

    return (davy_delays){condition->on_delay_ns, condition->off_delay_ns};
}

/* Telling ---------------------------------------------------------------------------------- */

static void tell_verdict(davy_detector *detector, bool active, int64_t time_ns)
{
    const char *name = settings_of(detector)->name;

    (void) davy_emitter_begin(detector->emitter, detector->first + 1, active, time_ns, NAN);
    if (!active)
        davy_emitter_say(detector->emitter, "%s gives verdicts", name);
    else
        davy_emitter_say(detector->emitter, "%s gives no verdict: %s", name,
                         detector->status.message[0] ? detector->status.message
                                                     : "its signals send no samples");
    davy_emitter_send(detector->emitter);
}

/* Put a cause into its place; the list is short and stays sorted, the largest first. */
static void add_cause(davy_detect_status *status, const davy_cause *cause)
{
    size_t place = status->cause_count;

    while (place > 0 && status->causes[place - 1].contribution < cause->contribution)
        place--;
    if (place >= DAVY_CAUSES_MAX)
        return;
    if (status->cause_count < DAVY_CAUSES_MAX)
        status->cause_count++;
    memmove(&status->causes[place + 1], &status->causes[place],
            (status->cause_count - place - 1) * sizeof *cause);
    status->causes[place] = *cause;
}

static void note_causes(davy_detector *detector, const double *row, const davy_score *score)
{
    size_t count = davy_model_describe(detector->model)->signal_count;

    detector->status.cause_count = 0;
    for (size_t i = 0; score->contributions && i < count; i++) {
        davy_cause cause = {detector->columns[i], score->contributions[i], row[i],
                            score->expected ? score->expected[i] : NAN};

        if (cause.contribution > 0.0)
            add_cause(&detector->status, &cause);
    }
}

static void say_score(const davy_detector *detector, const davy_finding *finding)
{
    const davy_site *site = detector->emitter->site;
    const char *name = settings_of(detector)->name;

    if (!finding->active)
        davy_emitter_say(detector->emitter, "score of %s is back at %.3g", name, finding->value);
    else if (finding->cause_count == 0)
        davy_emitter_say(detector->emitter, "score of %s is %.3g times its limit", name,
                         finding->value);
    else if (finding->cause_count == 1)
        davy_emitter_say(detector->emitter, "score of %s is %.3g times its limit, from %s", name,
                         finding->value, site->signals[finding->causes[0].signal].path);
    else
        davy_emitter_say(detector->emitter,
                         "score of %s is %.3g times its limit, most from %s and %s", name,
                         finding->value, site->signals[finding->causes[0].signal].path,
                         site->signals[finding->causes[1].signal].path);
}

/* From the oldest row under the first score above the limit: a window is full or gives no score. */
static int64_t window_from(const davy_detector *detector)
{
    const int64_t lags = (int64_t) davy_model_window_rows(detector->model) - 1;

    return detector->above_ns - lags * davy_model_describe(detector->model)->period_ns;
}

static void tell_score(davy_detector *detector, bool active, int64_t time_ns,
                       const davy_score *score)
{
    const davy_model_info *info = davy_model_describe(detector->model);
    davy_finding *finding =
        davy_emitter_begin(detector->emitter, detector->first, active, time_ns, score->score);

    (void) snprintf(finding->model, sizeof finding->model, "%s@%u", info->name, info->version);
    (void) snprintf(finding->model_hash, sizeof finding->model_hash, "%s",
                    info->file_hash ? info->file_hash : "");
    finding->budget_per_day = detector->status.budget_per_day;
    finding->promise_per_day = detector->status.promise_per_day;
    finding->above_ns = active ? detector->above_ns : 0;
    finding->window_from_ns = active ? window_from(detector) : time_ns;
    finding->window_to_ns = time_ns;
    if (active) {
        finding->cause_count = detector->status.cause_count;
        memcpy(finding->causes, detector->status.causes, sizeof finding->causes);
    }
    say_score(detector, finding);
    davy_emitter_send(detector->emitter);
}

/* Scoring ---------------------------------------------------------------------------------- */

static const char *path_of(const davy_detector *detector, size_t column)
{
    return detector->emitter->site->signals[detector->columns[column]].path;
}

static const char *path_of_missing(const davy_detector *detector, const double *row)
{
    size_t count = davy_model_describe(detector->model)->signal_count;

    for (size_t i = 0; i < count; i++)
        if (isnan(row[i]))
            return path_of(detector, i);
    return NULL;
}

static void note_score(davy_detector *detector, int64_t time_ns, const double *row,
                       const davy_score *score)
{
    bool abstains = score->verdict == DAVY_VERDICT_ABSTAIN;
    const char *missing = abstains ? path_of_missing(detector, row) : NULL;
    davy_detect_status *status = &detector->status;

    pthread_mutex_lock(&detector->lock);
    status->score = score->score;
    status->verdict = score->verdict;
    status->time_ns = time_ns;
    status->rows++;
    status->abstained += abstains ? 1 : 0;
    note_causes(detector, row, score);
    if (missing)
        (void) snprintf(status->message, sizeof status->message, "%s has no good sample", missing);
    else if (!abstains && score->ailment_count > 0)
        davy_ailment_say(score->ailments, path_of(detector, score->ailments->signal),
                         status->message, sizeof status->message);
    else
        (void) snprintf(status->message, sizeof status->message, "%s",
                        score->reason ? score->reason : "");
    pthread_mutex_unlock(&detector->lock);
}

static void hand_out(davy_detector *detector, int64_t time_ns, const davy_score *score)
{
    const davy_detect_callbacks *callbacks = &detector->emitter->callbacks;
    const davy_detect_score out = {detector->index,        time_ns,
                                   score->score,           score->verdict,
                                   score->reason,          detector->status.cause_count,
                                   detector->status.causes};

    if (callbacks->score)
        callbacks->score(callbacks->context, &out);
}

/* The model has spoken: move both conditions. */
static void judge(davy_detector *detector, int64_t time_ns, const davy_score *score)
{
    const davy_limit_settings limit = {1.0, 1.0 - DAVY_MODEL_RELEASE, DAVY_LIMIT_HIGH,
                                       delays_of(detector, DAVY_CONDITION_MODEL)};
    const davy_delays verdicts = delays_of(detector, DAVY_CONDITION_VERDICT);
    bool held = davy_delay_holds(&detector->score);
    davy_change change;

    detector->answered_ns = detector->now_ns;
    if (davy_delay_update(&detector->verdict, false, time_ns, detector->now_ns, &verdicts) !=
        DAVY_CHANGE_NONE)
        tell_verdict(detector, false, time_ns);

    if (!held)
        detector->above_ns = time_ns;
    change = davy_limit_update(&detector->score, &limit, score->score, time_ns, detector->now_ns);
    if (change != DAVY_CHANGE_NONE)
        tell_score(detector, change == DAVY_CHANGE_BEGINS, time_ns, score);
}

static void take_row(void *context, int64_t time_ns, const double *row, bool gap)
{
    davy_detector *detector = context;
    davy_score score;

    if (gap)
        davy_scorer_reset(detector->scorer);
    davy_scorer_update(detector->scorer, row, &score);
    davy_site_budget_apply(&detector->budget, &score);
    davy_scorer_withhold(detector->scorer, &score);
    note_score(detector, time_ns, row, &score);
    hand_out(detector, time_ns, &score);
    if (score.verdict == DAVY_VERDICT_ABSTAIN)
        davy_delay_hold(&detector->score);
    else
        judge(detector, time_ns, &score);
}

void davy_detector_sample(davy_detector *detector, size_t column, const davy_sample *sample,
                          int64_t now_ns)
{
    bool good = sample->quality != DAVY_QUALITY_BAD && !isnan(sample->value);

    detector->now_ns = now_ns;
    davy_aligner_add(detector->aligner, column, sample->time_ns, good, sample->value);
}

void davy_detector_flush(davy_detector *detector)
{
    if (detector->aligner)
        davy_aligner_flush(detector->aligner);
}

/* No verdict is the answer here, so the on-delay counts from when one was due. */
void davy_detector_tick(davy_detector *detector, int64_t now_ns, int64_t wall_ns)
{
    const davy_delays verdicts = delays_of(detector, DAVY_CONDITION_VERDICT);
    const davy_delays from_now = {0, verdicts.off_ns};
    int64_t due_ns = (detector->model ? detector->verdict_ns : 0) + verdicts.on_ns;
    int64_t time_ns = wall_ns;
    davy_change change;

    if (now_ns - detector->answered_ns > due_ns || (!detector->model && due_ns == 0))
        change = davy_delay_update(&detector->verdict, true, wall_ns, now_ns, &from_now);
    else
        change = davy_delay_tick(&detector->verdict, now_ns, &from_now, &time_ns);
    if (change != DAVY_CHANGE_NONE)
        tell_verdict(detector, change == DAVY_CHANGE_BEGINS, time_ns);
}

/* Making ----------------------------------------------------------------------------------- */

static int64_t cap_of(const davy_site_signal *signal, int64_t period_ns)
{
    int64_t cap_ns = 3 * period_ns;

    return signal->deadline_ns > cap_ns ? signal->deadline_ns : cap_ns;
}

static davy_status find_place(const davy_detector *detector, const char *path, size_t *place)
{
    const davy_site_detector *settings = settings_of(detector);

    for (*place = 0; *place < settings->signal_count; (*place)++)
        if (strcmp(detector->emitter->site->signals[settings->signals[*place]].path, path) == 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_NOT_FOUND,
                     "the model needs signal '%s', which the detector does not have", path);
}

static davy_status bind_signals(davy_detector *detector, int64_t *caps_ns)
{
    const davy_site_detector *settings = settings_of(detector);
    const davy_model_info *info = davy_model_describe(detector->model);
    int64_t longest_ns = 0;

    for (size_t i = 0; i < info->signal_count; i++) {
        size_t place;
        davy_status status = find_place(detector, info->signals[i], &place);

        if (status != DAVY_OK)
            return status;
        detector->columns[i] = settings->signals[place];
        caps_ns[i] =
            cap_of(&detector->emitter->site->signals[detector->columns[i]], info->period_ns);
        longest_ns = caps_ns[i] > longest_ns ? caps_ns[i] : longest_ns;
    }
    detector->verdict_ns = DAVY_VERDICT_DELAY_NS;
    if (detector->verdict_ns < 10 * info->period_ns)
        detector->verdict_ns = 10 * info->period_ns;
    if (detector->verdict_ns < 2 * longest_ns)
        detector->verdict_ns = 2 * longest_ns;
    return DAVY_OK;
}

static davy_status bind_model(davy_detector *detector)
{
    const davy_model_info *info = davy_model_describe(detector->model);
    int64_t *caps_ns;
    davy_status status;

    if (info->period_ns <= 0)
        return davy_fail(
            DAVY_ERR_UNSUPPORTED,
            "the model was trained on rows without times; train it with --time or --period");
    detector->columns = calloc(info->signal_count, sizeof *detector->columns);
    caps_ns = calloc(info->signal_count, sizeof *caps_ns);
    if (detector->columns && caps_ns)
        status = bind_signals(detector, caps_ns);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "%zu signals", info->signal_count);
    if (status == DAVY_OK)
        status = davy_site_budget_init(&detector->budget, detector->model,
                                       settings_of(detector)->budget_per_day);
    if (status == DAVY_OK)
        status = davy_scorer_create(detector->model, &detector->scorer);
    if (status == DAVY_OK)
        status = davy_aligner_create(info->period_ns, info->signal_count, caps_ns, take_row,
                                     detector, &detector->aligner);
    free(caps_ns);
    return status;
}

/* Without a usable model the detector stays, and says why. */
static void open_model(davy_detector *detector, const char *registry)
{
    const davy_site_detector *settings = settings_of(detector);
    davy_status status = davy_registry_open(registry, settings->model, &detector->model);

    if (status == DAVY_OK) {
        status = bind_model(detector);
        if (status == DAVY_OK)
            return;
        (void) davy_fail_in(status, "model '%s'", settings->model);
    }
    (void) davy_utf8_show(davy_error(), strlen(davy_error()), detector->status.message,
                          sizeof detector->status.message);
    davy_model_close(detector->model);
    detector->model = NULL;
}

static void say_unsigned(davy_detect_status *status)
{
    const size_t used = strlen(status->note);

    (void) snprintf(status->note + used, sizeof status->note - used,
                    "%sthe model is not signed: nobody vouches for its files",
                    used > 0 ? "; " : "");
}

static void describe(davy_detector *detector)
{
    davy_detect_status *status = &detector->status;

    status->model = davy_model_describe(detector->model);
    status->budget_per_day = detector->budget.limit.budget_per_day;
    status->promise_per_day = detector->budget.limit.promise_per_day;
    davy_site_budget_say(&detector->budget, settings_of(detector)->budget_per_day, status->note,
                         sizeof status->note);
    if (!status->model->signer[0])
        say_unsigned(status);
}

davy_status davy_detector_create(davy_emitter *emitter, size_t index, size_t first,
                                 const char *registry, int64_t now_ns, davy_detector **out)
{
    davy_detector *detector = calloc(1, sizeof *detector);

    if (!detector)
        return davy_fail(DAVY_ERR_NOMEM, "detector '%s'", emitter->site->detectors[index].name);
    detector->emitter = emitter;
    detector->index = index;
    detector->first = first;
    detector->answered_ns = now_ns;
    detector->status.score = NAN;
    detector->status.verdict = DAVY_VERDICT_ABSTAIN;
    detector->status.budget_per_day = detector->status.promise_per_day = NAN;
    pthread_mutex_init(&detector->lock, NULL);
    open_model(detector, registry);
    if (detector->model)
        describe(detector);
    *out = detector;
    return DAVY_OK;
}

void davy_detector_destroy(davy_detector *detector)
{
    if (!detector)
        return;
    davy_aligner_destroy(detector->aligner);
    davy_scorer_destroy(detector->scorer);
    davy_model_close(detector->model);
    free(detector->columns);
    davy_site_budget_clear(&detector->budget);
    pthread_mutex_destroy(&detector->lock);
    free(detector);
}

static bool same_model(const davy_detector *a, const davy_detector *b)
{
    const davy_model_info *a_info, *b_info;

    if (!a->model || !b->model)
        return false;
    a_info = davy_model_describe(a->model);
    b_info = davy_model_describe(b->model);
    return strcmp(a_info->name, b_info->name) == 0 && a_info->version == b_info->version &&
           strcmp(a_info->file_hash, b_info->file_hash) == 0;
}

#define SWAP(a, b)              \
    do {                        \
        __typeof__(a) kept = a; \
        (a) = b;                \
        (b) = kept;             \
    } while (0)

davy_truth davy_detector_holds(const davy_detector *detector, davy_condition_kind kind)
{
    const davy_truth silent = davy_delay_truth(&detector->verdict);

    if (kind == DAVY_CONDITION_VERDICT)
        return silent;
    return silent == DAVY_FALSE ? davy_delay_truth(&detector->score) : DAVY_UNKNOWN;
}

void davy_detector_restore(davy_detector *detector)
{
    davy_delay_restore(&detector->score);
}

void davy_detector_ask_anew(davy_detector *detector)
{
    detector->score = (davy_delay){0};
}

bool davy_detector_adopt(davy_detector *detector, davy_detector *previous)
{
    if (!same_model(detector, previous))
        return false;

    /* The scorer borrows its model, so both move, and the new ones go with the old detector. */
    SWAP(detector->model, previous->model);
    SWAP(detector->scorer, previous->scorer);
    SWAP(detector->aligner, previous->aligner);
    pthread_mutex_lock(&previous->lock);
    detector->status = previous->status; /* the old detector goes on telling its last state */
    pthread_mutex_unlock(&previous->lock);
    detector->status.cause_count = 0; /* they name signals by their place in the old site */
    davy_aligner_rebind(detector->aligner, detector);
    davy_aligner_rebind(previous->aligner, previous);
    detector->score = previous->score;
    detector->verdict = previous->verdict;
    detector->answered_ns = previous->answered_ns;
    detector->above_ns = previous->above_ns;
    return true;
}

/* The status is read by another thread; everything else by the owner alone. */
void davy_detector_get_status(davy_detector *detector, davy_detect_status *status)
{
    pthread_mutex_lock(&detector->lock);
    *status = detector->status;
    pthread_mutex_unlock(&detector->lock);
}

size_t davy_detector_column(const davy_detector *detector, size_t signal)
{
    if (!detector->model)
        return DAVY_SITE_NONE;
    for (size_t i = 0; i < davy_model_describe(detector->model)->signal_count; i++)
        if (detector->columns[i] == signal)
            return i;
    return DAVY_SITE_NONE;
}
