/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"
#include "data/image_folder_private.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Columns of annotations.csv; those of BOX_WIDTH and BOX_HEIGHT may be absent. */
enum {
    BOX_FILE,
    BOX_CLASS,
    BOX_LEFT,
    BOX_TOP,
    BOX_RIGHT,
    BOX_BOTTOM,
    BOX_WIDTH,
    BOX_HEIGHT,
    BOX_COLUMNS
};

static const char *const column_names[BOX_COLUMNS] = {"filename", "class", "xmin",  "ymin",
                                                      "xmax",     "ymax",  "width", "height"};

#define NO_COLUMN SIZE_MAX

typedef struct box_row {
    const char *name;
    uint32_t label;
    uint32_t width, height;
    davy_box box;
    size_t line; /* keeps rows of one picture in their order */
} box_row;

typedef struct box_reading {
    davy_image_folder *folder;
    const davy_image_folder_options *options;
    davy_csv *csv;
    size_t columns[BOX_COLUMNS];
    const char *below; /* "images/" or "" */
    box_row *rows;
    size_t count;
} box_reading;

static davy_status find_columns(box_reading *in)
{
    const char *const *header;
    size_t count;

    header = davy_csv_header(in->csv, &count);
    for (size_t c = 0; c < BOX_COLUMNS; c++) {
        in->columns[c] = NO_COLUMN;
        for (size_t i = 0; i < count && in->columns[c] == NO_COLUMN; i++)
            in->columns[c] = strcmp(header[i], column_names[c]) == 0 ? i : NO_COLUMN;
        if (c < BOX_WIDTH && in->columns[c] == NO_COLUMN)
            return davy_csv_column(in->csv, column_names[c], &in->columns[c]); /* says what is */
    }
    return DAVY_OK;
}

/* Whole pixels of a cell; a part of a pixel counts as `round` has it. */
static davy_status read_pixels(const box_reading *in, const char *const *fields, size_t column,
                               double (*round_to)(double), uint32_t *out)
{
    const char *text = in->columns[column] == NO_COLUMN ? "0" : fields[in->columns[column]];
    char *end;
    const double number = strtod(text, &end);

    if (end == text || *end != '\0' || !(number >= 0 && number <= DAVY_IMAGE_SIDE_MAX))
        return davy_fail(DAVY_ERR_INVALID, "%s '%.40s' is not a number of pixels from 0 to %u",
                         column_names[column], text, DAVY_IMAGE_SIDE_MAX);
    *out = (uint32_t) round_to(number);
    return DAVY_OK;
}

static davy_status read_box(const box_reading *in, const char *const *fields, box_row *row)
{
    uint32_t right = 0, bottom = 0;
    davy_status status = read_pixels(in, fields, BOX_LEFT, floor, &row->box.x);

    if (status == DAVY_OK)
        status = read_pixels(in, fields, BOX_TOP, floor, &row->box.y);
    if (status == DAVY_OK)
        status = read_pixels(in, fields, BOX_RIGHT, ceil, &right);
    if (status == DAVY_OK)
        status = read_pixels(in, fields, BOX_BOTTOM, ceil, &bottom);
    if (status == DAVY_OK)
        status = read_pixels(in, fields, BOX_WIDTH, floor, &row->width);
    if (status == DAVY_OK)
        status = read_pixels(in, fields, BOX_HEIGHT, floor, &row->height);
    if (status != DAVY_OK)
        return status;
    if (right <= row->box.x || bottom <= row->box.y)
        return davy_fail(DAVY_ERR_INVALID, "the box from (%u, %u) to (%u, %u) is empty", row->box.x,
                         row->box.y, right, bottom);
    row->box.width = right - row->box.x;
    row->box.height = bottom - row->box.y;
    return DAVY_OK;
}

/* A name may not lead out of the folder. */
static bool stays_within(const char *name)
{
    return name[0] != '/' && name[0] != '\0' && strcmp(name, "..") != 0 &&
           strncmp(name, "../", 3) != 0 && !strstr(name, "/../");
}

