/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/release/hole.h"

#include "hazard/constants.h"

#include <float.h>
#include <math.h>

#define HOLE                                                  \
    {"coefficient of discharge", "1", {0.5, 1}, {0, 1}},      \
    {                                                         \
        "diameter of the hole", "m", {1e-4, 2}, DAVY_POSITIVE \
    }
#define LIQUID                                                      \
    {"density of the liquid", "kg/m3", {300, 3000}, DAVY_POSITIVE}, \
        {"overpressure", "Pa", {0, 2e7}, DAVY_ANY},                 \
    {                                                               \
        "head of liquid", "m", {0, 100}, DAVY_NOT_NEGATIVE          \
    }
#define GAS                                                          \
    {"pressure", "Pa", {1e5, 2e7}, DAVY_POSITIVE},                   \
        {"density of the gas", "kg/m3", {0.01, 500}, DAVY_POSITIVE}, \
        {"ratio of heat capacities", "1", {1.01, 1.67}, {1, 2}},     \
    {                                                                \
        "pressure outside", "Pa", {5e4, 1.1e5}, DAVY_POSITIVE        \
    }

static const davy_formula liquid_formula = {
    "liquid-outflow",
    "Liquid through a hole",
    "m = Cd A sqrt(2 rho (dP + rho g h))",
    "kg/s",
    "TNO Yellow Book CPR 14E (2005), 2.5.4, as transcribed in Petrolord/petrolord-suite",
    "a liquid that does not boil on its way; levels and pressures of now",
    "liq-yb-acrylonitrile",
    {HOLE, LIQUID},
    "液体孔口泄漏速率",
};

static const davy_formula gas_formula = {
    "gas-outflow",
    "Gas through a hole",
    "choked: m = Cd A sqrt(k P rho (2/(k+1))^((k+1)/(k-1))); "
    "else m = Cd A sqrt(2 P rho k/(k-1) (r^(2/k) - r^((k+1)/k))), r = Pa/P",
    "kg/s",
    "TNO Yellow Book CPR 14E (2005), 2.5.2; CCPS 1999, 2.1.2",
    "an ideal gas; the pressure of now",
    "gas-yb-hydrogen,gas-ccps47-propane,gas-n2-subsonic",
    {HOLE, GAS},
    "气体孔口泄漏速率",
};

static const davy_formula ratio_formula = {
    "gas-choked-ratio",
    "Ratio of pressures that chokes a gas",
    "((k+1)/2)^(k/(k-1))",
    "1",
    "TNO Yellow Book CPR 14E (2005), 2.5.2",
    "",
    "",
    {{"ratio of heat capacities", "1", {1.01, 1.67}, {1, 2}}},
    "气体临界流的压力比",
};

static const davy_formula two_formula = {
    "two-phase-outflow",
    "A liquid that boils on its way out",
    "between the outflow of the vapour alone and of the liquid alone",
    "kg/s",
    "the bounds that the formulas for one phase give; no closed form with a published check is "
    "known",
    "",
    "",
    {HOLE},
    "两相泄漏速率",
};

static const davy_formula density_formula = {
    "gas-density",
    "Density of an ideal gas",
    "rho = p M / (R T)",
    "kg/m3",
    "ideal gas; R of CODATA 2018",
    "",
    "",
    {{"pressure", "Pa", {1e4, 2e7}, DAVY_POSITIVE},
     {"temperature", "K", {50, 1500}, DAVY_POSITIVE},
     {"molar mass", "kg/mol", {0.002, 0.5}, DAVY_POSITIVE}},
    "理想气体密度",
};

static const davy_formula drain_formula = {
    "tank-drain",
    "Time in which an open tank falls to a level",
    "t = 2 S (sqrt(h0) - sqrt(h1)) / (Cd A sqrt(2 g))",
    "s",
    "Torricelli's law, integrated for an upright tank",
    "air may come in above the liquid",
    "",
    {HOLE,
     {"section of the tank", "m2", {0.01, 1e4}, DAVY_POSITIVE},
     {"level now", "m", {0, 100}, DAVY_NOT_NEGATIVE},
     {"level then", "m", {0, 100}, DAVY_NOT_NEGATIVE}},
    "常压储罐液位下降所需时间",
};

