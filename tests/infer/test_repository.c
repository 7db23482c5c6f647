/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

static void serves_the_newest_of_a_folder_of_strangers(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 10, 10);
    folder_put("scale", 9, 9);
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 10, 0);
    assert_near(folder_factor(repository, "scale", "10"), 10, 0);
    davy_repository_close(repository);
}

static void serves_the_champion_and_whatever_has_an_alias(void **state)
{
    davy_repository *repository;

    (void) state;
    for (unsigned version = 1; version <= 4; version++)
        folder_put("scale", version, (float) version);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 2, \"stable\": 1}");
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 2, 0);
    assert_near(folder_factor(repository, "scale", "champion"), 2, 0);
    assert_near(folder_factor(repository, "scale", "stable"), 1, 0);
    assert_near(folder_factor(repository, "scale", "4"), 4, 0);
    davy_repository_close(repository);
}

static void note_move(void *context, const char *name, const char *alias, unsigned from,
                      unsigned to)
{
    char *text = context;
    const size_t used = strlen(text);

    (void) snprintf(text + used, 256 - used, "%s@%s %u>%u\n", name, alias, from, to);
}

static void tells_which_alias_answers_with_another_version(void **state)
{
    char moves[256] = "";
    const davy_repository_options options = {.folder = folder,
                                             .control = DAVY_CONTROL_POLL,
                                             .poll_ns = FOLDER_POLL_NS,
                                             .moved = note_move,
                                             .context = moves};
    davy_repository *repository = NULL;

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 2, 2);
    folder_settle();
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 1, \"stable\": 1}");
    assert_ok(davy_repository_open(&options, &repository));
    assert_string_equal(moves, ""); /* the first look is no move */
    folder_write_text(folder_path("scale/aliases.json"),
                      "{\"best\": 2, \"champion\": 2, \"stable\": 1}");
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    assert_string_equal(moves, "scale@champion 1>2\n");
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 7, \"stable\": 1}");
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    assert_string_equal(moves, "scale@champion 1>2\n"); /* it stays where it was */
    davy_repository_close(repository);
}

static void says_what_cannot_be_had(void **state)
{
    davy_repository *repository;
    davy_lease *lease = NULL;

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 2, 2);
    folder_write_text(folder_path("broken/1/model.onnx"), "no graph");
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_fails(davy_repository_acquire(repository, "none", "", &lease), DAVY_ERR_NOT_FOUND,
                 "there is no model 'none'");
    assert_fails(davy_repository_acquire(repository, "scale", "3", &lease), DAVY_ERR_NOT_FOUND,
                 "no version or alias '3'");
    assert_fails(davy_repository_acquire(repository, "scale", "best", &lease), DAVY_ERR_NOT_FOUND,
                 "no version or alias 'best'");
    assert_fails(davy_repository_acquire(repository, "scale", "1", &lease), DAVY_ERR_UNAVAILABLE,
                 "version 1, is not ready: not loaded");
    assert_fails(davy_repository_acquire(repository, "broken", "", &lease), DAVY_ERR_UNAVAILABLE,
                 "model 'broken/1': not an ONNX model");
    assert_fails(davy_repository_acquire(repository, "../scale", "", &lease), DAVY_ERR_NOT_FOUND,
                 "'../scale'");
    davy_repository_close(repository);
}

typedef struct listed {
    char text[1024];
} listed;

static davy_status note(void *context, const davy_repository_entry *entry)
{
    listed *list = context;
    const size_t used = strlen(list->text);

    (void) snprintf(list->text + used, sizeof list->text - used, "%s/%u %s [%s] ", entry->name,
                    entry->version, entry->state, entry->aliases);
    return DAVY_OK;
}

static void lists_models_by_name_with_states_and_aliases(void **state)
{
    davy_repository *repository;
    listed all = {""}, ready = {""};

    (void) state;
    folder_put("scale", 1, 1);
    folder_put("scale", 2, 2);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 2, \"best\": 2}");
    folder_write_text(folder_path("broken/1/model.onnx"), "no graph");
    assert_ok(davy_folder_make(folder_path("empty"), 0755));
    assert_ok(davy_folder_make(folder_path(".hidden/1"), 0755));
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_ok(davy_repository_list(repository, false, note, &all));
    assert_string_equal(all.text, "broken/1 UNAVAILABLE [] empty/0 UNAVAILABLE [] "
                                  "scale/1 UNAVAILABLE [] scale/2 READY [best,champion] ");
    assert_ok(davy_repository_list(repository, true, note, &ready));
    assert_string_equal(ready.text, "scale/2 READY [best,champion] ");
    davy_repository_close(repository);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(serves_the_newest_of_a_folder_of_strangers, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(serves_the_champion_and_whatever_has_an_alias,
                                        folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(tells_which_alias_answers_with_another_version,
                                        folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(says_what_cannot_be_had, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(lists_models_by_name_with_states_and_aliases, folder_set_up,
                                        folder_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
