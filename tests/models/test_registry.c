/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "core/file.h"
#include "models/registry/registry_private.h"
#include "models/registry/registry_publish.h"
#include "models/registry/seal.h"

#include <dirent.h>
#include <signal.h>
#include <sys/ptrace.h>
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
    assert_fails(davy_registry_open(registry, "-x", &model), DAVY_ERR_INVALID, "or a dash; '-x'");
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

/* A trainer killed while it wrote leaves drafts and half a key; the next of any model removes them,
 * and leaves alone what is held. */
static void removes_what_the_dead_left_and_nothing_else(void **state)
{
    davy_registry_draft dead, alive;
    char half[4096];
    struct stat entry;

    (void) state;
    assert_ok(davy_folder_make(registry, 0755));
    (void) snprintf(half, sizeof half, "%s/.author.key.4711.new", registry);
    assert_ok(davy_file_replace(half, "0123", 4, 0600));
    publish(1); /* makes the key */
    assert_int_not_equal(stat(half, &entry), 0);
    assert_ok(davy_registry_begin(registry, "fan", &dead));
    assert_ok(davy_registry_begin(registry, "valve", &alive));
    assert_ok(davy_registry_ready(registry));
    assert_int_equal(stat(dead.path, &entry), 0);
    close(dead.lock);
    dead.lock = -1;
    assert_ok(davy_registry_ready(registry));
    assert_int_not_equal(stat(dead.path, &entry), 0);
    assert_int_equal(stat(alive.path, &entry), 0);
    davy_registry_end(&dead);
    davy_registry_end(&alive);
}

/* The wait ends, and says for whom it was: another process, or a thread that has forgotten. */
static void a_lock_that_stays_held_names_its_holder(void **state)
{
    char path[DAVY_REGISTRY_PATH], said[64];
    int ready[2], own, other, status;
    pid_t holder;

    (void) state;
    (void) snprintf(path, sizeof path, "%s/.lock", registry);
    assert_int_equal(pipe(ready), 0);
    holder = fork();
    assert_true(holder >= 0);
    if (holder == 0) {
        (void) !write(ready[1], davy_registry_hold(path, 0, &own) == DAVY_OK ? "y" : "n", 1);
        (void) pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], said, 1), 1);
    assert_int_equal(said[0], 'y');
    (void) snprintf(said, sizeof said, "held by process %jd for", (intmax_t) holder);
    assert_fails(davy_registry_hold(path, 0, &other), DAVY_ERR_EXISTS, path);
    assert_fails(davy_registry_hold(path, 0, &other), DAVY_ERR_EXISTS, said);
    assert_int_equal(kill(holder, SIGKILL), 0); /* its lock goes with it */
    assert_int_equal(waitpid(holder, &status, 0), holder);
    assert_ok(davy_registry_hold(path, 1, &own));
    assert_fails(davy_registry_hold(path, 0, &other), DAVY_ERR_EXISTS, "wait for itself");
    close(own);
    close(ready[0]);
    close(ready[1]);
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

/* Back, and further back; what was trained since is no way back. */
static void rolls_an_alias_back_along_its_history(void **state)
{
    unsigned version;

    (void) state;
    for (unsigned v = 1; v <= 4; v++)
        publish(v);
    assert_ok(davy_registry_rollback(registry, "pump", "champion", &version));
    assert_int_equal(version, 3);
    assert_ok(davy_registry_rollback(registry, "pump", "champion", &version));
    assert_int_equal(version, 2);
    assert_int_equal(resolve("pump"), 2);
    assert_ok(davy_registry_set_alias(registry, "pump", "champion", 4));
    assert_ok(davy_registry_rollback(registry, "pump", "champion", &version));
    assert_int_equal(version, 2);
    assert_ok(davy_registry_rollback(registry, "pump", "champion", &version));
    assert_int_equal(version, 1);
    assert_fails(davy_registry_rollback(registry, "pump", "champion", &version), DAVY_ERR_NOT_FOUND,
                 "promote pump@VERSION");
    assert_fails(davy_registry_rollback(registry, "pump", "challenger", &version),
                 DAVY_ERR_NOT_FOUND, "pump@challenger");
    assert_fails(davy_registry_rollback(registry, "fan", "champion", &version), DAVY_ERR_NOT_FOUND,
                 "'fan'");
}

