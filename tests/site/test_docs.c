/* SPDX-License-Identifier: Apache-2.0 */

/*
 * docs/site.md and the tables of keys say the same: every schema has a heading and every key a row,
 * no row is without a key, and every example in the page and in examples/ is a site without faults.
 */
#include "core/file.h"
#include "site/schema.h"
#include "site_testing.h"

#include <glob.h>
#include <stdlib.h>

/* Argument of the program: the folder of the project. */
static const char *project;

static char *read_project_file(const char *name)
{
    davy_buffer text = {0};
    char path[1024];

    (void) snprintf(path, sizeof path, "%s/%s", project, name);
    assert_ok(davy_file_read(path, DAVY_SITE_FILE_MAX, &text));
    return text.bytes;
}

/* The text from a heading to the next one, as a copy. */
static char *section_of(const char *page, const char *heading)
{
    char line[100];
    const char *begin, *end;

    (void) snprintf(line, sizeof line, "# %s\n", heading);
    begin = strstr(page, line);
    if (!begin) {
        fail_msg("docs/site.md has no heading '%s'", heading);
        return NULL;
    }
    begin += strlen(line);
    end = strstr(begin, "\n#");
    return strndup(begin, end ? (size_t) (end - begin) : strlen(begin));
}

static size_t count_rows(const char *section)
{
    size_t count = 0;

    for (const char *row = section; (row = strstr(row, "\n| `")); row++)
        count++;
    return count;
}

static bool has_row(const char *section, const davy_site_field *field)
{
    char row[100];
    const char *found;

    (void) snprintf(row, sizeof row, "\n| `%s` |", field->key);
    found = strstr(section, row);
    return found &&
           (!field->required || memmem(found + 1, strcspn(found + 1, "\n"), "| required |", 12));
}

static void check_schema(const char *page, const davy_site_schema *schema)
{
    char *section = section_of(page, schema->what);

    for (size_t i = 0; i < schema->count; i++)
        if (!has_row(section, &schema->fields[i]))
            fail_msg("docs/site.md has no row '%s' under '%s', or does not call it required",
                     schema->fields[i].key, schema->what);
    assert_int_equal(count_rows(section), schema->count);
    free(section);
}

static void every_key_has_its_row(void **state)
{
    char *page = read_project_file("docs/site.md");

    (void) state;
    for (size_t i = 0; davy_site_schemas[i]; i++)
        check_schema(page, davy_site_schemas[i]);
    for (size_t i = 0; davy_site_kinds[i]; i++) {
        check_schema(page, &davy_site_kinds[i]->source);
        check_schema(page, &davy_site_kinds[i]->from);
    }
    for (size_t i = 0; davy_site_receiver_kinds[i].name; i++)
        check_schema(page, &davy_site_receiver_kinds[i].schema);
    free(page);
}

static void every_yaml_block_is_a_site(void **state)
{
    static const char fence[] = "```yaml\n";
    char *page = read_project_file("docs/site.md");
    size_t count = 0;

    (void) state;
    for (char *block = page; (block = strstr(block, fence)); count++) {
        char *end;

        block += sizeof fence - 1;
        end = strstr(block, "```");
        assert_non_null(end);
        *end = '\0';
        davy_site_destroy(read_good(block));
        block = end + 1;
    }
    assert_int_equal(count, 5);
    free(page);
}

static void every_example_is_a_site(void **state)
{
    char pattern[1024];
    glob_t found;

    (void) state;
    (void) snprintf(pattern, sizeof pattern, "%s/examples/*/site.yaml", project);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        davy_site_faults faults = {0};
        davy_site *site = NULL;

        assert_ok(davy_site_load(found.gl_pathv[i], &faults, &site));
        assert_true(site->signal_count > 0);
        davy_site_faults_clear(&faults);
        davy_site_destroy(site);
    }
    globfree(&found);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_its_row),
        cmocka_unit_test(every_yaml_block_is_a_site),
        cmocka_unit_test(every_example_is_a_site),
    };

    if (argc != 2)
        return EXIT_FAILURE;
    project = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
