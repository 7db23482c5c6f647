/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/ledger.h"
#include "alarm/change/lines.h"

#include "alarm/change/settings.h"
#include "core/file.h"
#include "core/sample.h"
#include "site/load.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define S   1000000000LL
#define NOW (1767225600LL * S) /* 2026-01-01T00:00:00Z */

static davy_records *records;

static int open_records(void **state)
{
    char path[96];

    assert_int_equal(temporary_make(state), 0);
    (void) snprintf(path, sizeof path, "%s/records.db", temporary);
    assert_ok(davy_records_open(path, &records));
    return 0;
}

static int close_records(void **state)
{
    davy_records_close(records);
    return temporary_remove(state);
}

static davy_site *site_of(int hi)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    char text[256];

    (void) snprintf(text, sizeof text,
                    "site: {name: a}\nassets:\n- {name: T-101, signals: [{name: p, unit: kPa,"
                    " limits: {hi: %d}}]}\n",
                    hi);
    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

static davy_change_found note(int hi)
{
    davy_site *site = site_of(hi);
    davy_change_found found;

    assert_ok(davy_change_note(records, temporary, site, NOW, &found));
    davy_site_destroy(site);
    return found;
}

static void hash_of(int hi, char hash[DAVY_SETTINGS_HASH_MAX])
{
    davy_site *site = site_of(hi);
    davy_buffer settings = {0};

    assert_ok(davy_settings_write(site, &settings));
    davy_settings_hash(settings.bytes, settings.length, hash);
    davy_buffer_clear(&settings);
    davy_site_destroy(site);
}

/* A what-if of moving the limit, as far as the ledger looks at it. */
static json_t *whatif_of(int before, int after)
{
    char from[DAVY_SETTINGS_HASH_MAX], to[DAVY_SETTINGS_HASH_MAX];

    hash_of(before, from);
    hash_of(after, to);
    return json_pack("{s:s, s:s, s:[{s:s}], s:{s:i, s:i}, s:{s:i, s:[i]}}", "before", from, "after",
                     to, "changes", "text", "moved", "alarms", "before", 3, "after", 1, "events",
                     "count", 1, "list", 1);
}

static void keep(int before, int after, const char *reason)
{
    json_t *whatif = whatif_of(before, after);

    assert_ok(davy_change_keep(records, whatif, "mia", reason, NOW));
    json_decref(whatif);
}

/* The newest change. */
static json_t *newest(void)
{
    json_t *list = NULL, *change;

    assert_ok(davy_change_list(records, 1, &list));
    assert_int_equal(json_array_size(list), 1);
    change = json_incref(json_array_get(list, 0));
    json_decref(list);
    return change;
}

static void assert_newest(const char *text, const char *reason)
{
    json_t *change = newest();
    const char *found = json_string_value(json_object_get(change, "reason"));

    assert_string_equal(json_string_value(json_array_get(json_object_get(change, "changes"), 0)),
                        text);
    assert_int_equal(json_is_true(json_object_get(change, "flagged")), reason == NULL);
    assert_string_equal(found ? found : "", reason ? reason : "");
    json_decref(change);
}

static void the_first_settings_need_no_reason(void **state)
{
    json_t *change;

    (void) state;
    assert_false(note(1000).changed);
    change = newest();
    assert_true(json_is_false(json_object_get(change, "flagged")));
    assert_true(json_is_null(json_object_get(change, "before")));
    assert_string_equal(json_string_value(json_object_get(change, "time")),
                        "2026-01-01T00:00:00.000Z");
    json_decref(change);
}

static size_t count_changes(void)
{
    json_t *list = NULL;
    size_t count;

    assert_ok(davy_change_list(records, 1000, &list));
    count = json_array_size(list);
    json_decref(list);
    return count;
}

static void the_same_settings_are_no_change(void **state)
{
    (void) state;
    (void) note(1000);
    assert_false(note(1000).changed);
    assert_int_equal(count_changes(), 1);
}

static void a_change_without_a_reason_is_flagged(void **state)
{
    davy_change_found found;

    (void) state;
    (void) note(1000);
    found = note(1050);
    assert_true(found.changed);
    assert_true(found.flagged);
    assert_int_equal(found.count, 1);
    assert_newest("T-101/p:hi 1000 -> 1050 kPa", NULL);
}

static void a_reason_serves_for_one_change(void **state)
{
    (void) state;
    (void) note(1000);
    keep(1000, 1050, "fewer false alarms");
    assert_false(note(1050).flagged);
    assert_newest("T-101/p:hi 1000 -> 1050 kPa", "fewer false alarms");
    assert_true(note(1000).flagged);
    assert_true(note(1050).flagged);
    assert_newest("T-101/p:hi 1000 -> 1050 kPa", NULL);
    assert_int_equal(count_changes(), 4);
}

