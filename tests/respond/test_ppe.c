/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "respond/dispatch/ppe.h"
#include "respond/dispatch/words.h"

/* Cases of 29 CFR 1910.120 Appendix B, part B; the numbers of its paragraphs are the rows' names.
 */
static void follows_the_appendix(void **state)
{
    static const struct {
        const char *name;
        davy_ppe_case given;
        char level;
        const char *why;
    } rows[] = {
        {"I.2: a degree of hazard to the skin",
         {.concentration = 5,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_YES,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'A',
         "ppe.skin"},
        {"I.3: conditions requiring A not yet ruled out",
         {.concentration = 5,
          .idlh = 10,
          .harmless = 0.5,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'A',
         "ppe.skin-unknown"},
        {"II.1 and its note: IDLH, no severe hazard to the skin",
         {.concentration = 10,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'B',
         "ppe.idlh"},
        {"II.2: less than 19.5 % oxygen",
         {.concentration = 1,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = 0.19},
         'B',
         "ppe.oxygen"},
        {"II.2 holds for air that is only short of oxygen",
         {.concentration = 0,
          .idlh = NAN,
          .harmless = NAN,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .oxygen = 0.19},
         'B',
         "ppe.oxygen"},
        {"II.3: incompletely identified, not suspected of harming the skin",
         {.concentration = 1, .idlh = NAN, .harmless = NAN, .skin = DAVY_NO, .oxygen = NAN},
         'B',
         "ppe.unidentified"},
        {"nothing is known at all",
         {.concentration = NAN, .idlh = NAN, .harmless = NAN, .oxygen = NAN},
         'A',
         "ppe.unidentified"},
        {"III.2: not measured yet",
         {.concentration = 1,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'B',
         "ppe.unmeasured"},
        {"III.2: no filter removes it",
         {.concentration = 1,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_NO,
          .oxygen = NAN},
         'B',
         "ppe.no-filter"},
        {"III: identified, measured, and a filter removes it",
         {.concentration = 1,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'C',
         "ppe.filter"},
        {"no IDLH was read: B whatever was measured",
         {.concentration = 1,
          .idlh = NAN,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .measured = DAVY_YES,
          .filter = DAVY_YES,
          .oxygen = NAN},
         'B',
         "ppe.idlh"},
        {"IV.1: no known hazard",
         {.concentration = 0.4,
          .idlh = 10,
          .harmless = 0.5,
          .skin = DAVY_NO,
          .identified = DAVY_YES,
          .oxygen = NAN},
         'D',
         "ppe.nothing"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_ppe ppe = davy_ppe_needed(&rows[i].given);

        if (ppe.level != rows[i].level || strcmp(ppe.why, rows[i].why) != 0)
            fail_msg("%s: %c, %s", rows[i].name, ppe.level, ppe.why);
    }
}

static void a_better_suit_is_enough_and_none_is_not(void **state)
{
    (void) state;
    assert_true(davy_ppe_is_enough('A', 'B'));
    assert_true(davy_ppe_is_enough('B', 'B'));
    assert_false(davy_ppe_is_enough('C', 'B'));
    assert_false(davy_ppe_is_enough(0, 'C'));
    assert_true(davy_ppe_is_enough(0, 'D'));
    assert_true(davy_ppe_is_enough(0, 0));
}

/* What a key asks for stands in both languages, and the same in both. */
static void sentences_have_the_same_arguments_in_both_languages(void **state)
{
    static const char *const names[] = {"{unit}", "{other}",      "{task}",    "{place}",
                                        "{zone}", "{capability}", "{seconds}", "{metres}"};
    const char *key, *english, *chinese;

    (void) state;
    for (size_t i = 0; davy_words_at(i, &key, &english, &chinese); i++)
        for (size_t n = 0; n < DAVY_ARRAY_LENGTH(names); n++)
            if (!strstr(english, names[n]) != !strstr(chinese, names[n]))
                fail_msg("%s has %s in one language alone", key, names[n]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_appendix),
        cmocka_unit_test(a_better_suit_is_enough_and_none_is_not),
        cmocka_unit_test(sentences_have_the_same_arguments_in_both_languages),
    };

    return cmocka_run_group_tests_name("ppe", tests, NULL, NULL);
}
