/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/reactivity.h"

#include "core/status.h"

#include <stddef.h>
#include <string.h>

#define GLYCOL_ETHERS 40
#define ISOCYANATES   12

/* The larger groups that each clashes with. */
static const struct {
    const char *name;
    signed char clashes[28]; /* ends at 0 */
} groups[DAVY_REACTIVE_GROUP_MAX + 1] = {
    [1] = {"Non-oxidizing mineral acids", {2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17}},
    [2] = {"Sulfuric acids", {3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                              16, 17, 18, 19, 20, 21, 22, 30, 34, 37, 40, 41, 43}},
    [3] = {"Nitric acids",
           {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 30, 32, 33, 34, 35, 41}},
    [4] = {"Organic acids", {5, 6, 7, 8, 12, 16, 17}},
    [5] = {"Caustics", {11, 12, 16, 17, 19, 20, 21, 22, 42}},
    [6] = {"Ammonia", {10, 11, 12, 13, 16, 17, 19, 42}},
    [7] = {"Aliphatic amines", {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 38, 42}},
    [8] = {"Alkanolamines", {11, 12, 13, 14, 15, 16, 17, 19, 38, 42}},
    [9] = {"Aromatic amines", {11, 12, 19, 42}},
    [10] = {"Amides", {12, 21}},
    [11] = {"Organic anhydrides", {0}},
    [12] = {"Isocyanates", {20, 22, 40, 43}},
    [13] = {"Vinyl acetate", {0}},
    [14] = {"Acrylates", {0}},
    [15] = {"Substituted allyls", {0}},
    [16] = {"Alkylene oxides", {0}},
    [17] = {"Epichlorohydrin", {0}},
    [18] = {"Ketones", {0}},
    [19] = {"Aldehydes", {0}},
    [20] = {"Alcohols, glycols", {0}},
    [21] = {"Phenols, cresols", {0}},
    [22] = {"Caprolactam solution", {35}},
    [30] = {"Olefins", {0}},
    [31] = {"Paraffins", {0}},
    [32] = {"Aromatic hydrocarbons", {0}},
    [33] = {"Miscellaneous hydrocarbon mixtures", {0}},
    [34] = {"Esters", {0}},
    [35] = {"Vinyl halides", {0}},
    [36] = {"Halogenated hydrocarbons", {0}},
    [37] = {"Nitriles", {0}},
    [38] = {"Carbon disulfide", {0}},
    [39] = {"Sulfolane", {0}},
    [40] = {"Glycol ethers", {0}},
    [41] = {"Ethers", {0}},
    [42] = {"Nitrocompounds", {0}},
    [43] = {"Miscellaneous water solutions", {0}},
};

/* Groups 13 and 38 are named after their only members. */
static const struct {
    const char *cas;
    int group;
} members[] = {
    {"7697-37-2", 3}, {"64-19-7", 4},   {"7664-41-7", 6}, {"62-53-3", 9},   {"26471-62-5", 12},
    {"108-05-4", 13}, {"107-13-1", 15}, {"107-18-6", 15}, {"75-56-9", 16},  {"106-89-8", 17},
    {"67-64-1", 18},  {"67-56-1", 20},  {"64-17-5", 20},  {"67-63-0", 20},  {"108-95-2", 21},
    {"106-99-0", 30}, {"100-42-5", 30}, {"74-85-1", 30},  {"115-07-1", 30}, {"74-82-8", 31},
    {"106-97-8", 31}, {"110-82-7", 31}, {"74-98-6", 31},  {"110-54-3", 31}, {"142-82-5", 31},
    {"71-43-2", 32},  {"100-41-4", 32}, {"108-88-3", 32}, {"75-01-4", 35},  {"107-06-2", 36},
    {"67-66-3", 36},  {"75-15-0", 38},  {"109-99-9", 41}, {"74-84-0", 31},  {"106-42-3", 32},
};

/* Appendix I (b): the chart lets them meet, and experience does not. */
static const struct {
    const char *cas;
    int group;
} exceptions[] = {
    {"107-18-6", ISOCYANATES},   /* allyl alcohol */
    {"107-13-1", GLYCOL_ETHERS}, /* acrylonitrile */
};

int davy_reactive_group(const char *cas)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(members); i++)
        if (strcmp(members[i].cas, cas) == 0)
            return members[i].group;
    return 0;
}

const char *davy_reactive_group_name(int group)
{
    return group > 0 && group <= DAVY_REACTIVE_GROUP_MAX ? groups[group].name : NULL;
}

bool davy_reactive_groups_clash(int a, int b)
{
    const int low = a < b ? a : b, high = a < b ? b : a;

    if (low <= 0 || high > DAVY_REACTIVE_GROUP_MAX)
        return false;
    for (const signed char *other = groups[low].clashes; *other; other++)
        if (*other == high)
            return true;
    return false;
}

static bool is_exception(const char *cas, int group)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(exceptions); i++)
        if (exceptions[i].group == group && strcmp(exceptions[i].cas, cas) == 0)
            return true;
    return false;
}

bool davy_chemicals_clash(const char *a, const char *b)
{
    const int one = davy_reactive_group(a), other = davy_reactive_group(b);

    return davy_reactive_groups_clash(one, other) || is_exception(a, other) || is_exception(b, one);
}
