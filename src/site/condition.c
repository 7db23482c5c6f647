/* SPDX-License-Identifier: Apache-2.0 */
#include "site/condition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(DAVY_SITE_SIGNAL_CONDITIONS == DAVY_CONDITION_DEADLINE + 1,
               "a signal has room for a rule of each of its kinds");
_Static_assert(DAVY_SITE_OWN_CONDITIONS == DAVY_CONDITION_LAST - DAVY_CONDITION_STORE + 1,
               "a site has room for a rule of each condition of the daemon");

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
    [DAVY_CONDITION_PROOFTEST] = "prooftest",
    [DAVY_CONDITION_RETENTION] = "retention",
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

/* What a rule gives, or what the condition has of its own. */
static int64_t given(int64_t by_rule, int64_t own)
{
    return by_rule == DAVY_SITE_NOT_GIVEN ? own : by_rule;
}

double davy_rule_deadband(const davy_site_rule *rule, const davy_site_signal *signal)
{
    if (isnan(rule->deadband))
        return signal->deadband;
    return rule->deadband_percent
               ? rule->deadband / 100.0 * (signal->range_high - signal->range_low)
               : rule->deadband;
}

static const davy_site_rule *rule_or_plain(const davy_site_rule *rule)
{
    return rule ? rule : &davy_site_rule_plain;
}

const davy_site_rule *davy_condition_rule(const davy_site *site, davy_condition_name name)
{
    if (name.kind >= DAVY_CONDITION_STORE)
        return rule_or_plain(site->own_rules[name.kind - DAVY_CONDITION_STORE]);
    if (name.kind == DAVY_CONDITION_SOURCE)
        return rule_or_plain(site->sources[name.of].rule);
    if (name.kind >= DAVY_CONDITION_MODEL)
        return rule_or_plain(site->detectors[name.of].rules[name.kind - DAVY_CONDITION_MODEL]);
    return rule_or_plain(site->signals[name.of].rules ? site->signals[name.of].rules[name.kind]
                                                      : NULL);
}

bool davy_signal_is_retimed(const davy_site_signal *signal)
{
    for (size_t kind = 0; signal->rules && kind < DAVY_SITE_SIGNAL_CONDITIONS; kind++) {
        const davy_site_rule *rule = rule_or_plain(signal->rules[kind]);

        if (rule->on_delay_ns != DAVY_SITE_NOT_GIVEN || rule->off_delay_ns != DAVY_SITE_NOT_GIVEN ||
            !isnan(rule->deadband))
            return true;
    }
    return false;
}

/* The list ---------------------------------------------------------------------------------- */

/* One walk counts conditions and the bytes of their keys, a second one writes them. */
struct walk {
    const davy_site *site;
    davy_condition *conditions; /* NULL while counting */
    char *keys;
    size_t count, key_bytes;
};

/* What stands before the name in a key. */
static const char *prefix_of(davy_condition_kind kind)
{
    if (kind >= DAVY_CONDITION_STORE)
        return "davy";
    if (kind == DAVY_CONDITION_SOURCE)
        return "source ";
    return kind >= DAVY_CONDITION_MODEL ? "detector " : "";
}

static const char *subject_of(const davy_site *site, davy_condition_name name)
{
    if (name.kind >= DAVY_CONDITION_STORE)
        return "";
    if (name.kind == DAVY_CONDITION_SOURCE)
        return site->sources[name.of].name;
    if (name.kind >= DAVY_CONDITION_MODEL)
        return site->detectors[name.of].name;
    return site->signals[name.of].path;
}

const char *davy_condition_key(const davy_site *site, davy_condition_name name,
                               char key[DAVY_CONDITION_KEY_MAX])
{
    (void) snprintf(key, DAVY_CONDITION_KEY_MAX, "%s%s:%s", prefix_of(name.kind),
                    subject_of(site, name), kind_names[name.kind]);
    return key;
}

