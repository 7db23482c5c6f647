/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/harm/probit.h"

#include "core/status.h"
#include "hazard/constants.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The authors' units: mg in a kg, ppm in a fraction, minutes in a second, kW in a W, Pa in a psi.
 */
#define PER_CUBIC_METRE 1e6
#define PARTS           1e6
#define MINUTES         (1 / 60.0)
#define KILO            1e-3

#define PURPLE_BOOK \
    "TNO Purple Book CPR 18E (1999), chapter 5, as transcribed in Petrolord/petrolord-suite"
#define LEES                                                                                \
    "F. P. Lees, Loss Prevention in the Process Industries, as in UK HSE SPC/Tech/OSD/30, " \
    "tables 2 and 17"

#define TIME                                                  \
    {                                                         \
        "time of exposure", "s", DAVY_POSITIVE, DAVY_POSITIVE \
    }
#define MASS_AND_TIME                                                      \
    {                                                                      \
        {"concentration", "kg/m3", DAVY_POSITIVE, DAVY_NOT_NEGATIVE}, TIME \
    }
#define FRACTION_AND_TIME                                  \
    {                                                      \
        {"concentration", "1", {DBL_MIN, 1}, {0, 1}}, TIME \
    }
#define HEAT_AND_TIME                                                 \
    {                                                                 \
        {"heat flux", "W/m2", DAVY_POSITIVE, DAVY_NOT_NEGATIVE}, TIME \
    }
#define PRESSURE                                                   \
    {                                                              \
        {                                                          \
            "overpressure", "Pa", DAVY_POSITIVE, DAVY_NOT_NEGATIVE \
        }                                                          \
    }

