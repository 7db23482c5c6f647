/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Time and memory to read and check a site file of 100,000 signals, beside libyaml's events alone
 * over the same text: the floor of any reader that stands on it.
 */
#include "core/buffer.h"
#include "core/clock.h"
#include "core/sample.h"
#include "site/load.h"

#include <yaml.h>

#include <stdio.h>
#include <stdlib.h>

enum { ASSETS = 1000, SIGNALS = 100, ROUNDS = 5 };

static void write_plant(davy_buffer *text)
{
    davy_buffer_append_text(text, "site: {name: large}\nsources:\n- {name: plc, kind: modbus, "
                                  "address: \"tcp://10.0.0.5:502\"}\nassets:\n");
    for (int a = 0; a < ASSETS; a++) {
        davy_buffer_printf(text, "- name: A-%d\n  kind: tank\n  signals:\n", a);
        for (int s = 0; s < SIGNALS; s++)
            davy_buffer_printf(text,
                               "  - {name: s-%d, unit: kPa, from: {source: plc, register: holding "
                               "%d, type: float32}, range: [0, 1600], limits: {hihi: 1200, hi: "
                               "1000}, deadband: 2%%, on_delay: 2s, deadline: 10s}\n",
                               s, 2 * s);
    }
    davy_buffer_append_text(text, "detectors:\n");
    for (int a = 0; a < ASSETS; a++)
        davy_buffer_printf(text, "- {name: D-%d, model: m, signals: [A-%d/*], budget: 1/week}\n", a,
                           a);
}

static double seconds_of_events(const davy_buffer *text)
{
    int64_t start = davy_monotonic_ns(davy_clock_system());
    yaml_parser_t parser;
    yaml_event_t event;
    bool ended = false;

    if (!yaml_parser_initialize(&parser))
        exit(EXIT_FAILURE);
    yaml_parser_set_input_string(&parser, (const unsigned char *) text->bytes, text->length);
    while (!ended) {
        if (!yaml_parser_parse(&parser, &event))
            exit(EXIT_FAILURE);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return (double) (davy_monotonic_ns(davy_clock_system()) - start) / 1e9;
}

static double seconds_of_site(const davy_buffer *text, double *bytes_per_signal)
{
    int64_t start = davy_monotonic_ns(davy_clock_system());
    davy_site_faults faults = {0};
    davy_site *site;
    double seconds;

    if (davy_site_parse("bench", text->bytes, text->length, &faults, &site) != DAVY_OK) {
        (void) fprintf(stderr, "%s\n", davy_error());
        exit(EXIT_FAILURE);
    }
    seconds = (double) (davy_monotonic_ns(davy_clock_system()) - start) / 1e9;
    *bytes_per_signal = (double) site->arena.used / (double) site->signal_count;
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return seconds;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

int main(void)
{
    double events[ROUNDS], sites[ROUNDS], bytes_per_signal;
    davy_buffer text = {0};

    write_plant(&text);
    for (int i = 0; i < ROUNDS; i++) {
        events[i] = seconds_of_events(&text);
        sites[i] = seconds_of_site(&text, &bytes_per_signal);
    }
    (void) printf("site: %d signals, %.1f MB of YAML: %.2f s read and checked, %.2f s of it "
                  "libyaml's events; %.0f bytes a signal\n",
                  ASSETS * SIGNALS, (double) text.length / 1e6, median(sites), median(events),
                  bytes_per_signal);
    davy_buffer_clear(&text);
    return EXIT_SUCCESS;
}
