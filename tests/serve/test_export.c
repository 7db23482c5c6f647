/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "data/columns.h"
#include "serve/limits.h"
#include "serve/samples/page.h"

/**
 * @file
 * Samples as they leave: CSV, line protocol and binary columns, whole and page by page. Expected
 * texts are written by hand after RFC 4180 and InfluxData's "Line protocol"; numbers come back to
 * the bit.
 */

#define FIRST_S 1000000

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* What a text may lose: both zeros, the smallest and the largest double, 17 digits, and what is no
 * number, with a payload. */
static const struct {
    uint64_t bits;
    davy_quality quality;
} odd[] = {
    {0x3fb999999999999a, DAVY_QUALITY_GOOD},      /* 0.1 */
    {0x8000000000000000, DAVY_QUALITY_GOOD},      /* -0 */
    {0x0000000000000001, DAVY_QUALITY_UNCERTAIN}, /* 5e-324 */
    {0x7fefffffffffffff, DAVY_QUALITY_GOOD},      /* 1.7976931348623157e+308 */
    {0x3fd3333333333334, DAVY_QUALITY_BAD},       /* 0.30000000000000004 */
    {0x7ff8000000abcdef, DAVY_QUALITY_BAD},       /* NaN */
    {0xfff0000000000000, DAVY_QUALITY_BAD},       /* -inf */
    {0xc480f0cf064dd592, DAVY_QUALITY_GOOD},      /* -1e22 */
};

#define ODD ((size_t) DAVY_ARRAY_LENGTH(odd))

static davy_signal_id id_of(const char *path)
{
    davy_signal_id id = DAVY_SIGNAL_NONE;

    assert_ok(davy_store_find(plant_system.store, path, &id));
    return id;
}

static void keep_odd(const char *path)
{
    for (size_t i = 0; i < ODD; i++) {
        const davy_sample sample = {.time_ns = (int64_t) (FIRST_S + i) * DAVY_NS_PER_S + 7,
                                    .value = from_bits(odd[i].bits),
                                    .quality = odd[i].quality,
                                    .signal = id_of(path)};

        assert_ok(davy_store_append(plant_system.store, &sample, 1));
    }
}

static void keep_many(const char *path, size_t count)
{
    davy_sample *samples = calloc(count, sizeof *samples);

    assert_non_null(samples);
    for (size_t i = 0; i < count; i++)
        samples[i] = (davy_sample){.time_ns = (int64_t) (FIRST_S + i) * DAVY_NS_PER_S,
                                   .value = (double) i * 0.25,
                                   .signal = id_of(path)};
    assert_ok(davy_store_append(plant_system.store, samples, count));
    free(samples);
}

#define MANY (10 * DAVY_SAMPLES_PAGE + 1234)

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    keep_odd("T-101/level");
    keep_many("P-301/flow", MANY);
    assert_ok(davy_store_seal(plant_system.store));
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

#define LEVEL "signals=T-101/level&from=1000000&to=1000100"

static void a_row_of_csv_is_a_sample(void **state)
{
    reply answer = ask_samples(LEVEL "&format=csv");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(reply_header(&answer, "Content-Type"), "text/csv; charset=utf-8");
    assert_string_equal(answer.body,
                        "time,signal,value,quality\n"
                        "1970-01-12T13:46:40.000000007Z,T-101/level,0.1,good\n"
                        "1970-01-12T13:46:41.000000007Z,T-101/level,-0,good\n"
                        "1970-01-12T13:46:42.000000007Z,T-101/level,4.94065645841247e-324,"
                        "uncertain\n"
                        "1970-01-12T13:46:43.000000007Z,T-101/level,1.7976931348623157e+308,good\n"
                        "1970-01-12T13:46:44.000000007Z,T-101/level,0.30000000000000004,bad\n"
                        "1970-01-12T13:46:45.000000007Z,T-101/level,,bad\n"
                        "1970-01-12T13:46:46.000000007Z,T-101/level,-inf,bad\n"
                        "1970-01-12T13:46:47.000000007Z,T-101/level,-1e+22,good\n");
    reply_clear(&answer);
}

