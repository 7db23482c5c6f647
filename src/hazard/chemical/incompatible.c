/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/incompatible.h"

#include "core/status.h"
#include "hazard/chemical/transport.h"
#include "hazard/chemical/waste_chart.h"

#include <string.h>

#define MATTER_CAS   9
#define RULE_ENEMIES 12

/* Groups of the waste chart that a matter of the lists means. */
#define HALOGENATED        17
#define HYDROCARBONS_RING  16
#define HYDROCARBONS_OPEN  28
#define HYDROCARBONS_PLAIN 29

typedef enum reach {
    REACH_LISTED,            /* those named */
    REACH_FLAMMABLE_LIQUIDS, /* class 3 of transport */
    REACH_FLAMMABLE,         /* 2.1, 3 and 4.2 */
    REACH_HALOGENATED,
    REACH_HYDROCARBONS,
    REACH_EVERYTHING
} reach;

struct davy_matter {
    const char *name;
    reach reach;
    const char *cas[MATTER_CAS]; /* NULL behind the last */
};

typedef enum matter_id {
    ACETIC_ACID,
    ACETONE,
    ACETYLENE,
    ACIDS,
    AIR,
    ALCOHOLS,
    ALKALI_METALS,
    ALKALIS,
    AMMONIA,
    AMMONIUM_NITRATE,
    AMMONIUM_SALTS,
    ANILINE,
    BENZENE,
    BROMINE,
    BUTADIENE,
    CALCIUM_HYPOCHLORITE,
    CARBON_DIOXIDE,
    CHLORATES,
    CHLORINE,
    CHROMIC_ACID,
    COMBUSTIBLE_POWDER,
    COPPER,
    ETHYLENE_GLYCOL,
    EVERYTHING,
    FLAMMABLES,
    FLAMMABLE_LIQUIDS,
    FLUORINE,
    HALOGENATED_HYDROCARBONS,
    HALOGENS,
    HYDROCARBONS,
    HYDROGEN,
    HYDROGEN_CYANIDE,
    HYDROGEN_FLUORIDE,
    HYDROGEN_PEROXIDE,
    HYDROGEN_SULFIDE,
    IODINE,
    MERCURY,
    NITRIC_ACID,
    NITRIC_AND_SULFURIC,
    NITRITES,
    OILS,
    OXIDIZING_GASES,
    OXYGEN,
    PERCHLORIC_ACID,
    PERMANGANATES,
    PEROXIDES,
    PETROLEUM_GASES,
    PHOSPHORUS,
    POWDERED_METALS,
    SILVER,
    SODIUM_PEROXIDE,
    SULFUR,
    TURPENTINE,
    WATER,
    MATTERS
} matter_id;

