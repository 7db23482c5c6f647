/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/ghs_given.h"

#include "core/status.h"

#include <string.h>

static const char *const names[DAVY_GHS_HAZARDS] = {
    [DAVY_GHS_EXPLOSIVE] = "Explosives",
    [DAVY_GHS_FLAMMABLE_GAS] = "Flammable gas",
    [DAVY_GHS_OXIDIZING_GAS] = "Oxidizing gas",
    [DAVY_GHS_GAS_PRESSURE] = "Gas under pressure",
    [DAVY_GHS_FLAMMABLE_LIQUID] = "Flammable liquid",
    [DAVY_GHS_FLAMMABLE_SOLID] = "Flammable solid",
    [DAVY_GHS_PYROPHORIC_LIQUID] = "Pyrophoric liquid",
    [DAVY_GHS_PYROPHORIC_SOLID] = "Pyrophoric solid",
    [DAVY_GHS_WATER] = "Flammable gas with water",
    [DAVY_GHS_OXIDIZING_LIQUID] = "Oxidizing liquid",
    [DAVY_GHS_OXIDIZING_SOLID] = "Oxidizing solid",
    [DAVY_GHS_METAL] = "Corrosive to metals",
    [DAVY_GHS_ORAL] = "Acute toxicity, oral",
    [DAVY_GHS_DERMAL] = "Acute toxicity, dermal",
    [DAVY_GHS_GAS] = "Acute toxicity, inhaled gas",
    [DAVY_GHS_VAPOUR] = "Acute toxicity, inhaled vapour",
    [DAVY_GHS_DUST] = "Acute toxicity, inhaled dust or mist",
    [DAVY_GHS_SKIN] = "Skin corrosion or irritation",
    [DAVY_GHS_EYE] = "Eye damage or irritation",
    [DAVY_GHS_RESPIRATORY] = "Respiratory sensitizer",
    [DAVY_GHS_SENSITIZER] = "Skin sensitizer",
    [DAVY_GHS_MUTAGEN] = "Germ cell mutagenicity",
    [DAVY_GHS_CANCER] = "Carcinogenicity",
    [DAVY_GHS_REPRODUCTION] = "Toxic to reproduction",
    [DAVY_GHS_ORGAN_ONCE] = "Organ damage, once exposed",
    [DAVY_GHS_ORGAN_LONG] = "Organ damage, exposed again and again",
    [DAVY_GHS_ASPIRATION] = "Aspiration hazard",
    [DAVY_GHS_WATER_LIFE] = "Water life, acute",
    [DAVY_GHS_WATER_LIFE_LONG] = "Water life, lasting",
};

