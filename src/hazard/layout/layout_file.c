/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/layout/layout_file.h"

#include "hazard/chemical/chemical.h"
#include "hazard/chemical/physical.h"
#include "hazard/rows.h"

#include <math.h>
#include <string.h>

enum column { KIND, NAME, ROOM, EAST, NORTH, HEIGHT, FLOOR, GAS, MOLAR_MASS, DANGER, COLUMNS };

static const char *const columns[COLUMNS] = {"kind",   "name",  "room", "east",       "north",
                                             "height", "floor", "gas",  "molar_mass", "danger"};

/* What a row is read with. */
struct reader {
    davy_layout_file *file;
    const davy_hazard_rows *rows;
};

static const char *text_of(const struct reader *reader, enum column column)
{
    return davy_hazard_rows_text(reader->rows, column);
}

/* @param missing  what an empty field is; NaN: it may not be empty */
static davy_status read_number(const struct reader *reader, enum column column, double missing,
                               double low, double high, double *value)
{
    if (!text_of(reader, column)[0] && !isnan(missing)) {
        *value = missing;
        return DAVY_OK;
    }
    return davy_hazard_rows_number(reader->rows, column, low, high,
                                   column == MOLAR_MASS
                                       ? "give g/mol, from 1 to 1000"
                                       : "give metres, at most 100 km from the origin",
                                   value);
}

static davy_status read_place(const struct reader *reader, double *east, double *north,
                              double *height)
{
    static const double furthest = 1e5; /* m */
    davy_status status = read_number(reader, EAST, NAN, -furthest, furthest, east);

    if (status == DAVY_OK)
        status = read_number(reader, NORTH, NAN, -furthest, furthest, north);
    return status == DAVY_OK ? read_number(reader, HEIGHT, NAN, -furthest, furthest, height)
                             : status;
}

/* A copy; NULL of an empty one. */
static davy_status read_text(const struct reader *reader, enum column column, const char **out)
{
    const char *text = text_of(reader, column);

    *out = text[0] ? davy_arena_text(&reader->file->arena, text, strlen(text)) : NULL;
    if (text[0] && !*out)
        return davy_fail(DAVY_ERR_NOMEM, "texts of a layout");
    return DAVY_OK;
}

/* A gas that davy knows goes by its CAS number. @param molar_mass  kg/mol; NaN: not known */
static davy_status read_gas(const struct reader *reader, const char **gas, double *molar_mass)
{
    const davy_chemical *found[DAVY_CHEMICALS];
    const davy_physical *physical;

    *molar_mass = NAN;
    if (davy_chemical_search(text_of(reader, GAS), found) != 1)
        return read_text(reader, GAS, gas);
    *gas = found[0]->cas;
    physical = davy_chemical_physical(found[0]->cas);
    if (physical)
        *molar_mass = physical->figures[DAVY_PHYSICAL_MOLAR_MASS];
    return DAVY_OK;
}

static davy_status read_release(const struct reader *reader)
{
    static const double gram = 1e-3, deepest = 1e5;
    davy_release_point *point = &reader->file->points[reader->file->point_count];
    const char *danger = text_of(reader, DANGER);
    const bool both = strcmp(danger, "both") == 0;
    double given;
    davy_status status = read_place(reader, &point->east, &point->north, &point->height);

    if (status == DAVY_OK)
        status = read_number(reader, FLOOR, 0, -deepest, deepest, &point->floor);
    if (status == DAVY_OK)
        status = read_text(reader, NAME, &point->name);
    if (status == DAVY_OK)
        status = read_text(reader, ROOM, &point->room);
    if (status == DAVY_OK)
        status = read_gas(reader, &point->gas, &point->molar_mass);
    if (status == DAVY_OK)
        status = read_number(reader, MOLAR_MASS, 0, 1, 1000, &given);
    if (status != DAVY_OK)
        return status;
    if (!point->name)
        return davy_hazard_rows_refuse(reader->rows, NAME, "give it a name");
    if (!point->gas)
        return davy_hazard_rows_refuse(reader->rows, GAS, "name what would leak");
    if (given > 0)
        point->molar_mass = given * gram;
    point->watched[DAVY_GAS_FLAMMABLE] = both || strcmp(danger, "flammable") == 0;
    point->watched[DAVY_GAS_TOXIC] = both || strcmp(danger, "toxic") == 0;
    if (!point->watched[DAVY_GAS_FLAMMABLE] && !point->watched[DAVY_GAS_TOXIC])
        return davy_hazard_rows_refuse(reader->rows, DANGER, "write flammable, toxic or both");
    reader->file->point_count++;
    return DAVY_OK;
}

static davy_status read_detector(const struct reader *reader)
{
    davy_gas_detector *detector = &reader->file->detectors[reader->file->detector_count];
    const char *danger = text_of(reader, DANGER);
    double molar_mass;
    davy_status status = read_place(reader, &detector->east, &detector->north, &detector->height);

    if (status == DAVY_OK)
        status = read_text(reader, NAME, &detector->name);
    if (status == DAVY_OK)
        status = read_text(reader, ROOM, &detector->room);
    if (status == DAVY_OK)
        status = read_gas(reader, &detector->gas, &molar_mass);
    if (status != DAVY_OK)
        return status;
    if (!detector->name)
        return davy_hazard_rows_refuse(reader->rows, NAME, "give it a name");
    if (strcmp(danger, "flammable") != 0 && strcmp(danger, "toxic") != 0)
        return davy_hazard_rows_refuse(
            reader->rows, DANGER,
            "write flammable or toxic; a detector that measures both has "
            "two rows");
    detector->danger = danger[0] == 't' ? DAVY_GAS_TOXIC : DAVY_GAS_FLAMMABLE;
    reader->file->detector_count++;
    return DAVY_OK;
}

static davy_status read_row(void *context, const davy_hazard_rows *rows)
{
    const struct reader reader = {context, rows};

    if (strcmp(text_of(&reader, KIND), "release") == 0)
        return read_release(&reader);
    if (strcmp(text_of(&reader, KIND), "detector") == 0)
        return read_detector(&reader);
    return davy_hazard_rows_refuse(rows, KIND, "write release or detector");
}

static davy_status begin(void *context, size_t rows)
{
    davy_layout_file *file = context;

    file->points = davy_arena_array(&file->arena, rows + 1, sizeof *file->points);
    file->detectors = davy_arena_array(&file->arena, rows + 1, sizeof *file->detectors);
    if (!file->points || !file->detectors)
        return davy_fail(DAVY_ERR_NOMEM, "a layout of %zu rows", rows);
    return DAVY_OK;
}

davy_status davy_layout_load(const char *path, davy_layout_file *file)
{
    return davy_hazard_rows_read(path, &(davy_hazard_rows_reader){.columns = columns,
                                                                  .column_count = COLUMNS,
                                                                  .rows_max = DAVY_LAYOUT_ROWS_MAX,
                                                                  .fewer = "split it by area",
                                                                  .begin = begin,
                                                                  .row = read_row,
                                                                  .context = file});
}

void davy_layout_clear(davy_layout_file *file)
{
    davy_arena_clear(&file->arena);
    *file = (davy_layout_file){0};
}
