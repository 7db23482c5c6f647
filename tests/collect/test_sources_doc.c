/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Every site file fragment of docs/sources.md is a site file that davy takes, and every source in
 * it is of a kind that runs.
 */
#include "../testing.h"
#include "collect/source.h"
#include "core/file.h"
#include "site/load.h"

#include <stdio.h>

#define FENCE "```yaml\n"

static const char *document;

/* The lines between a fence and its end, with what a whole site file needs before them. */
static void write_site(davy_buffer *site, const char *start, const char *end)
{
    davy_buffer_reset(site);
    davy_buffer_append_text(site, "site: {name: fragment}\n");
    davy_buffer_append(site, start, (size_t) (end - start));
    assert_ok(davy_buffer_ok(site));
}

static void check_kinds(const davy_site *site)
{
    for (size_t i = 0; i < site->source_count; i++)
        if (strcmp(site->sources[i].kind, "lines") != 0)
            assert_non_null(davy_source_kind_find(site->sources[i].kind));
}

static void every_fragment_is_a_site_file(void **state)
{
    davy_buffer text = {0}, fragment = {0};
    const char *at;
    int count = 0;

    (void) state;
    assert_ok(davy_file_read(document, (size_t) 1024 * 1024, &text));
    for (at = strstr(text.bytes, FENCE); at; at = strstr(at, FENCE)) {
        davy_site_faults faults = {0};
        davy_site *site = NULL;
        const char *end;

        at += strlen(FENCE);
        end = strstr(at, "```\n");
        assert_non_null(end);
        write_site(&fragment, at, end);
        if (davy_site_parse("site.yaml", fragment.bytes, fragment.length, &faults, &site) !=
            DAVY_OK)
            fail_msg("fragment %d: %s", count + 1, davy_error());
        check_kinds(site);
        davy_site_destroy(site);
        davy_site_faults_clear(&faults);
        count++;
    }
    assert_true(count >= 5);
    davy_buffer_clear(&fragment);
    davy_buffer_clear(&text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fragment_is_a_site_file),
    };

    if (argc != 2) {
        (void) fprintf(stderr, "usage: %s docs/sources.md\n", argv[0]);
        return 2;
    }
    document = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
