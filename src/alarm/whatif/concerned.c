/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/concerned.h"

#include "site/condition.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is asked of a site, by index. */
struct marks {
    bool *signals, *detectors;
    bool *watched;     /* signals of detectors that are asked */
    uint32_t *changed; /* kinds of condition of each signal, as bits */
};

static bool detector_has(const davy_site_detector *detector, size_t signal)
{
    for (size_t i = 0; i < detector->signal_count; i++)
        if (detector->signals[i] == signal)
            return true;
    return false;
}

/* A signal whose condition is new or gone is asked for on both sides, by its path. */
static void mark_signal(const davy_site *site, const char *key, struct marks *marks)
{
    const char *colon = strrchr(key, ':');
    char path[DAVY_CONDITION_KEY_MAX] = "";
    const davy_site_signal *signal;
    davy_condition_name name;

    if (!colon || (size_t) (colon - key) >= sizeof path)
        return;
    memcpy(path, key, (size_t) (colon - key));
    signal = davy_site_find_signal(site, path);
    if (!signal)
        return;
    marks->signals[signal - site->signals] = true;
    if (davy_condition_find(site, key, &name))
        marks->changed[signal - site->signals] |= DAVY_KIND_BIT(name.kind);
    /* How old a value in a detector's row may be follows from the deadline of its signal. */
    if (strcmp(colon + 1, davy_condition_kind_name(DAVY_CONDITION_DEADLINE)) != 0)
        return;
    for (size_t i = 0; i < site->detector_count; i++)
        marks->detectors[i] |= detector_has(&site->detectors[i], (size_t) (signal - site->signals));
}

static void mark_detector(const davy_site *site, const char *key, struct marks *marks)
{
    davy_condition_name name;

    if (davy_condition_find(site, key, &name) &&
        (name.kind == DAVY_CONDITION_MODEL || name.kind == DAVY_CONDITION_VERDICT))
        marks->detectors[name.of] = true;
}

static void mark(const davy_site *site, const json_t *changes, bool whole, struct marks *marks)
{
    const json_t *change;
    size_t index;

    memset(marks->signals, whole, site->signal_count * sizeof *marks->signals);
    memset(marks->detectors, whole, site->detector_count * sizeof *marks->detectors);
    json_array_foreach(changes, index, change)
    {
        const char *key = json_string_value(json_object_get(change, "condition"));

        mark_signal(site, key, marks);
        mark_detector(site, key, marks);
    }
}

/* Nothing is asked of its value; a detector may still want it. */
static void ask_nothing(davy_site_signal *signal)
{
    signal->limits = (davy_site_limits){NAN, NAN, NAN, NAN};
    signal->rate_limit = 0.0;
    signal->stuck_ns = 0;
    signal->shift = 0.0;
    signal->novel = 0.0;
    signal->deadline_ns = 0;
}

/* What looks at how a value moves takes every sample. Conditions of a signal do nothing to each
 * other, but for that of bad quality, which is there as long as any other is. */
static void leave_out_moves(davy_site_signal *signal, uint32_t changed)
{
    static const uint32_t moves =
        DAVY_KIND_BIT(DAVY_CONDITION_RATE) | DAVY_KIND_BIT(DAVY_CONDITION_STUCK) |
        DAVY_KIND_BIT(DAVY_CONDITION_SHIFT) | DAVY_KIND_BIT(DAVY_CONDITION_NOVEL);

    if ((davy_signal_conditions(signal) & ~moves & ~DAVY_KIND_BIT(DAVY_CONDITION_QUALITY)) == 0)
        return;
    if (!(changed & DAVY_KIND_BIT(DAVY_CONDITION_RATE)))
        signal->rate_limit = 0.0;
    if (!(changed & DAVY_KIND_BIT(DAVY_CONDITION_STUCK)))
        signal->stuck_ns = 0;
    if (!(changed & DAVY_KIND_BIT(DAVY_CONDITION_SHIFT)))
        signal->shift = 0.0;
    if (!(changed & DAVY_KIND_BIT(DAVY_CONDITION_NOVEL)))
        signal->novel = 0.0;
}

static void leave_out_detectors(davy_concerned *concerned, const struct marks *marks)
{
    size_t count = 0;

    for (size_t i = 0; i < concerned->site.detector_count; i++) {
        const davy_site_detector *detector = &concerned->site.detectors[i];

        if (!marks->detectors[i])
            continue;
        for (size_t j = 0; j < detector->signal_count; j++)
            marks->watched[detector->signals[j]] = true;
        concerned->detectors[count++] = *detector;
    }
    concerned->site.detectors = concerned->detectors;
    concerned->site.detector_count = count;
}

/* The deadline of a signal that a detector watches stays: the age of its values is held to it. */
static void leave_out_signals(davy_concerned *concerned, const struct marks *marks, bool whole)
{
    for (size_t i = 0; i < concerned->site.signal_count; i++) {
        davy_site_signal *signal = &concerned->signals[i];
        const int64_t deadline_ns = signal->deadline_ns;

        if (marks->signals[i] && !whole)
            leave_out_moves(signal, marks->changed[i]);
        if (marks->signals[i])
            continue;
        ask_nothing(signal);
        if (marks->watched[i])
            signal->deadline_ns = deadline_ns;
        else
            signal->id = DAVY_SIGNAL_NONE;
    }
}

davy_status davy_concerned_make(const davy_site *site, const json_t *changes, bool whole,
                                davy_concerned *out)
{
    davy_concerned made = {.site = *site};
    struct marks marks = {calloc(site->signal_count + 1, sizeof *marks.signals),
                          calloc(site->detector_count + 1, sizeof *marks.detectors),
                          calloc(site->signal_count + 1, sizeof *marks.watched),
                          calloc(site->signal_count + 1, sizeof *marks.changed)};
    davy_status status = DAVY_OK;

    made.signals = calloc(site->signal_count + 1, sizeof *made.signals);
    made.detectors = calloc(site->detector_count + 1, sizeof *made.detectors);
    if (!marks.signals || !marks.detectors || !marks.watched || !marks.changed || !made.signals ||
        !made.detectors) {
        davy_concerned_clear(&made);
        status = davy_fail(DAVY_ERR_NOMEM, "rehearsal of %zu signals", site->signal_count);
    } else {
        if (site->signal_count > 0)
            memcpy(made.signals, site->signals, site->signal_count * sizeof *made.signals);
        made.site.signals = made.signals;
        made.site.source_count = 0; /* nobody knows when its peer was away */
        mark(site, changes, whole, &marks);
        leave_out_detectors(&made, &marks);
        leave_out_signals(&made, &marks, whole);
        *out = made;
    }
    free(marks.signals);
    free(marks.detectors);
    free(marks.watched);
    free(marks.changed);
    return status;
}

void davy_concerned_clear(davy_concerned *concerned)
{
    free(concerned->signals);
    free(concerned->detectors);
    *concerned = (davy_concerned){0};
}
