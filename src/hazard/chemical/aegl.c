/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/aegl.h"

#include "core/status.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

const int davy_aegl_minutes[DAVY_AEGL_TIMES] = {10, 30, 60, 240, 480};

#define PRINTED                                                                             \
    "EPA, Acute Exposure Guideline Levels, as a public program prints them; level 2 of an " \
    "hour read twice"
#define NOT_RECOMMENDED         \
    {                           \
        NAN, NAN, NAN, NAN, NAN \
    }

static const davy_aegl rows[] = {
    {"7782-50-5",
     {{0.50, 0.50, 0.50, 0.50, 0.50}, {2.8, 2.8, 2.0, 1.0, 0.71}, {50, 28, 20, 10, 7.1}},
     "NRC, Acute Exposure Guideline Levels, volume 4, 2004, as an encyclopedia reprints it; the "
     "same in a public program"},
    {"7664-41-7", /* ammonia */
     {{30, 30, 30, 30, 30}, {220, 220, 160, 110, 110}, {2700, 1600, 1100, 550, 390}},
     PRINTED},
    {"7783-06-4", /* hydrogen sulfide */
     {{0.75, 0.60, 0.51, 0.36, 0.33}, {41, 32, 27, 20, 17}, {76, 59, 50, 37, 31}},
     PRINTED},
    {"630-08-0", /* carbon monoxide */
     {NOT_RECOMMENDED, {420, 150, 83, 33, 27}, {1700, 600, 330, 150, 130}},
     PRINTED},
    {"7446-09-5", /* sulfur dioxide */
     {{0.20, 0.20, 0.20, 0.20, 0.20}, {0.75, 0.75, 0.75, 0.75, 0.75}, {30, 30, 30, 19, 9.6}},
     PRINTED},
    {"10102-44-0", /* nitrogen dioxide */
     {{0.50, 0.50, 0.50, 0.50, 0.50}, {20, 15, 12, 8.2, 6.7}, {34, 25, 20, 14, 11}},
     PRINTED},
    {"74-90-8", /* hydrogen cyanide */
     {{2.5, 2.5, 2.0, 1.3, 1.0}, {17, 10, 7.1, 3.5, 2.5}, {27, 21, 15, 8.6, 6.6}},
     PRINTED},
    {"75-21-8", /* ethylene oxide */
     {NOT_RECOMMENDED, {80, 80, 45, 14, 7.9}, {360, 360, 200, 63, 35}},
     PRINTED},
    {"71-43-2", /* benzene: the higher ones are above a tenth of its lower explosive limit */
     {{130, 73, 52, 18, 9.0}, {2000, 1100, 800, 400, 200}, {9700, 5600, 4000, 2000, 990}},
     PRINTED},
    {"74-98-6", /* propane: all are above a tenth of its lower explosive limit */
     {{10000, 6900, 5500, 5500, 5500},
      {17000, 17000, 17000, 17000, 17000},
      {33000, 33000, 33000, 33000, 33000}},
     PRINTED},
};

const davy_aegl *davy_aegl_of(const char *cas)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        if (strcmp(rows[i].cas, cas) == 0)
            return &rows[i];
    return NULL;
}
