/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/impact/site_risk.h"

/**
 * @file
 * The weather of a year as a CSV file, for the risk of a site.
 *
 *     class,wind,from,sector,night,temperature,humidity,share
 *     D,5,225,45,no,15,60,0.08
 *
 * Stage: hazard, room impact. wind in m/s 10 m above the ground, from and sector in degrees,
 * night yes or no, temperature in degrees Celsius, humidity in %, share of the year.
 */

/** Most rows: six classes, six speeds, 36 directions, day and night. */
#define DAVY_WEATHER_ROWS_MAX ((size_t) 2592)

typedef struct davy_weather_file {
    davy_arena arena;
    davy_risk_weather *rows;
    size_t count;
} davy_weather_file;

/**
 * Read a file; whether its rows are weather, davy_site_risk_compute() says.
 *
 * @param file  zeroed; give it back with davy_weather_clear()
 * @return DAVY_ERR_INVALID with file, line, column and remedy
 */
DAVY_MUST_CHECK davy_status davy_weather_load(const char *path, davy_weather_file *file);

/** A zeroed one is fine. */
void davy_weather_clear(davy_weather_file *file);
