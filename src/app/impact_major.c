/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_major.h"

#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/major/survey.h"
#include "site/load.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A survey and its arrays. */
struct survey {
    davy_major_line *lines;
    davy_major_unit *units;
    size_t line_count, unit_count;
};

static void clear(struct survey *survey)
{
    free(survey->lines);
    free(survey->units);
}

static davy_status survey_site(const davy_site *site, const bool *left_out, double people,
                               struct survey *out)
{
    const size_t room = site->asset_count > 0 ? site->asset_count : 1;

    *out = (struct survey){.lines = calloc(room, sizeof *out->lines),
                           .units = calloc(room, sizeof *out->units)};
    if (!out->lines || !out->units)
        return davy_fail(DAVY_ERR_NOMEM, "survey of '%s'", site->name);
    out->unit_count =
        davy_major_survey(site, left_out, people, out->lines, &out->line_count, out->units);
    return DAVY_OK;
}

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *unit_json(const davy_major_unit *unit)
{
    static const char *const verdicts[DAVY_MAJOR_VERDICTS] = {"no", "yes", "undecided"};

    return json_pack(
        "{s:s, s:o, s:b, s:s, s:o, s:b, s:o, s:o, s:s, s:s}", "unit", unit->name, "s",
        number_or_null(unit->s.value), "s_complete", unit->s_complete, "major",
        verdicts[unit->verdict], "r", number_or_null(unit->r.value), "r_complete", unit->r_complete,
        "grade", unit->grade > 0 ? json_integer(unit->grade) : json_null(), "gas",
        number_or_null(unit->gas), "distance", davy_distance_method_name(unit->distance),
        "distance_text", davy_distance_method_text(unit->distance));
}

static json_t *units_json(const struct survey *survey)
{
    json_t *units = json_array();

    for (size_t i = 0; i < survey->unit_count; i++)
        (void) json_array_append_new(units, unit_json(&survey->units[i]));
    return units;
}

static const char *basis_of(const davy_major_line *line, char text[DAVY_PRINT_CELL_MAX])
{
    switch (line->basis) {
    case DAVY_MAJOR_TABLE_1:
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "table 1, row %d", line->row->row);
        break;
    case DAVY_MAJOR_LOWEST:
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "table 1, row %d, the lowest of several",
                        line->row->row);
        break;
    case DAVY_MAJOR_CLASSES:
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "table 2, %s, at most",
                        line->class ? line->class->symbol : "its classes");
        break;
    default:
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "not known");
        break;
    }
    return text;
}

static json_t *item_json(const davy_site *site, const struct survey *survey,
                         const davy_major_line *line)
{
    const davy_site_asset *asset = &site->assets[line->asset];
    char basis[DAVY_PRINT_CELL_MAX];

    return json_pack(
        "{s:s, s:s, s:s, s:o, s:f, s:o, s:s, s:f, s:b}", "unit", survey->units[line->unit].name,
        "asset", asset->name, "chemical", asset->chemical, "cas",
        line->chemical ? json_string(line->chemical->cas) : json_null(), "amount_t",
        line->item.amount, "threshold_t", number_or_null(line->item.threshold), "basis",
        basis_of(line, basis), "beta", line->item.beta, "beta_known", line->factor_known);
}

static json_t *items_json(const davy_site *site, const struct survey *survey)
{
    json_t *items = json_array();

    for (size_t i = 0; i < survey->line_count; i++)
        (void) json_array_append_new(items, item_json(site, survey, &survey->lines[i]));
    return items;
}

/* S and R with what is not known said in front. */
static const char *at_least(const json_t *object, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    char complete[32];

    (void) snprintf(complete, sizeof complete, "%s_complete", path);
    if (!json_is_number(json_object_get(object, path)))
        return "-";
    (void) snprintf(text, DAVY_PRINT_CELL_MAX, "%s%.4g",
                    json_is_true(json_object_get(object, complete)) ? "" : "at least ",
                    json_number_value(json_object_get(object, path)));
    return text;
}

