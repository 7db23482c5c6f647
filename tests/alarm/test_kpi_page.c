/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_page.h"

#include "../testing.h"

#include <stdlib.h>

static char *page_of(const char *text)
{
    json_t *report = json_loads(text, 0, NULL);
    davy_buffer html = {0};

    assert_non_null(report);
    assert_ok(davy_kpi_page(report, &html));
    json_decref(report);
    return html.bytes;
}

#define HEAD                                                          \
    "{\"site\": \"<b>\", \"days_wanted\": 30, \"positions\": [{"      \
    "\"position\": \"p\", \"title\": \"The & desk\", \"days\": 2.0, " \
    "\"enough\": false, \"alarms\": 3, "
#define BEGUN "\"begin\": \"2026-01-01T00:00:00.000Z\", \"end\": \"2026-01-03T00:00:00.000Z\", "

static void both_languages_say_the_same_figures(void **state)
{
    char *html = page_of(
        HEAD BEGUN
        "\"figures\": [{\"name\": \"alarms_per_day\", \"value\": 300.5, \"verdict\": \"over\"}],"
        "\"per_hour\": {\"periods\": 48, \"median\": 0, \"p95\": 1, \"most\": 2, \"counts\":"
        " [[0, 46], [1, 1], [2, 1]]},"
        "\"top\": [{\"key\": \"<script>\", \"count\": 3, \"share\": 0.5}],"
        "\"bars\": {\"days\": 1, \"counts\": [1, 2]}}]}");

    (void) state;
    assert_non_null(strstr(html, "<td class=\"n\">300.5</td><td class=\"n\">&le; 144</td>"
                                 "<td class=\"n\">&le; 288</td><td class=\"bad\">"));
    assert_non_null(strstr(html, "每日报警数"));
    assert_non_null(strstr(html, "alarms per day"));
    assert_non_null(strstr(html, "Observe at least 30 days before judging: these are 2.0."));
    assert_non_null(strstr(html, "The &amp; desk"));
    assert_non_null(strstr(html, "&lt;script&gt;"));
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<b>"));
    assert_non_null(strstr(html, "Hours by their alarms"));
    assert_null(strstr(html, "Time to acknowledge")); /* nobody did */
    free(html);
}

static void nothing_observed_is_said(void **state)
{
    char *html = page_of(HEAD "\"begin\": null, \"end\": null}]}");

    (void) state;
    assert_non_null(strstr(html, "Nothing was observed in this time."));
    assert_null(strstr(html, "<svg"));
    free(html);
}

/* It may come from another version of davy: what is missing is a dash. */
static void parts_that_are_missing_are_dashes(void **state)
{
    char *html = page_of(HEAD BEGUN "\"figures\": []}]}");

    (void) state;
    assert_non_null(strstr(html, "<td class=\"n\">&ndash;</td>"));
    free(html);
}

static void what_are_no_figures_is_refused(void **state)
{
    json_t *report = json_object();
    davy_buffer html = {0};

    (void) state;
    assert_fails(davy_kpi_page(report, &html), DAVY_ERR_INVALID, "no figures of alarms");
    json_decref(report);
    davy_buffer_clear(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_say_the_same_figures),
        cmocka_unit_test(nothing_observed_is_said),
        cmocka_unit_test(parts_that_are_missing_are_dashes),
        cmocka_unit_test(what_are_no_figures_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