/* Rows of one chemical stand together. */
/* clang-format off */
static const davy_ghs_given rows[] = {
    /* Ammonia */
    {"7664-41-7", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7664-41-7", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"7664-41-7", DAVY_GHS_GAS, "4"}, {"7664-41-7", DAVY_GHS_SKIN, "1A-1C"}, {"7664-41-7", DAVY_GHS_EYE, "1"},
    {"7664-41-7", DAVY_GHS_RESPIRATORY, "1"}, {"7664-41-7", DAVY_GHS_MUTAGEN, "2"},
    {"7664-41-7", DAVY_GHS_ORGAN_ONCE, "1"}, {"7664-41-7", DAVY_GHS_ORGAN_LONG, "2"},
    {"7664-41-7", DAVY_GHS_WATER_LIFE, "1"}, {"7664-41-7", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Nitrogen dioxide / dinitrogen tetroxide */
    {"10102-44-0", DAVY_GHS_OXIDIZING_GAS, "1"}, {"10102-44-0", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"10102-44-0", DAVY_GHS_GAS, "1"}, {"10102-44-0", DAVY_GHS_SKIN, "2"}, {"10102-44-0", DAVY_GHS_EYE, "2A-2B"},
    {"10102-44-0", DAVY_GHS_REPRODUCTION, "2"}, {"10102-44-0", DAVY_GHS_ORGAN_ONCE, "1"},
    {"10102-44-0", DAVY_GHS_ORGAN_LONG, "1"}, {"10102-44-0", DAVY_GHS_WATER_LIFE, "3"},
    /* Sulfur dioxide */
    {"7446-09-5", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"}, {"7446-09-5", DAVY_GHS_GAS, "3"},
    {"7446-09-5", DAVY_GHS_EYE, "2A"}, {"7446-09-5", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7446-09-5", DAVY_GHS_ORGAN_LONG, "1"},
    /* Fluorine */
    {"7782-41-4", DAVY_GHS_GAS_PRESSURE, "Compressed gas"}, {"7782-41-4", DAVY_GHS_GAS, "1"},
    {"7782-41-4", DAVY_GHS_EYE, "2A-2B"}, {"7782-41-4", DAVY_GHS_REPRODUCTION, "2"},
    {"7782-41-4", DAVY_GHS_ORGAN_ONCE, "1"}, {"7782-41-4", DAVY_GHS_ORGAN_LONG, "1"},
    /* Phosgene */
    {"75-44-5", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"}, {"75-44-5", DAVY_GHS_GAS, "1"},
    {"75-44-5", DAVY_GHS_SKIN, "2"}, {"75-44-5", DAVY_GHS_EYE, "2A"}, {"75-44-5", DAVY_GHS_ORGAN_ONCE, "1"},
    {"75-44-5", DAVY_GHS_ORGAN_LONG, "1"},
    /* Ethylene oxide */
    {"75-21-8", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"75-21-8", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"75-21-8", DAVY_GHS_ORAL, "3"}, {"75-21-8", DAVY_GHS_GAS, "3"}, {"75-21-8", DAVY_GHS_SKIN, "2"},
    {"75-21-8", DAVY_GHS_MUTAGEN, "1B"}, {"75-21-8", DAVY_GHS_CANCER, "1B"}, {"75-21-8", DAVY_GHS_REPRODUCTION, "1B"},
    {"75-21-8", DAVY_GHS_ORGAN_ONCE, "1"}, {"75-21-8", DAVY_GHS_ORGAN_LONG, "1"},
    {"75-21-8", DAVY_GHS_WATER_LIFE, "3"},
    /* Formaldehyde */
    {"50-00-0", DAVY_GHS_ORAL, "4"}, {"50-00-0", DAVY_GHS_DERMAL, "3"}, {"50-00-0", DAVY_GHS_GAS, "2"},
    {"50-00-0", DAVY_GHS_SKIN, "2"}, {"50-00-0", DAVY_GHS_EYE, "2A"}, {"50-00-0", DAVY_GHS_RESPIRATORY, "1"},
    {"50-00-0", DAVY_GHS_SENSITIZER, "1"}, {"50-00-0", DAVY_GHS_MUTAGEN, "2"}, {"50-00-0", DAVY_GHS_CANCER, "1A"},
    {"50-00-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"50-00-0", DAVY_GHS_ORGAN_LONG, "1"},
    {"50-00-0", DAVY_GHS_WATER_LIFE, "2"},
    /* Phosphine */
    {"7803-51-2", DAVY_GHS_FLAMMABLE_GAS, "1"},
    {"7803-51-2", DAVY_GHS_GAS_PRESSURE, "Compressed gas or Liquefied gas"}, {"7803-51-2", DAVY_GHS_GAS, "1"},
    {"7803-51-2", DAVY_GHS_ORGAN_ONCE, "1"},
    /* Hydrogen sulfide */
    {"7783-06-4", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7783-06-4", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"7783-06-4", DAVY_GHS_GAS, "2"}, {"7783-06-4", DAVY_GHS_EYE, "2A"}, {"7783-06-4", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7783-06-4", DAVY_GHS_WATER_LIFE, "1"}, {"7783-06-4", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Hydrogen chloride */
    {"7647-01-0", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"}, {"7647-01-0", DAVY_GHS_ORAL, "3"},
    {"7647-01-0", DAVY_GHS_GAS, "3"}, {"7647-01-0", DAVY_GHS_DUST, "2"}, {"7647-01-0", DAVY_GHS_SKIN, "1A-1C"},
    {"7647-01-0", DAVY_GHS_EYE, "1"}, {"7647-01-0", DAVY_GHS_RESPIRATORY, "1"},
    {"7647-01-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"7647-01-0", DAVY_GHS_ORGAN_LONG, "1"},
    {"7647-01-0", DAVY_GHS_WATER_LIFE, "1"},
    /* Chlorine */
    {"7782-50-5", DAVY_GHS_OXIDIZING_GAS, "1"}, {"7782-50-5", DAVY_GHS_GAS_PRESSURE, "Low pressure liquefied gas"},
    {"7782-50-5", DAVY_GHS_GAS, "2"}, {"7782-50-5", DAVY_GHS_SKIN, "1A-1C"}, {"7782-50-5", DAVY_GHS_EYE, "1"},
    {"7782-50-5", DAVY_GHS_ORGAN_ONCE, "1"}, {"7782-50-5", DAVY_GHS_ORGAN_LONG, "1"},
    {"7782-50-5", DAVY_GHS_WATER_LIFE, "1"}, {"7782-50-5", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Carbon monoxide */
    {"630-08-0", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"630-08-0", DAVY_GHS_GAS_PRESSURE, "Compressed gas"},
    {"630-08-0", DAVY_GHS_GAS, "3"}, {"630-08-0", DAVY_GHS_REPRODUCTION, "1A"},
    {"630-08-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"630-08-0", DAVY_GHS_ORGAN_LONG, "2"},
    /* Arsine */
    {"7784-42-1", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7784-42-1", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"7784-42-1", DAVY_GHS_GAS, "1"}, {"7784-42-1", DAVY_GHS_CANCER, "1A"}, {"7784-42-1", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7784-42-1", DAVY_GHS_ORGAN_LONG, "1"},
    /* Stibine */
    {"7803-52-3", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7803-52-3", DAVY_GHS_ORGAN_ONCE, "1"},
    /* Hydrogen selenide */
    {"7783-07-5", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7783-07-5", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"7783-07-5", DAVY_GHS_EYE, "2A-2B"}, {"7783-07-5", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7783-07-5", DAVY_GHS_ORGAN_LONG, "1"},
    /* Methyl bromide */
    {"74-83-9", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-83-9", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"74-83-9", DAVY_GHS_ORAL, "3"}, {"74-83-9", DAVY_GHS_GAS, "3"}, {"74-83-9", DAVY_GHS_SKIN, "3"},
    {"74-83-9", DAVY_GHS_EYE, "2B"}, {"74-83-9", DAVY_GHS_REPRODUCTION, "2"}, {"74-83-9", DAVY_GHS_ORGAN_ONCE, "1"},
    {"74-83-9", DAVY_GHS_ORGAN_LONG, "1"}, {"74-83-9", DAVY_GHS_WATER_LIFE, "1"},
    {"74-83-9", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Acetone cyanohydrin */
    {"75-86-5", DAVY_GHS_FLAMMABLE_LIQUID, "4"}, {"75-86-5", DAVY_GHS_ORAL, "2"}, {"75-86-5", DAVY_GHS_DERMAL, "1"},
    {"75-86-5", DAVY_GHS_EYE, "2"}, {"75-86-5", DAVY_GHS_REPRODUCTION, "2"}, {"75-86-5", DAVY_GHS_ORGAN_ONCE, "1"},
    {"75-86-5", DAVY_GHS_ORGAN_LONG, "1"}, {"75-86-5", DAVY_GHS_WATER_LIFE, "1"},
    /* Acrolein */
    {"107-02-8", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"107-02-8", DAVY_GHS_ORAL, "2"},
    {"107-02-8", DAVY_GHS_DERMAL, "3"}, {"107-02-8", DAVY_GHS_VAPOUR, "1"}, {"107-02-8", DAVY_GHS_SKIN, "1A-1C"},
    {"107-02-8", DAVY_GHS_EYE, "1"}, {"107-02-8", DAVY_GHS_ORGAN_ONCE, "1"}, {"107-02-8", DAVY_GHS_ORGAN_LONG, "1"},
    {"107-02-8", DAVY_GHS_WATER_LIFE, "1"}, {"107-02-8", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Hydrogen fluoride */
    {"7664-39-3", DAVY_GHS_VAPOUR, "3"}, {"7664-39-3", DAVY_GHS_SKIN, "1A-1C"}, {"7664-39-3", DAVY_GHS_EYE, "1"},
    {"7664-39-3", DAVY_GHS_SENSITIZER, "1"}, {"7664-39-3", DAVY_GHS_MUTAGEN, "2"},
    {"7664-39-3", DAVY_GHS_ORGAN_ONCE, "1"}, {"7664-39-3", DAVY_GHS_ORGAN_LONG, "1"},
    {"7664-39-3", DAVY_GHS_WATER_LIFE, "3"},
    /* Epichlorohydrin */
    {"106-89-8", DAVY_GHS_FLAMMABLE_LIQUID, "3"}, {"106-89-8", DAVY_GHS_ORAL, "3"},
    {"106-89-8", DAVY_GHS_DERMAL, "3"}, {"106-89-8", DAVY_GHS_VAPOUR, "2"}, {"106-89-8", DAVY_GHS_SKIN, "1A-1C"},
    {"106-89-8", DAVY_GHS_EYE, "1"}, {"106-89-8", DAVY_GHS_RESPIRATORY, "1"}, {"106-89-8", DAVY_GHS_SENSITIZER, "1"},
    {"106-89-8", DAVY_GHS_MUTAGEN, "2"}, {"106-89-8", DAVY_GHS_CANCER, "1B"},
    {"106-89-8", DAVY_GHS_REPRODUCTION, "2"}, {"106-89-8", DAVY_GHS_ORGAN_ONCE, "1"},
    {"106-89-8", DAVY_GHS_ORGAN_LONG, "1"}, {"106-89-8", DAVY_GHS_WATER_LIFE, "3"},
    /* Toluene diisocyanate (mixed isomers) */
    {"26471-62-5", DAVY_GHS_ORAL, "5"}, {"26471-62-5", DAVY_GHS_VAPOUR, "1"}, {"26471-62-5", DAVY_GHS_SKIN, "1A-1C"},
    {"26471-62-5", DAVY_GHS_EYE, "2A-2B"}, {"26471-62-5", DAVY_GHS_RESPIRATORY, "1"},
    {"26471-62-5", DAVY_GHS_SENSITIZER, "1"}, {"26471-62-5", DAVY_GHS_CANCER, "2"},
    {"26471-62-5", DAVY_GHS_ORGAN_ONCE, "1"}, {"26471-62-5", DAVY_GHS_ORGAN_LONG, "1"},
    {"26471-62-5", DAVY_GHS_WATER_LIFE, "1"}, {"26471-62-5", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Sulfur monochloride */
    {"10025-67-9", DAVY_GHS_ORAL, "3"}, {"10025-67-9", DAVY_GHS_VAPOUR, "2"}, {"10025-67-9", DAVY_GHS_SKIN, "1A-1C"},
    {"10025-67-9", DAVY_GHS_EYE, "1"}, {"10025-67-9", DAVY_GHS_ORGAN_ONCE, "2"},
    /* Hydrogen cyanide */
    {"74-90-8", DAVY_GHS_FLAMMABLE_LIQUID, "1"}, {"74-90-8", DAVY_GHS_ORAL, "1"}, {"74-90-8", DAVY_GHS_DERMAL, "1"},
    {"74-90-8", DAVY_GHS_VAPOUR, "1"}, {"74-90-8", DAVY_GHS_EYE, "2A-2B"}, {"74-90-8", DAVY_GHS_ORGAN_ONCE, "1"},
    {"74-90-8", DAVY_GHS_ORGAN_LONG, "1"}, {"74-90-8", DAVY_GHS_WATER_LIFE, "1"},
    {"74-90-8", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Allylamine */
    {"107-11-9", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"107-11-9", DAVY_GHS_ORAL, "3"},
    {"107-11-9", DAVY_GHS_DERMAL, "1"}, {"107-11-9", DAVY_GHS_VAPOUR, "2"}, {"107-11-9", DAVY_GHS_SKIN, "2"},
    {"107-11-9", DAVY_GHS_EYE, "2A-2B"}, {"107-11-9", DAVY_GHS_ORGAN_ONCE, "2"},
    {"107-11-9", DAVY_GHS_ORGAN_LONG, "2"}, {"107-11-9", DAVY_GHS_WATER_LIFE, "2"},
    {"107-11-9", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Bromine */
    {"7726-95-6", DAVY_GHS_METAL, "1"}, {"7726-95-6", DAVY_GHS_ORAL, "3"}, {"7726-95-6", DAVY_GHS_VAPOUR, "1"},
    {"7726-95-6", DAVY_GHS_SKIN, "1"}, {"7726-95-6", DAVY_GHS_EYE, "1"}, {"7726-95-6", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7726-95-6", DAVY_GHS_ORGAN_LONG, "1"}, {"7726-95-6", DAVY_GHS_WATER_LIFE, "1"},
    {"7726-95-6", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Ethyleneimine */
    {"151-56-4", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"151-56-4", DAVY_GHS_ORAL, "2"},
    {"151-56-4", DAVY_GHS_DERMAL, "1"}, {"151-56-4", DAVY_GHS_VAPOUR, "1"}, {"151-56-4", DAVY_GHS_SKIN, "1A-1C"},
    {"151-56-4", DAVY_GHS_EYE, "1"}, {"151-56-4", DAVY_GHS_SENSITIZER, "1"}, {"151-56-4", DAVY_GHS_MUTAGEN, "1B"},
    {"151-56-4", DAVY_GHS_CANCER, "2"}, {"151-56-4", DAVY_GHS_REPRODUCTION, "2"},
    {"151-56-4", DAVY_GHS_ORGAN_ONCE, "1"}, {"151-56-4", DAVY_GHS_ORGAN_LONG, "1"},
    {"151-56-4", DAVY_GHS_WATER_LIFE, "3"}, {"151-56-4", DAVY_GHS_WATER_LIFE_LONG, "3"},
    /* Methyl isocyanate */
    {"624-83-9", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"624-83-9", DAVY_GHS_ORAL, "3"},
    {"624-83-9", DAVY_GHS_DERMAL, "1"}, {"624-83-9", DAVY_GHS_VAPOUR, "1"}, {"624-83-9", DAVY_GHS_SKIN, "2"},
    {"624-83-9", DAVY_GHS_EYE, "1"}, {"624-83-9", DAVY_GHS_RESPIRATORY, "1"}, {"624-83-9", DAVY_GHS_SENSITIZER, "1"},
    {"624-83-9", DAVY_GHS_MUTAGEN, "2"}, {"624-83-9", DAVY_GHS_REPRODUCTION, "1B"},
    {"624-83-9", DAVY_GHS_ORGAN_ONCE, "1"},
    /* 2,4,6-Trinitrotoluene */
    {"118-96-7", DAVY_GHS_EXPLOSIVE, "Division 1.1"}, {"118-96-7", DAVY_GHS_ORAL, "4"},
    {"118-96-7", DAVY_GHS_SKIN, "2"}, {"118-96-7", DAVY_GHS_EYE, "2A"}, {"118-96-7", DAVY_GHS_SENSITIZER, "1"},
    {"118-96-7", DAVY_GHS_REPRODUCTION, "2"}, {"118-96-7", DAVY_GHS_ORGAN_ONCE, "1"},
    {"118-96-7", DAVY_GHS_ORGAN_LONG, "1"}, {"118-96-7", DAVY_GHS_WATER_LIFE, "1"},
    {"118-96-7", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Nitroglycerin */
    {"55-63-0", DAVY_GHS_EXPLOSIVE, "Unstable Explosive"}, {"55-63-0", DAVY_GHS_ORAL, "3"},
    {"55-63-0", DAVY_GHS_EYE, "2A-2B"}, {"55-63-0", DAVY_GHS_SENSITIZER, "1"},
    {"55-63-0", DAVY_GHS_REPRODUCTION, "2"}, {"55-63-0", DAVY_GHS_ORGAN_ONCE, "1"},
    {"55-63-0", DAVY_GHS_ORGAN_LONG, "1"}, {"55-63-0", DAVY_GHS_WATER_LIFE, "2"},
    {"55-63-0", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Ammonium nitrate (combustibles <=0.2 %) */
    {"6484-52-2", DAVY_GHS_OXIDIZING_SOLID, "3"}, {"6484-52-2", DAVY_GHS_ORAL, "5"},
    {"6484-52-2", DAVY_GHS_SKIN, "2"}, {"6484-52-2", DAVY_GHS_EYE, "2A-2B"}, {"6484-52-2", DAVY_GHS_ORGAN_ONCE, "2"},
    /* Potassium nitrate */
    {"7757-79-1", DAVY_GHS_OXIDIZING_SOLID, "3"}, {"7757-79-1", DAVY_GHS_ORAL, "5"},
    {"7757-79-1", DAVY_GHS_SKIN, "2"}, {"7757-79-1", DAVY_GHS_EYE, "2A-2B"},
    {"7757-79-1", DAVY_GHS_REPRODUCTION, "2"}, {"7757-79-1", DAVY_GHS_ORGAN_ONCE, "2"},
    {"7757-79-1", DAVY_GHS_ORGAN_LONG, "2"},
    /* 1,3-Butadiene */
    {"106-99-0", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"106-99-0", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"106-99-0", DAVY_GHS_MUTAGEN, "1B"}, {"106-99-0", DAVY_GHS_CANCER, "1A"}, {"106-99-0", DAVY_GHS_ORGAN_ONCE, "3"},
    {"106-99-0", DAVY_GHS_ORGAN_LONG, "1"},
    /* Methane */
    {"74-82-8", DAVY_GHS_FLAMMABLE_GAS, "1"},
    {"74-82-8", DAVY_GHS_GAS_PRESSURE, "Compressed gas or Refrigerated liquefied gas"},
    /* Vinyl chloride */
    {"75-01-4", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"75-01-4", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"75-01-4", DAVY_GHS_SKIN, "2"}, {"75-01-4", DAVY_GHS_EYE, "2B"}, {"75-01-4", DAVY_GHS_MUTAGEN, "2"},
    {"75-01-4", DAVY_GHS_CANCER, "1A"}, {"75-01-4", DAVY_GHS_REPRODUCTION, "2"},
    {"75-01-4", DAVY_GHS_ORGAN_ONCE, "1"}, {"75-01-4", DAVY_GHS_ORGAN_LONG, "1"},
    {"75-01-4", DAVY_GHS_WATER_LIFE, "3"}, {"75-01-4", DAVY_GHS_WATER_LIFE_LONG, "3"},
    /* Hydrogen */
    {"1333-74-0", DAVY_GHS_FLAMMABLE_GAS, "1"},
    {"1333-74-0", DAVY_GHS_GAS_PRESSURE, "Compressed gas or Refrigerated liquefied gas"},
    /* Propane */
    {"74-98-6", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-98-6", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"74-98-6", DAVY_GHS_ORGAN_ONCE, "3"},
    /* n-Butane */
    {"106-97-8", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"106-97-8", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"106-97-8", DAVY_GHS_ORGAN_ONCE, "3"},
    /* Methylamine */
    {"74-89-5", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-89-5", DAVY_GHS_GAS_PRESSURE, "Low pressure liquefied gas"},
    {"74-89-5", DAVY_GHS_ORAL, "3"}, {"74-89-5", DAVY_GHS_GAS, "4"}, {"74-89-5", DAVY_GHS_SKIN, "1"},
    {"74-89-5", DAVY_GHS_EYE, "1"}, {"74-89-5", DAVY_GHS_ORGAN_ONCE, "1"}, {"74-89-5", DAVY_GHS_ORGAN_LONG, "2"},
    /* Acetylene */
    {"74-86-2", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-86-2", DAVY_GHS_GAS_PRESSURE, "Dissolved gas"},
    {"74-86-2", DAVY_GHS_ORGAN_ONCE, "3"},
    /* Ethylene */
    {"74-85-1", DAVY_GHS_FLAMMABLE_GAS, "1"},
    {"74-85-1", DAVY_GHS_GAS_PRESSURE, "Compressed gas or Refrigerated liquefied gas"},
    {"74-85-1", DAVY_GHS_ORGAN_ONCE, "3"}, {"74-85-1", DAVY_GHS_WATER_LIFE, "3"},
    {"74-85-1", DAVY_GHS_WATER_LIFE_LONG, "3"},
    /* Benzene */
    {"71-43-2", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"71-43-2", DAVY_GHS_ORAL, "4"}, {"71-43-2", DAVY_GHS_SKIN, "2"},
    {"71-43-2", DAVY_GHS_EYE, "2A"}, {"71-43-2", DAVY_GHS_MUTAGEN, "2"}, {"71-43-2", DAVY_GHS_CANCER, "1A"},
    {"71-43-2", DAVY_GHS_REPRODUCTION, "2"}, {"71-43-2", DAVY_GHS_ORGAN_ONCE, "1"},
    {"71-43-2", DAVY_GHS_ORGAN_LONG, "1"}, {"71-43-2", DAVY_GHS_ASPIRATION, "1"},
    {"71-43-2", DAVY_GHS_WATER_LIFE, "2"}, {"71-43-2", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Styrene */
    {"100-42-5", DAVY_GHS_FLAMMABLE_LIQUID, "3"}, {"100-42-5", DAVY_GHS_ORAL, "5"},
    {"100-42-5", DAVY_GHS_VAPOUR, "4"}, {"100-42-5", DAVY_GHS_SKIN, "2"}, {"100-42-5", DAVY_GHS_EYE, "2A"},
    {"100-42-5", DAVY_GHS_MUTAGEN, "2"}, {"100-42-5", DAVY_GHS_REPRODUCTION, "1B"},
    {"100-42-5", DAVY_GHS_ORGAN_ONCE, "1"}, {"100-42-5", DAVY_GHS_ORGAN_LONG, "1"},
    {"100-42-5", DAVY_GHS_ASPIRATION, "1"}, {"100-42-5", DAVY_GHS_WATER_LIFE, "2"},
    /* Acetone */
    {"67-64-1", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"67-64-1", DAVY_GHS_EYE, "2B"},
    {"67-64-1", DAVY_GHS_REPRODUCTION, "2"}, {"67-64-1", DAVY_GHS_ORGAN_ONCE, "3"},
    {"67-64-1", DAVY_GHS_ORGAN_LONG, "2"}, {"67-64-1", DAVY_GHS_ASPIRATION, "2"},
    /* Acrylonitrile */
    {"107-13-1", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"107-13-1", DAVY_GHS_ORAL, "3"},
    {"107-13-1", DAVY_GHS_DERMAL, "2"}, {"107-13-1", DAVY_GHS_VAPOUR, "2"}, {"107-13-1", DAVY_GHS_SKIN, "2"},
    {"107-13-1", DAVY_GHS_EYE, "2A"}, {"107-13-1", DAVY_GHS_SENSITIZER, "1"}, {"107-13-1", DAVY_GHS_MUTAGEN, "2"},
    {"107-13-1", DAVY_GHS_CANCER, "2"}, {"107-13-1", DAVY_GHS_REPRODUCTION, "2"},
    {"107-13-1", DAVY_GHS_ORGAN_ONCE, "1"}, {"107-13-1", DAVY_GHS_ORGAN_LONG, "1"},
    {"107-13-1", DAVY_GHS_WATER_LIFE, "2"},
    /* Carbon disulfide */
    {"75-15-0", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"75-15-0", DAVY_GHS_ORAL, "5"}, {"75-15-0", DAVY_GHS_VAPOUR, "3"},
    {"75-15-0", DAVY_GHS_EYE, "2A-2B"}, {"75-15-0", DAVY_GHS_MUTAGEN, "2"}, {"75-15-0", DAVY_GHS_REPRODUCTION, "1B"},
    {"75-15-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"75-15-0", DAVY_GHS_ORGAN_LONG, "1"},
    {"75-15-0", DAVY_GHS_ASPIRATION, "2"}, {"75-15-0", DAVY_GHS_WATER_LIFE, "2"},
    {"75-15-0", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Cyclohexane */
    {"110-82-7", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"110-82-7", DAVY_GHS_SKIN, "2"},
    {"110-82-7", DAVY_GHS_EYE, "2A-2B"}, {"110-82-7", DAVY_GHS_REPRODUCTION, "2"},
    {"110-82-7", DAVY_GHS_ORGAN_ONCE, "2"}, {"110-82-7", DAVY_GHS_ASPIRATION, "2"},
    {"110-82-7", DAVY_GHS_WATER_LIFE, "1"},
    /* Propylene oxide */
    {"75-56-9", DAVY_GHS_FLAMMABLE_LIQUID, "1"}, {"75-56-9", DAVY_GHS_ORAL, "4"}, {"75-56-9", DAVY_GHS_VAPOUR, "2"},
    {"75-56-9", DAVY_GHS_SKIN, "1"}, {"75-56-9", DAVY_GHS_EYE, "1"}, {"75-56-9", DAVY_GHS_SENSITIZER, "1"},
    {"75-56-9", DAVY_GHS_MUTAGEN, "2"}, {"75-56-9", DAVY_GHS_CANCER, "2"}, {"75-56-9", DAVY_GHS_REPRODUCTION, "2"},
    {"75-56-9", DAVY_GHS_ORGAN_ONCE, "3"}, {"75-56-9", DAVY_GHS_WATER_LIFE, "3"},
    /* Toluene */
    {"108-88-3", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"108-88-3", DAVY_GHS_ORAL, "5"},
    {"108-88-3", DAVY_GHS_VAPOUR, "4"}, {"108-88-3", DAVY_GHS_SKIN, "2"}, {"108-88-3", DAVY_GHS_EYE, "2B"},
    {"108-88-3", DAVY_GHS_REPRODUCTION, "1A"}, {"108-88-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"108-88-3", DAVY_GHS_ORGAN_LONG, "1"}, {"108-88-3", DAVY_GHS_ASPIRATION, "1"},
    {"108-88-3", DAVY_GHS_WATER_LIFE, "2"},
    /* Methanol */
    {"67-56-1", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"67-56-1", DAVY_GHS_ORAL, "5"}, {"67-56-1", DAVY_GHS_EYE, "2A-2B"},
    {"67-56-1", DAVY_GHS_REPRODUCTION, "1B"}, {"67-56-1", DAVY_GHS_ORGAN_ONCE, "1"},
    {"67-56-1", DAVY_GHS_ORGAN_LONG, "1"},
    /* Ethanol */
    {"64-17-5", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"64-17-5", DAVY_GHS_EYE, "2A-2B"},
    {"64-17-5", DAVY_GHS_MUTAGEN, "1B"}, {"64-17-5", DAVY_GHS_REPRODUCTION, "1A"},
    {"64-17-5", DAVY_GHS_ORGAN_ONCE, "3"}, {"64-17-5", DAVY_GHS_ORGAN_LONG, "1"},
    /* Diethyl ether */
    {"60-29-7", DAVY_GHS_FLAMMABLE_LIQUID, "1"}, {"60-29-7", DAVY_GHS_ORAL, "4"}, {"60-29-7", DAVY_GHS_SKIN, "3"},
    {"60-29-7", DAVY_GHS_EYE, "2B"}, {"60-29-7", DAVY_GHS_REPRODUCTION, "2"}, {"60-29-7", DAVY_GHS_ORGAN_ONCE, "3"},
    {"60-29-7", DAVY_GHS_ASPIRATION, "2"},
    /* Ethyl acetate */
    {"141-78-6", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"141-78-6", DAVY_GHS_EYE, "2B"},
    {"141-78-6", DAVY_GHS_ORGAN_ONCE, "1"},
    /* n-Hexane */
    {"110-54-3", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"110-54-3", DAVY_GHS_SKIN, "2"},
    {"110-54-3", DAVY_GHS_EYE, "2A-2B"}, {"110-54-3", DAVY_GHS_REPRODUCTION, "2"},
    {"110-54-3", DAVY_GHS_ORGAN_ONCE, "3"}, {"110-54-3", DAVY_GHS_ORGAN_LONG, "1"},
    {"110-54-3", DAVY_GHS_ASPIRATION, "1"}, {"110-54-3", DAVY_GHS_WATER_LIFE, "2"},
    /* Peracetic acid */
    {"79-21-0", DAVY_GHS_FLAMMABLE_LIQUID, "4"}, {"79-21-0", DAVY_GHS_ORAL, "4"}, {"79-21-0", DAVY_GHS_DERMAL, "4"},
    {"79-21-0", DAVY_GHS_VAPOUR, "1"}, {"79-21-0", DAVY_GHS_SKIN, "1A-1C"}, {"79-21-0", DAVY_GHS_EYE, "1"},
    {"79-21-0", DAVY_GHS_MUTAGEN, "2"}, {"79-21-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"79-21-0", DAVY_GHS_ORGAN_LONG, "1"},
    {"79-21-0", DAVY_GHS_WATER_LIFE, "2"},
    /* Phosphorus, white */
    {"12185-10-3", DAVY_GHS_PYROPHORIC_SOLID, "1"}, {"12185-10-3", DAVY_GHS_ORAL, "1"},
    {"12185-10-3", DAVY_GHS_DERMAL, "1"}, {"12185-10-3", DAVY_GHS_SKIN, "1A-1C"}, {"12185-10-3", DAVY_GHS_EYE, "1"},
    {"12185-10-3", DAVY_GHS_REPRODUCTION, "2"}, {"12185-10-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"12185-10-3", DAVY_GHS_ORGAN_LONG, "1"}, {"12185-10-3", DAVY_GHS_WATER_LIFE, "1"},
    {"12185-10-3", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Pentaborane */
    {"19624-22-7", DAVY_GHS_PYROPHORIC_LIQUID, "1"}, {"19624-22-7", DAVY_GHS_VAPOUR, "1"},
    {"19624-22-7", DAVY_GHS_SKIN, "2"}, {"19624-22-7", DAVY_GHS_EYE, "1"}, {"19624-22-7", DAVY_GHS_ORGAN_ONCE, "1"},
    {"19624-22-7", DAVY_GHS_ORGAN_LONG, "1"},
    /* Sodium peroxide */
    {"1313-60-6", DAVY_GHS_OXIDIZING_SOLID, "1"}, {"1313-60-6", DAVY_GHS_SKIN, "1A-1C"},
    {"1313-60-6", DAVY_GHS_EYE, "1"}, {"1313-60-6", DAVY_GHS_ORGAN_ONCE, "3"},
    /* Potassium chlorate */
    {"3811-04-9", DAVY_GHS_OXIDIZING_SOLID, "2"}, {"3811-04-9", DAVY_GHS_ORAL, "4"},
    {"3811-04-9", DAVY_GHS_SKIN, "3"}, {"3811-04-9", DAVY_GHS_EYE, "2B"}, {"3811-04-9", DAVY_GHS_ORGAN_ONCE, "2"},
    {"3811-04-9", DAVY_GHS_WATER_LIFE, "3"}, {"3811-04-9", DAVY_GHS_WATER_LIFE_LONG, "3"},
    /* Sodium chlorate */
    {"7775-09-9", DAVY_GHS_OXIDIZING_SOLID, "2"},
    /* Nitric acid (>70 %) */
    {"7697-37-2", DAVY_GHS_OXIDIZING_LIQUID, "3"}, {"7697-37-2", DAVY_GHS_DUST, "2"},
    {"7697-37-2", DAVY_GHS_SKIN, "1A"}, {"7697-37-2", DAVY_GHS_EYE, "1"}, {"7697-37-2", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7697-37-2", DAVY_GHS_ORGAN_LONG, "1"}, {"7697-37-2", DAVY_GHS_ASPIRATION, "1"},
    /* Calcium carbide */
    {"75-20-7", DAVY_GHS_SKIN, "1A-1C"}, {"75-20-7", DAVY_GHS_EYE, "1"}, {"75-20-7", DAVY_GHS_ORGAN_ONCE, "2"},
    /* Potassium */
    {"7440-09-7", DAVY_GHS_WATER, "1"}, {"7440-09-7", DAVY_GHS_SKIN, "1A-1C"}, {"7440-09-7", DAVY_GHS_EYE, "1"},
    {"7440-09-7", DAVY_GHS_WATER_LIFE, "3"},
    /* Sodium */
    {"7440-23-5", DAVY_GHS_WATER, "1"}, {"7440-23-5", DAVY_GHS_SKIN, "1A-1C"}, {"7440-23-5", DAVY_GHS_EYE, "1"},
    /* Acetaldehyde */
    {"75-07-0", DAVY_GHS_FLAMMABLE_LIQUID, "1"}, {"75-07-0", DAVY_GHS_ORAL, "4"}, {"75-07-0", DAVY_GHS_SKIN, "2"},
    {"75-07-0", DAVY_GHS_EYE, "2A"}, {"75-07-0", DAVY_GHS_MUTAGEN, "2"}, {"75-07-0", DAVY_GHS_CANCER, "2"},
    {"75-07-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"75-07-0", DAVY_GHS_ORGAN_LONG, "1"},
    {"75-07-0", DAVY_GHS_WATER_LIFE, "2"},
    /* Acetonitrile */
    {"75-05-8", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"75-05-8", DAVY_GHS_ORAL, "5"}, {"75-05-8", DAVY_GHS_DERMAL, "3"},
    {"75-05-8", DAVY_GHS_EYE, "2A-2B"}, {"75-05-8", DAVY_GHS_MUTAGEN, "2"}, {"75-05-8", DAVY_GHS_ORGAN_ONCE, "1"},
    {"75-05-8", DAVY_GHS_ORGAN_LONG, "2"},
    /* Allyl alcohol */
    {"107-18-6", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"107-18-6", DAVY_GHS_ORAL, "3"},
    {"107-18-6", DAVY_GHS_DERMAL, "1"}, {"107-18-6", DAVY_GHS_VAPOUR, "2"}, {"107-18-6", DAVY_GHS_SKIN, "1A-1C"},
    {"107-18-6", DAVY_GHS_EYE, "1"}, {"107-18-6", DAVY_GHS_ORGAN_ONCE, "1"}, {"107-18-6", DAVY_GHS_ORGAN_LONG, "1"},
    {"107-18-6", DAVY_GHS_ASPIRATION, "2"}, {"107-18-6", DAVY_GHS_WATER_LIFE, "1"},
    /* Aniline */
    {"62-53-3", DAVY_GHS_FLAMMABLE_LIQUID, "4"}, {"62-53-3", DAVY_GHS_ORAL, "4"}, {"62-53-3", DAVY_GHS_DERMAL, "3"},
    {"62-53-3", DAVY_GHS_VAPOUR, "2"}, {"62-53-3", DAVY_GHS_DUST, "4"}, {"62-53-3", DAVY_GHS_SKIN, "2"},
    {"62-53-3", DAVY_GHS_EYE, "2A"}, {"62-53-3", DAVY_GHS_SENSITIZER, "1"}, {"62-53-3", DAVY_GHS_MUTAGEN, "2"},
    {"62-53-3", DAVY_GHS_CANCER, "2"}, {"62-53-3", DAVY_GHS_REPRODUCTION, "2"}, {"62-53-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"62-53-3", DAVY_GHS_ORGAN_LONG, "1"}, {"62-53-3", DAVY_GHS_WATER_LIFE, "1"},
    /* Boron trifluoride */
    {"7637-07-2", DAVY_GHS_GAS_PRESSURE, "Compressed gas"}, {"7637-07-2", DAVY_GHS_GAS, "2"},
    {"7637-07-2", DAVY_GHS_SKIN, "1A-1C"}, {"7637-07-2", DAVY_GHS_EYE, "1"}, {"7637-07-2", DAVY_GHS_ORGAN_ONCE, "2"},
    {"7637-07-2", DAVY_GHS_ORGAN_LONG, "1"}, {"7637-07-2", DAVY_GHS_WATER_LIFE, "3"},
    {"7637-07-2", DAVY_GHS_WATER_LIFE_LONG, "3"},
    /* Chlorobenzene */
    {"108-90-7", DAVY_GHS_FLAMMABLE_LIQUID, "3"}, {"108-90-7", DAVY_GHS_ORAL, "5"},
    {"108-90-7", DAVY_GHS_VAPOUR, "4"}, {"108-90-7", DAVY_GHS_SKIN, "2"}, {"108-90-7", DAVY_GHS_EYE, "2A"},
    {"108-90-7", DAVY_GHS_MUTAGEN, "2"}, {"108-90-7", DAVY_GHS_CANCER, "2"}, {"108-90-7", DAVY_GHS_ORGAN_ONCE, "1"},
    {"108-90-7", DAVY_GHS_ORGAN_LONG, "1"}, {"108-90-7", DAVY_GHS_ASPIRATION, "2"},
    {"108-90-7", DAVY_GHS_WATER_LIFE, "1"}, {"108-90-7", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Chloroform */
    {"67-66-3", DAVY_GHS_ORAL, "4"}, {"67-66-3", DAVY_GHS_SKIN, "1A-1C"}, {"67-66-3", DAVY_GHS_EYE, "1"},
    {"67-66-3", DAVY_GHS_MUTAGEN, "2"}, {"67-66-3", DAVY_GHS_CANCER, "2"}, {"67-66-3", DAVY_GHS_REPRODUCTION, "2"},
    {"67-66-3", DAVY_GHS_ORGAN_ONCE, "1"}, {"67-66-3", DAVY_GHS_ORGAN_LONG, "1"},
    {"67-66-3", DAVY_GHS_WATER_LIFE, "2"}, {"67-66-3", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Cyanogen */
    {"460-19-5", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"460-19-5", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"460-19-5", DAVY_GHS_GAS, "2"}, {"460-19-5", DAVY_GHS_EYE, "2A-2B"}, {"460-19-5", DAVY_GHS_ORGAN_ONCE, "1"},
    {"460-19-5", DAVY_GHS_ORGAN_LONG, "2"},
    /* Diborane */
    {"19287-45-7", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"19287-45-7", DAVY_GHS_GAS_PRESSURE, "High pressure liquefied gas"},
    {"19287-45-7", DAVY_GHS_GAS, "1"}, {"19287-45-7", DAVY_GHS_SKIN, "1A-1C"}, {"19287-45-7", DAVY_GHS_EYE, "1"},
    {"19287-45-7", DAVY_GHS_ORGAN_ONCE, "1"}, {"19287-45-7", DAVY_GHS_ORGAN_LONG, "1"},
    /* 1,2-Dichloroethane */
    {"107-06-2", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"107-06-2", DAVY_GHS_ORAL, "4"},
    {"107-06-2", DAVY_GHS_DERMAL, "5"}, {"107-06-2", DAVY_GHS_VAPOUR, "3"}, {"107-06-2", DAVY_GHS_SKIN, "2"},
    {"107-06-2", DAVY_GHS_EYE, "2B"}, {"107-06-2", DAVY_GHS_MUTAGEN, "2"}, {"107-06-2", DAVY_GHS_CANCER, "2"},
    {"107-06-2", DAVY_GHS_ORGAN_ONCE, "1"}, {"107-06-2", DAVY_GHS_ORGAN_LONG, "1"},
    {"107-06-2", DAVY_GHS_ASPIRATION, "1"}, {"107-06-2", DAVY_GHS_WATER_LIFE, "3"},
    /* Dimethylamine */
    {"124-40-3", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"124-40-3", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"124-40-3", DAVY_GHS_GAS, "4"}, {"124-40-3", DAVY_GHS_SENSITIZER, "1"}, {"124-40-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"124-40-3", DAVY_GHS_ORGAN_LONG, "1"}, {"124-40-3", DAVY_GHS_WATER_LIFE, "2"},
    /* Ethylbenzene */
    {"100-41-4", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"100-41-4", DAVY_GHS_ORAL, "5"},
    {"100-41-4", DAVY_GHS_VAPOUR, "4"}, {"100-41-4", DAVY_GHS_SKIN, "3"}, {"100-41-4", DAVY_GHS_EYE, "2B"},
    {"100-41-4", DAVY_GHS_CANCER, "2"}, {"100-41-4", DAVY_GHS_REPRODUCTION, "1B"},
    {"100-41-4", DAVY_GHS_ORGAN_ONCE, "2"}, {"100-41-4", DAVY_GHS_ASPIRATION, "1"},
    {"100-41-4", DAVY_GHS_WATER_LIFE, "1"},
    /* Hydrazine */
    {"302-01-2", DAVY_GHS_FLAMMABLE_LIQUID, "3"}, {"302-01-2", DAVY_GHS_ORAL, "3"},
    {"302-01-2", DAVY_GHS_DERMAL, "2"}, {"302-01-2", DAVY_GHS_VAPOUR, "3"}, {"302-01-2", DAVY_GHS_SKIN, "1A-1C"},
    {"302-01-2", DAVY_GHS_EYE, "1"}, {"302-01-2", DAVY_GHS_SENSITIZER, "1"}, {"302-01-2", DAVY_GHS_MUTAGEN, "2"},
    {"302-01-2", DAVY_GHS_CANCER, "2"}, {"302-01-2", DAVY_GHS_REPRODUCTION, "2"},
    {"302-01-2", DAVY_GHS_ORGAN_ONCE, "1"}, {"302-01-2", DAVY_GHS_ORGAN_LONG, "1"},
    {"302-01-2", DAVY_GHS_WATER_LIFE, "1"}, {"302-01-2", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Isopropanol */
    {"67-63-0", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"67-63-0", DAVY_GHS_ORAL, "5"}, {"67-63-0", DAVY_GHS_DERMAL, "5"},
    {"67-63-0", DAVY_GHS_EYE, "2A-2B"}, {"67-63-0", DAVY_GHS_REPRODUCTION, "2"},
    {"67-63-0", DAVY_GHS_ORGAN_ONCE, "1"}, {"67-63-0", DAVY_GHS_ORGAN_LONG, "2"},
    {"67-63-0", DAVY_GHS_ASPIRATION, "2"},
    /* Methyl chloride */
    {"74-87-3", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-87-3", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"74-87-3", DAVY_GHS_GAS, "4"}, {"74-87-3", DAVY_GHS_MUTAGEN, "1B"}, {"74-87-3", DAVY_GHS_REPRODUCTION, "1B"},
    {"74-87-3", DAVY_GHS_ORGAN_ONCE, "1"}, {"74-87-3", DAVY_GHS_ORGAN_LONG, "1"},
    /* Methyl mercaptan */
    {"74-93-1", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"74-93-1", DAVY_GHS_GAS_PRESSURE, "Low pressure liquefied gas"},
    {"74-93-1", DAVY_GHS_GAS, "3"}, {"74-93-1", DAVY_GHS_EYE, "2A-2B"}, {"74-93-1", DAVY_GHS_ORGAN_ONCE, "1"},
    /* Nickel carbonyl */
    {"13463-39-3", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"13463-39-3", DAVY_GHS_VAPOUR, "1"},
    {"13463-39-3", DAVY_GHS_SKIN, "2"}, {"13463-39-3", DAVY_GHS_EYE, "1"}, {"13463-39-3", DAVY_GHS_RESPIRATORY, "1"},
    {"13463-39-3", DAVY_GHS_CANCER, "1A"}, {"13463-39-3", DAVY_GHS_REPRODUCTION, "2"},
    {"13463-39-3", DAVY_GHS_ORGAN_ONCE, "1"},
    /* Nitrobenzene */
    {"98-95-3", DAVY_GHS_FLAMMABLE_LIQUID, "4"}, {"98-95-3", DAVY_GHS_ORAL, "4"}, {"98-95-3", DAVY_GHS_DERMAL, "3"},
    {"98-95-3", DAVY_GHS_DUST, "4"}, {"98-95-3", DAVY_GHS_SKIN, "3"}, {"98-95-3", DAVY_GHS_EYE, "2B"},
    {"98-95-3", DAVY_GHS_CANCER, "2"}, {"98-95-3", DAVY_GHS_REPRODUCTION, "2"}, {"98-95-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"98-95-3", DAVY_GHS_ORGAN_LONG, "1"}, {"98-95-3", DAVY_GHS_WATER_LIFE, "2"},
    {"98-95-3", DAVY_GHS_WATER_LIFE_LONG, "2"},
    /* Phenol */
    {"108-95-2", DAVY_GHS_ORAL, "4"}, {"108-95-2", DAVY_GHS_DERMAL, "3"}, {"108-95-2", DAVY_GHS_SKIN, "1A-1C"},
    {"108-95-2", DAVY_GHS_EYE, "1"}, {"108-95-2", DAVY_GHS_MUTAGEN, "1B"}, {"108-95-2", DAVY_GHS_REPRODUCTION, "1B"},
    {"108-95-2", DAVY_GHS_ORGAN_ONCE, "1"}, {"108-95-2", DAVY_GHS_ORGAN_LONG, "1"},
    {"108-95-2", DAVY_GHS_WATER_LIFE, "2"},
    /* Phosphorus trichloride */
    {"7719-12-2", DAVY_GHS_WATER, "1"}, {"7719-12-2", DAVY_GHS_ORAL, "2"}, {"7719-12-2", DAVY_GHS_VAPOUR, "2"},
    {"7719-12-2", DAVY_GHS_SKIN, "1A"}, {"7719-12-2", DAVY_GHS_EYE, "1"}, {"7719-12-2", DAVY_GHS_ORGAN_ONCE, "1"},
    {"7719-12-2", DAVY_GHS_ORGAN_LONG, "1"},
    /* Phosphorus oxychloride */
    {"10025-87-3", DAVY_GHS_ORAL, "4"}, {"10025-87-3", DAVY_GHS_VAPOUR, "1"}, {"10025-87-3", DAVY_GHS_SKIN, "1A-1C"},
    {"10025-87-3", DAVY_GHS_EYE, "1"}, {"10025-87-3", DAVY_GHS_ORGAN_ONCE, "1"},
    {"10025-87-3", DAVY_GHS_ORGAN_LONG, "1"},
    /* Pyridine */
    {"110-86-1", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"110-86-1", DAVY_GHS_ORAL, "4"},
    {"110-86-1", DAVY_GHS_DERMAL, "3"}, {"110-86-1", DAVY_GHS_VAPOUR, "4"}, {"110-86-1", DAVY_GHS_SKIN, "1A-1C"},
    {"110-86-1", DAVY_GHS_EYE, "1"}, {"110-86-1", DAVY_GHS_CANCER, "2"}, {"110-86-1", DAVY_GHS_REPRODUCTION, "2"},
    {"110-86-1", DAVY_GHS_ORGAN_ONCE, "1"}, {"110-86-1", DAVY_GHS_ORGAN_LONG, "1"},
    {"110-86-1", DAVY_GHS_WATER_LIFE, "1"},
    /* Silane */
    {"7803-62-5", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"7803-62-5", DAVY_GHS_GAS_PRESSURE, "Compressed gas"},
    {"7803-62-5", DAVY_GHS_GAS, "5"}, {"7803-62-5", DAVY_GHS_SKIN, "2"}, {"7803-62-5", DAVY_GHS_EYE, "2A"},
    {"7803-62-5", DAVY_GHS_ORGAN_ONCE, "3"}, {"7803-62-5", DAVY_GHS_ORGAN_LONG, "2"},
    /* Tetrahydrofuran */
    {"109-99-9", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"109-99-9", DAVY_GHS_ORAL, "4"}, {"109-99-9", DAVY_GHS_SKIN, "2"},
    {"109-99-9", DAVY_GHS_EYE, "2A"}, {"109-99-9", DAVY_GHS_ORGAN_ONCE, "2"}, {"109-99-9", DAVY_GHS_ORGAN_LONG, "1"},
    /* Trimethylamine */
    {"75-50-3", DAVY_GHS_FLAMMABLE_GAS, "1"}, {"75-50-3", DAVY_GHS_GAS_PRESSURE, "Liquefied gas"},
    {"75-50-3", DAVY_GHS_ORAL, "4"}, {"75-50-3", DAVY_GHS_GAS, "4"}, {"75-50-3", DAVY_GHS_SKIN, "1A"},
    {"75-50-3", DAVY_GHS_EYE, "2B"}, {"75-50-3", DAVY_GHS_ORGAN_ONCE, "3"}, {"75-50-3", DAVY_GHS_ORGAN_LONG, "2"},
    {"75-50-3", DAVY_GHS_WATER_LIFE, "3"},
    /* Vinyl acetate */
    {"108-05-4", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"108-05-4", DAVY_GHS_ORAL, "5"},
    {"108-05-4", DAVY_GHS_DERMAL, "5"}, {"108-05-4", DAVY_GHS_VAPOUR, "4"}, {"108-05-4", DAVY_GHS_SKIN, "3"},
    {"108-05-4", DAVY_GHS_EYE, "2A"}, {"108-05-4", DAVY_GHS_SENSITIZER, "1"}, {"108-05-4", DAVY_GHS_MUTAGEN, "2"},
    {"108-05-4", DAVY_GHS_CANCER, "2"}, {"108-05-4", DAVY_GHS_ORGAN_ONCE, "3"},
    {"108-05-4", DAVY_GHS_ORGAN_LONG, "2"}, {"108-05-4", DAVY_GHS_WATER_LIFE, "2"},
    /* n-Pentane */
    {"109-66-0", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"109-66-0", DAVY_GHS_EYE, "2B"},
    {"109-66-0", DAVY_GHS_ORGAN_ONCE, "3"}, {"109-66-0", DAVY_GHS_ASPIRATION, "1"},
    {"109-66-0", DAVY_GHS_WATER_LIFE, "2"},
    /* n-Heptane */
    {"142-82-5", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"142-82-5", DAVY_GHS_SKIN, "2"},
    {"142-82-5", DAVY_GHS_EYE, "2A-2B"}, {"142-82-5", DAVY_GHS_ORGAN_ONCE, "3"},
    {"142-82-5", DAVY_GHS_ORGAN_LONG, "2"}, {"142-82-5", DAVY_GHS_ASPIRATION, "1"},
    /* Crotonaldehyde */
    {"4170-30-3", DAVY_GHS_FLAMMABLE_LIQUID, "2"}, {"4170-30-3", DAVY_GHS_ORAL, "3"},
    {"4170-30-3", DAVY_GHS_DERMAL, "3"}, {"4170-30-3", DAVY_GHS_VAPOUR, "1"}, {"4170-30-3", DAVY_GHS_SKIN, "1"},
    {"4170-30-3", DAVY_GHS_EYE, "1"}, {"4170-30-3", DAVY_GHS_SENSITIZER, "1"}, {"4170-30-3", DAVY_GHS_MUTAGEN, "1B"},
    {"4170-30-3", DAVY_GHS_ORGAN_ONCE, "3"}, {"4170-30-3", DAVY_GHS_WATER_LIFE, "1"},
    {"4170-30-3", DAVY_GHS_WATER_LIFE_LONG, "1"},
    /* Dimethyl sulfate */
    {"77-78-1", DAVY_GHS_FLAMMABLE_LIQUID, "4"}, {"77-78-1", DAVY_GHS_ORAL, "3"}, {"77-78-1", DAVY_GHS_VAPOUR, "1"},
    {"77-78-1", DAVY_GHS_SKIN, "1A-1C"}, {"77-78-1", DAVY_GHS_EYE, "1"}, {"77-78-1", DAVY_GHS_MUTAGEN, "2"},
    {"77-78-1", DAVY_GHS_CANCER, "1B"}, {"77-78-1", DAVY_GHS_REPRODUCTION, "2"},
    {"77-78-1", DAVY_GHS_ORGAN_ONCE, "1"}, {"77-78-1", DAVY_GHS_ORGAN_LONG, "2"},
    {"77-78-1", DAVY_GHS_WATER_LIFE, "2"},
    /* Acetic acid */
    {"64-19-7", DAVY_GHS_FLAMMABLE_LIQUID, "3"}, {"64-19-7", DAVY_GHS_ORAL, "5"}, {"64-19-7", DAVY_GHS_DERMAL, "4"},
    {"64-19-7", DAVY_GHS_SKIN, "1A-1C"}, {"64-19-7", DAVY_GHS_EYE, "1"}, {"64-19-7", DAVY_GHS_RESPIRATORY, "1"},
    {"64-19-7", DAVY_GHS_ORGAN_ONCE, "1"}, {"64-19-7", DAVY_GHS_WATER_LIFE, "3"},
};
/* clang-format on */

const char *davy_ghs_hazard_name(davy_ghs_hazard hazard)
{
    return names[hazard];
}

const davy_ghs_given *davy_ghs_given_find(const char *cas, const davy_ghs_given *after)
{
    for (size_t i = after ? (size_t) (after - rows) + 1 : 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].cas, cas) == 0)
            return &rows[i];
    return NULL;
}
