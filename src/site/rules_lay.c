/* SPDX-License-Identifier: Apache-2.0 */
#include "site/rules_private.h"

#include "core/pattern.h"
#include "site/matching.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* One rule at work; rules are numbered from 1. */
struct work {
    const davy_rule_place *place;
    const davy_rule_entry *rule;
    size_t number;
    davy_rule_sums *sums;
    bool has_limit; /* a condition with a deadband was met */
    bool told;      /* a fault of the deadband, or of what the daemon's own conditions have not */
};

static davy_rule_sum *sum_with(struct work *work, davy_rule_sum *below)
{
    davy_rule_sum *made;

    if (below->maker == work->number)
        return below->made;
    made = work->sums->count < DAVY_SITE_RULE_SUMS_MAX
               ? davy_arena_alloc(&work->place->reader->site->arena, sizeof *made)
               : NULL;
    if (!made) {
        davy_site_no_memory(work->place->reader);
        return below;
    }
    *made = (davy_rule_sum){.rule = below->rule};
    davy_rule_lay_over(&made->rule, work->rule);
    below->maker = made->maker = work->number;
    below->made = made->made = made; /* a second pattern of the rule makes nothing new */
    work->sums->count++;
    return made;
}

/* The first signal that does not fit is told. */
static void refuse_deadband(struct work *work, const davy_site_signal *signal, const char *why,
                            const char *remedy)
{
    if (!work->told)
        davy_site_refuse_key(work->place->reader, work->place->where, work->place->node, "deadband",
                             remedy, "it does not fit '%s': %s", signal->path, why);
    work->told = true;
}

/* An alarm must be able to end, also with the deadband of a rule. */
static void check_deadband(struct work *work, const davy_site_signal *signal,
                           const davy_site_rule *rule)
{
    const davy_site_limits *limits = &signal->limits;
    double low = isnan(limits->lo) ? limits->lolo : limits->lo;
    double high = isnan(limits->hi) ? limits->hihi : limits->hi;
    double deadband = davy_rule_deadband(rule, signal);

    work->has_limit = true;
    if (isnan(work->rule->says.deadband))
        return;
    if (isnan(deadband))
        refuse_deadband(work, signal, "a percentage is a part of the range, and there is no range",
                        "give that signal a range, or write the deadband as a number");
    else if (deadband > 0.0 && (deadband >= high - low || high - deadband <= signal->range_low ||
                                low + deadband >= signal->range_high))
        refuse_deadband(work, signal, "an alarm could never end", "make it smaller");
}

static void apply(struct work *work, const davy_site_rule **place)
{
    davy_rule_sum *below = *place ? (davy_rule_sum *) (uintptr_t) *place : &work->sums->plain;

    *place = &sum_with(work, below)->rule;
}

static void apply_to_signal(struct work *work, davy_site_signal *signal, davy_condition_kind kind)
{
    if (!signal->rules)
        signal->rules = davy_arena_array(&work->place->reader->site->arena,
                                         DAVY_SITE_SIGNAL_CONDITIONS, sizeof *signal->rules);
    if (!signal->rules) {
        davy_site_no_memory(work->place->reader);
        return;
    }
    apply(work, &signal->rules[kind]);
    if (kind <= DAVY_CONDITION_HIHI)
        check_deadband(work, signal, signal->rules[kind]);
}

static void apply_to_condition(void *context, davy_condition_name name, const char *key)
{
    struct work *work = context;
    davy_site *site = work->place->reader->site;

    (void) key;
    if (name.kind < DAVY_SITE_SIGNAL_CONDITIONS)
        apply_to_signal(work, &site->signals[name.of], name.kind);
    else if (name.kind == DAVY_CONDITION_SOURCE)
        apply(work, &site->sources[name.of].rule);
    else
        apply(work, &site->detectors[name.of].rules[name.kind - DAVY_CONDITION_MODEL]);
}

/* A failure of davy itself is told at once and to everybody whom it concerns. */
static void check_own(struct work *work)
{
    static const char *const without[] = {"suppress_when", "on_delay", "off_delay"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(without) && !work->told; i++) {
        if (!davy_yaml_get(work->place->node, without[i]))
            continue;
        davy_site_refuse_key(work->place->reader, work->place->where, work->place->node, without[i],
                             "take it out, or give davy's own conditions a rule of theirs",
                             "a condition of davy itself is neither suppressed nor delayed");
        work->told = true;
    }
}

/* A pattern over the plant, be it "**", leaves them alone: nobody who writes it thinks of them. */
static size_t match_own(struct work *work, const char *pattern)
{
    char key[DAVY_CONDITION_KEY_MAX];
    size_t count = 0;

    if (strncmp(pattern, "davy:", strlen("davy:")) != 0)
        return 0;
    for (unsigned i = 0; i < DAVY_SITE_OWN_CONDITIONS; i++) {
        const davy_condition_name name = {(davy_condition_kind) (DAVY_CONDITION_STORE + i), 0};

        if (!davy_pattern_matches(pattern,
                                  davy_condition_key(work->place->reader->site, name, key)))
            continue;
        apply(work, &work->place->reader->site->own_rules[i]);
        count++;
    }
    if (count > 0)
        check_own(work);
    return count;
}

static void match_pattern(struct work *work, const davy_site_where *where,
                          const davy_yaml_node *node, const char *pattern)
{
    davy_site_reader *reader = work->place->reader;

    if (davy_conditions_match(reader->site, pattern, false, apply_to_condition, work) +
            match_own(work, pattern) ==
        0)
        davy_site_refuse(reader, where, node,
                         "name conditions as asset/signal:hi, for example \"T-101/*:hihi\"",
                         "no condition matches '%.60s'", pattern);
}

void davy_rule_lay(const davy_rule_place *place, const davy_rule_entry *rule, davy_rule_sums *sums)
{
    const davy_yaml_node *match = davy_yaml_get(place->node, "match");
    const davy_site_where key = {.parent = place->where, .key = "match"};
    davy_site_where inner = {.parent = &key};
    struct work work = {place, rule, place->where->index + 1, sums, false, false};

    if (!match || match->kind != DAVY_YAML_SEQUENCE)
        return;
    for (const davy_yaml_node *node = match->first; node; node = node->next, inner.index++)
        if (inner.index < rule->pattern_count && rule->patterns[inner.index])
            match_pattern(&work, &inner, node, rule->patterns[inner.index]);
    if (!isnan(rule->says.deadband) && !work.has_limit)
        davy_site_refuse_key(place->reader, place->where, place->node, "deadband", "take it out",
                             "only limits have a deadband, and the rule matches none");
}
