/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/http/inflate.h"
#include "serve/limits.h"

#include <stdlib.h>

#include <zlib.h>

#define LIMIT ((size_t) 1024 * 1024)

/* gzip of `length` bytes by zlib itself; the caller frees. */
static unsigned char *pack(const void *bytes, size_t length, size_t *packed)
{
    z_stream stream = {0};
    size_t room = length + 1024;
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

static davy_status unpack(const unsigned char *bytes, size_t length, size_t limit, davy_buffer *out)
{
    return davy_inflate(DAVY_PACKING_GZIP, (const char *) bytes, length, limit, NULL, out);
}

static void a_body_comes_back_whole_up_to_the_limit(void **state)
{
    char *text = calloc(LIMIT, 1);
    davy_buffer out = {0};
    size_t length;
    unsigned char *packed;

    (void) state;
    for (size_t i = 0; i < LIMIT; i++)
        text[i] = (char) ('a' + (i * i) % 23);
    packed = pack(text, LIMIT, &length);
    assert_ok(unpack(packed, length, LIMIT, &out));
    assert_int_equal(out.length, LIMIT);
    assert_memory_equal(out.bytes, text, LIMIT);
    davy_buffer_clear(&out);
    assert_fails(unpack(packed, length, LIMIT - 1, &out), DAVY_ERR_FULL, "unpacked");
    davy_buffer_clear(&out);
    free(packed);
    free(text);
}

/* 64 MiB of zeroes are 64 KiB of gzip, 1000 to 1. */
static void a_bomb_costs_no_more_than_the_limit(void **state)
{
    size_t bomb = (size_t) 64 * 1024 * 1024, length;
    char *zeroes = calloc(bomb, 1);
    unsigned char *packed = pack(zeroes, bomb, &length);
    davy_buffer out = {0};

    (void) state;
    assert_true(length < 128 * 1024);
    assert_fails(unpack(packed, length, LIMIT, &out), DAVY_ERR_FULL, "unpacked");
    assert_true(out.capacity <= 4 * LIMIT);
    davy_buffer_clear(&out);
    free(packed);
    free(zeroes);
}

/* Beyond 16 MiB a body is held to a hundred times what was read of it, whatever its limit: 64 MiB
 * of zeroes stop there, also behind a part that packs badly, and numbers go through. */
static void a_bomb_ends_where_it_begins_to_be_one(void **state)
{
    const size_t bomb = (size_t) 64 * 1024 * 1024, noise = 64 * 1024;
    const size_t fair = DAVY_HTTP_UNPACKED_MIN + DAVY_HTTP_UNPACKED_RATIO * 2 * noise;
    char *text = calloc(bomb, 1);
    davy_buffer out = {0};
    unsigned seed = 7;
    size_t length;
    unsigned char *packed = pack(text, bomb, &length);

    (void) state;
    assert_fails(unpack(packed, length, bomb, &out), DAVY_ERR_FULL, "send it plain");
    assert_in_range(out.length, DAVY_HTTP_UNPACKED_MIN, DAVY_HTTP_UNPACKED_MIN * 5 / 4);
    davy_buffer_clear(&out);
    free(packed);
    for (size_t i = 0; i < noise; i++)
        text[i] = (char) ((seed = seed * 1103515245 + 12345) >> 16);
    packed = pack(text, bomb, &length);
    assert_fails(unpack(packed, length, bomb, &out), DAVY_ERR_FULL, "send it plain");
    assert_in_range(out.length, DAVY_HTTP_UNPACKED_MIN, fair);
    davy_buffer_clear(&out);
    free(packed);
    for (size_t i = 0; i < bomb / 2; i++)
        text[i] = (char) ('0' + (seed = seed * 1103515245 + 12345) / 65536 % 10);
    packed = pack(text, bomb / 2, &length);
    assert_ok(unpack(packed, length, bomb, &out));
    assert_int_equal(out.length, bomb / 2);
    davy_buffer_clear(&out);
    free(packed);
    free(text);
}

static void every_truncation_is_told(void **state)
{
    static const char text[] = "T-101,x=y pressure=1 1\nT-101 pressure=2 2\n";
    size_t length;
    unsigned char *packed = pack(text, sizeof text, &length);

    (void) state;
    for (size_t cut = 0; cut < length; cut++) {
        davy_buffer out = {0};

        assert_fails(unpack(packed, cut, LIMIT, &out), DAVY_ERR_INVALID, "packed body");
        davy_buffer_clear(&out);
    }
    free(packed);
}

static void damage_and_other_formats_are_told(void **state)
{
    static const char text[] = "T-101 pressure=1 1\n";
    size_t length;
    unsigned char *packed = pack(text, sizeof text, &length);
    davy_buffer out = {0};

    (void) state;
    packed[length - 6] ^= 1; /* of the checksum */
    assert_fails(unpack(packed, length, LIMIT, &out), DAVY_ERR_INVALID, "damaged");
    davy_buffer_clear(&out);
    assert_fails(davy_inflate(DAVY_PACKING_GZIP, text, sizeof text, LIMIT, NULL, &out),
                 DAVY_ERR_INVALID, "damaged");
    davy_buffer_clear(&out);
    free(packed);
}

/* RFC 1952 section 2.2: members follow one another. */
static void two_members_are_one_body(void **state)
{
    size_t one, two;
    unsigned char *first = pack("abc", 3, &one), *second = pack("def", 3, &two);
    unsigned char both[256];
    davy_buffer out = {0};

    (void) state;
    memcpy(both, first, one);
    memcpy(both + one, second, two);
    assert_ok(unpack(both, one + two, LIMIT, &out));
    assert_string_equal(out.bytes, "abcdef");
    davy_buffer_clear(&out);
    assert_fails(unpack(both, one + two - 1, LIMIT, &out), DAVY_ERR_INVALID, "early");
    davy_buffer_clear(&out);
    free(first);
    free(second);
}

/* RFC 9110, 8.4.1.2: "deflate" is the zlib format, which gzip's reader must not take. */
static void what_is_packed_comes_back_in_both_forms(void **state)
{
    static const davy_packing packings[] = {DAVY_PACKING_GZIP, DAVY_PACKING_DEFLATE};
    char text[20000];

    (void) state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char) ('a' + i * i % 19);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(packings); i++) {
        davy_buffer packed = {0}, plain = {0};

        assert_ok(davy_deflate(packings[i], text, sizeof text, &packed));
        assert_true(packed.length < sizeof text);
        assert_ok(
            davy_inflate(packings[i], packed.bytes, packed.length, sizeof text, NULL, &plain));
        assert_int_equal(plain.length, sizeof text);
        assert_memory_equal(plain.bytes, text, sizeof text);
        davy_buffer_clear(&plain);
        assert_fails(
            davy_inflate(packings[1 - i], packed.bytes, packed.length, LIMIT, NULL, &plain),
            DAVY_ERR_INVALID, "damaged");
        davy_buffer_clear(&plain);
        davy_buffer_clear(&packed);
    }
}

