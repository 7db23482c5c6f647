/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/chemical_apart.h"

#include "hazard/chemical/incompatible.h"
#include "hazard/chemical/reactivity.h"
#include "hazard/chemical/transport.h"
#include "hazard/chemical/waste_chart.h"

#include <string.h>

static void append_from(json_t *list, const char *what, json_t *so, json_t *chemicals)
{
    (void) json_array_append_new(
        list, json_pack("{s:s, s:o, s:o}", "what", what, "so", so, "chemicals", chemicals));
}

static json_t *rule_json(const char *rule, json_t *as, const char *source, json_t *from)
{
    return json_pack("{s:s, s:o, s:n, s:b, s:s, s:o}", "rule", rule, "as", as, "zone",
                     "zone_unread", 0, "source", source, "from", from);
}

static json_t *words_of(unsigned mixing)
{
    json_t *list = json_array();
    const char *word;

    for (size_t i = 0; (word = davy_mixing_word(mixing, i)); i++)
        (void) json_array_append_new(list, json_string(word));
    return list;
}

/* Chemicals of the table that are of a group of the chart, but itself. */
static json_t *members_of(int group, const char *cas)
{
    json_t *list = json_array();
    const davy_chemical *other;

    for (size_t i = 0; (other = davy_chemical_at(i)); i++)
        if (strcmp(other->cas, cas) != 0 && davy_waste_is(other->cas, group))
            (void) json_array_append_new(list, json_string(other->name));
    return list;
}

/* What reacts with water must not meet anything, which is one line and not one of each group. */
static unsigned mixing_with(const int *groups, size_t count, int other)
{
    unsigned mixing = 0;

    for (size_t i = 0; i < count; i++)
        if (groups[i] != DAVY_WASTE_WATER_REACTIVE)
            mixing |= davy_waste_mixing(groups[i], other);
    return mixing;
}

static void append_chart(json_t *list, const char *cas)
{
    int groups[DAVY_WASTE_GROUPS];
    const size_t count = davy_waste_groups(cas, groups);
    json_t *as, *from;

    if (count == 0)
        return;
    as = json_array();
    from = json_array();
    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(as, json_string(davy_waste_group_name(groups[i])));
    if (davy_waste_is(cas, DAVY_WASTE_WATER_REACTIVE))
        append_from(from, "All other chemicals", words_of(DAVY_MIXING_NEVER), json_array());
    for (int other = 1; other <= DAVY_WASTE_GROUP_MAX; other++) {
        const unsigned mixing = mixing_with(groups, count, other);

        if (mixing)
            append_from(from, davy_waste_group_name(other), words_of(mixing),
                        members_of(other, cas));
    }
    (void) json_array_append_new(list, rule_json("chart", as, DAVY_WASTE_SOURCE, from));
}

static json_t *meant_by(const davy_matter *matter, const char *cas)
{
    json_t *list = json_array();
    const davy_chemical *other;

    for (size_t i = 0; (other = davy_chemical_at(i)); i++)
        if (davy_matter_is(matter, other->cas) && davy_listed_apart(cas, other->cas))
            (void) json_array_append_new(list, json_string(other->name));
    return list;
}

static void append_lists(json_t *list, const char *cas)
{
    const davy_matter *matters[DAVY_MATTERS_MAX];
    const size_t count = davy_listed_against(cas, matters);
    json_t *from;

    if (count == 0)
        return;
    from = json_array();
    for (size_t i = 0; i < count; i++)
        append_from(from, davy_matter_name(matters[i]), json_array(), meant_by(matters[i], cas));
    (void) json_array_append_new(list, rule_json("lists", json_array(), DAVY_LISTED_SOURCE, from));
}

/* Chemicals of the table that stand in a row of the table of segregation. */
static json_t *shipped_in(int row, const char *cas)
{
    json_t *list = json_array();
    const davy_chemical *other;

    for (size_t i = 0; (other = davy_chemical_at(i)); i++) {
        const davy_transport *transport = davy_transport_of(other->cas);

        if (transport && strcmp(other->cas, cas) != 0 && davy_segregation_is(transport, row))
            (void) json_array_append_new(list, json_string(other->name));
    }
    return list;
}

static json_t *segregation_of(const davy_transport *transport)
{
    static const char *const words[] = {
        [DAVY_SEPARATION_EXPLOSIVES] = "by the groups of explosives",
        [DAVY_SEPARATION_AWAY] = "only where a leak of both cannot mix",
        [DAVY_SEPARATION_NEVER] = "never together",
    };
    json_t *from = json_array();

    for (int row = 0; row < DAVY_SEGREGATION_ROWS; row++) {
        const davy_separation separation = davy_segregation_against(transport, row);

        if (separation != DAVY_SEPARATION_NONE)
            append_from(from, davy_segregation_title(row), json_pack("[s]", words[separation]),
                        shipped_in(row, transport->cas));
    }
    return from;
}

static void append_transport(json_t *list, const char *cas)
{
    const davy_transport *transport = davy_transport_of(cas);
    json_t *as, *rule;

    if (!transport)
        return;
    as = json_array();
    for (size_t i = 0; i < transport->count; i++)
        (void) json_array_append_new(as, json_string(davy_class_name(transport->classes[i])));
    rule = rule_json("transport", as, DAVY_TRANSPORT_SOURCE, segregation_of(transport));
    if (transport->zone && transport->zone != DAVY_ZONE_NONE)
        (void) json_object_set_new(rule, "zone", json_stringn(&transport->zone, 1));
    (void) json_object_set_new(rule, "zone_unread",
                               json_boolean(davy_transport_zone_missing(transport)));
    (void) json_array_append_new(list, rule);
}

json_t *davy_chemical_apart(const davy_chemical *chemical)
{
    json_t *list = json_array();

    append_chart(list, chemical->cas);
    append_lists(list, chemical->cas);
    append_transport(list, chemical->cas);
    return list;
}

bool davy_chemical_reaction_unread(const davy_chemical *chemical)
{
    const davy_matter *matters[DAVY_MATTERS_MAX];
    int groups[DAVY_WASTE_GROUPS];

    return davy_reactive_group(chemical->cas) == 0 &&
           davy_waste_groups(chemical->cas, groups) == 0 &&
           davy_listed_against(chemical->cas, matters) == 0;
}
