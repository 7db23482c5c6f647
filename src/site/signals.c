/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"
#include "site/schema.h"
#include "site/units.h"
#include "site/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIGNAL(field) offsetof(davy_site_signal, field)
#define LIMITS(field) offsetof(davy_site_limits, field)

#define DEADBANDS "write for example 'deadband: 2%' or 'deadband: 5'"

const char *const davy_site_priorities[] = {"low", "medium", "high", "critical", NULL};

/* A name that makes the path `asset/signal`. Without the asset's name there is no path, and the
 * fault of that name is told where it stands. */
static void read_signal_name(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_signal *signal = object;
    const char *asset = reader->site->assets[signal->asset].name;
    char path[2 * DAVY_PATH_MAX];
    size_t first;

    davy_site_read_name(reader, where, node, field, object);
    if (!signal->name || !asset)
        return;
    if (snprintf(path, sizeof path, "%s/%s", asset, signal->name) >= DAVY_PATH_MAX) {
        davy_site_refuse(reader, where, node, "shorten the name of the asset or of the signal",
                         "the path '%s' is longer than %d bytes", path, DAVY_PATH_MAX - 1);
        return;
    }
    signal->path = davy_site_keep(reader, path);
    if (!signal->path)
        return;
    signal->name = signal->path + strlen(asset) + 1;
    if (!davy_names_add(&reader->signals, signal->path, (size_t) (signal - reader->site->signals),
                        &first))
        davy_site_refuse(reader, where, node, "give each its own name",
                         "the name '%s' is taken by the signal on line %zu", signal->name,
                         reader->site->signals[first].line);
}

static void read_unit(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *code = text ? davy_unit_code(text) : NULL;

    if (code)
        ((davy_site_signal *) object)->unit = *code ? davy_site_keep(reader, code) : "";
    else if (text)
        davy_site_refuse(reader, where, node,
                         "write its UCUM code, for example kPa, Cel, m3/h, % or 1",
                         "'%.60s' is not a UCUM unit", text);
}

static void read_range(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const davy_site_signal *signal = object;

    davy_site_read_pair(reader, where, node, field, object);
    if (signal->range_low >= signal->range_high)
        davy_site_refuse(reader, where, node, "write [low, high]",
                         "the range ends (%.15g) where it should be above its begin (%.15g)",
                         signal->range_high, signal->range_low);
}

/* A number in the unit of the signal, or a percentage of its range. */
static void read_deadband(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    davy_site_signal *signal = object;
    double span = signal->range_high - signal->range_low;
    double value;
    bool percent;

    if (!text)
        return;
    percent = davy_site_number_before(text, '%', &value);
    if (!percent && davy_number_parse(text, &value) != DAVY_OK)
        davy_site_refuse(reader, where, node, DEADBANDS,
                         "'%.60s' is neither a number nor a percentage", text);
    else if (value < 0.0 || (percent && value > 100.0))
        davy_site_refuse(reader, where, node, DEADBANDS, "a deadband of %.60s cannot be", text);
    else if (percent && !(span > 0.0))
        davy_site_refuse(reader, where, node, "add a range, or write the deadband as a number",
                         "%.60s is a part of the range, and there is no range", text);
    else
        signal->deadband = percent ? value / 100.0 * span : value;
}

/* "5/min": in the unit of the signal. */
static void read_rate_limit(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    double per_day = 0.0;

    davy_site_read_rate(reader, where, node, &(davy_site_field){.write = field->write}, &per_day);
    if (per_day > 0.0)
        ((davy_site_signal *) object)->rate_limit = per_day / 86400.0;
}

/* Names and values of the limits in their order. */
struct limit {
    const char *name;
    double value;
};

static void list_limits(const davy_site_limits *limits, struct limit list[4])
{
    list[0] = (struct limit){"lolo", limits->lolo};
    list[1] = (struct limit){"lo", limits->lo};
    list[2] = (struct limit){"hi", limits->hi};
    list[3] = (struct limit){"hihi", limits->hihi};
}

/* Each limit is above the one before it; the first that is not is told. */
static void check_limits(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, void *object)
{
    struct limit list[4];
    const struct limit *below = NULL;
    char remedy[DAVY_SITE_REMEDY_MAX];

    list_limits(object, list);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(list); i++) {
        if (isnan(list[i].value))
            continue;
        if (below && below->value >= list[i].value) {
            (void) snprintf(remedy, sizeof remedy, "lower %s or raise %s", below->name,
                            list[i].name);
            davy_site_refuse(reader, where, node, remedy, "%s (%.15g) is %s %s (%.15g)",
                             below->name, below->value,
                             below->value > list[i].value ? "above" : "equal to", list[i].name,
                             list[i].value);
        }
        below = &list[i];
    }
}

