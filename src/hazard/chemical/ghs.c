/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/ghs.h"

#include "core/status.h"
#include "hazard/chemical/toxicity.h"

#include <math.h>

/* A cut-off and the sentence that it decided. */
typedef struct cut {
    double most;
    const char *because;
} cut;

/* The first cut-off that a dose is not above; category 0 above all of them. */
static int category_of(double dose, const cut *cuts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (dose <= cuts[i].most)
            return (int) i + 1;
    return 0;
}

davy_ghs_class davy_ghs_oral(double ld50)
{
    static const cut cuts[] = {{5, "LD50 at most 5 mg/kg"},
                               {50, "LD50 above 5, at most 50 mg/kg"},
                               {300, "LD50 above 50, at most 300 mg/kg"},
                               {2000, "LD50 above 300, at most 2000 mg/kg"},
                               {5000, "LD50 above 2000, at most 5000 mg/kg"}};
    const int category = category_of(ld50, cuts, DAVY_ARRAY_LENGTH(cuts));

    return (davy_ghs_class){"Acute toxicity, oral", category,
                            category ? cuts[category - 1].because : "LD50 above 5000 mg/kg"};
}

static davy_ghs_class dermal(double ld50)
{
    static const cut cuts[] = {{50, "LD50 at most 50 mg/kg"},
                               {200, "LD50 above 50, at most 200 mg/kg"},
                               {1000, "LD50 above 200, at most 1000 mg/kg"},
                               {2000, "LD50 above 1000, at most 2000 mg/kg"},
                               {5000, "LD50 above 2000, at most 5000 mg/kg"}};
    const int category = category_of(ld50, cuts, DAVY_ARRAY_LENGTH(cuts));

    return (davy_ghs_class){"Acute toxicity, dermal", category,
                            category ? cuts[category - 1].because : "LD50 above 5000 mg/kg"};
}

/* Above 5000 ppm editions of the GHS differ: category 0 here, and the caller tells nothing. */
static davy_ghs_class inhaled_gas(double lc50)
{
    static const cut cuts[] = {{100, "LC50 of four hours at most 100 ppm"},
                               {500, "LC50 of four hours above 100, at most 500 ppm"},
                               {2500, "LC50 of four hours above 500, at most 2500 ppm"},
                               {5000, "LC50 of four hours above 2500, at most 5000 ppm"}};
    const int category = category_of(lc50, cuts, DAVY_ARRAY_LENGTH(cuts));

    return (davy_ghs_class){"Acute toxicity, inhaled gas", category,
                            category ? cuts[category - 1].because : ""};
}

/* GHS, table 2.6.1: degC. */
#define FLASH_LOW    23.0
#define FLASH_MIDDLE 60.0
#define FLASH_HIGH   93.0
#define BOILING_LOW  35.0

static davy_ghs_class liquid(double flash, double boiling)
{
    davy_ghs_class class = {"Flammable liquid", 0, "flash point above 93 degC"};

    if (flash < FLASH_LOW && boiling <= BOILING_LOW)
        class = (davy_ghs_class){class.hazard, 1,
                                 "flash point below 23 degC, boils at 35 degC or "
                                 "below"};
    else if (flash < FLASH_LOW)
        class = (davy_ghs_class){class.hazard, 2, "flash point below 23 degC, boils above 35 degC"};
    else if (flash <= FLASH_MIDDLE)
        class = (davy_ghs_class){class.hazard, 3, "flash point from 23 to 60 degC"};
    else if (flash <= FLASH_HIGH)
        class = (davy_ghs_class){class.hazard, 4, "flash point above 60, at most 93 degC"};
    return class;
}

size_t davy_ghs_liquids(double low, double high, double boiling, int out[DAVY_GHS_LIQUIDS])
{
    const bool open[DAVY_GHS_LIQUIDS] = {
        high > FLASH_HIGH,
        low < FLASH_LOW && !(boiling > BOILING_LOW),
        low < FLASH_LOW && !(boiling <= BOILING_LOW),
        low <= FLASH_MIDDLE && high >= FLASH_LOW,
        low <= FLASH_HIGH && high > FLASH_MIDDLE,
    };
    size_t count = 0;

    if (!(low <= high))
        return 0;
    for (int category = 1; category < DAVY_GHS_LIQUIDS; category++)
        if (open[category])
            out[count++] = category;
    if (open[0])
        out[count++] = 0;
    return count;
}

static davy_ghs_class gas(double lel, double uel)
{
    if (lel <= 13)
        return (davy_ghs_class){"Flammable gas", 1, "burns from 13 % of the volume or less"};
    if (uel - lel >= 12)
        return (davy_ghs_class){"Flammable gas", 1, "burns over 12 % of the volume or more"};
    return (davy_ghs_class){"Flammable gas", 2, "burns from above 13 % and over less than 12 %"};
}

/* A gas boils below 20 degC. Flash points of gases are nominal and class nothing. */
size_t davy_ghs_classify(const davy_chemical *chemical, davy_ghs_class out[DAVY_GHS_MAX])
{
    const double *figures = chemical->figures;
    const double boiling = figures[DAVY_CHEMICAL_BOILING];
    const double skin = davy_chemical_dose(chemical->cas, DAVY_DOSE_DERMAL, NULL);
    const double breath = davy_chemical_dose(chemical->cas, DAVY_DOSE_GAS, NULL);
    size_t count = 0;

    if (!isnan(figures[DAVY_CHEMICAL_LD50]))
        out[count++] = davy_ghs_oral(figures[DAVY_CHEMICAL_LD50]);
    if (!isnan(skin))
        out[count++] = dermal(skin);
    if (!isnan(breath) && inhaled_gas(breath).category > 0)
        out[count++] = inhaled_gas(breath);
    if (boiling < 20 && !isnan(figures[DAVY_CHEMICAL_LEL]) && !isnan(figures[DAVY_CHEMICAL_UEL]))
        out[count++] = gas(figures[DAVY_CHEMICAL_LEL], figures[DAVY_CHEMICAL_UEL]);
    if (boiling >= 20 && !isnan(figures[DAVY_CHEMICAL_FLASH]))
        out[count++] = liquid(figures[DAVY_CHEMICAL_FLASH], boiling);
    out[count] = (davy_ghs_class){0};
    return count;
}
