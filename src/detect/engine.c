/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine_private.h"

#include "core/utf8.h"
#include "detect/recall.h"
#include "site/condition.h"

#include <math.h>
#include <string.h>

/* Working ---------------------------------------------------------------------------------- */

const davy_condition *davy_detect_conditions(const davy_detect *engine, size_t *count)
{
    *count = engine->condition_count;
    return engine->conditions;
}

/* What suppresses is known before the sample's own checks tell, and what they tell after it. */
static bool look_watched(davy_detect *engine, uint32_t signal, const davy_sample *sample,
                         int64_t now_ns)
{
    davy_monitor *monitor = &engine->monitors[signal];

    if (!davy_monitor_is_late(monitor, sample->time_ns)) {
        davy_suppressor_sample(engine->suppressor, signal, sample, now_ns);
        davy_suppressor_look(engine->suppressor, signal, sample->time_ns, now_ns);
    }
    if (!davy_monitor_sample(monitor, &engine->emitter, sample, now_ns))
        return false;
    davy_suppressor_look(engine->suppressor, signal, sample->time_ns, now_ns);
    return true;
}

static bool look_at_signal(davy_detect *engine, uint32_t signal, const davy_sample *sample,
                           int64_t now_ns)
{
    if (davy_suppressor_watches(engine->suppressor, signal))
        return look_watched(engine, signal, sample, now_ns);
    return davy_monitor_sample(&engine->monitors[signal], &engine->emitter, sample, now_ns);
}

static void look(davy_detect *engine, const davy_sample *sample, int64_t now_ns)
{
    uint32_t signal =
        sample->signal < engine->id_count ? engine->by_id[sample->signal] : DAVY_NO_SIGNAL;

    if (signal == DAVY_NO_SIGNAL) {
        engine->stats.unknown++;
        return;
    }
    if (!look_at_signal(engine, signal, sample, now_ns)) {
        engine->stats.late++;
        return;
    }
    engine->stats.samples++;
    for (uint32_t i = engine->first_link[signal]; i < engine->first_link[signal + 1]; i++)
        davy_detector_sample(engine->detectors[engine->links[i].detector], engine->links[i].column,
                             sample, now_ns);
}

void davy_detect_restore(davy_detect *engine, size_t condition)
{
    const davy_condition *held = &engine->conditions[condition];

    if (held->kind <= DAVY_CONDITION_HIHI)
        davy_delay_restore(&engine->monitors[held->signal].limits[held->kind]);
    else if (held->kind == DAVY_CONDITION_MODEL)
        davy_detector_restore(engine->detectors[held->detector]);
}

void davy_detect_ask_anew(davy_detect *engine, size_t detector)
{
    davy_detector_ask_anew(engine->detectors[detector]);
}

void davy_detect_lend(const davy_detect *engine, size_t signal, davy_detect *to, size_t to_signal)
{
    const davy_monitor *from = &engine->monitors[signal];
    davy_monitor *monitor = &to->monitors[to_signal];

    if (from->shift && monitor->shift) {
        *monitor->shift = *from->shift;
        monitor->shift->delay = (davy_delay){0};
        if (monitor->shift->ready)
            davy_cusum_reset(&monitor->shift->cusum);
    }
    if (from->novel && monitor->novel) {
        *monitor->novel = *from->novel;
        monitor->novel->delay = (davy_delay){0};
        monitor->novel->quiet = 0;
    }
}

const davy_shift *davy_detect_shift(const davy_detect *engine, size_t signal)
{
    return engine->monitors[signal].shift;
}

const davy_novel *davy_detect_novel(const davy_detect *engine, size_t signal)
{
    return engine->monitors[signal].novel;
}

davy_status davy_detect_recall(davy_detect *engine, davy_store *store)
{
    davy_status result = DAVY_OK;

    for (size_t i = 0; i < engine->site->signal_count; i++) {
        const davy_monitor *monitor = &engine->monitors[i];
        davy_status status;

        if (!monitor->novel || monitor->novel->count > 0)
            continue;
        status =
            davy_recall_novel(store, monitor->signal->id, monitor->signal->novel, monitor->novel);
        result = result == DAVY_OK ? status : result;
    }
    return result;
}

