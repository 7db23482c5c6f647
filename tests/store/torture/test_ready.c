/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How soon a large store is ready again after its writer was killed: opened, and the newest sample
 * of every signal known. Prints figures; DAVY_TORTURE=1 makes the store a gigabyte.
 */
#include "store/store.h"

#include "../../testing.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_NS   (1767312000LL * DAVY_NS_PER_S)
#define AFTER_NS   (START_NS + 365 * 86400LL * DAVY_NS_PER_S)
#define SIGNALS    50
#define BATCH      (SIGNALS * 2000)
#define BYTES      (16 * 1024 * 1024ULL)
#define BYTES_LONG (1024 * 1024 * 1024ULL)

static char folder[] = "/tmp/davy-test-ready-XXXXXX"; /* a disk and not memory */

static uint64_t bytes_in(const char *within)
{
    char path[256];
    const struct dirent *entry;
    uint64_t bytes = 0;
    struct stat about;
    DIR *list;

    (void) snprintf(path, sizeof path, "%s/%s", folder, within);
    list = opendir(path);
    while (list && (entry = readdir(list)))
        if (fstatat(dirfd(list), entry->d_name, &about, 0) == 0 && S_ISREG(about.st_mode))
            bytes += (uint64_t) about.st_size;
    if (list)
        closedir(list);
    return bytes;
}

/* Values without any order, so that each takes its eight bytes. */
static void fill(davy_sample *samples, uint64_t *random, int64_t *time_ns)
{
    for (size_t i = 0; i < BATCH; i++) {
        *random = *random * 6364136223846793005U + 1442695040888963407U;
        *time_ns += i % SIGNALS == 0 ? DAVY_NS_PER_S / 10 : 0;
        samples[i] = (davy_sample){*time_ns, (double) (*random >> 11),
                                   (davy_signal_id) (i % SIGNALS), DAVY_QUALITY_GOOD};
    }
}

/* @param seals  everything before the last batch, as the sealer does when it has had its time */
static void write_until(uint64_t bytes, bool seals, int told)
{
    static davy_sample samples[BATCH];
    uint64_t random = 1;
    int64_t time_ns = seals ? AFTER_NS : START_NS;
    davy_store *store;
    davy_signal_id id;
    char path[16];

    if (davy_store_open(folder, NULL, &store) != DAVY_OK)
        _exit(1);
    for (int i = 0; i < SIGNALS; i++) {
        (void) snprintf(path, sizeof path, "unit/%d", i);
        if (davy_store_signal(store, path, NULL, &id) != DAVY_OK)
            _exit(2);
    }
    if (seals && davy_store_seal(store) != DAVY_OK)
        _exit(5);
    do {
        fill(samples, &random, &time_ns);
        if (davy_store_append(store, samples, BATCH) != DAVY_OK)
            _exit(3);
    } while (!seals && bytes_in("days") + bytes_in("hot") < bytes);
    if (write(told, &time_ns, sizeof time_ns) != sizeof time_ns)
        _exit(4);
    (void) pause();
}

/* @return time of the last sample that was acknowledged */
static int64_t write_and_kill(uint64_t bytes, bool seals)
{
    int ends[2], how;
    int64_t time_ns;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_until(bytes, seals, ends[1]);
    close(ends[1]);
    assert_int_equal(read(ends[0], &time_ns, sizeof time_ns), sizeof time_ns);
    close(ends[0]);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    return time_ns;
}

static double seconds_since(const struct timespec *before)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) (now.tv_sec - before->tv_sec) + (double) (now.tv_nsec - before->tv_nsec) / 1e9;
}

static void open_and_tell(const char *when, int64_t last_ns)
{
    uint64_t log_bytes = bytes_in("hot"), day_bytes = bytes_in("days");
    struct timespec before;
    davy_sample sample;
    davy_store *store;
    double seconds;

    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_ok(davy_store_open(folder, NULL, &store));
    for (davy_signal_id i = 0; i < SIGNALS; i++) {
        assert_ok(davy_store_latest(store, i, &sample));
        assert_true(sample.time_ns == last_ns);
    }
    seconds = seconds_since(&before);
    print_message("# %s: ready after %.3f s with %.0f MB in day files and %.0f MB in the log\n",
                  when, seconds, (double) day_bytes / 1e6, (double) log_bytes / 1e6);
    davy_store_close(store);
}

static void a_killed_store_is_ready_again(void **state)
{
    uint64_t bytes = getenv("DAVY_TORTURE") ? BYTES_LONG : BYTES;

    (void) state;
    open_and_tell("in the middle of a flood", write_and_kill(bytes, false));
    open_and_tell("sealed", write_and_kill(bytes, true));
}

static int make_folder(void **state)
{
    (void) state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[64];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_store_is_ready_again, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
