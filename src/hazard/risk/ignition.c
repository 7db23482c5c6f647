/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/ignition.h"

#include <float.h>
#include <math.h>

enum { BANDS = 3 };

#define TABLE_4_5                                                       \
    "TNO Purple Book CPR 18E (1999), table 4.5 (fixed installations), " \
    "as transcribed in Petrolord/petrolord-suite"
#define HYRAM "HyRAM+, default ignition probabilities, sandialabs/hyram"
#define RATE                                          \
    {                                                 \
        "rate", "kg/s", DAVY_POSITIVE, DAVY_POSITIVE, \
    }

static const davy_formula rate_formula = {
    "ignition-direct-rate",
    "Direct ignition of a continuous release",
    "a table: below 10, 10 to 100, above 100 kg/s",
    "1",
    TABLE_4_5,
    "fixed installations; 10 and 100 kg/s themselves are of the middle band, as it is printed",
    "ign-k1,ign-low-30,ign-high-200",
    {RATE},
    "连续释放的立即点火概率",
};

static const davy_formula mass_formula = {
    "ignition-direct-mass",
    "Direct ignition of a release all at once",
    "a table: below 1000, 1000 to 10000, above 10000 kg",
    "1",
    TABLE_4_5,
    "fixed installations; 1000 and 10000 kg themselves are of the middle band, as it is printed",
    "",
    {{"mass", "kg", DAVY_POSITIVE, DAVY_POSITIVE}},
    "瞬时释放的立即点火概率",
};

static const davy_formula hyram_formula = {
    "ignition-hyram",
    "Immediate ignition of a gas",
    "a table: hydrogen below 0.125, to 6.25, above; other gases below 1, to 50, above, in kg/s",
    "1",
    HYRAM,
    "",
    "",
    {RATE},
    "气体的立即点火概率",
};

static const davy_formula hyram_delayed_formula = {
    "ignition-hyram-delayed",
    "Delayed ignition of a gas that has not burnt at once",
    "d / (1 - i) of the table's d of all releases and i at once",
    "1",
    HYRAM,
    "",
    "",
    {RATE},
    "气体的延迟点火概率",
};

static const davy_formula sources_formula = {
    "ignition-by-sources",
    "Delayed ignition by the sources in a cloud",
    "P = 1 - exp(-n w t)",
    "1",
    "TNO Purple Book CPR 18E (1999), appendix 4.A, in the form of a road study that follows it "
    "(sources independent of each other, each present for sure)",
    "the rate of a source is the caller's: the book's table of them was not read",
    "",
    {{"number of sources", "1", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"rate of a source", "1/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"time", "s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
    "云团内点火源的延迟点火概率",
};

/* Both borders belong to the middle. */
static int middle_band_of(double amount, double from, double to)
{
    if (amount < from)
        return 0;
    return amount <= to ? 1 : 2;
}

static davy_answer direct(const davy_formula *formula, davy_ignition_substance substance,
                          double amount, double from, double to)
{
    static const double table[DAVY_IGNITION_SUBSTANCES][BANDS] = {
        [DAVY_IGNITION_K1_LIQUID] = {0.065, 0.065, 0.065},
        [DAVY_IGNITION_LOW_REACTIVE] = {0.02, 0.04, 0.09},
        [DAVY_IGNITION_REACTIVE] = {0.2, 0.5, 0.7},
    };
    davy_answer answer;

    if (!davy_answer_begin(&answer, formula, &amount))
        return answer;
    if (substance >= DAVY_IGNITION_SUBSTANCES)
        return davy_answer_missing(answer, "reactivity of the substance");
    return davy_answer_give(answer, table[substance][middle_band_of(amount, from, to)]);
}

davy_answer davy_ignition_of_rate(davy_ignition_substance substance, double rate)
{
    return direct(&rate_formula, substance, rate, 10, 100);
}

davy_answer davy_ignition_of_mass(davy_ignition_substance substance, double mass)
{
    return direct(&mass_formula, substance, mass, 1000, 10000);
}

/* Of all releases: at once and later. A border belongs to the band above it. */
struct hyram_row {
    double from; /* kg/s */
    double immediate, delayed;
};

static const struct hyram_row *hyram_row(bool hydrogen, double rate)
{
    static const struct hyram_row hydrogen_rows[BANDS] = {
        {0, 0.008, 0.004}, {0.125, 0.053, 0.027}, {6.25, 0.23, 0.12}};
    static const struct hyram_row other_rows[BANDS] = {
        {0, 0.007, 0.003}, {1, 0.047, 0.023}, {50, 0.2, 0.1}};
    const struct hyram_row *row = (hydrogen ? hydrogen_rows : other_rows) + BANDS - 1;

    while (rate < row->from)
        row--;
    return row;
}

davy_answer davy_ignition_hyram(bool hydrogen, double rate)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &hyram_formula, &rate))
        return answer;
    return davy_answer_give(answer, hyram_row(hydrogen, rate)->immediate);
}

davy_answer davy_ignition_hyram_delayed(bool hydrogen, double rate)
{
    const struct hyram_row *row;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &hyram_delayed_formula, &rate))
        return answer;
    row = hyram_row(hydrogen, rate);
    return davy_answer_give(answer, row->delayed / (1 - row->immediate));
}

davy_answer davy_ignition_by_sources(double sources, double rate, double time)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &sources_formula, (const double[]){sources, rate, time}))
        return answer;
    return davy_answer_give(answer, -expm1(-sources * rate * time));
}
