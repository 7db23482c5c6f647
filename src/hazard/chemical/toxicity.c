/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/toxicity.h"

#include "core/status.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const davy_dose_name names[DAVY_DOSES] = {
    [DAVY_DOSE_DERMAL] = {"ld50_dermal", "LD50, dermal", "mg/kg"},
    [DAVY_DOSE_GAS] = {"lc50_gas", "LC50, inhaled gas, 4 hours", "ppm"},
};

#define JAPAN "; classification of the Japanese government"

static const struct {
    const char *cas;
    davy_dose dose;
    double value;
    const char *study;
} rows[] = {
    {"10102-44-0", DAVY_DOSE_GAS, 88, "rat, RTECS (2005), HSDB (2005)" JAPAN},
    {"124-40-3", DAVY_DOSE_GAS, 4700, "rat, DFGOT 7 (1996)" JAPAN},
    {"19287-45-7", DAVY_DOSE_GAS, 40, "rat, ACGIH (2001)" JAPAN},
    {"460-19-5", DAVY_DOSE_GAS, 175, "rat, brought to 4 hours, Patty 5th ed. (2001)" JAPAN},
    {"50-00-0", DAVY_DOSE_GAS, 480, "rat, SIDS (2002)" JAPAN},
    {"630-08-0", DAVY_DOSE_GAS, 1659, "rat, RTECS (2004)" JAPAN},
    {"74-83-9", DAVY_DOSE_GAS, 600, "rat, agricultural chemical registration (1980)" JAPAN},
    {"74-87-3", DAVY_DOSE_GAS, 2566, "rat, SIDS (2004)" JAPAN},
    {"74-89-5", DAVY_DOSE_GAS, 4400, "rat, DFGOT 7 (1996)" JAPAN},
    {"74-93-1", DAVY_DOSE_GAS, 675, "rat, ACGIH (2004), ATSDR (1992)" JAPAN},
    {"75-21-8", DAVY_DOSE_GAS, 800, "rat, MOE risk assessment 2 (2003)" JAPAN},
    {"75-44-5", DAVY_DOSE_GAS, 5.58, "rat, CERI Hazard Data 2000-51 (2001)" JAPAN},
    {"75-50-3", DAVY_DOSE_GAS, 3519, "rat, IUCLID (2000)" JAPAN},
    {"7637-07-2", DAVY_DOSE_GAS, 436, "rat, ACGIH (2001)" JAPAN},
    {"7647-01-0", DAVY_DOSE_GAS, 1411, "rat, brought to 4 hours, SIDS (2002)" JAPAN},
    {"7664-41-7", DAVY_DOSE_GAS, 4608.7, "rat, brought to 4 hours, EHC 54 (1986)" JAPAN},
    {"7782-41-4", DAVY_DOSE_GAS, 92.5, "rat, brought to 4 hours, Patty 4th ed. (2000)" JAPAN},
    {"7782-50-5", DAVY_DOSE_GAS, 146, "rat, brought to 4 hours, EHC 21 (1982), ACGIH (2005)" JAPAN},
    {"7783-06-4", DAVY_DOSE_GAS, 444, "rat, ACGIH (2001)" JAPAN},
    {"7784-42-1", DAVY_DOSE_GAS, 16.2, "rat" JAPAN},
    {"7803-51-2", DAVY_DOSE_GAS, 11, "rat, EHC 73 (1988), ACGIH (1998)" JAPAN},
    {"106-89-8", DAVY_DOSE_DERMAL, 754, "rabbit, EHC 33 (1984)" JAPAN},
    {"107-02-8", DAVY_DOSE_DERMAL, 271, "rabbit, of five studies, EU-RAR 7 (2001)" JAPAN},
    {"107-06-2", DAVY_DOSE_DERMAL, 4890, "rabbit, SIDS (2002)" JAPAN},
    {"107-11-9", DAVY_DOSE_DERMAL, 35, "rabbit, Patty 5th ed. (2001)" JAPAN},
    {"107-13-1", DAVY_DOSE_DERMAL, 148, "rat, EHC 28 (1983)" JAPAN},
    {"107-18-6", DAVY_DOSE_DERMAL, 45, "rabbit, DFGOT 15 (2001)" JAPAN},
    {"108-05-4", DAVY_DOSE_DERMAL, 2335, "rabbit, CERI-NITE 60 (2004)" JAPAN},
    {"108-95-2", DAVY_DOSE_DERMAL, 670, "rat, EHC 161 (1994)" JAPAN},
    {"110-86-1", DAVY_DOSE_DERMAL, 1000, "guinea pig, MOE risk assessment 3 (2004)" JAPAN},
    {"12185-10-3", DAVY_DOSE_DERMAL, 29, "rat" JAPAN},
    {"151-56-4", DAVY_DOSE_DERMAL, 13, "rabbit, Patty 5th ed. (2001)" JAPAN},
    {"302-01-2", DAVY_DOSE_DERMAL, 91, "rabbit, IUCLID (2000)" JAPAN},
    {"4170-30-3", DAVY_DOSE_DERMAL, 324, "rabbit, MOE risk assessment 5 (2006)" JAPAN},
    {"50-00-0", DAVY_DOSE_DERMAL, 270, "rabbit, EHC 89 (1989)" JAPAN},
    {"62-53-3", DAVY_DOSE_DERMAL, 442, "rat, EU-RAR 50 (2004)" JAPAN},
    {"64-19-7", DAVY_DOSE_DERMAL, 1060, "rabbit, Patty 5th ed. (2001)" JAPAN},
    {"67-63-0", DAVY_DOSE_DERMAL, 4059, "rabbit, CERI Hazard Data (1999)" JAPAN},
    {"74-90-8", DAVY_DOSE_DERMAL, 6.8, "rabbit, CICAD 61 (2004)" JAPAN},
    {"75-05-8", DAVY_DOSE_DERMAL, 390, "rabbit, EHC 154 (1993)" JAPAN},
    {"75-86-5", DAVY_DOSE_DERMAL, 15.8, "rabbit, ACGIH (2001)" JAPAN},
    {"79-21-0", DAVY_DOSE_DERMAL, 1410, "rabbit, DFGOT" JAPAN},
    {"98-95-3", DAVY_DOSE_DERMAL, 760, "rabbit, EHC 230 (2003)" JAPAN},
};

const davy_dose_name *davy_dose_of(davy_dose dose)
{
    return &names[dose];
}

double davy_chemical_dose(const char *cas, davy_dose dose, const char **study)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (rows[i].dose == dose && strcmp(rows[i].cas, cas) == 0) {
            if (study)
                *study = rows[i].study;
            return rows[i].value;
        }
    return NAN;
}
