/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/weather.h"

#include "core/status.h"

#include <float.h>
#include <math.h>

enum { A = 1, B, C, D, E, F, G };

/* The first of `ends`, each above the one before, that a value is below; their number if none. */
static size_t place(double value, const double *ends, size_t count)
{
    size_t at = 0;

    while (at < count && value >= ends[at])
        at++;
    return at;
}

/* The answer of a table: two classes, the less stable one first, or one twice. */
static davy_stability_estimate estimate(davy_answer answer, int first, int second)
{
    const int stable = second > F ? F : second;
    davy_stability_estimate result = {(davy_stability) (stable - 1),
                                      (davy_stability) (first > F ? F - 1 : first - 1), second == G,
                                      answer};

    result.answer = first == second ? davy_answer_give(answer, stable)
                                    : davy_answer_give_two(answer, first, stable);
    return result;
}

static davy_stability_estimate not_known(davy_answer answer)
{
    return (davy_stability_estimate){DAVY_STABILITIES, DAVY_STABILITIES, false, answer};
}

/* Whether an input that only some weathers need is there; the answer says if it is not. */
static bool has(davy_answer *answer, double value, const char *what)
{
    if (!isnan(value))
        return true;
    *answer = davy_answer_missing(*answer, what);
    return false;
}

/* m/s: the rows of the tables of Pasquill and of EPA. */
static const double winds[] = {2, 3, 5, 6};

#define PASQUILL                                                                           \
    "F. Pasquill, The estimation of the dispersion of windborne material, Meteorological " \
    "Magazine 90 (1961), as on ready.noaa.gov/READYpgclass.php"

