/* SPDX-License-Identifier: Apache-2.0 */
#include "app/alarms_report.h"

#include "alarm/kpi/kpi_page.h"
#include "alarm/kpi/targets.h"
#include "app/local_times.h"
#include "app/options.h"
#include "app/table_print.h"
#include "core/file.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static long long count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* Asking ----------------------------------------------------------------------------------- */

/* A name as a parameter: all but letters and digits as %XX. Source: RFC 3986, 2.1. */
static void append_escaped(davy_buffer *path, const char *text)
{
    for (; *text; text++)
        davy_buffer_printf(path, isalnum((unsigned char) *text) ? "%c" : "%%%02X",
                           (unsigned char) *text);
}

/* What stands in relation to now is a moment; a day without a zone is the site's, which the daemon
 * knows. */
static davy_status append_time(davy_buffer *path, const char *name, const char *text)
{
    int64_t time_ns;
    davy_status status = text ? davy_option_time(text, &time_ns) : DAVY_OK;

    if (!text || status != DAVY_OK)
        return text ? davy_fail_in(status, "--%s", name) : DAVY_OK;
    davy_buffer_printf(path, "%s=", name);
    if (text[0] == '-' || strcmp(text, "now") == 0)
        davy_buffer_printf(path, "%" PRId64, time_ns);
    else
        append_escaped(path, text);
    davy_buffer_append_text(path, "&");
    return DAVY_OK;
}

static davy_status ask(const davy_client *client, const davy_alarms_report_wish *wish,
                       json_t **answer)
{
    davy_buffer path = {0};
    davy_status status;

    davy_buffer_append_text(&path, "/api/v1/alarms/kpi?");
    status = append_time(&path, "from", wish->from);
    if (status == DAVY_OK)
        status = append_time(&path, "to", wish->to);
    if (wish->position) {
        davy_buffer_append_text(&path, "position=");
        append_escaped(&path, wish->position);
    }
    if (status == DAVY_OK)
        status = davy_buffer_ok(&path);
    if (status == DAVY_OK)
        status = davy_client_call(client, "GET", path.bytes, NULL, answer);
    davy_buffer_clear(&path);
    return status;
}

/* Printing --------------------------------------------------------------------------------- */

static const char *show_figure(const json_t *figure, const char *path,
                               char text[DAVY_PRINT_CELL_MAX])
{
    const json_t *value = json_object_get(figure, path);
    const bool share = json_is_true(json_object_get(figure, "share"));
    const double number = json_number_value(value);

    if (!json_is_number(value))
        return "-";
    (void) snprintf(text, DAVY_PRINT_CELL_MAX, share ? "%.4g %%" : "%.4g",
                    share ? 100.0 * number : number);
    return text;
}

/* The words of a figure; those of a daemon newer than this program are its name. */
static const char *show_name(const json_t *figure, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    const char *name = davy_print_value(figure, path, text);

    for (size_t i = 0; i < davy_kpi_target_count; i++)
        if (strcmp(davy_kpi_targets[i].name, name) == 0)
            return davy_kpi_targets[i].en;
    return name;
}

static davy_status print_figures(const json_t *position)
{
    static const davy_print_field fields[] = {
        {"figure", "name", false, show_name},
        {"value", "value", true, show_figure},
        {"acceptable", "acceptable", true, show_figure},
        {"manageable", "manageable", true, show_figure},
        {"verdict", "verdict", false, NULL},
    };

    return davy_print_objects("figures", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(position, "figures"));
}

static void print_distribution(const json_t *position, const char *name, const char *words)
{
    const json_t *counts = json_object_get(position, name);

    (void) printf("alarms %s: median %lld, 95 of 100 at most %lld, most %lld (%lld periods)\n",
                  words, count_of(counts, "median"), count_of(counts, "p95"),
                  count_of(counts, "most"), count_of(counts, "periods"));
}

