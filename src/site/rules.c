/* SPDX-License-Identifier: Apache-2.0 */
#include "site/rules.h"

#include "core/quantity.h"
#include "site/condition.h"
#include "site/logic.h"
#include "site/rules_private.h"
#include "site/schema.h"
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

#define RULE(field) offsetof(davy_rule_entry, field)
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

void davy_rule_lay_over(davy_site_rule *below, const davy_rule_entry *rule)
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
    davy_site_rule *says = &((davy_rule_entry *) object)->says;
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

    if (!davy_condition_find(context, name, &found) || found.kind >= DAVY_CONDITION_STORE)
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
        keep_suppression(reader, &logic, node->line, &((davy_rule_entry *) object)->says);
    }
}

static void check_rule(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, void *object)
{
    davy_rule_entry *rule = object;

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

/* All of them --------------------------------------------------------------------------------- */

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
    davy_rule_sums sums = {.plain = {.rule = davy_site_rule_plain}};
    davy_site_where inner = {.parent = where};

    (void) field;
    (void) object;
    if (!start(reader, where, node))
        return;
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++) {
        davy_rule_entry rule = {.says = davy_site_rule_plain};

        davy_site_read_mapping(reader, &inner, entry, &davy_site_schema_rule, &rule);
        davy_rule_lay(&(davy_rule_place){reader, &inner, entry}, &rule, &sums);
    }
}
