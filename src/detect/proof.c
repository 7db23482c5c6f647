/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "detect/proof_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A model that gives no verdict is told after the longest time a site may ask for. */
#define SILENT_NS (30LL * 86400 * DAVY_NS_PER_S)

/* The site ------------------------------------------------------------------------------------- */

static davy_status mark_signal(davy_proof *proof, size_t place, size_t signal)
{
    const davy_site_signal *real = &proof->parts.site->signals[signal];
    davy_site_signal *own = &proof->site.signals[place];
    char path[DAVY_PATH_MAX];
    int length = snprintf(path, sizeof path, DAVY_PROOF_FOLDER "%s", real->path);

    /* A path with no room for the mark is named by its number. */
    if (length >= (int) sizeof path)
        (void) snprintf(path, sizeof path, DAVY_PROOF_FOLDER "%u", (unsigned) real->id);
    *own = *real;
    proof->real[place] = real->id;
    return davy_store_signal(proof->parts.store, path, real->unit, &own->id);
}

static int compare_ids(const void *a, const void *b, void *signals)
{
    const davy_site_signal *of = signals;
    davy_signal_id left = of[*(const uint32_t *) a].id, right = of[*(const uint32_t *) b].id;

    return (left > right) - (left < right);
}

static void sort_ids(davy_site *site)
{
    for (uint32_t i = 0; i < site->signal_count; i++)
        site->by_id[i] = i;
    qsort_r(site->by_id, site->signal_count, sizeof *site->by_id, compare_ids, site->signals);
}

/* The detector with its signals in the same order, which are all signals of this site. */
static void copy_detector(davy_proof *proof, size_t detector)
{
    proof->detector = proof->parts.site->detectors[detector];
    for (size_t i = 0; i < proof->site.signal_count; i++)
        proof->places[i] = i;
    proof->detector.signals = proof->places;
    if (proof->parts.model) {
        (void) snprintf(proof->model, sizeof proof->model, "%s", proof->parts.model);
        proof->detector.model = proof->model;
    }
    proof->site.detectors = &proof->detector;
    proof->site.detector_count = 1;
}

static davy_status take_memory(davy_proof *proof, size_t signals)
{
    proof->site.signals = calloc(signals + 1, sizeof *proof->site.signals);
    proof->site.by_id = calloc(signals + 1, sizeof *proof->site.by_id);
    proof->real = calloc(signals + 1, sizeof *proof->real);
    proof->places = calloc(signals + 1, sizeof *proof->places);
    proof->site.signal_count = signals;
    return proof->site.signals && proof->site.by_id && proof->real && proof->places
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "proof of %zu signals", signals);
}

static davy_status make_site(davy_proof *proof)
{
    const davy_site *site = proof->parts.site;
    const davy_condition *condition = proof->parts.condition;
    const davy_site_detector *detector =
        condition->detector == DAVY_SITE_NONE ? NULL : &site->detectors[condition->detector];
    size_t signals = detector ? detector->signal_count : condition->signal != DAVY_SITE_NONE;
    davy_status status;

    proof->site = *site;
    proof->site.detector_count = proof->site.source_count = proof->site.signal_count = 0;
    proof->site.suppression_count = 0; /* logic is over signals that are not here */
    proof->site.paths = (davy_names){0};
    proof->site.by_path = proof->site.bound = proof->site.by_id = NULL;
    proof->site.signals = NULL;
    status = take_memory(proof, signals);
    for (size_t i = 0; i < signals && status == DAVY_OK; i++)
        status = mark_signal(proof, i, detector ? detector->signals[i] : condition->signal);
    if (status != DAVY_OK)
        return status;
    sort_ids(&proof->site);
    if (detector)
        copy_detector(proof, condition->detector);
    if (condition->source != DAVY_SITE_NONE) {
        proof->site.sources = &site->sources[condition->source];
        proof->site.source_count = 1;
    }
    return DAVY_OK;
}

/* The engine ----------------------------------------------------------------------------------- */

/* It has been at work for longer than the condition may last, and heard nothing. */
static int64_t begin_ns(const davy_proof *proof)
{
    const davy_condition *condition = proof->parts.condition;
    int64_t before_ns = proof->parts.now_ns - condition->on_delay_ns - 1;

    if (condition->kind == DAVY_CONDITION_DEADLINE)
        return before_ns - proof->site.signals[0].deadline_ns;
    return condition->kind == DAVY_CONDITION_VERDICT ? before_ns - SILENT_NS : proof->parts.now_ns;
}

