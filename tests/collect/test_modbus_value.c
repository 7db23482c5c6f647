/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/modbus_value.h"

#include "../testing.h"

#include <math.h>

static double decode(davy_modbus_type type, davy_byte_order order, const uint16_t *words)
{
    const davy_site_from from = {.type = type, .order = order};

    return davy_modbus_decode(&from, words);
}

/* 12.34 as a float is 0x414570A4 (IEEE 754); its bytes A B C D lie in the four orders as Telegraf's
 * table of byte orders says. */
static void a_float_is_found_in_each_order(void **state)
{
    static const uint16_t words[4][2] = {[DAVY_ORDER_ABCD] = {0x4145, 0x70A4},
                                         [DAVY_ORDER_DCBA] = {0xA470, 0x4541},
                                         [DAVY_ORDER_BADC] = {0x4541, 0xA470},
                                         [DAVY_ORDER_CDAB] = {0x70A4, 0x4145}};

    (void) state;
    for (davy_byte_order order = DAVY_ORDER_ABCD; order <= DAVY_ORDER_CDAB; order++)
        assert_true(decode(DAVY_MODBUS_FLOAT32, order, words[order]) == (double) 12.34f);
}

/* 0x0102030405060708 = 72623859790382856, beyond 2^53: the nearest double. */
static void eight_bytes_are_found_in_each_order(void **state)
{
    static const uint16_t words[4][4] = {[DAVY_ORDER_ABCD] = {0x0102, 0x0304, 0x0506, 0x0708},
                                         [DAVY_ORDER_DCBA] = {0x0807, 0x0605, 0x0403, 0x0201},
                                         [DAVY_ORDER_BADC] = {0x0201, 0x0403, 0x0605, 0x0807},
                                         [DAVY_ORDER_CDAB] = {0x0708, 0x0506, 0x0304, 0x0102}};
    static const uint16_t pi[4] = {0x4009, 0x21FB, 0x5444, 0x2D18}; /* M_PI in IEEE 754 */

    (void) state;
    for (davy_byte_order order = DAVY_ORDER_ABCD; order <= DAVY_ORDER_CDAB; order++)
        assert_true(decode(DAVY_MODBUS_UINT64, order, words[order]) == 72623859790382856.0);
    assert_true(decode(DAVY_MODBUS_FLOAT64, DAVY_ORDER_ABCD, pi) == M_PI);
}

static void integers_keep_their_sign(void **state)
{
    static const uint16_t ones[4] = {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE};

    (void) state;
    assert_true(decode(DAVY_MODBUS_INT16, DAVY_ORDER_ABCD, ones) == -1.0);
    assert_true(decode(DAVY_MODBUS_UINT16, DAVY_ORDER_ABCD, ones) == 65535.0);
    assert_true(decode(DAVY_MODBUS_INT32, DAVY_ORDER_ABCD, ones) == -1.0);
    assert_true(decode(DAVY_MODBUS_UINT32, DAVY_ORDER_ABCD, ones) == 4294967295.0);
    assert_true(decode(DAVY_MODBUS_INT64, DAVY_ORDER_ABCD, ones) == -2.0);
    assert_true(decode(DAVY_MODBUS_UINT64, DAVY_ORDER_ABCD, ones) == 0x1p64);
}

static void halves_of_a_register_follow_the_byte_order(void **state)
{
    static const uint16_t word[1] = {0x7F80};

    (void) state;
    assert_true(decode(DAVY_MODBUS_INT8L, DAVY_ORDER_ABCD, word) == -128.0);
    assert_true(decode(DAVY_MODBUS_INT8H, DAVY_ORDER_ABCD, word) == 127.0);
    assert_true(decode(DAVY_MODBUS_UINT8L, DAVY_ORDER_ABCD, word) == 128.0);
    assert_true(decode(DAVY_MODBUS_UINT8H, DAVY_ORDER_DCBA, word) == 128.0);
    assert_true(decode(DAVY_MODBUS_UINT8L, DAVY_ORDER_BADC, word) == 127.0);
    assert_true(decode(DAVY_MODBUS_UINT16, DAVY_ORDER_DCBA, word) == 0x807F);
    assert_true(decode(DAVY_MODBUS_UINT16, DAVY_ORDER_CDAB, word) == 0x7F80);
}

static void bits_are_counted_from_the_lowest(void **state)
{
    static const uint16_t word[1] = {0x8002};

    (void) state;
    for (uint8_t bit = 0; bit < 16; bit++) {
        const davy_site_from from = {.type = DAVY_MODBUS_BIT, .bit = bit};

        assert_true(davy_modbus_decode(&from, word) == (bit == 1 || bit == 15));
    }
}

/* Examples of binary16 in IEEE 754-2019, clause 3.4: one, largest, smallest normal, smallest
 * subnormal, infinity and NaN. */
static void half_floats_follow_the_standard(void **state)
{
    static const struct {
        uint16_t word;
        double value;
    } cases[] = {
        {0x3C00, 1.0},     {0xC000, -2.0}, {0x7BFF, 65504.0},        {0x0400, 0x1p-14},
        {0x0001, 0x1p-24}, {0x0000, 0.0},  {0x3555, 0.333251953125}, {0xFC00, -(double) INFINITY}};
    static const uint16_t nan_word[1] = {0x7E00};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_true(decode(DAVY_MODBUS_FLOAT16, DAVY_ORDER_ABCD, &cases[i].word) == cases[i].value);
    assert_true(isnan(decode(DAVY_MODBUS_FLOAT16, DAVY_ORDER_ABCD, nan_word)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_float_is_found_in_each_order),
        cmocka_unit_test(eight_bytes_are_found_in_each_order),
        cmocka_unit_test(integers_keep_their_sign),
        cmocka_unit_test(halves_of_a_register_follow_the_byte_order),
        cmocka_unit_test(bits_are_counted_from_the_lowest),
        cmocka_unit_test(half_floats_follow_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
