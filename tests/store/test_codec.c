/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec.h"

#include "core/sample.h"

#include "../testing.h"

#include <math.h>
#include <stdlib.h>

#define MANY DAVY_CHUNK_POINTS_MAX

static davy_codec_work *work;
static double column[MANY];

static uint64_t random_state = 88172645463325252ULL;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Every kind that says it can hold the column gives it back. */
static void each_kind_there_and_back(const double *values, size_t count)
{
    static double decoded[MANY];

    for (size_t i = 0; davy_codecs[i]; i++) {
        davy_buffer bytes = {0};

        if (davy_codecs[i]->encode(work, values, count, &bytes)) {
            assert_ok(davy_buffer_ok(&bytes));
            assert_true(davy_codecs[i]->decode(work, (const uint8_t *) bytes.bytes, bytes.length,
                                               decoded, count));
            assert_memory_equal(values, decoded, count * sizeof *values);
        } else {
            assert_int_equal(bytes.length, 0);
        }
        davy_buffer_clear(&bytes);
    }
}

/* Encode and decode; the bits must come back. @return bytes of the encoding */
static size_t there_and_back(const double *values, size_t count, const char *kind)
{
    static double decoded[MANY];
    davy_buffer bytes = {0};
    const davy_codec *codec;
    size_t length;

    codec = davy_codec_find(davy_codec_encode(work, values, count, &bytes));
    assert_ok(davy_buffer_ok(&bytes));
    assert_non_null(codec);
    if (kind)
        assert_string_equal(codec->name, kind);
    assert_true(codec->decode(work, (const uint8_t *) bytes.bytes, bytes.length, decoded, count));
    assert_memory_equal(values, decoded, count * sizeof *values);
    length = bytes.length;
    davy_buffer_clear(&bytes);
    each_kind_there_and_back(values, count);
    return length;
}

static void any_bits_come_back(void **state)
{
    (void) state;
    for (int round = 0; round < 200; round++) {
        size_t count = 1 + random_bits() % MANY;

        for (size_t i = 0; i < count; i++) {
            uint64_t bits = random_bits();

            memcpy(&column[i], &bits, sizeof bits);
        }
        there_and_back(column, count, count > 1 ? "raw" : NULL);
    }
}

static void special_values_come_back(void **state)
{
    static const uint64_t special[] = {
        0x0000000000000000ULL, 0x8000000000000000ULL, /* 0, -0 */
        0x7ff0000000000000ULL, 0xfff0000000000000ULL, /* infinities */
        0x7ff8000000000000ULL, 0xfff8000000000001ULL, /* quiet NaN, with sign and payload */
        0x7ff0000000000001ULL, 0x7fffffffffffffffULL, /* signalling NaN, largest payload */
        0x0000000000000001ULL, 0x000fffffffffffffULL, /* smallest and largest subnormal */
        0x0010000000000000ULL, 0x7fefffffffffffffULL, /* smallest normal, largest finite */
        0x4340000000000000ULL, 0x4340000000000001ULL, /* 2^53 and the double after it */
        0x3ff0000000000000ULL, 0xbff0000000000000ULL, /* 1, -1 */
    };

    (void) state;
    for (int round = 0; round < 2000; round++) {
        size_t count = 1 + random_bits() % 64;
        unsigned few = 1 + (unsigned) (random_bits() % DAVY_ARRAY_LENGTH(special));

        for (size_t i = 0; i < count; i++)
            memcpy(&column[i], &special[random_bits() % few], 8);
        there_and_back(column, count, NULL);
    }
}

static void one_value_is_constant_whatever_its_bits(void **state)
{
    static const uint64_t payload = 0x7ff80000deadbeefULL;

    (void) state;
    for (size_t i = 0; i < MANY; i++)
        memcpy(&column[i], &payload, 8);
    assert_int_equal(there_and_back(column, MANY, "constant"), 8);
}

/* A random walk of `digits` decimals, as a transmitter with noise gives it. */
static void walk(int digits, bool as_float)
{
    double power = pow(10, digits), value = 50;

    for (size_t i = 0; i < MANY; i++) {
        value += ((double) (random_bits() % 2001) - 1000) / 2000;
        column[i] = round(value * power) / power;
        if (as_float)
            column[i] = (double) (float) column[i];
    }
}

