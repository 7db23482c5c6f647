/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/settings.h"

#include "core/quantity.h"
#include "site/condition.h"
#include "site/logic.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 96

/* Lines in the order of the conditions, until they are sorted. */
struct list {
    const davy_site *site;
    davy_buffer text;
};

static void add(struct list *list, const davy_condition *condition, const char *setting,
                const char *value)
{
    davy_buffer_printf(&list->text, "%s\t%s\t%s\n", condition->key, setting, value);
}

static void add_text(struct list *list, const davy_condition *condition, const char *setting,
                     const char *value)
{
    if (value && value[0] != '\0')
        add(list, condition, setting, value);
}

/* The shortest decimal that is this number and no other. */
static void show_number(double value, const char *unit, char text[VALUE_MAX])
{
    char number[32];

    for (int digits = 6; digits <= 17; digits++) {
        (void) snprintf(number, sizeof number, "%.*g", digits, value);
        if (strtod(number, NULL) == value)
            break;
    }
    (void) snprintf(text, VALUE_MAX, "%s%s%s", number, unit[0] ? " " : "", unit);
}

static void add_number(struct list *list, const davy_condition *condition, const char *setting,
                       double value, const char *unit)
{
    char text[VALUE_MAX];

    show_number(value, unit, text);
    add(list, condition, setting, text);
}

static void add_duration(struct list *list, const davy_condition *condition, const char *setting,
                         int64_t ns)
{
    char text[VALUE_MAX];

    if (ns <= 0)
        return;
    davy_duration_format(ns, text, sizeof text);
    add(list, condition, setting, text);
}

/* The line every condition has: what it is held against. */
static void add_limit(struct list *list, const davy_condition *condition)
{
    const davy_site_signal *signal =
        condition->signal == DAVY_SITE_NONE ? NULL : &list->site->signals[condition->signal];
    char unit[VALUE_MAX];

    if (signal && condition->kind <= DAVY_CONDITION_HIHI) {
        add_number(list, condition, "", condition->limit, signal->unit);
    } else if (signal && condition->kind == DAVY_CONDITION_RATE) {
        (void) snprintf(unit, sizeof unit, "%s/s", signal->unit[0] ? signal->unit : "1");
        add_number(list, condition, "", condition->limit, unit);
    } else if (condition->kind == DAVY_CONDITION_STUCK) {
        add_duration(list, condition, "", signal->stuck_ns);
    } else if (condition->kind == DAVY_CONDITION_DEADLINE) {
        add_duration(list, condition, "", signal->deadline_ns);
    } else if (condition->kind == DAVY_CONDITION_SHIFT) {
        add_number(list, condition, "", condition->limit, "sigma");
    } else if (condition->kind == DAVY_CONDITION_NOVEL) {
        add_number(list, condition, "", condition->limit, "samples");
    } else {
        add(list, condition, "", "on");
    }
}

static void add_detector(struct list *list, const davy_condition *condition)
{
    const davy_site_detector *detector = &list->site->detectors[condition->detector];

    if (condition->kind != DAVY_CONDITION_MODEL)
        return;
    add_text(list, condition, "model", detector->model);
    if (detector->budget_per_day > 0.0)
        add_number(list, condition, "budget", detector->budget_per_day, "/day");
    davy_buffer_printf(&list->text, "%s\tsignals\t", condition->key);
    for (size_t i = 0; i < detector->signal_count; i++)
        davy_buffer_printf(&list->text, "%s%s", i ? ", " : "",
                           list->site->signals[detector->signals[i]].path);
    davy_buffer_append_text(&list->text, "\n");
}

static void add_actions(struct list *list, const davy_condition *condition)
{
    const davy_site_rule *rule = condition->rule;

    if (rule->action_count == 0)
        return;
    davy_buffer_printf(&list->text, "%s\tactions\t", condition->key);
    for (size_t i = 0; i < rule->action_count; i++)
        davy_buffer_printf(&list->text, "%s%s", i ? "; " : "", rule->actions[i]);
    davy_buffer_append_text(&list->text, "\n");
}

