/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/source.h"

#include "plant.h"

#include "core/file.h"

#include <glob.h>
#include <unistd.h>

static char folder[] = "/tmp/davy-replay-XXXXXX";
static char site_file[64];

/* A replay under test: kind state, plant and a clock moved by hand. */
struct fixture {
    struct plant plant;
    davy_clock_fake clock;
    void *state;
    davy_sample samples[64];
    size_t count;
};

static void write_csv(const char *name, const char *text)
{
    char path[128];

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(davy_file_replace(path, text, strlen(text), 0600));
}

static void init(struct fixture *fixture, size_t signals, const char *const *files, size_t count)
{
    plant_init(&fixture->plant, "replay", signals);
    fixture->plant.site.file = site_file;
    fixture->plant.source.files = files;
    fixture->plant.source.file_count = count;
    fixture->plant.source.time_column = "time";
    davy_clock_fake_init(&fixture->clock, 5000 * DAVY_NS_PER_S);
    fixture->state = calloc(1, davy_source_replay.state_size);
    assert_non_null(fixture->state);
}

static davy_status open_source(struct fixture *fixture)
{
    return davy_source_replay.open(fixture->state, &fixture->plant.site, &fixture->plant.source,
                                   &fixture->clock.clock);
}

static davy_status read_source(struct fixture *fixture, size_t capacity)
{
    return davy_source_replay.read(fixture->state, 0, fixture->samples, capacity, &fixture->count);
}

static void clear(struct fixture *fixture)
{
    davy_source_replay.close(fixture->state);
    free(fixture->state);
}

/* Read until the end; the samples must be fewer than the fixture holds. */
static void read_all(struct fixture *fixture)
{
    size_t total = 0;
    davy_status status;

    do {
        size_t count = 0;

        status = davy_source_replay.read(fixture->state, 0, fixture->samples + total, 8, &count);
        total += count;
        assert_true(total + 8 <= DAVY_ARRAY_LENGTH(fixture->samples));
    } while (status == DAVY_OK);
    assert_int_equal(status, DAVY_ERR_NOT_FOUND);
    fixture->count = total;
}

static const char *const one_file[] = {"a.csv"};

static void cells_become_samples_of_their_columns(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "Pressure;time;s1\n 7.5 ;1970-01-01T00:00:10Z;1\n8;1970-01-01 00:00:11;2\n");
    init(&fixture, 2, one_file, 1);
    fixture.plant.signals[0].from = (davy_site_from){.column = "Pressure", .scale = 2, .offset = 1};
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 4);
    assert_int_equal(fixture.samples[0].signal, PLANT_FIRST_ID);
    assert_true(fixture.samples[0].value == 16.0);
    assert_true(fixture.samples[0].time_ns == 10 * DAVY_NS_PER_S);
    assert_int_equal(fixture.samples[1].signal, PLANT_FIRST_ID + 1);
    assert_true(fixture.samples[3].value == 2.0);
    assert_true(fixture.samples[3].time_ns == 11 * DAVY_NS_PER_S);
    clear(&fixture);
}

static void files_are_read_as_they_are_said_to_be_written(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "03.02.1970 00:00:10|7,5\n03.02.1970 00:00:11|8\n");
    init(&fixture, 1, one_file, 1);
    fixture.plant.source.time_column = "c1";
    fixture.plant.signals[0].from = (davy_site_from){.column = "c2", .scale = 1};
    fixture.plant.source.csv = (davy_csv_words){
        .delimiter = "bar", .decimal = "comma", .header = "none", .types = "c1=time:dmy,c2=number"};
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 2);
    assert_true(fixture.samples[0].value == 7.5);
    assert_true(fixture.samples[0].time_ns == (33 * 86400 + 10) * DAVY_NS_PER_S);
    assert_true(fixture.samples[1].value == 8.0);
    clear(&fixture);
}

