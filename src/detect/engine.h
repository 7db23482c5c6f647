/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "detect/finding.h"
#include "detect/passage.h"
#include "models/model.h"
#include "store/store.h"

/**
 * @file
 * Detection over live or replayed samples: limits and checks per signal, models over many.
 *
 * Stage: detect. One thread owns an engine. Everything is decided in event time, except silence,
 * which is measured on the `now_ns` that the owner passes in: the monotonic clock live, the event
 * time in a replay. The same samples in the same order give the same findings to the bit.
 * Nothing is allocated after creation.
 *
 * The first answer of every condition is a finding, also when it is "does not hold": whoever keeps
 * alarms over a restart learns from it which of them are over.
 */
typedef struct davy_detect davy_detect;

struct davy_novel;
struct davy_shift;

typedef struct davy_detect_score {
    size_t detector; /* index in the site */
    int64_t time_ns;
    double score; /* NaN when abstaining */
    davy_verdict verdict;
    const char *reason;
    size_t cause_count;
    const davy_cause *causes; /* largest first, DAVY_CAUSES_MAX at most; borrowed for the call */
} davy_detect_score;

typedef struct davy_detect_callbacks {
    void *context;
    void (*finding)(void *context, const davy_finding *finding);
    void (*score)(void *context, const davy_detect_score *score); /* optional */
    /* optional: the logic of site->suppressions[suppression] is true now, or is not any more */
    void (*suppress)(void *context, size_t suppression, bool active, int64_t time_ns);
} davy_detect_callbacks;

/**
 * @param site      bound (its signals have ids); borrowed until destroy
 * @param registry  folder of models; a detector whose model cannot be opened raises its VERDICT
 *                  condition with the reason, and the rest goes on
 * @param previous  engine of the site before a reload, or NULL; the state of every signal and
 *                  detector whose settings did not change moves over. It is good for nothing but
 *                  davy_detect_get_status() and davy_detect_destroy() afterwards, which do not need
 *                  its site
 */
DAVY_MUST_CHECK davy_status davy_detect_create(const davy_site *site, const char *registry,
                                               const davy_detect_callbacks *callbacks,
                                               int64_t now_ns, davy_detect *previous,
                                               davy_detect **out);
/** NULL is fine. */
void davy_detect_destroy(davy_detect *engine);

/** Every condition the site asks for; borrowed until destroy. */
const davy_condition *davy_detect_conditions(const davy_detect *engine, size_t *count);

/**
 * Before the first sample after a start: this condition held when the program last ran. A limit or
 * a model's score then ends by its deadband and off-delay, and not because the past is forgotten;
 * other conditions find out by themselves and are left alone.
 */
void davy_detect_restore(davy_detect *engine, size_t condition);

/**
 * Before the first sample: let the checks that learn from the past, and know none, look at what the
 * store holds of it. Nothing is told. One that fails begins afresh; the first failure is given.
 */
DAVY_MUST_CHECK davy_status davy_detect_recall(davy_detect *engine, davy_store *store);

/**
 * Copy what the checks of one signal have learnt of it, without their answers: for an engine beside
 * this one that is asked what the first would say. Both have the same settings of the signal.
 */
void davy_detect_lend(const davy_detect *engine, size_t signal, davy_detect *to, size_t to_signal);

/** Take back what a detector has answered so far, and keep what its model remembers: it is asked
 * anew. */
void davy_detect_ask_anew(davy_detect *engine, size_t detector);

/** What davy_detect_lend() gave; NULL for a check that the signal does not ask for. */
const struct davy_shift *davy_detect_shift(const davy_detect *engine, size_t signal);
const struct davy_novel *davy_detect_novel(const davy_detect *engine, size_t signal);

/** Look at samples in the order they came. */
void davy_detect_samples(davy_detect *engine, const davy_sample *samples, size_t count,
                         int64_t now_ns);

/**
 * For replays, where the owner's clock is the time of the samples: the same as looking at each of a
 * signal's samples, and at the time as often as one likes in between, if that would tell nothing.
 *
 * @return false, and no change, if it might tell something, or a model or a logic looks on
 */
bool davy_detect_pass(davy_detect *engine, davy_signal_id signal, const davy_passage *stretch);

/** Look at the time: silence, delays that run out. Call at least every second. */
void davy_detect_tick(davy_detect *engine, int64_t now_ns, int64_t wall_ns);

/**
 * A source lost its peer or has it again. The loss is told by davy_detect_tick() when it has lasted
 * for the on-delay of its condition, the return after the off-delay.
 */
void davy_detect_source(davy_detect *engine, size_t source, bool running, const char *message,
                        int64_t wall_ns);

/** What a detector is and how it does, for the console and the API. */
typedef struct davy_detect_status {
    const davy_model_info *model; /* NULL when it could not be opened */
    char message[256];            /* why not, why it abstains, or what to doubt; "" */
    double score;
    davy_verdict verdict;
    int64_t time_ns;
    uint64_t rows, abstained;
    size_t cause_count; /* of the latest score; 0 when it abstained */
    davy_cause causes[DAVY_CAUSES_MAX];
    double budget_per_day, promise_per_day; /* of the limit in use; NaN without a model */
    char note[320]; /* why the promise is not the site's budget, and what else is to be said */
} davy_detect_status;

/**
 * The one function another thread may call while the owner works. `status->model` is borrowed until
 * the engine is destroyed; when its detectors have moved to another engine, until that one is.
 */
void davy_detect_get_status(const davy_detect *engine, size_t detector, davy_detect_status *status);

/** Score the rows that wait for more samples: the history is over. For replays. */
void davy_detect_flush(davy_detect *engine);

/** Figures for /metrics and benchmarks. Owner's thread. */
typedef struct davy_detect_stats {
    uint64_t samples; /* looked at */
    uint64_t late;    /* not newer than their signal's last one: counted, not looked at */
    uint64_t unknown; /* of a signal the site does not have */
    size_t bytes;     /* memory of the engine without its models */
} davy_detect_stats;

void davy_detect_get_stats(const davy_detect *engine, davy_detect_stats *stats);
