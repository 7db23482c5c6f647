/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/condition.h"

#include <math.h>
#include <stdio.h>

static const char *const kind_names[] = {
    [DAVY_CONDITION_LOLO] = "lolo",
    [DAVY_CONDITION_LO] = "lo",
    [DAVY_CONDITION_HI] = "hi",
    [DAVY_CONDITION_HIHI] = "hihi",
    [DAVY_CONDITION_RATE] = "rate",
    [DAVY_CONDITION_STUCK] = "stuck",
    [DAVY_CONDITION_SHIFT] = "shift",
    [DAVY_CONDITION_QUALITY] = "quality",
    [DAVY_CONDITION_DEADLINE] = "silence",
    [DAVY_CONDITION_MODEL] = "model",
    [DAVY_CONDITION_VERDICT] = "verdict",
    [DAVY_CONDITION_SOURCE] = "source",
};

const char *davy_condition_kind_name(davy_condition_kind kind)
{
    return (size_t) kind < DAVY_ARRAY_LENGTH(kind_names) ? kind_names[kind] : "unknown";
}

static uint32_t bit_if(bool asked, davy_condition_kind kind)
{
    return asked ? DAVY_KIND_BIT(kind) : 0;
}

uint32_t davy_signal_conditions(const davy_site_signal *signal)
{
    uint32_t asked = bit_if(!isnan(signal->limits.lolo), DAVY_CONDITION_LOLO) |
                     bit_if(!isnan(signal->limits.lo), DAVY_CONDITION_LO) |
                     bit_if(!isnan(signal->limits.hi), DAVY_CONDITION_HI) |
                     bit_if(!isnan(signal->limits.hihi), DAVY_CONDITION_HIHI) |
                     bit_if(signal->rate_limit > 0.0, DAVY_CONDITION_RATE) |
                     bit_if(signal->stuck_ns > 0, DAVY_CONDITION_STUCK) |
                     bit_if(signal->shift > 0.0, DAVY_CONDITION_SHIFT) |
                     bit_if(signal->deadline_ns > 0, DAVY_CONDITION_DEADLINE);

    /* Whoever watches a signal at all must hear that its values are not to be trusted. */
    return asked | bit_if(asked != 0, DAVY_CONDITION_QUALITY);
}

size_t davy_conditions_count(const davy_site *site)
{
    size_t count = 2 * site->detector_count + site->source_count;

    for (size_t i = 0; i < site->signal_count; i++)
        count += (size_t) __builtin_popcount(davy_signal_conditions(&site->signals[i]));
    return count;
}

static double limit_of(const davy_site_signal *signal, davy_condition_kind kind)
{
    switch (kind) {
    case DAVY_CONDITION_LOLO:
        return signal->limits.lolo;
    case DAVY_CONDITION_LO:
        return signal->limits.lo;
    case DAVY_CONDITION_HI:
        return signal->limits.hi;
    case DAVY_CONDITION_HIHI:
        return signal->limits.hihi;
    case DAVY_CONDITION_RATE:
        return signal->rate_limit;
    case DAVY_CONDITION_SHIFT:
        return signal->shift;
    default:
        return NAN;
    }
}

static davy_condition *fill_signal(const davy_site *site, size_t index, davy_condition *next)
{
    const davy_site_signal *signal = &site->signals[index];
    uint32_t asked = davy_signal_conditions(signal);

    for (unsigned kind = 0; kind <= DAVY_CONDITION_DEADLINE; kind++) {
        if (!(asked & DAVY_KIND_BIT(kind)))
            continue;
        *next = (davy_condition){.kind = (davy_condition_kind) kind,
                                 .priority = signal->priority,
                                 .signal = index,
                                 .detector = DAVY_SITE_NONE,
                                 .source = DAVY_SITE_NONE,
                                 .asset = signal->asset,
                                 .limit = limit_of(signal, (davy_condition_kind) kind)};
        (void) snprintf(next->key, sizeof next->key, "%s:%s", signal->path, kind_names[kind]);
        next++;
    }
    return next;
}

/* The asset all signals of a detector belong to, if there is one. */
static size_t asset_of(const davy_site *site, const davy_site_detector *detector)
{
    size_t asset =
        detector->signal_count > 0 ? site->signals[detector->signals[0]].asset : DAVY_SITE_NONE;

    for (size_t i = 1; i < detector->signal_count; i++)
        if (site->signals[detector->signals[i]].asset != asset)
            return DAVY_SITE_NONE;
    return asset;
}

static davy_condition *fill_detector(const davy_site *site, size_t index, davy_condition *next)
{
    static const davy_condition_kind kinds[] = {DAVY_CONDITION_MODEL, DAVY_CONDITION_VERDICT};
    const davy_site_detector *detector = &site->detectors[index];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++, next++) {
        *next = (davy_condition){.kind = kinds[i],
                                 .priority = detector->priority,
                                 .signal = DAVY_SITE_NONE,
                                 .detector = index,
                                 .source = DAVY_SITE_NONE,
                                 .asset = asset_of(site, detector),
                                 .limit = kinds[i] == DAVY_CONDITION_MODEL ? 1.0 : NAN};
        (void) snprintf(next->key, sizeof next->key, "detector %s:%s", detector->name,
                        kind_names[kinds[i]]);
    }
    return next;
}

static davy_condition *fill_source(const davy_site *site, size_t index, davy_condition *next)
{
    *next = (davy_condition){.kind = DAVY_CONDITION_SOURCE,
                             .priority = DAVY_PRIORITY_HIGH,
                             .signal = DAVY_SITE_NONE,
                             .detector = DAVY_SITE_NONE,
                             .source = index,
                             .asset = DAVY_SITE_NONE,
                             .limit = NAN};
    (void) snprintf(next->key, sizeof next->key, "source %s:%s", site->sources[index].name,
                    kind_names[DAVY_CONDITION_SOURCE]);
    return next + 1;
}

void davy_conditions_fill(const davy_site *site, davy_condition *conditions)
{
    davy_condition *next = conditions;

    for (size_t i = 0; i < site->signal_count; i++)
        next = fill_signal(site, i, next);
    for (size_t i = 0; i < site->detector_count; i++)
        next = fill_detector(site, i, next);
    for (size_t i = 0; i < site->source_count; i++)
        next = fill_source(site, i, next);
}