static void check_limits_in_range(davy_site_reader *reader, const davy_site_where *where,
                                  const davy_yaml_node *node, const davy_site_signal *signal)
{
    struct limit list[4];

    list_limits(&signal->limits, list);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(list); i++)
        if (list[i].value < signal->range_low || list[i].value > signal->range_high)
            davy_site_refuse_key(reader, where, node, "limits",
                                 "an instrument cannot show it: move the limit or widen the range",
                                 "%s (%.15g) is outside the range [%.15g, %.15g]", list[i].name,
                                 list[i].value, signal->range_low, signal->range_high);
}

/* An alarm must be able to end: back from hi by the deadband is still above lo, and in the range.
 */
static void check_deadband(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_signal *signal)
{
    const davy_site_limits *limits = &signal->limits;
    double low = isnan(limits->lo) ? limits->lolo : limits->lo;
    double high = isnan(limits->hi) ? limits->hihi : limits->hi;

    if (signal->deadband <= 0.0 || (isnan(low) && isnan(high)))
        return;
    if (signal->deadband >= high - low)
        davy_site_refuse_key(reader, where, node, "deadband", "make it smaller than their gap",
                             "the deadband (%.15g) is as wide as the gap between %.15g and %.15g",
                             signal->deadband, low, high);
    else if (high - signal->deadband <= signal->range_low ||
             low + signal->deadband >= signal->range_high)
        davy_site_refuse_key(reader, where, node, "deadband", "make it smaller",
                             "with a deadband of %.15g an alarm ends outside the range only",
                             signal->deadband);
}

static void check_signal(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, void *object)
{
    const davy_site_signal *signal = object;
    const davy_site_source *source =
        signal->from.source == DAVY_SITE_NONE ? NULL : &reader->site->sources[signal->from.source];

    if (davy_yaml_get(node, "limits")) {
        if (signal->range_low < signal->range_high)
            check_limits_in_range(reader, where, node, signal);
    }
    check_deadband(reader, where, node, signal);
    if (source && signal->deadline_ns && signal->deadline_ns <= source->poll_ns)
        davy_site_refuse_key(reader, where, node, "deadline", "make it several polls long",
                             "the deadline is not longer than the poll interval of '%s'",
                             source->name);
}

static const davy_site_field limit_fields[] = {
    {"lolo", davy_site_read_number, LIMITS(lolo), .write = "lolo: 100"},
    {"lo", davy_site_read_number, LIMITS(lo), .write = "lo: 200"},
    {"hi", davy_site_read_number, LIMITS(hi), .write = "hi: 1000"},
    {"hihi", davy_site_read_number, LIMITS(hihi), .write = "hihi: 1200"},
};

const davy_site_schema davy_site_schema_limits = {.what = "limits",
                                                  .fields = limit_fields,
                                                  .count = DAVY_ARRAY_LENGTH(limit_fields),
                                                  .check = check_limits};

static const davy_site_field signal_fields[] = {
    {"name", read_signal_name, SIGNAL(name), .required = true, .write = "name: pressure"},
    {"title", davy_site_read_text, SIGNAL(title), .write = "title: Pressure at the top"},
    {"unit", read_unit, .write = "unit: kPa"},
    {"from", davy_site_read_from, .write = "from: {source: plc-1, register: holding 0}"},
    {"range", read_range, SIGNAL(range_low), .write = "range: [0, 1600]"},
    {"limits", davy_site_read_nested, SIGNAL(limits), .with = &davy_site_schema_limits,
     .write = "limits: {hihi: 1200, hi: 1000}"},
    {"deadband", read_deadband, .write = "deadband: 2%"},
    {"on_delay", davy_site_read_duration, SIGNAL(on_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "on_delay: 2s"},
    {"off_delay", davy_site_read_duration, SIGNAL(off_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "off_delay: 10s"},
    {"rate_limit", read_rate_limit, .write = "rate_limit: 50/min"},
    {"stuck", davy_site_read_duration, SIGNAL(stuck_ns), .low = DAVY_SITE_MS,
     .high = 365 * DAVY_SITE_DAY, .write = "stuck: 10min"},
    {"shift", davy_site_read_number, SIGNAL(shift), .low = 0.1, .high = 10.0, .write = "shift: 1"},
    {"novel", davy_site_read_number, SIGNAL(novel), .low = 100.0, .high = 1e9,
     .write = "novel: 100000"},
    {"deadline", davy_site_read_duration, SIGNAL(deadline_ns), .low = DAVY_SITE_MS,
     .high = 365 * DAVY_SITE_DAY, .write = "deadline: 10s"},
    {"priority", davy_site_read_choice, SIGNAL(priority), .with = davy_site_priorities,
     .write = "priority: high"},
};

const davy_site_schema davy_site_schema_signal = {.what = "signal",
                                                  .fields = signal_fields,
                                                  .count = DAVY_ARRAY_LENGTH(signal_fields),
                                                  .check = check_signal};

const davy_site_signal davy_site_signal_defaults = {
    .id = DAVY_SIGNAL_NONE,
    .unit = "",
    .from = {.source = DAVY_SITE_NONE, .scale = 1.0},
    .range_low = NAN,
    .range_high = NAN,
    .limits = {NAN, NAN, NAN, NAN},
    .priority = DAVY_PRIORITY_MEDIUM,
};