static void an_empty_budget_ends_the_unpacking(void **state)
{
    _Atomic size_t used = 0;
    davy_budget budget = {&used, 200000, 0};
    char *text = calloc(LIMIT, 1);
    davy_buffer packed = {0}, plain = {0};

    (void) state;
    assert_ok(davy_deflate(DAVY_PACKING_GZIP, text, LIMIT, &packed));
    assert_fails(
        davy_inflate(DAVY_PACKING_GZIP, packed.bytes, packed.length, LIMIT, &budget, &plain),
        DAVY_ERR_UNAVAILABLE, "unpacked");
    assert_in_range(budget.held, 1, 200000);
    assert_int_equal(used, budget.held);
    davy_budget_release(&budget);
    assert_int_equal(used, 0);
    davy_buffer_clear(&packed);
    davy_buffer_clear(&plain);
    free(text);
}

/* RFC 9110, 12.5.3: weights, and a weight of 0 for "not acceptable". */
static void the_packing_that_a_client_likes_best_is_taken(void **state)
{
    static const struct {
        const char *accepts;
        davy_packing chosen;
    } examples[] = {
        {"", DAVY_PACKING_NONE},
        {"gzip", DAVY_PACKING_GZIP},
        {"GZIP, deflate", DAVY_PACKING_GZIP},
        {"deflate, gzip;q=1.0", DAVY_PACKING_DEFLATE},
        {"gzip;q=0.2, deflate;q=0.7", DAVY_PACKING_DEFLATE},
        {"gzip;q=0", DAVY_PACKING_NONE},
        {"gzip; q=0, deflate", DAVY_PACKING_DEFLATE},
        {"br, zstd, identity", DAVY_PACKING_NONE},
        {"xgzip, gzipx", DAVY_PACKING_NONE},
        {",, ,gzip", DAVY_PACKING_GZIP},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++)
        if (davy_packing_choose(examples[i].accepts) != examples[i].chosen)
            fail_msg("%s", examples[i].accepts);
    assert_int_equal(davy_packing_find("Deflate"), DAVY_PACKING_DEFLATE);
    assert_int_equal(davy_packing_find("identity"), DAVY_PACKING_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_comes_back_whole_up_to_the_limit),
        cmocka_unit_test(a_bomb_costs_no_more_than_the_limit),
        cmocka_unit_test(a_bomb_ends_where_it_begins_to_be_one),
        cmocka_unit_test(every_truncation_is_told),
        cmocka_unit_test(damage_and_other_formats_are_told),
        cmocka_unit_test(two_members_are_one_body),
        cmocka_unit_test(what_is_packed_comes_back_in_both_forms),
        cmocka_unit_test(an_empty_budget_ends_the_unpacking),
        cmocka_unit_test(the_packing_that_a_client_likes_best_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
