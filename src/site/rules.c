/* SPDX-License-Identifier: Apache-2.0 */
#include "site/rules.h"

#include "core/pattern.h"
#include "core/quantity.h"
#include "site/condition.h"
#include "site/logic.h"
#include "site/schema.h"
#include "site/stretch.h"
#include "site/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const davy_site_rule davy_site_rule_plain = {.priority = -1,
                                             .shelve_max_ns = DAVY_SITE_SHELVE_MAX_NS,
                                             .on_delay_ns = DAVY_SITE_NOT_GIVEN,
                                             .off_delay_ns = DAVY_SITE_NOT_GIVEN,
                                             .deadband = NAN,
                                             .suppression = DAVY_SITE_NONE};

/* One entry of the list. */
struct rule {
    const char *const *patterns; /* [pattern_count] */
    size_t pattern_count;
    uint32_t given; /* a bit for each row of `parts` */
    davy_site_rule says;
};

#define RULE(field) offsetof(struct rule, field)
#define SAYS(field) RULE(says.field)

/* The pieces of a rule that a later one lays over those of an earlier one. */
#define PART(key, first, last)                                                  \
    {                                                                           \
        key, offsetof(davy_site_rule, first),                                   \
            offsetof(davy_site_rule, last) + sizeof((davy_site_rule){0}.last) - \
                offsetof(davy_site_rule, first)                                 \
    }

static const struct {
    const char *key;
    size_t offset, size;
} parts[] = {
    PART("priority", priority, priority),
    PART("department", department, department),
    PART("latch", latch, latch),
    PART("re_alarm", re_alarm_ns, re_alarm_ns),
    PART("shelve_max", shelve_max_ns, shelve_max_ns),
    PART("on_delay", on_delay_ns, on_delay_ns),
    PART("off_delay", off_delay_ns, off_delay_ns),
    PART("deadband", deadband, deadband_percent),
    PART("suppress_when", suppression, suppression),
    PART("cause", cause, cause),
    PART("consequence", consequence, consequence),
    PART("respond_within", respond_within_ns, respond_within_ns),
    PART("actions", actions, action_count),
};

static void lay_over(davy_site_rule *below, const struct rule *rule)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        if (rule->given & (uint32_t) 1 << i)
            memcpy((char *) below + parts[i].offset, (const char *) &rule->says + parts[i].offset,
                   parts[i].size);
}

/* Reading one ------------------------------------------------------------------------------ */

static void read_deadband(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_rule *says = &((struct rule *) object)->says;
    const char *text = davy_site_scalar(reader, where, node, field);
    double value;
    bool percent;

    if (!text)
        return;
    percent = davy_site_number_before(text, '%', &value);
    if ((!percent && davy_number_parse(text, &value) != DAVY_OK) || value < 0.0 ||
        (percent && value > 100.0)) {
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is no deadband", text);
        return;
    }
    says->deadband = value;
    says->deadband_percent = percent;
}

static bool find_logic_signal(const void *context, const char *name, size_t *out)
{
    const davy_site *site = context;
    const davy_site_signal *signal = davy_site_find_signal(site, name);

    if (signal)
        *out = (size_t) (signal - site->signals);
    return signal != NULL;
}

static bool find_logic_condition(const void *context, const char *name, davy_logic_condition *out)
{
    davy_condition_name found;

    if (!davy_condition_find(context, name, &found))
        return false;
    *out = (davy_logic_condition){found.kind, found.of};
    return true;
}

/* A signal that can silence alarms must not fall silent unseen. */
static void check_deadline(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, size_t index)
{
    const davy_site_signal *signal = &reader->site->signals[index];

    if (signal->deadline_ns == 0)
        davy_site_refuse(reader, where, node, "give that signal for example 'deadline: 10s'",
                         "'%s' has no deadline, and an old value would go on suppressing",
                         signal->path);
}

