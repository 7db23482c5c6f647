/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/sample.h"
#include "serve/access/allowance.h"
#include "serve/access/permit.h"

#include <stdio.h>
#include <stdlib.h>

/**
 *         TEST(file
 * What a key may still ask, and which models. Expected values are worked out by hand.
 */

#define DAY_NS (INT64_C(86400) * DAVY_NS_PER_S)

static davy_allowances *allowances;

static int open_book(void **state)
{
    (void) state;
    assert_ok(davy_allowances_create(&allowances));
    return 0;
}

static int close_book(void **state)
{
    (void) state;
    davy_allowances_destroy(allowances);
    return 0;
}

/* Requests of `wished` that are let through at a time, and what the last refusal said to wait. */
static size_t let_through(const davy_key *key, size_t wished, double second, unsigned *wait_s)
{
    size_t through = 0;

    for (size_t i = 0; i < wished; i++)
        through += davy_allowances_take(allowances, key, false, (int64_t) (second * DAVY_NS_PER_S),
                                        0, wait_s) == DAVY_ALLOWANCE_LEFT;
    return through;
}

static void a_bucket_holds_its_burst_and_fills_at_its_rate(void **state)
{
    const davy_key key = {.name = "a", .terms = {.rate = 2, .burst = 5}};
    unsigned wait_s = 0;

    (void) state;
    assert_int_equal(let_through(&key, 9, 100, &wait_s), 5);
    assert_int_equal(wait_s, 1);
    assert_int_equal(let_through(&key, 9, 100.4, &wait_s), 0); /* 0.8 of one */
    assert_int_equal(let_through(&key, 9, 100.5, &wait_s), 1);
    assert_int_equal(let_through(&key, 9, 102, &wait_s), 3); /* 1.5 s * 2 */
    assert_int_equal(let_through(&key, 9, 900, &wait_s), 5); /* never more than the burst */
}

static void without_a_burst_a_second_is_one(void **state)
{
    const davy_key key = {.name = "a", .terms = {.rate = 3}};
    unsigned wait_s;

    (void) state;
    assert_int_equal(let_through(&key, 9, 7, &wait_s), 3);
}

static void one_key_takes_nothing_from_another_and_one_without_limits_has_none(void **state)
{
    const davy_key a = {.name = "a", .terms = {.rate = 1}}, b = {.name = "b", .terms = {.rate = 1}};
    const davy_key free_key = {.name = "free"};
    unsigned wait_s;

    (void) state;
    assert_int_equal(let_through(&a, 2, 1, &wait_s), 1);
    assert_int_equal(let_through(&b, 2, 1, &wait_s), 1);
    assert_int_equal(let_through(&free_key, 10000, 1, &wait_s), 10000);
}

static void a_key_made_anew_under_an_old_name_begins_anew(void **state)
{
    davy_key key = {.name = "a", .created_ns = 1, .terms = {.rate = 1}};
    unsigned wait_s;

    (void) state;
    assert_int_equal(let_through(&key, 2, 1, &wait_s), 1);
    key.created_ns = 2;
    assert_int_equal(let_through(&key, 2, 1, &wait_s), 1);
}

static davy_allowance ask_model(const davy_key *key, int64_t wall_ns, unsigned *wait_s)
{
    return davy_allowances_take(allowances, key, true, 0, wall_ns, wait_s);
}

static void a_day_ends_at_midnight_utc(void **state)
{
    const davy_key key = {.name = "a", .terms = {.queries_per_day = 2}};
    int64_t noon = 20000 * DAY_NS + DAY_NS / 2;
    unsigned wait_s = 0;

    (void) state;
    assert_int_equal(ask_model(&key, noon, &wait_s), DAVY_ALLOWANCE_LEFT);
    assert_int_equal(ask_model(&key, noon, &wait_s), DAVY_ALLOWANCE_LEFT);
    assert_int_equal(ask_model(&key, noon, &wait_s), DAVY_ALLOWANCE_DAY);
    assert_int_equal(wait_s, 12 * 3600);
    assert_int_equal(davy_allowances_take(allowances, &key, false, 0, noon, &wait_s),
                     DAVY_ALLOWANCE_LEFT); /* what is no query goes on */
    assert_int_equal(ask_model(&key, noon - DAY_NS, &wait_s), DAVY_ALLOWANCE_DAY); /* no way back */
    assert_int_equal(ask_model(&key, 20001 * DAY_NS, &wait_s), DAVY_ALLOWANCE_LEFT);
}