static void passes_over_versions_that_are_gone_when_it_rolls_back(void **state)
{
    char command[128];
    unsigned version;

    (void) state;
    for (unsigned v = 1; v <= 3; v++)
        publish(v);
    (void) snprintf(command, sizeof command, "rm -r '%s/pump/2'", registry);
    assert_int_equal(system(command), 0);
    assert_ok(davy_registry_rollback(registry, "pump", "champion", &version));
    assert_int_equal(version, 1);
}

/* The last line was cut short by a crash: it is no move, and the next one stands by itself. */
static void keeps_every_move_of_an_alias_with_its_time_and_account(void **state)
{
    davy_alias_move *moves = NULL;
    size_t count = 0;
    char path[128];
    FILE *file;

    (void) state;
    publish(1);
    (void) snprintf(path, sizeof path, "%s/pump/history.jsonl", registry);
    file = fopen(path, "a");
    assert_non_null(file);
    (void) fputs("{\"time\": \"2026-01-0", file);
    assert_int_equal(fclose(file), 0);
    publish(2);
    assert_ok(davy_registry_set_alias(registry, "pump", "safe", 1));
    assert_ok(davy_registry_history(registry, "pump", &moves, &count));
    assert_int_equal(count, 3);
    assert_int_equal(moves[1].from, 1);
    assert_int_equal(moves[1].to, 2);
    assert_string_equal(moves[1].why, "train");
    assert_string_equal(moves[2].alias, "safe");
    assert_string_equal(moves[2].why, "promote");
    assert_int_equal(moves[2].from, 0);
    assert_true(moves[0].time_ns > 0 && moves[0].time_ns <= moves[2].time_ns);
    assert_true(moves[0].who[0] != '\0');
    free(moves);
    assert_ok(davy_registry_history(registry, "fan", &moves, &count));
    assert_int_equal(count, 0);
}

static void fill(davy_registry_draft *draft, const char *name)
{
    char path[4200];

    (void) snprintf(path, sizeof path, "%s/%s", draft->path, name);
    if (davy_file_replace(path, "bytes", 5, 0644) != DAVY_OK)
        _exit(2);
}

/* What a trainer does at its end, in a process that is watched. */
static void train_watched(void)
{
    davy_registry_draft draft;

    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(77);
    (void) raise(SIGSTOP);
    if (davy_registry_begin(registry, "pump", &draft) != DAVY_OK)
        _exit(1);
    fill(&draft, "model.onnx");
    fill(&draft, "model.json");
    fill(&draft, "of-another-name.bin");
    if (davy_registry_publish(&draft) != DAVY_OK)
        _exit(1);
    davy_registry_end(&draft);
    _exit(0);
}

/* Run to the n-th stop, by turns before and after a system call, and kill there. @return 0: killed,
 * else the exit code plus 1: it ended before */
static int train_until(size_t stops)
{
    const pid_t child = fork();
    int ended = 0;

    assert_true(child >= 0);
    if (child == 0)
        train_watched();
    assert_int_equal(waitpid(child, &ended, 0), child);
    for (size_t n = 0; n < stops && !WIFEXITED(ended); n++) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &ended, 0), child);
    }
    if (WIFEXITED(ended))
        return WEXITSTATUS(ended) + 1;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &ended, 0), child);
    return 0;
}

