/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/jobs.h"
#include "core/file.h"
#include "serve/limits.h"

/**
 * @file
 * Trainings over HTTP, run by the real program on real rows.
 */
#define ROWS 600

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

/* -- Requests --------------------------------------------------------------------------------- */

static void cancel_and_wait(json_int_t id)
{
    reply answer = call_job("DELETE", id, "");

    assert_code(answer, 200);
    reply_clear(&answer);
    answer = wait_for_state(id, "cancelled");
    reply_clear(&answer);
}

/* -- Tests ------------------------------------------------------------------------------------ */

static void a_file_is_sent_and_a_model_trained_on_it(void **state)
{
    char id[64];
    json_int_t job;
    reply answer, list;

    (void) state;
    upload_rows(ROWS, id);
    job = begin_job(id, "\"name\":\"kind\",\"model\":\"linear\",\"task\":\"classify\",\"label\":"
                        "\"kind\",\"seed\":3");
    answer = wait_for_state(job, "done");
    assert_int_equal(json_integer_value(json_object_get(answer.json, "version")), 1);
    assert_near(json_number_value(json_object_get(answer.json, "progress")), 1, 0);
    assert_true(json_string_length(json_object_get(answer.json, "summary")) > 20);
    assert_non_null(
        strstr(json_string_value(json_object_get(answer.json, "command")), "train kind --csv"));
    reply_clear(&answer);

    answer = call_job("GET", job, "/report");
    assert_code(answer, 200);
    assert_non_null(strstr(reply_header(&answer, "Content-Type"), "text/html"));
    assert_non_null(
        strstr(reply_header(&answer, "Content-Security-Policy"), "style-src 'unsafe-inline'"));
    assert_null(strstr(reply_header(&answer, "Content-Security-Policy"), "script-src"));
    assert_null(strstr(answer.body, "<script")); /* or the policy would stop it */
    reply_clear(&answer);

    list = ask(&(request){.path = "/api/v1/jobs", .key = plant_key(DAVY_ROLE_ENGINEER)});
    assert_code(list, 200);
    assert_int_equal(json_array_size(json_object_get(list.json, "jobs")), 1);
    assert_null(json_object_get(json_array_get(json_object_get(list.json, "jobs"), 0), "log"));
    reply_clear(&list);
}

/* A body of several pieces, with a length and in chunks, is on disk as it was sent. */
static void a_large_file_is_kept_byte_for_byte(void **state)
{
    (void) state;
    for (int chunked = 0; chunked < 2; chunked++) {
        davy_buffer sent = {0}, kept = {0};
        char path[256];
        reply answer;

        write_rows(&sent, 300000);
        assert_true(sent.length > 8 * DAVY_HTTP_UPLOAD_PIECE);
        answer = upload(&sent, chunked == 1);
        assert_code(answer, 201);
        assert_int_equal(json_integer_value(json_object_get(answer.json, "bytes")), sent.length);
        (void) snprintf(path, sizeof path, "%s/uploads/%s.csv", plant_system.data,
                        json_string_value(json_object_get(answer.json, "id")));
        assert_ok(davy_file_read(path, sent.length, &kept));
        assert_int_equal(kept.length, sent.length);
        assert_memory_equal(kept.bytes, sent.bytes, sent.length);
        reply_clear(&answer);
        davy_buffer_clear(&sent);
        davy_buffer_clear(&kept);
    }
}

static size_t count_files(const char *leaf, const char *ending)
{
    char path[256];
    const struct dirent *entry;
    size_t count = 0;
    DIR *list;

    (void) snprintf(path, sizeof path, "%s/%s", plant_system.data, leaf);
    list = opendir(path);
    while (list && (entry = readdir(list)))
        count += strstr(entry->d_name, ending) != NULL;
    if (list)
        closedir(list);
    return count;
}