static void check_operands(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_logic *logic)
{
    for (size_t i = 0; i < logic->signal_count; i++)
        check_deadline(reader, where, node, logic->signals[i]);
    for (size_t i = 0; i < logic->condition_count; i++)
        if (logic->conditions[i].kind < DAVY_CONDITION_QUALITY)
            check_deadline(reader, where, node, logic->conditions[i].of);
}

static void keep_suppression(davy_site_reader *reader, const davy_logic *logic, size_t line,
                             davy_site_rule *says)
{
    davy_site *site = reader->site;
    davy_logic *kept = davy_arena_alloc(&site->arena, sizeof *kept);

    if (!kept) {
        davy_site_no_memory(reader);
        return;
    }
    *kept = *logic;
    says->suppression = site->suppression_count;
    site->suppressions[site->suppression_count++] = (davy_site_suppression){kept, line};
}

static void read_logic(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_logic_names names = {reader->site, find_logic_signal, find_logic_condition};
    const char *text = davy_site_scalar(reader, where, node, field);
    davy_yaml_node at = *node;
    davy_logic_fault fault;
    davy_logic logic;
    davy_status status;

    if (!text)
        return;
    status = davy_logic_parse(text, &names, &reader->site->arena, &fault, &logic);
    if (status == DAVY_ERR_NOMEM) {
        davy_site_no_memory(reader);
    } else if (status != DAVY_OK) {
        /* The sign itself; a text in quotes begins one column later. */
        at.column += (uint32_t) (fault.column - 1 + (node->plain ? 0 : 1));
        davy_site_refuse(reader, where, &at, fault.remedy, "%s", fault.what);
    } else {
        check_operands(reader, where, node, &logic);
        keep_suppression(reader, &logic, node->line, &((struct rule *) object)->says);
    }
}

static void check_rule(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    struct rule *rule = object;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        if (davy_yaml_get(node, parts[i].key))
            rule->given |= (uint32_t) 1 << i;
    if (!rule->given)
        davy_site_refuse(reader, where, node, "add for example 'priority: high'",
                         "the rule says nothing about its alarms");
}

