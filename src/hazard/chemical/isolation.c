/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/isolation.h"

#include "core/status.h"

#include <math.h>
#include <string.h>

#define BY_CONTAINER  \
    {                 \
        NAN, NAN, NAN \
    }

/* Table 1. */
/* clang-format off */
static const davy_isolation rows[] = {
    {"7664-41-7", {30, 100, 200}, BY_CONTAINER, false},           /* ammonia */
    {"7637-07-2", {30, 200, 700}, {400, 2400, 4700}, false},      /* boron trifluoride */
    {"630-08-0", {30, 100, 200}, {200, 1200, 3900}, false},       /* carbon monoxide */
    {"7782-50-5", {60, 300, 1500}, BY_CONTAINER, false},          /* chlorine */
    {"460-19-5", {30, 100, 400}, {60, 300, 1100}, false},         /* cyanogen */
    {"75-21-8", {30, 100, 200}, BY_CONTAINER, false},             /* ethylene oxide */
    {"7782-41-4", {30, 100, 200}, {100, 500, 2300}, false},       /* fluorine */
    {"7647-01-0", {30, 100, 300}, BY_CONTAINER, false},           /* hydrogen chloride */
    {"74-90-8", {60, 200, 700}, {200, 700, 1800}, false},         /* hydrogen cyanide */
    {"7664-39-3", {30, 100, 500}, BY_CONTAINER, false},           /* hydrogen fluoride */
    {"7783-06-4", {30, 100, 500}, {400, 2400, 6300}, false},      /* hydrogen sulfide */
    {"74-89-5", {30, 100, 200}, {200, 600, 2100}, false},         /* methylamine */
    {"74-83-9", {30, 100, 100}, {150, 300, 700}, false},          /* methyl bromide */
    {"74-93-1", {30, 100, 300}, {200, 1300, 3900}, false},        /* methyl mercaptan */
    {"10102-44-0", {30, 100, 400}, {400, 1400, 3300}, false},     /* nitrogen dioxide */
    {"75-44-5", {100, 600, 2500}, {500, 3000, 9500}, false},      /* phosgene */
    {"7446-09-5", {100, 600, 2600}, BY_CONTAINER, false},         /* sulfur dioxide */
    {"107-02-8", {100, 1300, 3500}, {600, 6800, 11100}, false},   /* acrolein */
    {"107-13-1", {30, 200, 600}, {100, 1300, 2300}, false},       /* acrylonitrile */
    {"151-56-4", {30, 200, 500}, {200, 1000, 1800}, false},       /* ethyleneimine */
    {"13463-39-3", {100, 1400, 5200}, {1000, 11000, 11000}, false}, /* nickel carbonyl */
    {"19624-22-7", {60, 600, 2000}, {300, 3000, 6500}, false},    /* pentaborane */
    {"75-86-5", {30, 100, 100}, {60, 200, 500}, true},            /* acetone cyanohydrin */
    {"77-78-1", {30, 100, 100}, {60, 200, 700}, false},           /* dimethyl sulfate */
};

#define RAIL       "Rail tank car"
#define ROAD       "Highway tank truck or trailer"
#define NURSE_TANK "Agricultural nurse tank"
#define SMALL      "Multiple small cylinders"
#define TONS       "Multiple ton cylinders"
#define ONE_TON    "Multiple small cylinders or single ton cylinder"

/* Table 3. */
static const davy_isolation_container containers[] = {
    {"7664-41-7", RAIL, 300, {1600, 1200, 1000}, {4100, 2100, 1300}},
    {"7664-41-7", ROAD, 150, {800, 500, 400}, {1800, 700, 600}},
    {"7664-41-7", NURSE_TANK, 60, {500, 300, 300}, {1400, 300, 300}},
    {"7664-41-7", SMALL, 30, {300, 200, 100}, {700, 300, 200}},
    {"7782-50-5", RAIL, 1000, {9600, 6300, 5100}, {11000, 8900, 6500}},
    {"7782-50-5", ROAD, 600, {5600, 3300, 2500}, {6400, 4700, 3800}},
    {"7782-50-5", TONS, 300, {1900, 1300, 1000}, {3500, 2300, 1300}},
    {"7782-50-5", ONE_TON, 150, {1300, 700, 500}, {2400, 1200, 600}},
    {"75-21-8", RAIL, 200, {1500, 800, 700}, {3000, 1400, 800}},
    {"75-21-8", ROAD, 100, {900, 500, 400}, {2000, 700, 400}},
    {"75-21-8", ONE_TON, 30, {400, 200, 100}, {800, 300, 200}},
    {"7647-01-0", RAIL, 500, {3700, 2000, 1700}, {9700, 3300, 2200}},
    {"7647-01-0", ROAD, 200, {1500, 800, 600}, {3700, 1500, 800}},
    {"7647-01-0", TONS, 30, {400, 200, 100}, {1000, 300, 100}},
    {"7647-01-0", ONE_TON, 30, {300, 200, 100}, {900, 300, 200}},
    {"7664-39-3", RAIL, 500, {3400, 2100, 1800}, {6400, 3000, 1900}},
    {"7664-39-3", ROAD, 200, {2000, 1000, 900}, {3600, 1500, 900}},
    {"7664-39-3", ONE_TON, 100, {800, 400, 300}, {1700, 500, 300}},
    {"7446-09-5", RAIL, 1000, {11000, 11000, 6900}, {11000, 11000, 9600}},
    {"7446-09-5", ROAD, 1000, {11000, 6000, 5000}, {11000, 7900, 6000}},
    {"7446-09-5", TONS, 500, {5200, 2200, 1700}, {7400, 4000, 2700}},
    {"7446-09-5", ONE_TON, 200, {3100, 1500, 1100}, {5600, 2400, 1500}},
};
/* clang-format on */

const davy_isolation *davy_isolation_of(const char *cas)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].cas, cas) == 0)
            return &rows[i];
    return NULL;
}

const davy_isolation_container *davy_isolation_next(const char *cas,
                                                    const davy_isolation_container *after)
{
    for (size_t i = after ? (size_t) (after - containers) + 1 : 0;
         i < DAVY_ARRAY_LENGTH(containers); i++)
        if (strcmp(containers[i].cas, cas) == 0)
            return &containers[i];
    return NULL;
}
