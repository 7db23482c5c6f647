/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy chemical`: what is known of a hazardous chemical, and who says so.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "serve/api/chemical_sheet.h"

#include <jansson.h>
#include <stdio.h>

static const davy_usage usage = {
    "chemical", "QUERY",
    "Look a chemical up by its name, in English or Chinese, CAS number, UN number or SMILES.",
    "Every figure names its source. What no source here says is not there, which does not mean "
    "that "
    "there is no hazard."};

struct settings {
    bool json;
};

static const char *words_of(const json_t *chemical, const char *key)
{
    const char *text = json_string_value(json_object_get(chemical, key));

    return text ? text : "";
}

/* A table under an empty line; nothing at all where nothing is known. */
static davy_status print_part(const json_t *sheet, const char *name, const davy_print_field *fields,
                              size_t count)
{
    const json_t *rows = json_object_get(sheet, name);

    if (json_array_size(rows) == 0)
        return DAVY_OK;
    (void) printf("\n");
    return davy_print_objects(name, fields, count, rows);
}

/* What it must not meet, in a line; one whose group was not read may react all the same. */
static void print_reactivity(const json_t *reactivity)
{
    const json_t *apart = json_object_get(reactivity, "apart");

    if (!json_is_object(reactivity)) {
        (void) printf("\nWhat it must not meet was not read.\n");
        return;
    }
    (void) printf("\n%s (group %" JSON_INTEGER_FORMAT " of 46 CFR part 150) must not meet:",
                  words_of(reactivity, "name"),
                  json_integer_value(json_object_get(reactivity, "group")));
    for (size_t i = 0; i < json_array_size(apart); i++)
        (void) printf("%s %s", i ? ";" : "", words_of(json_array_get(apart, i), "name"));
    (void) printf("%s.\n", json_array_size(apart) ? "" : " none of the chart's groups");
}

static davy_status print_sheet(const json_t *sheet)
{
    static const davy_print_field figures[] = {{"figure", "title", false, NULL},
                                               {"value", "value", true, NULL},
                                               {"unit", "unit", false, NULL},
                                               {"source", "source", false, NULL}};
    static const davy_print_field classes[] = {{"GHS", "hazard", false, NULL},
                                               {"category", "category", true, NULL},
                                               {"because", "because", false, NULL}};
    static const davy_print_field given[] = {{"GHS, Japan 2006 to 2008", "hazard", false, NULL},
                                             {"category", "category", false, NULL}};
    static const davy_print_field aegl[] = {{"AEGL", "level", true, NULL},
                                            {"minutes", "minutes", true, NULL},
                                            {"ppm", "ppm", true, NULL},
                                            {"source", "source", false, NULL}};
    davy_status status;

    (void) printf("%s  %s  CAS %s  %s\n", words_of(sheet, "name"), words_of(sheet, "chinese"),
                  words_of(sheet, "cas"), words_of(sheet, "un"));
    status = print_part(sheet, "figures", figures, DAVY_ARRAY_LENGTH(figures));
    if (status == DAVY_OK)
        status = print_part(sheet, "physical", figures, DAVY_ARRAY_LENGTH(figures));
    if (status == DAVY_OK)
        status = print_part(sheet, "ghs", classes, DAVY_ARRAY_LENGTH(classes));
    if (status == DAVY_OK)
        status = print_part(sheet, "ghs_given", given, DAVY_ARRAY_LENGTH(given));
    if (status == DAVY_OK)
        status = print_part(sheet, "aegl", aegl, DAVY_ARRAY_LENGTH(aegl));
    print_reactivity(json_object_get(sheet, "reactivity"));
    return status;
}

static davy_status print_list(const json_t *found)
{
    static const davy_print_field fields[] = {{"name", "name", false, NULL},
                                              {"", "chinese", false, NULL},
                                              {"CAS", "cas", false, NULL},
                                              {"UN", "un", false, NULL}};

    return davy_print_objects("chemicals", fields, DAVY_ARRAY_LENGTH(fields), found);
}

static davy_status refuse(const char *query)
{
    if (davy_cas_check(query) == DAVY_CAS_WRONG)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' is no CAS number: its check digit does not fit; look for a mistyped "
                         "or exchanged digit",
                         query);
    return davy_fail(DAVY_ERR_NOT_FOUND,
                     "the table of %zu chemicals has none that '%s' means; that says nothing about "
                     "its hazards",
                     DAVY_CHEMICALS, query);
}

static json_t *sheets_of(const davy_chemical *const *found, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(list, davy_chemical_sheet(found[i]));
    return list;
}

static davy_status print_found(const davy_chemical *const *found, size_t count, bool json)
{
    json_t *sheets = sheets_of(found, count);
    davy_status status;

    if (json)
        status = davy_print_json(
            json_pack("{s:i, s:O}", "version", DAVY_CHEMICALS_VERSION, "chemicals", sheets));
    else
        status = count == 1 ? print_sheet(json_array_get(sheets, 0)) : print_list(sheets);
    json_decref(sheets);
    return status;
}

static int look_up(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    const char *query = words->items[0];
    const davy_chemical *found[DAVY_CHEMICALS];
    const size_t count = davy_chemical_search(query, found);
    const davy_status status = count ? print_found(found, count, settings->json) : refuse(query);

    return status == DAVY_OK ? EX_OK : davy_verb_fail("chemical", status);
}

static int chemical(int argc, char **argv)
{
    struct settings settings = {0};
    const davy_option options[] = {
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, look_up,
                          &settings);
}

const davy_verb davy_verb_chemical = {"chemical", "look a hazardous chemical up", chemical};