static const davy_formula flash_formula = {
    "flash-share",
    "Share of a liquid that flashes",
    "cp (T - Tb) / hv",
    "1",
    "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, 2.1.3",
    "the aerosol that the vapour tears along is not in it",
    "",
    {{"heat capacity", "J/(kg.K)", {500, 10000}, DAVY_POSITIVE},
     {"temperature", "K", {20, 1000}, DAVY_POSITIVE},
     {"boiling point", "K", {20, 1000}, DAVY_POSITIVE},
     {"heat of vaporisation", "J/kg", {1e4, 3e6}, DAVY_POSITIVE}},
    "液体闪蒸比例",
};

static double area_of(const davy_hole *hole)
{
    return M_PI / 4 * hole->diameter * hole->diameter;
}

davy_answer davy_liquid_outflow(const davy_hole *hole, const davy_liquid_in *liquid)
{
    davy_answer answer;
    double drive;

    if (!davy_answer_begin(&answer, &liquid_formula,
                           (const double[]){hole->coefficient, hole->diameter, liquid->density,
                                            liquid->overpressure, liquid->head}))
        return answer;
    /* A vacuum above the liquid may hold it: then nothing comes. */
    drive = fmax(0, liquid->overpressure + liquid->density * DAVY_GRAVITY * liquid->head);
    return davy_answer_give(answer,
                            hole->coefficient * area_of(hole) * sqrt(2 * liquid->density * drive));
}

static double choked_ratio(double gamma)
{
    return pow((gamma + 1) / 2, gamma / (gamma - 1));
}

davy_answer davy_gas_choked_ratio(double gamma)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &ratio_formula, &gamma))
        return answer;
    return davy_answer_give(answer, choked_ratio(gamma));
}

/* kg/s through a square metre, without the hole's coefficient. */
static double gas_flux(const davy_gas_in *gas)
{
    const double k = gas->gamma, ratio = fmin(1, gas->outside / gas->pressure);
    const double drive = gas->pressure * gas->density;

    if (gas->pressure >= choked_ratio(k) * gas->outside)
        return sqrt(drive * k * pow(2 / (k + 1), (k + 1) / (k - 1)));
    return sqrt(2 * drive * k / (k - 1) * (pow(ratio, 2 / k) - pow(ratio, (k + 1) / k)));
}

davy_answer davy_gas_outflow(const davy_hole *hole, const davy_gas_in *gas)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &gas_formula,
                           (const double[]){hole->coefficient, hole->diameter, gas->pressure,
                                            gas->density, gas->gamma, gas->outside}))
        return answer;
    return davy_answer_give(answer, hole->coefficient * area_of(hole) * gas_flux(gas));
}

davy_answer davy_two_phase_outflow(const davy_hole *hole, const davy_liquid_in *liquid,
                                   const davy_gas_in *gas)
{
    const davy_answer least = davy_gas_outflow(hole, gas);
    const davy_answer most = davy_liquid_outflow(hole, liquid);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &two_formula,
                           (const double[]){hole->coefficient, hole->diameter}) ||
        !davy_answer_follows(&answer, least) || !davy_answer_follows(&answer, most))
        return answer;
    return davy_answer_give_two(answer, fmin(least.value, most.value),
                                fmax(least.value, most.value));
}

davy_answer davy_gas_density(double pressure, double temperature, double molar_mass)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &density_formula,
                           (const double[]){pressure, temperature, molar_mass}))
        return answer;
    return davy_answer_give(answer, pressure * molar_mass / (DAVY_GAS_CONSTANT * temperature));
}

davy_answer davy_tank_drain(const davy_hole *hole, double area, double level, double then)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &drain_formula,
                           (const double[]){hole->coefficient, hole->diameter, area, level, then}))
        return answer;
    if (then > level)
        return davy_answer_give_not_reached(answer, 0);
    return davy_answer_give(answer,
                            2 * area * (sqrt(level) - sqrt(then)) /
                                (hole->coefficient * area_of(hole) * sqrt(2 * DAVY_GRAVITY)));
}

davy_answer davy_flash_share(double heat_capacity, double temperature, double boiling,
                             double vaporisation)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &flash_formula,
                           (const double[]){heat_capacity, temperature, boiling, vaporisation}))
        return answer;
    return davy_answer_give(
        answer, fmin(1, fmax(0, heat_capacity * (temperature - boiling) / vaporisation)));
}