/* (0 + 0.25 + ... + 2.25) / 10 = 1.125. */
static void steps_are_rows_too(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=1000000&to=1000020&step=10s&format=csv");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(answer.body,
                        "time,signal,count,bad,min,mean,max,uncertain,anomaly_rate\n"
                        "1970-01-12T13:46:40.000Z,P-301/flow,10,0,0,1.125,2.25,0,0\n"
                        "1970-01-12T13:46:50.000Z,P-301/flow,10,0,2.5,3.625,4.75,0,0\n");
    reply_clear(&answer);
    answer = ask_samples("signals=P-301/flow&from=1000000&to=1000020&step=10s&format=lines");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "'lines' is for samples as they are"));
    reply_clear(&answer);
}

/* Expects the odd samples; `finite` those that line protocol can say. */
struct expectation {
    size_t at;
    bool finite;
};

static davy_status expect_odd(void *context, const davy_store_run *run)
{
    struct expectation *expected = context;

    for (size_t i = 0; i < run->count; i++, expected->at++) {
        while (expected->finite && !isfinite(from_bits(odd[expected->at].bits)))
            expected->at++;
        assert_true(expected->at < ODD);
        assert_true(run->times[i] == (int64_t) (FIRST_S + expected->at) * DAVY_NS_PER_S + 7);
        assert_true(bits_of(run->values[i]) == odd[expected->at].bits);
        assert_int_equal(run->quality[i], odd[expected->at].quality);
    }
    return DAVY_OK;
}

/* Values are spoilt between leaving and coming back, so what is there afterwards is what came. */
static void line_protocol_goes_out_and_comes_back(void **state)
{
    struct expectation expected = {.finite = true};
    reply answer = ask_samples(LEVEL "&format=lines"), written;

    (void) state;
    assert_code(answer, 200);
    assert_non_null(strstr(answer.body, "T-101 level=0.1 1000000000000007\n"));
    assert_non_null(
        strstr(answer.body, "T-101,davy_quality=bad level=0.30000000000000004 1000004000000007\n"));
    assert_non_null(strstr(answer.body, "# left out: 2 samples of T-101/level"));
    for (size_t i = 0; i < ODD; i++) {
        const davy_sample spoilt = {
            .time_ns = (int64_t) (FIRST_S + i) * DAVY_NS_PER_S + 7,
            .value = isfinite(from_bits(odd[i].bits)) ? 77 : from_bits(odd[i].bits),
            .quality = odd[i].quality,
            .signal = id_of("T-101/level")};

        assert_ok(davy_store_append(plant_system.store, &spoilt, 1));
    }
    written = ask(&(request){.path = "/api/v2/write",
                             .key = plant_key(DAVY_ROLE_ENGINEER),
                             .body = answer.body,
                             .length = answer.length});
    assert_code(written, 204);
    expected.finite = false; /* those that have no line are still there */
    assert_ok(davy_store_scan(plant_system.store, id_of("T-101/level"), 0, INT64_MAX, expect_odd,
                              &expected));
    assert_int_equal(expected.at, ODD);
    reply_clear(&written);
    reply_clear(&answer);
}

static davy_columns *open_columns(const reply *answer, FILE **file)
{
    davy_columns *columns;

    *file = fmemopen(answer->body, answer->length, "rb");
    assert_non_null(*file);
    assert_ok(davy_columns_open(*file, &columns));
    return columns;
}

static void columns_keep_every_bit(void **state)
{
    struct expectation expected = {0};
    reply answer = ask_samples("signals=T-101/*&from=1000000&to=1000100&format=columns");
    FILE *file;
    davy_columns *columns = open_columns(&answer, &file);
    davy_columns_block block;
    bool ended = false;

    (void) state;
    assert_int_equal(memcmp(answer.body, "DAVYCOL1\1\0\0\0", 12), 0);
    assert_ok(davy_columns_next(columns, &block, &ended));
    assert_string_equal(block.path, "T-101/level");
    assert_string_equal(block.unit, "%");
    assert_ok(davy_columns_next(columns, &block, &ended));
    assert_ok(expect_odd(&expected, &block.run));
    assert_int_equal(expected.at, ODD);
    assert_ok(davy_columns_next(columns, &block, &ended));
    assert_string_equal(block.path, "T-101/pressure"); /* has no sample */
    assert_ok(davy_columns_next(columns, &block, &ended));
    assert_true(ended);
    davy_columns_close(columns);
    (void) fclose(file);
    reply_clear(&answer);
}

