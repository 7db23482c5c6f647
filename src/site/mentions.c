/* SPDX-License-Identifier: Apache-2.0 */
#include "site/mentions.h"

#include "site/nearest.h"
#include "site/unit_convert.h"
#include "site/values.h"

#include <stdio.h>

/* What is looked for, and where. */
struct among {
    const char *what;    /* "asset" */
    const char *section; /* where one is added */
    const davy_names *names;
    const char *(*name_of)(const davy_site *site, size_t index); /* may be NULL of a faulty one */
    size_t count;
};

static const char *asset_name(const davy_site *site, size_t index)
{
    return site->assets[index].name;
}

static const char *signal_path(const davy_site *site, size_t index)
{
    return site->signals[index].path;
}

static const char *junction_name(const davy_site *site, size_t index)
{
    return site->emergency.junctions[index].name;
}

static void refuse_unknown(davy_site_reader *reader, const davy_site_where *where,
                           const davy_yaml_node *node, const struct among *among, const char *name)
{
    davy_nearest nearest = {.word = name};
    char remedy[DAVY_SITE_REMEDY_MAX];

    for (size_t i = 0; i < among->count; i++) {
        const char *candidate = among->name_of(reader->site, i);

        if (candidate)
            davy_nearest_offer(&nearest, candidate);
    }
    if (nearest.best)
        (void) snprintf(remedy, sizeof remedy, "did you mean '%s'?", nearest.best);
    else
        (void) snprintf(remedy, sizeof remedy, "add it under '%s'", among->section);
    davy_site_refuse(reader, where, node, remedy, "no %s has the name '%.60s'", among->what, name);
}

static bool find(davy_site_reader *reader, const davy_site_where *where, const davy_yaml_node *node,
                 const davy_site_field *field, const struct among *among, size_t *index)
{
    const char *text = davy_site_scalar(reader, where, node, field);

    if (!text)
        return false;
    if (davy_names_find(among->names, text, index))
        return true;
    refuse_unknown(reader, where, node, among, text);
    return false;
}

static void read_mention(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, const davy_site_field *field, void *object,
                         const struct among *among)
{
    size_t index;

    if (find(reader, where, node, field, among, &index))
        *(size_t *) ((char *) object + field->offset) = index;
}

void davy_site_read_asset_mention(davy_site_reader *reader, const davy_site_where *where,
                                  const davy_yaml_node *node, const davy_site_field *field,
                                  void *object)
{
    const struct among among = {"asset", "assets", &reader->assets, asset_name,
                                reader->site->asset_count};

    read_mention(reader, where, node, field, object, &among);
}

void davy_site_read_junction_mention(davy_site_reader *reader, const davy_site_where *where,
                                     const davy_yaml_node *node, const davy_site_field *field,
                                     void *object)
{
    const struct among among = {"junction", "roads.junctions", &reader->junctions, junction_name,
                                reader->site->emergency.junction_count};

    read_mention(reader, where, node, field, object, &among);
}

void davy_site_read_signal_mention(davy_site_reader *reader, const davy_site_where *where,
                                   const davy_yaml_node *node, const davy_site_field *field,
                                   void *object)
{
    const struct among among = {"signal", "assets", &reader->signals, signal_path,
                                reader->site->signal_count};
    char remedy[DAVY_SITE_REMEDY_MAX];
    davy_unit_scale scale;
    const char *unit;
    size_t index;

    if (!find(reader, where, node, field, &among, &index))
        return;
    unit = reader->site->signals[index].unit;
    /* A share without a unit may be meant in percent. */
    if (field->with &&
        (!unit || !*unit || davy_unit_convert(unit, field->with, &scale) != DAVY_OK)) {
        (void) snprintf(remedy, sizeof remedy, "give it 'unit: \"%s\"', or name another signal",
                        (const char *) field->with);
        davy_site_refuse(reader, where, node, remedy,
                         "the unit '%.40s' of this signal is none of %s", unit ? unit : "",
                         (const char *) field->with);
        return;
    }
    *(size_t *) ((char *) object + field->offset) = index;
}
