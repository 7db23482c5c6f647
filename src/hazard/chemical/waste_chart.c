/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/waste_chart.h"

#include "core/status.h"

#define HEAT  DAVY_MIXING_HEAT
#define FIRE  DAVY_MIXING_FIRE
#define GAS   DAVY_MIXING_GAS
#define TOXIC DAVY_MIXING_TOXIC_GAS
#define BURNS DAVY_MIXING_FLAMMABLE_GAS
#define BLAST DAVY_MIXING_EXPLOSION
#define CHAIN DAVY_MIXING_POLYMERIZATION
#define MELTS DAVY_MIXING_DISSOLVES
#define DOUBT DAVY_MIXING_UNKNOWN

static const char *const names[DAVY_WASTE_GROUP_MAX + 1] = {
    [1] = "Acids, mineral, non-oxidizing",
    [2] = "Acids, mineral, oxidizing",
    [3] = "Acids, organic",
    [4] = "Alcohols and glycols",
    [5] = "Aldehydes",
    [6] = "Amides",
    [7] = "Amines",
    [8] = "Azo and diazo compounds, hydrazines",
    [9] = "Carbamates",
    [10] = "Caustics",
    [11] = "Cyanides",
    [12] = "Dithiocarbamates",
    [13] = "Esters",
    [14] = "Ethers",
    [15] = "Fluorides, inorganic",
    [16] = "Hydrocarbons, aromatic",
    [17] = "Halogenated organics",
    [18] = "Isocyanates",
    [19] = "Ketones",
    [20] = "Mercaptans, organic sulfides",
    [21] = "Alkali and alkaline earth metals",
    [22] = "Other metals as powders, vapours or sponges",
    [23] = "Other metals as sheets, rods or mouldings",
    [24] = "Toxic metals and their compounds",
    [25] = "Nitrides",
    [26] = "Nitriles",
    [27] = "Nitro compounds, organic",
    [28] = "Hydrocarbons, aliphatic, unsaturated",
    [29] = "Hydrocarbons, aliphatic, saturated",
    [30] = "Peroxides and hydroperoxides, organic",
    [31] = "Phenols and cresols",
    [32] = "Organophosphates",
    [33] = "Sulfides, inorganic",
    [34] = "Epoxides",
    [101] = "Combustible and flammable materials",
    [102] = "Explosives",
    [103] = "Polymerizable compounds",
    [104] = "Oxidizing agents, strong",
    [106] = "Water and mixtures with water",
    [107] = "Water-reactive substances",
};

