/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chemical_answer.h"

#include "hazard/chemical/ghs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Share of the probability that the classes which are not ruled out hold together. */
#define CLASSES_HELD 0.9

#define KELVIN 273.15 /* K of 0 degC */

/* mg/kg of a number of a model of the LD50. */
static double dose_of(double number, double mass)
{
    return mass * 1000 * pow(10, -number);
}

/* An LD50 as people read it, with the class of the GHS at both ends of its interval. */
static void add_dose(json_t *said, double mass, double value, double low, double high)
{
    const davy_ghs_class worst = davy_ghs_oral(dose_of(high, mass));
    const davy_ghs_class best = davy_ghs_oral(dose_of(low, mass));

    (void) json_object_set_new(said, "ld50",
                               json_pack("{s:f, s:f, s:f, s:i, s:i, s:i}", "mg_kg",
                                         dose_of(value, mass), "low", dose_of(high, mass), "high",
                                         dose_of(low, mass), "category",
                                         davy_ghs_oral(dose_of(value, mass)).category, "worst",
                                         worst.category, "best", best.category));
}

/* A list of categories, the worst first; 0: none. */
static json_t *categories_of(double low, double high)
{
    json_t *list = json_array();
    int open[DAVY_GHS_LIQUIDS];
    const size_t count = davy_ghs_liquids(low, high, NAN, open);

    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(list, json_integer(open[i]));
    return list;
}

/* A flash point as people read it, with the classes of the GHS that a liquid may have by it. No
 * model tells where it boils, so categories 1 and 2 stand together. */
static void add_flammable(json_t *said, double value, double low, double high)
{
    const double flash = value - KELVIN, from = low - KELVIN, to = high - KELVIN;

    (void) json_object_set_new(said, "flammable",
                               json_pack("{s:f, s:f, s:f, s:o, s:o}", "flash_c", flash, "low", from,
                                         "high", to, "categories", categories_of(flash, flash),
                                         "open", categories_of(from, to)));
}

static void add_number(json_t *said, double mass, const davy_predictor_info *info,
                       const davy_answers *answers)
{
    const double value = (double) answers->values[0];
    const double low = answers->low ? (double) answers->low[0] : NAN;
    const double high = answers->high ? (double) answers->high[0] : NAN;

    (void) json_object_set_new(said, "value", json_real(value));
    (void) json_object_set_new(said, "low", isnan(low) ? json_null() : json_real(low));
    (void) json_object_set_new(said, "high", isnan(high) ? json_null() : json_real(high));
    (void) json_object_set_new(said, "coverage", json_real(info->coverage));
    if (isnan(low) || isnan(high))
        return;
    if (strcmp(info->label, DAVY_LABEL_LD50) == 0)
        add_dose(said, mass, value, low, high);
    if (strcmp(info->label, DAVY_LABEL_FLASH) == 0)
        add_flammable(said, value, low, high);
}

/* The most probable class that is not in the set yet. */
static size_t next_class(const davy_answers *answers, size_t classes, const bool *taken)
{
    size_t best = SIZE_MAX;

    for (size_t c = 0; c < classes; c++)
        if (!taken[c] &&
            (best == SIZE_MAX || answers->probabilities[c] > answers->probabilities[best]))
            best = c;
    return best;
}

/* Classes from the most probable on, until they hold nine tenths of the probability. */
static void add_classes(json_t *said, const davy_predictor_info *info, const davy_answers *answers)
{
    bool *taken = calloc(info->class_count + 1, sizeof *taken);
    json_t *set = json_array(), *probabilities = json_object();
    double held = 0;

    for (size_t c = 0; c < info->class_count; c++)
        (void) json_object_set_new(probabilities, info->classes[c],
                                   json_real((double) answers->probabilities[c]));
    for (size_t n = 0; taken && n < info->class_count && held < CLASSES_HELD; n++) {
        const size_t best = next_class(answers, info->class_count, taken);

        taken[best] = true;
        held += (double) answers->probabilities[best];
        (void) json_array_append_new(set, json_string(info->classes[best]));
    }
    free(taken);
    (void) json_object_set_new(said, "probabilities", probabilities);
    (void) json_object_set_new(said, "classes", set);
}

void davy_chemical_answer(json_t *said, const davy_predictor_info *info,
                          const davy_answers *answers, double mass)
{
    if (answers->values)
        add_number(said, mass, info, answers);
    else
        add_classes(said, info, answers);
}
