/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine_private.h"

#include "site/condition.h"

#include <stdlib.h>
#include <string.h>

/* Store ids are dense; a larger one than this says that the site was not bound. */
#define IDS_MAX ((size_t) 1 << 26)

/* Making ----------------------------------------------------------------------------------- */

/* Zeroed memory for at least one element, counted for the figure of bytes per signal. */
static void *take(davy_detect *engine, size_t count, size_t size)
{
    engine->stats.bytes += count * size;
    return calloc(count + 1, size);
}

static size_t ids_needed(const davy_site *site)
{
    size_t needed = 0;

    for (size_t i = 0; i < site->signal_count; i++)
        if (site->signals[i].id < IDS_MAX && site->signals[i].id >= needed)
            needed = (size_t) site->signals[i].id + 1;
    return needed;
}

static size_t count_asking(const davy_site *site, davy_condition_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < site->signal_count; i++)
        count += davy_signal_conditions(&site->signals[i]) & DAVY_KIND_BIT(kind) ? 1 : 0;
    return count;
}

static davy_status take_memory(davy_detect *engine)
{
    const davy_site *site = engine->site;

    engine->id_count = ids_needed(site);
    engine->monitors = take(engine, site->signal_count, sizeof *engine->monitors);
    engine->shifts = take(engine, count_asking(site, DAVY_CONDITION_SHIFT), sizeof *engine->shifts);
    engine->novels = take(engine, count_asking(site, DAVY_CONDITION_NOVEL), sizeof *engine->novels);
    engine->by_id = take(engine, engine->id_count, sizeof *engine->by_id);
    engine->first_link = take(engine, site->signal_count + 1, sizeof *engine->first_link);
    engine->detectors = take(engine, site->detector_count, sizeof(davy_detector *));
    engine->sources = take(engine, site->source_count, sizeof *engine->sources);
    if (!engine->monitors || !engine->shifts || !engine->novels || !engine->by_id ||
        !engine->first_link || !engine->detectors || !engine->sources)
        return davy_fail(DAVY_ERR_NOMEM, "checks of %zu signals", site->signal_count);
    return DAVY_OK;
}

static void make_monitors(davy_detect *engine, int64_t now_ns)
{
    davy_shift *shift = engine->shifts;
    davy_novel *novel = engine->novels;
    uint32_t first = 0;

    for (size_t i = 0; i < engine->id_count; i++)
        engine->by_id[i] = DAVY_NO_SIGNAL;
    for (size_t i = 0; i < engine->site->signal_count; i++) {
        const davy_site_signal *signal = &engine->site->signals[i];
        davy_monitor *monitor = &engine->monitors[i];

        monitor->signal = signal;
        monitor->asked = davy_signal_conditions(signal);
        monitor->retimed = davy_signal_is_retimed(signal);
        monitor->first = first;
        monitor->heard_ns = now_ns;
        monitor->shift = signal->shift > 0.0 ? shift++ : NULL;
        monitor->novel = signal->novel > 0.0 ? novel++ : NULL;
        first += (uint32_t) __builtin_popcount(monitor->asked);
        if (signal->id < engine->id_count)
            engine->by_id[signal->id] = (uint32_t) i;
    }
}

static davy_status make_detectors(davy_detect *engine, const char *registry, int64_t now_ns)
{
    size_t first =
        engine->condition_count - engine->site->source_count - 2 * engine->site->detector_count;

    engine->first_source = engine->condition_count - engine->site->source_count;
    for (size_t i = 0; i < engine->site->detector_count; i++) {
        davy_status status = davy_detector_create(&engine->emitter, i, first + 2 * i, registry,
                                                  now_ns, &engine->detectors[i]);
        if (status != DAVY_OK)
            return status;
        engine->detector_count = i + 1;
    }
    return DAVY_OK;
}

/* Visit the signals of every detector that are columns of its model: count, then write. */
static void walk_links(davy_detect *engine, uint32_t *next)
{
    for (size_t d = 0; d < engine->site->detector_count; d++) {
        const davy_site_detector *settings = &engine->site->detectors[d];

        for (size_t i = 0; i < settings->signal_count; i++) {
            size_t signal = settings->signals[i];
            size_t column = davy_detector_column(engine->detectors[d], signal);

            if (column == DAVY_SITE_NONE)
                continue;
            if (engine->links)
                engine->links[next[signal]] =
                    (struct davy_detect_link){(uint32_t) d, (uint32_t) column};
            next[signal]++;
        }
    }
}

static davy_status make_links(davy_detect *engine)
{
    size_t signals = engine->site->signal_count;
    uint32_t *next = calloc(signals + 1, sizeof *next);
    uint32_t total = 0;

    if (!next)
        return davy_fail(DAVY_ERR_NOMEM, "checks of %zu signals", signals);
    walk_links(engine, next);
    for (size_t i = 0; i <= signals; i++) {
        engine->first_link[i] = total;
        total += i < signals ? next[i] : 0;
    }
    memcpy(next, engine->first_link, signals * sizeof *next);
    engine->links = take(engine, total, sizeof *engine->links);
    if (engine->links)
        walk_links(engine, next);
    free(next);
    return engine->links ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "checks of %zu signals", signals);
}

/* Suppression ------------------------------------------------------------------------------ */

/* As far as it is told. A replay of one detector has neither the others nor the sources. */
static davy_truth holds(void *context, davy_logic_condition condition)
{
    const davy_detect *engine = context;

    if (condition.kind == DAVY_CONDITION_SOURCE)
        return condition.of < engine->site->source_count
                   ? davy_delay_truth(&engine->sources[condition.of].lost)
                   : DAVY_UNKNOWN;
    if (condition.kind >= DAVY_CONDITION_MODEL)
        return condition.of < engine->detector_count
                   ? davy_detector_holds(engine->detectors[condition.of], condition.kind)
                   : DAVY_UNKNOWN;
    return davy_monitor_holds(&engine->monitors[condition.of], condition.kind);
}

