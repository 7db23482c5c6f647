/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/ghs.h"

#include "core/status.h"

#include <math.h>

davy_ghs_class davy_ghs_oral(double ld50)
{
    static const struct {
        double most;
        const char *because;
    } cuts[] = {{5, "LD50 at most 5 mg/kg"},
                {50, "LD50 above 5, at most 50 mg/kg"},
                {300, "LD50 above 50, at most 300 mg/kg"},
                {2000, "LD50 above 300, at most 2000 mg/kg"},
                {5000, "LD50 above 2000, at most 5000 mg/kg"}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cuts); i++)
        if (ld50 <= cuts[i].most)
            return (davy_ghs_class){"Acute toxicity, oral", (int) i + 1, cuts[i].because};
    return (davy_ghs_class){"Acute toxicity, oral", 0, "LD50 above 5000 mg/kg"};
}

static davy_ghs_class liquid(double flash, double boiling)
{
    davy_ghs_class class = {"Flammable liquid", 0, "flash point above 93 degC"};

    if (flash < 23 && boiling <= 35)
        class = (davy_ghs_class){class.hazard, 1,
                                 "flash point below 23 degC, boils at 35 degC or "
                                 "below"};
    else if (flash < 23)
        class = (davy_ghs_class){class.hazard, 2, "flash point below 23 degC, boils above 35 degC"};
    else if (flash <= 60)
        class = (davy_ghs_class){class.hazard, 3, "flash point from 23 to 60 degC"};
    else if (flash <= 93)
        class = (davy_ghs_class){class.hazard, 4, "flash point above 60, at most 93 degC"};
    return class;
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
    size_t count = 0;

    if (!isnan(figures[DAVY_CHEMICAL_LD50]))
        out[count++] = davy_ghs_oral(figures[DAVY_CHEMICAL_LD50]);
    if (boiling < 20 && !isnan(figures[DAVY_CHEMICAL_LEL]) && !isnan(figures[DAVY_CHEMICAL_UEL]))
        out[count++] = gas(figures[DAVY_CHEMICAL_LEL], figures[DAVY_CHEMICAL_UEL]);
    if (boiling >= 20 && !isnan(figures[DAVY_CHEMICAL_FLASH]))
        out[count++] = liquid(figures[DAVY_CHEMICAL_FLASH], boiling);
    out[count] = (davy_ghs_class){0};
    return count;
}
