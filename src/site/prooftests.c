/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "site/matching.h"
#include "site/schedule.h"
#include "site/schema.h"
#include "site/values.h"

#include <string.h>

/* Proof tests that run by themselves: which conditions, how often, at which time of the day. */

#define PROOFTEST(field) offsetof(davy_site_prooftest, field)

/* The longest interval: plants that stand still once in ten years are proved then. */
#define INTERVAL_MAX (3660 * DAVY_SITE_DAY)

/* The patterns of one test, joined by commas while they are read. */
struct selection {
    char *joined;
    size_t length;
    size_t count; /* conditions, each once */
};

/* One that an earlier pattern has matched is counted already. */
static void count_condition(void *context, davy_condition_name name, const char *key)
{
    struct selection *selection = context;

    (void) name;
    if (selection->length == 0 || !davy_pattern_matches(selection->joined, key))
        selection->count++;
}

static void take_pattern(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field,
                         struct selection *selection)
{
    const char *pattern = davy_site_scalar(reader, where, node, field);

    if (!pattern)
        return;
    if (strchr(pattern, ',')) {
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is more than one pattern",
                               pattern);
        return;
    }
    if (davy_conditions_match(reader->site, pattern, true, count_condition, selection) == 0)
        davy_site_refuse(reader, where, node,
                         "name conditions as asset/signal:hi, for example \"T-101/*:hihi\", or "
                         "detectors",
                         "no condition or detector matches '%.60s'", pattern);
    if (selection->length > 0)
        selection->joined[selection->length++] = ',';
    memcpy(selection->joined + selection->length, pattern, strlen(pattern) + 1);
    selection->length += strlen(pattern);
}

static size_t length_of(const davy_yaml_node *list)
{
    size_t length = 1;

    for (const davy_yaml_node *entry = list->first; entry; entry = entry->next)
        length += (entry->text ? strlen(entry->text) : 0) + 1;
    return length;
}

static void read_match(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    struct selection selection = {0};
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    selection.joined = davy_arena_alloc(&reader->site->arena, length_of(node));
    if (!selection.joined) {
        davy_site_no_memory(reader);
        return;
    }
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++)
        take_pattern(reader, &inner, entry, field, &selection);
    if (selection.count > DAVY_SITE_PROOFTEST_CONDITIONS_MAX)
        davy_site_refuse(reader, where, node, "split it into several tests",
                         "%zu conditions are more than the %zu of one proof test", selection.count,
                         DAVY_SITE_PROOFTEST_CONDITIONS_MAX);
    ((davy_site_prooftest *) object)->match = selection.joined;
}

static void read_at(davy_site_reader *reader, const davy_site_where *where,
                    const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (text && !davy_site_minute_parse(text, &((davy_site_prooftest *) object)->at_min))
        davy_site_refuse_value(reader, where, node, field, "'%.60s' is no time of the day", text);
}

static void check_prooftest(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, void *object)
{
    const davy_site_prooftest *test = object;

    if (test->at_min >= 0 && test->interval_ns > 0 && (double) test->interval_ns < DAVY_SITE_DAY)
        davy_site_refuse_key(reader, where, node, "at", "take it out, or write 'interval: 1d'",
                             "a test that comes more than once a day has no time of the day");
}

static const davy_site_field prooftest_fields[] = {
    {"match", read_match, .required = true, .write = "match: [\"T-101/*:hihi\", T-101-health]"},
    {"interval", davy_site_read_duration, PROOFTEST(interval_ns), .required = true,
     .low = DAVY_SITE_MINUTE, .high = INTERVAL_MAX, .write = "interval: 30d"},
    {"at", read_at, .write = "at: \"02:00\""},
    {"notify", davy_site_read_boolean, PROOFTEST(notify), .write = "notify: true"},
};

const davy_site_schema davy_site_schema_prooftest = {.what = "proof test",
                                                     .fields = prooftest_fields,
                                                     .count = DAVY_ARRAY_LENGTH(prooftest_fields),
                                                     .check = check_prooftest};

static const davy_site_prooftest no_prooftest = {.at_min = -1};

const davy_site_list davy_site_list_prooftests = {
    .schema = &davy_site_schema_prooftest,
    .defaults = &no_prooftest,
    .size = sizeof(davy_site_prooftest),
    .line = PROOFTEST(line),
    .names = offsetof(davy_site_reader, prooftests),
    .max = DAVY_SITE_PROOFTESTS_MAX,
};
