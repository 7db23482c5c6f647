/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/chemical_sheet.h"

#include "hazard/chemical/aegl.h"
#include "hazard/chemical/ghs.h"
#include "hazard/chemical/ghs_given.h"
#include "hazard/chemical/physical.h"
#include "hazard/chemical/reactivity.h"
#include "hazard/chemical/toxicity.h"
#include "serve/api/chemical_apart.h"
#include "serve/api/chemical_isolation.h"

#include <math.h>

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static void append_figure(json_t *list, const char *name, const char *title, double value,
                          const char *unit, const char *source)
{
    (void) json_array_append_new(list,
                                 json_pack("{s:s, s:s, s:f, s:s, s:s}", "name", name, "title",
                                           title, "value", value, "unit", unit, "source", source));
}

static void append_doses(json_t *list, const char *cas)
{
    const char *study = "";

    for (davy_dose i = 0; i < DAVY_DOSES; i++) {
        const double value = davy_chemical_dose(cas, i, &study);

        if (!isnan(value))
            append_figure(list, davy_dose_of(i)->name, davy_dose_of(i)->title, value,
                          davy_dose_of(i)->unit, study);
    }
}

static json_t *figures_of(const davy_chemical *chemical)
{
    json_t *list = json_array();
    char source[DAVY_CHEMICAL_SOURCE_MAX];

    for (davy_chemical_figure i = 0; i < DAVY_CHEMICAL_FIGURES; i++) {
        const davy_chemical_figure_name *name = davy_chemical_figure_of(i);

        if (!isnan(chemical->figures[i]))
            append_figure(list, name->name, name->title, chemical->figures[i], name->unit,
                          davy_chemical_source(chemical, i, source));
    }
    append_doses(list, chemical->cas);
    return list;
}

static json_t *physical_of(const davy_chemical *chemical)
{
    const davy_physical *physical = davy_chemical_physical(chemical->cas);
    json_t *list = json_array();
    char source[DAVY_CHEMICAL_SOURCE_MAX];

    for (davy_physical_figure i = 0; physical && i < DAVY_PHYSICAL_FIGURES; i++) {
        const davy_physical_figure_name *name = davy_physical_figure_of(i);

        if (!isnan(physical->figures[i]))
            append_figure(list, name->name, name->title, physical->figures[i], name->unit,
                          davy_physical_source(physical, i, source));
    }
    return list;
}

static json_t *classes_of(const davy_chemical *chemical)
{
    davy_ghs_class classes[DAVY_GHS_MAX];
    const size_t count = davy_ghs_classify(chemical, classes);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:s}", "hazard", classes[i].hazard, "category",
                      classes[i].category > 0 ? json_integer(classes[i].category) : json_null(),
                      "because", classes[i].because));
    return list;
}

/* Classes of an authority, beside ours. */
static json_t *given_of(const davy_chemical *chemical)
{
    json_t *list = json_array();

    for (const davy_ghs_given *row = NULL; (row = davy_ghs_given_find(chemical->cas, row));)
        (void) json_array_append_new(list, json_pack("{s:s, s:s}", "hazard",
                                                     davy_ghs_hazard_name(row->hazard), "category",
                                                     row->category));
    return list;
}

static json_t *aegl_of(const davy_chemical *chemical)
{
    const davy_aegl *aegl = davy_aegl_of(chemical->cas);
    json_t *list = json_array();

    for (int level = 0; aegl && level < DAVY_AEGL_LEVELS; level++)
        for (int time = 0; time < DAVY_AEGL_TIMES; time++)
            if (!isnan(aegl->ppm[level][time]))
                (void) json_array_append_new(
                    list, json_pack("{s:i, s:i, s:f, s:s}", "level", level + 1, "minutes",
                                    davy_aegl_minutes[time], "ppm", aegl->ppm[level][time],
                                    "source", aegl->source));
    return list;
}

static json_t *group_json(int group)
{
    return json_pack("{s:i, s:s}", "group", group, "name", davy_reactive_group_name(group));
}

/* Groups of the chart that this one's must not meet. */
static json_t *groups_apart(int group)
{
    json_t *list = json_array();

    for (int other = 1; other <= DAVY_REACTIVE_GROUP_MAX; other++)
        if (davy_reactive_groups_clash(group, other))
            (void) json_array_append_new(list, group_json(other));
    return list;
}

/* Chemicals of the table that it must not meet. */
static json_t *chemicals_apart(const char *cas)
{
    json_t *list = json_array();
    const davy_chemical *other;

    for (size_t i = 0; (other = davy_chemical_at(i)); i++)
        if (davy_chemicals_clash(cas, other->cas))
            (void) json_array_append_new(list, json_string(other->name));
    return list;
}

static json_t *reactivity_of(const davy_chemical *chemical)
{
    const int group = davy_reactive_group(chemical->cas);

    if (group == 0)
        return json_null();
    return json_pack("{s:i, s:s, s:o, s:o}", "group", group, "name",
                     davy_reactive_group_name(group), "apart", groups_apart(group), "chemicals",
                     chemicals_apart(chemical->cas));
}

json_t *davy_chemical_brief(const davy_chemical *chemical)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:o}", "name", chemical->name, "chinese",
                     text_or_null(davy_chemical_chinese(chemical)), "cas", chemical->cas, "un",
                     text_or_null(chemical->un), "smiles", text_or_null(chemical->smiles));
}

json_t *davy_chemical_sheet(const davy_chemical *chemical)
{
    json_t *sheet = davy_chemical_brief(chemical);

    (void) json_object_set_new(sheet, "figures", figures_of(chemical));
    (void) json_object_set_new(sheet, "physical", physical_of(chemical));
    (void) json_object_set_new(sheet, "ghs", classes_of(chemical));
    (void) json_object_set_new(sheet, "ghs_given", given_of(chemical));
    (void) json_object_set_new(sheet, "aegl", aegl_of(chemical));
    (void) json_object_set_new(sheet, "reactivity", reactivity_of(chemical));
    (void) json_object_set_new(sheet, "isolation", davy_chemical_isolation(chemical->cas));
    (void) json_object_set_new(sheet, "apart", davy_chemical_apart(chemical));
    (void) json_object_set_new(sheet, "reaction_unread",
                               json_boolean(davy_chemical_reaction_unread(chemical)));
    return sheet;
}
