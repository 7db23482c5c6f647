/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "models/settings.h"
#include "models/training/train.h"

#include <math.h>
#include <stdio.h>

static const davy_setting table[] = {
    {"lags", "5", "rows", 0, 64, NULL},
    {"fuse", "mean", "how", NAN, NAN, "mean|max"},
    {"names", "", "free text", NAN, NAN, NULL},
};

static davy_status check(const char *first, const char *second)
{
    const char *given[] = {first, second};

    return davy_settings_check(table, 3, given, second ? 2 : 1);
}

static void takes_what_the_table_allows(void **state)
{
    (void) state;
    assert_ok(check("lags=0", "fuse=max"));
    assert_ok(check("names=a,b=c", NULL));
    assert_ok(davy_settings_check(table, 3, NULL, 0));
}

static void says_what_is_wrong_with_a_setting(void **state)
{
    (void) state;
    assert_fails(check("lag=3", NULL), DAVY_ERR_INVALID, "lags, fuse, names");
    assert_fails(check("lags", NULL), DAVY_ERR_INVALID, "KEY=VALUE");
    assert_fails(check("lags=", NULL), DAVY_ERR_INVALID, "lags");
    assert_fails(check("lags=x", NULL), DAVY_ERR_INVALID, "not a number");
    assert_fails(check("lags=65", NULL), DAVY_ERR_INVALID, "outside 0 to 64");
    assert_fails(check("lags=1", "lags=2"), DAVY_ERR_INVALID, "twice");
    assert_fails(check("fuse=ma", NULL), DAVY_ERR_INVALID, "mean|max");
    assert_fails(check("fuse=", NULL), DAVY_ERR_INVALID, "mean|max");
}

static void gives_the_default_of_what_was_not_given(void **state)
{
    const char *given[] = {"lags=7"};

    (void) state;
    assert_near(davy_settings_number(table, 3, given, 1, "lags"), 7, 0);
    assert_near(davy_settings_number(table, 3, NULL, 0, "lags"), 5, 0);
    assert_string_equal(davy_settings_text(table, 3, given, 1, "fuse"), "mean");
}

static void documents_every_setting_of_a_kind(void **state)
{
    davy_setting all[DAVY_TRAIN_SETTINGS_MAX];
    const size_t count = davy_train_settings("pca", "anomaly", all);

    (void) state;
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        const char *fresh = all[i].value;
        char given[64];

        assert_true(strlen(all[i].meaning) > 0);
        (void) snprintf(given, sizeof given, "%s=%s", all[i].key, fresh);
        assert_ok(davy_settings_check(all, count, (const char *[]){given}, 1));
    }
    assert_int_equal(davy_train_settings("oracle", "anomaly", all), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_table_allows),
        cmocka_unit_test(says_what_is_wrong_with_a_setting),
        cmocka_unit_test(gives_the_default_of_what_was_not_given),
        cmocka_unit_test(documents_every_setting_of_a_kind),
    };

    return cmocka_run_group_tests_name("models: settings", tests, NULL, NULL);
}
