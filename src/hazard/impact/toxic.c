/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"
#include "core/sample.h"
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
    {{"lower explosive limit", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
    "燃烧下限"};

static const davy_formula endpoint_formula = {
    "toxic-endpoint",
    "Level above which air harms",
    "",
    "1",
    "the table of chemicals",
    "",
    "",
    {{"level of harm by inhalation (AEGL, ERPG, IDLH)", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
    "造成伤害的空气浓度限值"};

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

/* "AEGL-2 30 min" and "AEGL-2 4 h" of the table, as a fraction; NaN: it has none. */
static double aegl_named(const davy_chemical *chemical, const char *name)
{
    const davy_aegl *table = chemical ? davy_aegl_of(chemical->cas) : NULL;
    int64_t ns;

    if (!table || strncmp(name, "AEGL-", 5) != 0 || name[5] < '1' || name[5] > '3' ||
        name[6] != ' ' || davy_duration_parse(name + 6, &ns) != DAVY_OK)
        return NAN;
    for (size_t i = 0; i < DAVY_AEGL_TIMES; i++)
        if (ns == (int64_t) davy_aegl_minutes[i] * 60 * DAVY_NS_PER_S)
            return table->ppm[name[5] - '1'][i] * 1e-6;
    return NAN;
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
    const double named = aegl_named(work->impact->substance.chemical, endpoint->name);

    if (!isnan(endpoint->level))
        add_level(work, endpoint->name, endpoint->level, 2);
    else if (is_there(work->impact, endpoint->name))
        return;
    else if (!isnan(named))
        add_level(work, endpoint->name, named, endpoint->name[5] - '0');
    else
        say_that_it_is_missing(work, DAVY_EFFECT_TOXIC, endpoint->name);
}

/* The three levels of a time. */
static void add_time(davy_impact_work *work, const davy_aegl *table, size_t time)
{
    static const char *const names[DAVY_AEGL_TIMES][DAVY_AEGL_LEVELS] = {
        {"AEGL-1 10 min", "AEGL-2 10 min", "AEGL-3 10 min"},
        {"AEGL-1 30 min", "AEGL-2 30 min", "AEGL-3 30 min"},
        {"AEGL-1 60 min", "AEGL-2 60 min", "AEGL-3 60 min"},
        {"AEGL-1 4 h", "AEGL-2 4 h", "AEGL-3 4 h"},
        {"AEGL-1 8 h", "AEGL-2 8 h", "AEGL-3 8 h"},
    };

    for (size_t i = 0; i < DAVY_AEGL_LEVELS; i++)
        if (!isnan(table->ppm[i][time]))
            add_level(work, names[time][i], table->ppm[i][time] * 1e-6, (int) i + 1);
}

/* The levels of an hour, and of the time of a release that lasts longer: what is borne for an hour
 * is not borne for eight. Where no whole table was read, the one of chemical.h. */
static void add_aegl(davy_impact_work *work, const davy_chemical *chemical)
{
    const davy_aegl *table = davy_aegl_of(chemical->cas);
    const double lasts = work->impact->source.duration;
    size_t hour = 0, longer;

    if (!table) {
        if (!isnan(chemical->figures[DAVY_CHEMICAL_AEGL2]))
            add_level(work, "AEGL-2 60 min", chemical->figures[DAVY_CHEMICAL_AEGL2] * 1e-6, 2);
        return;
    }
    while (davy_aegl_minutes[hour] != 60)
        hour++;
    add_time(work, table, hour);
    for (longer = hour; longer + 1 < DAVY_AEGL_TIMES && lasts > davy_aegl_minutes[longer] * 60;)
        longer++;
    if (longer > hour && isfinite(lasts))
        add_time(work, table, longer);
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