static davy_status check_whole(void *context, const char *name, unsigned version,
                               const char *aliases)
{
    char path[256];
    davy_seal seal = {.is_signed = false};

    (void) aliases;
    ++*(unsigned *) context;
    (void) snprintf(path, sizeof path, "%s/%s/%u", registry, name, version);
    assert_ok(davy_seal_check(path));
    assert_ok(davy_seal_read(path, &seal));
    assert_true(seal.is_signed);
    assert_int_equal(seal.count, 3);
    assert_int_equal(seal.version, version);
    davy_seal_clear(&seal);
    return DAVY_OK;
}

/* A trainer is killed before each of its system calls. Every version that is then there
 * is whole and signed, the champion is one of them and never an earlier one, and the next trainer
 * goes on. A first version whose trainer died before it became the champion has none. */
static void leaves_whole_versions_wherever_a_trainer_is_killed(void **state)
{
    unsigned version, versions, champion = 0, most = 0;
    char name[128];
    int ended = 0;

    (void) state;
    for (size_t stops = 1; ended == 0; stops += 2) {
        ended = train_until(stops);
        if (ended == 78)
            davy_skip_test("processes may not be traced here");
        versions = 0;
        assert_ok(davy_registry_list(registry, check_whole, &versions));
        assert_true(versions == most || versions == most + 1);
        most = versions;
        if (davy_registry_resolve(registry, "pump", name, sizeof name, &version) == DAVY_OK) {
            assert_true(version >= champion);
            champion = version;
        } else {
            assert_int_equal(champion, 0);
        }
    }
    assert_int_equal(ended, 1);
    assert_true(most > 2);
    assert_int_equal(resolve("pump"), most);
}

static void exports_a_version_whole_or_not_at_all(void **state)
{
    davy_registry_draft draft;
    char to[128], file[256];

    (void) state;
    assert_ok(davy_registry_begin(registry, "pump", &draft));
    fill(&draft, "model.onnx");
    fill(&draft, "model.json");
    assert_ok(davy_registry_publish(&draft));
    davy_registry_end(&draft);
    (void) snprintf(to, sizeof to, "%s/taken", registry);
    assert_ok(davy_registry_export(registry, "pump", 1, to));
    assert_ok(davy_seal_check(to));
    assert_fails(davy_registry_export(registry, "pump", 1, to), DAVY_ERR_EXISTS, "already");
    (void) snprintf(file, sizeof file, "%s/pump/1/model.onnx", registry);
    assert_ok(davy_file_replace(file, "other", 5, 0644));
    (void) snprintf(to, sizeof to, "%s/again", registry);
    assert_fails(davy_registry_export(registry, "pump", 1, to), DAVY_ERR_CORRUPT,
                 "model.onnx was changed");
    assert_int_not_equal(access(to, F_OK), 0);
    assert_fails(davy_registry_export(registry, "fan", 1, to), DAVY_ERR_IO, "fan");
}

/* Hundreds of trainers that each sync their files: in memory, where there is such a folder. */
static int memory_set_up(void **state)
{
    (void) snprintf(registry, sizeof registry, "/dev/shm/davy-test-XXXXXX");
    return mkdtemp(registry) ? 0 : registry_set_up(state);
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
        cmocka_unit_test_setup_teardown(removes_what_the_dead_left_and_nothing_else,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(rolls_an_alias_back_along_its_history, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(passes_over_versions_that_are_gone_when_it_rolls_back,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(keeps_every_move_of_an_alias_with_its_time_and_account,
                                        registry_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(leaves_whole_versions_wherever_a_trainer_is_killed,
                                        memory_set_up, registry_tear_down),
        cmocka_unit_test_setup_teardown(exports_a_version_whole_or_not_at_all, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(a_lock_that_stays_held_names_its_holder, registry_set_up,
                                        registry_tear_down),
        cmocka_unit_test_setup_teardown(keeps_trainers_of_one_model_apart, registry_set_up,
                                        registry_tear_down),
    };

    return cmocka_run_group_tests_name("models: registry", tests, NULL, NULL);
}
