/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include "models/registry/registry_publish.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A writer that is killed before each of its system calls: after each, the repository serves the
 * old numbers or the new ones, and nothing half. */

/* Run a writer to its n-th stop, by turns before and after a system call, and kill it there.
 * @return whether it came to its end before */
static bool run_until(void (*write)(void), size_t stops)
{
    const pid_t child = fork();
    int ended = 0;

    assert_true(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        (void) raise(SIGSTOP);
        write();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    for (size_t n = 0; n < stops && !WIFEXITED(ended); n++) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &ended, 0), child);
    }
    if (WIFEXITED(ended)) {
        assert_int_equal(WEXITSTATUS(ended), 0);
        return true;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &ended, 0), child);
    return false;
}

static davy_buffer newer; /* the graph that a writer brings */

/* The next version, as davy publishes it. */
static void publish(void)
{
    davy_registry_draft draft;
    char path[4200];
    int file;

    if (davy_registry_begin(folder, "scale", &draft) != DAVY_OK)
        _exit(1);
    (void) snprintf(path, sizeof path, "%s/model.onnx", draft.path);
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || davy_file_write_all(file, newer.bytes, newer.length) != DAVY_OK)
        _exit(1);
    (void) close(file);
    if (davy_registry_publish(&draft) != DAVY_OK)
        _exit(1);
    davy_registry_end(&draft);
}

/* Somebody's script: in place, in pieces, a config before and after. */
static void scribble(void)
{
    const char *config = "max_batch_size: 4\n";
    int file;

    (void) mkdir(folder_path("scale/2"), 0755);
    file = open(folder_path("scale/2/model.onnx"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (size_t at = 0; at < newer.length; at += 16) {
        const size_t left = newer.length - at;

        if (write(file, newer.bytes + at, left < 16 ? left : 16) < 0)
            _exit(1);
    }
    (void) close(file);
    file = open(folder_path("scale/config.pbtxt"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    for (const char *at = config; *at; at += 6)
        if (write(file, at, strlen(at) < 6 ? strlen(at) : 6) < 0)
            _exit(1);
    (void) close(file);
}

/* @param settle  wait until what was written counts as whole */
static size_t kill_everywhere(davy_repository *repository, void (*write)(void), bool settle)
{
    size_t kills = 0;
    float before = 1;
    bool ended = false;

    for (; !ended; kills++) {
        float answer;

        ended = run_until(write, 2 * kills + 1);
        assert_ok(davy_repository_poll(repository)); /* the writer has only just stopped */
        answer = folder_factor(repository, "scale", "");
        assert_true(answer == 1 || answer == 2);
        if (settle) {
            folder_settle();
            assert_ok(davy_repository_poll(repository));
            answer = folder_factor(repository, "scale", "");
        }
        assert_true(answer == 1 || answer == 2);
        assert_true(answer >= before); /* what was whole is not lost by the next one's death */
        before = answer;
    }
    assert_near(before, 2, 0);
    return kills;
}

static bool may_trace(void)
{
    const pid_t child = fork();
    int ended = 0;

    if (child == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 77);
    return waitpid(child, &ended, 0) == child && WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
}

static void a_publisher_may_die_anywhere(void **state)
{
    davy_repository *repository;
    size_t kills;

    (void) state;
    if (!may_trace())
        davy_skip_test("processes may not be traced here");
    folder_onnx(1, &newer);
    publish();
    davy_buffer_clear(&newer);
    folder_onnx(2, &newer);
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    kills = kill_everywhere(repository, publish, false);
    (void) printf("# killed before %zu system calls\n", kills);
    assert_true(kills > 30);
    davy_repository_close(repository);
    davy_buffer_clear(&newer);
}

static void a_stranger_may_die_anywhere(void **state)
{
    davy_repository *repository;
    size_t kills;

    (void) state;
    if (!may_trace())
        davy_skip_test("processes may not be traced here");
    folder_put("scale", 1, 1);
    folder_onnx(2, &newer);
    repository = folder_open(DAVY_CONTROL_POLL);
    assert_near(folder_factor(repository, "scale", ""), 1, 0);
    kills = kill_everywhere(repository, scribble, true);
    (void) printf("# killed before %zu system calls\n", kills);
    assert_true(kills > 10);
    davy_repository_close(repository);
    davy_buffer_clear(&newer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_publisher_may_die_anywhere, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(a_stranger_may_die_anywhere, folder_set_up,
                                        folder_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
