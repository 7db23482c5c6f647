/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "site/retention.h"
#include "site/schema.h"
#include "site/values.h"

#include <stdbool.h>
#include <string.h>

/* Classes of retention: which signals, and how long. */

#define CLASS(field) offsetof(davy_site_class, field)

/* The longest that samples are kept for a time: for longer there is no end. */
#define KEEP_MAX (36600 * DAVY_SITE_DAY)

/* Each is tried on every signal. */
#define PATTERNS_MAX ((size_t) 64)

/* A name is part of the name of a file; that of rollups is taken. */
static bool is_class_name(const char *name)
{
    size_t length = strlen(name);

    return length < DAVY_SITE_CLASS_NAME_MAX && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
           strcmp(name, "rollups") != 0;
}

static void read_class_name(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_site_class *class = object;

    davy_site_read_unique_name(reader, where, node, field, object);
    if (class->name && !is_class_name(class->name))
        davy_site_refuse_value(reader, where, node, field,
                               "'%.60s' is not of small letters, digits and hyphens, or is taken",
                               class->name);
}

static bool matches_any(const davy_site *site, const char *pattern)
{
    for (size_t i = 0; i < site->signal_count; i++)
        if (site->signals[i].path && davy_pattern_matches(pattern, site->signals[i].path))
            return true;
    return false;
}

static void check_patterns(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const davy_site_class *class)
{
    if (class->match_count > PATTERNS_MAX)
        davy_site_refuse_key(reader, where, node, "match", "split it into several classes",
                             "%zu patterns are more than the %zu of one class", class->match_count,
                             PATTERNS_MAX);
    for (size_t i = 0; i < class->match_count && i < PATTERNS_MAX; i++)
        if (class->match[i] && !matches_any(reader->site, class->match[i]))
            davy_site_refuse_key(reader, where, node, "match",
                                 "name signals as asset/signal, for example \"*/vibration\"",
                                 "no signal matches '%.60s'", class->match[i]);
}

static void check_class(davy_site_reader *reader, const davy_site_where *where,
                        const davy_yaml_node *node, void *object)
{
    const davy_site_class *class = object;
    const bool is_default = class->name && strcmp(class->name, "default") == 0;

    if (is_default && class->match_count > 0)
        davy_site_refuse_key(reader, where, node, "match", "take it out",
                             "the default has what no other class matches");
    else if (class->name && !is_default && !davy_yaml_get(node, "match"))
        davy_site_refuse_key(reader, where, node, "match", "match: [\"*/vibration\"]",
                             "class '%.32s' matches no signal", class->name);
    else
        check_patterns(reader, where, node, class);
    if (class->rollups_ns > 0 && (class->keep_ns == 0 || class->rollups_ns < class->keep_ns))
        davy_site_refuse_key(reader, where, node, "rollups", "write a longer time, or take it out",
                             "what sums samples up is kept as long as they are, at least");
    if (class->when_full_ns > 0 && class->keep_ns > 0 && class->when_full_ns > class->keep_ns)
        davy_site_refuse_key(reader, where, node, "when_full", "write a shorter time",
                             "it is longer than 'keep': nothing would be left to remove");
}

static const davy_site_field class_fields[] = {
    {"class", read_class_name, CLASS(name), .aside = offsetof(davy_site_reader, classes),
     .required = true, .write = "class: bulk"},
    {"match", davy_site_read_texts, CLASS(match), .aside = CLASS(match_count),
     .write = "match: [\"*/vibration\"]"},
    {"keep", davy_site_read_duration, CLASS(keep_ns), .low = DAVY_SITE_DAY, .high = KEEP_MAX,
     .write = "keep: 30d"},
    {"rollups", davy_site_read_duration, CLASS(rollups_ns), .low = DAVY_SITE_DAY, .high = KEEP_MAX,
     .write = "rollups: 730d"},
    {"when_full", davy_site_read_duration, CLASS(when_full_ns), .low = DAVY_SITE_DAY,
     .high = KEEP_MAX, .write = "when_full: 2d"},
};

const davy_site_schema davy_site_schema_class = {.what = "class of retention",
                                                 .fields = class_fields,
                                                 .count = DAVY_ARRAY_LENGTH(class_fields),
                                                 .check = check_class};

static const davy_site_class no_class;

const davy_site_list davy_site_list_classes = {
    .schema = &davy_site_schema_class,
    .defaults = &no_class,
    .size = sizeof(davy_site_class),
    .line = CLASS(line),
    .names = offsetof(davy_site_reader, classes),
    .max = DAVY_SITE_CLASSES_MAX,
};
