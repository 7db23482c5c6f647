/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "site/load.h"

#include <stdio.h>

/**
 * @file
 * Helpers of the tests of the stage site: a site from text, and a text with one known fault.
 */

/** Read a text that must be a site. The caller destroys it. */
static inline davy_site *read_good(const char *text)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    davy_status status = davy_site_parse("site.yaml", text, strlen(text), &faults, &site);

    davy_site_faults_print(&faults, stderr, false);
    assert_int_equal(status, DAVY_OK);
    assert_int_equal(faults.count, 0);
    davy_site_faults_clear(&faults);
    return site;
}

/** Read a text that must have faults. The caller clears them. */
static inline void read_bad_bytes(const char *text, size_t length, davy_site_faults *faults)
{
    davy_site *site = NULL;

    *faults = (davy_site_faults){0};
    if (davy_site_parse("site.yaml", text, length, faults, &site) != DAVY_ERR_INVALID)
        fail_msg("no fault in: %s", text);
    assert_null(site);
    assert_true(faults->count > 0);
}

static inline void read_bad(const char *text, davy_site_faults *faults)
{
    read_bad_bytes(text, strlen(text), faults);
}

/** A text with exactly one fault. `words` stand in "what; remedy". */
typedef struct bad_case {
    const char *text;
    size_t line, column;
    const char *path;
    const char *words;
} bad_case;

static inline void assert_case(const bad_case *wrong)
{
    davy_site_faults faults;
    char told[1024];

    read_bad(wrong->text, &faults);
    (void) snprintf(told, sizeof told, "%s; %s", faults.items[0].what, faults.items[0].remedy);
    if (faults.count != 1 || faults.items[0].line != wrong->line ||
        faults.items[0].column != wrong->column || strcmp(faults.items[0].path, wrong->path) != 0 ||
        !strstr(told, wrong->words)) {
        davy_site_faults_print(&faults, stderr, false);
        fail_msg("expected %zu:%zu: %s: ...%s... and nothing else in:\n%s", wrong->line,
                 wrong->column, wrong->path, wrong->words, wrong->text);
    }
    davy_site_faults_clear(&faults);
}

#define assert_cases(cases)                                   \
    do {                                                      \
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) \
            assert_case(&(cases)[i]);                         \
    } while (0)