/* The cells that are not blank; the smaller number first. */
/* clang-format off */
static const struct {
    unsigned char a, b;
    unsigned short mixing;
} cells[] = {
    {1, 4, HEAT}, {1, 5, HEAT | CHAIN}, {1, 6, HEAT}, {1, 7, HEAT}, {1, 8, HEAT | GAS},
    {1, 9, HEAT | GAS}, {1, 10, HEAT}, {1, 11, TOXIC | BURNS}, {1, 12, HEAT | FIRE | BURNS},
    {1, 13, HEAT}, {1, 14, HEAT}, {1, 15, TOXIC}, {1, 17, HEAT | TOXIC}, {1, 18, HEAT | GAS},
    {1, 19, HEAT}, {1, 20, TOXIC | BURNS}, {1, 21, HEAT | FIRE | BURNS},
    {1, 22, HEAT | FIRE | BURNS}, {1, 23, HEAT | FIRE | BURNS}, {1, 24, MELTS},
    {1, 25, HEAT | FIRE | BURNS}, {1, 26, HEAT | TOXIC | BURNS}, {1, 28, HEAT},
    {1, 30, HEAT | GAS}, {1, 31, HEAT}, {1, 32, HEAT | TOXIC}, {1, 33, TOXIC | BURNS},
    {1, 34, HEAT | CHAIN}, {1, 101, HEAT | GAS}, {1, 102, HEAT | BLAST}, {1, 103, HEAT | CHAIN},
    {1, 104, HEAT | TOXIC}, {1, 106, HEAT},
    {2, 3, HEAT | GAS}, {2, 4, HEAT | FIRE}, {2, 5, HEAT | FIRE}, {2, 6, HEAT | TOXIC},
    {2, 7, HEAT | TOXIC}, {2, 8, HEAT | TOXIC}, {2, 9, HEAT | TOXIC}, {2, 10, HEAT},
    {2, 11, TOXIC | BURNS}, {2, 12, HEAT | FIRE | BURNS}, {2, 13, HEAT | FIRE},
    {2, 14, HEAT | FIRE}, {2, 15, TOXIC}, {2, 16, HEAT | FIRE}, {2, 17, HEAT | FIRE | TOXIC},
    {2, 18, HEAT | FIRE | TOXIC}, {2, 19, HEAT | FIRE}, {2, 20, HEAT | FIRE | TOXIC},
    {2, 21, HEAT | FIRE | BURNS}, {2, 22, HEAT | FIRE | BURNS}, {2, 23, HEAT | FIRE | BURNS},
    {2, 24, MELTS}, {2, 25, HEAT | FIRE | BLAST}, {2, 26, HEAT | FIRE | TOXIC},
    {2, 27, HEAT | FIRE | TOXIC}, {2, 28, HEAT | FIRE}, {2, 29, HEAT | FIRE},
    {2, 30, HEAT | BLAST}, {2, 31, HEAT | FIRE}, {2, 32, HEAT | TOXIC},
    {2, 33, HEAT | FIRE | BURNS}, {2, 34, HEAT | CHAIN}, {2, 101, HEAT | FIRE | TOXIC},
    {2, 102, HEAT | BLAST}, {2, 103, HEAT | CHAIN}, {2, 106, HEAT},
    {3, 4, HEAT | CHAIN}, {3, 5, HEAT | CHAIN}, {3, 7, HEAT}, {3, 8, HEAT | GAS}, {3, 10, HEAT},
    {3, 11, TOXIC | BURNS}, {3, 12, HEAT | TOXIC | BURNS}, {3, 15, TOXIC}, {3, 18, HEAT | GAS},
    {3, 21, HEAT | FIRE | BURNS}, {3, 22, FIRE | GAS}, {3, 24, MELTS}, {3, 25, HEAT | BURNS},
    {3, 26, HEAT}, {3, 33, TOXIC}, {3, 34, HEAT | CHAIN}, {3, 102, HEAT | BLAST},
    {3, 103, HEAT | CHAIN}, {3, 104, HEAT | TOXIC},
    {4, 8, HEAT | GAS}, {4, 18, HEAT | CHAIN}, {4, 21, HEAT | FIRE | BURNS},
    {4, 25, HEAT | BURNS | BLAST}, {4, 30, HEAT | FIRE}, {4, 34, HEAT | CHAIN},
    {4, 104, HEAT | FIRE},
    {5, 7, HEAT}, {5, 8, HEAT}, {5, 10, HEAT}, {5, 12, TOXIC | BURNS},
    {5, 21, HEAT | FIRE | BURNS}, {5, 25, HEAT | BURNS}, {5, 27, HEAT}, {5, 28, HEAT},
    {5, 30, HEAT | GAS}, {5, 33, HEAT}, {5, 34, DOUBT}, {5, 104, HEAT | FIRE},
    {6, 21, HEAT | BURNS}, {6, 24, MELTS}, {6, 104, HEAT | FIRE | TOXIC},
    {7, 12, DOUBT}, {7, 17, HEAT | TOXIC}, {7, 18, HEAT | CHAIN}, {7, 21, HEAT | BURNS},
    {7, 24, MELTS}, {7, 30, HEAT | TOXIC}, {7, 34, HEAT | CHAIN}, {7, 104, HEAT | FIRE | TOXIC},
    {8, 9, HEAT | GAS}, {8, 11, GAS}, {8, 12, HEAT | GAS}, {8, 13, HEAT | GAS},
    {8, 17, HEAT | GAS}, {8, 18, HEAT | GAS}, {8, 19, HEAT | GAS}, {8, 20, HEAT | GAS},
    {8, 21, HEAT | BURNS}, {8, 22, HEAT | FIRE | TOXIC}, {8, 23, HEAT | FIRE | GAS},
    {8, 25, DOUBT}, {8, 30, HEAT | FIRE | BLAST}, {8, 31, HEAT | GAS}, {8, 32, DOUBT},
    {8, 33, BLAST}, {8, 34, HEAT | CHAIN}, {8, 102, HEAT | BLAST}, {8, 103, HEAT | CHAIN},
    {8, 104, HEAT | BLAST}, {8, 106, GAS},
    {9, 10, HEAT | GAS}, {9, 21, HEAT | BURNS}, {9, 22, DOUBT}, {9, 25, HEAT | GAS},
    {9, 30, HEAT | FIRE | TOXIC}, {9, 104, HEAT | FIRE | TOXIC},
    {10, 13, HEAT}, {10, 17, HEAT | BURNS}, {10, 18, HEAT | GAS | CHAIN}, {10, 19, HEAT},
    {10, 21, HEAT | BURNS}, {10, 22, HEAT | BURNS}, {10, 24, MELTS}, {10, 25, DOUBT},
    {10, 26, DOUBT}, {10, 27, HEAT | BLAST}, {10, 32, HEAT | BLAST}, {10, 34, HEAT | CHAIN},
    {10, 102, HEAT | BLAST}, {10, 103, HEAT | CHAIN},
    {11, 17, HEAT}, {11, 18, HEAT | GAS}, {11, 19, HEAT}, {11, 21, HEAT | BURNS},
    {11, 25, HEAT | BURNS}, {11, 30, HEAT | TOXIC | BLAST}, {11, 34, HEAT | CHAIN},
    {11, 103, HEAT | CHAIN}, {11, 104, HEAT | TOXIC | BLAST},
    {12, 18, DOUBT}, {12, 21, HEAT | TOXIC | BURNS}, {12, 25, HEAT | BURNS},
    {12, 30, HEAT | FIRE | TOXIC}, {12, 34, DOUBT}, {12, 103, DOUBT},
    {12, 104, HEAT | FIRE | TOXIC},
    {13, 21, HEAT | BURNS}, {13, 25, HEAT | BURNS}, {13, 102, HEAT | BLAST},
    {13, 104, HEAT | FIRE},
    {14, 104, HEAT | FIRE},
    {16, 104, HEAT | FIRE},
    {17, 20, HEAT}, {17, 21, HEAT | BLAST}, {17, 22, HEAT | BLAST}, {17, 23, HEAT | FIRE},
    {17, 25, HEAT | BURNS}, {17, 30, HEAT | BLAST}, {17, 104, HEAT | TOXIC},
    {18, 20, HEAT}, {18, 21, HEAT | BURNS}, {18, 22, HEAT | BURNS}, {18, 25, DOUBT},
    {18, 30, HEAT}, {18, 31, HEAT | CHAIN}, {18, 33, HEAT}, {18, 104, HEAT | FIRE | TOXIC},
    {18, 106, HEAT | GAS},
    {19, 20, HEAT}, {19, 21, HEAT | BURNS}, {19, 25, HEAT | BURNS}, {19, 30, BLAST},
    {19, 104, HEAT | FIRE},
    {20, 21, HEAT | BURNS}, {20, 22, HEAT | FIRE | BURNS}, {20, 25, HEAT | BURNS},
    {20, 30, HEAT | FIRE | TOXIC}, {20, 34, HEAT | CHAIN}, {20, 104, HEAT | FIRE | TOXIC},
    {21, 25, BLAST}, {21, 26, HEAT | CHAIN}, {21, 27, HEAT | BURNS | BLAST},
    {21, 30, HEAT | BLAST}, {21, 31, HEAT | BURNS}, {21, 32, HEAT}, {21, 34, HEAT | CHAIN},
    {21, 101, HEAT | FIRE | GAS}, {21, 102, HEAT | BLAST}, {21, 103, HEAT | CHAIN},
    {21, 104, HEAT | FIRE | BLAST}, {21, 106, HEAT | BURNS},
    {22, 28, HEAT | BLAST}, {22, 30, HEAT | GAS}, {22, 34, HEAT | CHAIN}, {22, 102, HEAT | BLAST},
    {22, 103, HEAT | CHAIN}, {22, 104, HEAT | FIRE | BLAST}, {22, 106, HEAT | BURNS},
    {23, 102, HEAT | BLAST}, {23, 103, HEAT | CHAIN}, {23, 104, HEAT | FIRE},
    {24, 26, MELTS}, {24, 30, HEAT | GAS}, {24, 34, HEAT | CHAIN}, {24, 102, BLAST},
    {24, 103, HEAT | CHAIN}, {24, 106, MELTS},
    {25, 26, HEAT | BURNS}, {25, 27, HEAT | BURNS | BLAST}, {25, 30, HEAT | BURNS | BLAST},
    {25, 31, HEAT | BURNS}, {25, 34, HEAT | CHAIN}, {25, 101, HEAT | FIRE | BURNS},
    {25, 102, BLAST}, {25, 103, HEAT | CHAIN}, {25, 104, HEAT | FIRE | BLAST},
    {25, 106, HEAT | BURNS},
    {26, 30, HEAT | TOXIC | CHAIN}, {26, 104, HEAT | FIRE | TOXIC},
    {27, 104, HEAT | BLAST},
    {28, 30, HEAT | CHAIN}, {28, 104, HEAT | FIRE},
    {29, 104, HEAT | FIRE},
    {30, 31, HEAT}, {30, 32, DOUBT}, {30, 33, HEAT | TOXIC}, {30, 34, HEAT | CHAIN},
    {30, 101, HEAT | FIRE | TOXIC}, {30, 102, HEAT | BLAST}, {30, 103, HEAT | CHAIN},
    {30, 104, HEAT | GAS},
    {31, 34, HEAT | CHAIN}, {31, 102, HEAT | BLAST}, {31, 103, HEAT | CHAIN},
    {31, 104, HEAT | FIRE},
    {32, 34, DOUBT}, {32, 104, HEAT | FIRE | TOXIC},
    {33, 34, HEAT | CHAIN}, {33, 102, HEAT | BLAST}, {33, 103, HEAT | CHAIN},
    {33, 104, HEAT | FIRE | TOXIC}, {33, 106, TOXIC | BURNS},
    {34, 102, HEAT | BLAST}, {34, 104, HEAT | FIRE | GAS},
    {101, 102, HEAT | BLAST}, {101, 104, HEAT | FIRE | GAS},
};
/* clang-format on */