static void a_file_that_breaks_off_leaves_nothing(void **state)
{
    char head[512], piece[65536];
    int socket = connect_raw(NULL);
    size_t tries = 0;

    (void) state;
    memset(piece, '7', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    (void) snprintf(head, sizeof head,
                    "POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                    "Content-Type: text/csv\r\nContent-Length: 100000000\r\n\r\n",
                    plant_key(DAVY_ROLE_ENGINEER));
    assert_true(send_raw(socket, head));
    for (size_t i = 0; i < 16; i++)
        assert_true(send_raw(socket, piece));
    while (count_files("uploads", ".part") == 0 && tries++ < TRIES)
        usleep(TRY_US);
    assert_int_equal(count_files("uploads", ".part"), 1);
    close(socket);
    for (tries = 0; count_files("uploads", ".part") > 0 && tries < TRIES; tries++)
        usleep(TRY_US);
    assert_int_equal(count_files("uploads", ""), 2); /* "." and ".." */
}

static void a_wrong_order_is_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *body, *words;
        int code;
    } cases[] = {
        {"{}", "needs 'name'", 400},
        {"[]", "not a JSON object", 400},
        {"{\"name\":\"m\"}", "'upload' or 'signals'", 400},
        {"{\"name\":\"m\",\"upload\":\"a\",\"signals\":\"*\"}", "'upload' or 'signals'", 400},
        {"{\"name\":\"../m\",\"signals\":\"*\"}", "name", 400},
        {"{\"name\":\"-x\",\"signals\":\"*\"}", "begin with a dot or a dash; '-x'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"model\":\"x\"}", "no model of kind 'x'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"task\":\"x\"}", "task 'x'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"exec\":\"x\"}", "unknown key 'exec'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"label\":\"a\\nb\"}", "control character", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"label\":\"\"}", "'label'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"label\":[1]}", "'label'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"settings\":[]}", "'settings'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"settings\":{\"x\":1}}", "unknown key 'x'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"task\":\"classify\",\"model\":\"cnn\","
         "\"settings\":{\"backbone\":\"/etc/passwd\"}}",
         "unknown key 'backbone'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"cpu\":\"8d\"}", "'cpu'", 400},
        {"{\"name\":\"m\",\"signals\":\"*\",\"memory_mib\":511}", "'memory_mib'", 400},
        {"{\"name\":\"m\",\"upload\":\"../../keys\"}", "not the id of an upload", 404},
        {"{\"name\":\"m\",\"upload\":\"0123456789abcdef0123456789abcdef\"}", "no upload", 404},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        reply answer = post("/api/v1/jobs", DAVY_ROLE_ENGINEER, cases[i].body);

        assert_code(answer, cases[i].code);
        if (!strstr(answer.body, cases[i].words))
            fail_msg("%s: %s", cases[i].body, answer.body);
        reply_clear(&answer);
    }
    assert_int_equal(count_files("jobs", ".json"), 0);
}

static void what_a_training_says_last_is_why_it_failed(void **state)
{
    char id[64];
    json_int_t job;
    reply answer;

    (void) state;
    upload_rows(ROWS, id);
    job = begin_job(id, "\"name\":\"m\",\"model\":\"linear\",\"task\":\"classify\",\"label\":"
                        "\"none\"");
    answer = wait_for_state(job, "failed");
    assert_non_null(strstr(json_string_value(json_object_get(answer.json, "message")), "none"));
    assert_true(json_array_size(json_object_get(answer.json, "log")) > 0);
    assert_non_null(strstr(answer.body, "uploads/")); /* and not where the server has them */
    assert_null(strstr(answer.body, plant_system.data));
    reply_clear(&answer);
    answer = call_job("GET", job, "/report");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = call_job("DELETE", job, "");
    assert_code(answer, 409);
    reply_clear(&answer);
    answer = call_job("GET", job + 1, "");
    assert_code(answer, 404);
    reply_clear(&answer);
}

/* The only child of this process; 0 for none. */
static pid_t find_child(void)
{
    char path[64], text[64] = "";
    FILE *file;

    (void) snprintf(path, sizeof path, "/proc/self/task");
    DIR *tasks = opendir(path);
    const struct dirent *entry;

    assert_non_null(tasks);
    while (!text[0] && (entry = readdir(tasks))) {
        (void) snprintf(path, sizeof path, "/proc/self/task/%.20s/children", entry->d_name);
        file = fopen(path, "r");
        if (file && !fgets(text, sizeof text, file))
            text[0] = '\0';
        if (file)
            (void) fclose(file);
    }
    closedir(tasks);
    return (pid_t) atol(text);
}

static long read_number(pid_t pid, const char *leaf)
{
    char path[64], text[32] = "";
    FILE *file;

    (void) snprintf(path, sizeof path, "/proc/%d/%s", (int) pid, leaf);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    (void) fclose(file);
    return atol(text);
}