static void decimal_numbers_are_short(void **state)
{
    (void) state;
    for (int digits = 0; digits <= 8; digits++) {
        walk(digits, false);
        /* Steps of at most half a unit have log2(10^digits) bits, and some for the classes. */
        assert_true(there_and_back(column, MANY, NULL) <
                    (size_t) ((digits * 3.33 + 2) / 8 * MANY) + 200);
    }
}

static void numbers_that_were_float32_are_as_short_as_if_they_were_double(void **state)
{
    size_t as_double, as_float;

    (void) state;
    walk(3, false);
    as_double = there_and_back(column, MANY, NULL);
    random_state = 88172645463325252ULL;
    walk(3, true);
    as_float = there_and_back(column, MANY, NULL);
    assert_true(as_float < as_double * 11 / 10);
}

static void a_gap_of_nan_does_not_spoil_a_decimal_column(void **state)
{
    size_t whole, gapped;

    (void) state;
    walk(2, false);
    whole = there_and_back(column, MANY, NULL);
    for (size_t i = 100; i < 300; i++)
        column[i] = NAN;
    column[500] = -0.0;
    column[MANY - 1] = -INFINITY;
    column[0] = NAN;
    gapped = there_and_back(column, MANY, NULL);
    assert_true(gapped < whole + 60);
}

/* A number of the standard normal distribution: Box and Muller, Ann. Math. Stat. 29(2), 1958. */
static double normal(void)
{
    const double radius = sqrt(-2 * log(((double) (random_bits() >> 11) + 1) / 9007199254740993.0));

    return radius * cos(2 * M_PI * (double) (random_bits() >> 11) / 9007199254740992.0);
}

/* Steps of an autoregressive process of this order and innovations of 50 last digits. */
static void autoregress(const double *weights, size_t order)
{
    double y[MANY] = {0};

    for (size_t i = 0; i < MANY; i++) {
        y[i] = 50 * normal();
        for (size_t k = 0; k < order && k < i; k++)
            y[i] += weights[k] * y[i - 1 - k];
        column[i] = round(y[i] + 12345) / 100;
    }
}

/*
 * The entropy of a normal distribution of deviation s in steps of one is log2(s sqrt(2 pi e)) bits
 * (Shannon 1948, section 20): 7.69 for 50. In Rice coding with k = 6 a distance, of which the mean
 * is 80 when folded, has 6 bits, a one and on average 0.8 zeros: 7.8.
 */
static void noise_is_near_its_entropy_whatever_its_spectrum(void **state)
{
    static const double smooth[] = {1.8, -0.9}, slow[] = {0.97};
    const double entropy = log2(50 * sqrt(2 * M_PI * M_E));

    (void) state;
    for (int process = 0; process < 3; process++) {
        double bits;

        autoregress(process == 1 ? slow : smooth, (size_t) process);
        bits = 8 * (double) there_and_back(column, MANY, process == 2 ? "linear" : NULL) /
               (double) MANY;
        assert_true(bits > entropy - 0.1 && bits < entropy + 0.15);
        bits = 8 * (double) there_and_back(column, 480, "linear") / 480;
        assert_true(bits < entropy + 0.5); /* 200 bits of head in a short column */
    }
}

static void values_that_are_repeated_count_once(void **state)
{
    size_t once, five_times;

    (void) state;
    autoregress(NULL, 0);
    once = there_and_back(column, MANY / 5, "linear");
    for (size_t i = MANY; i-- > 0;)
        column[i] = column[i / 5];
    five_times = there_and_back(column, MANY - MANY % 5, "linear");
    /* One in 180 is as the one before by chance, and then its run is longer: three bytes each. */
    assert_true(five_times < once + MANY / 5 / 180 * 4);
}

/* A tank's level: one point in ten is another than before, by one or two last digits. The entropy
 * of a point is that of whether it is, 0.469 bits, and of a tenth of two bits: 0.669 (Shannon). */