const char *davy_waste_group_name(int group)
{
    return group > 0 && group <= DAVY_WASTE_GROUP_MAX ? names[group] : NULL;
}

unsigned davy_waste_mixing(int a, int b)
{
    const int low = a < b ? a : b, high = a < b ? b : a;

    if (!davy_waste_group_name(a) || !davy_waste_group_name(b))
        return 0;
    if (high == DAVY_WASTE_WATER_REACTIVE)
        return low == high ? 0 : DAVY_MIXING_NEVER;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cells); i++)
        if (cells[i].a == low && cells[i].b == high)
            return cells[i].mixing;
    return 0;
}

unsigned davy_waste_chemicals_mixing(const char *a, const char *b)
{
    int one[DAVY_WASTE_GROUPS], other[DAVY_WASTE_GROUPS];
    const size_t ones = davy_waste_groups(a, one), others = davy_waste_groups(b, other);
    unsigned mixing = 0;

    for (size_t i = 0; i < ones; i++)
        for (size_t k = 0; k < others; k++)
            mixing |= davy_waste_mixing(one[i], other[k]);
    return mixing;
}

const char *davy_mixing_word(unsigned mixing, size_t index)
{
    static const struct {
        davy_mixing bit;
        const char *word;
    } words[] = {
        {DAVY_MIXING_NEVER, "extremely reactive, with anything"},
        {DAVY_MIXING_EXPLOSION, "explosion"},
        {DAVY_MIXING_FIRE, "fire"},
        {DAVY_MIXING_TOXIC_GAS, "toxic gas"},
        {DAVY_MIXING_FLAMMABLE_GAS, "flammable gas"},
        {DAVY_MIXING_POLYMERIZATION, "violent polymerization"},
        {DAVY_MIXING_HEAT, "heat"},
        {DAVY_MIXING_GAS, "gas"},
        {DAVY_MIXING_DISSOLVES, "dissolves toxic metal"},
        {DAVY_MIXING_UNKNOWN, "hazard unknown"},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if ((mixing & (unsigned) words[i].bit) && index-- == 0)
            return words[i].word;
    return NULL;
}
