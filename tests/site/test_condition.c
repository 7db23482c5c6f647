/* SPDX-License-Identifier: Apache-2.0 */
#include "site/condition.h"

#include "site_testing.h"

#include <stdlib.h>

static const char plant[] = "site: {name: test}\n"
                            "sources: [{name: plc-1, kind: lines}]\n"
                            "assets:\n"
                            "  - name: A\n"
                            "    signals:\n"
                            "      - {name: x, unit: kPa, priority: critical, range: [0, 9],\n"
                            "         limits: {lolo: 1, lo: 2, hi: 7, hihi: 8}, rate_limit: 5/s,\n"
                            "         stuck: 1h, shift: 1, novel: 10000, deadline: 10s}\n"
                            "      - {name: y, unit: kPa}\n"
                            "  - name: B\n"
                            "    signals: [{name: z, unit: kPa, limits: {hi: 3}}]\n"
                            "positions: [{name: desk, assets: [A]}]\n"
                            "detectors:\n"
                            "  - {name: one, model: m, signals: [A/*]}\n"
                            "  - {name: both, model: m, signals: [\"*/*\"]}\n";

static void a_site_asks_for_its_conditions_in_order(void **state)
{
    static const char *const keys[] = {"A/x:lolo",
                                       "A/x:lo",
                                       "A/x:hi",
                                       "A/x:hihi",
                                       "A/x:rate",
                                       "A/x:stuck",
                                       "A/x:shift",
                                       "A/x:novel",
                                       "A/x:quality",
                                       "A/x:silence",
                                       "B/z:hi",
                                       "B/z:quality",
                                       "detector one:model",
                                       "detector one:verdict",
                                       "detector both:model",
                                       "detector both:verdict",
                                       "source plc-1:source"};
    davy_site *site = read_good(plant);
    davy_condition *conditions;
    size_t count, bytes;

    (void) state;
    assert_ok(davy_conditions_make(site, &conditions, &count, &bytes));
    assert_int_equal(count, DAVY_ARRAY_LENGTH(keys));
    for (size_t i = 0; i < count; i++)
        assert_string_equal(conditions[i].key, keys[i]);
    assert_true(bytes < count * (sizeof *conditions + 32));

    assert_near(conditions[3].limit, 8.0, 0.0);
    assert_near(conditions[7].limit, 10000.0, 0.0);
    assert_int_equal(conditions[3].priority, DAVY_PRIORITY_CRITICAL);
    assert_int_equal(conditions[10].signal, 2);
    assert_int_equal(conditions[12].asset, 0);           /* all its signals are of A */
    assert_true(conditions[14].asset == DAVY_SITE_NONE); /* these are of A and B */
    assert_near(conditions[12].limit, 1.0, 0.0);         /* of a score */
    assert_int_equal(conditions[16].source, 0);
    assert_int_equal(conditions[3].position, 1);                   /* the desk has A */
    assert_int_equal(conditions[10].position, DAVY_SITE_POSITION); /* and not B */
    assert_int_equal(conditions[12].position, 1);
    assert_int_equal(conditions[15].position, DAVY_SITE_POSITION);
    assert_int_equal(conditions[16].position, DAVY_SITE_POSITION);
    free(conditions);
    davy_site_destroy(site);
}

static void an_empty_site_asks_for_nothing(void **state)
{
    davy_site site = {0};
    davy_condition *conditions;
    size_t count, bytes;

    (void) state;
    assert_ok(davy_conditions_make(&site, &conditions, &count, &bytes));
    assert_int_equal(count, 0);
    free(conditions);
}

static void every_kind_has_a_name(void **state)
{
    (void) state;
    for (int kind = 0; kind <= DAVY_CONDITION_LAST; kind++)
        assert_string_not_equal(davy_condition_kind_name((davy_condition_kind) kind), "unknown");
    assert_string_equal(davy_condition_kind_name((davy_condition_kind) 99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_site_asks_for_its_conditions_in_order),
        cmocka_unit_test(an_empty_site_asks_for_nothing),
        cmocka_unit_test(every_kind_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
