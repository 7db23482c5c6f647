/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [DAVY_CONDITION_LOLO] = "lolo",
    [DAVY_CONDITION_LO] = "lo",
    [DAVY_CONDITION_HI] = "hi",
    [DAVY_CONDITION_HIHI] = "hihi",
    [DAVY_CONDITION_RATE] = "rate",
    [DAVY_CONDITION_STUCK] = "stuck",
    [DAVY_CONDITION_SHIFT] = "shift",
    [DAVY_CONDITION_NOVEL] = "novel",
    [DAVY_CONDITION_QUALITY] = "quality",
    [DAVY_CONDITION_DEADLINE] = "silence",
    [DAVY_CONDITION_MODEL] = "model",
    [DAVY_CONDITION_VERDICT] = "verdict",
    [DAVY_CONDITION_SOURCE] = "source",
    [DAVY_CONDITION_STORE] = "store",
    [DAVY_CONDITION_RECORDS] = "records",
    [DAVY_CONDITION_DAMAGE] = "damage",
    [DAVY_CONDITION_RECEIVERS] = "receivers",
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
                     bit_if(signal->novel > 0.0, DAVY_CONDITION_NOVEL) |
                     bit_if(signal->deadline_ns > 0, DAVY_CONDITION_DEADLINE);

    /* Whoever watches a signal at all must hear that its values are not to be trusted. */
    return asked | bit_if(asked != 0, DAVY_CONDITION_QUALITY);
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
    case DAVY_CONDITION_NOVEL:
        return signal->novel;
    default:
        return NAN;
    }
}

/* One walk counts conditions and the bytes of their keys, a second one writes them. */
struct walk {
    davy_condition *conditions; /* NULL while counting */
    char *keys;
    size_t count, key_bytes;
};

static void add(struct walk *walk, const davy_condition *condition, const char *before,
                const char *name)
{
    const char *kind = kind_names[condition->kind];

    if (walk->conditions) {
        char *key = walk->keys + walk->key_bytes;

        (void) stpcpy(stpcpy(stpcpy(stpcpy(key, before), name), ":"), kind);
        walk->conditions[walk->count] = *condition;
        walk->conditions[walk->count].key = key;
    }
    walk->count++;
    walk->key_bytes += strlen(before) + strlen(name) + strlen(kind) + 2;
}

static void add_signal(struct walk *walk, const davy_site *site, size_t index)
{
    const davy_site_signal *signal = &site->signals[index];
    uint32_t asked = davy_signal_conditions(signal);

    for (unsigned kind = 0; kind <= DAVY_CONDITION_DEADLINE; kind++) {
        const davy_condition condition = {.kind = (davy_condition_kind) kind,
                                          .priority = signal->priority,
                                          .signal = index,
                                          .detector = DAVY_SITE_NONE,
                                          .source = DAVY_SITE_NONE,
                                          .asset = signal->asset,
                                          .position = site->assets[signal->asset].position,
                                          .limit = limit_of(signal, (davy_condition_kind) kind)};

        if (asked & DAVY_KIND_BIT(kind))
            add(walk, &condition, "", signal->path);
    }
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

static void add_detector(struct walk *walk, const davy_site *site, size_t index)
{
    const davy_site_detector *detector = &site->detectors[index];
    davy_condition condition = {.kind = DAVY_CONDITION_MODEL,
                                .priority = detector->priority,
                                .signal = DAVY_SITE_NONE,
                                .detector = index,
                                .source = DAVY_SITE_NONE,
                                .asset = asset_of(site, detector),
                                .position = davy_site_detector_position(site, detector),
                                .limit = 1.0};

    add(walk, &condition, "detector ", detector->name);
    condition.kind = DAVY_CONDITION_VERDICT;
    condition.limit = NAN;
    add(walk, &condition, "detector ", detector->name);
}

static void add_source(struct walk *walk, const davy_site *site, size_t index)
{
    const davy_condition condition = {.kind = DAVY_CONDITION_SOURCE,
                                      .priority = DAVY_PRIORITY_HIGH,
                                      .signal = DAVY_SITE_NONE,
                                      .detector = DAVY_SITE_NONE,
                                      .source = index,
                                      .asset = DAVY_SITE_NONE,
                                      .position = DAVY_SITE_POSITION,
                                      .limit = NAN};

    add(walk, &condition, "source ", site->sources[index].name);
}

static void walk_site(struct walk *walk, const davy_site *site)
{
    walk->count = 0;
    walk->key_bytes = 0;
    for (size_t i = 0; i < site->signal_count; i++)
        add_signal(walk, site, i);
    for (size_t i = 0; i < site->detector_count; i++)
        add_detector(walk, site, i);
    for (size_t i = 0; i < site->source_count; i++)
        add_source(walk, site, i);
}

davy_status davy_conditions_make(const davy_site *site, davy_condition **out, size_t *count,
                                 size_t *bytes)
{
    struct walk walk = {0};

    walk_site(&walk, site);
    *bytes = walk.count * sizeof *walk.conditions + walk.key_bytes;
    walk.conditions = malloc(*bytes + 1);
    if (!walk.conditions)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", walk.count);
    walk.keys = (char *) (walk.conditions + walk.count);
    walk_site(&walk, site);
    *out = walk.conditions;
    *count = walk.count;
    return DAVY_OK;
}
