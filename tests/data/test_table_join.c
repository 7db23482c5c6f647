/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char **words(const char *const *from, size_t count)
{
    char **list = calloc(count + 1, sizeof *list);

    assert_non_null(list);
    for (size_t i = 0; i < count; i++)
        list[i] = strdup(from[i]);
    return list;
}

/* Three rows of a number and a word, of two classes. */
static davy_table make(const char *const levels[2], const char *const classes[2], double first)
{
    static const char *const names[] = {"speed", "service"};
    const char *const run[] = {"file"};
    davy_table table = {.rows = 3, .columns = 2, .run_count = 1, .class_count = 2};

    table.names = words(names, 2);
    table.run_names = words(run, 1);
    table.classes = words(classes, 2);
    table.levels = calloc(2, sizeof *table.levels);
    table.values = calloc(6, sizeof *table.values);
    table.labels = calloc(3, sizeof *table.labels);
    table.runs = calloc(3, sizeof *table.runs);
    assert_true(table.levels && table.values && table.labels && table.runs);
    table.levels[1] = (davy_levels){words(levels, 2), 2};
    for (size_t row = 0; row < 3; row++) {
        table.values[row] = first + (double) row;
        table.values[3 + row] = (double) row; /* the third word is not in the list */
        table.labels[row] = row == 2 ? NAN : (double) row;
    }
    return table;
}

static void words_and_classes_of_both_find_their_place(void **state)
{
    static const char *const a[] = {"ftp", "smtp"}, *const b[] = {"dns", "smtp"};
    static const char *const bad[] = {"attack", "normal"}, *const worse[] = {"normal", "probe"};
    davy_table table = make(a, bad, 1), other = make(b, worse, 10);
    static const double speeds[] = {1, 2, 3, 10, 11, 12}, services[] = {1, 2, 3, 0, 2, 3};
    static const double labels[] = {0, 1, NAN, 1, 2, NAN};

    (void) state;
    other.run_parts = calloc(1, 1);
    assert_non_null(other.run_parts);
    other.run_parts[0] = 2;
    assert_ok(davy_table_join(&table, &other));
    assert_int_equal(table.rows, 6);
    assert_int_equal(table.levels[1].count, 3); /* dns, ftp, smtp; beyond them: unknown */
    assert_string_equal(table.levels[1].names[0], "dns");
    assert_int_equal(table.class_count, 3);
    for (size_t row = 0; row < 6; row++) {
        assert_near(davy_table_at(&table, row, 0), speeds[row], 0);
        assert_near(davy_table_at(&table, row, 1), services[row], 0);
        assert_true(isnan(labels[row]) ? isnan(table.labels[row])
                                       : table.labels[row] == labels[row]);
        assert_int_equal(table.runs[row], row / 3);
    }
    assert_int_equal(table.run_parts[0], 0);
    assert_int_equal(table.run_parts[1], 2);
    assert_int_equal(other.rows, 0);
    davy_table_clear(&table);
}

static void tables_that_do_not_fit_say_why(void **state)
{
    static const char *const a[] = {"ftp", "smtp"}, *const bad[] = {"attack", "normal"};
    static const char *const reasons[] = {"'speed' was expected", "2 and 1 columns",
                                          "words in some files", "others none",
                                          "words in some files"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(reasons); i++) {
        davy_table table = make(a, bad, 1), other = make(a, bad, 1);

        if (i == 0)
            other.names[0][0] = 'S';
        if (i == 1) {
            free(other.names[1]);
            for (size_t w = 0; w < 2; w++)
                free(other.levels[1].names[w]);
            free((void *) other.levels[1].names);
            other.columns = 1;
        }
        if (i == 2) {
            for (size_t w = 0; w < 2; w++)
                free(other.levels[1].names[w]);
            free((void *) other.levels[1].names);
            other.levels[1] = (davy_levels){NULL, 0};
        }
        if (i == 3)
            other.times = calloc(3, sizeof *other.times);
        if (i == 4) {
            for (size_t k = 0; k < 2; k++)
                free(other.classes[k]);
            free((void *) other.classes);
            other.classes = NULL;
            other.class_count = 0;
        }
        assert_fails(davy_table_join(&table, &other), DAVY_ERR_INVALID, reasons[i]);
        davy_table_clear(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_classes_of_both_find_their_place),
        cmocka_unit_test(tables_that_do_not_fit_say_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
