/* SPDX-License-Identifier: Apache-2.0 */
#include "site/nearest.h"
#include "site/schema.h"
#include "site/values.h"

#include <stdio.h>

/* What each asset feeds. It may name assets further down the file, so all of them are read before.
 */

static const davy_site_field downstream = {.key = "downstream",
                                           .write = "downstream: [P-301, R-201]"};

/* The asset whose list is read. */
struct feed {
    davy_site_reader *reader;
    size_t from;
    size_t *fed_by; /* [assets] 1 + the asset whose list named it last */
};

static void refuse_unknown(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const char *name)
{
    davy_nearest nearest = {.word = name};
    char remedy[DAVY_SITE_REMEDY_MAX] = "add it under 'assets'";

    for (size_t i = 0; i < reader->site->asset_count; i++)
        if (reader->site->assets[i].name)
            davy_nearest_offer(&nearest, reader->site->assets[i].name);
    if (nearest.best)
        (void) snprintf(remedy, sizeof remedy, "did you mean '%s'?", nearest.best);
    davy_site_refuse(reader, where, node, remedy, "no asset has the name '%.60s'", name);
}

static bool find_fed(const struct feed *feed, const davy_site_where *where,
                     const davy_yaml_node *node, size_t *fed)
{
    davy_site_reader *reader = feed->reader;
    const char *text = davy_site_scalar(reader, where, node, &downstream);

    if (!text)
        return false;
    if (!davy_names_find(&reader->assets, text, fed))
        refuse_unknown(reader, where, node, text);
    else if (*fed == feed->from)
        davy_site_refuse(reader, where, node, "name what it feeds, or take it out",
                         "'%s' feeds itself", text);
    else if (feed->fed_by[*fed] == feed->from + 1)
        davy_site_refuse(reader, where, node, "keep one", "'%s' is named twice", text);
    else
        return true;
    return false;
}

static void read_list(const struct feed *feed, const davy_site_where *where,
                      const davy_yaml_node *node)
{
    davy_site *site = feed->reader->site;
    davy_site_where inner = {.parent = where};
    size_t count = 0;
    size_t *list = davy_arena_array(&site->arena, node->length, sizeof *list);

    if (!list) {
        davy_site_no_memory(feed->reader);
        return;
    }
    for (const davy_yaml_node *name = node->first; name; name = name->next, inner.index++)
        if (find_fed(feed, &inner, name, &list[count]))
            feed->fed_by[list[count++]] = feed->from + 1;
    site->assets[feed->from].downstream = list;
    site->assets[feed->from].downstream_count = count;
}

static void read_downstream(const struct feed *feed, const davy_site_where *where,
                            const davy_yaml_node *node)
{
    if (!davy_site_expect(feed->reader, where, node, DAVY_YAML_SEQUENCE, downstream.write))
        return;
    if (node->length > DAVY_SITE_DOWNSTREAM_MAX)
        davy_site_refuse(feed->reader, where, node, "put a header or a network between them",
                         "%zu assets are more than the %zu that one may feed",
                         (size_t) node->length, DAVY_SITE_DOWNSTREAM_MAX);
    else
        read_list(feed, where, node);
}

void davy_site_read_downstream(davy_site_reader *reader, const davy_site_where *where,
                               const davy_yaml_node *node)
{
    size_t count = reader->site->asset_count; /* 0 when the list was refused */
    struct feed feed = {.reader = reader,
                        .fed_by = davy_arena_array(reader->scratch, count, sizeof *feed.fed_by)};
    davy_site_where entry = {.parent = where};

    if (!feed.fed_by) {
        davy_site_no_memory(reader);
        return;
    }
    for (const davy_yaml_node *asset = node->first; asset && feed.from < count;
         asset = asset->next, feed.from++, entry.index++) {
        const davy_site_where inner = {.parent = &entry, .key = downstream.key};
        const davy_yaml_node *list = davy_yaml_get(asset, downstream.key);

        if (list)
            read_downstream(&feed, &inner, list);
    }
}
