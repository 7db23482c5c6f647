/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy chemical`: what is known of a hazardous chemical, and who says so.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/ghs.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const davy_usage usage = {
    "chemical", "QUERY",
    "Look a chemical up by its name, in English or Chinese, CAS number, UN number or SMILES.",
    "Every figure names its source. What no source here says is not there, which does not mean "
    "that "
    "there is no hazard."};

struct settings {
    bool json;
};

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *figures_json(const davy_chemical *chemical)
{
    json_t *figures = json_array();
    char source[DAVY_CHEMICAL_SOURCE_MAX];

    for (davy_chemical_figure i = 0; i < DAVY_CHEMICAL_FIGURES; i++) {
        const davy_chemical_figure_name *name = davy_chemical_figure_of(i);

        if (!isnan(chemical->figures[i]))
            (void) json_array_append_new(
                figures, json_pack("{s:s, s:s, s:f, s:s, s:s}", "name", name->name, "title",
                                   name->title, "value", chemical->figures[i], "unit", name->unit,
                                   "source", davy_chemical_source(chemical, i, source)));
    }
    return figures;
}

static json_t *classes_json(const davy_chemical *chemical)
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

static json_t *chemical_json(const davy_chemical *chemical)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "name", chemical->name, "chinese",
                     text_or_null(davy_chemical_chinese(chemical)), "cas", chemical->cas, "un",
                     text_or_null(chemical->un), "smiles", text_or_null(chemical->smiles),
                     "figures", figures_json(chemical), "ghs", classes_json(chemical));
}

static const char *words_of(const json_t *chemical, const char *key)
{
    const char *text = json_string_value(json_object_get(chemical, key));

    return text ? text : "";
}

static davy_status print_sheet(const json_t *chemical)
{
    static const davy_print_field figures[] = {{"figure", "title", false, NULL},
                                               {"value", "value", true, NULL},
                                               {"unit", "unit", false, NULL},
                                               {"source", "source", false, NULL}};
    static const davy_print_field classes[] = {{"GHS", "hazard", false, NULL},
                                               {"category", "category", true, NULL},
                                               {"because", "because", false, NULL}};
    davy_status status;

    (void) printf("%s  %s  CAS %s  %s\n\n", words_of(chemical, "name"),
                  words_of(chemical, "chinese"), words_of(chemical, "cas"),
                  words_of(chemical, "un"));
    status = davy_print_objects("figures", figures, DAVY_ARRAY_LENGTH(figures),
                                json_object_get(chemical, "figures"));
    if (status != DAVY_OK || json_array_size(json_object_get(chemical, "ghs")) == 0)
        return status;
    (void) printf("\n");
    return davy_print_objects("ghs", classes, DAVY_ARRAY_LENGTH(classes),
                              json_object_get(chemical, "ghs"));
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

static bool is_named(const json_t *chemical, const char *query)
{
    return strcasecmp(words_of(chemical, "name"), query) == 0 ||
           strcmp(words_of(chemical, "chinese"), query) == 0;
}

/* Benzene is asked for, and not everything with a ring of it. */
static void keep_what_is_named_so(json_t *found, const char *query)
{
    bool named = false;

    for (size_t i = 0; i < json_array_size(found); i++)
        named = named || is_named(json_array_get(found, i), query);
    for (size_t i = json_array_size(found); named && i-- > 0;)
        if (!is_named(json_array_get(found, i), query))
            (void) json_array_remove(found, i);
}

static int look_up(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    const char *query = words->items[0];
    json_t *found = json_array();
    davy_status status = DAVY_OK;

    for (const davy_chemical *chemical = NULL; (chemical = davy_chemical_find(query, chemical));)
        (void) json_array_append_new(found, chemical_json(chemical));
    keep_what_is_named_so(found, query);
    if (json_array_size(found) == 0)
        status = refuse(query);
    else if (settings->json)
        status = davy_print_json(
            json_pack("{s:i, s:O}", "version", DAVY_CHEMICALS_VERSION, "chemicals", found));
    else if (json_array_size(found) == 1)
        status = print_sheet(json_array_get(found, 0));
    else
        status = print_list(found);
    json_decref(found);
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