static void what_changes_by_chance_is_near_its_entropy(void **state)
{
    static const int64_t steps[] = {-2, -1, 1, 2};
    int64_t level = 5000;
    double bits;

    (void) state;
    for (size_t i = 0; i < MANY; i++) {
        if (random_bits() % 10 == 0)
            level += steps[random_bits() >> 62];
        column[i] = (double) level / 100;
    }
    bits = 8 * (double) there_and_back(column, MANY, "linear") / (double) MANY;
    assert_true(bits < 0.669 * 1.25); /* four bits and nine tenths a run, three a step */
}

static void a_spike_costs_some_bytes(void **state)
{
    size_t whole, spiked;

    (void) state;
    autoregress(NULL, 0);
    whole = there_and_back(column, MANY, NULL);
    column[1000] = 9e11;
    column[2000] = -9e13;
    column[MANY - 1] = 9e9;
    spiked = there_and_back(column, MANY, NULL);
    assert_true(spiked < whole * 101 / 100);
}

static void few_values_make_a_dictionary(void **state)
{
    (void) state;
    for (size_t i = 0; i < MANY; i++)
        column[i] = 0.327927 * (double) (random_bits() % 4);
    assert_true(there_and_back(column, MANY, "dictionary") < MANY / 4 + 64);
    for (size_t i = 0; i < MANY; i++)
        column[i] = (double) (random_bits() % 2);
    assert_true(there_and_back(column, MANY, "dictionary") < MANY / 8 + 48);
}

static void columns_of_every_length_come_back(void **state)
{
    (void) state;
    for (size_t count = 1; count <= MANY; count += count < 70 ? 1 : 97) {
        walk(3, false);
        there_and_back(column, count, NULL);
        for (size_t i = 0; i < count; i++)
            column[i] = (double) (i % 3);
        there_and_back(column, count, NULL);
    }
}

static void large_integers_come_back(void **state)
{
    (void) state;
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < 100; i++) {
            double magnitude = (double) (random_bits() >> (11 + random_bits() % 53));

            column[i] = random_bits() & 1 ? magnitude : -magnitude;
        }
        there_and_back(column, 100, NULL);
    }
}

static void times_come_back(const int64_t *times, size_t count, size_t bytes_max)
{
    static int64_t decoded[MANY];
    davy_buffer bytes = {0};

    davy_times_encode(work, times, count, &bytes);
    assert_ok(davy_buffer_ok(&bytes));
    assert_true(bytes.length <= bytes_max);
    assert_true(davy_times_decode(work, (const uint8_t *) bytes.bytes, bytes.length, times[0],
                                  decoded, count));
    assert_memory_equal(times, decoded, count * sizeof *times);
    davy_buffer_clear(&bytes);
}

static void regular_times_cost_a_few_bytes(void **state)
{
    static int64_t times[MANY];

    (void) state;
    for (size_t i = 0; i < MANY; i++)
        times[i] = 1767312000000000000LL + (int64_t) i * 20000000;
    times_come_back(times, MANY, 12);
    times_come_back(times, 1, 4);
    for (size_t i = 0; i < MANY; i++)
        times[i] = -5 + (int64_t) i;
    times_come_back(times, MANY, 12);
}

static void any_ascending_times_come_back(void **state)
{
    static int64_t times[MANY];

    (void) state;
    for (int round = 0; round < 100; round++) {
        unsigned shift = 8 + (unsigned) (random_bits() % 40);

        times[0] = (int64_t) random_bits() / 4;
        for (size_t i = 1; i < MANY; i++)
            times[i] = times[i - 1] + 1 + (int64_t) (random_bits() >> (64 - shift));
        times_come_back(times, 1 + random_bits() % MANY, SIZE_MAX);
    }
}

