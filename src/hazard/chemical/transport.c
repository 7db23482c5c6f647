/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/transport.h"

#include "core/status.h"

#include <string.h>

/* In the order of the table of chemicals. Oxygen and epibromohydrin have their UN number here. */
/* clang-format off */
static const davy_transport rows[] = {
    {"7664-41-7", "UN1005", "2TC", {DAVY_CLASS_2_3, DAVY_CLASS_8}, 2, 'D'},
    {"7783-41-7", "UN2190", "1TOC", {DAVY_CLASS_2_3, DAVY_CLASS_5_1, DAVY_CLASS_8}, 3, 0},
    {"10102-44-0", "UN1067", "2TOC", {DAVY_CLASS_2_3, DAVY_CLASS_5_1, DAVY_CLASS_8}, 3, 'A'},
    {"7446-09-5", "UN1079", "2TC", {DAVY_CLASS_2_3, DAVY_CLASS_8}, 2, 'C'},
    {"7782-41-4", "UN1045", "1TOC", {DAVY_CLASS_2_3, DAVY_CLASS_5_1, DAVY_CLASS_8}, 3, 'A'},
    {"75-44-5", "UN1076", "2TC", {DAVY_CLASS_2_3, DAVY_CLASS_8}, 2, 'A'},
    {"75-21-8", "UN1040", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'D'},
    {"50-00-0", "UN2209", "C9", {DAVY_CLASS_8}, 1, 0},
    {"7803-51-2", "UN2199", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'A'},
    {"7783-06-4", "UN1053", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'B'},
    {"7647-01-0", "UN1050", "2TC", {DAVY_CLASS_2_3, DAVY_CLASS_8}, 2, 'C'},
    {"7782-50-5", "UN1017", "2TOC", {DAVY_CLASS_2_3, DAVY_CLASS_5_1, DAVY_CLASS_8}, 3, 'B'},
    {"630-08-0", "UN1016", "1TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'D'},
    {"7784-42-1", "UN2188", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'A'},
    {"7803-52-3", "UN2676", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'A'},
    {"7783-07-5", "UN2202", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'A'},
    {"74-83-9", "UN1062", "2T", {DAVY_CLASS_2_3}, 1, 'C'},
    {"75-86-5", "UN1541", "T1", {DAVY_CLASS_6_1}, 1, 'B'},
    {"107-02-8", "UN1092", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'A'},
    {"7664-39-3", "UN1052", "CT1", {DAVY_CLASS_8, DAVY_CLASS_6_1}, 2, 'C'},
    {"106-89-8", "UN2023", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, DAVY_ZONE_NONE},
    {"3132-64-7", "UN2558", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, DAVY_ZONE_NONE},
    {"26471-62-5", "UN2078", "T1", {DAVY_CLASS_6_1}, 1, DAVY_ZONE_NONE},
    {"10025-67-9", "UN1828", "C1", {DAVY_CLASS_8}, 1, 0},
    {"74-90-8", "UN1051", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'A'},
    {"7446-11-9", "UN1829", "C1", {DAVY_CLASS_8}, 1, 0},
    {"107-11-9", "UN2334", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'B'},
    {"7726-95-6", "UN1744", "CT1", {DAVY_CLASS_8, DAVY_CLASS_6_1}, 2, 'A'},
    {"151-56-4", "UN1185", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'A'},
    {"624-83-9", "UN2480", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'A'},
    {"118-96-7", "UN0209", "1.1D", {DAVY_CLASS_1_1}, 1, 0},
    {"55-63-0", "UN0143", "1.1D", {DAVY_CLASS_1_1}, 1, 0},
    {"6484-52-2", "UN1942", "O2", {DAVY_CLASS_5_1}, 1, 0},
    {"7757-79-1", "UN1486", "O2", {DAVY_CLASS_5_1}, 1, 0},
    {"106-99-0", "UN1010", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"115-10-6", "UN1033", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-82-8", "UN1971", "1F", {DAVY_CLASS_2_1}, 1, 0},
    {"75-01-4", "UN1086", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"1333-74-0", "UN1049", "1F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-98-6", "UN1978", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"106-97-8", "UN1011", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-89-5", "UN1061", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-86-2", "UN1001", "4F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-85-1", "UN1962", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"7782-44-7", "UN1072", "1O", {DAVY_CLASS_2_2, DAVY_CLASS_5_1}, 2, 0},
    {"71-43-2", "UN1114", "F1", {DAVY_CLASS_3}, 1, 0},
    {"100-42-5", "UN2055", "F1", {DAVY_CLASS_3}, 1, 0},
    {"67-64-1", "UN1090", "F1", {DAVY_CLASS_3}, 1, 0},
    {"107-13-1", "UN1093", "FT1", {DAVY_CLASS_3, DAVY_CLASS_6_1}, 2, DAVY_ZONE_NONE},
    {"75-15-0", "UN1131", "FT1", {DAVY_CLASS_3, DAVY_CLASS_6_1}, 2, DAVY_ZONE_NONE},
    {"110-82-7", "UN1145", "F1", {DAVY_CLASS_3}, 1, 0},
    {"75-56-9", "UN1280", "F1", {DAVY_CLASS_3}, 1, 0},
    {"108-88-3", "UN1294", "F1", {DAVY_CLASS_3}, 1, 0},
    {"67-56-1", "UN1230", "FT1", {DAVY_CLASS_3, DAVY_CLASS_6_1}, 2, DAVY_ZONE_NONE},
    {"64-17-5", "UN1170", "F1", {DAVY_CLASS_3}, 1, 0},
    {"60-29-7", "UN1155", "F1", {DAVY_CLASS_3}, 1, 0},
    {"141-78-6", "UN1173", "F1", {DAVY_CLASS_3}, 1, 0},
    {"110-54-3", "UN1208", "F1", {DAVY_CLASS_3}, 1, 0},
    {"12185-10-3", "UN1381", "ST4", {DAVY_CLASS_4_2, DAVY_CLASS_6_1}, 2, DAVY_ZONE_NONE},
    {"19624-22-7", "UN1380", "ST3", {DAVY_CLASS_4_2, DAVY_CLASS_6_1}, 2, 0},
    {"1313-60-6", "UN1504", "O2", {DAVY_CLASS_5_1}, 1, 0},
    {"3811-04-9", "UN1485", "O2", {DAVY_CLASS_5_1}, 1, 0},
    {"7775-09-9", "UN1495", "O2", {DAVY_CLASS_5_1}, 1, 0},
    {"7697-37-2", "UN2031", "CO1", {DAVY_CLASS_8, DAVY_CLASS_5_1}, 2, 0},
    {"75-20-7", "UN1402", "W2", {DAVY_CLASS_4_3}, 1, 0},
    {"7440-09-7", "UN2257", "W2", {DAVY_CLASS_4_3}, 1, 0},
    {"7440-23-5", "UN1428", "W2", {DAVY_CLASS_4_3}, 1, 0},
    {"75-07-0", "UN1089", "F1", {DAVY_CLASS_3}, 1, 0},
    {"75-05-8", "UN1648", "F1", {DAVY_CLASS_3}, 1, 0},
    {"107-18-6", "UN1098", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'B'},
    {"62-53-3", "UN1547", "T1", {DAVY_CLASS_6_1}, 1, 0},
    {"7637-07-2", "UN1008", "2TC", {DAVY_CLASS_2_3, DAVY_CLASS_8}, 2, 'B'},
    {"108-90-7", "UN1134", "F1", {DAVY_CLASS_3}, 1, 0},
    {"67-66-3", "UN1888", "T1", {DAVY_CLASS_6_1}, 1, 0},
    {"460-19-5", "UN1026", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'B'},
    {"19287-45-7", "UN1911", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'A'},
    {"107-06-2", "UN1184", "FT1", {DAVY_CLASS_3, DAVY_CLASS_6_1}, 2, DAVY_ZONE_NONE},
    {"124-40-3", "UN1032", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"100-41-4", "UN1175", "F1", {DAVY_CLASS_3}, 1, 0},
    {"302-01-2", "UN2029", "CFT", {DAVY_CLASS_8, DAVY_CLASS_3, DAVY_CLASS_6_1}, 3, DAVY_ZONE_NONE},
    {"75-28-5", "UN1969", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"67-63-0", "UN1219", "F1", {DAVY_CLASS_3}, 1, 0},
    {"74-87-3", "UN1063", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"74-93-1", "UN1064", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'C'},
    {"13463-39-3", "UN1259", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'A'},
    {"98-95-3", "UN1662", "T1", {DAVY_CLASS_6_1}, 1, 0},
    {"108-95-2", "UN1671", "T2", {DAVY_CLASS_6_1}, 1, DAVY_ZONE_NONE},
    {"7719-12-2", "UN1809", "TC3", {DAVY_CLASS_6_1, DAVY_CLASS_8}, 2, 'B'},
    {"10025-87-3", "UN1810", "TC3", {DAVY_CLASS_6_1, DAVY_CLASS_8}, 2, 'B'},
    {"115-07-1", "UN1077", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"110-86-1", "UN1282", "F1", {DAVY_CLASS_3}, 1, 0},
    {"7803-62-5", "UN2203", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"109-99-9", "UN2056", "F1", {DAVY_CLASS_3}, 1, 0},
    {"7550-45-0", "UN1838", "TC3", {DAVY_CLASS_6_1, DAVY_CLASS_8}, 2, 'B'},
    {"75-50-3", "UN1083", "2F", {DAVY_CLASS_2_1}, 1, 0},
    {"108-05-4", "UN1301", "F1", {DAVY_CLASS_3}, 1, 0},
    {"109-66-0", "UN1265", "F1", {DAVY_CLASS_3}, 1, 0},
    {"142-82-5", "UN1206", "F1", {DAVY_CLASS_3}, 1, 0},
    {"4170-30-3", "UN1143", "TF1", {DAVY_CLASS_6_1, DAVY_CLASS_3}, 2, 'B'},
    {"77-78-1", "UN1595", "TC1", {DAVY_CLASS_6_1, DAVY_CLASS_8}, 2, 'B'},
    {"64-19-7", "UN2789", "CF1", {DAVY_CLASS_8, DAVY_CLASS_3}, 2, 0},
    {"463-58-1", "UN2204", "2TF", {DAVY_CLASS_2_3, DAVY_CLASS_2_1}, 2, 'C'},
};
/* clang-format on */

static const char *const classes[DAVY_CLASSES] = {
    [DAVY_CLASS_1_1] = "1.1", [DAVY_CLASS_2_1] = "2.1", [DAVY_CLASS_2_2] = "2.2",
    [DAVY_CLASS_2_3] = "2.3", [DAVY_CLASS_3] = "3",     [DAVY_CLASS_4_2] = "4.2",
    [DAVY_CLASS_4_3] = "4.3", [DAVY_CLASS_5_1] = "5.1", [DAVY_CLASS_6_1] = "6.1",
    [DAVY_CLASS_8] = "8",
};

#define ROW_TOXIC_GAS_A    7
#define ROW_TOXIC_GAS_B    8
#define ROW_TOXIC_LIQUID_A 15

/* 49 CFR 177.848 (d): a row for each class, a column for each in the same order. */
static const struct {
    const char *name, *title;
    const char cells[DAVY_SEGREGATION_ROWS + 1];
} table[DAVY_SEGREGATION_ROWS] = {
    {"1.1 and 1.2", "Explosives, mass explosion or projection", "*****XXXXXXXXXXXXX"},
    {"1.3", "Explosives, fire", "*****X.XXX.XXXXX.X"},
    {"1.4", "Explosives, minor hazard", "*****O.OOO.O...O.O"},
    {"1.5", "Very insensitive explosives", "*****XXXXXXXXXXXXX"},
    {"1.6", "Extremely insensitive explosives", "*****............."},
    {"2.1", "Flammable gases", "XXOX...XO......OO."},
    {"2.2", "Other gases", "X..X.............."},
    {"2.3 zone A", "Toxic gases, zone A", "XXOX.X...XXXXXX..X"},
    {"2.3 zone B", "Toxic gases, zone B", "XXOX.O...OOOOOO..O"},
    {"3", "Flammable liquids", "XXOX...XO....O.X.."},
    {"4.1", "Flammable solids", "X..X...XO......X.O"},
    {"4.2", "Spontaneously combustible", "XXOX...XO......X.X"},
    {"4.3", "Dangerous when wet", "XX.X...XO......X.O"},
    {"5.1", "Oxidizers", "XX.X...XOO.....X.O"},
    {"5.2", "Organic peroxides", "XX.X...XO......X.O"},
    {"6.1 zone A", "Toxic liquids, zone A", "XXOX.O...XXXXXX..X"},
    {"7", "Radioactive", "X..X.O............"},
    {"8", "Corrosive liquids", "XXOX...XO.OXOOOX.."},
};

const davy_transport *davy_transport_of(const char *cas)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].cas, cas) == 0)
            return &rows[i];
    return NULL;
}

