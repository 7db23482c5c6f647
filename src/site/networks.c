/* SPDX-License-Identifier: Apache-2.0 */
#include "site/networks.h"

/* The first junction of the network of one; each on the way points nearer to it afterwards. */
static size_t first_of(size_t *towards, size_t junction)
{
    while (towards[junction] != junction) {
        towards[junction] = towards[towards[junction]];
        junction = towards[junction];
    }
    return junction;
}

davy_status davy_site_networks(const davy_site_emergency *emergency, davy_arena *scratch,
                               davy_site_network *networks, size_t capacity, size_t *count)
{
    const size_t junctions = emergency->junction_count;
    size_t *towards = davy_arena_array(scratch, junctions + 1, sizeof *towards);
    size_t *place = davy_arena_array(scratch, junctions + 1, sizeof *place);

    *count = 0;
    if (!towards || !place)
        return davy_fail(DAVY_ERR_NOMEM, "roads of %zu junctions", junctions);
    for (size_t i = 0; i < junctions; i++)
        towards[i] = i;
    for (size_t i = 0; i < emergency->road_count; i++) {
        const size_t from = first_of(towards, emergency->roads[i].from);
        const size_t to = first_of(towards, emergency->roads[i].to);

        towards[from > to ? from : to] = from > to ? to : from;
    }
    for (size_t i = 0; i < junctions; i++) {
        const size_t first = first_of(towards, i);

        if (first == i)
            place[i] = (*count)++;
        if (place[first] >= capacity)
            continue;
        if (first == i)
            networks[place[i]] = (davy_site_network){emergency->junctions[i].name, 0};
        networks[place[first]].junctions++;
    }
    return DAVY_OK;
}
