/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/chemical_sheet.h"

#include "hazard/chemical/ghs.h"
#include "hazard/chemical/physical.h"

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
    return sheet;
}
