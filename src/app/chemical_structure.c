/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chemical_structure.h"

#include "serve/api/chemical_sheet.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The structures of the table in the canonical form of the reader; NULL: none is told, or it cannot
 * be read. Read once: it takes longer than all else that is asked of one molecule. */
static char *canonical_table[DAVY_CHEMICALS];

static void read_table(void)
{
    for (size_t i = 0; i < DAVY_CHEMICALS; i++) {
        const char *smiles = davy_chemical_at(i)->smiles;
        davy_molecule *molecule = NULL;
        davy_molecule_fault fault;

        if (smiles[0] && davy_molecule_read(smiles, strlen(smiles), &molecule, &fault) == DAVY_OK)
            canonical_table[i] = strdup(davy_molecule_describe(molecule)->smiles);
        davy_molecule_destroy(molecule);
    }
}

/* The chemical of the table that it is, however it is written there; null: none. */
static json_t *chemical_of(const char *canonical)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void) pthread_once(&once, read_table);
    for (size_t i = 0; i < DAVY_CHEMICALS; i++)
        if (canonical_table[i] && strcmp(canonical_table[i], canonical) == 0)
            return davy_chemical_brief(davy_chemical_at(i));
    return json_null();
}

davy_status davy_structure_describe(const char *smiles, const davy_structure_wish *wish,
                                    json_t **out)
{
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault = DAVY_MOLECULE_FINE;
    json_t *structure = NULL, *known = NULL;
    davy_status status = davy_molecule_read(smiles, strlen(smiles), &molecule, &fault);

    if (status != DAVY_OK)
        return status;
    status = davy_chemical_predict(molecule, wish->models, wish->open, &structure);
    if (status == DAVY_OK)
        (void) json_object_set_new(structure, "chemical",
                                   chemical_of(davy_molecule_describe(molecule)->smiles));
    if (status == DAVY_OK && wish->known)
        status = davy_known_nearest(wish->known, molecule, &known);
    davy_molecule_destroy(molecule);
    if (status != DAVY_OK) {
        json_decref(structure);
        return status;
    }
    (void) json_object_set_new(structure, "known", known ? known : json_null());
    *out = structure;
    return DAVY_OK;
}

/* ---------------------------------------------------------------------------------- printing */

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void print_counted(const json_t *structure)
{
    const json_t *groups = json_object_get(structure, "explosive_groups");
    const json_t *chemical = json_object_get(structure, "chemical");

    (void) printf("%s\n%.0f atoms other than hydrogen, %.2f g/mol, oxygen balance %.1f %%\n",
                  text_of(structure, "smiles"), number_of(structure, "atoms"),
                  number_of(structure, "molar_mass"), number_of(structure, "oxygen_balance"));
    if (json_is_object(chemical))
        (void) printf("This is %s of the table, CAS %s: what is known goes before what is "
                      "predicted.\n",
                      text_of(chemical, "name"), text_of(chemical, "cas"));
    if (json_array_size(groups) == 0)
        (void) printf("No group that is a sign of an explosive was counted.\n");
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *one = json_array_get(groups, i);

        (void) printf("Sign of an explosive: %.0f x %s (%s)\n", number_of(one, "count"),
                      text_of(one, "group"), text_of(one, "family"));
    }
}

/* "1.92 (1.20 to 2.70)", or the classes that are not ruled out. */
static void say(const json_t *row, char *text, size_t capacity)
{
    const json_t *classes = json_object_get(row, "classes");
    size_t at = 0;

    if (json_object_get(row, "refused"))
        (void) snprintf(text, capacity, "no answer: %s", text_of(row, "refused"));
    else if (json_is_number(json_object_get(row, "low")))
        (void) snprintf(text, capacity, "%.4g (%.4g to %.4g, %.0f %%)", number_of(row, "value"),
                        number_of(row, "low"), number_of(row, "high"),
                        100 * number_of(row, "coverage"));
    else if (json_object_get(row, "value"))
        (void) snprintf(text, capacity, "%.4g", number_of(row, "value"));
    else
        for (size_t i = 0; i < json_array_size(classes) && at < capacity; i++) {
            const char *name = json_string_value(json_array_get(classes, i));
            const json_t *all = json_object_get(row, "probabilities");

            at += (size_t) snprintf(text + at, capacity - at, "%s%s (%.3f)", i ? " or " : "", name,
                                    number_of(all, name));
        }
}