static void add_rule(struct list *list, const davy_condition *condition)
{
    const davy_site_rule *rule = condition->rule;

    add_text(list, condition, "department", rule->department);
    add_text(list, condition, "latch", rule->latch ? "yes" : NULL);
    add_duration(list, condition, "re-alarm", rule->re_alarm_ns);
    if (rule->shelve_max_ns != DAVY_SITE_SHELVE_MAX_NS)
        add_duration(list, condition, "longest shelf", rule->shelve_max_ns);
    if (rule->suppression != DAVY_SITE_NONE)
        add_text(list, condition, "suppressed when",
                 list->site->suppressions[rule->suppression].logic->text);
    add_text(list, condition, "cause", rule->cause);
    add_text(list, condition, "consequence", rule->consequence);
    add_duration(list, condition, "respond within", rule->respond_within_ns);
    add_actions(list, condition);
}

static void add_condition(struct list *list, const davy_condition *condition)
{
    const char *unit =
        condition->signal == DAVY_SITE_NONE ? "" : list->site->signals[condition->signal].unit;

    add_limit(list, condition);
    if (condition->deadband > 0.0)
        add_number(list, condition, "deadband", condition->deadband, unit);
    add_duration(list, condition, "on-delay", condition->on_delay_ns);
    add_duration(list, condition, "off-delay", condition->off_delay_ns);
    add(list, condition, "priority", davy_priority_name(condition->priority));
    add(list, condition, "position", davy_site_position_name(list->site, condition->position));
    if (condition->detector != DAVY_SITE_NONE)
        add_detector(list, condition);
    add_rule(list, condition);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Line by line into `out`, sorted; the line ends become zeroes on the way. */
static davy_status sort_lines(davy_buffer *text, davy_buffer *out)
{
    size_t count = 0, next = 0;
    const char **lines;

    for (size_t i = 0; i < text->length; i++)
        count += text->bytes[i] == '\n' ? 1 : 0;
    lines = malloc((count + 1) * sizeof *lines);
    if (!lines)
        return davy_fail(DAVY_ERR_NOMEM, "%zu settings of alarms", count);
    for (char *line = text->bytes; next < count; line += strlen(line) + 1) {
        *strchr(line, '\n') = '\0';
        lines[next++] = line;
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++) {
        davy_buffer_append_text(out, lines[i]);
        davy_buffer_append_text(out, "\n");
    }
    free(lines);
    return davy_buffer_ok(out);
}

/* Of the daemon's own conditions a site says what its rules do, and nothing else. */
static void add_own(struct list *list)
{
    davy_condition own[DAVY_SITE_OWN_CONDITIONS];

    davy_conditions_own(list->site, own);
    for (size_t i = 0; i < DAVY_SITE_OWN_CONDITIONS; i++) {
        if (own[i].rule->priority >= 0)
            add(list, &own[i], "priority", davy_priority_name(own[i].priority));
        add_rule(list, &own[i]);
    }
}

davy_status davy_settings_write(const davy_site *site, davy_buffer *out)
{
    struct list list = {.site = site};
    davy_condition *conditions = NULL;
    size_t count = 0, bytes;
    davy_status status = davy_conditions_make(site, &conditions, &count, &bytes);

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        add_condition(&list, &conditions[i]);
    add_own(&list);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&list.text);
    if (status == DAVY_OK)
        status = sort_lines(&list.text, out);
    davy_buffer_clear(&list.text);
    free(conditions);
    return status;
}

void davy_settings_hash(const char *text, size_t length, char hash[DAVY_SETTINGS_HASH_MAX])
{
    uint8_t bytes[32];

    (void) crypto_generichash(bytes, sizeof bytes, (const uint8_t *) text, length, NULL, 0);
    (void) sodium_bin2hex(hash, DAVY_SETTINGS_HASH_MAX, bytes, sizeof bytes);
}
