/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/major/survey.h"

#include "hazard/chemical/ghs.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const double kg_per_tonne = 1000;

/* Rows of table 1 that are explosives of division 1.1: UN 0224, 0129, 0135, 0213, 0209, 0143, 0340,
 * 0341 and 0222. The wetted and plasticised ones are flammable solids and oxidisers. */
static bool is_explosive_row(int row)
{
    return (row >= 31 && row <= 38) || row == 43;
}

/* Table 1 has its own names, for a substance that the table of chemicals has not. */
static const davy_gb_substance *row_named(const char *text)
{
    for (size_t i = 0; davy_gb_substance_at(i); i++) {
        const davy_gb_substance *row = davy_gb_substance_at(i);

        if (strcasecmp(row->english, text) == 0 || strcmp(row->chinese, text) == 0)
            return row;
    }
    return NULL;
}

/* The row of the lowest threshold for a number; *count rows have it. */
static const davy_gb_substance *row_of(const char *cas, size_t *count)
{
    const davy_gb_substance *lowest = NULL;

    *count = 0;
    for (const davy_gb_substance *row = NULL; (row = davy_gb_substance_find(cas, row));) {
        ++*count;
        if (!lowest || row->threshold < lowest->threshold)
            lowest = row;
    }
    return lowest;
}

/* What `holds` means, if it means one. */
static void identify(const char *text, davy_major_line *line)
{
    const davy_chemical *found[DAVY_CHEMICALS];
    const char *cas = davy_cas_check(text) == DAVY_CAS_FINE ? text : "";
    size_t rows = 0;

    if (davy_chemical_search(text, found) == 1) {
        line->chemical = found[0];
        cas = found[0]->cas;
    }
    if (cas[0])
        line->row = row_of(cas, &rows);
    else
        line->row = row_named(text);
    if (line->row)
        line->basis = rows > 1 ? DAVY_MAJOR_LOWEST : DAVY_MAJOR_TABLE_1;
}

/* Classes of table 2 that the classes of the GHS say for sure. Under its process conditions a
 * flammable liquid may be of W5.1 or W5.2 instead, whose thresholds are lower. */
static size_t classes_of(const davy_chemical *chemical, const davy_gb_class *out[DAVY_GHS_MAX])
{
    static const struct {
        const char *hazard;
        int category;
        const char *symbol;
    } map[] = {{"Flammable gas", 1, "W2"},       {"Flammable gas", 2, "W2"},
               {"Flammable liquid", 1, "W5.1"},  {"Flammable liquid", 2, "W5.3"},
               {"Flammable liquid", 3, "W5.4"},  {"Acute toxicity, oral", 1, "J2"},
               {"Acute toxicity, oral", 2, "J5"}};
    davy_ghs_class classes[DAVY_GHS_MAX];
    const size_t count = davy_ghs_classify(chemical, classes);
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(map); k++)
            if (classes[i].category == map[k].category &&
                strcmp(classes[i].hazard, map[k].hazard) == 0)
                out[found++] = davy_gb_class_find(map[k].symbol);
    return found;
}

static bool is_known(const davy_chemical *chemical, davy_chemical_figure figure)
{
    return !isnan(chemical->figures[figure]);
}

/* A gas as the GHS has it, which burns or harms those who breathe it. */
static bool is_gas(const davy_chemical *chemical)
{
    static const double room = 20; /* degC */

    return chemical->figures[DAVY_CHEMICAL_BOILING] < room &&
           (is_known(chemical, DAVY_CHEMICAL_LEL) || is_known(chemical, DAVY_CHEMICAL_AEGL2) ||
            is_known(chemical, DAVY_CHEMICAL_ERPG2) || is_known(chemical, DAVY_CHEMICAL_IDLH));
}

static davy_major_line line_of(const davy_site_asset *asset)
{
    static const double least_factor = 1; /* of table 4 */
    const davy_gb_class *classes[DAVY_GHS_MAX];
    size_t count = 0;
    davy_major_line line = {.basis = DAVY_MAJOR_UNKNOWN};

    identify(asset->chemical, &line);
    if (line.chemical) {
        count = classes_of(line.chemical, classes);
        line.is_gas = is_gas(line.chemical);
    }
    line.item = davy_gb_item_of(asset->amount_kg / kg_per_tonne, line.row, classes, count);
    if (!line.row && count > 0)
        line.basis = DAVY_MAJOR_CLASSES;
    for (size_t i = 0; !line.row && i < count; i++)
        if (classes[i]->threshold == line.item.threshold)
            line.class = classes[i];
    line.factor_known = line.row && line.row->beta > 0;
    if (isnan(line.item.beta))
        line.item.beta = least_factor;
    line.is_explosive = line.row && is_explosive_row(line.row->row);
    return line;
}

