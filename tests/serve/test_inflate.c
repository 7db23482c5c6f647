/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/inflate.h"

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
    return davy_inflate((const char *) bytes, length, limit, out);
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

static void every_truncation_is_told(void **state)
{
    static const char text[] = "T-101,x=y pressure=1 1\nT-101 pressure=2 2\n";
    size_t length;
    unsigned char *packed = pack(text, sizeof text, &length);

    (void) state;
    for (size_t cut = 0; cut < length; cut++) {
        davy_buffer out = {0};

        assert_fails(unpack(packed, cut, LIMIT, &out), DAVY_ERR_INVALID, "gzip body");
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
    assert_fails(davy_inflate(text, sizeof text, LIMIT, &out), DAVY_ERR_INVALID, "damaged");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_comes_back_whole_up_to_the_limit),
        cmocka_unit_test(a_bomb_costs_no_more_than_the_limit),
        cmocka_unit_test(every_truncation_is_told),
        cmocka_unit_test(damage_and_other_formats_are_told),
        cmocka_unit_test(two_members_are_one_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