static const davy_probit table[] = {
    {DAVY_HARM_TOXIC,
     "630-08-0",
     -7.4,
     1,
     1,
     PER_CUBIC_METRE,
     MINUTES,
     {"probit-toxic-carbon-monoxide-tno", "Death by carbon monoxide, TNO",
      "Pr = -7.4 + ln(C t), C in mg/m3, t in min", "1", PURPLE_BOOK, "", "pr-co-pb", MASS_AND_TIME,
      "一氧化碳致死概率（TNO）"}},
    {DAVY_HARM_TOXIC,
     "7782-50-5",
     -6.35,
     0.5,
     2.75,
     PER_CUBIC_METRE,
     MINUTES,
     {"probit-toxic-chlorine-tno", "Death by chlorine, TNO",
      "Pr = -6.35 + 0.5 ln(C^2.75 t), C in mg/m3, t in min", "1", PURPLE_BOOK, "", "",
      MASS_AND_TIME, "氯致死概率（TNO）"}},
    {DAVY_HARM_TOXIC,
     "7782-50-5",
     -8.29,
     0.92,
     2,
     PARTS,
     MINUTES,
     {"probit-toxic-chlorine-lees", "Death by chlorine, Lees",
      "Pr = -8.29 + 0.92 ln(C^2 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "氯致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "7664-41-7",
     -35.9,
     1.85,
     2,
     PARTS,
     MINUTES,
     {"probit-toxic-ammonia-lees", "Death by ammonia, Lees",
      "Pr = -35.9 + 1.85 ln(C^2 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "氨致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "7783-06-4",
     -31.42,
     3.008,
     1.43,
     PARTS,
     MINUTES,
     {"probit-toxic-hydrogen-sulfide-lees", "Death by hydrogen sulfide, Lees",
      "Pr = -31.42 + 3.008 ln(C^1.43 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "硫化氢致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "7647-01-0",
     -16.85,
     2,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-hydrogen-chloride-lees", "Death by hydrogen chloride, Lees",
      "Pr = -16.85 + 2 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "氯化氢致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "7664-39-3",
     -35.87,
     3.354,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-hydrogen-fluoride-lees", "Death by hydrogen fluoride, Lees",
      "Pr = -35.87 + 3.354 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "氟化氢致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "74-90-8",
     -29.42,
     3.008,
     1.43,
     PARTS,
     MINUTES,
     {"probit-toxic-hydrogen-cyanide-lees", "Death by hydrogen cyanide, Lees",
      "Pr = -29.42 + 3.008 ln(C^1.43 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "氰化氢致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "10102-44-0",
     -13.79,
     1.4,
     2,
     PARTS,
     MINUTES,
     {"probit-toxic-nitrogen-dioxide-lees", "Death by nitrogen dioxide, Lees",
      "Pr = -13.79 + 1.4 ln(C^2 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "二氧化氮致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "75-44-5",
     -19.27,
     3.686,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-phosgene-lees", "Death by phosgene, Lees",
      "Pr = -19.27 + 3.686 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "光气致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "7446-09-5",
     -15.67,
     2.1,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-sulfur-dioxide-lees", "Death by sulfur dioxide, Lees",
      "Pr = -15.67 + 2.1 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "二氧化硫致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "630-08-0",
     -37.98,
     3.7,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-carbon-monoxide-lees", "Death by carbon monoxide, Lees",
      "Pr = -37.98 + 3.7 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "一氧化碳致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "107-02-8",
     -9.93,
     2.05,
     1,
     PARTS,
     MINUTES,
     {"probit-toxic-acrolein-lees", "Death by acrolein, Lees",
      "Pr = -9.93 + 2.05 ln(C t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "丙烯醛致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "71-43-2",
     -109.78,
     5.3,
     2,
     PARTS,
     MINUTES,
     {"probit-toxic-benzene-lees", "Death by benzene, Lees",
      "Pr = -109.78 + 5.3 ln(C^2 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "苯致死概率（Lees）"}},
    {DAVY_HARM_TOXIC,
     "108-88-3",
     -6.794,
     0.41,
     2.5,
     PARTS,
     MINUTES,
     {"probit-toxic-toluene-lees", "Death by toluene, Lees",
      "Pr = -6.794 + 0.41 ln(C^2.5 t), C in ppm, t in min", "1", LEES, "", "", FRACTION_AND_TIME,
      "甲苯致死概率（Lees）"}},
    {DAVY_HARM_THERMAL,
     "",
     -38.48,
     2.56,
     4.0 / 3,
     1,
     1,
     {"probit-thermal-eisenberg", "Death by heat, Eisenberg",
      "Pr = -38.48 + 2.56 ln(t q^(4/3)), q in W/m2, t in s", "1",
      "N. A. Eisenberg et al., Vulnerability model, US Coast Guard 1975, as in UK HSE "
      "SPC/Tech/OSD/30 and sandialabs/hyram",
      "death by a thermal dose of short pulses", "", HEAT_AND_TIME, "热辐射致死概率（Eisenberg）"}},
    {DAVY_HARM_THERMAL,
     "",
     -36.38,
     2.56,
     4.0 / 3,
     1,
     1,
     {"probit-thermal-tsao-perry", "Death by heat, Tsao and Perry",
      "Pr = -36.38 + 2.56 ln(t q^(4/3)), q in W/m2, t in s", "1",
      "C. K. Tsao, W. W. Perry, Modifications to the vulnerability model, US Coast Guard 1979, as "
      "in UK HSE SPC/Tech/OSD/30; the Purple Book prints it as its own",
      "death, infrared of hydrocarbon fires", "th-tsao-20kW-20s", HEAT_AND_TIME,
      "热辐射致死概率（Tsao 和 Perry）"}},
    {DAVY_HARM_THERMAL,
     "",
     -37.23,
     2.56,
     4.0 / 3,
     1,
     1,
     {"probit-thermal-tno", "Death by heat, TNO",
      "Pr = -37.23 + 2.56 ln(t q^(4/3)), q in W/m2, t in s", "1",
      "TNO Green Book CPR 16E, as transcribed in sandialabs/hyram", "death", "", HEAT_AND_TIME,
      "热辐射致死概率（TNO）"}},
    {DAVY_HARM_THERMAL,
     "",
     -10.7,
     1.99,
     4.0 / 3,
     KILO,
     1,
     {"probit-thermal-lees", "Death by heat, Lees",
      "Pr = -10.7 + 1.99 ln(t q^(4/3)), q in kW/m2, t in s", "1", LEES, "", "", HEAT_AND_TIME,
      "热辐射致死概率（Lees）"}},
    {DAVY_HARM_PRESSURE,
     "",
     -77.1,
     6.91,
     1,
     1,
     0,
     {"probit-pressure-lung", "Death by haemorrhage of the lungs, Eisenberg",
      "Pr = -77.1 + 6.91 ln(P), P in Pa", "1",
      "N. A. Eisenberg et al., Vulnerability model, US Coast Guard 1975, as transcribed in "
      "sandialabs/hyram",
      "", "", PRESSURE, "肺出血致死概率（Eisenberg）"}},
    {DAVY_HARM_PRESSURE,
     "",
     1.47,
     1.37,
     1,
     1 / DAVY_PSI,
     0,
     {"probit-pressure-hsc", "Death by overpressure, Health and Safety Commission",
      "Pr = 1.47 + 1.37 ln(P), P in psig", "1", "UK HSE SPC/Tech/OSD/30, equation 4",
      "people outdoors", "", PRESSURE, "超压致死概率（英国健康与安全委员会）"}},
    {DAVY_HARM_PRESSURE,
     "",
     5.13,
     1.37,
     1,
     1e-5,
     0,
     {"probit-pressure-hse", "Death by overpressure, Health and Safety Executive",
      "Pr = 5.13 + 1.37 ln(P), P in bar", "1", "UK HSE, as in SPC/Tech/OSD/30", "people outdoors",
      "", PRESSURE, "超压致死概率（英国健康与安全执行局）"}},
};

const davy_probit *davy_probit_next(davy_harm harm, const char *cas, const davy_probit *after)
{
    for (size_t i = after ? (size_t) (after - table) + 1 : 0; i < DAVY_ARRAY_LENGTH(table); i++)
        if (table[i].harm == harm && (!cas || strcmp(table[i].cas, cas) == 0))
            return &table[i];
    return NULL;
}

const davy_probit *davy_probit_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(table); i++)
        if (strcmp(table[i].formula.name, name) == 0)
            return &table[i];
    return NULL;
}
