/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* What is known of hazardous chemicals; what was read nowhere is not in the lists. */

static const davy_schema_field chemicals[] = {
    {"version", "integer", "of the table", REQUIRED},
    {"chemicals", "ChemicalBrief[]", NULL, REQUIRED},
};
static const davy_schema_field chemical_brief[] = {
    {"name", "string", NULL, REQUIRED},   {"chinese", "string", NULL, NULLABLE},
    {"cas", "string", NULL, REQUIRED},    {"un", "string", "UN1017", NULLABLE},
    {"smiles", "string", NULL, NULLABLE},
};
static const davy_schema_field chemical[] = {
    {"name", "string", NULL, REQUIRED},
    {"chinese", "string", "as GB 18218-2018 has it", NULLABLE},
    {"cas", "string", NULL, REQUIRED},
    {"un", "string", "UN1017", NULLABLE},
    {"smiles", "string", NULL, NULLABLE},
    {"figures", "ChemicalFigure[]", "hazards and endpoints", REQUIRED},
    {"physical", "ChemicalFigure[]", "properties that releases are computed from", REQUIRED},
    {"ghs", "ChemicalClass[]", "classes that follow from the figures", REQUIRED},
};
static const davy_schema_field chemical_figure[] = {
    {"name", "string", "lel", REQUIRED},
    {"title", "string", NULL, REQUIRED},
    {"value", "number", NULL, REQUIRED},
    {"unit", "string", "empty for a ratio", REQUIRED},
    {"source", "string", "document, and the place in it", REQUIRED},
};
static const davy_schema_field chemical_class[] = {
    {"hazard", "string", "Flammable gas", REQUIRED},
    {"category", "integer", "from 1, the worst; null: the figures say that it is in none",
     NULLABLE},
    {"because", "string", "figures and cut-offs that decided", REQUIRED},
};

const davy_schema davy_chemical_schemas[] = {
    SCHEMA("Chemicals", chemicals),
    SCHEMA("ChemicalBrief", chemical_brief),
    SCHEMA("Chemical", chemical),
    SCHEMA("ChemicalFigure", chemical_figure),
    SCHEMA("ChemicalClass", chemical_class),
};
const size_t davy_chemical_schema_count = DAVY_ARRAY_LENGTH(davy_chemical_schemas);
