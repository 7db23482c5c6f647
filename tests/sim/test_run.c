/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include "../testing.h"
#include "core/file.h"

#include <fcntl.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIES_MAX 200 /* of 50 ms */

extern char **environ;

/* A davy-sim that runs, with pipes to its input and from its output. */
typedef struct child {
    pid_t pid;
    int in, out;
} child;

static const char *simulator(void)
{
    const char *path = getenv("DAVY_SIM");

    return path ? path : "sim/davy-sim";
}

static child start(const char *const arguments[])
{
    posix_spawn_file_actions_t actions;
    int in[2], out[2];
    child started;

    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    (void) posix_spawn_file_actions_init(&actions);
    (void) posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    (void) posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    assert_int_equal(
        posix_spawn(&started.pid, simulator(), &actions, NULL, (char *const *) arguments, environ),
        0);
    (void) posix_spawn_file_actions_destroy(&actions);
    (void) close(in[0]);
    (void) close(out[1]);
    started.in = in[1];
    started.out = out[0];
    return started;
}

/* Its exit code, or -1 when a signal ended it. */
static int finish(const child *ended)
{
    int status = 0;

    (void) waitpid(ended->pid, &status, 0);
    (void) close(ended->in);
    (void) close(ended->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_line(const child *from, char *line, size_t capacity)
{
    size_t used = 0;

    while (used + 1 < capacity && read(from->out, line + used, 1) == 1 && line[used] != '\n')
        used++;
    line[used] = '\0';
}

static int file_says(const char *path, const char *words)
{
    davy_buffer text = {0};
    int says = 0;

    for (int i = 0; i < TRIES_MAX && !says; i++) {
        davy_buffer_reset(&text);
        says = davy_file_read(path, 1 << 20, &text) == DAVY_OK && strstr(text.bytes, words) != NULL;
        if (!says)
            (void) poll(NULL, 0, 50);
    }
    davy_buffer_clear(&text);
    return says;
}

static void assert_answers(const char *address)
{
    modbus_t *client =
        modbus_new_tcp("127.0.0.1", (int) strtol(strrchr(address, ':') + 1, NULL, 10));
    uint16_t words[12];

    assert_int_equal(modbus_connect(client), 0);
    assert_int_equal(modbus_read_registers(client, 0, 12, words), 12);
    modbus_close(client);
    modbus_free(client);
}

/* As a person at the demo does it: start, see the endpoint, put a fault in, look at the truth. */
static void a_running_plant_answers_obeys_and_ends(void **state)
{
    char folder[] = "/tmp/davy-test-run-XXXXXX", truth[64], line[128];
    child plant;

    (void) state;
    assert_non_null(mkdtemp(folder));
    (void) snprintf(truth, sizeof truth, "%s/truth.csv", folder);
    plant = start(
        (const char *[]){"davy-sim", "run", "--modbus", "127.0.0.1:0", "--truth", truth, NULL});
    read_line(&plant, line, sizeof line);
    assert_memory_equal(line, "modbus 127.0.0.1:", 17);
    assert_answers(line);
    assert_ok(davy_file_write_all(plant.in, "fault no-such start\nfault tank-leak start\n", 42));
    assert_true(file_says(truth, "Z,,tank-leak,T-101,T-101/level_rate"));
    assert_int_equal(kill(plant.pid, SIGTERM), 0);
    assert_int_equal(finish(&plant), 0);
    (void) unlink(truth);
    (void) rmdir(folder);
}

static void a_run_ends_by_itself_when_told_so(void **state)
{
    child plant = start((const char *[]){"davy-sim", "run", "--modbus", "127.0.0.1:0", "--faults",
                                         "default", "--until", "1s", NULL});

    (void) state;
    assert_int_equal(finish(&plant), 0);
}

/* Exit codes of sysexits.h: 64 is a wrong command line. */
static void a_wrong_command_line_is_told(void **state)
{
    child no_verb = start((const char *[]){"davy-sim", NULL});
    child no_value = start((const char *[]){"davy-sim", "run", "--modbus", NULL});
    child no_option = start((const char *[]){"davy-sim", "site", "--out", "x", NULL});
    child no_file = start((const char *[]){"davy-sim", "run", "--modbus", "127.0.0.1:0", "--faults",
                                           "/nonexistent/faults.csv", NULL});

    (void) state;
    assert_int_equal(finish(&no_verb), 64);
    assert_int_equal(finish(&no_value), 64);
    assert_int_equal(finish(&no_option), 64);
    assert_int_not_equal(finish(&no_file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_plant_answers_obeys_and_ends),
        cmocka_unit_test(a_run_ends_by_itself_when_told_so),
        cmocka_unit_test(a_wrong_command_line_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
