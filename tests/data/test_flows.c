/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Flow features of hand-made connections, by the definitions of KDD Cup 1999, and against a count
 * of all rows.
 */
#include "data/flows.h"

#include "data/table.h"
#include "scratch.h"

#define ALL "time=t,host=dst,service=srv,state=flag,source=src,port=sport,bytes=len"

static const char connections[] = "t,dst,srv,flag,src,sport,len\n"
                                  "0.0,A,http,SF,x,1,100\n"
                                  "0.5,A,ftp,S0,x,1,10\n"
                                  "1.0,B,http,REJ,y,2,1\n"
                                  "2.5,A,http,SF,x,2,1000\n"
                                  "9.0,A,http,SF,x,3,5\n";

static davy_table read_table(const char *text, const char *flows)
{
    const char *file = scratch_path("flows.csv");
    davy_flows *made;
    davy_table_csv_options options = {0};
    davy_table table;

    scratch_put("flows.csv", text);
    assert_ok(davy_flows_parse(flows, &made));
    options.csv.extra = davy_flows_columns(made);
    assert_ok(davy_table_read_csv(&file, 1, &options, &table));
    davy_flows_destroy(made);
    return table;
}

static size_t find_column(const davy_table *table, const char *name)
{
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->names[c], name) == 0)
            return c;
    return table->columns;
}

static void expect(const davy_table *table, const char *name, const double *values)
{
    const size_t column = find_column(table, name);

    if (column == table->columns)
        fail_msg("no column '%s'", name);
    for (size_t row = 0; row < table->rows; row++)
        if (fabs(davy_table_at(table, row, column) - values[row]) > 1e-8)
            fail_msg("%s of row %zu is %g, not %g", name, row, davy_table_at(table, row, column),
                     values[row]);
}

static void counts_the_last_two_seconds_as_kdd_does(void **state)
{
    static const struct {
        const char *name;
        double values[5];
    } expected[] = {
        {"count", {1, 2, 1, 2, 1}}, /* the row of 0.0 is more than 2 s before that of 2.5 */
        {"srv_count", {1, 1, 2, 2, 1}},
        {"serror_rate", {0, 0.5, 0, 0.5, 0}},
        {"srv_serror_rate", {0, 1, 0, 0, 0}},
        {"rerror_rate", {0, 0, 1, 0, 0}},
        {"srv_rerror_rate", {0, 0, 0.5, 0.5, 0}},
        {"same_srv_rate", {1, 0.5, 1, 0.5, 1}},
        {"diff_srv_rate", {0, 1, 0, 1, 0}}, /* two services of two connections */
        {"srv_diff_host_rate", {0, 0, 1, 1, 0}},
        {"host_bytes", {100, 110, 1, 1010, 5}},
        {"srv_bytes", {100, 10, 101, 1001, 5}},
        {"source_count", {1, 2, 1, 2, 1}},
        {"source_bytes", {100, 110, 1, 1010, 5}},
        {"source_diff_host_rate", {0, 0, 0, 0, 0}},
    };
    davy_table table = read_table(connections, ALL);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++)
        expect(&table, expected[i].name, expected[i].values);
    davy_table_clear(&table);
}

static void counts_the_last_rows_of_a_host_and_of_a_service(void **state)
{
    static const struct {
        const char *name;
        double values[5];
    } expected[] = {
        {"dst_host_count", {1, 2, 1, 3, 3}}, /* of A: rows 1 2 4, then 2 4 5 */
        {"dst_host_srv_count", {1, 1, 2, 3, 3}},
        {"dst_host_same_srv_rate", {1, 0.5, 1, 2.0 / 3, 2.0 / 3}},
        {"dst_host_diff_srv_rate", {0, 1, 0, 2.0 / 3, 2.0 / 3}},
        {"dst_host_same_src_port_rate", {1, 1, 1, 1.0 / 3, 1.0 / 3}},
        {"dst_host_srv_diff_host_rate", {0, 0, 1, 2.0 / 3, 2.0 / 3}},
        {"dst_host_serror_rate", {0, 0.5, 0, 1.0 / 3, 1.0 / 3}},
        {"dst_host_srv_serror_rate", {0, 1, 0, 0, 0}},
        {"dst_host_rerror_rate", {0, 0, 1, 0, 0}},
        {"dst_host_srv_rerror_rate", {0, 0, 0.5, 1.0 / 3, 1.0 / 3}},
    };
    davy_table table = read_table(connections, ALL ",rows=3");

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++)
        expect(&table, expected[i].name, expected[i].values);
    davy_table_clear(&table);
}

/* Every row counted anew, from thousands of connections among few hosts. */
static void agrees_with_a_count_of_all_rows(void **state)
{
    enum { ROWS = 3000 };
    static unsigned t[ROWS];
    static double count[ROWS], different[ROWS], last[ROWS], same[ROWS];
    static unsigned host[ROWS], service[ROWS];
    davy_buffer text = {0};
    davy_table table;

    (void) state;
    davy_buffer_append_text(&text, "t,dst,srv,flag,src,sport,len\n");
    for (size_t i = 0; i < ROWS; i++) {
        size_t seen = 0, newest = 0, alike = 0;
        unsigned services = 0;

        t[i] = (i > 0 ? t[i - 1] : 0) + davy_random_below(1, 0, i, 100);
        host[i] = davy_random_below(1, 1, i, 7);
        service[i] = davy_random_below(1, 2, i, 5);
        for (size_t j = i + 1; j-- > 0;)
            if (host[j] == host[i]) {
                if (t[i] - t[j] <= 2000) {
                    seen++;
                    services |= 1U << service[j];
                }
                if (newest < 100) {
                    newest++;
                    alike += service[j] == service[i];
                }
            }
        count[i] = (double) seen;
        different[i] = __builtin_popcount(services) > 1
                           ? (double) __builtin_popcount(services) / (double) seen
                           : 0;
        last[i] = (double) newest;
        same[i] = (double) alike / (double) newest;
        davy_buffer_printf(&text, "%u.%03u,h%u,s%u,SF,x,%zu,1\n", t[i] / 1000, t[i] % 1000, host[i],
                           service[i], i);
    }
    table = read_table(text.bytes, ALL);
    expect(&table, "count", count);
    expect(&table, "diff_srv_rate", different);
    expect(&table, "dst_host_count", last);
    expect(&table, "dst_host_same_srv_rate", same);
    davy_table_clear(&table);
    davy_buffer_clear(&text);
}

