/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A program behind a fence tries what it must not: fence_probe.c does one thing and ends with the
 * error. Expected errors are those of core/fence_calls.c and of landlock(7); what the fence is to
 * allow is what is written in core/fence.h. Everything is done as the user of the test and, when
 * that is root, as an ordinary user too.
 */
#include "../testing.h"

#include "core/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM   128
#define NOBODY 65534

/* A folder with what a program is to be kept from, and what it is given. */
struct place {
    char folder[ROOM], secret[ROOM], given[ROOM], inside[ROOM], probe[ROOM], copy[ROOM];
};

static const char *probe_path;

static void write_file(const char *path, const char *text)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static void copy_file(const char *from, const char *to)
{
    char command[3 * ROOM + 512];

    (void) snprintf(command, sizeof command, "cp '%s' '%s' && chmod 755 '%s'", from, to, to);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed words of a test */
}

static void make_place(struct place *place)
{
    (void) snprintf(place->folder, ROOM, "/tmp/davy-fence-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void) snprintf(place->secret, ROOM, "%.60s/secret", place->folder);
    (void) snprintf(place->given, ROOM, "%.60s/given", place->folder);
    (void) snprintf(place->inside, ROOM, "%.60s/given/file", place->folder);
    (void) snprintf(place->probe, ROOM, "%.60s/probe", place->folder);
    (void) snprintf(place->copy, ROOM, "%.60s/given/probe", place->folder);
    assert_int_equal(mkdir(place->given, 0700), 0);
    write_file(place->secret, "secret");
    write_file(place->inside, "inside");
    copy_file(probe_path, place->probe);
    copy_file(probe_path, place->copy);
}

static void remove_place(const struct place *place)
{
    char command[ROOM + 16];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed words of a test */
}

/* What became of a deed: an exit code, or 1000 + a signal. */
static int outcome_of(const davy_child *child)
{
    pid_t pid;
    int how = 0;

    assert_ok(davy_child_start(child, &pid));
    while (!davy_child_over(pid, &how))
        usleep(1000);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

static int try(const struct place *place, bool network, const char *deed, const char *path)
{
    static const char *const environment[] = {NULL};
    static const davy_child_limit limits[] = {
        {RLIMIT_AS, 1 << 30, 1 << 30}, {RLIMIT_NOFILE, 64, 64}, {RLIMIT_CPU, 1, 1}};
    const char *const paths[] = {place->given, "/nowhere/at/all"};
    const char *const argv[] = {place->probe, deed, path, NULL};
    const davy_fence_gates gates = {place->probe, paths, 2, network};
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    davy_fence *fence;
    davy_child child = {.argv = argv,
                        .environment = environment,
                        .input = nothing,
                        .output = nothing,
                        .errors = nothing,
                        .limits = limits,
                        .limit_count = DAVY_ARRAY_LENGTH(limits)};
    int outcome;

    assert_ok(davy_fence_create(&gates, &fence));
    child.fence = fence;
    outcome = outcome_of(&child);
    davy_fence_destroy(fence);
    close(nothing);
    return outcome;
}

static void expect(const struct place *place, bool network, const char *deed, const char *path,
                   int expected)
{
    const int outcome = try(place, network, deed, path);

    if (outcome != expected)
        fail_msg("user %u: '%s %s' ended with %d (%s), not %d", geteuid(), deed, path, outcome,
                 strerror(outcome), expected);
}

static bool has_landlock(void)
{
    const char *lacks = davy_fence_lacks();

    return !lacks || !strstr(lacks, "Landlock");
}

static bool has_seccomp(void)
{
    const char *lacks = davy_fence_lacks();

    return !lacks || !strstr(lacks, "libseccomp");
}

static void try_files(const struct place *place)
{
    expect(place, false, "read", place->secret, EACCES);
    expect(place, false, "write", place->secret, EACCES);
    expect(place, false, "remove", place->secret, EACCES);
    expect(place, false, "create", "/tmp/davy-fence-made", EACCES);
    expect(place, false, "list", place->folder, EACCES);
    expect(place, false, "list", "/", EACCES);
    expect(place, false, "list", "/etc", EACCES);
    expect(place, false, "read", "/proc/self/maps", EACCES);
    expect(place, false, "read", "/etc/machine-id", EACCES);
    expect(place, false, "create", "/usr/bin/davy-fence-made", EACCES);
    expect(place, false, "write", "/etc/passwd", EACCES);
    /* What it is given it reads and writes, and does not run. */
    expect(place, false, "read", place->inside, 0);
    expect(place, false, "write", place->inside, 0);
    expect(place, false, "list", place->given, 0);
    expect(place, false, "run", place->copy, EACCES);
    expect(place, false, "remove", place->inside, 0);
    expect(place, false, "create", place->inside, 0);
    /* What libraries need. */
    expect(place, false, "read", "/etc/passwd", 0);
    expect(place, false, "read", "/etc/ld.so.cache", 0);
    expect(place, false, "read", "/dev/urandom", 0);
    expect(place, false, "write", "/dev/null", 0);
    expect(place, false, "run", "/usr/bin/true", 0);
    expect(place, false, "run", place->probe, 0);
}

static void try_calls(const struct place *place)
{
    static const struct {
        const char *deed;
        int error;
    } deeds[] = {
        {"tcp", EAFNOSUPPORT},
        {"udp6", EAFNOSUPPORT},
        {"unix", EAFNOSUPPORT},
        {"packet", EAFNOSUPPORT},
        {"pair", 0},
        {"ptrace", EPERM},
        {"look", EPERM},
        {"signal", EPERM},
        {"limit", EPERM},
        {"slow", EPERM},
        {"leave", EPERM},
        {"mount", EPERM},
        {"unshare", EPERM},
        {"clone", EPERM},
        {"bpf", EPERM},
        {"keys", EPERM},
        {"module", EPERM},
        {"faults", EPERM},
        {"ring", EPERM},
        {"clock", EPERM},
        {"personality", EPERM},
        {"fork", 0},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(deeds); i++)
        expect(place, false, deeds[i].deed, place->given, deeds[i].error);
    expect(place, false, "truncate", place->inside, EPERM);
    expect(place, false, "empty", place->inside, EPERM);
    expect(place, false, "chmod", place->inside, EPERM);
    /* With the network. */
    expect(place, true, "tcp", "", 0);
    expect(place, true, "udp6", "", 0);
    expect(place, true, "unix", "", 0);
    expect(place, true, "packet", "", EAFNOSUPPORT);
    expect(place, true, "netlink", "", EAFNOSUPPORT);
    expect(place, true, "signal", "", EPERM);
    expect(place, true, "ptrace", "", EPERM);
}

static void try_all(const struct place *place)
{
    if (has_landlock())
        try_files(place);
    if (has_seccomp())
        try_calls(place);
}

static void what_is_forbidden_is_refused_and_the_rest_works(void **state)
{
    struct place place;

    (void) state;
    if (davy_fence_lacks())
        (void) printf("# %s\n", davy_fence_lacks());
    make_place(&place);
    try_all(&place);
    remove_place(&place);
}

/* A process of its own for another user: who has been nobody is not root again. */
static void an_ordinary_user_is_fenced_as_root_is(void **state)
{
    struct place place;
    char command[ROOM + 32];
    pid_t pid;
    int how = 0;

    (void) state;
    if (geteuid() != 0)
        davy_skip_test("the test is an ordinary user already");
    make_place(&place);
    (void) snprintf(command, sizeof command, "chown -R %d '%s'", NOBODY, place.folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed words of a test */
    (void) fflush(stdout);
    pid = fork();
    if (pid == 0) {
        if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
            _exit(2);
        try_all(&place);
        (void) fflush(stdout);
        _exit(0);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
    remove_place(&place);
}

static void a_program_has_its_limits_and_nothing_of_its_parent(void **state)
{
    const int left_open = open("/dev/null", O_RDONLY); /* NOLINT(android-cloexec-open) */
    struct place place;

    (void) state;
    assert_int_equal(setenv("DAVY_SECRET", "x", 1), 0);
    make_place(&place);
    expect(&place, false, "memory", "", ENOMEM);
    expect(&place, false, "files", "", EMFILE);
    expect(&place, false, "inherited", "", 0);
    expect(&place, false, "environment", "", 0);
    expect(&place, false, "spin", "", 1000 + SIGKILL); /* a second of CPU time, hard */
    remove_place(&place);
    assert_int_equal(unsetenv("DAVY_SECRET"), 0);
    close(left_open);
}

static void what_a_program_leaves_behind_goes_with_it(void **state)
{
    struct place place;
    struct stat found;
    char late[ROOM + 8];

    (void) state;
    make_place(&place);
    (void) snprintf(late, sizeof late, "%.100s/late", place.given);
    expect(&place, false, "behind", late, 0);
    usleep(1000000);
    assert_int_equal(stat(late, &found), -1);
    remove_place(&place);
}

static void what_is_no_program_ends_with_127(void **state)
{
    struct place place;

    (void) state;
    make_place(&place);
    assert_int_equal(unlink(place.probe), 0);
    expect(&place, false, "nothing", "", DAVY_CHILD_NO_EXEC);
    remove_place(&place);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_forbidden_is_refused_and_the_rest_works),
        cmocka_unit_test(an_ordinary_user_is_fenced_as_root_is),
        cmocka_unit_test(a_program_has_its_limits_and_nothing_of_its_parent),
        cmocka_unit_test(what_a_program_leaves_behind_goes_with_it),
        cmocka_unit_test(what_is_no_program_ends_with_127),
    };

    if (argc != 2)
        return EXIT_FAILURE;
    probe_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
