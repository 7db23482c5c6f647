/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/record.h"

#include "../testing.h"
#include "numbers.h"

static void the_second_last_number_as_large_counts(void **state)
{
    static const double numbers[] = {5, 3, 4, 1}; /* at the times 1 to 4 */
    davy_records records = {0};

    (void) state;
    assert_true(davy_records_age(&records, 1, 1) == UINT64_MAX);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(numbers); i++)
        davy_records_add(&records, numbers[i], i + 1);
    assert_int_equal(davy_records_age(&records, 1, 5), 2); /* 1 at 4, 4 at 3 */
    assert_int_equal(davy_records_age(&records, 3, 5), 3); /* 4 at 3, 3 at 2 */
    assert_int_equal(davy_records_age(&records, 4, 5), 4); /* 4 at 3, 5 at 1 */
    assert_true(davy_records_age(&records, 5, 5) == UINT64_MAX);
    davy_records_add(&records, 5, 5);
    assert_int_equal(davy_records_age(&records, 5, 7), 6);
    assert_int_equal(records.count, 4); /* 3 was reached twice, 1 once */
}

/* Against a look at all numbers before, small whole numbers for many ties. */
static void it_answers_as_if_all_numbers_were_kept(void **state)
{
    static double numbers[2000];
    davy_records records = {0};
    uint64_t seed = 3;
    size_t most = 0;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(numbers); i++) {
        uint64_t expected = UINT64_MAX;
        size_t times = 0;

        numbers[i] = floor(-40 * log(uniform(&seed)));
        for (size_t j = i; j-- > 0 && times < DAVY_RECORD_TIMES;)
            if (numbers[j] >= numbers[i] && ++times == DAVY_RECORD_TIMES)
                expected = i - j;
        assert_true(davy_records_age(&records, numbers[i], i) == expected);
        davy_records_add(&records, numbers[i], i);
        most = records.count > most ? records.count : most;
    }
    assert_in_range(most, 10, DAVY_RECORDS_MAX - 1);
}

static void when_it_is_full_the_small_ones_are_forgotten(void **state)
{
    davy_records records = {0};

    (void) state;
    for (size_t i = 0; i < 100; i++)
        davy_records_add(&records, 1000 - (double) i, i);
    assert_int_equal(records.count, DAVY_RECORDS_MAX);
    assert_int_equal(davy_records_age(&records, 990, 100), 91); /* 990 at 10, 991 at 9 */
    assert_int_equal(davy_records_age(&records, 905, 100), 70); /* should be 6 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_last_number_as_large_counts),
        cmocka_unit_test(it_answers_as_if_all_numbers_were_kept),
        cmocka_unit_test(when_it_is_full_the_small_ones_are_forgotten),
    };

    return cmocka_run_group_tests_name("detect: records", tests, NULL, NULL);
}