static void what_is_not_named_is_not_made(void **state)
{
    davy_table table = read_table(connections, "host=dst,service=srv");

    (void) state;
    assert_int_equal(find_column(&table, "count"), table.columns);
    assert_int_equal(find_column(&table, "dst_host_serror_rate"), table.columns);
    assert_true(find_column(&table, "dst_host_count") < table.columns);
    davy_table_clear(&table);
}

static void a_row_that_went_nowhere_is_not_counted(void **state)
{
    static const double values[] = {1, NAN, 2};
    davy_table table = read_table("t,dst,srv\n2026-01-02T03:04:05.1Z,A,http\n"
                                  "2026-01-02T03:04:05.2Z,,http\n2026-01-02T03:04:05.3Z,A,http\n",
                                  "time=t,host=dst,service=srv");
    const size_t column = find_column(&table, "srv_count");

    (void) state;
    assert_true(column < table.columns);
    assert_near(davy_table_at(&table, 0, column), values[0], 0);
    assert_true(isnan(davy_table_at(&table, 1, column)));
    assert_near(davy_table_at(&table, 2, column), values[2], 0);
    davy_table_clear(&table);
}

static void a_text_that_says_nothing_it_knows_is_refused(void **state)
{
    static const struct {
        const char *text, *said;
    } wrong[] = {
        {"", "is not KEY=VALUE"},
        {"host=a", "host=COL and service=COL"},
        {"host=a,service=b,speed=c", "the keys are time, host, service"},
        {"host=a,host=b,service=c", "host is said twice"},
        {"host=a,service=b,rows=0", "rows=0 is no number from 1"},
        {"host=a,service=b,seconds=x", "seconds=x is no number"},
    };
    davy_flows *flows = NULL;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_flows_parse(wrong[i].text, &flows), DAVY_ERR_INVALID, wrong[i].said);
}

static void a_file_that_does_not_fit_says_why(void **state)
{
    static const struct {
        const char *file, *flows, *said;
    } wrong[] = {
        {"t,dst\n1,A\n", "host=dst,service=srv", "no column 'srv'"},
        {"count,dst,srv\n1,A,b\n", "time=count,host=dst,service=srv",
         "column 'count' is there and cannot be computed"},
        {"t,dst,srv\nnoon,A,b\n", "time=t,host=dst,service=srv", "line 2: column 't': 'noon'"},
        {"t,dst,srv\n1,A,b\nnoon,A,b\n", "time=t,host=dst,service=srv",
         "line 3: column 't': 'noon'"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        davy_flows *flows;
        davy_csv_options options = {0};
        const char *const *fields = (const char *const[]){""};
        davy_csv *csv = NULL;
        davy_status status;

        scratch_put("flows.csv", wrong[i].file);
        assert_ok(davy_flows_parse(wrong[i].flows, &flows));
        options.extra = davy_flows_columns(flows);
        status = davy_csv_open_as(scratch_path("flows.csv"), &options, &csv);
        while (status == DAVY_OK && fields)
            status = davy_csv_next(csv, &fields);
        assert_fails(status, DAVY_ERR_INVALID, wrong[i].said);
        davy_csv_close(csv);
        davy_flows_destroy(flows);
    }
}

static void a_file_that_is_read_again_is_counted_anew(void **state)
{
    davy_flows *flows;
    davy_csv_options options = {0};
    const char *const *fields;
    davy_csv *csv;
    size_t column;

    (void) state;
    scratch_put("flows.csv", connections);
    assert_ok(davy_flows_parse(ALL, &flows));
    options.extra = davy_flows_columns(flows);
    assert_ok(davy_csv_open_as(scratch_path("flows.csv"), &options, &csv));
    assert_ok(davy_csv_column(csv, "dst_host_count", &column));
    for (int pass = 0; pass < 2; pass++) {
        for (int row = 0; row < 4; row++)
            assert_ok(davy_csv_next(csv, &fields));
        assert_string_equal(fields[column], "3");
        assert_int_equal(davy_csv_lengths(csv)[column], 1);
        assert_ok(davy_csv_rewind(csv));
    }
    davy_csv_close(csv);
    davy_flows_destroy(flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_last_two_seconds_as_kdd_does),
        cmocka_unit_test(counts_the_last_rows_of_a_host_and_of_a_service),
        cmocka_unit_test(agrees_with_a_count_of_all_rows),
        cmocka_unit_test(what_is_not_named_is_not_made),
        cmocka_unit_test(a_row_that_went_nowhere_is_not_counted),
        cmocka_unit_test(a_text_that_says_nothing_it_knows_is_refused),
        cmocka_unit_test(a_file_that_does_not_fit_says_why),
        cmocka_unit_test(a_file_that_is_read_again_is_counted_anew),
    };

    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
