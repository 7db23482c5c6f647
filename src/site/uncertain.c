/* SPDX-License-Identifier: Apache-2.0 */
#include "site/scenario_schema.h"
#include "site/values.h"

#include <math.h>

/* What nobody knows of a scenario: two ends, and what is likely between them. */

#define UNCERTAIN(field) offsetof(davy_scenario_uncertain, field)
#define ROW(field)       offsetof(davy_scenario_weather_row, field)

#define NOT_GIVEN     \
    {                 \
        NAN, NAN, NAN \
    }

/* Of shares that were written with three digits. */
static const double share_tolerance = 1e-3;

const davy_scenario_uncertain davy_scenario_uncertain_defaults = {
    .hole = NOT_GIVEN, .rate = NOT_GIVEN, .fill = NOT_GIVEN};

static bool read_ends(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, double ends[3])
{
    davy_site_where inner = {.parent = where};
    davy_site_field one = *field;
    bool fine = true;

    one.offset = 0;
    for (const davy_yaml_node *end = node->first; end; end = end->next, inner.index++) {
        davy_site_read_quantity(reader, &inner, end, &one, &ends[inner.index]);
        fine = fine && !isnan(ends[inner.index]);
    }
    return fine;
}

/* [low, high] or [low, likely, high], each with its unit. */
static void read_range(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_scenario_range *range = (void *) ((char *) object + field->offset);
    double ends[3] = {NAN, NAN, NAN};
    bool rising;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length != 2 && node->length != 3) {
        davy_site_refuse_value(reader, where, node, field,
                               "%u figures stand where two ends are expected, or the likeliest "
                               "between them",
                               (unsigned) node->length);
        return;
    }
    if (!read_ends(reader, where, node, field, ends))
        return; /* told already */
    rising = ends[0] <= ends[1] && (node->length == 2 || ends[1] <= ends[2]);
    if (rising)
        *range = (davy_scenario_range){ends[0], node->length == 3 ? ends[1] : NAN,
                                       ends[node->length - 1]};
    else
        davy_site_refuse_value(reader, where, node, field, "the figures do not rise");
}

static void read_class(davy_site_reader *reader, const davy_site_where *where,
                       const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    static const char *const classes[] = {"A", "B", "C", "D", "E", "F", NULL};
    const char *text = davy_site_scalar(reader, where, node, field);
    size_t index;

    if (text && davy_site_choose(reader, where, node, text, classes, &index))
        ((davy_scenario_weather_row *) object)->stability = *classes[index];
}

static const davy_site_field row_fields[] = {
    {"stability", read_class, .required = true, .write = "stability: D"},
    {"wind", read_range, ROW(wind), .required = true, .with = "m/s", .low = 0.1, .high = 75,
     .write = "wind: [4 m/s, 8 m/s]"},
    {"share", davy_site_read_quantity, ROW(share), .required = true, .with = "1", .low = 0,
     .high = 1, .write = "share: 50 %"},
};

const davy_site_schema davy_site_schema_weather_row = {.what = "weather that is not known",
                                                       .fields = row_fields,
                                                       .count = DAVY_ARRAY_LENGTH(row_fields)};

static void read_rows(davy_site_reader *reader, const davy_site_where *where,
                      const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    davy_scenario_uncertain *uncertain = object;
    davy_site_where inner = {.parent = where};
    double sum = 0;

    if (!davy_site_expect(reader, where, node, DAVY_YAML_SEQUENCE, field->write))
        return;
    if (node->length == 0 || node->length > DAVY_SCENARIO_WEATHER_ROWS_MAX) {
        davy_site_refuse(reader, where, node, "write one for each class and range of wind",
                         "%u weathers are not from 1 to %zu", (unsigned) node->length,
                         DAVY_SCENARIO_WEATHER_ROWS_MAX);
        return;
    }
    for (const davy_yaml_node *entry = node->first; entry; entry = entry->next, inner.index++) {
        davy_scenario_weather_row *row = &uncertain->weather[uncertain->weather_count++];

        *row = (davy_scenario_weather_row){.wind = NOT_GIVEN, .share = NAN};
        if (davy_site_expect(reader, &inner, entry, DAVY_YAML_MAPPING,
                             "{stability: D, wind: [4 m/s, 8 m/s], share: 50 %}"))
            davy_site_read_mapping(reader, &inner, entry, &davy_site_schema_weather_row, row);
        sum += row->share;
    }
    if (!isnan(sum) && fabs(sum - 1) > share_tolerance)
        davy_site_refuse(reader, where, node, "let the shares be those of the whole time",
                         "the shares add up to %.4g and not to 1", sum);
}

/* The ends are those that a release has, so that no draw leaves them. */
static const davy_site_field uncertain_fields[] = {
    {"hole", read_range, UNCERTAIN(hole), .with = "m", .low = 1e-4, .high = 2,
     .write = "hole: [5 mm, 50 mm]"},
    {"rate", read_range, UNCERTAIN(rate), .with = "kg/s", .low = 1e-6, .high = 1e5,
     .write = "rate: [1 kg/s, 10 kg/s]"},
    {"fill", read_range, UNCERTAIN(fill), .with = "1", .low = 0.01, .high = 1,
     .write = "fill: [20 %, 95 %]"},
    {"weather", read_rows,
     .write = "weather: [{stability: D, wind: [4 m/s, 8 m/s], share: 60 %}, "
              "{stability: F, wind: [1 m/s, 3 m/s], share: 40 %}]"},
};

static void check_uncertain(davy_site_reader *reader, const davy_site_where *where,
                            const davy_yaml_node *node, void *object)
{
    ((davy_scenario_uncertain *) object)->given = true;
    if (node->length == 0)
        davy_site_refuse(reader, where, node, "write for example '{hole: [5 mm, 50 mm]}'",
                         "nothing stands here that is uncertain");
}

const davy_site_schema davy_site_schema_uncertain = {.what = "uncertain",
                                                     .fields = uncertain_fields,
                                                     .count = DAVY_ARRAY_LENGTH(uncertain_fields),
                                                     .check = check_uncertain};
