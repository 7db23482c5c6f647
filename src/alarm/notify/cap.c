/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/cap.h"

#include "core/timestamp.h"
#include "core/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMESPACE "urn:oasis:names:tc:emergency:cap:1.2"

static const char *const statuses[] = {"Actual", "Exercise", "System", "Test", "Draft", NULL};
static const char *const types[] = {"Alert", "Update", "Cancel", "Ack", "Error", NULL};
static const char *const scopes[] = {"Public", "Restricted", "Private", NULL};
static const char *const categories[] = {"Geo",   "Met",    "Safety", "Security",  "Rescue",
                                         "Fire",  "Health", "Env",    "Transport", "Infra",
                                         "CBRNE", "Other",  NULL};
static const char *const responses[] = {"Shelter", "Evacuate", "Prepare",  "Execute", "Avoid",
                                        "Monitor", "Assess",   "AllClear", "None",    NULL};
static const char *const urgencies[] = {"Immediate", "Expected", "Future", "Past", "Unknown", NULL};
static const char *const severities[] = {"Extreme", "Severe", "Moderate", "Minor", "Unknown", NULL};
static const char *const certainties[] = {"Observed", "Likely",  "Possible",
                                          "Unlikely", "Unknown", NULL};

void davy_cap_time(int64_t time_ns, char text[DAVY_CAP_TIME_MAX])
{
    char utc[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, 0, utc);
    (void) snprintf(text, DAVY_CAP_TIME_MAX, "%.19s-00:00", utc);
}

/* U+FFFE and U+FFFF, which are no characters of XML 1.0. */
static bool is_no_character(const char *text)
{
    return strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0;
}

static bool is_plain(const char *c)
{
    return (unsigned char) *c > ' ' && *c != 0x7f && *c != ',' && *c != '<' && *c != '&' &&
           !is_no_character(c);
}

void davy_cap_plain(const char *text, char *out, size_t capacity)
{
    size_t length = 0;

    for (; *text && length + 1 < capacity; text++) {
        out[length++] = is_plain(text) ? *text : '-';
        if (is_no_character(text))
            text += 2;
    }
    out[length] = '\0';
    davy_utf8_mend(out);
}

/* Checking --------------------------------------------------------------------------------- */

static davy_status check_text(const char *element, const char *text)
{
    if (!text || !*text)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is missing", element);
    if (!davy_utf8_valid(text, strlen(text)))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not UTF-8", element);
    return DAVY_OK;
}

static davy_status check_plain(const char *element, const char *text)
{
    davy_status status = check_text(element, text);

    for (const char *c = text; status == DAVY_OK && *c; c++)
        if (!is_plain(c))
            status = davy_fail(DAVY_ERR_INVALID, "'%s' holds a blank, a comma, < or &", element);
    return status;
}

static davy_status check_word(const char *element, const char *word, const char *const *words)
{
    davy_status status = check_text(element, word);

    for (size_t i = 0; status == DAVY_OK && words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return DAVY_OK;
    return status == DAVY_OK ? davy_fail(DAVY_ERR_INVALID,
                                         "'%s' is '%.40s', which is none of its"
                                         " words",
                                         element, word)
                             : status;
}

/* Cut a number off; strtod() would also take blanks before it. */
static bool take_number(const char **text, double *number)
{
    char *end;

    *number = **text == ' ' ? 0.0 : strtod(*text, &end);
    if (**text == ' ' || end == *text)
        return false;
    *text = end;
    return true;
}

/* Cut "lat,lon" off. */
static bool take_point(const char **text, double point[2])
{
    if (!take_number(text, &point[0]) || *(*text)++ != ',' || !take_number(text, &point[1]))
        return false;
    return fabs(point[0]) <= 90.0 && fabs(point[1]) <= 180.0; /* NaN is neither */
}

/* Numbers as the schema has them: strtod() would also take hexadecimals and "inf". */
static bool is_coordinates(const char *text)
{
    return text && text[strspn(text, "0123456789+-., ")] == '\0';
}

static davy_status check_polygon(const char *text)
{
    double first[2] = {0}, last[2] = {0};
    const char *at = text;
    size_t count = 0;

    if (!is_coordinates(text))
        return davy_fail(DAVY_ERR_INVALID, "'polygon' is not lat,lon pairs");
    do {
        if (count == DAVY_CAP_LIST_MAX || !take_point(&at, count == 0 ? first : last))
            return davy_fail(DAVY_ERR_INVALID, "'polygon' is not lat,lon pairs on earth");
        count++;
    } while (*at++ == ' ');
    if (at[-1] != '\0')
        return davy_fail(DAVY_ERR_INVALID, "'polygon' is not lat,lon pairs");
    if (count < 4 || first[0] != last[0] || first[1] != last[1])
        return davy_fail(DAVY_ERR_INVALID,
                         "'polygon' needs four pairs at least, the last equal to the first");
    return DAVY_OK;
}

static davy_status check_circle(const char *text)
{
    double centre[2], radius;
    const char *at = text;

    if (!is_coordinates(text) || !take_point(&at, centre) || *at++ != ' ' ||
        !take_number(&at, &radius) || *at != '\0' || !(radius >= 0.0))
        return davy_fail(DAVY_ERR_INVALID, "'circle' is not lat,lon radius");
    return DAVY_OK;
}

static davy_status check_area(const davy_cap_area *area)
{
    davy_status status = check_text("areaDesc", area->description);

    for (size_t i = 0; i < area->polygon_count && status == DAVY_OK; i++)
        status = check_polygon(area->polygons[i]);
    for (size_t i = 0; i < area->circle_count && status == DAVY_OK; i++)
        status = check_circle(area->circles[i]);
    return status;
}

static davy_status check_resource(const davy_cap_resource *resource)
{
    davy_status status = check_text("resourceDesc", resource->description);

    return status == DAVY_OK ? check_text("mimeType", resource->mime_type) : status;
}

static davy_status check_optional(const char *element, const char *text)
{
    return text ? check_text(element, text) : DAVY_OK;
}

static davy_status check_info_texts(const davy_cap_info *info)
{
    const struct {
        const char *element, *text;
    } texts[] = {{"language", info->language},       {"senderName", info->sender_name},
                 {"headline", info->headline},       {"description", info->description},
                 {"instruction", info->instruction}, {"web", info->web},
                 {"contact", info->contact}};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts) && status == DAVY_OK; i++)
        status = check_optional(texts[i].element, texts[i].text);
    return status;
}