static void a_reason_for_other_settings_serves_for_none(void **state)
{
    (void) state;
    (void) note(1000);
    keep(1000, 1100, "another one");
    assert_true(note(1050).flagged);
    assert_true(note(1100).flagged);
    assert_newest("T-101/p:hi 1050 -> 1100 kPa", NULL);
}

/* Settings that were altered, or are gone, are compared with nothing; the change is told all the
 * same, because the hash of the settings before is in the records. */
static void lost_settings_are_told(void **state)
{
    char hash[DAVY_SETTINGS_HASH_MAX], path[256];
    json_t *change;
    FILE *file;

    (void) state;
    (void) note(1000);
    hash_of(1000, hash);
    (void) snprintf(path, sizeof path, "%s/settings/%s", temporary, hash);
    file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs("T-101/p:lo\t\t1\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_true(note(1050).changed);
    change = newest();
    assert_true(json_is_null(json_object_get(change, "changes")));
    assert_true(json_is_true(json_object_get(change, "flagged")));
    json_decref(change);
}

static void what_is_no_whatif_or_no_reason_is_refused(void **state)
{
    json_t *whatif = whatif_of(1000, 1050);

    (void) state;
    (void) note(1000);
    assert_fails(davy_change_keep(records, whatif, "mia", NULL, NOW), DAVY_ERR_INVALID, "reason");
    assert_fails(davy_change_keep(records, whatif, "mia", "a\x1b[2J", NOW), DAVY_ERR_INVALID,
                 "control character");
    assert_fails(davy_change_keep(records, NULL, "mia", "why", NOW), DAVY_ERR_INVALID,
                 "no what-if");
    json_array_clear(json_object_get(whatif, "changes"));
    assert_fails(davy_change_keep(records, whatif, "mia", "why", NOW), DAVY_ERR_INVALID,
                 "changes nothing");
    json_decref(whatif);
    whatif = whatif_of(1000, 1050);
    json_object_set_new(whatif, "priorities", json_stringn((char[70000]){0}, 70000));
    assert_fails(davy_change_keep(records, whatif, "mia", "why", NOW), DAVY_ERR_INVALID, "longer");
    json_decref(whatif);
}

/* Files --------------------------------------------------------------------------------------- */

static const char with_pager[] =
    "site: {name: a}\n"
    "receivers:\n"
    "- {name: phone, kind: webhook, url: \"http://10.0.0.9/hook/T0\"}\n"
    "routes:\n"
    "- {to: [phone]}\n";
static const char without_pager[] = "site: {name: a}\n";

static davy_change_found note_file(const char *text)
{
    davy_site_faults faults = {0};
    davy_change_found found;
    davy_site *site = NULL;

    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    assert_ok(davy_change_note_file(records, temporary, site, NOW, &found));
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
    return found;
}

/* Hash of what is kept of a file. */
static void hash_of_file(const char *text, char hash[DAVY_SETTINGS_HASH_MAX])
{
    davy_buffer masked = {0};

    davy_lines_mask(text, strlen(text), &masked);
    davy_settings_hash(masked.bytes, masked.length, hash);
    davy_buffer_clear(&masked);
}

static void who_takes_the_pager_away_is_found(void **state)
{
    json_t *change;

    (void) state;
    assert_false(note_file(with_pager).changed);
    assert_true(note_file(without_pager).flagged);
    assert_newest("line 2 removed: receivers:", NULL);
    change = newest();
    assert_string_equal(json_string_value(json_object_get(change, "of")), "file");
    assert_int_equal(json_array_size(json_object_get(change, "changes")), 4);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(change, "changes"), 1)),
        "line 3 removed: - {name: phone, kind: webhook, url: \"http://10.0.0.9/...d76e94a3\"}");
    json_decref(change);
    assert_true(note_file(with_pager).flagged);
    assert_newest("line 2 new: receivers:", NULL);
}

static void the_file_before_is_kept_without_what_lets_one_in(void **state)
{
    char hash[DAVY_SETTINGS_HASH_MAX], path[256];
    davy_buffer text = {0};

    (void) state;
    (void) note_file(with_pager);
    hash_of_file(with_pager, hash);
    (void) snprintf(path, sizeof path, "%s/settings/%s", temporary, hash);
    assert_ok(davy_file_read(path, 4096, &text));
    assert_non_null(strstr(text.bytes, "- {to: [phone]}\n"));
    assert_null(strstr(text.bytes, "T0"));
    davy_buffer_clear(&text);
}

static void comments_need_no_reason(void **state)
{
    davy_change_found found;

    (void) state;
    (void) note_file(without_pager);
    found = note_file("# since 2026\n\nsite: {name: a}  \n");
    assert_true(found.changed);
    assert_false(found.flagged);
    assert_int_equal(count_changes(), 2);
}

