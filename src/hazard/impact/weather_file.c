/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/weather_file.h"

#include "core/csv.h"
#include "core/decimal.h"
#include "hazard/air/stability.h"

#include <inttypes.h>
#include <string.h>

enum column { CLASS, WIND, FROM, SECTOR, NIGHT, TEMPERATURE, HUMIDITY, SHARE, COLUMNS };

static const struct {
    const char *name;
    double low, high; /* of a number; both 0: a word */
    const char *remedy;
} columns[COLUMNS] = {
    {"class", 0, 0, "give a class of A to F"},
    {"wind", 0.01, 100, "give m/s above 0"},
    {"from", 0, 360, "give degrees from north, from 0 to 360"},
    {"sector", 1, 360, "give the degrees that the row stands for, from 1 to 360"},
    {"night", 0, 0, "write yes or no"},
    {"temperature", -80, 60, "give degrees Celsius, from -80 to 60"},
    {"humidity", 0, 100, "give %, from 0 to 100"},
    {"share", 0, 1, "give the share of the year, from 0 to 1"},
};

struct reader {
    davy_csv *csv;
    davy_weather_file *file;
    size_t places[COLUMNS];
    const char *const *fields;
};

static davy_status refuse(const struct reader *reader, enum column column)
{
    return davy_fail(DAVY_ERR_INVALID, "%s:%" PRIu64 ": %s '%.60s': %s", davy_csv_path(reader->csv),
                     davy_csv_line(reader->csv), columns[column].name,
                     reader->fields[reader->places[column]], columns[column].remedy);
}

static davy_status read_numbers(const struct reader *reader, double values[COLUMNS])
{
    for (enum column i = 0; i < COLUMNS; i++) {
        const char *text = reader->fields[reader->places[i]];

        if (columns[i].high > 0 &&
            (davy_decimal_read(text, strlen(text), &values[i]) != DAVY_DECIMAL_OK ||
             values[i] < columns[i].low || values[i] > columns[i].high))
            return refuse(reader, i);
    }
    return DAVY_OK;
}

static davy_status read_row(const struct reader *reader)
{
    static const double zero_celsius = 273.15, percent = 0.01;
    const char *class = reader->fields[reader->places[CLASS]];
    const char *night = reader->fields[reader->places[NIGHT]];
    double values[COLUMNS] = {0};
    davy_status status = read_numbers(reader, values);

    if (status != DAVY_OK)
        return status;
    if (strlen(class) != 1 || davy_stability_of(class[0]) == DAVY_STABILITIES)
        return refuse(reader, CLASS);
    if (strcmp(night, "yes") != 0 && strcmp(night, "no") != 0)
        return refuse(reader, NIGHT);
    if (reader->file->count == DAVY_WEATHER_ROWS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%s: more than %zu rows: take wider sectors",
                         davy_csv_path(reader->csv), DAVY_WEATHER_ROWS_MAX);
    reader->file->rows[reader->file->count++] =
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

static davy_status read_rows(struct reader *reader)
{
    davy_status status = DAVY_OK;

    reader->file->rows =
        davy_arena_array(&reader->file->arena, DAVY_WEATHER_ROWS_MAX, sizeof(davy_risk_weather));
    if (!reader->file->rows)
        return davy_fail(DAVY_ERR_NOMEM, "weather '%s'", davy_csv_path(reader->csv));
    for (enum column i = 0; i < COLUMNS && status == DAVY_OK; i++)
        status = davy_csv_column(reader->csv, columns[i].name, &reader->places[i]);
    while (status == DAVY_OK) {
        status = davy_csv_next(reader->csv, &reader->fields);
        if (status != DAVY_OK || !reader->fields)
            break;
        status = read_row(reader);
    }
    return status;
}

davy_status davy_weather_load(const char *path, davy_weather_file *file)
{
    struct reader reader = {.file = file};
    davy_status status = davy_csv_open(path, &reader.csv);

    if (status == DAVY_OK)
        status = read_rows(&reader);
    davy_csv_close(reader.csv);
    return status;
}

void davy_weather_clear(davy_weather_file *file)
{
    davy_arena_clear(&file->arena);
    *file = (davy_weather_file){0};
}
