/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/weather_file.h"

#include "hazard/air/stability.h"
#include "hazard/rows.h"

#include <string.h>

enum column { CLASS, WIND, FROM, SECTOR, NIGHT, TEMPERATURE, HUMIDITY, SHARE, COLUMNS };

static const char *const columns[COLUMNS] = {"class", "wind",        "from",     "sector",
                                             "night", "temperature", "humidity", "share"};

/* What a column may be; both 0: a word. */
static const struct {
    double low, high;
    const char *remedy;
} bounds[COLUMNS] = {
    {0, 0, "give a class of A to F"},
    {0.01, 100, "give m/s above 0"},
    {0, 360, "give degrees from north, from 0 to 360"},
    {1, 360, "give the degrees that the row stands for, from 1 to 360"},
    {0, 0, "write yes or no"},
    {-80, 60, "give degrees Celsius, from -80 to 60"},
    {0, 100, "give %, from 0 to 100"},
    {0, 1, "give the share of the year, from 0 to 1"},
};

static davy_status begin(void *context, size_t rows)
{
    davy_weather_file *file = context;

    file->rows = davy_arena_array(&file->arena, rows + 1, sizeof *file->rows);
    return file->rows ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu rows of weather", rows);
}

static davy_status read_row(void *context, const davy_hazard_rows *rows)
{
    static const double zero_celsius = 273.15, percent = 0.01;
    const char *class = davy_hazard_rows_text(rows, CLASS),
               *night = davy_hazard_rows_text(rows, NIGHT);
    davy_weather_file *file = context;
    double values[COLUMNS] = {0};

    for (enum column i = 0; i < COLUMNS; i++) {
        davy_status status = DAVY_OK;

        if (bounds[i].high > 0)
            status = davy_hazard_rows_number(rows, i, bounds[i].low, bounds[i].high,
                                             bounds[i].remedy, &values[i]);
        if (status != DAVY_OK)
            return status;
    }
    if (strlen(class) != 1 || davy_stability_of(class[0]) == DAVY_STABILITIES)
        return davy_hazard_rows_refuse(rows, CLASS, bounds[CLASS].remedy);
    if (strcmp(night, "yes") != 0 && strcmp(night, "no") != 0)
        return davy_hazard_rows_refuse(rows, NIGHT, bounds[NIGHT].remedy);
    file->rows[file->count++] =
        (davy_risk_weather){.stability = davy_stability_letter(davy_stability_of(class[0])),
                            .wind = values[WIND],
                            .from = values[FROM],
                            .sector = values[SECTOR],
                            .night = night[0] == 'y',
                            .kelvin = values[TEMPERATURE] + zero_celsius,
                            .humidity = values[HUMIDITY] * percent,
                            .share = values[SHARE]};
    return DAVY_OK;
}

davy_status davy_weather_load(const char *path, davy_weather_file *file)
{
    return davy_hazard_rows_read(path, &(davy_hazard_rows_reader){.columns = columns,
                                                                  .column_count = COLUMNS,
                                                                  .rows_max = DAVY_WEATHER_ROWS_MAX,
                                                                  .fewer = "take wider sectors",
                                                                  .begin = begin,
                                                                  .row = read_row,
                                                                  .context = file});
}

void davy_weather_clear(davy_weather_file *file)
{
    davy_arena_clear(&file->arena);
    *file = (davy_weather_file){0};
}