/* Cut at every byte, and each byte changed: never a sample that is wrong, never an end too soon. */
static void damaged_columns_are_refused(void **state)
{
    reply answer = ask_samples("signals=T-101/level&from=1000000&to=1000100&format=columns");

    (void) state;
    for (size_t at = 0; at < 2 * answer.length; at++) {
        const bool cut = at < answer.length;
        reply broken = {.body = answer.body, .length = cut ? at : answer.length};
        FILE *file;
        davy_columns *columns = NULL;
        davy_columns_block block;
        davy_status status;
        bool ended = false;

        if (cut && at == 0)
            continue;
        if (!cut)
            answer.body[at - answer.length] ^= 4;
        file = fmemopen(broken.body, broken.length, "rb");
        assert_non_null(file);
        status = davy_columns_open(file, &columns);
        while (status == DAVY_OK && !ended)
            status = davy_columns_next(columns, &block, &ended);
        assert_int_equal(status, DAVY_ERR_CORRUPT);
        if (!cut)
            answer.body[at - answer.length] ^= 4;
        davy_columns_close(columns);
        (void) fclose(file);
    }
    reply_clear(&answer);
}

/* -- Pages ----------------------------------------------------------------------------------------
 */

#define ALL "signals=P-301/flow,T-101/**&from=1000000&to=1000500&format=csv"

/* Pages of any length, put behind each other without their headings, are the whole. */
static void pages_together_are_the_whole(void **state)
{
    static const unsigned limits[] = {1, 7, 500, 507, 508, 509, 100000};
    reply whole = ask_samples(ALL);

    (void) state;
    assert_code(whole, 200);
    assert_null(reply_header(&whole, "Davy-Next"));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(limits); i++) {
        davy_buffer joined = {0};
        char cursor[DAVY_SAMPLES_CURSOR_MAX] = "";
        size_t pages = 0;

        do {
            char query[256];
            reply page;
            const char *next, *rows;

            (void) snprintf(query, sizeof query, ALL "&limit=%u%s%s", limits[i],
                            cursor[0] ? "&cursor=" : "", cursor);
            page = ask_samples(query);
            assert_code(page, 200);
            rows = strchr(page.body, '\n') + 1;
            davy_buffer_append_text(&joined, pages == 0 ? page.body : rows);
            next = reply_header(&page, "Davy-Next");
            (void) snprintf(cursor, sizeof cursor, "%s", next ? next : "");
            reply_clear(&page);
            pages++;
        } while (cursor[0]);
        assert_string_equal(joined.bytes, whole.body);
        assert_int_equal(pages, (508 + limits[i] - 1) / limits[i]);
        davy_buffer_clear(&joined);
    }
    reply_clear(&whole);
}

static void json_tells_the_next_page(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=1000000&to=1000010&limit=4");
    char query[256];
    json_t *next = json_object_get(answer.json, "next");

    (void) state;
    assert_code(answer, 200);
    assert_true(json_is_string(next));
    assert_string_equal(json_string_value(next), reply_header(&answer, "Davy-Next"));
    (void) snprintf(query, sizeof query,
                    "signals=P-301/flow&from=1000000&to=1000010&limit=6&cursor=%s",
                    json_string_value(next));
    reply_clear(&answer);
    answer = ask_samples(query);
    assert_code(answer, 200);
    assert_true(json_is_null(json_object_get(answer.json, "next")));
    assert_non_null(strstr(answer.body, "\"times\":[1000004000000000,"));
    reply_clear(&answer);
}

static void refuse(const char *query, const char *words)
{
    reply answer = ask_samples(query);

    assert_code(answer, 400);
    if (!strstr(answer.body, words))
        fail_msg("%s: %s", query, answer.body);
    reply_clear(&answer);
}

