/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy chemical`: what is known of a hazardous chemical, and who says so.
 */
#include "app/chemical_structure.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "serve/api/chemical_sheet.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const davy_usage usage = {
    "chemical", "QUERY",
    "Look a chemical up by its name, in English or Chinese, CAS number, UN number or SMILES.",
    "Every figure names its source. What no source here says is not there, which does not mean "
    "that there is no hazard. A SMILES that the table does not have is counted, and predicted by "
    "the models of --models; salts, mixtures and metals are told, and not predicted."};

struct settings {
    bool json;
    davy_structure_wish wish;
    davy_option_list known; /* CSV files */
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

/* What it must not meet on a ship, in a line. */
static void print_reactivity(const json_t *reactivity)
{
    const json_t *apart = json_object_get(reactivity, "apart");

    if (!json_is_object(reactivity))
        return;
    (void) printf("\n%s (group %" JSON_INTEGER_FORMAT " of 46 CFR part 150) must not meet:",
                  words_of(reactivity, "name"),
                  json_integer_value(json_object_get(reactivity, "group")));
    for (size_t i = 0; i < json_array_size(apart); i++)
        (void) printf("%s %s", i ? ";" : "", words_of(json_array_get(apart, i), "name"));
    (void) printf("%s.\n", json_array_size(apart) ? "" : " none of the chart's groups");
}

static void print_texts(const json_t *texts, const char *between)
{
    for (size_t i = 0; i < json_array_size(texts); i++)
        (void) printf("%s%s", i ? between : "", json_string_value(json_array_get(texts, i)));
}

static void print_apart_head(const json_t *rule)
{
    static const struct {
        const char *rule, *title;
    } titles[] = {{"chart", "What it does when it mixes, by the EPA's chart of wastes, as"},
                  {"lists", "Lists of incompatible chemicals keep it from"},
                  {"transport", "Kept apart in transport, as class"}};
    const char *zone = words_of(rule, "zone");

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(titles); i++)
        if (strcmp(titles[i].rule, words_of(rule, "rule")) == 0)
            (void) printf("\n%s", titles[i].title);
    if (json_array_size(json_object_get(rule, "as"))) {
        (void) printf(" ");
        print_texts(json_object_get(rule, "as"), " and ");
    }
    (void) printf("%s%s:\n", zone[0] ? ", zone " : "", zone);
}

/* A source and what it keeps this one from; what it does not name may react all the same. */
static void print_apart(const json_t *rule)
{
    const json_t *from = json_object_get(rule, "from");

    print_apart_head(rule);
    for (size_t i = 0; i < json_array_size(from); i++) {
        const json_t *one = json_array_get(from, i);
        const json_t *so = json_object_get(one, "so");

        (void) printf("  %s%s", words_of(one, "what"), json_array_size(so) ? ": " : "");
        print_texts(so, ", ");
        (void) printf("\n");
    }
    if (json_array_size(from) == 0)
        (void) printf("  no row of the table holds for it\n");
    if (json_is_true(json_object_get(rule, "zone_unread")))
        (void) printf("  its zone of inhalation was not read: the rows of toxic gases and liquids "
                      "are not applied\n");
    (void) printf("  source: %s\n", words_of(rule, "source"));
}

static void print_all_apart(const json_t *sheet)
{
    const json_t *apart = json_object_get(sheet, "apart");

    print_reactivity(json_object_get(sheet, "reactivity"));
    for (size_t i = 0; i < json_array_size(apart); i++)
        print_apart(json_array_get(apart, i));
    if (json_is_true(json_object_get(sheet, "reaction_unread")))
        (void) printf("\nNo source that was read says with what it reacts; that does not mean that "
                      "it may meet anything.\n");
}

/* How far to keep everybody away before anything is known. */
static davy_status print_isolation(const json_t *isolation)
{
    static const davy_print_field fields[] = {{"first distances: spill", "spill", false, NULL},
                                              {"container", "container", false, NULL},
                                              {"wind", "wind", false, NULL},
                                              {"around, m", "around", true, NULL},
                                              {"downwind, day", "day", true, NULL},
                                              {"night", "night", true, NULL}};
    davy_status status;

    if (!json_is_object(isolation))
        return DAVY_OK;
    (void) printf("\n");
    status = davy_print_objects("isolation", fields, DAVY_ARRAY_LENGTH(fields),
                                json_object_get(isolation, "spills"));
    (void) printf("%s11000 means 11 km or more. %s\n",
                  json_is_true(json_object_get(isolation, "in_water"))
                      ? "For a spill into water alone. "
                      : "",
                  words_of(isolation, "source"));
    return status;
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
    if (status == DAVY_OK)
        status = print_isolation(json_object_get(sheet, "isolation"));
    print_all_apart(sheet);
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
    if (davy_cas_check(query) == DAVY_CAS_FINE)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "the table of %zu chemicals has none with the CAS number '%s'; that says "
                         "nothing about its hazards: give its structure as SMILES",
                         DAVY_CHEMICALS, query);
    return davy_fail(DAVY_ERR_NOT_FOUND,
                     "the table of %zu chemicals has none that '%.200s' means, which says nothing "
                     "about its hazards; nor is it a structure: %s",
                     DAVY_CHEMICALS, query, davy_error());
}

static json_t *sheets_of(const davy_chemical *const *found, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(list, davy_chemical_sheet(found[i]));
    return list;
}

/* What was found in the table, and what is said of the structure; either may be nothing. */
typedef struct answer {
    json_t *sheets, *structure;
} answer;

static davy_status print_answer(const answer *said, bool json)
{
    const size_t count = json_array_size(said->sheets);
    davy_status status = DAVY_OK;

    if (json)
        return davy_print_json(json_pack("{s:i, s:O, s:O?}", "version", DAVY_CHEMICALS_VERSION,
                                         "chemicals", said->sheets, "structure", said->structure));
    if (count == 1)
        status = print_sheet(json_array_get(said->sheets, 0));
    else if (count > 1)
        status = print_list(said->sheets);
    if (said->structure) {
        (void) printf("%s", count ? "\n" : "");
        davy_structure_print(said->structure);
    }
    return status;
}

/* A chemical of the table has its structure there. What the table does not have is one, or nothing;
 * and where more than one is meant and models are to be asked, the text itself is the structure. */
static davy_status look_for(const struct settings *settings, const char *query, answer *said)
{
    const davy_chemical *found[DAVY_CHEMICALS];
    const bool asks = settings->wish.models || settings->wish.known;
    size_t count = davy_chemical_search(query, found);
    const char *smiles = count == 1 ? found[0]->smiles : query;
    davy_status status = DAVY_OK;

    if (count > 1 && asks)
        count = 0;
    said->sheets = sheets_of(found, count);
    if (count == 0 && davy_cas_check(query) != DAVY_CAS_NONE)
        return refuse(query);
    if (count == 0 || (asks && smiles[0]))
        status = davy_structure_describe(smiles, &settings->wish, &said->structure);
    return count == 0 && (status == DAVY_ERR_INVALID || status == DAVY_ERR_UNSUPPORTED)
               ? refuse(query)
               : status;
}

static int look_up(void *context, const davy_option_list *words)
{
    struct settings settings = *(const struct settings *) context;
    answer said = {0};
    davy_status status = DAVY_OK;

    if (settings.wish.models)
        status = davy_molecule_models_create(DAVY_MOLECULE_MODELS_BYTES, &settings.wish.open);
    if (status == DAVY_OK && settings.known.count > 0)
        status = davy_known_create(&settings.known, &settings.wish.known);
    if (status == DAVY_OK)
        status = look_for(&settings, words->items[0], &said);
    if (status == DAVY_OK)
        status = print_answer(&said, settings.json);
    davy_known_destroy(settings.wish.known);
    davy_molecule_models_destroy(settings.wish.open);
    json_decref(said.sheets);
    json_decref(said.structure);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("chemical", status);
}

static int chemical(int argc, char **argv)
{
    struct settings settings = {0};
    const davy_option options[] = {
        {"models", DAVY_OPTION_TEXT, &settings.wish.models, "DIR",
         "folder of models: ask those that answer for molecules"},
        {"known", DAVY_OPTION_LIST, &settings.known, "FILE...",
         "CSV files with a column smiles: tell the nearest molecules and what is measured of them"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv, look_up,
                          &settings);
}

const davy_verb davy_verb_chemical = {"chemical", "look a hazardous chemical up", chemical};
