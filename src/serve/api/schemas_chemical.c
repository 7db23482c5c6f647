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
    {"ghs_given", "ChemicalGiven[]", "classes that the Japanese government gave, 2006 to 2008",
     REQUIRED},
    {"aegl", "ChemicalAegl[]", "acute exposure guideline levels", REQUIRED},
    {"isolation", "ChemicalIsolation", "first distances of a spill; null: not read", NULLABLE},
    {"reactivity", "ChemicalReactivity",
     "what it must not meet by 46 CFR part 150; null: its group was not read", NULLABLE},
    {"apart", "ChemicalApart[]", "what it must not meet by other sources; empty: none was read",
     REQUIRED},
    {"reaction_unread", "boolean", "no source that was read says with what it reacts", REQUIRED},
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
static const davy_schema_field chemical_given[] = {
    {"hazard", "string", "Flammable gas", REQUIRED},
    {"category", "string", "1, 2A, Liquefied gas", REQUIRED},
};
static const davy_schema_field chemical_aegl[] = {
    {"level", "integer", "1 discomfort, 2 lasting harm, 3 death", REQUIRED},
    {"minutes", "integer", "of exposure", REQUIRED},
    {"ppm", "number", NULL, REQUIRED},
    {"source", "string", NULL, REQUIRED},
};
static const davy_schema_field chemical_group[] = {
    {"group", "integer", "of 46 CFR part 150", REQUIRED},
    {"name", "string", NULL, REQUIRED},
};
static const davy_schema_field chemical_reactivity[] = {
    {"group", "integer", "of 46 CFR part 150", REQUIRED},
    {"name", "string", NULL, REQUIRED},
    {"apart", "ChemicalGroup[]", "groups that it must not meet", REQUIRED},
    {"chemicals", "string[]", "chemicals of the table that it must not meet", REQUIRED},
};
static const davy_schema_field chemical_isolation[] = {
    {"in_water", "boolean", "holds for a spill into water alone", REQUIRED},
    {"source", "string", NULL, REQUIRED},
    {"spills", "ChemicalSpill[]", NULL, REQUIRED},
};
static const davy_schema_field chemical_spill[] = {
    {"spill", "string", "small: of a package; large: of more", REQUIRED},
    {"container", "string", "that a large one comes from; null: whatever it is", NULLABLE},
    {"wind", "string", "below 10 km/h; null: whatever it is", NULLABLE},
    {"around", "number", "m, in all directions: keep everybody out", REQUIRED},
    {"day", "number", "m downwind: protect people; 11000: or more", REQUIRED},
    {"night", "number", "the same by night", REQUIRED},
};
static const davy_schema_field chemical_apart[] = {
    {"rule", "string", "chart: groups that react; lists: known pairs; transport: classes",
     REQUIRED},
    {"as", "string[]", "its groups or classes there", REQUIRED},
    {"zone", "string", "of inhalation, A the worst to D; null: none, or not read", NULLABLE},
    {"zone_unread", "boolean", "rows of toxic gases and liquids are not applied", REQUIRED},
    {"source", "string", NULL, REQUIRED},
    {"from", "ChemicalApartFrom[]", "what is not there may react all the same", REQUIRED},
};
static const davy_schema_field chemical_apart_from[] = {
    {"what", "string", "Acids, organic", REQUIRED},
    {"so", "string[]", "what happens, or how far apart; empty: not told", REQUIRED},
    {"chemicals", "string[]", "chemicals of the table that are meant", REQUIRED},
};
static const davy_schema_field chemical_structure[] = {
    {"smiles", "string", "canonical", REQUIRED},
    {"chemical", "ChemicalBrief", "the one of the table that it is", NULLABLE},
    {"atoms", "integer", "other than hydrogen", REQUIRED},
    {"parts", "integer", "more than one: a salt or a mixture", REQUIRED},
    {"metals", "integer", "atoms", REQUIRED},
    {"molar_mass", "number", "g/mol", REQUIRED},
    {"oxygen_balance", "number", "%", REQUIRED},
    {"explosive_groups", "ChemicalSign[]", "signs, and no verdict", REQUIRED},
    {"refused", "string", "why no model was asked", NULLABLE},
    {"predictions", "ChemicalPrediction[]", NULL, REQUIRED},
    {"known", "any", "null: what is alike is told by davy chemical --known", NULLABLE},
};
static const davy_schema_field chemical_sign[] = {
    {"group", "string", "nitro", REQUIRED},
    {"family", "string", "nitrogen and oxygen", REQUIRED},
    {"count", "integer", NULL, REQUIRED},
};
static const davy_schema_field chemical_prediction[] = {
    {"model", "string", NULL, REQUIRED},
    {"version", "integer", NULL, REQUIRED},
    {"label", "string", "what it answers", REQUIRED},
    {"task", "string", "classify or regress", OPTIONAL},
    {"refused", "string", "why it did not answer", OPTIONAL},
    {"other_reader", "boolean",
     "it learnt with another version of RDKit: numbers may differ a little", OPTIONAL},
    {"outside", "integer", "inputs outside of what it learnt from", OPTIONAL},
    {"value", "number", NULL, OPTIONAL},
    {"low", "number", "of the interval", true, true},
    {"high", "number", NULL, true, true},
    {"coverage", "number", "share of the held-out answers that the interval held", OPTIONAL},
    {"ld50", "ChemicalDose", "of a model whose label is neg_log_ld50", OPTIONAL},
    {"flammable", "ChemicalFlammable", "of a model whose label is flash_point_k", OPTIONAL},
    {"probabilities", "any", "of each class", OPTIONAL},
    {"classes", "string[]", "what nine tenths of the probability cannot rule out", OPTIONAL},
};
static const davy_schema_field chemical_dose[] = {
    {"mg_kg", "number", NULL, REQUIRED},
    {"low", "number", NULL, REQUIRED},
    {"high", "number", NULL, REQUIRED},
    {"category", "integer", "of the GHS, oral; 0: none", REQUIRED},
    {"worst", "integer", "of the low end", REQUIRED},
    {"best", "integer", "of the high end", REQUIRED},
};
static const davy_schema_field chemical_flammable[] = {
    {"flash_c", "number", "flash point, degC", REQUIRED},
    {"low", "number", "of the interval, degC", REQUIRED},
    {"high", "number", NULL, REQUIRED},
    {"categories", "integer[]",
     "of flammable liquids of the GHS, by the flash point: 1 and 2 are not told apart; 0: none",
     REQUIRED},
    {"open", "integer[]", "all that the interval leaves open", REQUIRED},
};