static void tell_suppression(void *context, size_t suppression, bool active, int64_t time_ns)
{
    const davy_detect_callbacks *callbacks = &((davy_detect *) context)->emitter.callbacks;

    if (callbacks->suppress)
        callbacks->suppress(callbacks->context, suppression, active, time_ns);
}

static davy_status make_suppressor(davy_detect *engine, int64_t now_ns)
{
    const davy_suppressor_callbacks callbacks = {engine, holds, tell_suppression};
    davy_status status =
        davy_suppressor_create(engine->site, &callbacks, now_ns, &engine->suppressor);

    if (status == DAVY_OK)
        engine->stats.bytes += davy_suppressor_bytes(engine->suppressor);
    return status;
}

/* Reload ----------------------------------------------------------------------------------- */

static void adopt_monitor(davy_monitor *monitor, const davy_monitor *previous)
{
    davy_monitor kept = *monitor;

    *monitor = *previous;
    monitor->signal = kept.signal;
    monitor->first = kept.first;
    monitor->asked = kept.asked;
    monitor->retimed = kept.retimed;
    monitor->shift = kept.shift;
    monitor->novel = kept.novel;
    if (kept.shift && previous->shift)
        *kept.shift = *previous->shift;
    if (kept.novel && previous->novel)
        *kept.novel = *previous->novel;
}

static void adopt_monitors(davy_detect *engine, const davy_detect *previous)
{
    for (size_t i = 0; i < engine->site->signal_count; i++) {
        const davy_site_signal *signal = &engine->site->signals[i];
        const davy_site_signal *old = davy_site_find_signal(previous->site, signal->path);

        if (old && davy_site_signal_equal(engine->site, signal, previous->site, old))
            adopt_monitor(&engine->monitors[i], &previous->monitors[old - previous->site->signals]);
    }
}

/* The greatest age of a value in a row follows from its signal's deadline. */
static bool same_deadlines(const davy_detect *engine, const davy_site_detector *detector,
                           const davy_detect *previous, const davy_site_detector *old)
{
    for (size_t i = 0; i < detector->signal_count; i++)
        if (engine->site->signals[detector->signals[i]].deadline_ns !=
            previous->site->signals[old->signals[i]].deadline_ns)
            return false;
    return true;
}

static void adopt_detectors(davy_detect *engine, davy_detect *previous)
{
    const davy_site *site = engine->site, *old_site = previous->site;

    for (size_t i = 0; i < site->detector_count; i++)
        for (size_t j = 0; j < old_site->detector_count; j++) {
            const davy_site_detector *detector = &site->detectors[i];
            const davy_site_detector *old = &old_site->detectors[j];

            if (strcmp(detector->name, old->name) == 0 &&
                davy_site_detector_equal(site, detector, old_site, old) &&
                same_deadlines(engine, detector, previous, old))
                (void) davy_detector_adopt(engine->detectors[i], previous->detectors[j]);
        }
}

static void adopt_sources(davy_detect *engine, const davy_detect *previous)
{
    const davy_site *site = engine->site, *old_site = previous->site;

    for (size_t i = 0; i < site->source_count; i++)
        for (size_t j = 0; j < old_site->source_count; j++)
            if (davy_site_source_equal(site, &site->sources[i], old_site, &old_site->sources[j]))
                engine->sources[i] = previous->sources[j];
}

static void adopt(davy_detect *engine, davy_detect *previous)
{
    davy_suppressor_adopt(engine->suppressor, previous->suppressor);
    adopt_monitors(engine, previous);
    adopt_detectors(engine, previous);
    adopt_sources(engine, previous);
}

davy_status davy_detect_create(const davy_site *site, const char *registry,
                               const davy_detect_callbacks *callbacks, int64_t now_ns,
                               davy_detect *previous, davy_detect **out)
{
    size_t condition_bytes;
    davy_status status;
    davy_detect *engine = calloc(1, sizeof *engine);

    if (!engine)
        return davy_fail(DAVY_ERR_NOMEM, "checks of %zu signals", site->signal_count);
    engine->site = site;
    engine->stats.bytes = sizeof *engine;
    status =
        davy_conditions_make(site, &engine->conditions, &engine->condition_count, &condition_bytes);
    if (status == DAVY_OK)
        status = take_memory(engine);
    if (status != DAVY_OK)
        goto fail;
    engine->stats.bytes += condition_bytes;
    engine->emitter =
        (davy_emitter){.site = site, .conditions = engine->conditions, .callbacks = *callbacks};
    make_monitors(engine, now_ns);
    status = make_detectors(engine, registry, now_ns);
    if (status == DAVY_OK)
        status = make_links(engine);
    if (status == DAVY_OK)
        status = make_suppressor(engine, now_ns);
    if (status != DAVY_OK)
        goto fail;

    if (previous)
        adopt(engine, previous);
    *out = engine;
    return DAVY_OK;

fail:
    davy_detect_destroy(engine);
    return status;
}

void davy_detect_destroy(davy_detect *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; i < engine->detector_count; i++)
        davy_detector_destroy(engine->detectors[i]);
    davy_suppressor_destroy(engine->suppressor);
    free(engine->detectors);
    free(engine->links);
    free(engine->first_link);
    free(engine->by_id);
    free(engine->sources);
    free(engine->shifts);
    free(engine->novels);
    free(engine->monitors);
    free(engine->conditions);
    free(engine);
}