static void a_reason_is_for_just_this_file(void **state)
{
    char from[DAVY_SETTINGS_HASH_MAX], to[DAVY_SETTINGS_HASH_MAX];
    json_t *whatif = whatif_of(1000, 1000);

    (void) state;
    hash_of_file(with_pager, from);
    hash_of_file(without_pager, to);
    json_array_clear(json_object_get(whatif, "changes"));
    json_object_set_new(whatif, "files", json_pack("{s:s, s:s}", "before", from, "after", from));
    (void) note(1000);
    (void) note_file(with_pager);
    assert_fails(davy_change_keep(records, whatif, "mia", "why", NOW), DAVY_ERR_INVALID,
                 "changes nothing");
    json_object_set_new(whatif, "files", json_pack("{s:s, s:s}", "before", from, "after", to));
    assert_ok(davy_change_keep(records, whatif, "mia", "the pager is dead", NOW));
    assert_false(note_file(without_pager).flagged);
    assert_newest("line 2 removed: receivers:", "the pager is dead");
    assert_true(note_file(with_pager).flagged);
    assert_true(note_file(without_pager).flagged);
    json_decref(whatif);
}

static davy_status take_silenced(void *context, const davy_record *record)
{
    json_t *body = json_loads(record->body, 0, NULL);

    *(char **) context = json_dumps(json_object_get(body, "silenced"), JSON_COMPACT);
    json_decref(body);
    return DAVY_OK;
}

static void settings_and_files_stand_in_the_order_of_their_records(void **state)
{
    json_t *list = NULL;

    (void) state;
    (void) note(1000);
    (void) note_file(with_pager);
    (void) note_file(without_pager);
    (void) note(1050);
    assert_ok(davy_change_list(records, 3, &list));
    assert_int_equal(json_array_size(list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_integer_value(json_object_get(json_array_get(list, i), "sequence")),
                         4 - (int) i);
    json_decref(list);
}

/* By hand: hi goes, lo gets a logic, and a limit that moved is no silence. */
static void a_change_names_what_it_silences(void **state)
{
    static const char before[] =
        "site: {name: a}\nassets: [{name: T, signals: [{name: p, deadline: 10s, limits: "
        "{lo: 1, hi: 8, hihi: 9}}]}]\n";
    static const char after[] = "site: {name: a}\nassets: [{name: T, signals: [{name: p, deadline: "
                                "10s, limits: {lo: 1, hihi: 10}}]}]\n"
                                "alarms: [{match: [\"T/p:lo\"], suppress_when: T/p < 0}]\n";
    struct {
        const char *text;
        davy_site *site;
    } sides[] = {{before, NULL}, {after, NULL}};
    davy_change_found found;
    char *silenced = NULL;

    (void) state;
    for (size_t i = 0; i < 2; i++) {
        davy_site_faults faults = {0};

        assert_ok(
            davy_site_parse("a", sides[i].text, strlen(sides[i].text), &faults, &sides[i].site));
        assert_ok(davy_change_note(records, temporary, sides[i].site, NOW, &found));
        davy_site_faults_clear(&faults);
        davy_site_destroy(sides[i].site);
    }
    assert_ok(davy_records_scan(records, DAVY_RECORD_AUDIT, NULL, 1, 1, take_silenced, &silenced));
    assert_string_equal(silenced, "[\"T/p:hi\",\"T/p:lo\"]");
    free(silenced);
}

/* What would be lost in silence: before the first start, and against another file. */
static void a_reason_that_can_never_serve_is_refused(void **state)
{
    json_t *whatif = whatif_of(1000, 1100);

    (void) state;
    assert_fails(davy_change_keep(records, whatif, "mia", "why", NOW), DAVY_ERR_INVALID,
                 "no site is in force");
    (void) note(1050);
    assert_fails(davy_change_keep(records, whatif, "mia", "why", NOW), DAVY_ERR_INVALID,
                 "not asked against what is in force");
    (void) note(1000);
    assert_ok(davy_change_keep(records, whatif, "mia", "why", NOW));
    json_decref(whatif);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_settings_need_no_reason, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(the_same_settings_are_no_change, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(a_change_without_a_reason_is_flagged, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(a_reason_serves_for_one_change, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(a_reason_for_other_settings_serves_for_none, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(lost_settings_are_told, open_records, close_records),
        cmocka_unit_test_setup_teardown(what_is_no_whatif_or_no_reason_is_refused, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(who_takes_the_pager_away_is_found, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(the_file_before_is_kept_without_what_lets_one_in,
                                        open_records, close_records),
        cmocka_unit_test_setup_teardown(comments_need_no_reason, open_records, close_records),
        cmocka_unit_test_setup_teardown(a_reason_is_for_just_this_file, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(settings_and_files_stand_in_the_order_of_their_records,
                                        open_records, close_records),
        cmocka_unit_test_setup_teardown(a_change_names_what_it_silences, open_records,
                                        close_records),
        cmocka_unit_test_setup_teardown(a_reason_that_can_never_serve_is_refused, open_records,
                                        close_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
