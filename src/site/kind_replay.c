/* SPDX-License-Identifier: Apache-2.0 */
#include "site/sources.h"

#include <string.h>

/* CSV files with a time column, played again. */

#define SPEED_LOW  1e-3
#define SPEED_HIGH 1e6

/* "10x", or "max" for as fast as it goes, which is 0. */
static void read_speed(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    davy_site_source *source = object;
    double speed;

    if (!text)
        return;
    if (strcmp(text, "max") == 0)
        source->speed = 0.0;
    else if (davy_site_number_before(text, 'x', &speed) && speed >= SPEED_LOW &&
             speed <= SPEED_HIGH)
        source->speed = speed;
    else
        davy_site_refuse(reader, where, node, "write for example 'speed: 10x' or 'speed: max'",
                         "'%.60s' is not a speed from 0.001x to 1000000x", text);
}

/* The sentence says which word is wrong, and what it may be. */
static void check_source(davy_site_reader *reader, const davy_site_where *where,
                         const davy_yaml_node *node, void *object)
{
    const davy_site_source *source = object;
    davy_csv_reading reading;

    if (davy_csv_words_read(&source->csv, &reading) != DAVY_OK)
        davy_site_refuse(reader, where, node, "write for example 'decimal: comma'", "%s",
                         davy_error());
    davy_csv_reading_clear(&reading);
}

/* A file named after the plant's tags needs no `column`. */
static void complete_from(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, void *object)
{
    davy_site_signal *signal = object;

    (void) reader;
    (void) where;
    (void) node;
    if (!signal->from.column)
        signal->from.column = signal->name;
}

static const davy_site_field source_fields[] = {
    DAVY_SITE_ROWS_OF_SOURCES,
    {"files", davy_site_read_texts, DAVY_SITE_SOURCE(files), .required = true,
     .aside = DAVY_SITE_SOURCE(file_count), .write = "files: [history/*.csv]"},
    {"time", davy_site_read_text, DAVY_SITE_SOURCE(time_column), .required = true,
     .write = "time: datetime"},
    {"delimiter", davy_site_read_text, DAVY_SITE_SOURCE(csv.delimiter),
     .write = "delimiter: semicolon"},
    {"encoding", davy_site_read_text, DAVY_SITE_SOURCE(csv.encoding), .write = "encoding: GB18030"},
    {"decimal", davy_site_read_text, DAVY_SITE_SOURCE(csv.decimal), .write = "decimal: comma"},
    {"header", davy_site_read_text, DAVY_SITE_SOURCE(csv.header), .write = "header: none"},
    {"types", davy_site_read_text, DAVY_SITE_SOURCE(csv.types),
     .write = "types: datetime=time:dmy"},
    {"speed", read_speed, .write = "speed: 10x"},
    {"loop", davy_site_read_boolean, DAVY_SITE_SOURCE(loop), .write = "loop: true"},
    {"restamp", davy_site_read_boolean, DAVY_SITE_SOURCE(restamp), .write = "restamp: true"},
};

static const davy_site_field from_fields[] = {
    DAVY_SITE_ROWS_OF_FROM,
    {"column", davy_site_read_text, DAVY_SITE_FROM(column), .write = "column: Pressure"},
    DAVY_SITE_ROWS_OF_SCALE,
};

const davy_site_kind davy_site_kind_replay = {
    .name = "replay",
    .defaults = {.speed = 1.0},
    .source = {.what = "replay source",
               .fields = source_fields,
               .count = DAVY_ARRAY_LENGTH(source_fields),
               .check = check_source},
    .from = {.what = "from of a replay source",
             .fields = from_fields,
             .count = DAVY_ARRAY_LENGTH(from_fields),
             .check = complete_from},
};
