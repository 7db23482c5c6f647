/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A program that receives alarms. What a fence refuses is in tests/core/test_child.c; here is what
 * a plant's program is given, and what becomes of one that does not behave.
 */
#include "../testing.h"

#include "alarm/notify/receiver.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM 128

struct stage {
    char folder[ROOM], program[ROOM], given[ROOM], result[ROOM];
    const char *paths[1];
    const char *arguments[2];
    davy_site_receiver receiver;
    davy_receiver_setup setup;
    atomic_bool interrupted;
};

static struct stage *create(const char *script)
{
    struct stage *stage = calloc(1, sizeof *stage);
    FILE *file;

    assert_non_null(stage);
    (void) snprintf(stage->folder, ROOM, "/tmp/davy-test-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    (void) snprintf(stage->program, ROOM, "%.60s/siren", stage->folder);
    (void) snprintf(stage->given, ROOM, "%.60s/given", stage->folder);
    (void) snprintf(stage->result, ROOM, "%.60s/given/result", stage->folder);
    assert_int_equal(mkdir(stage->given, 0700), 0);
    file = fopen(stage->program, "we");
    assert_non_null(file);
    (void) fprintf(file, "#!/bin/sh\n%s\n", script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(stage->program, 0700), 0);
    stage->paths[0] = stage->given;
    stage->arguments[0] = "; touch /tmp/davy-siren-shell";
    stage->arguments[1] = stage->result;
    stage->receiver = (davy_site_receiver){.name = "siren",
                                           .kind = "command",
                                           .program = stage->program,
                                           .arguments = stage->arguments,
                                           .argument_count = 2,
                                           .paths = stage->paths,
                                           .path_count = 1};
    stage->setup = (davy_receiver_setup){&stage->receiver, "", "plant", &stage->interrupted};
    return stage;
}

static void destroy(struct stage *stage)
{
    char command[ROOM + 16];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", stage->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed words of a test */
    free(stage);
}

static davy_status give(struct stage *stage, const char *body, size_t length)
{
    const davy_delivery delivery = {.id = "1", .body = body, .length = length};
    void *state = calloc(1, davy_receiver_command.state_size);
    int64_t again_ns = 0;
    davy_status status;

    assert_non_null(state);
    assert_ok(davy_receiver_command.open(state, &stage->setup));
    status = davy_receiver_command.send(state, &delivery, &again_ns);
    davy_receiver_command.close(state);
    free(state);
    return status;
}

static void assert_result(const struct stage *stage, const char *expected)
{
    char text[512] = "";
    FILE *file = fopen(stage->result, "re");

    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(text, expected);
}

static void a_program_reads_the_message_and_writes_what_it_was_given(void **state)
{
    struct stage *stage = create("{ /usr/bin/cat; echo \"|$1|$HOME|$(pwd)|$(umask)\"; } > \"$2\"");

    (void) state;
    assert_ok(give(stage, "{\"id\":1}", 8));
    assert_result(stage, "{\"id\":1}|; touch /tmp/davy-siren-shell||/|0077\n");
    assert_int_equal(access("/tmp/davy-siren-shell", F_OK), -1);
    destroy(stage);
}

static void what_was_not_given_is_refused_and_the_reason_is_told(void **state)
{
    struct stage *stage = create("echo one >&2; echo x > /tmp/davy-siren-made");

    (void) state;
    if (davy_receiver_command.lacks())
        davy_skip_test(davy_receiver_command.lacks());
    /* dash's words, to which its exit code 2 belongs */
    assert_fails(give(stage, "x", 1), DAVY_ERR_UNAVAILABLE, "/tmp/davy-siren-made");
    assert_non_null(strstr(davy_error(), "ended with 2: "));
    assert_null(strstr(davy_error(), "one")); /* the last line alone */
    assert_int_equal(access("/tmp/davy-siren-made", F_OK), -1);
    destroy(stage);
}

static void a_program_need_not_read(void **state)
{
    const size_t length = 4 << 20; /* more than any pipe holds */
    struct stage *stage = create("exit 0");
    char *body = malloc(length);

    (void) state;
    assert_non_null(body);
    memset(body, 'x', length);
    assert_ok(give(stage, body, length));
    free(body);
    destroy(stage);
}

static void a_long_message_arrives_whole(void **state)
{
    const size_t length = 4 << 20;
    struct stage *stage = create("/usr/bin/wc -c > \"$2\"");
    char *body = malloc(length);

    (void) state;
    assert_non_null(body);
    memset(body, 'x', length);
    assert_ok(give(stage, body, length));
    assert_result(stage, "4194304\n");
    free(body);
    destroy(stage);
}

static void a_program_that_complains_without_end_ends_with_the_end_of_it(void **state)
{
    struct stage *stage =
        create("i=0; while [ $i -lt 20000 ]; do echo complaint $i >&2; i=$((i+1)); done; exit 9");

    (void) state;
    assert_fails(give(stage, "x", 1), DAVY_ERR_UNAVAILABLE, "ended with 9: complaint 19999");
    destroy(stage);
}

static void *interrupt(void *argument)
{
    struct stage *stage = argument;

    while (access(stage->result, F_OK) != 0)
        usleep(1000);
    atomic_store(&stage->interrupted, true);
    return NULL;
}

/* The time limit and the end of davy take the same way; the second can be had sooner. */
static void a_program_that_does_not_end_is_killed_with_all_it_has_started(void **state)
{
    struct stage *stage =
        create("/usr/bin/sleep 1000 & echo $! > \"$2.pid\"; echo > \"$2\"; while :; do :; done");
    char file[ROOM + 8], text[16] = "";
    pthread_t thread;
    FILE *pid;

    (void) state;
    assert_int_equal(pthread_create(&thread, NULL, interrupt, stage), 0);
    assert_fails(give(stage, "x", 1), DAVY_ERR_TIMEOUT, "did not end in its time");
    pthread_join(thread, NULL);
    (void) snprintf(file, sizeof file, "%.100s.pid", stage->result);
    pid = fopen(file, "re");
    assert_non_null(pid);
    assert_non_null(fgets(text, sizeof text, pid));
    assert_int_equal(fclose(pid), 0);
    for (int i = 0; i < 5000 && kill((pid_t) strtol(text, NULL, 10), 0) == 0; i++)
        usleep(1000); /* its new parent waits for it when it comes to it */
    assert_int_equal(kill((pid_t) strtol(text, NULL, 10), 0), -1);
    destroy(stage);
}

static void what_is_no_program_is_told(void **state)
{
    struct stage *stage = create("exit 0");

    (void) state;
    assert_int_equal(chmod(stage->program, 0600), 0);
    assert_fails(give(stage, "x", 1), DAVY_ERR_UNAVAILABLE, "cannot be run");
    assert_int_equal(unlink(stage->program), 0);
    assert_fails(give(stage, "x", 1), DAVY_ERR_UNAVAILABLE, "cannot be run");
    destroy(stage);
}

static size_t open_descriptors(void)
{
    size_t count = 0;

    for (int i = 0; i < 1024; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

static void messages_leave_no_descriptor(void **state)
{
    struct stage *stage = create("exit 0");
    const size_t before = open_descriptors();

    (void) state;
    for (int i = 0; i < 100; i++)
        assert_ok(give(stage, "x", 1));
    assert_int_equal(open_descriptors(), before);
    destroy(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_reads_the_message_and_writes_what_it_was_given),
        cmocka_unit_test(what_was_not_given_is_refused_and_the_reason_is_told),
        cmocka_unit_test(a_program_need_not_read),
        cmocka_unit_test(a_long_message_arrives_whole),
        cmocka_unit_test(a_program_that_complains_without_end_ends_with_the_end_of_it),
        cmocka_unit_test(a_program_that_does_not_end_is_killed_with_all_it_has_started),
        cmocka_unit_test(what_is_no_program_is_told),
        cmocka_unit_test(messages_leave_no_descriptor),
    };

    (void) signal(SIGPIPE, SIG_IGN); /* as the daemon has it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
