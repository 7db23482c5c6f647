/* SPDX-License-Identifier: Apache-2.0 */
#include "site/yaml_tree.h"

#include "core/buffer.h"
#include "site_testing.h"

#define SITE "site: {name: a}\n"

static void nodes_know_their_line_and_column(void **state)
{
    static const char text[] = "a: 1\nb:\n  - {\xC3\xA9: x, d: \"2\"}\n";
    davy_arena arena = {0};
    davy_yaml_fault fault;
    const davy_yaml_node *root, *list, *entry;

    (void) state;
    assert_ok(davy_yaml_parse(text, sizeof text - 1, &arena, &fault, &root));
    assert_int_equal(root->length, 2);
    list = davy_yaml_get(root, "b");
    assert_int_equal(list->kind, DAVY_YAML_SEQUENCE);
    assert_int_equal(list->key->line, 2);
    entry = davy_yaml_get(list->first, "d");
    assert_string_equal(entry->text, "2");
    assert_false(entry->plain);
    assert_int_equal(entry->line, 3);
    assert_int_equal(entry->column, 15); /* characters, not bytes */
    assert_null(davy_yaml_get(root, "c"));
    assert_null(davy_yaml_get(list, "b"));
    davy_arena_clear(&arena);
}

/* The places are where libyaml 0.2.5 stops; the words come from it, the remedies from us. */
static void broken_yaml_is_told_with_its_place_and_a_remedy(void **state)
{
    static const bad_case cases[] = {
        {"", 0, 0, "", "the file is empty; begin with"},
        {"# a comment\n", 0, 0, "", "the file is empty"},
        {"---\n", 2, 1, "", "a single value stands where a mapping is expected"},
        {SITE "x: {unit: %}\n", 2, 11, "", "put a text that begins with %"},
        {"site:\n\tname: a\n", 2, 1, "", "indent with blanks"},
        {SITE "x: [*/a]\n", 2, 6, "", "put a text that begins with * or & in quotes"},
        {"a: b: c\n", 1, 5, "", "put a text with ': ' in quotes"},
        {"site: {name: a\nassets: []\n", 2, 7, "", "flow mapping that begins on line 1); close"},
        {"site: [a, b\n", 2, 1, "", "did not find expected ',' or ']'"},
        {"site: {name: a}\nassets: [}\n", 2, 10, "", "close the bracket, or write a value"},
        {"a: \"x\n", 2, 1, "", "close the quote"},
        {"a:\n- b\nc\n", 4, 1, "", "write 'key: value'"},
        {"%FOO\n---\na: b\n", 1, 5, "", "take the line with % out"},
        {"a: \"\\ud800\"\n", 1, 7, "", "correct the escape"},
        {"{a: {b:}}\n", 1, 7, "", "found unexpected ':'; correct the YAML here"},
        {"a: \x01\n", 1, 4, "", "take the character out"},
    };

    (void) state;
    assert_cases(cases);
}

static void bytes_that_are_not_utf8_are_told_with_their_line(void **state)
{
    static const bad_case cases[] = {
        {"a: 1\nb: \xFF\n", 2, 4, "", "save the file as UTF-8"},
        {"a: 1\nb: \xC3\xA9 \xED\xA0\x80\n", 2, 6, "", "save the file as UTF-8"}, /* a surrogate */
        {"a: \xC0\x80\n", 1, 4, "", "save the file as UTF-8"},                    /* overlong */
        {"a: \xF4\x90\x80\x80\n", 1, 4, "", "save the file as UTF-8"}, /* past U+10FFFF */
        {"a: \xE2\x82", 1, 4, "", "save the file as UTF-8"},           /* cut short */
    };
    davy_site_faults faults;

    (void) state;
    assert_cases(cases);
    read_bad_bytes("s\0i\0t\0e\0", 8, &faults); /* UTF-16 */
    assert_int_equal(faults.items[0].line, 1);
    davy_site_faults_clear(&faults);
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void) state;
    davy_site_destroy(read_good("\xEF\xBB\xBF" SITE));
}

static void aliases_anchors_and_tags_are_refused_where_they_stand(void **state)
{
    static const bad_case cases[] = {
        {SITE "assets: *x\n", 2, 9, "assets", "write the value out; put a text with * in quotes"},
        {SITE "assets: [*x]\n", 2, 10, "assets[0]", "aliases are not taken"},
        {"site: {name: *a}\n", 1, 14, "site.name", "aliases are not taken"},
        {"site: &s {name: a}\n", 1, 7, "site", "take the &name out"},
        {"site: {name: &n a}\n", 1, 14, "site.name", "anchors are not taken"},
        {"site: {&k name: a}\n", 1, 8, "site", "anchors are not taken"},
        {"site: {name: !!str a}\n", 1, 14, "site.name", "take the !tag out"},
        {SITE "<<: *x\n", 2, 1, "<<", "unknown key '<<'"},
        {SITE "{a: b}: c\n", 2, 1, "", "a mapping stands where a single value is expected"},
        {SITE "*a : c\n", 2, 1, "", "aliases are not taken"},
    };

    (void) state;
    assert_cases(cases);
}