static davy_status find_condition(davy_proof *proof)
{
    size_t count;
    const davy_condition *conditions = davy_detect_conditions(proof->engine, &count);

    for (proof->index = 0; proof->index < count; proof->index++)
        if (strcmp(conditions[proof->index].key, proof->parts.condition->key) == 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_NOT_FOUND, "the site has no condition '%s'",
                     proof->parts.condition->key);
}

davy_status davy_proof_create(const davy_proof_parts *parts, davy_proof **out)
{
    davy_proof *proof;
    davy_status status;

    if (parts->condition->kind > DAVY_CONDITION_SOURCE)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' is of the daemon itself and not of the plant",
                         parts->condition->key);
    proof = calloc(1, sizeof *proof);
    if (!proof)
        return davy_fail(DAVY_ERR_NOMEM, "proof of '%s'", parts->condition->key);
    proof->parts = *parts;
    status = make_site(proof);
    if (status == DAVY_OK)
        status = davy_detect_create(&proof->site, parts->registry, &parts->callbacks,
                                    begin_ns(proof), NULL, &proof->engine);
    if (status == DAVY_OK)
        status = find_condition(proof);
    if (status != DAVY_OK) {
        davy_proof_destroy(proof);
        return status;
    }
    *out = proof;
    return DAVY_OK;
}

void davy_proof_destroy(davy_proof *proof)
{
    if (!proof)
        return;
    davy_detect_destroy(proof->engine);
    free(proof->samples);
    free(proof->real);
    free(proof->places);
    free(proof->site.by_id);
    free(proof->site.signals);
    free(proof);
}

const davy_site *davy_proof_site(const davy_proof *proof)
{
    return &proof->site;
}

davy_detect *davy_proof_engine(davy_proof *proof)
{
    return proof->engine;
}

size_t davy_proof_index(const davy_proof *proof)
{
    return proof->index;
}

const davy_condition *davy_proof_condition(const davy_proof *proof)
{
    size_t count;

    return &davy_detect_conditions(proof->engine, &count)[proof->index];
}

bool davy_proof_borrows(const davy_proof *proof)
{
    return proof->parts.condition->kind == DAVY_CONDITION_SHIFT ||
           proof->parts.condition->kind == DAVY_CONDITION_NOVEL;
}

/* Samples -------------------------------------------------------------------------------------- */

davy_status davy_proof_take_room(davy_proof *proof, size_t count)
{
    proof->samples = calloc(count + 1, sizeof *proof->samples);
    return proof->samples ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu samples", count);
}

void davy_proof_add(davy_proof *proof, size_t signal, int64_t time_ns, double value,
                    davy_quality quality)
{
    proof->samples[proof->count++] = (davy_sample){
        .time_ns = time_ns,
        .value = value,
        .signal = proof->site.signals[signal].id,
        .quality = (uint32_t) quality,
    };
}

/* It was lost for longer than a loss may last; the next look at the time tells it. */
static void lose_source(davy_proof *proof)
{
    int64_t before_ns = proof->parts.now_ns - proof->parts.condition->on_delay_ns;

    davy_detect_source(proof->engine, 0, false, "a proof test", proof->parts.wall_ns);
    /* The first look only sets its clock. */
    davy_detect_tick(proof->engine, before_ns, proof->parts.wall_ns);
}

davy_status davy_proof_prepare(davy_proof *proof, davy_proof_samples *out)
{
    davy_status status = DAVY_OK;

    proof->batch = 1;
    switch (proof->parts.condition->kind) {
    case DAVY_CONDITION_SOURCE:
        lose_source(proof);
        break;
    case DAVY_CONDITION_VERDICT:
    case DAVY_CONDITION_DEADLINE:
        break;
    case DAVY_CONDITION_MODEL:
        status = davy_proof_deviate_model(proof);
        break;
    default:
        status = davy_proof_deviate_signal(proof);
    }
    *out = (davy_proof_samples){proof->samples, proof->count, proof->batch};
    return status;
}
