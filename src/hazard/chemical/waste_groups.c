/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/transport.h"
#include "hazard/chemical/waste_chart.h"

#include "core/status.h"

#include <string.h>

#define FLAMMABLE 101
#define EXPLOSIVE 102
#define OXIDIZER  104

/* By what the molecule is. Styrene, butadiene, acrolein, acrylonitrile, ethyleneimine and the vinyl
 * compounds travel stabilized, because they polymerize. */
static const struct {
    const char *cas;
    unsigned char groups[2]; /* 0: no more */
} members[] = {
    {"7647-01-0", {1}},      /* hydrogen chloride */
    {"7664-39-3", {1}},      /* hydrogen fluoride */
    {"7697-37-2", {2}},      /* nitric acid */
    {"64-19-7", {3}},        /* acetic acid */
    {"79-21-0", {3, 30}},    /* peracetic acid */
    {"67-56-1", {4}},        /* methanol */
    {"64-17-5", {4}},        /* ethanol */
    {"67-63-0", {4}},        /* isopropanol */
    {"107-18-6", {4}},       /* allyl alcohol */
    {"75-86-5", {4, 26}},    /* acetone cyanohydrin */
    {"50-00-0", {5}},        /* formaldehyde */
    {"75-07-0", {5}},        /* acetaldehyde */
    {"107-02-8", {5, 103}},  /* acrolein */
    {"4170-30-3", {5}},      /* crotonaldehyde */
    {"62-53-3", {7}},        /* aniline */
    {"107-11-9", {7}},       /* allylamine */
    {"74-89-5", {7}},        /* methylamine */
    {"124-40-3", {7}},       /* dimethylamine */
    {"75-50-3", {7}},        /* trimethylamine */
    {"110-86-1", {7}},       /* pyridine */
    {"151-56-4", {7, 103}},  /* ethyleneimine */
    {"302-01-2", {8}},       /* hydrazine */
    {"74-90-8", {11}},       /* hydrogen cyanide */
    {"141-78-6", {13}},      /* ethyl acetate */
    {"108-05-4", {13, 103}}, /* vinyl acetate */
    {"77-78-1", {13}},       /* dimethyl sulfate */
    {"60-29-7", {14}},       /* diethyl ether */
    {"115-10-6", {14}},      /* dimethyl ether */
    {"109-99-9", {14}},      /* tetrahydrofuran */
    {"71-43-2", {16}},       /* benzene */
    {"108-88-3", {16}},      /* toluene */
    {"100-41-4", {16}},      /* ethylbenzene */
    {"100-42-5", {16, 103}}, /* styrene */
    {"74-83-9", {17}},       /* methyl bromide */
    {"74-87-3", {17}},       /* methyl chloride */
    {"67-66-3", {17}},       /* chloroform */
    {"107-06-2", {17}},      /* 1,2-dichloroethane */
    {"108-90-7", {17}},      /* chlorobenzene */
    {"75-01-4", {17, 103}},  /* vinyl chloride */
    {"106-89-8", {17, 34}},  /* epichlorohydrin */
    {"3132-64-7", {17, 34}}, /* epibromohydrin */
    {"26471-62-5", {18}},    /* toluene diisocyanate */
    {"624-83-9", {18}},      /* methyl isocyanate */
    {"67-64-1", {19}},       /* acetone */
    {"74-93-1", {20}},       /* methyl mercaptan */
    {"7440-09-7", {21}},     /* potassium */
    {"7440-23-5", {21}},     /* sodium */
    {"13463-39-3", {24}},    /* nickel carbonyl */
    {"75-05-8", {26}},       /* acetonitrile */
    {"107-13-1", {26, 103}}, /* acrylonitrile */
    {"98-95-3", {27}},       /* nitrobenzene */
    {"118-96-7", {27}},      /* trinitrotoluene */
    {"74-86-2", {28}},       /* acetylene */
    {"74-85-1", {28}},       /* ethylene */
    {"115-07-1", {28}},      /* propylene */
    {"106-99-0", {28, 103}}, /* butadiene */
    {"74-82-8", {29}},       /* methane */
    {"74-98-6", {29}},       /* propane */
    {"106-97-8", {29}},      /* butane */
    {"75-28-5", {29}},       /* isobutane */
    {"109-66-0", {29}},      /* pentane */
    {"110-54-3", {29}},      /* hexane */
    {"142-82-5", {29}},      /* heptane */
    {"110-82-7", {29}},      /* cyclohexane */
    {"108-95-2", {31}},      /* phenol */
    {"7783-06-4", {33}},     /* hydrogen sulfide */
    {"75-21-8", {34}},       /* ethylene oxide */
    {"75-56-9", {34}},       /* propylene oxide */
};

static size_t by_molecule(const char *cas, int groups[DAVY_WASTE_GROUPS])
{
    size_t count = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(members); i++)
        if (strcmp(members[i].cas, cas) == 0)
            for (size_t k = 0; k < DAVY_ARRAY_LENGTH(members[i].groups); k++)
                if (members[i].groups[k])
                    groups[count++] = members[i].groups[k];
    return count;
}

static bool burns(const davy_transport *transport)
{
    return davy_transport_has(transport, DAVY_CLASS_2_1) ||
           davy_transport_has(transport, DAVY_CLASS_3) ||
           davy_transport_has(transport, DAVY_CLASS_4_2);
}

size_t davy_waste_groups(const char *cas, int groups[DAVY_WASTE_GROUPS])
{
    const davy_transport *transport = davy_transport_of(cas);
    size_t count = by_molecule(cas, groups);

    if (!transport)
        return count;
    if (davy_transport_has(transport, DAVY_CLASS_1_1))
        groups[count++] = EXPLOSIVE;
    if (davy_transport_has(transport, DAVY_CLASS_5_1))
        groups[count++] = OXIDIZER;
    if (davy_transport_has(transport, DAVY_CLASS_4_3))
        groups[count++] = DAVY_WASTE_WATER_REACTIVE;
    if (count == 0 && burns(transport))
        groups[count++] = FLAMMABLE;
    return count;
}

bool davy_waste_is(const char *cas, int group)
{
    int groups[DAVY_WASTE_GROUPS];
    const size_t count = davy_waste_groups(cas, groups);

    for (size_t i = 0; i < count; i++)
        if (groups[i] == group)
            return true;
    return false;
}