static void quality_comes_back(void **state)
{
    static uint8_t quality[MANY], decoded[MANY];

    (void) state;
    for (int round = 0; round < 200; round++) {
        size_t count = 1 + random_bits() % MANY;
        davy_buffer bytes = {0};

        for (size_t i = 0; i < count; i++)
            quality[i] = random_bits() % 16 < (uint64_t) round % 16 ? random_bits() % 3
                         : i                                        ? quality[i - 1]
                                                                    : 0;
        davy_quality_encode(quality, count, &bytes);
        assert_true(
            davy_quality_decode((const uint8_t *) bytes.bytes, bytes.length, decoded, count));
        assert_memory_equal(quality, decoded, count);
        davy_buffer_clear(&bytes);
    }
    memset(quality, DAVY_QUALITY_GOOD, MANY);
    {
        davy_buffer bytes = {0};

        davy_quality_encode(quality, MANY, &bytes);
        assert_int_equal(bytes.length, 0); /* all good costs nothing */
        davy_buffer_clear(&bytes);
    }
}

/* Hostile bytes: a decoder may say no or give some values; sanitizers watch its reads. */
static void damaged_columns_are_refused_or_decoded_and_never_overrun(void **state)
{
    static double decoded[MANY];
    static int64_t times[MANY];
    static uint8_t quality[MANY];
    size_t kinds = 0;

    (void) state;
    while (davy_codecs[kinds])
        kinds++;
    for (int round = 0; round < 6000; round++) {
        davy_buffer bytes = {0};
        const davy_codec *codec = davy_codecs[(size_t) round % kinds];
        size_t count = 1 + random_bits() % 300, length;

        if (round % 2)
            walk(round % 9, round % 3 == 0);
        else
            for (size_t i = 0; i < count; i++)
                column[i] = (double) (random_bits() % 5);
        if (!codec->encode(work, column, count, &bytes))
            codec = davy_codec_find(davy_codec_encode(work, column, count, &bytes));
        for (int flips = 0; flips < 3; flips++)
            bytes.bytes[random_bits() % bytes.length] ^= (char) (1 << random_bits() % 8);
        length = random_bits() % (bytes.length + 1);
        {
            uint8_t *exact = malloc(length + 1); /* so that a sanitizer sees the end */

            memcpy(exact, bytes.bytes, length);
            (void) codec->decode(work, exact, length, decoded, count);
            (void) davy_times_decode(work, exact, length, 0, times, count);
            (void) davy_quality_decode(exact, length, quality, count);
            free(exact);
        }
        davy_buffer_clear(&bytes);
    }
}

static void every_kind_has_its_own_id_and_name(void **state)
{
    (void) state;
    for (size_t i = 0; davy_codecs[i]; i++) {
        assert_ptr_equal(davy_codec_find(davy_codecs[i]->id), davy_codecs[i]);
        assert_true(strlen(davy_codecs[i]->name) > 0);
    }
    assert_null(davy_codec_find(0));
    assert_null(davy_codec_find(200));
}

static int make_work(void **state)
{
    (void) state;
    return davy_codec_work_create(&work) == DAVY_OK ? 0 : -1;
}

static int drop_work(void **state)
{
    (void) state;
    davy_codec_work_destroy(work);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bits_come_back),
        cmocka_unit_test(special_values_come_back),
        cmocka_unit_test(one_value_is_constant_whatever_its_bits),
        cmocka_unit_test(decimal_numbers_are_short),
        cmocka_unit_test(numbers_that_were_float32_are_as_short_as_if_they_were_double),
        cmocka_unit_test(a_gap_of_nan_does_not_spoil_a_decimal_column),
        cmocka_unit_test(noise_is_near_its_entropy_whatever_its_spectrum),
        cmocka_unit_test(values_that_are_repeated_count_once),
        cmocka_unit_test(what_changes_by_chance_is_near_its_entropy),
        cmocka_unit_test(a_spike_costs_some_bytes),
        cmocka_unit_test(few_values_make_a_dictionary),
        cmocka_unit_test(columns_of_every_length_come_back),
        cmocka_unit_test(large_integers_come_back),
        cmocka_unit_test(regular_times_cost_a_few_bytes),
        cmocka_unit_test(any_ascending_times_come_back),
        cmocka_unit_test(quality_comes_back),
        cmocka_unit_test(damaged_columns_are_refused_or_decoded_and_never_overrun),
        cmocka_unit_test(every_kind_has_its_own_id_and_name),
    };

    return cmocka_run_group_tests(tests, make_work, drop_work);
}