static size_t unit_named(const char *name, davy_major_unit *units, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(units[i].name, name) == 0)
            return i;
    units[*count] = (davy_major_unit){.name = name, .s_complete = true, .r_complete = true};
    return (*count)++;
}

static void add(davy_answer *sum, davy_answer term)
{
    const double before = sum->formula && sum->kind == DAVY_ANSWER_VALUE ? sum->value : 0;

    *sum = term;
    if (term.kind == DAVY_ANSWER_VALUE)
        *sum = davy_answer_give(term, before + term.value);
}

/* What is not known adds nothing, and the sums are "at least" from then on. */
static void add_line(davy_major_unit *unit, const davy_major_line *line, double people)
{
    const bool is_in_table_1 =
        line->basis == DAVY_MAJOR_TABLE_1 || line->basis == DAVY_MAJOR_LOWEST;

    unit->line_count++;
    unit->s_complete = unit->s_complete && is_in_table_1;
    unit->r_complete = unit->r_complete && is_in_table_1 && line->factor_known;
    if (line->basis == DAVY_MAJOR_UNKNOWN)
        return;
    add(&unit->s, davy_gb_s(&line->item, 1));
    add(&unit->r, davy_gb_r(&line->item, 1, people));
    if (line->is_gas)
        unit->gas += line->item.amount / line->item.threshold;
}

static void judge(davy_major_unit *unit, const davy_major_line *lines, size_t line_count,
                  size_t index)
{
    bool explosives = false, gases_known = unit->s_complete;

    for (size_t i = 0; i < line_count; i++)
        if (lines[i].unit == index) {
            explosives = explosives || lines[i].is_explosive;
            gases_known = gases_known && lines[i].chemical &&
                          is_known(lines[i].chemical, DAVY_CHEMICAL_BOILING);
        }
    if (!unit->s.formula) { /* nothing of it is known */
        unit->s = davy_gb_s(NULL, 0);
        unit->r = davy_gb_r(NULL, 0, 0);
    }
    if (davy_gb_is_major(unit->s.value))
        unit->verdict = DAVY_MAJOR_YES;
    else
        unit->verdict = unit->s_complete ? DAVY_MAJOR_NO : DAVY_MAJOR_UNDECIDED;
    if (unit->verdict == DAVY_MAJOR_YES && unit->r.kind == DAVY_ANSWER_VALUE)
        unit->grade = davy_gb_grade(unit->r.value);
    unit->distance = davy_distance_method_of(explosives, unit->gas, gases_known);
}

size_t davy_major_survey(const davy_site *site, const bool *left_out, double people,
                         davy_major_line *lines, size_t *line_count, davy_major_unit *units)
{
    size_t count = 0;

    *line_count = 0;
    for (size_t i = 0; i < site->asset_count; i++) {
        const davy_site_asset *asset = &site->assets[i];
        davy_major_line *line = &lines[*line_count];
        size_t unit;

        if (!asset->chemical || !(asset->amount_kg > 0))
            continue;
        unit = unit_named(asset->unit ? asset->unit : site->name, units, &count);
        if (left_out && left_out[i])
            continue;
        *line = line_of(asset);
        line->asset = i;
        line->unit = unit;
        add_line(&units[unit], line, people);
        ++*line_count;
    }
    for (size_t i = 0; i < count; i++)
        judge(&units[i], lines, *line_count, i);
    return count;
}

double davy_major_people(const davy_site *site)
{
    double day = 0, night = 0;
    bool any = false;

    for (size_t i = 0; i < site->emergency.place_count; i++) {
        const davy_site_place *place = &site->emergency.places[i];

        any = any || place->outside;
        if (place->outside && place->within == 0) { /* those within one are among its people */
            day += place->day;
            night += place->night;
        }
    }
    return any ? fmax(day, night) : NAN;
}
