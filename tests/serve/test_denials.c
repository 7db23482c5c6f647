/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/access/denials.h"

#include <stdio.h>

#include "core/sample.h"
#include "serve/limits.h"

static uint64_t told;
static char told_address[64];

static void tell(void *context, const char *address, uint64_t more)
{
    (void) context;
    told += more;
    (void) snprintf(told_address, sizeof told_address, "%s", address);
}

static void wrong_keys_are_answered_so_many_times_a_minute(void **state)
{
    davy_denials *denials;
    int64_t now = 5 * DAVY_NS_PER_S;

    (void) state;
    assert_ok(davy_denials_create(&denials));
    for (int i = 0; i < DAVY_HTTP_WRONG_KEYS_PER_MINUTE; i++)
        assert_false(davy_denials_count(denials, "10.0.0.1", true, now).too_many);
    assert_true(davy_denials_count(denials, "10.0.0.1", true, now).too_many);
    assert_int_equal(
        davy_denials_count(denials, "10.0.0.1", true, now + 20 * DAVY_NS_PER_S).retry_after_s, 40);
    assert_false(davy_denials_count(denials, "10.0.0.2", true, now).too_many);
    assert_false(davy_denials_count(denials, "10.0.0.1", true, now + 60 * DAVY_NS_PER_S).too_many);
    davy_denials_destroy(denials);
}

static void a_host_with_a_whole_ipv6_net_is_one_address(void **state)
{
    davy_denials *denials;
    char address[64];

    (void) state;
    assert_ok(davy_denials_create(&denials));
    for (int i = 0; i < DAVY_HTTP_WRONG_KEYS_PER_MINUTE; i++) {
        (void) snprintf(address, sizeof address, "2001:db8:1:2::%x", i + 1);
        assert_false(davy_denials_count(denials, address, true, 1).too_many);
    }
    assert_true(davy_denials_count(denials, "2001:db8:1:2:ffff::1", true, 1).too_many);
    assert_false(davy_denials_count(denials, "2001:db8:1:3::1", true, 1).too_many);
    davy_denials_destroy(denials);
}

/* Every attempt is either recorded by itself or in a number: none is lost, whatever comes. */
static void every_attempt_is_told_once(void **state)
{
    const size_t attempts = 50000;
    size_t recorded = 0;
    davy_denials *denials;
    char address[64];

    (void) state;
    told = 0;
    assert_ok(davy_denials_create(&denials));
    for (size_t i = 0; i < attempts; i++) {
        /* more addresses than there is room for, and one that never stops */
        (void) snprintf(address, sizeof address, "10.1.%zu.%zu", i % 3 ? 0 : i / 256 % 16,
                        i % 3 ? (size_t) 0 : i % 256);
        recorded += davy_denials_count(denials, address, true, (int64_t) i).record;
    }
    davy_denials_return(denials, "10.9.9.9"); /* one that could not be written after all */
    recorded--;
    davy_denials_expire(denials, (int64_t) attempts, true, tell, NULL);
    assert_int_equal(recorded + told, attempts);
    davy_denials_expire(denials, (int64_t) attempts, true, tell, NULL);
    assert_int_equal(recorded + told, attempts);
    davy_denials_destroy(denials);
}

static void numbers_are_told_when_their_minute_is_over(void **state)
{
    davy_denials *denials;

    (void) state;
    told = 0;
    assert_ok(davy_denials_create(&denials));
    for (int i = 0; i < DAVY_HTTP_DENIALS_RECORDED_PER_MINUTE + 7; i++)
        (void) davy_denials_count(denials, "10.0.0.1", false, 0);
    davy_denials_expire(denials, 59 * DAVY_NS_PER_S, false, tell, NULL);
    assert_int_equal(told, 0);
    davy_denials_expire(denials, 60 * DAVY_NS_PER_S, false, tell, NULL);
    assert_int_equal(told, 7);
    assert_string_equal(told_address, "10.0.0.1");
    davy_denials_destroy(denials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_keys_are_answered_so_many_times_a_minute),
        cmocka_unit_test(a_host_with_a_whole_ipv6_net_is_one_address),
        cmocka_unit_test(every_attempt_is_told_once),
        cmocka_unit_test(numbers_are_told_when_their_minute_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