const davy_schema davy_chemical_schemas[] = {
    SCHEMA("Chemicals", chemicals),
    SCHEMA("ChemicalBrief", chemical_brief),
    SCHEMA("Chemical", chemical),
    SCHEMA("ChemicalFigure", chemical_figure),
    SCHEMA("ChemicalClass", chemical_class),
    SCHEMA("ChemicalGiven", chemical_given),
    SCHEMA("ChemicalAegl", chemical_aegl),
    SCHEMA("ChemicalGroup", chemical_group),
    SCHEMA("ChemicalReactivity", chemical_reactivity),
    SCHEMA("ChemicalIsolation", chemical_isolation),
    SCHEMA("ChemicalSpill", chemical_spill),
    SCHEMA("ChemicalApart", chemical_apart),
    SCHEMA("ChemicalApartFrom", chemical_apart_from),
    SCHEMA("ChemicalStructure", chemical_structure),
    SCHEMA("ChemicalSign", chemical_sign),
    SCHEMA("ChemicalPrediction", chemical_prediction),
    SCHEMA("ChemicalDose", chemical_dose),
    SCHEMA("ChemicalFlammable", chemical_flammable),
};
const size_t davy_chemical_schema_count = DAVY_ARRAY_LENGTH(davy_chemical_schemas);