static const davy_matter matters[MATTERS] = {
    [ACETIC_ACID] = {"Acetic acid", REACH_LISTED, {"64-19-7"}},
    [ACETONE] = {"Acetone", REACH_LISTED, {"67-64-1"}},
    [ACETYLENE] = {"Acetylene", REACH_LISTED, {"74-86-2"}},
    [ACIDS] = {"Acids",
               REACH_LISTED,
               {"7697-37-2", "64-19-7", "7647-01-0", "7664-39-3", "79-21-0"}},
    [AIR] = {"Air", REACH_LISTED, {NULL}},
    [ALCOHOLS] = {"Alcohols", REACH_LISTED, {"67-56-1", "64-17-5", "67-63-0", "107-18-6"}},
    [ALKALI_METALS] = {"Alkali metals", REACH_LISTED, {"7440-09-7", "7440-23-5"}},
    [ALKALIS] = {"Alkalis", REACH_LISTED, {NULL}},
    [AMMONIA] = {"Ammonia", REACH_LISTED, {"7664-41-7"}},
    [AMMONIUM_NITRATE] = {"Ammonium nitrate", REACH_LISTED, {"6484-52-2"}},
    [AMMONIUM_SALTS] = {"Ammonium salts", REACH_LISTED, {"6484-52-2"}},
    [ANILINE] = {"Aniline", REACH_LISTED, {"62-53-3"}},
    [BENZENE] = {"Benzene", REACH_LISTED, {"71-43-2"}},
    [BROMINE] = {"Bromine", REACH_LISTED, {"7726-95-6"}},
    [BUTADIENE] = {"Butadiene", REACH_LISTED, {"106-99-0"}},
    [CALCIUM_HYPOCHLORITE] = {"Calcium hypochlorite", REACH_LISTED, {NULL}},
    [CARBON_DIOXIDE] = {"Carbon dioxide", REACH_LISTED, {NULL}},
    [CHLORATES] = {"Chlorates", REACH_LISTED, {"3811-04-9", "7775-09-9"}},
    [CHLORINE] = {"Chlorine", REACH_LISTED, {"7782-50-5"}},
    [CHROMIC_ACID] = {"Chromic acid", REACH_LISTED, {NULL}},
    [COMBUSTIBLE_POWDER] = {"Finely divided organic or combustible matter", REACH_LISTED, {NULL}},
    [COPPER] = {"Copper", REACH_LISTED, {NULL}},
    [ETHYLENE_GLYCOL] = {"Ethylene glycol", REACH_LISTED, {NULL}},
    [EVERYTHING] = {"All other chemicals", REACH_EVERYTHING, {NULL}},
    [FLAMMABLES] = {"Flammable materials", REACH_FLAMMABLE, {NULL}},
    [FLAMMABLE_LIQUIDS] = {"Flammable liquids", REACH_FLAMMABLE_LIQUIDS, {NULL}},
    [FLUORINE] = {"Fluorine", REACH_LISTED, {"7782-41-4"}},
    [HALOGENATED_HYDROCARBONS] = {"Halogenated hydrocarbons", REACH_HALOGENATED, {NULL}},
    [HALOGENS] = {"Halogens", REACH_LISTED, {"7782-41-4", "7782-50-5", "7726-95-6"}},
    [HYDROCARBONS] = {"Hydrocarbons", REACH_HYDROCARBONS, {NULL}},
    [HYDROGEN] = {"Hydrogen", REACH_LISTED, {"1333-74-0"}},
    [HYDROGEN_CYANIDE] = {"Hydrogen cyanide", REACH_LISTED, {"74-90-8"}},
    [HYDROGEN_FLUORIDE] = {"Hydrogen fluoride", REACH_LISTED, {"7664-39-3"}},
    [HYDROGEN_PEROXIDE] = {"Hydrogen peroxide", REACH_LISTED, {NULL}},
    [HYDROGEN_SULFIDE] = {"Hydrogen sulfide", REACH_LISTED, {"7783-06-4"}},
    [IODINE] = {"Iodine", REACH_LISTED, {NULL}},
    [MERCURY] = {"Mercury", REACH_LISTED, {NULL}},
    [NITRIC_ACID] = {"Nitric acid", REACH_LISTED, {"7697-37-2"}},
    [NITRIC_AND_SULFURIC] = {"Mixtures of nitric and sulfuric acid", REACH_LISTED, {NULL}},
    [NITRITES] = {"Nitrites", REACH_LISTED, {NULL}},
    [OILS] = {"Oils", REACH_LISTED, {NULL}},
    [OXIDIZING_GASES] = {"Oxidizing gases",
                         REACH_LISTED,
                         {"7782-50-5", "7782-41-4", "10102-44-0", "7783-41-7", "7782-44-7"}},
    [OXYGEN] = {"Oxygen", REACH_LISTED, {"7782-44-7"}},
    [PERCHLORIC_ACID] = {"Perchloric acid", REACH_LISTED, {NULL}},
    [PERMANGANATES] = {"Permanganates", REACH_LISTED, {NULL}},
    [PEROXIDES] = {"Peroxides", REACH_LISTED, {"1313-60-6", "79-21-0"}},
    [PETROLEUM_GASES] = {"Methane, propane, butane",
                         REACH_LISTED,
                         {"74-82-8", "74-98-6", "106-97-8", "75-28-5"}},
    [PHOSPHORUS] = {"White phosphorus", REACH_LISTED, {"12185-10-3"}},
    [POWDERED_METALS] = {"Powdered metals", REACH_LISTED, {NULL}},
    [SILVER] = {"Silver", REACH_LISTED, {NULL}},
    [SODIUM_PEROXIDE] = {"Sodium peroxide", REACH_LISTED, {"1313-60-6"}},
    [SULFUR] = {"Sulfur", REACH_LISTED, {NULL}},
    [TURPENTINE] = {"Turpentine", REACH_LISTED, {NULL}},
    [WATER] = {"Water", REACH_LISTED, {NULL}},
};

