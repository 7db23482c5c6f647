/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bits that flip in what is due to receivers: nobody gets a message that was not kept, no
 * escalation speaks with other words, and what is damaged is found.
 */
#include "alarm/notify/queue.h"

#include "core/file.h"

#include "../testing.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#define MESSAGES 6
#define FLIPS    100
#define NOW_NS   (1767312000LL * DAVY_NS_PER_S)
#define CURSOR   41
#define TOLD     (-1) /* who asked got an error, which the daemon logs */

static char folder[64], file[96];

static int make_folder(void **state)
{
    (void) state;
    (void) snprintf(folder, sizeof folder, "%s/davy-notify-XXXXXX",
                    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
    (void) snprintf(file, sizeof file, "%s/notify.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char command[128];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void body_of(int i, char body[128])
{
    (void) snprintf(body, 128, "{\"key\":\"T-%d/level:hi\",\"value\":%d.5}", i, 60 + i);
}

/* The last two are escalations. */
static void make_queue(void)
{
    davy_notify_queue *queue;

    assert_ok(davy_notify_queue_open(file, &queue));
    assert_ok(davy_notify_queue_begin(queue));
    for (int i = 0; i < MESSAGES; i++) {
        char id[16], body[128];
        const davy_notify_due due = {.receiver = "hook",
                                     .id = id,
                                     .body = body,
                                     .alarm = (uint64_t) i + 1,
                                     .time_ns = NOW_NS + i};

        (void) snprintf(id, sizeof id, "message-%d", i);
        body_of(i, body);
        if (i < MESSAGES - 2)
            assert_ok(davy_notify_queue_add(queue, &due));
        else
            assert_ok(davy_notify_queue_escalate(queue, &due, 600 * DAVY_NS_PER_S));
    }
    assert_ok(davy_notify_queue_advance(queue, CURSOR));
    assert_ok(davy_notify_queue_end(queue, DAVY_OK));
    assert_ok(davy_notify_queue_clamp(queue, NOW_NS - 100));
    assert_ok(davy_notify_queue_shift(queue, 7));
    davy_notify_queue_close(queue);
}

/* What a receiver gets of a file. @return how many messages are as they were kept, or TOLD */
static int look_at_messages(davy_notify_queue *queue, size_t bit)
{
    davy_notify_message message = {0};
    char body[128];
    size_t count;
    int right = 0;

    if (davy_notify_queue_release(queue, NOW_NS + 3600 * DAVY_NS_PER_S, &count) != DAVY_OK)
        return TOLD;
    while (davy_notify_queue_next(queue, "hook", message.number, &message) == DAVY_OK) {
        int number = -1;

        if (message.body.length == 0)
            continue; /* given up and told, by the one who sends */
        (void) sscanf(message.id, "message-%d", &number);
        body_of(number, body);
        if (message.body.length != strlen(body) ||
            memcmp(message.body.bytes, body, strlen(body)) != 0)
            fail_msg("bit %zu: %s is '%.*s'", bit, message.id, (int) message.body.length,
                     message.body.bytes);
        right++;
    }
    davy_buffer_clear(&message.body);
    return right;
}

/* @return true when it is found */
static bool look(size_t bit)
{
    const bool found = davy_notify_queue_verify(file) != DAVY_OK;
    davy_notify_queue *queue;
    uint64_t cursor = 0;
    bool known = false;
    int right;

    if (davy_notify_queue_open(file, &queue) != DAVY_OK)
        return found; /* it is set aside, and told */
    if (davy_notify_queue_cursor(queue, &cursor, &known) == DAVY_OK && known && cursor != CURSOR)
        fail_msg("bit %zu: the records were read up to %llu", bit, (unsigned long long) cursor);
    right = look_at_messages(queue, bit);
    davy_notify_queue_close(queue);
    if (!found && right != TOLD && (right != MESSAGES || !known))
        fail_msg("bit %zu: %d of %d messages, and nothing is found", bit, right, MESSAGES);
    return found;
}

static void put(const davy_buffer *bytes)
{
    char command[256];

    (void) snprintf(command, sizeof command, "rm -f '%s-wal' '%s-shm'", file, file);
    assert_int_equal(system(command), 0);
    assert_ok(davy_file_replace(file, bytes->bytes, bytes->length, 0600));
}

static void a_flipped_bit_is_found_and_never_sent(void **state)
{
    davy_buffer bytes = {0};
    size_t used = 0, step, at = 0, told = 0;

    (void) state;
    make_queue();
    assert_ok(davy_file_read(file, (size_t) 1 << 20, &bytes));
    assert_false(look(0));
    for (size_t i = 0; i < bytes.length; i++)
        used += bytes.bytes[i] != 0 ? 8 : 0;
    step = getenv("DAVY_TORTURE") ? 1 : used / FLIPS | 1;
    for (size_t bit = 0; bit < bytes.length * 8; bit++) {
        if (bytes.bytes[bit / 8] == 0 || at++ % step != 0)
            continue;
        bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
        put(&bytes);
        told += look(bit);
        bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
    }
    print_message("# %zu flips found\n", told);
    assert_true(told > FLIPS / 4);
    davy_buffer_clear(&bytes);
}

/* As the program before wrote it: without sums. */
static void a_file_of_format_1_is_taken_over(void **state)
{
    davy_notify_queue *queue;
    sqlite3 *database;

    (void) state;
    make_queue();
    assert_int_equal(sqlite3_open(file, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "ALTER TABLE cursor DROP COLUMN sum;"
                                  "ALTER TABLE message DROP COLUMN sum;"
                                  "ALTER TABLE escalation DROP COLUMN sum;"
                                  "ALTER TABLE raised DROP COLUMN sum;"
                                  "PRAGMA user_version=1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    assert_ok(davy_notify_queue_verify(file));
    assert_ok(davy_notify_queue_open(file, &queue));
    assert_int_equal(look_at_messages(queue, 0), MESSAGES);
    davy_notify_queue_close(queue);
    assert_ok(davy_notify_queue_verify(file));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_flipped_bit_is_found_and_never_sent),
        TEST(a_file_of_format_1_is_taken_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