static void a_cursor_that_does_not_fit_is_refused(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=1000000&to=1000010&limit=4");
    char cursor[DAVY_SAMPLES_CURSOR_MAX], query[256];

    (void) state;
    assert_code(answer, 200);
    (void) snprintf(cursor, sizeof cursor, "%s", reply_header(&answer, "Davy-Next"));
    (void) snprintf(query, sizeof query,
                    "signals=P-301/flow&from=1000000&to=1000011&limit=4&cursor=%s", cursor);
    refuse(query, "of another query");
    (void) snprintf(query, sizeof query, "signals=P-301/flow&from=1000000&to=1000010&cursor=%s",
                    cursor);
    refuse(query, "'cursor' needs 'limit'");
    for (size_t i = 0; cursor[i]; i++) {
        const char was = cursor[i];

        cursor[i] = was == '0' ? '1' : '0';
        (void) snprintf(query, sizeof query,
                        "signals=P-301/flow&from=1000000&to=1000010&limit=4&cursor=%s", cursor);
        refuse(query, "broken");
        cursor[i] = was;
    }
    refuse("signals=P-301/flow&from=1000000&to=1000010&limit=4&cursor=", "broken");
    refuse("signals=P-301/flow&from=1000000&to=1000010&limit=4&step=1s", "'limit' is for samples");
    refuse("signals=P-301/flow&from=1000000&to=1000010&limit=1000001", "'limit'");
    refuse("signals=P-301/flow&from=1000000&to=1000010&format=parquet", "'format'");
    reply_clear(&answer);
}

/* -- The producer alone ---------------------------------------------------------------------------
 */

