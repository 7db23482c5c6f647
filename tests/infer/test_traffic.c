/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Settings of traffic from run to run, and what is wrong with a folder: told once, and shown.
 */
#include "folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char kept[128];
static char told[1024];

static void note_change(void *context, const char *name, unsigned version, const char *state,
                        const char *reason)
{
    const size_t used = strlen(told);

    (void) context;
    if (version == 0)
        (void) snprintf(told + used, sizeof told - used, "%s %s: %s\n", name, state, reason);
}

static int set_up(void **state)
{
    told[0] = '\0';
    (void) folder_set_up(state);
    (void) snprintf(kept, sizeof kept, "%s.traffic.json", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void) unlink(kept);
    return folder_tear_down(state);
}

static davy_repository *open_kept(davy_model_control control)
{
    const davy_repository_options options = {.folder = folder,
                                             .control = control,
                                             .poll_ns = FOLDER_POLL_NS,
                                             .traffic = kept,
                                             .changed = note_change};
    davy_repository *repository = NULL;

    assert_ok(davy_repository_open(&options, &repository));
    return repository;
}

static const davy_traffic some = {
    .canary = "1", .canary_share = 0.25, .shadow = "1", .error_bound = 0.125, .decide_after = 77};

static void assert_some(davy_repository *repository, const char *name)
{
    davy_traffic now;

    assert_ok(davy_repository_traffic(repository, name, &now));
    assert_string_equal(now.canary, some.canary);
    assert_string_equal(now.shadow, some.shadow);
    assert_near(now.canary_share, some.canary_share, 0);
    assert_near(now.error_bound, some.error_bound, 0);
    assert_int_equal(now.decide_after, some.decide_after);
}

static void assert_none(davy_repository *repository, const char *name)
{
    davy_traffic now;

    assert_ok(davy_repository_traffic(repository, name, &now));
    assert_string_equal(now.canary, "");
    assert_string_equal(now.shadow, "");
    assert_near(now.canary_share, 0, 0);
}

static void assert_kept(const char *text)
{
    davy_buffer file = {0};

    assert_ok(davy_file_read(kept, 1 << 20, &file));
    assert_string_equal(file.bytes, text);
    davy_buffer_clear(&file);
}

/* Version 1 is older than what is served: it is loaded again because the traffic names it. */
static void settings_are_those_of_the_run_before(void **state)
{
    static const davy_traffic none;
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    folder_put("scale", 2, 2);
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_ok(davy_repository_set_traffic(repository, "scale", &some));
    davy_repository_close(repository);
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_some(repository, "scale");
    assert_near(folder_factor(repository, "scale", "1"), 3, 0);
    assert_near(folder_factor(repository, "scale", ""), 2, 0);
    assert_ok(davy_repository_set_traffic(repository, "scale", &none));
    assert_kept("{}");
    davy_repository_close(repository);
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_none(repository, "scale");
    davy_repository_close(repository);
}

static void a_damaged_file_is_no_setting(void **state)
{
    static const char *const damaged[] = {
        "", "{\"scale\": {\"canary\": \"1\"", "[]", "7", "{\"scale\": 1, \"scale\": 2}",
    };
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(damaged); i++) {
        folder_write_text(kept, damaged[i]);
        repository = open_kept(DAVY_CONTROL_POLL);
        assert_none(repository, "scale");
        assert_ok(davy_repository_set_traffic(repository, "scale", &some)); /* and can be set */
        davy_repository_close(repository);
        repository = open_kept(DAVY_CONTROL_POLL);
        assert_some(repository, "scale");
        davy_repository_close(repository);
    }
}

static void what_is_wrong_with_one_setting_costs_no_other(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    folder_put("other", 1, 3);
    folder_write_text(kept, "{\"scale\": {\"canary\": \"1\", \"canary_share\": 7}, \"a/b\": {}, "
                            "\"other\": {\"canary\": \"1\", \"canary_share\": 0.25, \"shadow\": "
                            "\"1\", \"error_bound\": 0.125, \"decide_after\": 77}}");
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_none(repository, "scale");
    assert_some(repository, "other");
    davy_repository_close(repository);
}

static void settings_go_with_their_model_and_wait_for_one_that_is_late(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_ok(davy_repository_set_traffic(repository, "scale", &some));
    davy_repository_close(repository);
    assert_int_equal(rename(folder_path("scale"), folder_path(".away")), 0);
    repository = open_kept(DAVY_CONTROL_POLL); /* not there yet: a disk that comes later */
    assert_int_equal(rename(folder_path(".away"), folder_path("scale")), 0);
    assert_ok(davy_repository_poll(repository));
    assert_some(repository, "scale");
    plant_remove(folder_path("scale")); /* gone while davy watched: another may take its name */
    assert_ok(davy_repository_poll(repository));
    assert_kept("{}");
    davy_repository_close(repository);
}

static void what_cannot_be_kept_is_not_set(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    assert_ok(davy_folder_make(kept, 0755)); /* no file can take its place */
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_fails(davy_repository_set_traffic(repository, "scale", &some), DAVY_ERR_IO, kept);
    assert_none(repository, "scale");
    davy_repository_close(repository);
    assert_int_equal(rmdir(kept), 0);
}

/* ------------------------------------------------------------------------------ faulty folders */

typedef struct wanted {
    const char *name;
    unsigned version;
    char state[16], reason[512];
} wanted;

static davy_status find(void *context, const davy_repository_entry *entry)
{
    wanted *found = context;

    if (strcmp(entry->name, found->name) == 0 && entry->version == found->version) {
        (void) snprintf(found->state, sizeof found->state, "%s", entry->state);
        (void) snprintf(found->reason, sizeof found->reason, "%s", entry->reason);
    }
    return DAVY_OK;
}

