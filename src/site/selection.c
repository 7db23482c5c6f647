/* SPDX-License-Identifier: Apache-2.0 */
#include "site/selection.h"

#include "core/pattern.h"
#include "site/matching.h"
#include "site/values.h"

#include <string.h>

/* The patterns of one list, joined by commas while they are read. */
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

davy_site_selection davy_site_select(davy_site_reader *reader, const davy_site_where *where,
                                     const davy_yaml_node *node, const davy_site_field *field)
{
    struct selection selection = {0};
    davy_site_where inner = {.parent = where};

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return (davy_site_selection){0};
    if (node->length == 0)
        davy_site_refuse_value(reader, where, node, field, "the list is empty");
    selection.joined = davy_arena_alloc(&reader->site->arena, length_of(node));
    if (!selection.joined) {
        davy_site_no_memory(reader);
        return (davy_site_selection){0};
    }
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++)
        take_pattern(reader, &inner, entry, field, &selection);
    return (davy_site_selection){selection.joined, selection.count};
}