static const davy_site_field rule_fields[] = {
    {"match", davy_site_read_texts, RULE(patterns), .aside = RULE(pattern_count), .required = true,
     .write = "match: [\"T-101/*:hihi\"]"},
    {"priority", davy_site_read_choice, SAYS(priority), .with = davy_site_priorities,
     .write = "priority: high"},
    {"department", davy_site_read_name, SAYS(department), .write = "department: process"},
    {"latch", davy_site_read_boolean, SAYS(latch), .write = "latch: true"},
    {"re_alarm", davy_site_read_duration, SAYS(re_alarm_ns), .low = 1000 * DAVY_SITE_MS,
     .high = 7 * DAVY_SITE_DAY, .write = "re_alarm: 15min"},
    {"shelve_max", davy_site_read_duration, SAYS(shelve_max_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_SHELVE_MAX_NS, .write = "shelve_max: 2h"},
    {"on_delay", davy_site_read_duration, SAYS(on_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "on_delay: 15s"},
    {"off_delay", davy_site_read_duration, SAYS(off_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "off_delay: 30s"},
    {"deadband", read_deadband, .write = "deadband: 2%"},
    {"suppress_when", read_logic, .write = "suppress_when: P-301/current < 0.2"},
    {"cause", davy_site_read_text, SAYS(cause), .write = "cause: the inlet valve leaks"},
    {"consequence", davy_site_read_text, SAYS(consequence),
     .write = "consequence: the relief valve opens"},
    {"respond_within", davy_site_read_duration, SAYS(respond_within_ns), .low = 1000 * DAVY_SITE_MS,
     .high = 7 * DAVY_SITE_DAY, .write = "respond_within: 5min"},
    {"actions", davy_site_read_texts, SAYS(actions), .aside = SAYS(action_count),
     .write = "actions: [Close V-401, Call the shift leader]"},
};

const davy_site_schema davy_site_schema_rule = {.what = "alarm rule",
                                                .fields = rule_fields,
                                                .count = DAVY_ARRAY_LENGTH(rule_fields),
                                                .check = check_rule};

/* Laying it over the conditions ------------------------------------------------------------ */

/* What several rules say together. Each rule makes one new sum of each sum that it meets. */
struct sum {
    davy_site_rule rule;
    size_t maker;     /* the last rule that made a new sum of this one; 0: none */
    struct sum *made; /* by it */
};

/* One rule at work; numbered from 1. */
struct work {
    davy_site_reader *reader;
    const davy_site_where *where;
    const davy_yaml_node *node;
    const struct rule *rule;
    size_t number;
    struct sum *plain; /* stands for conditions that nothing matched so far */
    size_t *sums;      /* how many there are */
    bool has_limit;    /* a condition with a deadband was met */
    bool told;         /* a fault of the deadband */
};

static struct sum *sum_with(struct work *work, struct sum *below)
{
    struct sum *made;

    if (below->maker == work->number)
        return below->made;
    made = *work->sums < DAVY_SITE_RULE_SUMS_MAX
               ? davy_arena_alloc(&work->reader->site->arena, sizeof *made)
               : NULL;
    if (!made) {
        davy_site_no_memory(work->reader);
        return below;
    }
    *made = (struct sum){.rule = below->rule};
    lay_over(&made->rule, work->rule);
    below->maker = made->maker = work->number;
    below->made = made->made = made; /* a second pattern of the rule makes nothing new */
    ++*work->sums;
    return made;
}

/* The first signal that does not fit is told. */
static void refuse_deadband(struct work *work, const davy_site_signal *signal, const char *why,
                            const char *remedy)
{
    if (!work->told)
        davy_site_refuse_key(work->reader, work->where, work->node, "deadband", remedy,
                             "it does not fit '%s': %s", signal->path, why);
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
    struct sum *below = *place ? (struct sum *) (uintptr_t) *place : work->plain;

    *place = &sum_with(work, below)->rule;
}

static void apply_to_signal(struct work *work, davy_site_signal *signal, davy_condition_kind kind)
{
    if (!signal->rules)
        signal->rules = davy_arena_array(&work->reader->site->arena, DAVY_SITE_SIGNAL_CONDITIONS,
                                         sizeof *signal->rules);
    if (!signal->rules) {
        davy_site_no_memory(work->reader);
        return;
    }
    apply(work, &signal->rules[kind]);
    if (kind <= DAVY_CONDITION_HIHI)
        check_deadband(work, signal, signal->rules[kind]);
}

static bool matches(const struct work *work, const char *pattern, davy_condition_name name)
{
    char key[DAVY_CONDITION_KEY_MAX];

    return davy_pattern_matches(pattern, davy_condition_key(work->reader->site, name, key));
}

static size_t match_signal(struct work *work, const char *pattern, size_t index)
{
    davy_site_signal *signal = &work->reader->site->signals[index];
    uint32_t asked = davy_signal_conditions(signal);
    size_t count = 0;

    for (unsigned kind = 0; kind < DAVY_SITE_SIGNAL_CONDITIONS; kind++) {
        const davy_condition_name name = {(davy_condition_kind) kind, index};

        if (!(asked & DAVY_KIND_BIT(kind)) || !matches(work, pattern, name))
            continue;
        apply_to_signal(work, signal, name.kind);
        count++;
    }
    return count;
}

/* What stands before the first star, and before a colon that may end the path, narrows the search
 * to a stretch of the sorted paths. */
static size_t match_signals(struct work *work, const char *pattern)
{
    const davy_site *site = work->reader->site;
    size_t prefix = strcspn(pattern, "*:"), count = 0;

    for (size_t i = davy_stretch_begin(site, pattern, prefix); i < site->signal_count; i++) {
        size_t signal = site->by_path[i];
        const char *path = site->signals[signal].path;

        if (path && strncmp(path, pattern, prefix) != 0)
            break;
        if (path)
            count += match_signal(work, pattern, signal);
    }
    return count;
}

static size_t match_detectors(struct work *work, const char *pattern)
{
    davy_site *site = work->reader->site;
    size_t count = 0;

    for (size_t i = 0; i < site->detector_count; i++)
        for (unsigned k = 0; k < DAVY_SITE_DETECTOR_CONDITIONS && site->detectors[i].name; k++) {
            const davy_condition_name name = {(davy_condition_kind) (DAVY_CONDITION_MODEL + k), i};

            if (!matches(work, pattern, name))
                continue;
            apply(work, &site->detectors[i].rules[k]);
            count++;
        }
    return count;
}

static size_t match_sources(struct work *work, const char *pattern)
{
    davy_site *site = work->reader->site;
    size_t count = 0;

    for (size_t i = 0; i < site->source_count; i++) {
        if (!site->sources[i].name ||
            !matches(work, pattern, (davy_condition_name){DAVY_CONDITION_SOURCE, i}))
            continue;
        apply(work, &site->sources[i].rule);
        count++;
    }
    return count;
}

static void match_pattern(struct work *work, const davy_site_where *where,
                          const davy_yaml_node *node, const char *pattern)
{
    if (match_signals(work, pattern) + match_detectors(work, pattern) +
            match_sources(work, pattern) ==
        0)
        davy_site_refuse(work->reader, where, node,
                         "name conditions as asset/signal:hi, for example \"T-101/*:hihi\"",
                         "no condition matches '%.60s'", pattern);
}

static void apply_rule(struct work *work)
{
    const davy_yaml_node *match = davy_yaml_get(work->node, "match");
    const davy_site_where key = {.parent = work->where, .key = "match"};
    davy_site_where inner = {.parent = &key};

    if (!match || match->kind != DAVY_YAML_SEQUENCE)
        return;
    for (const davy_yaml_node *node = match->first; node; node = node->next, inner.index++)
        if (inner.index < work->rule->pattern_count && work->rule->patterns[inner.index])
            match_pattern(work, &inner, node, work->rule->patterns[inner.index]);
    if (!isnan(work->rule->says.deadband) && !work->has_limit)
        davy_site_refuse_key(work->reader, work->where, work->node, "deadband", "take it out",
                             "only limits have a deadband, and the rule matches none");
}

static bool start(davy_site_reader *reader, const davy_site_where *where,
                  const davy_yaml_node *node)
{
    davy_site *site = reader->site;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, "alarms: [{match: [...], ...}]"))
        return false;
    if (node->length > DAVY_SITE_RULES_MAX) {
        davy_site_refuse(reader, where, node, "join rules with wider patterns",
                         "%zu rules are more than the %zu that are allowed", (size_t) node->length,
                         DAVY_SITE_RULES_MAX);
        return false;
    }
    site->suppressions = davy_arena_array(&site->arena, node->length, sizeof *site->suppressions);
    if (!site->suppressions)
        davy_site_no_memory(reader);
    return site->suppressions != NULL;
}

void davy_site_read_rules(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    struct sum plain = {.rule = davy_site_rule_plain};
    davy_site_where inner = {.parent = where};
    size_t sums = 0;

    (void) field;
    (void) object;
    if (!start(reader, where, node))
        return;
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++) {
        struct rule rule = {.says = davy_site_rule_plain};
        struct work work = {.reader = reader,
                            .where = &inner,
                            .node = entry,
                            .rule = &rule,
                            .number = inner.index + 1,
                            .plain = &plain,
                            .sums = &sums};

        davy_site_read_mapping(reader, &inner, entry, &davy_site_schema_rule, &rule);
        apply_rule(&work);
    }
}