const char *davy_class_name(davy_class class)
{
    return classes[class];
}

bool davy_transport_has(const davy_transport *transport, davy_class class)
{
    for (size_t i = 0; i < transport->count; i++)
        if (transport->classes[i] == class)
            return true;
    return false;
}

/* The row of a class; -1: none stands for it. Toxic ones of zones C and D have none. */
static int row_of(davy_class class, char zone)
{
    static const signed char plain[DAVY_CLASSES] = {
        [DAVY_CLASS_1_1] = 0,  [DAVY_CLASS_2_1] = 5,  [DAVY_CLASS_2_2] = 6,  [DAVY_CLASS_2_3] = -1,
        [DAVY_CLASS_3] = 9,    [DAVY_CLASS_4_2] = 11, [DAVY_CLASS_4_3] = 12, [DAVY_CLASS_5_1] = 13,
        [DAVY_CLASS_6_1] = -1, [DAVY_CLASS_8] = 17,
    };

    if (class == DAVY_CLASS_2_3 && zone == 'A')
        return ROW_TOXIC_GAS_A;
    if (class == DAVY_CLASS_2_3 && zone == 'B')
        return ROW_TOXIC_GAS_B;
    if (class == DAVY_CLASS_6_1 && zone == 'A')
        return ROW_TOXIC_LIQUID_A;
    return plain[class];
}