static davy_status print_units(const char *title, const json_t *units)
{
    static const davy_print_field fields[] = {
        {"unit", "unit", false, NULL},   {"S", "s", true, at_least},
        {"major", "major", false, NULL}, {"R", "r", true, at_least},
        {"grade", "grade", true, NULL},  {"external distance", "distance_text", false, NULL}};

    (void) printf("%s\n", title);
    return davy_print_objects("units", fields, DAVY_ARRAY_LENGTH(fields), units);
}

static davy_status print_tables(const json_t *answer)
{
    static const davy_print_field fields[] = {
        {"unit", "unit", false, NULL},         {"asset", "asset", false, NULL},
        {"chemical", "chemical", false, NULL}, {"q, t", "amount_t", true, NULL},
        {"Q, t", "threshold_t", true, NULL},   {"beta", "beta", true, NULL},
        {"Q by", "basis", false, NULL}};
    const json_t *people = json_object_get(answer, "people");
    const json_t *without = json_object_get(answer, "units_without");
    char title[DAVY_PRINT_CELL_MAX];
    davy_status status;

    (void) snprintf(title, sizeof title,
                    json_is_number(people) ? "GB 18218-2018, %.0f people outside"
                                           : "GB 18218-2018, people outside not known: --people N",
                    json_number_value(people));
    status = print_units(title, json_object_get(answer, "units"));
    if (status == DAVY_OK && without)
        status = print_units("\nwithout what is left out", without);
    if (status != DAVY_OK)
        return status;
    (void) printf("\n");
    return davy_print_objects("items", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(answer, "items"));
}

/* @param left_out  [asset_count] */
static davy_status leave_out(const davy_site *site, const davy_option_list *names, bool *left_out)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t k = 0;

        while (k < site->asset_count && strcmp(site->assets[k].name, names->items[i]) != 0)
            k++;
        if (k == site->asset_count || !site->assets[k].chemical)
            return davy_fail(DAVY_ERR_NOT_FOUND,
                             "--without %s: no asset of that name holds anything; look at the "
                             "assets of %s",
                             names->items[i], site->file);
        left_out[k] = true;
    }
    return DAVY_OK;
}

static davy_status answer_of(const davy_impact_major *wish, const davy_site *site, json_t *answer)
{
    const double people =
        wish->people == UINT64_MAX ? davy_major_people(site) : (double) wish->people;
    bool *left_out = calloc(site->asset_count + 1, sizeof *left_out);
    struct survey all = {0}, rest = {0};
    davy_status status = left_out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "survey");

    if (status == DAVY_OK)
        status = leave_out(site, &wish->without, left_out);
    if (status == DAVY_OK)
        status = survey_site(site, NULL, people, &all);
    if (status == DAVY_OK && wish->without.count > 0)
        status = survey_site(site, left_out, people, &rest);
    if (status == DAVY_OK) {
        (void) json_object_set_new(answer, "site", json_string(site->name));
        (void) json_object_set_new(answer, "people", number_or_null(people));
        (void) json_object_set_new(answer, "units", units_json(&all));
        if (wish->without.count > 0)
            (void) json_object_set_new(answer, "units_without", units_json(&rest));
        (void) json_object_set_new(answer, "items", items_json(site, &all));
    }
    clear(&all);
    clear(&rest);
    free(left_out);
    return status;
}

int davy_impact_major_print(const davy_impact_major *wish)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    json_t *answer = json_object();
    davy_status status = davy_site_load(wish->site, &faults, &site);

    if (faults.count > 0)
        davy_site_faults_print(&faults, stderr, false);
    if (status == DAVY_OK)
        status = answer_of(wish, site, answer);
    if (status == DAVY_OK)
        status = wish->json ? davy_print_json(json_incref(answer)) : print_tables(answer);
    json_decref(answer);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("impact", status);
}