static const davy_formula pasquill_day = {
    "stability-pasquill-day",
    "Pasquill's class by day",
    "table: wind by sunshine; D when overcast",
    "1",
    PASQUILL,
    "strong is 700 W/m2 and more, slight below 350 W/m2 (J. H. Seinfeld and S. N. Pandis, "
    "Atmospheric Chemistry and Physics, 2006, p. 750, as transcribed in a public program)",
    "",
    {{"wind speed", "m/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, {0}},
    "Pasquill 大气稳定度（白天）"};
static const davy_formula pasquill_night = {
    "stability-pasquill-night",
    "Pasquill's class by night",
    "table: wind by clouds; D when overcast",
    "1",
    PASQUILL,
    "the table of 1961 is empty below 2 m/s: READY goes on with E and F, Turner's method has G "
    "for a clear sky",
    "",
    {{"wind speed", "m/s", {2, INFINITY}, DAVY_NOT_NEGATIVE}, {0}},
    "Pasquill 大气稳定度（夜间）"};

/* By sunshine: slight, moderate, strong. */
static const int pasquill_by_day[5][3][2] = {{{B, B}, {A, B}, {A, A}},
                                             {{C, C}, {B, B}, {A, B}},
                                             {{C, C}, {B, C}, {B, B}},
                                             {{D, D}, {C, D}, {C, C}},
                                             {{D, D}, {D, D}, {C, C}}};
/* Clear, cloudy. */
static const int pasquill_by_night[5][2] = {{G, E}, {F, E}, {E, D}, {D, D}, {D, D}};

davy_stability_estimate davy_weather_pasquill(const davy_weather *weather)
{
    static const double sunshine[] = {350, 700}; /* W/m2 */
    static const double cloudy = 0.5, overcast = 0.95;
    const bool by_night = weather->night && !(weather->cloud >= overcast);
    const size_t row = place(weather->wind, winds, DAVY_ARRAY_LENGTH(winds));
    const int *pair;
    davy_answer answer;

    if (!davy_answer_begin(&answer, by_night ? &pasquill_night : &pasquill_day, &weather->wind))
        return not_known(answer);
    if (weather->cloud >= overcast)
        return estimate(answer, D, D);
    if (by_night) {
        if (!has(&answer, weather->cloud, "cloud cover"))
            return not_known(answer);
        return estimate(answer, pasquill_by_night[row][weather->cloud >= cloudy],
                        pasquill_by_night[row][weather->cloud >= cloudy]);
    }
    if (!has(&answer, weather->radiation, "solar radiation"))
        return not_known(answer);
    pair = pasquill_by_day[row][place(weather->radiation, sunshine, DAVY_ARRAY_LENGTH(sunshine))];
    return estimate(answer, pair[0], pair[1]);
}

#define EPA                                                                          \
    "EPA, Meteorological Monitoring Guidance for Regulatory Modeling Applications, " \
    "EPA-454/R-99-005 (2000), "

davy_stability_estimate davy_weather_srdt(const davy_weather *weather)
{
    static const davy_formula formula = {
        "stability-srdt",
        "Class by solar radiation and delta-T",
        "table: wind by sunshine, by night wind by gradient of the temperature",
        "1",
        EPA "table 6-7, as on webmet.com/met_monitoring/642.html",
        "no class G: a calm clear night is F",
        "",
        {{"wind speed", "m/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, {0}},
        "大气稳定度（太阳辐射与温差法）"};
    static const double sunshine[] = {175, 675, 925}; /* W/m2 */
    static const double night_winds[] = {2, 2.5};     /* m/s */
    static const int by_day[5][4] = {
        {D, B, A, A}, {D, C, B, A}, {D, C, B, B}, {D, D, C, C}, {D, D, D, C}};
    static const int by_night[3][2] = {/* falling, rising with the height */
                                       {E, F},
                                       {D, E},
                                       {D, D}};
    davy_answer answer;
    int class;

    if (!davy_answer_begin(&answer, &formula, &weather->wind))
        return not_known(answer);
    if (weather->night) {
        if (!has(&answer, weather->gradient, "temperature gradient"))
            return not_known(answer);
        class = by_night[place(weather->wind, night_winds, DAVY_ARRAY_LENGTH(night_winds))]
                        [weather->gradient >= 0];
    } else {
        if (!has(&answer, weather->radiation, "solar radiation"))
            return not_known(answer);
        class = by_day[place(weather->wind, winds, DAVY_ARRAY_LENGTH(winds))]
                      [place(weather->radiation, sunshine, DAVY_ARRAY_LENGTH(sunshine))];
    }
    return estimate(answer, class, class);
}

/* Turner's net radiation index, 4 (strong sun) to -2 (clear night); false: an input is missing. */
static bool net_radiation(const davy_weather *weather, davy_answer *answer, int *index)
{
    static const double low = 7000 * 0.3048, middle = 16000 * 0.3048; /* m, of feet */
    static const double suns[] = {15, 35, 60};                        /* degrees */
    static const double degree = 57.29577951308232;                   /* in a radian */
    const bool covered = weather->cloud >= 1;

    if (!has(answer, weather->cloud, "cloud cover") ||
        ((covered || (weather->cloud > 0.5 && !weather->night)) &&
         !has(answer, weather->ceiling, "ceiling")))
        return false;
    if (covered && weather->ceiling < low) {
        *index = 0;
        return true;
    }
    if (weather->night) {
        *index = weather->cloud > 0.4 ? -1 : -2;
        return true;
    }
    if (!has(answer, weather->sun, "height of the sun"))
        return false;
    *index = 1 + (int) place(weather->sun * degree, suns, DAVY_ARRAY_LENGTH(suns));
    if (weather->cloud > 0.5) {
        *index -= weather->ceiling < low ? 2 : (weather->ceiling < middle) + covered;
        *index = *index < 1 ? 1 : *index;
    }
    return true;
}

davy_stability_estimate davy_weather_turner(const davy_weather *weather)
{
    static const davy_formula formula = {
        "stability-turner",
        "Class by Turner's net radiation index",
        "table: wind by net radiation index of sun and clouds",
        "1",
        "D. B. Turner, A diffusion model for an urban area, Journal of Applied Meteorology 3 "
        "(1964), as in " EPA "tables 6-4 to 6-6, on webmet.com/met_monitoring/641.html",
        "its class 7, a calm clear night, is G; EPA's models count it as F; that a sky wholly "
        "covered "
        "above 16,000 feet takes one off is not read in the source",
        "",
        {{"wind speed", "m/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, {0}},
        "大气稳定度（Turner 净辐射指数）"};
    /* m/s: half way between the steps of the table */
    static const double steps[] = {0.75, 1.85, 2.85, 3.35, 3.85, 4.85, 5.45, 5.95};
    static const int classes[9][7] = {
        /* index 4 to -2 */
        {A, A, B, C, D, F, G}, {A, B, B, C, D, F, G}, {A, B, C, D, D, E, F},
        {B, B, C, D, D, E, F}, {B, B, C, D, D, D, E}, {B, C, C, D, D, D, E},
        {C, C, D, D, D, D, E}, {C, C, D, D, D, D, D}, {C, D, D, D, D, D, D}};
    davy_answer answer;
    int index, class;

    if (!davy_answer_begin(&answer, &formula, &weather->wind) ||
        !net_radiation(weather, &answer, &index))
        return not_known(answer);
    class = classes[place(weather->wind, steps, DAVY_ARRAY_LENGTH(steps))][4 - index];
    return estimate(answer, class, class);
}
