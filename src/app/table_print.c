/* SPDX-License-Identifier: Apache-2.0 */
#include "app/table_print.h"

#include <jansson.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

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