/* "Billion laughs": nine levels of nine aliases would be 387 million values. */
static void an_alias_bomb_does_not_go_off(void **state)
{
    davy_buffer text = {0};
    davy_site_faults faults;

    (void) state;
    davy_buffer_append_text(&text, "a0: &a0 [lol]\n");
    for (int i = 1; i < 10; i++) {
        davy_buffer_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            davy_buffer_printf(&text, "%s*a%d", j ? ", " : "", i - 1);
        davy_buffer_append_text(&text, "]\n");
    }
    davy_buffer_append_text(&text, "site: {name: a}\nassets: *a9\n");
    assert_ok(davy_buffer_ok(&text));
    read_bad(text.bytes, &faults);
    assert_int_equal(faults.count, 11); /* ten unknown keys and an alias */
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

static void a_second_document_is_refused(void **state)
{
    static const bad_case cases[] = {
        {SITE "---\nsite: {name: b}\n", 2, 1, "", "keep one document in a file"},
        {SITE "...\n---\n", 3, 1, "", "a second document begins"},
    };

    (void) state;
    assert_cases(cases);
    davy_site_destroy(read_good("%YAML 1.1\n---\n" SITE "...\n"));
}

static davy_buffer repeat(const char *before, const char *piece, size_t count)
{
    davy_buffer text = {0};

    davy_buffer_append_text(&text, before);
    for (size_t i = 0; i < count; i++)
        davy_buffer_append_text(&text, piece);
    assert_ok(davy_buffer_ok(&text));
    return text;
}

static void depth_is_capped(void **state)
{
    static const char *const pieces[] = {"[", "{a: ", "- "};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pieces); i++) {
        davy_buffer text = repeat("", pieces[i], 100000);
        davy_site_faults faults;

        read_bad(text.bytes, &faults);
        assert_non_null(strstr(faults.items[0].what, "too many levels"));
        davy_site_faults_clear(&faults);
        davy_buffer_clear(&text);
    }
}

static void a_mapping_with_a_million_unknown_keys_is_read_once(void **state)
{
    davy_buffer text = repeat(SITE, "x: 1\n", 1000000);
    davy_site_faults faults;

    (void) state;
    read_bad(text.bytes, &faults);
    assert_int_equal(faults.count + faults.left_out, 1000000);
    assert_int_equal(faults.items[0].line, 2);
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

static void lists_longer_than_a_plant_are_refused(void **state)
{
    davy_buffer sources = repeat(SITE "sources:\n", "- {}\n", DAVY_SITE_SOURCES_MAX + 1);
    davy_buffer signals =
        repeat(SITE "assets:\n- name: T\n  signals:\n", "  - {}\n", DAVY_SITE_SIGNALS_MAX + 1);
    const bad_case cases[] = {
        {sources.bytes, 3, 1, "sources", "4097 entries are more than the 4096"},
        {signals.bytes, 3, 1, "assets", "262145 signals are more than the 262144"},
    };

    (void) state;
    assert_cases(cases);
    davy_buffer_clear(&sources);
    davy_buffer_clear(&signals);
}

static void text_longer_than_a_line_is_refused(void **state)
{
    davy_buffer text = repeat("site: {name: a, title: ", "0123456789", 500);
    davy_site_faults faults;

    (void) state;
    davy_buffer_append_text(&text, "}\n");
    assert_ok(davy_buffer_ok(&text));
    read_bad(text.bytes, &faults);
    assert_string_equal(faults.items[0].path, "site.title");
    assert_string_equal(faults.items[0].what, "the text is longer than 4096 bytes");
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

/* What is quoted from a file is made fit for a terminal and for JSON. */
static void foreign_text_in_a_fault_is_harmless(void **state)
{
    davy_site_faults faults;

    (void) state;
    read_bad("site: {name: a, \"\\e[2J\\a\": 1}\n", &faults);
    assert_string_equal(faults.items[0].path, "site.?[2J?");
    assert_non_null(strstr(faults.items[0].what, "unknown key '?[2J?'"));
    davy_site_faults_clear(&faults);
}

static void a_key_ends_where_its_text_ends_and_not_at_a_zero(void **state)
{
    davy_site_faults faults;

    (void) state;
    read_bad("site: {\"name\\0x\": a}\n", &faults);
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.items[0].what, "'name' is missing");
    assert_string_equal(faults.items[1].what, "unknown key 'name'");
    davy_site_faults_clear(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_their_line_and_column),
        cmocka_unit_test(broken_yaml_is_told_with_its_place_and_a_remedy),
        cmocka_unit_test(bytes_that_are_not_utf8_are_told_with_their_line),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(aliases_anchors_and_tags_are_refused_where_they_stand),
        cmocka_unit_test(an_alias_bomb_does_not_go_off),
        cmocka_unit_test(a_second_document_is_refused),
        cmocka_unit_test(depth_is_capped),
        cmocka_unit_test(a_mapping_with_a_million_unknown_keys_is_read_once),
        cmocka_unit_test(lists_longer_than_a_plant_are_refused),
        cmocka_unit_test(text_longer_than_a_line_is_refused),
        cmocka_unit_test(a_key_ends_where_its_text_ends_and_not_at_a_zero),
        cmocka_unit_test(foreign_text_in_a_fault_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