/* sched(7): SCHED_IDLE runs when nobody else wants the CPU, whatever its nice value is. */
static void a_job_gives_way_to_everything_else(void **state)
{
    struct rlimit limit;
    json_int_t job, waiting;
    char id[64];
    reply answer;
    pid_t child;

    (void) state;
    upload_rows(20000, id);
    job = begin_job(id, TO_SLOW);
    waiting = begin_job(id, TO_SLOW);
    answer = wait_for_state(job, "running");
    reply_clear(&answer);
    child = find_child();
    assert_true(child > 0);
    assert_int_equal(sched_getscheduler(child), SCHED_IDLE);
    assert_int_equal(getpriority(PRIO_PROCESS, (id_t) child), 19);
    assert_int_equal(getpgid(child), child);
    assert_int_equal(read_number(child, "oom_score_adj"), 1000);
    assert_int_equal(prlimit(child, RLIMIT_CPU, NULL, &limit), 0);
    assert_int_equal(limit.rlim_cur, DAVY_JOB_CPU_S);
    assert_int_equal(prlimit(child, RLIMIT_CORE, NULL, &limit), 0);
    assert_int_equal(limit.rlim_max, 0);
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(prlimit(child, RLIMIT_DATA, NULL, &limit), 0);
    assert_int_equal(limit.rlim_cur,
                     (rlim_t) sysconf(_SC_PHYS_PAGES) * (rlim_t) sysconf(_SC_PAGESIZE) / 2);
#endif
    answer = call_job("GET", waiting, "");
    assert_true(is_state(&answer, "queued")); /* one at a time */
    reply_clear(&answer);
    cancel_and_wait(waiting);
    cancel_and_wait(job);
    assert_int_equal(find_child(), 0);
}

static void a_job_that_takes_too_much_is_ended(void **state)
{
    char id[64];
    json_int_t job;
    reply answer;

    (void) state;
    upload_rows(20000, id);
    job = begin_job(id, "\"name\":\"m\",\"model\":\"lstm\",\"cpu\":\"1s\","
                        "\"settings\":{\"lags\":9,\"epochs\":2000}");
    answer = wait_for_state(job, "failed");
    if (!strstr(json_string_value(json_object_get(answer.json, "message")), "CPU time"))
        fail_msg("%s", answer.body);
    reply_clear(&answer);
}

/* A copy of the records of a job that runs is what a crash leaves. */
static void a_restart_tells_what_was_interrupted(void **state)
{
    char id[64], command[512], folder[64] = "/tmp/davy-test-XXXXXX";
    davy_jobs_options options = {.kind = &davy_job_kind_training,
                                 .program = "/bin/false",
                                 .data = folder,
                                 .registry = folder,
                                 .clock = davy_clock_system()};
    davy_jobs *jobs = NULL;
    davy_trainings trainings;
    json_t *kept = NULL;
    json_int_t job;
    reply answer;

    (void) state;
    upload_rows(20000, id);
    job = begin_job(id, TO_SLOW);
    answer = wait_for_state(job, "running");
    reply_clear(&answer);
    assert_non_null(mkdtemp(folder));
    (void) snprintf(command, sizeof command, "cp -r %s/jobs %s", plant_system.data, folder);
    assert_int_equal(system(command), 0);
    cancel_and_wait(job);

    assert_ok(davy_jobs_open(&options, &jobs));
    trainings = davy_jobs_trainings(jobs);
    assert_ok(trainings.get(trainings.context, (uint64_t) job, &kept));
    assert_string_equal(json_string_value(json_object_get(kept, "state")), "interrupted");
    assert_non_null(strstr(json_string_value(json_object_get(kept, "message")), "davy was ended"));
    json_decref(kept);
    davy_jobs_close(jobs);
    (void) snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_sent_and_a_model_trained_on_it, start, stop),
        cmocka_unit_test_setup_teardown(a_large_file_is_kept_byte_for_byte, start, stop),
        cmocka_unit_test_setup_teardown(a_file_that_breaks_off_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(a_wrong_order_is_refused_with_a_sentence, start, stop),
        cmocka_unit_test_setup_teardown(what_a_training_says_last_is_why_it_failed, start, stop),
        cmocka_unit_test_setup_teardown(a_job_gives_way_to_everything_else, start, stop),
        cmocka_unit_test_setup_teardown(a_job_that_takes_too_much_is_ended, start, stop),
        cmocka_unit_test_setup_teardown(a_restart_tells_what_was_interrupted, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
