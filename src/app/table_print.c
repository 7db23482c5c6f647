/* SPDX-License-Identifier: Apache-2.0 */
#include "app/table_print.h"

#include <assert.h>
#include <jansson.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most columns of a table of objects. */
#define FIELDS_MAX 12

struct davy_print {
    struct libscols_table *table;
    size_t column_count;
};

static davy_status add_columns(davy_print *print, const davy_print_column *columns, bool json)
{
    for (size_t i = 0; i < print->column_count; i++) {
        int flags = (columns[i].right ? SCOLS_FL_RIGHT : 0) |
                    (i + 1 == print->column_count ? SCOLS_FL_TRUNC : 0);
        struct libscols_column *column =
            scols_table_new_column(print->table, columns[i].name, 0, flags);

        if (!column)
            return davy_fail(DAVY_ERR_NOMEM, "table");
        if (json && columns[i].is_number)
            scols_column_set_json_type(column, SCOLS_JSON_NUMBER);
    }
    return DAVY_OK;
}

davy_status davy_print_create(const char *name, const davy_print_column *columns,
                              size_t column_count, bool json, davy_print **out)
{
    davy_print *print = calloc(1, sizeof *print);

    if (!print || !(print->table = scols_new_table())) {
        free(print);
        return davy_fail(DAVY_ERR_NOMEM, "table");
    }
    print->column_count = column_count;
    scols_table_enable_json(print->table, json);
    scols_table_set_name(print->table, name);
    if (add_columns(print, columns, json) != DAVY_OK) {
        scols_unref_table(print->table);
        free(print);
        return DAVY_ERR_NOMEM;
    }
    *out = print;
    return DAVY_OK;
}

davy_status davy_print_row(davy_print *print, const char *const *texts)
{
    struct libscols_line *line = scols_table_new_line(print->table, NULL);

    if (!line)
        return davy_fail(DAVY_ERR_NOMEM, "table");
    for (size_t i = 0; i < print->column_count; i++)
        if (texts[i] && scols_line_set_data(line, i, texts[i]) != 0)
            return davy_fail(DAVY_ERR_NOMEM, "table");
    return DAVY_OK;
}

void davy_print_finish(davy_print *print)
{
    if (!print)
        return;
    scols_print_table(print->table);
    if (scols_table_get_nlines(print->table) == 0 && !scols_table_is_json(print->table))
        (void) printf("nothing\n");
    scols_unref_table(print->table);
    free(print);
}

/* What a path such as "given.by" leads to; NULL when it leads nowhere. */
static const json_t *value_at(const json_t *object, const char *path)
{
    for (const char *dot; object && (dot = strchr(path, '.')); path = dot + 1)
        object = json_object_getn(object, path, (size_t) (dot - path));
    return json_object_get(object, path);
}

const char *davy_print_value(const json_t *object, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    const json_t *value = value_at(object, path);

    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "%" JSON_INTEGER_FORMAT,
                        json_integer_value(value));
    else if (json_is_real(value))
        (void) snprintf(text, DAVY_PRINT_CELL_MAX, "%.5g", json_real_value(value));
    else
        return "-";
    return text;
}

static davy_status print_object(davy_print *print, const davy_print_field *fields,
                                const json_t *object)
{
    char texts[FIELDS_MAX][DAVY_PRINT_CELL_MAX];
    const char *cells[FIELDS_MAX];

    for (size_t i = 0; i < print->column_count; i++) {
        davy_print_cell *cell = fields[i].cell ? fields[i].cell : davy_print_value;

        cells[i] = cell(object, fields[i].path, texts[i]);
    }
    return davy_print_row(print, cells);
}

davy_status davy_print_objects(const char *name, const davy_print_field *fields, size_t field_count,
                               const json_t *objects)
{
    davy_print_column columns[FIELDS_MAX];
    davy_print *print;
    davy_status status;

    assert(field_count <= FIELDS_MAX);
    for (size_t i = 0; i < field_count; i++)
        columns[i] = (davy_print_column){fields[i].name, fields[i].right, fields[i].right};
    status = davy_print_create(name, columns, field_count, false, &print);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < json_array_size(objects) && status == DAVY_OK; i++)
        status = print_object(print, fields, json_array_get(objects, i));
    davy_print_finish(print);
    return status;
}

davy_status davy_print_json(json_t *object)
{
    char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;

    json_decref(object);
    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "JSON to print");
    (void) printf("%s\n", text);
    free(text);
    return DAVY_OK;
}