/* Liquids of 6.1 have a zone only where breathing them kills: 6.1 alone does not ask for one. */
bool davy_transport_zone_missing(const davy_transport *transport)
{
    return transport->zone == 0 && (davy_transport_has(transport, DAVY_CLASS_2_3) ||
                                    davy_transport_has(transport, DAVY_CLASS_6_1));
}

const char *davy_segregation_title(int row)
{
    return table[row].title;
}

static davy_separation cell(int row, int column)
{
    switch (table[row].cells[column]) {
    case 'X':
        return DAVY_SEPARATION_NEVER;
    case 'O':
        return DAVY_SEPARATION_AWAY;
    case '*':
        return DAVY_SEPARATION_EXPLOSIVES;
    default:
        return DAVY_SEPARATION_NONE;
    }
}

davy_separation davy_segregation_against(const davy_transport *transport, int row)
{
    davy_separation strictest = DAVY_SEPARATION_NONE;

    for (size_t i = 0; i < transport->count; i++) {
        const int own = row_of(transport->classes[i], transport->zone);

        if (own >= 0 && cell(own, row) > strictest)
            strictest = cell(own, row);
    }
    return strictest;
}

bool davy_segregation_is(const davy_transport *transport, int row)
{
    for (size_t i = 0; i < transport->count; i++)
        if (row_of(transport->classes[i], transport->zone) == row)
            return true;
    return false;
}

davy_separation davy_transport_separation(const davy_transport *a, const davy_transport *b)
{
    davy_separation strictest = DAVY_SEPARATION_NONE;

    for (int row = 0; row < DAVY_SEGREGATION_ROWS; row++)
        if (davy_segregation_is(b, row) && davy_segregation_against(a, row) > strictest)
            strictest = davy_segregation_against(a, row);
    return strictest;
}