static void a_type_that_fits_no_column_is_told(void **state)
{
    static const char *const wrong[][2] = {{"s0=skip", "'s0' is a signal: its type is number"},
                                           {"x=number", "no column 'x'"},
                                           {"time=number:x", "'x' is no format"}};
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n10,1\n");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        init(&fixture, 1, one_file, 1);
        fixture.plant.source.csv.types = wrong[i][0];
        assert_true(open_source(&fixture) != DAVY_OK);
        assert_non_null(strstr(davy_error(), wrong[i][1]));
        clear(&fixture);
    }
}

static void empty_cells_are_no_samples_and_text_is_bad(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n10,\n11,  \n12,NaN\n13,1e999\n14,open\n15,3\n");
    init(&fixture, 1, one_file, 1);
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 4);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_BAD);
        assert_true(isnan(fixture.samples[i].value));
    }
    assert_int_equal(fixture.samples[3].quality, DAVY_QUALITY_GOOD);
    clear(&fixture);
}

static void a_row_wider_than_a_batch_is_given_in_pieces(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0,s1,s2\n10,1,2,3\n11,4,5,6\n");
    init(&fixture, 3, one_file, 1);
    assert_ok(open_source(&fixture));
    for (int i = 1; i <= 3; i++) {
        assert_ok(read_source(&fixture, 2));
        assert_int_equal(fixture.count, 2);
        assert_true(fixture.samples[0].value == 2 * i - 1);
        assert_true(fixture.samples[1].value == 2 * i);
    }
    assert_fails(read_source(&fixture, 2), DAVY_ERR_NOT_FOUND, "at its end");
    clear(&fixture);
}

static void rows_wait_for_their_time_at_the_given_speed(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n100,1\n101,2\n103,3\n");
    init(&fixture, 1, one_file, 1);
    fixture.plant.source.speed = 2.0;
    assert_ok(open_source(&fixture));
    assert_ok(read_source(&fixture, 8));
    assert_int_equal(fixture.count, 1);
    davy_clock_fake_advance(&fixture.clock, 499 * DAVY_NS_PER_MS);
    assert_ok(read_source(&fixture, 8));
    assert_int_equal(fixture.count, 0);
    davy_clock_fake_advance(&fixture.clock, DAVY_NS_PER_MS);
    assert_ok(read_source(&fixture, 8));
    assert_int_equal(fixture.count, 1);
    davy_clock_fake_advance(&fixture.clock, DAVY_NS_PER_S);
    assert_fails(read_source(&fixture, 8), DAVY_ERR_NOT_FOUND, "end");
    assert_int_equal(fixture.count, 1);
    assert_true(fixture.samples[0].time_ns == 103 * DAVY_NS_PER_S);
    clear(&fixture);
}

static void restamped_rows_begin_now_and_keep_their_spacing(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n100,1\n101,2\n103,3\n");
    init(&fixture, 1, one_file, 1);
    fixture.plant.source.restamp = true;
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_true(fixture.samples[0].time_ns == 5000 * DAVY_NS_PER_S);
    assert_true(fixture.samples[1].time_ns == 5001 * DAVY_NS_PER_S);
    assert_true(fixture.samples[2].time_ns == 5003 * DAVY_NS_PER_S);
    clear(&fixture);
}

static void files_follow_in_the_order_people_count(void **state)
{
    static const char *const patterns[] = {"run*.csv", "a.csv"};
    static const double wanted[] = {1, 2, 10, 7};
    struct fixture fixture;

    (void) state;
    write_csv("run10.csv", "time,s0\n50,10\n");
    write_csv("run2.csv", "s0,time\n2,30\n");
    write_csv("run1.csv", "time,s0\n10,1\n");
    write_csv("a.csv", "time,s0\n5,7\n");
    init(&fixture, 1, patterns, 2);
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(fixture.samples[i].value == wanted[i]);
    clear(&fixture);
}

/* Between files, and at the end of a loop, stands the last spacing seen: here 2 s. */
static void between_files_the_last_spacing_is_kept(void **state)
{
    static const char *const two[] = {"x.csv", "y.csv"};
    static const int64_t seconds[] = {0, 2, 4, 5, 6};
    struct fixture fixture;

    (void) state;
    write_csv("x.csv", "time,s0\n100,1\n102,2\n");
    write_csv("y.csv", "time,s0\n90000,3\n90001,4\n90002,5\n");
    init(&fixture, 1, two, 2);
    fixture.plant.source.restamp = true;
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(fixture.samples[i].time_ns == (5000 + seconds[i]) * DAVY_NS_PER_S);
    clear(&fixture);
}

