/* SPDX-License-Identifier: Apache-2.0 */
#include "site/site.h"

#include "core/buffer.h"
#include "site_testing.h"

#define ASSETS  1000
#define SIGNALS 100

/* A plant as large as the largest davy is asked for: 100,000 signals on 1,000 assets, one modbus
 * source, a detector for each asset. */
static davy_site *read_large_plant(void)
{
    davy_buffer text = {0};
    davy_site *site;

    davy_buffer_append_text(&text, "site: {name: large}\nsources:\n- {name: plc, kind: modbus, "
                                   "address: \"tcp://h:502\"}\nassets:\n");
    for (int a = 0; a < ASSETS; a++) {
        davy_buffer_printf(&text, "- name: A-%d\n  signals:\n", a);
        for (int s = 0; s < SIGNALS; s++)
            davy_buffer_printf(&text,
                               "  - {name: s%d, unit: kPa, range: [0, 1600], limits: {hi: 1000}, "
                               "deadband: 2%%, from: {source: plc, register: holding %d, type: "
                               "float32}}\n",
                               s, 2 * s);
    }
    davy_buffer_append_text(&text, "detectors:\n");
    for (int a = 0; a < ASSETS; a++)
        davy_buffer_printf(&text, "- {name: D-%d, model: m, signals: [A-%d/*]}\n", a, a);
    assert_ok(davy_buffer_ok(&text));
    site = read_good(text.bytes);
    davy_buffer_clear(&text);
    return site;
}

static void a_hundred_thousand_signals_are_read_and_found(void **state)
{
    davy_site *site = read_large_plant();
    char path[DAVY_PATH_MAX];

    (void) state;
    assert_int_equal(site->signal_count, ASSETS * SIGNALS);
    for (size_t i = 0; i < site->signal_count; i++) {
        const davy_site_signal *found = davy_site_find_signal(site, site->signals[i].path);

        assert_ptr_equal(found, &site->signals[i]);
    }
    (void) snprintf(path, sizeof path, "A-%d/s%d", ASSETS, 0);
    assert_null(davy_site_find_signal(site, path));
    assert_null(davy_site_find_signal(site, ""));
    for (size_t i = 0; i < site->detector_count; i++) {
        assert_int_equal(site->detectors[i].signal_count, SIGNALS);
        assert_int_equal(site->signals[site->detectors[i].signals[0]].asset, i);
    }
    davy_site_destroy(site);
}

static void signals_are_found_by_id_once_they_are_bound(void **state)
{
    davy_site *site = read_good("site: {name: a}\nassets: [{name: T, signals: [{name: a}, "
                                "{name: b}, {name: c}]}]\n");

    (void) state;
    assert_null(davy_site_signal_by_id(site, 7));
    assert_null(davy_site_signal_by_id(site, DAVY_SIGNAL_NONE));
    site->signals[0].id = 7;
    site->signals[1].id = 3;
    assert_ok(davy_site_index(site));
    assert_ptr_equal(davy_site_signal_by_id(site, 7), &site->signals[0]);
    assert_ptr_equal(davy_site_signal_by_id(site, 3), &site->signals[1]);
    assert_null(davy_site_signal_by_id(site, 5));
    assert_null(davy_site_signal_by_id(site, 0));
    assert_null(davy_site_signal_by_id(site, DAVY_SIGNAL_NONE)); /* c has no id yet */
    site->signals[0].id = 0; /* an id that is also the place of the signal */
    site->signals[1].id = 1;
    assert_ok(davy_site_index(site));
    assert_ptr_equal(davy_site_signal_by_id(site, 0), &site->signals[0]);
    assert_ptr_equal(davy_site_signal_by_id(site, 1), &site->signals[1]);
    assert_null(davy_site_signal_by_id(site, 2));
    davy_site_destroy(site);
}

static void the_signals_of_a_source_stand_together_by_path(void **state)
{
    davy_site *site =
        read_good("site: {name: a}\nsources: [{name: x, kind: lines}, {name: y, kind: lines}, "
                  "{name: z, kind: lines}]\nassets: [{name: T, signals: [{name: d, from: z}, "
                  "{name: c, from: x}, {name: b}, {name: a, from: z}]}]\n");
    const davy_site_source *z = &site->sources[2];

    (void) state;
    assert_int_equal(site->sources[0].bound_count, 1);
    assert_int_equal(site->bound[site->sources[0].first_bound], 1);
    assert_int_equal(site->sources[1].bound_count, 0);
    assert_int_equal(z->bound_count, 2);
    assert_string_equal(site->signals[site->bound[z->first_bound]].path, "T/a");
    assert_string_equal(site->signals[site->bound[z->first_bound + 1]].path, "T/d");
    davy_site_destroy(site);
}

static void a_site_made_by_hand_can_be_indexed(void **state)
{
    davy_site_signal signals[] = {
        {.id = 9, .path = "b/x", .from.source = DAVY_SITE_NONE},
        {.id = 2, .path = "a/x", .from.source = DAVY_SITE_NONE},
    };
    davy_site site = {.signals = signals, .signal_count = 2};

    (void) state;
    assert_null(davy_site_find_signal(&site, "a/x"));
    assert_null(davy_site_signal_by_id(&site, 9));
    assert_ok(davy_site_index(&site));
    assert_ptr_equal(davy_site_find_signal(&site, "a/x"), &signals[1]);
    assert_ptr_equal(davy_site_signal_by_id(&site, 9), &signals[0]);
    davy_arena_clear(&site.arena);
}

static void an_empty_plant_and_no_plant_are_fine(void **state)
{
    davy_site *site = read_good("site: {name: a}\nsources: []\nassets: []\ndetectors: []\n");

    (void) state;
    assert_int_equal(site->signal_count, 0);
    assert_null(davy_site_find_signal(site, "a/b"));
    davy_site_destroy(site);
    davy_site_destroy(NULL);
}

static void priorities_have_names(void **state)
{
    (void) state;
    assert_string_equal(davy_priority_name(DAVY_PRIORITY_LOW), "low");
    assert_string_equal(davy_priority_name(DAVY_PRIORITY_MEDIUM), "medium");
    assert_string_equal(davy_priority_name(DAVY_PRIORITY_HIGH), "high");
    assert_string_equal(davy_priority_name(DAVY_PRIORITY_CRITICAL), "critical");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_signals_are_read_and_found),
        cmocka_unit_test(signals_are_found_by_id_once_they_are_bound),
        cmocka_unit_test(the_signals_of_a_source_stand_together_by_path),
        cmocka_unit_test(a_site_made_by_hand_can_be_indexed),
        cmocka_unit_test(an_empty_plant_and_no_plant_are_fine),
        cmocka_unit_test(priorities_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