static void print_rest(const json_t *position)
{
    const json_t *floods = json_object_get(position, "floods");
    const json_t *wait = json_object_get(position, "acknowledge");
    const json_t *now = json_object_get(position, "now");
    const json_t *alarm;
    size_t index;

    print_distribution(position, "per_day", "a day");
    print_distribution(position, "per_hour", "an hour");
    print_distribution(position, "per_ten_minutes", "in 10 minutes");
    (void) printf("(a median or 95th above 31 is rounded up, by a sixteenth at most; a last period "
                  "that is not over counts as one)\n");
    (void) printf("floods: %lld%s, together %lld s, the longest %lld s, at most %lld alarms in 10 "
                  "minutes\n",
                  count_of(floods, "count"),
                  json_is_true(json_object_get(floods, "now")) ? " (one is now)" : "",
                  count_of(floods, "seconds"), count_of(floods, "longest_s"),
                  count_of(floods, "peak"));
    if (count_of(wait, "count") > 0)
        (void) printf("acknowledged %lld times: median %lld s, 95 of 100 within %lld s, slowest "
                      "%lld s\n",
                      count_of(wait, "count"), count_of(wait, "median_s"), count_of(wait, "p95_s"),
                      count_of(wait, "most_s"));
    (void) printf("now: %lld active, %lld unacknowledged, %lld stale; %lld shelved, %lld "
                  "suppressed, %lld out of service\n",
                  count_of(now, "active"), count_of(now, "unacknowledged"), count_of(now, "stale"),
                  count_of(now, "shelved"), count_of(now, "suppressed"),
                  count_of(now, "out_of_service"));
    json_array_foreach(json_object_get(position, "top"), index, alarm)
    {
        (void) printf("%s%6lld  %s\n", index == 0 ? "most frequent:\n" : "",
                      count_of(alarm, "count"), text_of(alarm, "key"));
    }
}

static davy_status print_position(const json_t *answer, const json_t *position)
{
    double days = json_number_value(json_object_get(position, "days"));
    davy_status status;

    (void) printf("%s (%s)", text_of(position, "title"), text_of(position, "position"));
    if (!json_is_string(json_object_get(position, "begin"))) {
        (void) printf(": nothing was observed in this time\n\n");
        return DAVY_OK;
    }
    (void) printf(": %lld alarms in %.1f days, from %s to %s\n", count_of(position, "alarms"), days,
                  text_of(position, "begin"), text_of(position, "end"));
    if (!json_is_true(json_object_get(position, "enough")))
        (void) printf("observe at least %lld days before judging: these are %.1f\n",
                      count_of(answer, "days_wanted"), days);
    status = print_figures(position);
    print_rest(position);
    (void) printf("\n");
    return status;
}

static davy_status print_report(const json_t *answer)
{
    const json_t *position;
    davy_status status = DAVY_OK;
    size_t index;

    json_array_foreach(json_object_get(answer, "positions"), index, position)
    {
        if (status == DAVY_OK)
            status = print_position(answer, position);
    }
    if (count_of(answer, "unreadable") > 0)
        (void) printf("%lld records cannot be read and are in no figure: run 'davy verify'\n",
                      count_of(answer, "unreadable"));
    return status;
}

static davy_status write_page(const json_t *answer, const char *file)
{
    davy_buffer html = {0};
    davy_status status = davy_kpi_page(answer, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(file, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

davy_status davy_alarms_report(const davy_client *client, const davy_alarms_report_wish *wish)
{
    json_t *answer = NULL;
    davy_status status = ask(client, wish, &answer);

    if (status == DAVY_OK && wish->page)
        status = write_page(answer, wish->page);
    if (status == DAVY_OK && !wish->json)
        davy_local_times(client, answer);
    if (status == DAVY_OK)
        status = wish->json ? davy_print_json(json_incref(answer)) : print_report(answer);
    json_decref(answer);
    return status;
}
