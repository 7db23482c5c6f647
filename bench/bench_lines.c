/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Points per second of the line protocol parser on one core, for batches of 1,000 points in three
 * shapes. Signals are looked up in a hash table of 1,000 paths, as the daemon does.
 */
#include "collect/lines.h"
#include "core/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POINTS = 1000, ROUNDS = 9, BATCHES = 1000, SLOTS = 4096 };

static struct slot {
    char path[32];
    size_t length;
    davy_signal_id id;
} slots[SLOTS];

static uint32_t hash(uint32_t seed, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        seed = (seed ^ (unsigned char) text[i]) * 16777619u; /* FNV-1a */
    return seed;
}

static uint32_t hash_path(const char *asset, size_t asset_length, const char *field,
                          size_t field_length)
{
    return hash(hash(hash(2166136261u, asset, asset_length), "/", 1), field, field_length);
}

static bool same_path(const struct slot *slot, const char *asset, size_t asset_length,
                      const char *field, size_t field_length)
{
    return slot->length == asset_length + 1 + field_length &&
           memcmp(slot->path, asset, asset_length) == 0 &&
           memcmp(slot->path + asset_length + 1, field, field_length) == 0;
}

static davy_signal_id find(void *context, const char *asset, size_t asset_length, const char *field,
                           size_t field_length)
{
    uint32_t at = hash_path(asset, asset_length, field, field_length) % SLOTS;

    (void) context;
    while (slots[at].length > 0) {
        if (same_path(&slots[at], asset, asset_length, field, field_length))
            return slots[at].id;
        at = (at + 1) % SLOTS;
    }
    return DAVY_SIGNAL_NONE;
}

static void add_signal(davy_signal_id id)
{
    char asset[16], field[16];
    uint32_t at;

    (void) snprintf(asset, sizeof asset, "T-%u", id / 10);
    (void) snprintf(field, sizeof field, "signal%u", id % 10);
    at = hash_path(asset, strlen(asset), field, strlen(field)) % SLOTS;
    while (slots[at].length > 0)
        at = (at + 1) % SLOTS;
    slots[at].length =
        (size_t) snprintf(slots[at].path, sizeof slots[at].path, "%s/%s", asset, field);
    slots[at].id = id;
}

/* `fields` points share a line; numbers are written with `digits` significant digits. */
static void write_batch(davy_buffer *text, int fields, int digits)
{
    for (int i = 0; i < POINTS; i++) {
        if (i % fields == 0)
            davy_buffer_printf(text, "T-%d,host=gateway,area=north ", i / 10);
        davy_buffer_printf(text, "signal%d=%.*g", i % 10, digits, 1.0 + i * 0.123456789012345678);
        if ((i + 1) % fields == 0)
            davy_buffer_printf(text, " %lld\n", 1700000000000000000LL + i * 1000003LL);
        else
            davy_buffer_append_text(text, ",");
    }
}

/* Time of the processor and not of the clock: the figure is per core, on a machine that is shared.
 */
static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static double parse_rate(const davy_buffer *text)
{
    const davy_lines_options options = {1, 0, INT64_MAX, find, NULL};
    double start = now_s();
    static davy_lines_result result;
    davy_sample *samples;
    size_t count, total = 0;

    for (int i = 0; i < BATCHES; i++) {
        if (davy_lines_parse(text->bytes, text->length, &options, &samples, &count, &result) !=
                DAVY_OK ||
            result.refused > 0) {
            (void) fprintf(stderr, "%s\n", davy_error());
            exit(EXIT_FAILURE);
        }
        total += count;
        free(samples);
    }
    return (double) total / (now_s() - start);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void measure(const char *name, int fields, int digits)
{
    davy_buffer text = {0};
    double rates[ROUNDS];

    write_batch(&text, fields, digits);
    for (int i = 0; i < ROUNDS; i++)
        rates[i] = parse_rate(&text);
    qsort(rates, ROUNDS, sizeof *rates, compare);
    (void) printf("lines: %-44s %6.1f M points/s  %6.0f MB/s\n", name, rates[ROUNDS / 2] / 1e6,
                  rates[ROUNDS / 2] * (double) text.length / POINTS / 1e6);
    davy_buffer_clear(&text);
}

int main(void)
{
    for (davy_signal_id id = 0; id < POINTS; id++)
        add_signal(id);
    measure("10 points a line, 6 digits (Telegraf)", 10, 6);
    measure("1 point a line, 6 digits", 1, 6);
    measure("10 points a line, 17 digits", 10, 17);
    return EXIT_SUCCESS;
}