static davy_status check_info(const davy_cap_info *info)
{
    davy_status status = check_word("category", info->category, categories);

    if (status == DAVY_OK)
        status = check_text("event", info->event);
    if (status == DAVY_OK && info->response)
        status = check_word("responseType", info->response, responses);
    if (status == DAVY_OK)
        status = check_word("urgency", info->urgency, urgencies);
    if (status == DAVY_OK)
        status = check_word("severity", info->severity, severities);
    if (status == DAVY_OK)
        status = check_word("certainty", info->certainty, certainties);
    if (status == DAVY_OK)
        status = check_info_texts(info);
    if (status == DAVY_OK &&
        (info->area_count > DAVY_CAP_LIST_MAX || info->resource_count > DAVY_CAP_LIST_MAX))
        status = davy_fail(DAVY_ERR_INVALID, "'info' has too many areas or resources");
    for (size_t i = 0; i < info->resource_count && status == DAVY_OK; i++)
        status = check_resource(&info->resources[i]);
    for (size_t i = 0; i < info->area_count && status == DAVY_OK; i++)
        status = check_area(&info->areas[i]);
    return status;
}

/* "2026-01-02T03:04:05-00:00" and nothing else. */
static bool is_cap_time(const char *text, size_t length)
{
    static const char shape[] = "0000-00-00T00:00:00+00:00";
    char plain[DAVY_CAP_TIME_MAX];
    int64_t time_ns;

    if (length != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool fits = shape[i] == '0'   ? text[i] >= '0' && text[i] <= '9'
                    : shape[i] == '+' ? text[i] == '+' || text[i] == '-'
                                      : text[i] == shape[i];
        if (!fits)
            return false;
    }
    (void) snprintf(plain, sizeof plain, "%.*s", (int) length, text);
    return davy_timestamp_parse(plain, &time_ns) == DAVY_OK;
}

/* One "sender,identifier,sent". */
static bool is_reference(const char *text, size_t length)
{
    const char *first = memchr(text, ',', length);
    size_t left = first ? length - (size_t) (first - text) - 1 : 0;
    const char *second = first ? memchr(first + 1, ',', left) : NULL;

    for (size_t i = 0; i < length; i++)
        if (text[i] != ',' && !is_plain(&text[i]))
            return false;
    return first && second && first > text && second > first + 1 &&
           is_cap_time(second + 1, length - (size_t) (second + 1 - text));
}

static davy_status check_references(const davy_cap *cap)
{
    const char *at = cap->references;

    if (!at)
        return strcmp(cap->type, "Alert") == 0
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID,
                               "'references' is missing: msgType %s is about"
                               " earlier messages",
                               cap->type);
    for (;; at++) {
        size_t length = strcspn(at, " ");

        if (!is_reference(at, length))
            return davy_fail(DAVY_ERR_INVALID, "'references' is not sender,identifier,sent");
        at += length;
        if (!*at)
            return DAVY_OK;
    }
}

static davy_status check_scope(const davy_cap *cap)
{
    davy_status status = check_word("scope", cap->scope, scopes);
    bool restricted = status == DAVY_OK && strcmp(cap->scope, "Restricted") == 0;

    if (status != DAVY_OK)
        return status;
    if (restricted != (cap->restriction != NULL))
        return davy_fail(DAVY_ERR_INVALID, "'restriction' stands with scope Restricted and no"
                                           " other");
    if (strcmp(cap->scope, "Private") == 0 && !cap->addresses)
        return davy_fail(DAVY_ERR_INVALID, "'addresses' is missing: the scope is Private");
    status = check_optional("restriction", cap->restriction);
    return status == DAVY_OK ? check_optional("addresses", cap->addresses) : status;
}

