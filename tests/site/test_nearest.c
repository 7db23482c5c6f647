/* SPDX-License-Identifier: Apache-2.0 */
#include "site/nearest.h"

#include "../testing.h"

static davy_nearest among(const char *word, const char *const *candidates, size_t count)
{
    davy_nearest nearest = {.word = word};

    for (size_t i = 0; i < count; i++)
        davy_nearest_offer(&nearest, candidates[i]);
    return nearest;
}

/* Counted by hand: a swap, a letter too few, too many, another one. */
static void counts_swaps_gaps_and_changes(void **state)
{
    static const struct {
        const char *word, *candidate;
        size_t distance;
    } pairs[] = {
        {"deadline", "deadline", 0},
        {"deadlien", "deadline", 1},
        {"dedline", "deadline", 1},
        {"deadlines", "deadline", 1},
        {"beadline", "deadline", 1},
        {"daedlein", "deadline", 3},
        {"kitten", "sittin", 2}, /* Levenshtein's example without its last letter */
        {"hgi", "hi", 1},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pairs); i++) {
        davy_nearest nearest = among(pairs[i].word, &pairs[i].candidate, 1);

        assert_non_null(nearest.best);
        assert_int_equal(nearest.distance, pairs[i].distance);
    }
}

static void takes_the_nearest_and_the_first_of_equals(void **state)
{
    static const char *const keys[] = {"on_delay", "off_delay", "deadband", "deadline"};

    (void) state;
    assert_string_equal(among("of_delay", keys, 4).best, "on_delay"); /* both are one away */
    assert_string_equal(among("offdelay", keys, 4).best, "off_delay");
    assert_string_equal(among("deadlin", keys, 4).best, "deadline");
}

static void offers_nothing_far_away_or_endless(void **state)
{
    static const char *const keys[] = {"name", "kind"};
    char endless[1000];

    (void) state;
    memset(endless, 'n', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_null(among("zzzz", keys, 2).best);
    assert_null(among("", keys, 2).best);
    assert_null(among(endless, keys, 2).best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_swaps_gaps_and_changes),
        cmocka_unit_test(takes_the_nearest_and_the_first_of_equals),
        cmocka_unit_test(offers_nothing_far_away_or_endless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
