/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/errata.h"

#include "core/status.h"

#include <string.h>

/* Sorted by name. */
static const davy_erratum errata[] = {
    {"aloha-frustum", "ALOHA, NOAA TM NOS OR&R 43 (2013)", "6.4.2, length of the frustum of a jet",
     "sqrt(L^2 + b^2 sin^2 a) - b cos a", "sqrt(L^2 - b^2 sin^2 a) - b cos a",
     "by hand, the triangle of hole, base and tip; kociembadamian/HAZEL read Chamberlain's p. 303"},
    {"alonso-multi-energy", "F. Diaz Alonso et al., J. Hazard. Mater. A137 (2006) 734",
     "fits of the multi-energy curves", "overpressure and duration of some strengths",
     "those of B06-105 (2017), tables 4.2 and 4.3",
     "B06-105, p. 23, held them against the curves and found some strengths wrong; it does not say "
     "which"},
    {"b06-105-strength", "B06-105, Beräkning av impulsbelastad konstruktion (2017)",
     "table 5.5, 2.5D, medium reactivity, low congestion", "6.5", "below 6.3",
     "by hand: the flame there runs at Mach 0.29, the mean of those of 2D and 3D as in all the "
     "rows, "
     "slower than the 0.35 to which the table gives 6.3"},
    {"bm-cold-density", "GasDispersion.jl, britter_mcquaid_plume.jl and britter_mcquaid_puff.jl",
     "kg/m3 of a cold release, and from it the height", "density of the cold gas x C",
     "density of the cold gas x c, c before the correction for the cold",
     "by hand, from the ideal gas law: one volume of cold gas in 1/c volumes of cloud; C is its "
     "part of the moles, which are warmer by then. With C the LNG of CCPS p. 122 is far away 2.7 "
     "times as dense as it can be, and its cloud as much too low"},
    {"bm-curve-0.001", "aefarrell.github.io, vapour_cloud_explosion_example",
     "the last curve of Britter and McQuaid", "C/C0 = 0.001", "C/C0 = 0.002",
     "its lines are those of 0.002 in GasDispersion.jl and in the same author's later text, which "
     "ends at 0.002"},
    {"bm-plume-height", "Britter and McQuaid, Workbook on the Dispersion of Dense Gases (1988)",
     "height of the plume", "D^2 / LH", "D^2 / (2 LH c)",
     "by hand: the plume is 2 LH wide, and with the printed height, or TNO's half of it, less gas "
     "passes the further it is; aefarrell.github.io, Britter-McQuaid, says so too"},
    {"bm-puff-ammonia", "Britter and McQuaid, Workbook on the Dispersion of Dense Gases (1988)",
     "example 6.3, Potchefstroom: 38 t of ammonia in a cloud of 72500 m3, as transcribed in "
     "GasDispersion.jl",
     "a cloud with about 6 % of ammonia", "about 60 % of ammonia",
     "by hand: 38 t are 2.23 Mmol, 72500 m3 at 240 K and 1 atm hold 3.68 Mmol; GasDispersion.jl, "
     "issue 71, tells of the contradiction. Whether the mass, the volume or the part is the slip "
     "is not known: no case for a check"},
    {"bm-richardson", "aefarrell.github.io, vapour_cloud_explosion_example",
     "Richardson number of a steady release", "g' Q / (L u*)", "g' Q / (L u*^3)",
     "by hand: the printed one is in m2/s2 and no number, so that 50 of them mean nothing"},
    {"briggs-rural-d", "copies of Briggs' table for open country", "sigma z of class D",
     "0.06 x (1 + 0.00015 x)^(-1/2)", "0.06 x (1 + 0.0015 x)^(-1/2)",
     "ALOHA, NOAA TM NOS OR&R 43 (2013), table 13, warns of it; with it a cloud of class D would "
     "be 47 % higher at 1 km"},
    {"briggs-urban-ab",
     "a public program's copy of Briggs' table for built-up areas (an early "
     "equation set of GasDispersion.jl)",
     "sigma z of classes A and B", "0.24 x (1 + 0.001 x)^(-1/2)", "0.24 x (1 + 0.001 x)^(1/2)",
     "its later versions and its tests have the other sign; R. F. Griffiths, Errors in the use of "
     "the Briggs parameterization, Atmospheric Environment 28 (1994), is the paper on such errors"},
    {"briggs-urban-d", "the same copy of Briggs' table", "sigma z of class D",
     "0.14 x (1 + 0.003 x)^(-1/2)", "0.14 x (1 + 0.0003 x)^(-1/2)",
     "its later versions and its tests have 0.0003"},
    {"ccps-puff-101", "CCPS, Guidelines for Consequence Analysis of Chemical Releases (1999)",
     "p. 101, sigma y of the puff example", "6.1 m", "5.05 m",
     "the book's own formula, 0.02 x^0.89 at 500 m, class F"},
    {"fireball-duration", "BLEVE sheet of A. Srivastava, scribd.com document 529343808",
     "how long a fireball of more than 30 t lasts", "2.6 M^(1/3)", "2.6 M^(1/6)",
     "by hand: at 30 t the other branch, 0.45 M^(1/3), gives 14.0 s, with 1/6 this one gives 14.5 "
     "s "
     "and with 1/3 it gives 80.8 s"},
    {"firesim-jet-lift-off", "YakNazim/fireSIM-Matlab-toolbox", "lift-off of a jet flame, K",
     "0.187 exp(-20 R) + 0.015", "0.185 exp(-20 R) + 0.015",
     "by hand: in still air the lift-off is 0.2 L, which the program has of its own for that case"},
    {"firesim-jet-tilt", "YakNazim/fireSIM-Matlab-toolbox", "tilt of a jet flame above R 0.05",
     "1.334 + 1.726 sqrt(R - 0.026)", "134 + 1726 sqrt(R - 0.026)",
     "by hand: at R 0.05 the other branch, 8000 R, gives 400, this one 401; the printed one gives "
     "1.6"},
    {"gasdispersion-plume", "README of GasDispersion.jl", "the propane plume", "2.0e-4", "6.124e-4",
     "its documentation prints 6.1e-4 for the same call, and the formula gives it"},
    {"hazel-jet-mach", "kociembadamian/HAZEL, of ALOHA 6.4.2",
     "Mach number of a choked jet, below "
     "the root",
     "((g+1)(Pc/Po)^((g-1)/g) - 2) / (g+1)", "((g+1)(Pc/Po)^((g-1)/g) - 2) / (g-1)",
     "by hand, from isentropic flow: a jet that is just choked, Pc = Po, has Mach 1"},
    {"hazel-jet-tilt", "kociembadamian/HAZEL", "tilt of a jet flame above R 0.05",
     "1726 sqrt(R - 0.026)", "134 + 1726 sqrt(R - 0.026)",
     "by hand: the branches meet at R 0.05, 400 and 401; without 134 it would lean a third "
     "less"},
    {"isc3-rise-crossover", "GasDispersion.jl", "plume_rise.jl, crossover of classes A to D",
     "0.0297 T (v / d)^(1/3) where Fb < 55 m4/s3", "0.0297 T v^(1/3) / d^(2/3)",
     "by hand: only there do the rises by buoyancy and by momentum agree, which is what the "
     "crossover is; for stacks of 1 m both are the same"},
    {"isc3-rise-momentum-stable", "GasDispersion.jl", "plume_rise.jl, momentum in stable air",
     "1.5 (Fm / (v sqrt(s)))^(1/3), v the exit speed", "1.5 (Fm / (u sqrt(s)))^(1/3), u the wind",
     "EPA's text has the wind; by hand: only with it do the rises agree at the crossover 0.019582 "
     "T v sqrt(s)"},
    {"jet-base-exponent", "YakNazim/fireSIM-Matlab-toolbox and another public program",
     "width of the base of a jet flame", "exp(-70 X C R)", "exp(-70 X^(C R))",
     "TNO Yellow Book 6.6.2, step 29, prints a flame of L/R 11.18 at R 0.00546, which the exponent "
     "gives; with the factor it is 8.6"},
    {"kingery-reflected-impulse", "fcento100/kingery-bulmash, an early version",
     "impulse at a wall, metric fit, cube of ln Z", "+0.01123", "-0.01123",
     "Swisdak's own table of the metric fit prints 13.85 Pa.s/kg^(1/3) at Z 40, where + gives "
     "42.8; the imperial fit of the same file has the minus"},
    {"kinney-graham-800", "a paper of CBU International Conference, Prague 2020",
     "Kinney and Graham's overpressure", "800 and 0.049", "808 and 0.048",
     "the paper's own column follows 808 and 0.048: 174.87 kPa at 1 m from 0.1 kg, where the "
     "printed "
     "ones give 176.7; Petrolord/petrolord-suite"},
    {"osd-30-pressure-95", "UK HSE SPC/Tech/OSD/30", "equation 4, overpressure that kills 95 %",
     "43.5 psig", "43.7 psig",
     "by hand, the equation itself: exp((6.645 - 1.47) / 1.37); Petrolord/petrolord-suite"},
    {"osd-30-tno-heat", "UK HSE SPC/Tech/OSD/30", "table 17, the row of TNO, -15.3 + 3.02 ln V",
     "doses of 389 and 841", "384 and 830 by its own coefficients",
     "by hand, exp((Pr + 15.3) / 3.02) at Pr 2.67 and 5; which of the two is wrong is not known, "
     "and "
     "the row is no probit of davy. -43.14 + 3.0186 ln(V in W/m2) of TNO, which is the same in "
     "other "
     "units, is for burns of the second degree and not for death"},
    {"osd-30-tsao-perry", "UK HSE SPC/Tech/OSD/30", "text before table 18",
     "the TNO probit function", "the probit of Tsao and Perry",
     "its head says so, and its values follow -12.8 + 2.56 ln V"},
    {"tno-puff-height", "GasDispersion.jl", "tno.jl, sigma z of puffs",
     "the plume's coefficient times x: 120 m at 1 km in class F",
     "that of the plume, 0.12 x^0.67: 12 m at 1 km in class F",
     "by hand: a plume of ten minutes is wider than a puff for its meanders, and no lower; with x "
     "alone a puff in stable air would be ten times as high as a plume of the same set at 1 km, "
     "and "
     "35 times as high as the puff of CCPS. The page of the Yellow Book itself was not read"},
    {"yellow-book-froude", "TNO Yellow Book CPR 14E (2005)",
     "6.6.3, Froude number of the pool fire", "0.0545", "0.0601",
     "by hand: 5^2 / (9.80665 x 42.445); only this gives the tilt of 50.8286 deg that is printed "
     "next, as Petrolord/petrolord-suite found"},
    {"yellow-book-raj-1.2", "TNO Yellow Book CPR 14E (2005)",
     "table 6.A.1, 1000 Fmax at X/R 1.2, L/R 0.1", "210", "201",
     "by hand: sqrt(196^2 + 44^2) of the table's own Fv and Fh; Petrolord/petrolord-suite"},
    {"yellow-book-raj-1.4", "TNO Yellow Book CPR 14E (2005)",
     "table 6.A.1, 1000 Fmax at X/R 1.4, L/R 0.2", "117", "177",
     "by hand: sqrt(173^2 + 38^2) of the table's own Fv and Fh; Petrolord/petrolord-suite"},
    {"yellow-book-viscosity", "TNO Yellow Book CPR 14E (2005)",
     "6.6.3, kinematic viscosity of air in the pool fire", "7.5133e-6 m2/s", "1.5e-5 m2/s",
     "air at 15 deg C has twice the printed one; the printed tilt follows from the printed one, so "
     "that a right flame leans a little less"},
};

const davy_erratum *davy_erratum_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(errata) ? &errata[index] : NULL;
}

const davy_erratum *davy_erratum_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(errata); i++)
        if (strcmp(errata[i].name, name) == 0)
            return &errata[i];
    return NULL;
}
