/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/errata.h"

static void every_erratum_is_told_in_full(void **state)
{
    const davy_erratum *erratum;

    (void) state;
    for (size_t i = 0; (erratum = davy_erratum_at(i)) != NULL; i++) {
        const char *const texts[] = {erratum->document, erratum->where, erratum->printed,
                                     erratum->right, erratum->known};

        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(texts); j++)
            assert_true(texts[j] && texts[j][0]);
        assert_string_not_equal(erratum->printed, erratum->right);
        assert_ptr_equal(davy_erratum_find(erratum->name), erratum);
        if (i > 0)
            assert_true(strcmp(davy_erratum_at(i - 1)->name, erratum->name) < 0);
    }
    assert_null(davy_erratum_find("none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_erratum_is_told_in_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