void davy_detect_samples(davy_detect *engine, const davy_sample *samples, size_t count,
                         int64_t now_ns)
{
    for (size_t i = 0; i < count; i++)
        look(engine, &samples[i], now_ns);
}

bool davy_detect_pass(davy_detect *engine, davy_signal_id id, const davy_passage *stretch)
{
    uint32_t signal = id < engine->id_count ? engine->by_id[id] : DAVY_NO_SIGNAL;

    if (signal == DAVY_NO_SIGNAL || engine->suppressor ||
        engine->first_link[signal] != engine->first_link[signal + 1] ||
        !davy_monitor_pass(&engine->monitors[signal], &engine->emitter, stretch))
        return false;
    engine->stats.samples += stretch->count;
    return true;
}

/* Sources ---------------------------------------------------------------------------------- */

static void tell_source(davy_detect *engine, size_t index, bool lost, int64_t time_ns)
{
    const struct davy_source_watch *source = &engine->sources[index];
    const char *name = engine->site->sources[index].name;

    (void) davy_emitter_begin(&engine->emitter, engine->first_source + index, lost, time_ns, NAN);
    if (lost)
        davy_emitter_say(&engine->emitter, "source %s has lost its peer%s%s", name,
                         source->message[0] ? ": " : "", source->message);
    else
        davy_emitter_say(&engine->emitter, "source %s runs", name);
    davy_emitter_send(&engine->emitter);
}

/* Its delay is over. */
static void answer_source(davy_detect *engine, size_t index)
{
    static const davy_delays at_once;
    struct davy_source_watch *source = &engine->sources[index];

    if (davy_delay_update(&source->lost, source->down, source->changed_ns, source->changed_ns,
                          &at_once) != DAVY_CHANGE_NONE)
        tell_source(engine, index, source->down, source->changed_ns);
}

static int64_t source_delay(const davy_detect *engine, size_t index)
{
    const davy_condition *condition = &engine->conditions[engine->first_source + index];

    return engine->sources[index].down ? condition->on_delay_ns : condition->off_delay_ns;
}

void davy_detect_source(davy_detect *engine, size_t index, bool running, const char *message,
                        int64_t wall_ns)
{
    struct davy_source_watch *source;

    if (index >= engine->site->source_count)
        return;
    source = &engine->sources[index];
    if (!running)
        (void) davy_utf8_show(message ? message : "", message ? strlen(message) : 0,
                              source->message, sizeof source->message);
    if (!source->known || source->down == running) {
        source->known = true;
        source->down = !running;
        source->changed_ns = wall_ns;
        source->armed_ns = DAVY_NOT_ARMED;
    }
    if (source_delay(engine, index) == 0)
        answer_source(engine, index);
}

/* The owner's clock runs from the first look on: this function alone is told it. */
static void tick_source(davy_detect *engine, size_t index, int64_t now_ns)
{
    struct davy_source_watch *source = &engine->sources[index];

    if (!source->known)
        return;
    if (source->armed_ns == DAVY_NOT_ARMED)
        source->armed_ns = now_ns;
    if (now_ns - source->armed_ns >= source_delay(engine, index))
        answer_source(engine, index);
}

void davy_detect_tick(davy_detect *engine, int64_t now_ns, int64_t wall_ns)
{
    for (size_t i = 0; i < engine->site->signal_count; i++)
        davy_monitor_tick(&engine->monitors[i], &engine->emitter, now_ns, wall_ns);
    for (size_t i = 0; i < engine->site->detector_count; i++)
        davy_detector_tick(engine->detectors[i], now_ns, wall_ns);
    for (size_t i = 0; i < engine->site->source_count; i++)
        tick_source(engine, i, now_ns);
    davy_suppressor_tick(engine->suppressor, wall_ns, now_ns);
}

/* Status ----------------------------------------------------------------------------------- */

void davy_detect_flush(davy_detect *engine)
{
    for (size_t i = 0; i < engine->site->detector_count; i++)
        davy_detector_flush(engine->detectors[i]);
}

void davy_detect_get_status(const davy_detect *engine, size_t detector, davy_detect_status *status)
{
    davy_detector_get_status(engine->detectors[detector], status);
}

void davy_detect_get_stats(const davy_detect *engine, davy_detect_stats *stats)
{
    *stats = engine->stats;
}