static void a_loop_moves_times_on_by_the_length_of_the_run(void **state)
{
    static const int64_t times[] = {0, 1, 3, 5, 6, 8, 10}; /* run 3 s, last spacing 2 s */
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n100,1\n101,2\n103,3\n");
    for (int restamp = 0; restamp < 2; restamp++) {
        init(&fixture, 1, one_file, 1);
        fixture.plant.source.loop = true;
        fixture.plant.source.restamp = restamp;
        assert_ok(open_source(&fixture));
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(times); i++) {
            assert_ok(read_source(&fixture, 1));
            assert_int_equal(fixture.count, 1);
            assert_true(fixture.samples[0].time_ns ==
                        ((restamp ? 5000 : 100) + times[i]) * DAVY_NS_PER_S);
        }
        clear(&fixture);
    }
}

static void a_broken_row_marks_each_signal_bad_and_the_rest_is_read(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0,s1\nyesterday,1,1\n10,1,2\n11,1\nnoon,5,6\n-5,1,1\n12,3,4\n");
    init(&fixture, 2, one_file, 1);
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 2 + 3 * 2 + 2); /* before the first time nothing can be bad */
    for (size_t i = 2; i < 8; i++) {
        assert_int_equal(fixture.samples[i].quality, DAVY_QUALITY_BAD);
        assert_true(fixture.samples[i].time_ns == 10 * DAVY_NS_PER_S + 1);
    }
    assert_true(fixture.samples[9].value == 4.0);
    clear(&fixture);
}

static void faults_of_the_files_are_told_with_their_names(void **state)
{
    static const char *const nothing[] = {"none*.csv"};
    static const char *const two[] = {"a.csv", "late.csv"};
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n10,1\n");
    write_csv("late.csv", "time,s1\n10,1\n");
    init(&fixture, 1, nothing, 1);
    assert_fails(open_source(&fixture), DAVY_ERR_NOT_FOUND, "none*.csv");
    clear(&fixture);
    init(&fixture, 1, two, 2);
    assert_fails(open_source(&fixture), DAVY_ERR_NOT_FOUND, "late.csv: no column 's0'");
    clear(&fixture);
    init(&fixture, 1, one_file, 1);
    fixture.plant.source.time_column = "t";
    assert_fails(open_source(&fixture), DAVY_ERR_NOT_FOUND, "no column 't'; there are: time, s0");
    clear(&fixture);
    init(&fixture, 1, one_file, 0);
    assert_fails(open_source(&fixture), DAVY_ERR_INVALID, "names no files");
    clear(&fixture);
}

static void a_file_that_vanishes_is_a_lost_peer_and_not_the_end(void **state)
{
    static const char *const two[] = {"a.csv", "gone.csv"};
    struct fixture fixture;
    char path[128];

    (void) state;
    write_csv("a.csv", "time,s0\n10,1\n");
    write_csv("gone.csv", "time,s0\n11,2\n");
    init(&fixture, 1, two, 2);
    assert_ok(open_source(&fixture));
    (void) snprintf(path, sizeof path, "%s/gone.csv", folder);
    assert_int_equal(unlink(path), 0);
    assert_fails(read_source(&fixture, 8), DAVY_ERR_UNAVAILABLE, "gone.csv: there is no such file");
    assert_int_equal(fixture.count, 1);
    clear(&fixture);
}

static void a_loop_over_nothing_ends_with_a_fault(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\nnever,1\n");
    init(&fixture, 1, one_file, 1);
    fixture.plant.source.loop = true;
    assert_ok(open_source(&fixture));
    assert_fails(read_source(&fixture, 8), DAVY_ERR_INVALID, "no row in its files can be read");
    clear(&fixture);
}

