/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/sigma.h"

#include "hazard/air/sigma_forms.h"

#include <string.h>

static const davy_sigma_set *const sets[] = {
    &davy_sigma_briggs_rural, &davy_sigma_briggs_urban,
    &davy_sigma_tno_plume,    &davy_sigma_ccps_plume,
    &davy_sigma_isc3_rural,   &davy_sigma_isc3_urban,
    &davy_sigma_turner,       &davy_sigma_tno_puff,
    &davy_sigma_ccps_puff,    NULL,
};

double davy_sigma_form_briggs(const davy_sigma_piece *piece, double distance)
{
    return piece->a * distance * pow(1 + piece->b * distance, piece->c);
}

double davy_sigma_form_power(const davy_sigma_piece *piece, double distance)
{
    return piece->a * pow(distance, piece->b);
}

const davy_sigma_set *davy_sigma_set_at(size_t index)
{
    return sets[index];
}

const davy_sigma_set *davy_sigma_set_find(const char *name)
{
    for (size_t i = 0; sets[i]; i++)
        if (strcmp(sets[i]->name, name) == 0)
            return sets[i];
    return NULL;
}

bool davy_sigma_set_is_puff(const davy_sigma_set *set)
{
    return set->along.formulas[0] != NULL;
}

double davy_sigma_value(const davy_sigma_law *law, davy_stability stability, double distance)
{
    const davy_sigma_piece *piece = law->pieces[stability];

    while (distance > piece->to)
        piece++;
    return piece->form(piece, distance);
}

static davy_answer sigma(const davy_sigma_law *law, davy_stability stability, double distance)
{
    const bool known = stability < DAVY_STABILITIES;
    davy_answer answer;

    if (!davy_answer_begin(&answer, law->formulas[known ? stability : DAVY_STABILITY_D], &distance))
        return answer;
    if (!known)
        return davy_answer_missing(answer, "stability class");
    return davy_answer_give(answer, davy_sigma_value(law, stability, distance));
}

davy_answer davy_sigma_y(const davy_sigma_set *set, davy_stability stability, double distance)
{
    return sigma(&set->side, stability, distance);
}

davy_answer davy_sigma_z(const davy_sigma_set *set, davy_stability stability, double distance)
{
    return sigma(&set->up, stability, distance);
}

davy_answer davy_sigma_x(const davy_sigma_set *set, davy_stability stability, double distance)
{
    if (davy_sigma_set_is_puff(set))
        return sigma(&set->along, stability, distance);
    return davy_answer_missing(sigma(&set->side, stability, distance),
                               "set of coefficients for puffs");
}

davy_answer davy_sigma_averaging(davy_stability stability, double time)
{
    static const davy_formula formula = {
        "averaging-time",
        "Averaging time of a plume's width",
        "sigma y (t) / sigma y (10 min) = (max(t, t0) / 600 s)^0.2",
        "1",
        "T. O. Spicer and J. A. Havens, User's Guide for the DEGADIS 2.1 Dense Gas Dispersion "
        "Model, EPA-450/4-89-019 (1989), pp. 45-46, as transcribed in GasDispersion.jl",
        "t0 is 18.4 s (A to C), 18.3 s (D), 11.4 s (E), 4.6 s (F); an hour as the end is common "
        "use, not read in the source",
        "",
        {{"averaging time", "s", {0, 3600}, DAVY_POSITIVE}, {0}},
        "烟羽宽度的平均时间修正"};
    /* s: shorter than this a plume is a snapshot */
    static const double snapshot[DAVY_STABILITIES] = {18.4, 18.4, 18.4, 18.3, 11.4, 4.6};
    static const double published = 600; /* s, of the sets of this room */
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, &time))
        return answer;
    if (stability >= DAVY_STABILITIES)
        return davy_answer_missing(answer, "stability class");
    return davy_answer_give(answer, pow(fmax(time, snapshot[stability]) / published, 0.2));
}
