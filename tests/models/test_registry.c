/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "models/registry_publish.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>

static unsigned resolve(const char *reference)
{
    char name[128];
    unsigned version;

    assert_ok(davy_registry_resolve(registry, reference, name, sizeof name, &version));
    assert_string_equal(name, "pump");
    return version;
}

static void publish(unsigned expected)
{
    davy_registry_draft draft;

    assert_ok(davy_registry_begin(registry, "pump", &draft));
    assert_int_equal(draft.version, expected);
    assert_ok(davy_registry_publish(&draft));
    davy_registry_end(&draft);
}

static void makes_every_publication_the_champion_and_keeps_the_one_before(void **state)
{
    (void) state;
    publish(1);
    assert_int_equal(resolve("pump"), 1);
    publish(2);
    assert_int_equal(resolve("pump"), 2);
    assert_int_equal(resolve("pump@champion"), 2);
    assert_int_equal(resolve("pump@1"), 1);
}

static void moves_an_alias_back_and_forth(void **state)
{
    (void) state;
    publish(1);
    publish(2);
    assert_ok(davy_registry_set_alias(registry, "pump", "champion", 1));
    assert_ok(davy_registry_set_alias(registry, "pump", "challenger", 2));
    assert_int_equal(resolve("pump"), 1);
    assert_int_equal(resolve("pump@challenger"), 2);
    publish(3);
    assert_int_equal(resolve("pump@challenger"), 2);
    assert_int_equal(resolve("pump"), 3);
}

static void refuses_names_and_versions_that_are_not_there(void **state)
{
    char name[128];
    unsigned version;
    davy_model *model = NULL;

    (void) state;
    publish(1);
    assert_fails(davy_registry_resolve(registry, "fan", name, sizeof name, &version),
                 DAVY_ERR_NOT_FOUND, "fan@champion");
    assert_fails(davy_registry_resolve(registry, "pump@7", name, sizeof name, &version),
                 DAVY_ERR_NOT_FOUND, "version 7");
    assert_fails(davy_registry_resolve(registry, "pump@best", name, sizeof name, &version),
                 DAVY_ERR_NOT_FOUND, "pump@best");
    assert_fails(davy_registry_open(registry, "../etc", &model), DAVY_ERR_INVALID, "../etc");
    assert_fails(davy_registry_open(registry, "", &model), DAVY_ERR_INVALID, "''");
    assert_fails(davy_registry_open(registry, ".hidden", &model), DAVY_ERR_INVALID, ".hidden");
    assert_fails(davy_registry_set_alias(registry, "pump", "champion", 9), DAVY_ERR_NOT_FOUND,
                 "version 9");
    assert_fails(davy_registry_set_alias(registry, "pump", "2", 1), DAVY_ERR_INVALID,
                 "reads like a version");
}

typedef struct seen {
    char text[256];
} seen;

static davy_status note(void *context, const char *name, unsigned version, const char *aliases)
{
    seen *list = context;
    const size_t used = strlen(list->text);

    (void) snprintf(list->text + used, sizeof list->text - used, "%s@%u(%s) ", name, version,
                    aliases);
    return DAVY_OK;
}

static void lists_versions_by_number_with_their_aliases(void **state)
{
    seen list = {""};

    (void) state;
    assert_ok(davy_registry_list("/nonexistent/registry", note, &list));
    assert_string_equal(list.text, "");
    for (unsigned v = 1; v <= 11; v++)
        publish(v);
    assert_ok(davy_registry_set_alias(registry, "pump", "safe", 11));
    assert_ok(davy_registry_list(registry, note, &list));
    assert_non_null(strstr(list.text, "pump@9() pump@10() pump@11(champion,safe) "));
}

static davy_status stop(void *context, const char *name, unsigned version, const char *aliases)
{
    (void) name;
    (void) aliases;
    ++*(unsigned *) context;
    return version == 2 ? DAVY_ERR_DENIED : DAVY_OK;
}

static void ends_the_walk_with_the_status_of_the_visitor(void **state)
{
    unsigned visits = 0;

    (void) state;
    publish(1);
    publish(2);
    publish(3);
    assert_int_equal(davy_registry_list(registry, stop, &visits), DAVY_ERR_DENIED);
    assert_int_equal(visits, 2);
}

/* A trainer that dies leaves a hidden draft, and no version. */
static void shows_nothing_of_a_draft_that_was_never_published(void **state)
{
    davy_registry_draft draft;
    seen list = {""};
    struct stat entry;

    (void) state;
    publish(1);
    assert_ok(davy_registry_begin(registry, "pump", &draft));
    assert_int_equal(stat(draft.path, &entry), 0);
    assert_ok(davy_registry_list(registry, note, &list));
    assert_string_equal(list.text, "pump@1(champion) ");
    close(draft.lock); /* the trainer dies here, and the next one clears up */
    publish(2);
    assert_int_not_equal(stat(draft.path, &entry), 0);
}

/* Four trainers at once get four versions, each whole. */
static void keeps_trainers_of_one_model_apart(void **state)
{
    pid_t children[4];

    (void) state;
    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            for (int n = 0; n < 25; n++) {
                davy_registry_draft draft;

                if (davy_registry_begin(registry, "pump", &draft) != DAVY_OK ||
                    davy_registry_publish(&draft) != DAVY_OK)
                    _exit(1);
                davy_registry_end(&draft);
            }
            _exit(0);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int ended;

        assert_int_equal(waitpid(children[i], &ended, 0), children[i]);
        assert_int_equal(ended, 0);
    }
    assert_int_equal(resolve("pump"), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            makes_every_publication_the_champion_and_keeps_the_one_before, registry_set_up,
            registry_tear_down),
        cmocka_unit_test_setup_teardown(moves_an_alias_back_and_forth, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(refuses_names_and_versions_that_are_not_there,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(lists_versions_by_number_with_their_aliases,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(ends_the_walk_with_the_status_of_the_visitor,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(shows_nothing_of_a_draft_that_was_never_published,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(keeps_trainers_of_one_model_apart, registry_set_up,
                                        registry_tear_down),
    };

    return cmocka_run_group_tests_name("models: registry", tests, NULL, NULL);
}