static void times_that_would_leave_64_bits_are_broken_rows(void **state)
{
    struct fixture fixture;

    (void) state;
    write_csv("a.csv", "time,s0\n0,1\n4102444800,2\n9999999999,3\n5,4\n");
    init(&fixture, 1, one_file, 1);
    assert_ok(open_source(&fixture));
    read_all(&fixture);
    assert_int_equal(fixture.count, 4);
    assert_int_equal(fixture.samples[1].quality, DAVY_QUALITY_BAD);
    assert_int_equal(fixture.samples[2].quality, DAVY_QUALITY_BAD);
    assert_true(fixture.samples[3].time_ns == 5 * DAVY_NS_PER_S);
    clear(&fixture);
}

/* Lines of the SKAB files that hold a row, counted without the reader under test. */
static size_t count_lines(const char *pattern)
{
    size_t lines = 0, files;
    char text[4096];
    glob_t found;

    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    files = found.gl_pathc;
    for (size_t i = 0; i < files; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");

        assert_non_null(file);
        while (fgets(text, sizeof text, file))
            lines++;
        assert_int_equal(fclose(file), 0);
    }
    globfree(&found);
    return lines - files; /* a header each */
}

static void replays_a_measured_set_whole(void **state)
{
    static const char *const columns[] = {"Accelerometer1RMS", "Current", "Pressure",
                                          "Volume Flow RateRMS"};
    const char *data = getenv("DAVY_DATA");
    char pattern[512];
    const char *const patterns[] = {pattern};
    size_t rows, total = 0, count = 0;
    static davy_sample samples[4096];
    struct fixture fixture;
    davy_status status;

    (void) state;
    (void) snprintf(pattern, sizeof pattern, "%s/skab/valve1/*.csv", data ? data : SHARED_DATA);
    rows = count_lines(pattern);
    if (rows == 0) {
        print_message("# left out: no SKAB set at %s\n", pattern);
        return;
    }
    init(&fixture, DAVY_ARRAY_LENGTH(columns), patterns, 1);
    fixture.plant.source.time_column = "datetime";
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(columns); i++)
        fixture.plant.signals[i].from.column = columns[i];
    assert_ok(open_source(&fixture));
    do {
        status = davy_source_replay.read(fixture.state, 0, samples, 4096, &count);
        total += count;
        for (size_t i = 0; i < count; i++)
            assert_int_equal(samples[i].quality, DAVY_QUALITY_GOOD);
    } while (status == DAVY_OK);
    assert_int_equal(status, DAVY_ERR_NOT_FOUND);
    assert_int_equal(total, rows * DAVY_ARRAY_LENGTH(columns));
    clear(&fixture);
}

static int make_folder(void **state)
{
    (void) state;
    if (!mkdtemp(folder))
        return -1;
    (void) snprintf(site_file, sizeof site_file, "%s/site.yaml", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"a.csv",    "x.csv",     "y.csv",   "late.csv",
                                        "run1.csv", "run10.csv", "run2.csv"};
    char path[128];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        (void) snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void) unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_become_samples_of_their_columns),
        cmocka_unit_test(files_are_read_as_they_are_said_to_be_written),
        cmocka_unit_test(a_type_that_fits_no_column_is_told),
        cmocka_unit_test(empty_cells_are_no_samples_and_text_is_bad),
        cmocka_unit_test(a_row_wider_than_a_batch_is_given_in_pieces),
        cmocka_unit_test(rows_wait_for_their_time_at_the_given_speed),
        cmocka_unit_test(restamped_rows_begin_now_and_keep_their_spacing),
        cmocka_unit_test(files_follow_in_the_order_people_count),
        cmocka_unit_test(between_files_the_last_spacing_is_kept),
        cmocka_unit_test(a_loop_moves_times_on_by_the_length_of_the_run),
        cmocka_unit_test(a_broken_row_marks_each_signal_bad_and_the_rest_is_read),
        cmocka_unit_test(faults_of_the_files_are_told_with_their_names),
        cmocka_unit_test(a_file_that_vanishes_is_a_lost_peer_and_not_the_end),
        cmocka_unit_test(a_loop_over_nothing_ends_with_a_fault),
        cmocka_unit_test(times_that_would_leave_64_bits_are_broken_rows),
        cmocka_unit_test(replays_a_measured_set_whole),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
