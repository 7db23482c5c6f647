/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "detect/emitter.h"
#include "site/load.h"

#include "../testing.h"

/**
 * @file
 * A site from text, and a list of what was found, one line a finding:
 *
 *     "12.5 +T-101/pressure:hihi pressure 1213 kPa is above hihi 1200 kPa"
 */

#define S DAVY_NS_PER_S

struct found {
    const davy_condition *conditions;
    char lines[400][400];
    davy_finding findings[400];
    size_t count;
    size_t told; /* also those beyond the room above */
};

/* A site whose signals have their place as their id. */
static inline davy_site *site_from(const char *text)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    for (size_t i = 0; i < site->signal_count; i++)
        site->signals[i].id = (davy_signal_id) i;
    assert_ok(davy_site_index(site));
    return site;
}

static inline void note_finding(void *context, const davy_finding *finding)
{
    struct found *found = context;

    found->told++;
    if (found->count == DAVY_ARRAY_LENGTH(found->lines))
        return;
    found->findings[found->count] = *finding;
    (void) snprintf(found->lines[found->count++], sizeof found->lines[0], "%g %c%s %s",
                    (double) finding->time_ns / S, finding->active ? '+' : '-',
                    found->conditions[finding->condition].key, finding->text);
}

static inline davy_sample sample_at(double second, davy_signal_id signal, double value,
                                    davy_quality quality)
{
    return (davy_sample){(int64_t) (second * S), value, signal, quality};
}

#define assert_found(found, ...)                                                     \
    do {                                                                             \
        static const char *const expected_lines[] = {__VA_ARGS__};                   \
        for (size_t line_ = 0; line_ < DAVY_ARRAY_LENGTH(expected_lines); line_++)   \
            assert_string_equal(line_ < (found)->count ? (found)->lines[line_] : "", \
                                expected_lines[line_]);                              \
        assert_int_equal((found)->count, DAVY_ARRAY_LENGTH(expected_lines));         \
        (found)->count = 0;                                                          \
    } while (0)