davy_status davy_cap_check(const davy_cap *cap)
{
    davy_status status = check_plain("identifier", cap->identifier);

    if (status == DAVY_OK)
        status = check_plain("sender", cap->sender);
    if (status == DAVY_OK)
        status = check_word("status", cap->status, statuses);
    if (status == DAVY_OK)
        status = check_word("msgType", cap->type, types);
    if (status == DAVY_OK)
        status = check_scope(cap);
    if (status == DAVY_OK)
        status = check_references(cap);
    if (status == DAVY_OK)
        status = check_optional("source", cap->source);
    if (status == DAVY_OK)
        status = check_optional("note", cap->note);
    if (status == DAVY_OK && cap->info_count > DAVY_CAP_LIST_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "'alert' has too many infos");
    for (size_t i = 0; i < cap->info_count && status == DAVY_OK; i++)
        status = check_info(&cap->infos[i]);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "CAP");
}

/* Writing ---------------------------------------------------------------------------------- */

/* Text between tags. What XML 1.0 cannot hold becomes a blank. */
static void put_escaped(davy_buffer *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char) *text;

        if (is_no_character(text)) {
            davy_buffer_append_text(out, " ");
            text += 2;
        } else if (c == '&')
            davy_buffer_append_text(out, "&amp;");
        else if (c == '<')
            davy_buffer_append_text(out, "&lt;");
        else if (c == '>')
            davy_buffer_append_text(out, "&gt;");
        else if (c < ' ' && c != '\n' && c != '\t')
            davy_buffer_append_text(out, " ");
        else
            davy_buffer_append(out, text, 1);
    }
}

static void put(davy_buffer *out, const char *element, const char *text)
{
    if (!text)
        return;
    davy_buffer_printf(out, "<%s>", element);
    put_escaped(out, text);
    davy_buffer_printf(out, "</%s>\n", element);
}

static void put_time(davy_buffer *out, const char *element, int64_t time_ns)
{
    char text[DAVY_CAP_TIME_MAX];

    if (time_ns == 0)
        return;
    davy_cap_time(time_ns, text);
    put(out, element, text);
}

static void put_area(davy_buffer *out, const davy_cap_area *area)
{
    davy_buffer_append_text(out, "<area>\n");
    put(out, "areaDesc", area->description);
    for (size_t i = 0; i < area->polygon_count; i++)
        put(out, "polygon", area->polygons[i]);
    for (size_t i = 0; i < area->circle_count; i++)
        put(out, "circle", area->circles[i]);
    davy_buffer_append_text(out, "</area>\n");
}

static void put_resource(davy_buffer *out, const davy_cap_resource *resource)
{
    davy_buffer_append_text(out, "<resource>\n");
    put(out, "resourceDesc", resource->description);
    put(out, "mimeType", resource->mime_type);
    put(out, "uri", resource->uri);
    davy_buffer_append_text(out, "</resource>\n");
}

/* The schema is a sequence: the order is part of it. */
static void put_info(davy_buffer *out, const davy_cap_info *info)
{
    davy_buffer_append_text(out, "<info>\n");
    put(out, "language", info->language);
    put(out, "category", info->category);
    put(out, "event", info->event);
    put(out, "responseType", info->response);
    put(out, "urgency", info->urgency);
    put(out, "severity", info->severity);
    put(out, "certainty", info->certainty);
    put_time(out, "onset", info->onset_ns);
    put_time(out, "expires", info->expires_ns);
    put(out, "senderName", info->sender_name);
    put(out, "headline", info->headline);
    put(out, "description", info->description);
    put(out, "instruction", info->instruction);
    put(out, "web", info->web);
    put(out, "contact", info->contact);
    for (size_t i = 0; i < info->resource_count; i++)
        put_resource(out, &info->resources[i]);
    for (size_t i = 0; i < info->area_count; i++)
        put_area(out, &info->areas[i]);
    davy_buffer_append_text(out, "</info>\n");
}

davy_status davy_cap_write(const davy_cap *cap, davy_buffer *out)
{
    char sent[DAVY_CAP_TIME_MAX];
    davy_status status = davy_cap_check(cap);

    if (status != DAVY_OK)
        return status;
    davy_cap_time(cap->sent_ns, sent);
    davy_buffer_append_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                 "<alert xmlns=\"" NAMESPACE "\">\n");
    put(out, "identifier", cap->identifier);
    put(out, "sender", cap->sender);
    put(out, "sent", sent);
    put(out, "status", cap->status);
    put(out, "msgType", cap->type);
    put(out, "source", cap->source);
    put(out, "scope", cap->scope);
    put(out, "restriction", cap->restriction);
    put(out, "addresses", cap->addresses);
    put(out, "note", cap->note);
    put(out, "references", cap->references);
    for (size_t i = 0; i < cap->info_count; i++)
        put_info(out, &cap->infos[i]);
    davy_buffer_append_text(out, "</alert>\n");
    return davy_buffer_ok(out);
}
