/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_sum.h"

#include "../testing.h"

#include <string.h>

static void set(char text[256], const char *json)
{
    (void) snprintf(text, 256, "%s", json);
    davy_json_sum_set(text, strlen(text));
}

/* XXH3 of 64 bits, seed 0, of the text with zeros, by libxxhash 0.8. */
static void the_sum_is_that_of_the_text_with_zeros(void **state)
{
    char text[256];
    bool has;

    (void) state;
    set(text, "{\"rate\": 5, \"checksum\": \"0000000000000000\"}");
    assert_string_equal(text, "{\"rate\": 5, \"checksum\": \"755210ee7823d324\"}");
    assert_ok(davy_json_sum_check(text, strlen(text), &has));
    assert_true(has);
}

/* In the name of the member too, but for the letters that make it another: it has none then. */
static void no_bit_can_flip_unseen(void **state)
{
    char text[256];
    size_t unseen = 0;

    (void) state;
    set(text, "{\n  \"keys\": [{\"name\": \"checksum\", \"rate\": 5}],\n"
              "  \"checksum\": \"0000000000000000\"\n}");
    for (size_t bit = 0; bit < strlen(text) * 8; bit++) {
        bool has;

        text[bit / 8] ^= (char) (1U << bit % 8);
        unseen += davy_json_sum_check(text, strlen(text), &has) == DAVY_OK && has;
        text[bit / 8] ^= (char) (1U << bit % 8);
    }
    assert_int_equal(unseen, 0);
    for (size_t length = 0; length < strlen(text); length++) {
        bool has;

        if (davy_json_sum_check(text, length, &has) == DAVY_OK)
            assert_false(has);
    }
}

static void a_text_without_one_passes(void **state)
{
    static const char *const texts[] = {"",
                                        "{}",
                                        "{\"checksum\"",
                                        "{\"checksum\":",
                                        "{\"checksum\": \"",
                                        "{\"checksum\": 5}",
                                        "{\"name\": \"checksum\"}"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++) {
        char text[256];
        bool has = true;

        assert_ok(davy_json_sum_check(texts[i], strlen(texts[i]), &has));
        assert_false(has);
        set(text, texts[i]);
        assert_string_equal(text, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_that_of_the_text_with_zeros),
        cmocka_unit_test(no_bit_can_flip_unseen),
        cmocka_unit_test(a_text_without_one_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
