/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "serve/limits.h"

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static reply write_bytes(const char *path, const void *body, size_t length, const char *headers)
{
    return ask(&(request){.path = path,
                          .key = plant_key(DAVY_ROLE_OPERATOR),
                          .body = body,
                          .length = length,
                          .headers = headers});
}

static reply write_lines(const char *lines)
{
    return write_bytes("/api/v2/write?precision=s&bucket=b&org=o", lines, strlen(lines), NULL);
}

static davy_signal_id id_of(const char *path)
{
    davy_signal_id id = DAVY_SIGNAL_NONE;

    assert_ok(davy_store_find(plant_system.store, path, &id));
    return id;
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

static size_t kept(const char *path, int64_t from_s, int64_t to_s)
{
    size_t count = 0;

    assert_ok(davy_store_scan(plant_system.store, id_of(path), from_s * DAVY_NS_PER_S,
                              to_s * DAVY_NS_PER_S, count_run, &count));
    return count;
}

static const char *text_of(const reply *answer, const char *key)
{
    const char *text = json_string_value(json_object_get(answer->json, key));

    return text ? text : "";
}

static json_int_t number_of(const reply *answer, const char *key)
{
    return json_integer_value(json_object_get(answer->json, key));
}

static void a_batch_is_kept_before_it_is_answered(void **state)
{
    reply answer = write_lines("T-101,line=1 pressure=100.5,level=50i 1000\n"
                               "T-101 pressure=101 1001\n\n# note\n"
                               "P-301 flow=7u 1000\n");

    (void) state;
    assert_code(answer, 204);
    assert_int_equal(answer.length, 0);
    assert_int_equal(kept("T-101/pressure", 1000, 1002), 2);
    assert_int_equal(kept("T-101/level", 1000, 1001), 1);
    assert_int_equal(kept("P-301/flow", 1000, 1001), 1);
    reply_clear(&answer);
}

static void precision_says_the_unit_of_times(void **state)
{
    static const struct {
        const char *path, *line;
        int64_t second;
    } cases[] = {
        {"/api/v2/write", "P-301 flow=1 2000000000000", 2000},
        {"/api/v2/write?precision=ns", "P-301 flow=1 2001000000000", 2001},
        {"/api/v2/write?precision=us", "P-301 flow=1 2002000000", 2002},
        {"/api/v2/write?precision=ms", "P-301 flow=1 2003000", 2003},
        {"/api/v2/write?precision=s", "P-301 flow=1 2004", 2004},
    };
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        answer = write_bytes(cases[i].path, cases[i].line, strlen(cases[i].line), NULL);
        assert_code(answer, 204);
        assert_int_equal(kept("P-301/flow", cases[i].second, cases[i].second + 1), 1);
        reply_clear(&answer);
    }
    answer = write_bytes("/api/v2/write?precision=h", "P-301 flow=1 1", 14, NULL);
    assert_code(answer, 400);
    assert_string_equal(text_of(&answer, "code"), "invalid");
    reply_clear(&answer);
}

static void a_malformed_line_refuses_the_batch_by_its_number(void **state)
{
    reply answer = write_lines("P-301 flow=1 3000\nP-301 flow=2 3001\nP-301 flow= 3002\n");

    (void) state;
    assert_code(answer, 400);
    assert_string_equal(text_of(&answer, "code"), "invalid");
    assert_memory_equal(text_of(&answer, "message"), "line 3: ", 8);
    assert_int_equal(number_of(&answer, "line"), 3);
    assert_int_equal(kept("P-301/flow", 3000, 3010), 0);
    reply_clear(&answer);
}

static void what_cannot_be_taken_is_told_and_the_rest_is_kept(void **state)
{
    reply answer = write_lines("P-301 flow=1 4000\nT-9 x=2 4001\nP-301 flow=\"text\" 4002\n"
                               "P-301 flow=3 99999999999\nP-301 flow=4 4003\n");
    json_t *refusals = json_object_get(answer.json, "refusals");

    (void) state;
    assert_code(answer, 400);
    assert_int_equal(number_of(&answer, "kept"), 2);
    assert_int_equal(number_of(&answer, "refused"), 3);
    assert_int_equal(json_array_size(refusals), 3);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(refusals, 0), "line")), 2);
    assert_memory_equal(text_of(&answer, "message"), "partial write: 3 refused, 2 kept: line 2",
                        40);
    assert_non_null(strstr(text_of(&answer, "message"), "T-9/x"));
    assert_int_equal(kept("P-301/flow", 4000, 4010), 2);
    reply_clear(&answer);
}

/* NaN, infinities, long numbers and times past the future limit each are refused by line. */
static void numbers_that_are_none_are_refused(void **state)
{
    char *text = calloc(1, 6000);
    static const char *const values[] = {"nan", "NaN", "inf", "-inf", "1e999"};
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++) {
        (void) snprintf(text, 6000, "P-301 flow=%s 5000\n", values[i]);
        answer = write_lines(text);
        assert_code(answer, 400);
        assert_non_null(strstr(answer.body, "line"));
        reply_clear(&answer);
    }
    (void) snprintf(text, 6000, "P-301 flow=");
    memset(text + 11, '7', 5000);
    (void) snprintf(text + 5011, 900, " 5000\n");
    answer = write_lines(text);
    assert_code(answer, 400);
    reply_clear(&answer);
    (void) snprintf(text, 6000, "P-301 flow=1 %lld\n",
                    (long long) (plant_now() / DAVY_NS_PER_S + 3LL * 86400));
    answer = write_lines(text);
    assert_code(answer, 400);
    reply_clear(&answer);
    assert_int_equal(kept("P-301/flow", 5000, 5001), 0);
    free(text);
}

