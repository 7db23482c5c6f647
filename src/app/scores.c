/* SPDX-License-Identifier: Apache-2.0 */
#include "app/scores.h"

#include "core/log.h"
#include "core/ring.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH   256
#define WAIT_MS 200

/* One score on its way, whole in itself: by the time it is published the site may be another. */
struct kept_score {
    davy_sample sample;
    unsigned generation;
    size_t detector;
    davy_verdict verdict;
    size_t cause_count;
    davy_cause causes[DAVY_CAUSES_MAX];
};

struct davy_scores {
    davy_site_slot *slot;
    davy_store *store;
    davy_publish publish;
    void *context;
    davy_ring *ring;
    davy_signal_id *signals; /* of the detectors of this generation */
    size_t signal_count;
    atomic_uint generation;
    atomic_bool stopping;
    atomic_uint_fast64_t unkept; /* that the store refused */
    bool failing;                /* the newest append failed; the thread's */
    pthread_t thread;
    bool started;
};

static json_t *score_to_json(const davy_site *site, const struct kept_score *score)
{
    const davy_site_detector *detector = &site->detectors[score->detector];
    json_t *contributions = json_array();
    char time[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(score->sample.time_ns, 3, time);
    for (size_t i = 0; i < score->cause_count; i++)
        json_array_append_new(contributions,
                              json_pack("{s:s, s:f}", "signal",
                                        site->signals[score->causes[i].signal].path, "contribution",
                                        score->causes[i].contribution));
    return json_pack("{s:s, s:s, s:o, s:s, s:o}", "detector", detector->name, "time", time, "score",
                     isfinite(score->sample.value) ? json_real(score->sample.value) : json_null(),
                     "verdict", davy_verdict_name(score->verdict), "contributions", contributions);
}

static void publish_score(davy_scores *scores, const davy_site *site,
                          const struct kept_score *score)
{
    json_t *object;
    char *text;

    if (score->generation != atomic_load(&scores->generation) ||
        score->detector >= site->detector_count)
        return;
    object = score_to_json(site, score);
    text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    if (text)
        scores->publish(scores->context, "score", text);
    free(text);
    json_decref(object);
}

static void keep_scores(davy_scores *scores, const struct kept_score *batch, size_t count)
{
    const davy_site *site = davy_site_slot_acquire(scores->slot);
    davy_sample samples[BATCH];
    davy_status status;

    for (size_t i = 0; i < count; i++) {
        samples[i] = batch[i].sample;
        publish_score(scores, site, &batch[i]);
    }
    davy_site_slot_release(scores->slot, site);
    status = davy_store_append(scores->store, samples, count);
    if (status != DAVY_OK)
        atomic_fetch_add(&scores->unkept, count);
    if (status != DAVY_OK && !scores->failing)
        davy_log(DAVY_LOG_WARNING, "scores", "scores are not kept: %s", davy_error());
    scores->failing = status != DAVY_OK;
}

static void *run_scores(void *argument)
{
    davy_scores *scores = argument;
    struct kept_score *batch = calloc(BATCH, sizeof *batch);

    while (batch) {
        size_t count = davy_ring_pop(scores->ring, batch, BATCH);

        if (count > 0)
            keep_scores(scores, batch, count);
        else if (atomic_load(&scores->stopping))
            break;
        else
            davy_ring_wait(scores->ring, WAIT_MS);
    }
    free(batch);
    return NULL;
}

davy_status davy_scores_create(davy_site_slot *slot, davy_store *store, davy_publish publish,
                               void *context, davy_scores **out)
{
    davy_scores *scores = calloc(1, sizeof *scores);
    davy_status status;

    if (!scores)
        return davy_fail(DAVY_ERR_NOMEM, "scores");
    *scores = (davy_scores){.slot = slot, .store = store, .publish = publish, .context = context};
    status = davy_ring_create(sizeof(struct kept_score), DAVY_SCORES_RING, &scores->ring);
    if (status == DAVY_OK && pthread_create(&scores->thread, NULL, run_scores, scores) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "thread of the scores");
    if (status != DAVY_OK) {
        davy_scores_destroy(scores);
        return status;
    }
    scores->started = true;
    *out = scores;
    return DAVY_OK;
}

void davy_scores_destroy(davy_scores *scores)
{
    if (!scores)
        return;
    if (scores->started) {
        atomic_store(&scores->stopping, true);
        davy_ring_wake(scores->ring);
        pthread_join(scores->thread, NULL);
    }
    davy_ring_destroy(scores->ring);
    free(scores->signals);
    free(scores);
}

davy_status davy_scores_configure(davy_scores *scores, const davy_site *site)
{
    davy_signal_id *signals = calloc(site->detector_count + 1, sizeof *signals);
    davy_status status = DAVY_OK;

    if (!signals)
        return davy_fail(DAVY_ERR_NOMEM, "scores of %zu detectors", site->detector_count);
    for (size_t i = 0; i < site->detector_count && status == DAVY_OK; i++) {
        char path[DAVY_PATH_MAX];

        (void) snprintf(path, sizeof path, "%s/score", site->detectors[i].name);
        status = davy_store_signal(scores->store, path, "1", &signals[i]);
    }
    if (status != DAVY_OK) {
        free(signals);
        return status;
    }
    free(scores->signals);
    scores->signals = signals;
    scores->signal_count = site->detector_count;
    atomic_fetch_add(&scores->generation, 1);
    return DAVY_OK;
}

void davy_scores_take(davy_scores *scores, const davy_detect_score *score)
{
    struct kept_score kept = {.generation = atomic_load(&scores->generation),
                              .detector = score->detector,
                              .verdict = score->verdict,
                              .cause_count = score->cause_count};

    kept.sample = (davy_sample){score->time_ns, score->score, scores->signals[score->detector],
                                isfinite(score->score) ? DAVY_QUALITY_GOOD : DAVY_QUALITY_BAD};
    memcpy(kept.causes, score->causes, score->cause_count * sizeof *score->causes);
    if (davy_ring_push(scores->ring, &kept, 1) == 0 && davy_ring_refused(scores->ring) == 1)
        davy_log(DAVY_LOG_WARNING, "scores",
                 "scores come faster than the disk takes them and some are not kept; alarms do not"
                 " depend on them. davy_scores_lost_total in /metrics counts them");
}

void davy_scores_metrics(davy_scores *scores, davy_buffer *out)
{
    davy_buffer_printf(
        out,
        "# HELP davy_scores_lost_total Scores not kept: the ring was full or the store refused.\n"
        "# TYPE davy_scores_lost_total counter\n"
        "davy_scores_lost_total %llu\n",
        (unsigned long long) davy_ring_refused(scores->ring) + atomic_load(&scores->unkept));
}