static davy_status keep_row(box_reading *in, const char *name, const char *class_name, box_row *row)
{
    char text[PATH_MAX];
    size_t label;
    box_row *rows;
    davy_status status = davy_class_list_find(&in->folder->classes, class_name, &label);
    const int length = snprintf(text, sizeof text, "%s%s", in->below, name);

    if (status != DAVY_OK)
        return status;
    if (length < 0 || (size_t) length >= sizeof text)
        return davy_fail(DAVY_ERR_INVALID, "the file name '%.80s...' is too long", name);
    if (in->count == DAVY_IMAGE_BOXES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %zu boxes", DAVY_IMAGE_BOXES_MAX);
    row->label = (uint32_t) label;
    row->line = in->count;
    row->name = davy_arena_text(&in->folder->names, text, (size_t) length);
    rows = in->rows;
    if ((in->count & (in->count - 1)) == 0)
        rows = reallocarray(in->rows, in->count ? in->count * 2 : 1, sizeof *rows);
    if (!rows || !row->name)
        return davy_fail(DAVY_ERR_NOMEM, "%zu boxes", in->count);
    in->rows = rows;
    rows[in->count++] = *row;
    return DAVY_OK;
}

static davy_status read_row(box_reading *in, const char *const *fields)
{
    const uint32_t least =
        in->options->box_least > 0 ? in->options->box_least : DAVY_IMAGE_BOX_LEAST;
    const char *name = fields[in->columns[BOX_FILE]], *class_name = fields[in->columns[BOX_CLASS]];
    box_row row = {0};
    davy_status status = read_box(in, fields, &row);

    if (status != DAVY_OK)
        return status;
    if (!stays_within(name))
        return davy_fail(DAVY_ERR_INVALID, "the file '%.80s' does not lie in the folder", name);
    if (!davy_image_class_wanted(in->options, class_name)) {
        in->folder->other_classes++;
        return DAVY_OK;
    }
    if (row.box.width < least || row.box.height < least) {
        in->folder->small_boxes++;
        return DAVY_OK;
    }
    return keep_row(in, name, class_name, &row);
}

static davy_status read_rows(box_reading *in)
{
    const char *const *fields = NULL;
    davy_status status;

    for (;;) {
        status = davy_csv_next(in->csv, &fields); /* names file and line itself */
        if (status != DAVY_OK || !fields)
            return status;
        status = read_row(in, fields);
        if (status != DAVY_OK)
            return davy_fail_in(status, "'%s/annotations.csv' line %llu", in->folder->path,
                                (unsigned long long) davy_csv_line(in->csv));
    }
}

static int by_name(const void *a, const void *b)
{
    const box_row *x = a, *y = b;
    const int order = strcmp(x->name, y->name);

    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static davy_status add_rows(box_reading *in)
{
    davy_image_folder *folder = in->folder;
    davy_status status = DAVY_OK;

    if (in->count > 0)
        qsort(in->rows, in->count, sizeof *in->rows, by_name);
    for (size_t i = 0; status == DAVY_OK && i < in->count; i++) {
        const box_row *row = &in->rows[i];
        const davy_image_item item = {.label = row->label,
                                      .part = DAVY_PART_NONE,
                                      .official = DAVY_PART_NONE,
                                      .box = row->box};

        if (i == 0 || strcmp(row->name, in->rows[i - 1].name) != 0) {
            status = davy_image_folder_add_file(folder, row->name);
            if (status != DAVY_OK)
                return status;
            folder->files[folder->file_count - 1].width = row->width;
            folder->files[folder->file_count - 1].height = row->height;
        }
        status = davy_image_folder_add_item(folder, &item);
    }
    return status;
}

davy_status davy_image_folder_read_boxes(davy_image_folder *folder, const char *csv_path,
                                         const davy_image_folder_options *options)
{
    box_reading in = {.folder = folder, .options = options, .below = ""};
    char images[PATH_MAX];
    struct stat about;
    davy_status status = davy_csv_open(csv_path, &in.csv);

    folder->boxes = true;
    if (snprintf(images, sizeof images, "%s/images", folder->path) < (int) sizeof images &&
        stat(images, &about) == 0 && S_ISDIR(about.st_mode))
        in.below = "images/";
    if (status == DAVY_OK)
        status = find_columns(&in);
    if (status == DAVY_OK)
        status = read_rows(&in);
    if (status == DAVY_OK)
        status = add_rows(&in);
    davy_csv_close(in.csv);
    free(in.rows);
    return status;
}