/* With its key, and with what the rules say laid over what it has of its own. */
static void add(struct walk *walk, size_t of, davy_condition condition)
{
    const davy_condition_name name = {condition.kind, of};
    const char *before = prefix_of(name.kind);
    const char *subject = subject_of(walk->site, name);
    const char *kind = kind_names[name.kind];
    const davy_site_rule *rule = davy_condition_rule(walk->site, name);

    if (walk->conditions) {
        char *key = walk->keys + walk->key_bytes;

        (void) stpcpy(stpcpy(stpcpy(stpcpy(key, before), subject), ":"), kind);
        condition.key = key;
        condition.rule = rule;
        if (rule->priority >= 0)
            condition.priority = (davy_priority) rule->priority;
        condition.on_delay_ns = given(rule->on_delay_ns, condition.on_delay_ns);
        condition.off_delay_ns = given(rule->off_delay_ns, condition.off_delay_ns);
        walk->conditions[walk->count] = condition;
    }
    walk->count++;
    walk->key_bytes += strlen(before) + strlen(subject) + strlen(kind) + 2;
}

static void add_signal(struct walk *walk, size_t index)
{
    const davy_site_signal *signal = &walk->site->signals[index];
    uint32_t asked = davy_signal_conditions(signal);

    for (unsigned kind = 0; kind <= DAVY_CONDITION_DEADLINE; kind++) {
        davy_condition condition = {
            .kind = (davy_condition_kind) kind,
            .priority = signal->priority,
            .signal = index,
            .detector = DAVY_SITE_NONE,
            .source = DAVY_SITE_NONE,
            .asset = signal->asset,
            .position = walk->site->assets[signal->asset].position,
            .limit = limit_of(signal, (davy_condition_kind) kind),
            .on_delay_ns = davy_signal_on_delay(signal, (davy_condition_kind) kind),
            .off_delay_ns = davy_signal_off_delay(signal, (davy_condition_kind) kind)};
        const davy_condition_name name = {condition.kind, index};

        if (!(asked & DAVY_KIND_BIT(kind)))
            continue;
        if (kind <= DAVY_CONDITION_HIHI)
            condition.deadband = davy_rule_deadband(davy_condition_rule(walk->site, name), signal);
        add(walk, index, condition);
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

static void add_detector(struct walk *walk, size_t index)
{
    const davy_site_detector *detector = &walk->site->detectors[index];
    const size_t asset = asset_of(walk->site, detector);
    const size_t position = davy_site_detector_position(walk->site, detector);

    add(walk, index,
        (davy_condition){.kind = DAVY_CONDITION_MODEL,
                         .priority = detector->priority,
                         .signal = DAVY_SITE_NONE,
                         .detector = index,
                         .source = DAVY_SITE_NONE,
                         .asset = asset,
                         .position = position,
                         .limit = 1.0,
                         .on_delay_ns = detector->on_delay_ns,
                         .off_delay_ns = detector->off_delay_ns});
    add(walk, index,
        (davy_condition){.kind = DAVY_CONDITION_VERDICT,
                         .priority = detector->priority,
                         .signal = DAVY_SITE_NONE,
                         .detector = index,
                         .source = DAVY_SITE_NONE,
                         .asset = asset,
                         .position = position,
                         .limit = NAN});
}

static void add_source(struct walk *walk, size_t index)
{
    add(walk, index,
        (davy_condition){.kind = DAVY_CONDITION_SOURCE,
                         .priority = DAVY_PRIORITY_HIGH,
                         .signal = DAVY_SITE_NONE,
                         .detector = DAVY_SITE_NONE,
                         .source = index,
                         .asset = DAVY_SITE_NONE,
                         .position = DAVY_SITE_POSITION,
                         .limit = NAN,
                         .on_delay_ns = DAVY_SOURCE_DELAY_NS});
}

static void walk_site(struct walk *walk)
{
    walk->count = 0;
    walk->key_bytes = 0;
    for (size_t i = 0; i < walk->site->signal_count; i++)
        add_signal(walk, i);
    for (size_t i = 0; i < walk->site->detector_count; i++)
        add_detector(walk, i);
    for (size_t i = 0; i < walk->site->source_count; i++)
        add_source(walk, i);
}

davy_status davy_conditions_make(const davy_site *site, davy_condition **out, size_t *count,
                                 size_t *bytes)
{
    struct walk walk = {.site = site};

    walk_site(&walk);
    *bytes = walk.count * sizeof *walk.conditions + walk.key_bytes;
    walk.conditions = malloc(*bytes + 1);
    if (!walk.conditions)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", walk.count);
    walk.keys = (char *) (walk.conditions + walk.count);
    walk_site(&walk);
    *out = walk.conditions;
    *count = walk.count;
    return DAVY_OK;
}

/* The daemon's own ------------------------------------------------------------------------- */

static const struct {
    const char *key;
    davy_priority priority;
} own[DAVY_SITE_OWN_CONDITIONS] = {
    {"davy:store", DAVY_PRIORITY_CRITICAL}, {"davy:records", DAVY_PRIORITY_HIGH},
    {"davy:damage", DAVY_PRIORITY_MEDIUM},  {"davy:receivers", DAVY_PRIORITY_HIGH},
    {"davy:prooftest", DAVY_PRIORITY_HIGH}, {"davy:retention", DAVY_PRIORITY_LOW},
};

void davy_conditions_own(const davy_site *site, davy_condition out[DAVY_SITE_OWN_CONDITIONS])
{
    for (size_t i = 0; i < DAVY_SITE_OWN_CONDITIONS; i++) {
        const davy_condition_name name = {(davy_condition_kind) (DAVY_CONDITION_STORE + i), 0};
        const davy_site_rule *rule = davy_condition_rule(site, name);

        out[i] = (davy_condition){.key = own[i].key,
                                  .kind = name.kind,
                                  .priority = rule->priority >= 0 ? (davy_priority) rule->priority
                                                                  : own[i].priority,
                                  .signal = DAVY_SITE_NONE,
                                  .detector = DAVY_SITE_NONE,
                                  .source = DAVY_SITE_NONE,
                                  .asset = DAVY_SITE_NONE,
                                  .position = DAVY_SITE_POSITION,
                                  .limit = NAN,
                                  .rule = rule};
    }
}

/* Finding ----------------------------------------------------------------------------------- */

static bool find_kind(const char *name, davy_condition_kind *kind)
{
    for (unsigned i = 0; i <= DAVY_CONDITION_LAST; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (davy_condition_kind) i;
            return true;
        }
    return false;
}

static size_t find_signal(const davy_site *site, davy_condition_kind kind, const char *path)
{
    const davy_site_signal *signal = davy_site_find_signal(site, path);

    if (!signal || !(davy_signal_conditions(signal) & DAVY_KIND_BIT(kind)))
        return DAVY_SITE_NONE;
    return (size_t) (signal - site->signals);
}

static size_t find_detector(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->detector_count; i++)
        if (site->detectors[i].name && strcmp(site->detectors[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

static size_t find_source(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->source_count; i++)
        if (site->sources[i].name && strcmp(site->sources[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

bool davy_condition_find(const davy_site *site, const char *key, davy_condition_name *out)
{
    const char *colon = strrchr(key, ':');
    char subject[DAVY_CONDITION_KEY_MAX];
    davy_condition_kind kind;
    size_t before, of;

    if (!colon || (size_t) (colon - key) >= sizeof subject || !find_kind(colon + 1, &kind))
        return false;
    before = strlen(prefix_of(kind));
    if ((size_t) (colon - key) < before || strncmp(key, prefix_of(kind), before) != 0)
        return false;
    (void) snprintf(subject, sizeof subject, "%.*s", (int) ((size_t) (colon - key) - before),
                    key + before);
    if (kind >= DAVY_CONDITION_STORE)
        of = subject[0] == '\0' ? 0 : DAVY_SITE_NONE;
    else if (kind == DAVY_CONDITION_SOURCE)
        of = find_source(site, subject);
    else if (kind >= DAVY_CONDITION_MODEL)
        of = find_detector(site, subject);
    else
        of = find_signal(site, kind, subject);
    if (of == DAVY_SITE_NONE)
        return false;
    *out = (davy_condition_name){kind, of};
    return true;
}
