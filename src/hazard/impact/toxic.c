/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/aegl.h"
#include "hazard/impact/parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The levels of the table of chemicals that a zone is drawn for beside AEGL. */
static const struct {
    davy_chemical_figure figure;
    const char *name;
    int severity;
} levels[] = {
    {DAVY_CHEMICAL_ERPG2, "ERPG-2 60 min", 2},
    {DAVY_CHEMICAL_IDLH, "IDLH", 3},
};

static const davy_formula limit_formula = {
    "flammable-limit",
    "Lower limit of what burns",
    "",
    "1",
    "the table of chemicals",
    "",
    "",
    {{"lower explosive limit", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}}};

static const davy_formula endpoint_formula = {
    "toxic-endpoint",
    "Level above which air harms",
    "",
    "1",
    "the table of chemicals",
    "",
    "",
    {{"level of harm by inhalation (AEGL, ERPG, IDLH)", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}}};

static void add_level(davy_impact_work *work, const char *name, double fraction, int severity)
{
    const davy_impact_wish wish = {DAVY_EFFECT_TOXIC, name, fraction, severity};

    if (davy_impact_add(work, &wish))
        davy_impact_draw_cloud(work, fraction);
}

/* A level that no table has. */
static void say_that_it_is_missing(davy_impact_work *work, davy_effect effect, const char *name)
{
    const davy_impact_wish wish = {effect, name, NAN, 2};
    davy_impact_models *models = davy_impact_add(work, &wish);
    const davy_formula *formula = effect == DAVY_EFFECT_TOXIC ? &endpoint_formula : &limit_formula;
    const double none = NAN;
    davy_answer answer;

    if (!models || davy_answer_begin(&answer, formula, &none))
        return;
    davy_impact_add_model(models, "dispersion", answer);
    davy_impact_draw_circle(work, 0);
}

/* "AEGL-2" is asked for, and "AEGL-2 60 min" is there. */
static bool is_there(const davy_impact *impact, const char *name)
{
    for (size_t i = 0; i < impact->zone_count; i++)
        if (strncmp(impact->zones[i].endpoint, name, strlen(name)) == 0)
            return true;
    return false;
}

static void add_asked(davy_impact_work *work, const davy_scenario_endpoint *endpoint)
{
    if (!isnan(endpoint->level))
        add_level(work, endpoint->name, endpoint->level, 2);
    else if (!is_there(work->impact, endpoint->name))
        say_that_it_is_missing(work, DAVY_EFFECT_TOXIC, endpoint->name);
}

/* The three levels of an hour, where the whole table was read; else the one of chemical.h. */
static void add_aegl(davy_impact_work *work, const davy_chemical *chemical)
{
    static const char *const names[] = {"AEGL-1 60 min", "AEGL-2 60 min", "AEGL-3 60 min"};
    const davy_aegl *table = davy_aegl_of(chemical->cas);
    size_t hour = 0;

    if (!table) {
        if (!isnan(chemical->figures[DAVY_CHEMICAL_AEGL2]))
            add_level(work, names[1], chemical->figures[DAVY_CHEMICAL_AEGL2] * 1e-6, 2);
        return;
    }
    while (davy_aegl_minutes[hour] != 60)
        hour++;
    for (size_t i = 0; i < DAVY_AEGL_LEVELS; i++)
        if (!isnan(table->ppm[i][hour]))
            add_level(work, names[i], table->ppm[i][hour] * 1e-6, (int) i + 1);
}

void davy_impact_toxic(davy_impact_work *work)
{
    const davy_impact *impact = work->impact;
    const davy_chemical *chemical = impact->substance.chemical;
    const davy_scenario *scenario = &impact->scenario;
    const size_t before = impact->zone_count;

    if (impact->source.is_charge)
        return;
    if (chemical)
        add_aegl(work, chemical);
    for (size_t i = 0; chemical && i < DAVY_ARRAY_LENGTH(levels); i++)
        if (!isnan(chemical->figures[levels[i].figure]))
            add_level(work, levels[i].name, chemical->figures[levels[i].figure] * 1e-6,
                      levels[i].severity);
    for (size_t i = 0; i < scenario->endpoint_count; i++)
        if (scenario->endpoints[i].quantity == DAVY_ENDPOINT_TOXIC)
            add_asked(work, &scenario->endpoints[i]);
    if (impact->zone_count == before)
        say_that_it_is_missing(work, DAVY_EFFECT_TOXIC, "AEGL, ERPG, IDLH");
}

void davy_impact_flash_fire(davy_impact_work *work)
{
    static const struct {
        const char *name;
        double share;
        int severity;
    } shares[] = {{"0.5 LEL", 0.5, 2}, {"LEL", 1, 3}};
    const davy_impact *impact = work->impact;
    const davy_scenario *scenario = &impact->scenario;

    if (impact->source.is_charge || !impact->substance.burns)
        return;
    if (isnan(impact->substance.lower)) {
        say_that_it_is_missing(work, DAVY_EFFECT_FLASH_FIRE, "LEL");
        return;
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shares); i++) {
        const davy_impact_wish wish = {DAVY_EFFECT_FLASH_FIRE, shares[i].name,
                                       shares[i].share * impact->substance.lower,
                                       shares[i].severity};

        if (davy_impact_add(work, &wish))
            davy_impact_draw_cloud(work, wish.level);
    }
    for (size_t i = 0; i < scenario->endpoint_count; i++) {
        const davy_scenario_endpoint *endpoint = &scenario->endpoints[i];
        const davy_impact_wish wish = {DAVY_EFFECT_FLASH_FIRE, endpoint->name,
                                       endpoint->level * impact->substance.lower,
                                       endpoint->level < 1 ? 2 : 3};

        if (endpoint->quantity == DAVY_ENDPOINT_FLAMMABLE && endpoint->level != 1 &&
            endpoint->level != 0.5 && davy_impact_add(work, &wish))
            davy_impact_draw_cloud(work, wish.level);
    }
}