static void assert_index(davy_repository *repository, const char *name, unsigned version,
                         const char *state, const char *reason)
{
    wanted found = {.name = name, .version = version};

    assert_ok(davy_repository_list(repository, false, find, &found));
    assert_string_equal(found.state, state);
    if (*reason ? !strstr(found.reason, reason) : *found.reason)
        fail_msg("%s/%u: \"%s\" is not \"%s\"", name, version, found.reason, reason);
}

static void a_faulty_file_of_aliases_is_told_until_it_is_mended(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 1}");
    repository = open_kept(DAVY_CONTROL_POLL);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\":");
    assert_ok(davy_repository_poll(repository));
    assert_ok(davy_repository_poll(repository));
    assert_index(repository, "scale", 1, "READY", "aliases.json: line 1: ");
    assert_non_null(strstr(told, "scale FAULTY: model 'scale': aliases.json: line 1: "));
    assert_null(strstr(strstr(told, "FAULTY") + 1, "FAULTY")); /* once, however often it is seen */
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 1}");
    assert_ok(davy_repository_poll(repository));
    assert_index(repository, "scale", 1, "READY", "");
    assert_non_null(strstr(told, "scale MENDED: \n"));
    davy_repository_close(repository);
}

/* A writer makes the folder before it moves a version into it. */
static void a_folder_that_is_being_made_is_no_fault(void **state)
{
    davy_repository *repository;

    (void) state;
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_ok(davy_folder_make(folder_path("scale"), 0755));
    assert_ok(davy_repository_poll(repository));
    assert_index(repository, "scale", 0, "UNAVAILABLE", "there is no version in it");
    folder_put("scale", 1, 3);
    assert_ok(davy_repository_poll(repository));
    assert_null(strstr(told, "FAULTY"));
    assert_null(strstr(told, "MENDED"));
    davy_repository_close(repository);
}

/* An alias of a version that is not there is as good as none: it is told, and followed nowhere. */
static void an_alias_of_no_version_is_told(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 1, \"next\": 1}");
    repository = open_kept(DAVY_CONTROL_POLL);
    folder_write_text(folder_path("scale/aliases.json"), "{\"champion\": 99, \"next\": 1}");
    assert_ok(davy_repository_poll(repository));
    assert_index(repository, "scale", 1, "READY",
                 "aliases.json: 'champion' is version 99, which is not there");
    assert_near(folder_factor(repository, "scale", ""), 3, 0);
    davy_repository_close(repository);
}

static void a_load_that_fails_by_aliases_is_shown(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    repository = open_kept(DAVY_CONTROL_EXPLICIT);
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    folder_write_text(folder_path("scale/aliases.json"), "[]");
    assert_fails(davy_repository_load(repository, "scale", NULL, NULL, 0), DAVY_ERR_CORRUPT,
                 "aliases.json");
    assert_index(repository, "scale", 1, "READY", "aliases.json");
    folder_write_text(folder_path("scale/aliases.json"), "{}");
    assert_ok(davy_repository_load(repository, "scale", NULL, NULL, 0));
    assert_index(repository, "scale", 1, "READY", "");
    davy_repository_close(repository);
}

static void a_folder_in_the_place_of_a_graph_is_not_loaded(void **state)
{
    davy_repository *repository;

    (void) state;
    assert_ok(davy_folder_make(folder_path("folder/1/model.onnx"), 0755));
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_fails(davy_repository_load(repository, "folder", NULL, NULL, 0), DAVY_ERR_NOT_FOUND,
                 "there is no file model.onnx");
    assert_index(repository, "folder", 1, "UNAVAILABLE", "there is no file model.onnx");
    davy_repository_close(repository);
}

static void a_version_that_is_a_link_is_told(void **state)
{
    davy_repository *repository;

    (void) state;
    folder_put("scale", 1, 3);
    assert_int_equal(symlink("1", folder_path("scale/2")), 0);
    assert_ok(davy_folder_make(folder_path("linked"), 0755));
    assert_int_equal(symlink("../scale/1", folder_path("linked/1")), 0);
    assert_ok(davy_folder_make(folder_path("empty"), 0755));
    repository = open_kept(DAVY_CONTROL_POLL);
    assert_index(repository, "scale", 1, "READY", "version 2 is left out, it is no folder");
    assert_index(repository, "linked", 0, "UNAVAILABLE", "version 1 is left out, it is no folder");
    assert_index(repository, "empty", 0, "UNAVAILABLE", "there is no version in it");
    assert_fails(davy_repository_load(repository, "linked", NULL, NULL, 0), DAVY_ERR_NOT_FOUND,
                 "version 1 is left out");
    davy_repository_close(repository);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(settings_are_those_of_the_run_before),
        IN_FOLDER(a_damaged_file_is_no_setting),
        IN_FOLDER(what_is_wrong_with_one_setting_costs_no_other),
        IN_FOLDER(settings_go_with_their_model_and_wait_for_one_that_is_late),
        IN_FOLDER(what_cannot_be_kept_is_not_set),
        IN_FOLDER(a_faulty_file_of_aliases_is_told_until_it_is_mended),
        IN_FOLDER(a_folder_that_is_being_made_is_no_fault),
        IN_FOLDER(an_alias_of_no_version_is_told),
        IN_FOLDER(a_load_that_fails_by_aliases_is_shown),
        IN_FOLDER(a_folder_in_the_place_of_a_graph_is_not_loaded),
        IN_FOLDER(a_version_that_is_a_link_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