/* What is kept from what; a rule holds both ways. */
static const struct {
    matter_id of;
    unsigned char count;
    matter_id from[RULE_ENEMIES];
} rules[] = {
    {ACETIC_ACID,
     7,
     {NITRIC_ACID, CHROMIC_ACID, PERCHLORIC_ACID, ALCOHOLS, ETHYLENE_GLYCOL, PEROXIDES,
      PERMANGANATES}},
    {ACETONE, 1, {NITRIC_AND_SULFURIC}},
    {ACETYLENE, 6, {FLUORINE, CHLORINE, BROMINE, COPPER, SILVER, MERCURY}},
    {ALKALI_METALS, 4, {WATER, HALOGENATED_HYDROCARBONS, CARBON_DIOXIDE, HALOGENS}},
    {AMMONIA, 6, {CHLORINE, BROMINE, IODINE, CALCIUM_HYPOCHLORITE, HYDROGEN_FLUORIDE, MERCURY}},
    {AMMONIUM_NITRATE,
     7,
     {ACIDS, POWDERED_METALS, FLAMMABLE_LIQUIDS, CHLORATES, NITRITES, SULFUR, COMBUSTIBLE_POWDER}},
    {ANILINE, 2, {NITRIC_ACID, HYDROGEN_PEROXIDE}},
    {CHLORATES, 5, {AMMONIUM_SALTS, ACIDS, POWDERED_METALS, SULFUR, COMBUSTIBLE_POWDER}},
    {CHLORINE,
     8,
     {AMMONIA, ACETYLENE, BUTADIENE, PETROLEUM_GASES, HYDROGEN, BENZENE, POWDERED_METALS,
      TURPENTINE}},
    {BROMINE,
     8,
     {AMMONIA, ACETYLENE, BUTADIENE, PETROLEUM_GASES, HYDROGEN, BENZENE, POWDERED_METALS,
      TURPENTINE}},
    {FLAMMABLE_LIQUIDS,
     6,
     {AMMONIUM_NITRATE, CHROMIC_ACID, HYDROGEN_PEROXIDE, NITRIC_ACID, SODIUM_PEROXIDE, HALOGENS}},
    {FLUORINE, 1, {EVERYTHING}},
    {HYDROCARBONS, 5, {FLUORINE, CHLORINE, BROMINE, CHROMIC_ACID, SODIUM_PEROXIDE}},
    {HYDROGEN_CYANIDE, 2, {NITRIC_ACID, ALKALIS}},
    {HYDROGEN_SULFIDE, 2, {NITRIC_ACID, OXIDIZING_GASES}},
    {OXYGEN, 3, {FLAMMABLES, HYDROGEN, OILS}},
    {PHOSPHORUS, 2, {AIR, OXYGEN}},
    {NITRIC_ACID, 2, {ACETONE, ALCOHOLS}},
};

const char *davy_matter_name(const davy_matter *matter)
{
    return matter->name;
}

static bool is_named(const davy_matter *matter, const char *cas)
{
    for (size_t i = 0; i < MATTER_CAS && matter->cas[i]; i++)
        if (strcmp(matter->cas[i], cas) == 0)
            return true;
    return false;
}

static bool is_flammable(const char *cas, bool liquids)
{
    const davy_transport *transport = davy_transport_of(cas);

    return transport && (davy_transport_has(transport, DAVY_CLASS_3) ||
                         (!liquids && (davy_transport_has(transport, DAVY_CLASS_2_1) ||
                                       davy_transport_has(transport, DAVY_CLASS_4_2))));
}

bool davy_matter_is(const davy_matter *matter, const char *cas)
{
    switch (matter->reach) {
    case REACH_FLAMMABLE_LIQUIDS:
        return is_flammable(cas, true);
    case REACH_FLAMMABLE:
        return is_flammable(cas, false);
    case REACH_HALOGENATED:
        return davy_waste_is(cas, HALOGENATED);
    case REACH_HYDROCARBONS:
        return davy_waste_is(cas, HYDROCARBONS_RING) || davy_waste_is(cas, HYDROCARBONS_OPEN) ||
               davy_waste_is(cas, HYDROCARBONS_PLAIN);
    case REACH_EVERYTHING:
        return true;
    case REACH_LISTED:
        break;
    }
    return is_named(matter, cas);
}

static size_t append(const davy_matter *matter, const davy_matter *out[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (out[i] == matter)
            return count;
    if (count < DAVY_MATTERS_MAX)
        out[count++] = matter;
    return count;
}

size_t davy_listed_against(const char *cas, const davy_matter *out[DAVY_MATTERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rules); i++) {
        const davy_matter *of = &matters[rules[i].of];

        for (size_t k = 0; k < rules[i].count; k++) {
            const davy_matter *from = &matters[rules[i].from[k]];

            if (davy_matter_is(of, cas))
                count = append(from, out, count);
            else if (from->reach != REACH_EVERYTHING && davy_matter_is(from, cas))
                count = append(of, out, count);
        }
    }
    return count;
}

static bool rule_holds(size_t rule, const char *a, const char *b)
{
    if (!davy_matter_is(&matters[rules[rule].of], a))
        return false;
    for (size_t k = 0; k < rules[rule].count; k++)
        if (davy_matter_is(&matters[rules[rule].from[k]], b))
            return true;
    return false;
}

bool davy_listed_apart(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return false;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rules); i++)
        if (rule_holds(i, a, b) || rule_holds(i, b, a))
            return true;
    return false;
}