/* A cursor of one life of the store goes on in the next. */
static void a_cursor_outlives_a_restart(void **state)
{
    char folder[] = "/tmp/davy-test-export-XXXXXX", command[64];
    davy_samples_query query = {.from_ns = 0, .to_ns = 1000}, again = query;
    davy_sample samples[10];
    davy_signal_id id;

    (void) state;
    assert_non_null(mkdtemp(folder));
    assert_ok(davy_store_open(folder, NULL, &query.store));
    assert_ok(davy_store_signal(query.store, "a/b", "", &id));
    for (size_t i = 0; i < 10; i++)
        samples[i] = (davy_sample){.time_ns = (int64_t) i * 10, .value = 1, .signal = id};
    assert_ok(davy_store_append(query.store, samples, 10));
    assert_ok(davy_samples_select(&query, "a/*"));
    assert_ok(davy_samples_cut(&query, "a/*", 3, NULL));
    davy_store_close(query.store);

    assert_ok(davy_store_open(folder, NULL, &again.store));
    assert_ok(davy_samples_select(&again, "a/*"));
    assert_ok(davy_samples_cut(&again, "a/*", 100, query.next));
    assert_int_equal(again.count, 1);
    assert_true(again.signals[0].from_ns == 30 && again.signals[0].to_ns == 1000);
    assert_string_equal(again.next, "");
    davy_store_close(again.store);
    davy_arena_clear(&query.arena);
    davy_arena_clear(&again.arena);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* Each piece is short, however long the answer. */
static void an_export_is_made_in_pieces(void **state)
{
    static const char *const names[] = {"csv", "lines", "columns", "json", "text"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_samples_query query = {.store = plant_system.store, .from_ns = 0, .to_ns = INT64_MAX};
        davy_producer producer;
        davy_buffer piece = {0};
        size_t longest = 0, all = 0;
        bool end = false;

        assert_ok(davy_samples_select(&query, "P-301/flow"));
        assert_ok(davy_samples_producer(&query, davy_samples_form_find(names[i]), &producer));
        while (!end) {
            davy_buffer_reset(&piece);
            assert_ok(producer.fill(producer.state, &piece, &end));
            longest = piece.length > longest ? piece.length : longest;
            all += piece.length;
        }
        assert_true(all > 500000 && longest < 512 * 1024);
        producer.destroy(producer.state);
        davy_buffer_clear(&piece);
    }
}

/* A worker looks at 64 signals at a time that have nothing in the time asked for, and comes back
 * without a byte: the answer goes on, and ends. The last signal has a sample. */
static void signals_without_samples_do_not_end_an_answer(void **state)
{
    davy_signal_id id = DAVY_SIGNAL_NONE;
    reply answer;

    (void) state;
    for (size_t i = 0; i < 300; i++) {
        char path[32];

        (void) snprintf(path, sizeof path, "X/empty-%03zu", i);
        assert_ok(davy_store_signal(plant_system.store, path, "", &id));
    }
    assert_ok(davy_store_append(plant_system.store,
                                &(davy_sample){.time_ns = 5, .value = 6, .signal = id}, 1));
    answer = ask_samples("signals=X/*&from=0&to=1&format=lines");
    assert_code(answer, 200);
    assert_string_equal(answer.body, "X empty-299=6 5\n");
    reply_clear(&answer);
    answer = ask_samples("signals=X/*&from=1&to=2&format=lines");
    assert_code(answer, 200);
    assert_int_equal(answer.length, 0);
    reply_clear(&answer);
}

/* More clients than there are readers' threads begin an answer, read a little and go. Then the next
 * one is answered whole: nothing waits for those that went. Their memory is the sanitizer's part.
 */
static void clients_that_go_leave_room_for_others(void **state)
{
    char text[512];

    (void) state;
    (void) snprintf(text, sizeof text,
                    "GET /api/v1/samples?signals=P-301/flow&from=0&to=9000000000&format=text "
                    "HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                    plant_key(DAVY_ROLE_VIEWER));
    for (size_t i = 0; i < 4 * DAVY_HTTP_READERS; i++) {
        const int client = connect_raw(NULL);
        char *begin;

        assert_true(send_raw(client, text));
        begin = read_raw(client, "P-301/flow");
        assert_non_null(strstr(begin, "200 OK"));
        free(begin);
        (void) close(client);
    }
    {
        reply answer = ask_samples("signals=P-301/flow&from=0&to=9000000000&format=csv");

        assert_code(answer, 200);
        assert_string_equal(answer.body + answer.length - strlen("good\n"), "good\n");
        reply_clear(&answer);
    }
}

/* Whether the figures have an answer of this route that nobody waited for. */
static bool was_given_up(const char *route)
{
    reply figures = ask(&(request){.path = "/metrics", .key = plant_key(DAVY_ROLE_VIEWER)});
    char line[160];
    bool found;

    assert_code(figures, 200);
    (void) snprintf(line, sizeof line,
                    "davy_http_requests_total{method=\"GET\",route=\"%s\",code=\"499\"}", route);
    found = strstr(figures.body, line) != NULL;
    reply_clear(&figures);
    return found;
}

/* The first look is at the begin of the work, which may be before the client is gone. So it asks
 * and goes until one was found out. */
static void leave_until_noticed(const char *route, const char *query)
{
    char text[640];

    (void) snprintf(text, sizeof text,
                    "GET %s?%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", route,
                    query, plant_key(DAVY_ROLE_VIEWER));
    for (size_t i = 0; i < 2000 && !was_given_up(route); i++) {
        const int client = connect_raw(NULL);

        assert_true(send_raw(client, text));
        (void) close(client);
    }
    assert_true(was_given_up(route));
}

static void summaries_of_clients_that_went_are_given_up(void **state)
{
    (void) state;
    leave_until_noticed("/api/v1/samples", "signals=P-301/flow&from=0&to=9000000000&pixels=1000");
    leave_until_noticed("/api/v1/query_range",
                        "query=avg_over_time(davy_signal%5B1h%5D)&start=0&end=9000000&step=3600");
    leave_until_noticed("/api/v1/query", "query=davy_signal&time=1000300");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_of_csv_is_a_sample),
        cmocka_unit_test(steps_are_rows_too),
        cmocka_unit_test(line_protocol_goes_out_and_comes_back),
        cmocka_unit_test(columns_keep_every_bit),
        cmocka_unit_test(damaged_columns_are_refused),
        cmocka_unit_test(pages_together_are_the_whole),
        cmocka_unit_test(json_tells_the_next_page),
        cmocka_unit_test(a_cursor_that_does_not_fit_is_refused),
        cmocka_unit_test(a_cursor_outlives_a_restart),
        cmocka_unit_test(an_export_is_made_in_pieces),
        cmocka_unit_test(signals_without_samples_do_not_end_an_answer),
        cmocka_unit_test(clients_that_go_leave_room_for_others),
        cmocka_unit_test(summaries_of_clients_that_went_are_given_up),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