static void a_refused_request_takes_nothing(void **state)
{
    const davy_key key = {.name = "a", .terms = {.rate = 1, .burst = 3, .queries_per_day = 1}};
    unsigned wait_s;

    (void) state;
    assert_int_equal(ask_model(&key, 0, &wait_s), DAVY_ALLOWANCE_LEFT);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask_model(&key, 0, &wait_s), DAVY_ALLOWANCE_DAY);
    assert_int_equal(let_through(&key, 5, 0, &wait_s), 2);
}

/* Five, and an answer that cost as much as nine of them: four are owed, two seconds of the rate. */
static void an_answer_that_costs_more_is_paid_for_by_those_that_follow(void **state)
{
    const davy_key key = {.name = "a", .terms = {.rate = 2, .burst = 5, .queries_per_day = 3}};
    unsigned wait_s = 0;

    (void) state;
    assert_int_equal(let_through(&key, 1, 0, &wait_s), 1);
    davy_allowances_charge(allowances, &key, 9, 0);
    assert_int_equal(let_through(&key, 1, 0, &wait_s), 0);
    assert_int_equal(wait_s, 3); /* the fourth that is owed, and one to take: 5 at 2 a second */
    assert_int_equal(let_through(&key, 1, 2, &wait_s), 0);
    assert_int_equal(let_through(&key, 1, 3, &wait_s), 1);
    assert_int_equal(davy_allowances_take(allowances, &key, true, INT64_C(3000000000), 0, &wait_s),
                     DAVY_ALLOWANCE_LEFT); /* the day was not charged */
    davy_allowances_charge(allowances, &key, 1e9, INT64_C(3000000000));
    assert_int_equal(let_through(&key, 1, 3, &wait_s), 0);
    assert_int_equal(wait_s, 61); /* a minute at most */
}

/* Patterns as core/pattern.h has them. */
static void a_key_may_use_the_models_it_is_bound_to(void **state)
{
    static const struct {
        const char *models, *model;
        davy_role role;
        bool may;
    } cases[] = {
        {"", "t101", DAVY_ROLE_VIEWER, true},
        {"", "t101", DAVY_ROLE_NONE, false},
        {"", "", DAVY_ROLE_ADMIN, false},
        {"", NULL, DAVY_ROLE_ADMIN, false},
        {"t101,pump-*", "t101", DAVY_ROLE_VIEWER, true},
        {"t101,pump-*", "pump-3", DAVY_ROLE_VIEWER, true},
        {"t101,pump-*", "t1012", DAVY_ROLE_VIEWER, false},
        {"t101,pump-*", "T101", DAVY_ROLE_VIEWER, false},
        {"t101,pump-*", "xpump-3", DAVY_ROLE_ADMIN, false},
        {"*", "anything", DAVY_ROLE_VIEWER, true},
        {"*", "a/b", DAVY_ROLE_VIEWER, false},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_call *call = calloc(1, sizeof *call);

        assert_non_null(call);
        call->role = cases[i].role;
        (void) snprintf(call->key.terms.models, sizeof call->key.terms.models, "%s",
                        cases[i].models);
        assert_int_equal(davy_permit_model(call, cases[i].model), cases[i].may);
        free(call);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_book, close_book)
    const struct CMUnitTest tests[] = {
        TEST(a_bucket_holds_its_burst_and_fills_at_its_rate),
        TEST(without_a_burst_a_second_is_one),
        TEST(one_key_takes_nothing_from_another_and_one_without_limits_has_none),
        TEST(a_key_made_anew_under_an_old_name_begins_anew),
        TEST(a_day_ends_at_midnight_utc),
        TEST(a_refused_request_takes_nothing),
        TEST(an_answer_that_costs_more_is_paid_for_by_those_that_follow),
        TEST(a_key_may_use_the_models_it_is_bound_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
