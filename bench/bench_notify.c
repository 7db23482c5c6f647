/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/notify.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * From a record on the disk to the receiver: a flood of 10,000 transitions to several receivers at
 * once, and the delay of one alarm at a time. The receivers are lines of syslog into one socket of
 * this process, so that nothing but the outbox is measured; one more receiver is dead.
 *
 *     bench_notify [FOLDER]      records and outbox are written in FOLDER (default: .)
 */
#define FLOOD     10000
#define RECEIVERS 3
#define SINGLES   300
#define BATCH     100

static const davy_site *the_site;

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_notify: %s\n", davy_error());
    exit(1);
}

static const davy_site *acquire(void *context)
{
    (void) context;
    return the_site;
}

static void release(void *context, const davy_site *site)
{
    (void) context;
    (void) site;
}

static bool watches(void *context, char *problem, size_t capacity)
{
    (void) context;
    (void) problem;
    (void) capacity;
    return true;
}

/* A local socket: unlike UDP it loses nothing when its reader is late. */
static int open_sink(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval limit = {.tv_sec = 30};
    int sink = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void) snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    (void) unlink(path);
    if (sink < 0 || bind(sink, (struct sockaddr *) &address, sizeof address) != 0 ||
        setsockopt(sink, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
        exit(1);
    return sink;
}

static davy_site *make_site(const char *path)
{
    davy_site_faults faults = {0};
    davy_buffer text = {0};
    davy_site *site = NULL;

    davy_buffer_append_text(&text,
                            "site: {name: bench}\nassets: [{name: T, signals: [{name: p}]}]\n"
                            "receivers:\n"
                            "- {name: dead, kind: syslog, address: \"tcp://127.0.0.1:1\"}\n");
    for (int i = 0; i < RECEIVERS; i++)
        davy_buffer_printf(&text, "- {name: r%d, kind: syslog, address: \"unix://%s\"}\n", i, path);
    davy_buffer_append_text(&text, "routes: [{to: [dead, r0, r1, r2]}]\n");
    check(davy_buffer_ok(&text));
    check(davy_site_parse("bench.yaml", text.bytes, text.length, &faults, &site));
    davy_buffer_clear(&text);
    return site;
}

static void append(davy_records *records, size_t count)
{
    static uint64_t turn;
    davy_record items[BATCH];
    char bodies[BATCH][400];

    for (size_t i = 0; i < count; i++) {
        turn++;
        (void) snprintf(bodies[i], sizeof bodies[i],
                        "{\"id\":1,\"turn\":%llu,\"transition\":\"%s\",\"state\":\"%s\","
                        "\"kind\":\"hi\",\"priority\":\"high\",\"signal\":\"T/p\",\"asset\":\"T\","
                        "\"since\":1,\"occurrences\":%llu,\"text\":\"p 1213 kPa is above hi 1000"
                        " kPa\"}",
                        (unsigned long long) turn, turn % 2 ? "raised" : "returned",
                        turn % 2 ? "unacknowledged" : "returned", (unsigned long long) turn);
        items[i] = (davy_record){.time_ns = davy_wall_ns(davy_clock_system()),
                                 .kind = DAVY_RECORD_ALARM,
                                 .subject = "T/p:hi",
                                 .body = bodies[i]};
    }
    check(davy_records_append(records, items, count));
}

static void await(int sink, size_t count)
{
    char line[2048];

    for (size_t i = 0; i < count; i++)
        if (recv(sink, line, sizeof line, 0) < 0) {
            (void) fprintf(stderr, "bench_notify: line %zu of %zu does not come\n", i, count);
            exit(1);
        }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

/* One alarm at a time, from the end of its sync to the line at the other end. */
static void measure_singles(davy_records *records, davy_notify *notify, int sink)
{
    static int64_t delays[SINGLES];

    for (size_t i = 0; i < SINGLES; i++) {
        int64_t begin;

        append(records, 1);
        begin = davy_monotonic_ns(davy_clock_system());
        davy_notify_wake(notify);
        await(sink, RECEIVERS);
        delays[i] = davy_monotonic_ns(davy_clock_system()) - begin;
    }
    qsort(delays, SINGLES, sizeof delays[0], compare);
    (void) printf("one alarm, %d receivers and one that is dead: p50 %.2f ms, p99 %.2f ms\n",
                  RECEIVERS, (double) delays[SINGLES / 2] / 1e6,
                  (double) delays[SINGLES * 99 / 100] / 1e6);
}

static void measure_flood(davy_records *records, davy_notify *notify, int sink)
{
    struct rusage before, after;
    int64_t begin;
    double seconds;

    (void) getrusage(RUSAGE_SELF, &before);
    begin = davy_monotonic_ns(davy_clock_system());
    for (size_t i = 0; i < FLOOD / BATCH; i++) {
        append(records, BATCH);
        davy_notify_wake(notify);
    }
    await(sink, (size_t) FLOOD * RECEIVERS);
    seconds = (double) (davy_monotonic_ns(davy_clock_system()) - begin) / 1e9;
    (void) getrusage(RUSAGE_SELF, &after);
    (void) printf(
        "flood of %d: all at %d receivers after %.1f s, %.0f messages/s, memory +%ld KiB\n", FLOOD,
        RECEIVERS, seconds, FLOOD * RECEIVERS / seconds, after.ru_maxrss - before.ru_maxrss);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    char file[512], outbox[512];
    davy_notify_parts parts = {.file = outbox,
                               .clock = davy_clock_system(),
                               .acquire_site = acquire,
                               .release_site = release,
                               .watches = watches};
    davy_records *records;
    davy_notify *notify;
    char socket_path[] = "/tmp/davy-bench-notify.socket";
    int sink = open_sink(socket_path);

    (void) snprintf(file, sizeof file, "%s/bench-records.db", folder);
    (void) snprintf(outbox, sizeof outbox, "%s/bench-notify.db", folder);
    the_site = make_site(socket_path);
    check(davy_records_open(file, &records));
    parts.records = records;
    check(davy_notify_open(&parts, &notify));
    check(davy_notify_start(notify));
    measure_singles(records, notify, sink);
    measure_flood(records, notify, sink);
    davy_notify_close(notify);
    davy_records_close(records);
    close(sink);
    (void) unlink(socket_path);
    return 0;
}