static void broken_utf8_is_told_by_its_line(void **state)
{
    reply answer = write_lines("P-301 flow=1 6000\nP-301,tag=\xC3\x28 flow=1 6001\n");

    (void) state;
    assert_code(answer, 400);
    assert_memory_equal(text_of(&answer, "message"), "line 2: ", 8);
    reply_clear(&answer);
    answer = write_bytes("/api/v2/write?precision=s", "P-301 flow=1 6000\n\0", 19, NULL);
    assert_code(answer, 400);
    reply_clear(&answer);
    assert_int_equal(kept("P-301/flow", 6000, 6010), 0);
}

static unsigned char *pack(const void *bytes, size_t length, size_t *packed)
{
    z_stream stream = {0};
    size_t room = length / 500 + 4096;
    unsigned char *out = malloc(room);

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *) bytes;
    stream.avail_in = (uInt) length;
    stream.next_out = out;
    stream.avail_out = (uInt) room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *packed = stream.total_out;
    deflateEnd(&stream);
    return out;
}

static void gzip_is_taken_and_its_faults_are_told(void **state)
{
    static const char path[] = "/api/v2/write?precision=s", gzip[] = "Content-Encoding: gzip";
    size_t length;
    unsigned char *packed = pack("P-301 flow=1 7000\n", 18, &length);
    reply answer = write_bytes(path, packed, length, gzip);

    (void) state;
    assert_code(answer, 204);
    assert_int_equal(kept("P-301/flow", 7000, 7001), 1);
    reply_clear(&answer);
    answer = write_bytes(path, packed, length - 5, gzip);
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "ends early"));
    reply_clear(&answer);
    answer = write_bytes(path, "P-301 flow=1 7001\n", 18, gzip);
    assert_code(answer, 400);
    reply_clear(&answer);
    answer = write_bytes(path, packed, length, "Content-Encoding: br");
    assert_code(answer, 415);
    reply_clear(&answer);
    free(packed);
}

static void a_bomb_is_refused(void **state)
{
    size_t plain = 8 * DAVY_HTTP_WRITE_MAX, length;
    char *lines = malloc(plain);
    unsigned char *packed;
    reply answer;

    (void) state;
    memset(lines, '\n', plain);
    packed = pack(lines, plain, &length);
    assert_true(length < 1024 * 1024);
    answer = write_bytes("/api/v2/write", packed, length, "Content-Encoding: gzip");
    assert_code(answer, 413);
    reply_clear(&answer);
    free(packed);
    free(lines);
}

static void a_store_that_cannot_keep_is_no_success(void **state)
{
    reply answer;

    (void) state;
    plant_fail_deliveries(DAVY_ERR_FULL);
    answer = write_lines("P-301 flow=1 8000\n");
    assert_code(answer, 507);
    assert_non_null(reply_header(&answer, "Retry-After"));
    assert_null(strstr(answer.body, "secret"));
    reply_clear(&answer);
    plant_fail_deliveries(DAVY_ERR_IO);
    answer = write_lines("P-301 flow=1 8000\n");
    assert_code(answer, 503);
    assert_null(strstr(answer.body, "secret"));
    reply_clear(&answer);
    plant_fail_deliveries(DAVY_OK);
    answer = write_lines("P-301 flow=1 8000\n");
    assert_code(answer, 204);
    reply_clear(&answer);
}

static void an_empty_batch_is_fine(void **state)
{
    reply answer = write_lines("\n# nothing\n\n");

    (void) state;
    assert_code(answer, 204);
    reply_clear(&answer);
    answer = ask(&(request){.method = "POST",
                            .path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .headers = "Content-Length: 0"});
    assert_code(answer, 204);
    reply_clear(&answer);
}

#define WRITERS 100

struct writer {
    pthread_t thread;
    int number;
    long code;
};

static void *write_one(void *context)
{
    struct writer *writer = context;
    char line[64], from[32];
    reply answer;

    (void) snprintf(line, sizeof line, "P-301 flow=%d %d\n", writer->number, 9000 + writer->number);
    (void) snprintf(from, sizeof from, "127.0.6.%d", writer->number % 8 + 1);
    answer = ask(&(request){.path = "/api/v2/write?precision=s",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = line,
                            .from = from});
    writer->code = answer.code;
    reply_clear(&answer);
    return NULL;
}

static void a_hundred_writers_at_once_are_all_kept(void **state)
{
    static struct writer writers[WRITERS];

    (void) state;
    for (int i = 0; i < WRITERS; i++) {
        writers[i].number = i;
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_one, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].code, 204);
    }
    assert_int_equal(kept("P-301/flow", 9000, 9000 + WRITERS), WRITERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_kept_before_it_is_answered),
        cmocka_unit_test(precision_says_the_unit_of_times),
        cmocka_unit_test(a_malformed_line_refuses_the_batch_by_its_number),
        cmocka_unit_test(what_cannot_be_taken_is_told_and_the_rest_is_kept),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(broken_utf8_is_told_by_its_line),
        cmocka_unit_test(gzip_is_taken_and_its_faults_are_told),
        cmocka_unit_test(a_bomb_is_refused),
        cmocka_unit_test(a_store_that_cannot_keep_is_no_success),
        cmocka_unit_test(an_empty_batch_is_fine),
        cmocka_unit_test(a_hundred_writers_at_once_are_all_kept),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
