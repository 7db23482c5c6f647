/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "site/schema.h"
#include "site/stretch.h"
#include "site/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DETECTOR(field) offsetof(davy_site_detector, field)

/* Longest name of a model and of its alias. */
#define MODEL_PART_MAX 60

/* Room for the longest text that davy_site_scalar() gives, so that no pattern is cut. */
#define PATTERN_MAX (DAVY_SITE_TEXT_MAX + 1)

/* Its scores are stored as `<detector>/score`, so no asset may have its name. */
static void read_detector_name(davy_site_reader *reader, const davy_site_where *where,
                               const davy_yaml_node *node, const davy_site_field *field,
                               void *object)
{
    davy_site_detector *detector = object;
    size_t asset;

    davy_site_read_owner_name(reader, where, node, field, object);
    if (detector->name && davy_names_find(&reader->assets, detector->name, &asset))
        davy_site_refuse(reader, where, node, "give the detector another name",
                         "the name '%s' is taken by assets[%zu], and scores are kept as '%s/score'",
                         detector->name, asset, detector->name);
}

static bool is_model_part(const char *text, size_t length)
{
    return length > 0 && length <= MODEL_PART_MAX && *text != '.' && !memchr(text, '/', length) &&
           !memchr(text, '@', length) && !memchr(text, ' ', length);
}

/* "name", "name@alias" or "name@version"; kept with the alias champion when it has none. */
static void read_model(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *at = text ? strchr(text, '@') : NULL;
    char reference[2 * MODEL_PART_MAX + 2];

    if (!text)
        return;
    if (!is_model_part(text, at ? (size_t) (at - text) : strlen(text)) ||
        (at && !is_model_part(at + 1, strlen(at + 1)))) {
        davy_site_refuse_value(reader, where, node, field,
                               "'%.60s' is not name, name@alias or name@version", text);
        return;
    }
    (void) snprintf(reference, sizeof reference, "%s%s", text, at ? "" : "@champion");
    ((davy_site_detector *) object)->model = davy_site_keep(reader, reference);
}

/* The signals of one detector while its patterns are looked up. */
struct selection {
    davy_site_reader *reader;
    size_t *signals; /* [DAVY_SITE_DETECTOR_SIGNALS_MAX + 1] */
    size_t count;
    unsigned char *taken; /* [signals of the site] */
};

static int compare_indices(const void *a, const void *b)
{
    size_t x = *(const size_t *) a, y = *(const size_t *) b;

    return (x > y) - (x < y);
}

/*
 * Add the signals that match one pattern, in the order of the file. What stands before the first
 * star narrows the search to a stretch of the sorted paths.
 *
 * @return how many match, those that were taken before included
 */
static size_t select_pattern(struct selection *selection, const char *pattern)
{
    const davy_site *site = selection->reader->site;
    size_t prefix = strcspn(pattern, "*");
    size_t first = selection->count, matches = 0;

    for (size_t i = davy_stretch_begin(site, pattern, prefix); i < site->signal_count; i++) {
        size_t signal = site->by_path[i];
        const char *path = site->signals[signal].path;

        if (!path)
            continue;
        if (strncmp(path, pattern, prefix) != 0)
            break;
        if (!davy_pattern_matches(pattern, path))
            continue;
        matches++;
        if (selection->taken[signal])
            continue;
        selection->taken[signal] = 1;
        selection->signals[selection->count++] = signal;
        if (selection->count > DAVY_SITE_DETECTOR_SIGNALS_MAX)
            break;
    }
    qsort(selection->signals + first, selection->count - first, sizeof *selection->signals,
          compare_indices);
    return matches;
}

/* Cut the next pattern off a list with commas, without the blanks around it. */
static bool take_pattern(const char **text, char pattern[PATTERN_MAX])
{
    size_t length, end;

    if (!*text)
        return false;
    *text += strspn(*text, " ");
    length = strcspn(*text, ",");
    (void) snprintf(pattern, PATTERN_MAX, "%.*s", (int) length, *text);
    for (end = strlen(pattern); end > 0 && pattern[end - 1] == ' '; end--)
        pattern[end - 1] = '\0';
    *text = (*text)[length] ? *text + length + 1 : NULL;
    return true;
}

static void select_entry(struct selection *selection, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field)
{
    const char *text = davy_site_scalar(selection->reader, where, node, field);
    char pattern[PATTERN_MAX];

    while (selection->count <= DAVY_SITE_DETECTOR_SIGNALS_MAX && take_pattern(&text, pattern))
        if (select_pattern(selection, pattern) == 0)
            davy_site_refuse(selection->reader, where, node,
                             "name signals as asset/signal, for example T-101/*",
                             "no signal matches '%.60s'", pattern);
}

static void keep_selection(struct selection *selection, davy_site_detector *detector)
{
    davy_site_reader *reader = selection->reader;
    size_t *signals =
        davy_arena_array(&reader->site->arena, selection->count, sizeof *selection->signals);

    if (signals) {
        memcpy(signals, selection->signals, selection->count * sizeof *signals);
        detector->signals = signals;
        detector->signal_count = selection->count;
    } else {
        davy_site_no_memory(reader);
    }
}

static void read_patterns(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    struct selection selection = {.reader = reader};
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    selection.signals = calloc(DAVY_SITE_DETECTOR_SIGNALS_MAX + 1, sizeof *selection.signals);
    selection.taken = calloc(reader->site->signal_count + 1, 1);
    if (selection.signals && selection.taken) {
        for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++)
            select_entry(&selection, &inner, entry, field);
        if (selection.count > DAVY_SITE_DETECTOR_SIGNALS_MAX)
            davy_site_refuse(reader, where, node, "split it into several detectors",
                             "a detector takes at most %zu signals",
                             DAVY_SITE_DETECTOR_SIGNALS_MAX);
        else
            keep_selection(&selection, object);
    } else {
        davy_site_no_memory(reader);
    }
    free(selection.signals);
    free(selection.taken);
}

static const davy_site_field detector_fields[] = {
    {"name", read_detector_name, DETECTOR(name), .required = true,
     .aside = offsetof(davy_site_reader, detectors), .write = "name: T-101-health"},
    {"model", read_model, .required = true, .write = "model: t101@champion"},
    {"signals", read_patterns, .required = true, .write = "signals: [T-101/*]"},
    {"budget", davy_site_read_rate, DETECTOR(budget_per_day), .write = "budget: 1/week"},
    {"priority", davy_site_read_choice, DETECTOR(priority), .with = davy_site_priorities,
     .write = "priority: high"},
    {"on_delay", davy_site_read_duration, DETECTOR(on_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "on_delay: 5s"},
    {"off_delay", davy_site_read_duration, DETECTOR(off_delay_ns), .low = DAVY_SITE_MS,
     .high = DAVY_SITE_DAY, .write = "off_delay: 30s"},
};

const davy_site_schema davy_site_schema_detector = {
    .what = "detector", .fields = detector_fields, .count = DAVY_ARRAY_LENGTH(detector_fields)};

static const davy_site_detector no_detector = {.priority = DAVY_PRIORITY_MEDIUM};

const davy_site_list davy_site_list_detectors = {
    .schema = &davy_site_schema_detector,
    .defaults = &no_detector,
    .size = sizeof(davy_site_detector),
    .line = DETECTOR(line),
    .names = offsetof(davy_site_reader, detectors),
    .max = DAVY_SITE_DETECTORS_MAX,
};