static void print_dose(const json_t *dose)
{
    if (json_is_object(dose))
        (void) printf("  that is %.3g mg/kg (%.3g to %.3g): GHS oral category %.0f, not ruled out "
                      "%.0f to %.0f (0: none)\n",
                      number_of(dose, "mg_kg"), number_of(dose, "low"), number_of(dose, "high"),
                      number_of(dose, "category"), number_of(dose, "worst"),
                      number_of(dose, "best"));
}

/* "1 or 2", or "none" for 0. */
static void list_categories(const json_t *list, char *text, size_t capacity)
{
    size_t at = 0;

    for (size_t i = 0; i < json_array_size(list) && at < capacity; i++) {
        const json_int_t category = json_integer_value(json_array_get(list, i));
        char word[24] = "none";

        if (category > 0)
            (void) snprintf(word, sizeof word, "%d", (int) category);
        at += (size_t) snprintf(text + at, capacity - at, "%s%s", i ? " or " : "", word);
    }
}

static void print_flammable(const json_t *flammable)
{
    char categories[64] = "", open[64] = "";

    if (!json_is_object(flammable))
        return;
    list_categories(json_object_get(flammable, "categories"), categories, sizeof categories);
    list_categories(json_object_get(flammable, "open"), open, sizeof open);
    (void) printf("  that is %.0f degC (%.0f to %.0f): GHS flammable liquid, if it is a liquid, "
                  "category %s, not ruled out %s\n",
                  number_of(flammable, "flash_c"), number_of(flammable, "low"),
                  number_of(flammable, "high"), categories, open);
}

static void print_predictions(const json_t *structure)
{
    const json_t *list = json_object_get(structure, "predictions");

    if (json_is_string(json_object_get(structure, "refused")))
        (void) printf("\nNot predicted: %s.\n", text_of(structure, "refused"));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        char text[512] = "";

        say(row, text, sizeof text);
        (void) printf("%s%s version %.0f, %s: %s; %.0f inputs outside of what it learnt from%s\n",
                      i ? "" : "\n", text_of(row, "model"), number_of(row, "version"),
                      text_of(row, "label"), text, number_of(row, "outside"),
                      json_is_true(json_object_get(row, "other_reader"))
                          ? "; it learnt with another version of RDKit"
                          : "");
        print_dose(json_object_get(row, "ld50"));
        print_flammable(json_object_get(row, "flammable"));
    }
}

static void print_values(const json_t *values)
{
    const char *name;
    const json_t *value;
    bool first = true;

    json_object_foreach((json_t *) values, name, value)
    {
        (void) printf("%s%s=%s", first ? "" : " ", name, json_string_value(value));
        first = false;
    }
}

/* A molecule may have been measured more than once. */
static void print_measured(const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        (void) printf("%s", i ? "; " : "");
        print_values(json_object_get(json_array_get(rows, i), "values"));
    }
    (void) printf("\n");
}

static void print_known(const json_t *known)
{
    const json_t *nearest = json_object_get(known, "nearest");

    if (!json_is_object(known))
        return;
    (void) printf("\nNearest of %.0f rows with molecules that were measured (%s):\n",
                  number_of(known, "rows"),
                  json_is_true(json_object_get(known, "inside"))
                      ? "known ground"
                      : "none is alike: a prediction is a guess here");
    for (size_t i = 0; i < json_array_size(nearest); i++) {
        const json_t *one = json_array_get(nearest, i);

        (void) printf("  %.2f  %s  ", number_of(one, "similarity"), text_of(one, "smiles"));
        print_measured(json_object_get(one, "measured"));
    }
}

void davy_structure_print(const json_t *structure)
{
    print_counted(structure);
    print_predictions(structure);
    print_known(json_object_get(structure, "known"));
}
