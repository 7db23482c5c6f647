/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * @file
 * CAP 1.2 by a second hand: a reader that knows nothing of davy's writer and holds an alert against
 * the schema (elements, order, how often) and the prose of the standard (section 3.2).
 *
 * Source: OASIS, Common Alerting Protocol Version 1.2, 1 July 2010, sections 3.2 and 3.4. The
 * schema's file is in no package of Debian; what follows is its content as a table. Of XML it takes
 * what an alert of ours may hold: no attributes but the namespace, no comments, no CDATA, the five
 * entities.
 */

#define CAP_MANY 1000

/* A time: section 3.3.2, "the alphabetic timezone designator Z must not be used". */
#define CAP_TIME \
    "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9][-+][0-9]{2}:[0-9]{2}$"
#define CAP_PLAIN   "^[^ ,<&[:cntrl:]]+$"
#define CAP_TEXT    "."
#define CAP_POINT   "-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?"
#define CAP_POLYGON "^" CAP_POINT "( " CAP_POINT "){3,}$"
#define CAP_CIRCLE  "^" CAP_POINT " [0-9]+(\\.[0-9]+)?$"
#define CAP_REFERENCES                                                   \
    "^[^ ,<&]+,[^ ,<&]+,[0-9-]{10}T[0-9:]{8}[-+][0-9:]{5}( [^ ,<&]+,[^ " \
    ",<&]+,[0-9-]{10}T[0-9:]{8}["                                        \
    "-+][0-9:]{5})*$"

struct cap_element {
    const char *name;
    unsigned least, most;
    const char *pattern; /* of its text; NULL: it holds elements */
    const struct cap_element *inside;
};

static const struct cap_element cap_pair[] = {
    {"valueName", 1, 1, CAP_TEXT, NULL}, {"value", 1, 1, CAP_TEXT, NULL}, {NULL, 0, 0, NULL, NULL}};
static const struct cap_element cap_resource[] = {{"resourceDesc", 1, 1, CAP_TEXT, NULL},
                                                  {"mimeType", 1, 1, "^[^/]+/[^/]+$", NULL},
                                                  {"size", 0, 1, "^[0-9]+$", NULL},
                                                  {"uri", 0, 1, CAP_TEXT, NULL},
                                                  {"derefUri", 0, 1, CAP_TEXT, NULL},
                                                  {"digest", 0, 1, "^[0-9a-f]{40}$", NULL},
                                                  {NULL, 0, 0, NULL, NULL}};
static const struct cap_element cap_area[] = {{"areaDesc", 1, 1, CAP_TEXT, NULL},
                                              {"polygon", 0, CAP_MANY, CAP_POLYGON, NULL},
                                              {"circle", 0, CAP_MANY, CAP_CIRCLE, NULL},
                                              {"geocode", 0, CAP_MANY, NULL, cap_pair},
                                              {"altitude", 0, 1, "^-?[0-9.]+$", NULL},
                                              {"ceiling", 0, 1, "^-?[0-9.]+$", NULL},
                                              {NULL, 0, 0, NULL, NULL}};
static const struct cap_element cap_info[] = {
    {"language", 0, 1, "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", NULL},
    {"category", 1, CAP_MANY,
     "^(Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other)$", NULL},
    {"event", 1, 1, CAP_TEXT, NULL},
    {"responseType", 0, CAP_MANY,
     "^(Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None)$", NULL},
    {"urgency", 1, 1, "^(Immediate|Expected|Future|Past|Unknown)$", NULL},
    {"severity", 1, 1, "^(Extreme|Severe|Moderate|Minor|Unknown)$", NULL},
    {"certainty", 1, 1, "^(Observed|Likely|Possible|Unlikely|Unknown)$", NULL},
    {"audience", 0, 1, CAP_TEXT, NULL},
    {"eventCode", 0, CAP_MANY, NULL, cap_pair},
    {"effective", 0, 1, CAP_TIME, NULL},
    {"onset", 0, 1, CAP_TIME, NULL},
    {"expires", 0, 1, CAP_TIME, NULL},
    {"senderName", 0, 1, CAP_TEXT, NULL},
    {"headline", 0, 1, CAP_TEXT, NULL},
    {"description", 0, 1, CAP_TEXT, NULL},
    {"instruction", 0, 1, CAP_TEXT, NULL},
    {"web", 0, 1, CAP_TEXT, NULL},
    {"contact", 0, 1, CAP_TEXT, NULL},
    {"parameter", 0, CAP_MANY, NULL, cap_pair},
    {"resource", 0, CAP_MANY, NULL, cap_resource},
    {"area", 0, CAP_MANY, NULL, cap_area},
    {NULL, 0, 0, NULL, NULL}};
static const struct cap_element cap_alert[] = {
    {"identifier", 1, 1, CAP_PLAIN, NULL},
    {"sender", 1, 1, CAP_PLAIN, NULL},
    {"sent", 1, 1, CAP_TIME, NULL},
    {"status", 1, 1, "^(Actual|Exercise|System|Test|Draft)$", NULL},
    {"msgType", 1, 1, "^(Alert|Update|Cancel|Ack|Error)$", NULL},
    {"source", 0, 1, CAP_TEXT, NULL},
    {"scope", 1, 1, "^(Public|Restricted|Private)$", NULL},
    {"restriction", 0, 1, CAP_TEXT, NULL},
    {"addresses", 0, 1, CAP_TEXT, NULL},
    {"code", 0, CAP_MANY, CAP_TEXT, NULL},
    {"note", 0, 1, CAP_TEXT, NULL},
    {"references", 0, 1, CAP_REFERENCES, NULL},
    {"incidents", 0, 1, CAP_TEXT, NULL},
    {"info", 0, CAP_MANY, NULL, cap_info},
    {NULL, 0, 0, NULL, NULL}};

/* What was read of the alert's own elements, for the rules between them. */
struct cap_seen {
    char status[16], type[16], scope[16];
    bool restriction, addresses, references, note;
    size_t infos;
};

static inline bool cap_matches(const char *pattern, const char *text)
{
    regex_t compiled;
    bool found;

    assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
    found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

/* Take the text up to '<', its entities resolved. */
static inline char *cap_text(const char **at)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *text = calloc(1, strcspn(*at, "<") + 1), *end = text;

    assert_non_null(text);
    while (**at && **at != '<') {
        size_t i = 0;

        if ((unsigned char) **at < ' ' && !strchr("\n\t", **at))
            fail_msg("control character %d in an alert", **at);
        if (**at != '&') {
            *end++ = *(*at)++;
            continue;
        }
        while (i < DAVY_ARRAY_LENGTH(entities) &&
               strncmp(*at, entities[i].entity, strlen(entities[i].entity)) != 0)
            i++;
        if (i == DAVY_ARRAY_LENGTH(entities)) {
            fail_msg("no entity: %.20s", *at);
            break;
        }
        *end++ = entities[i].character;
        *at += strlen(entities[i].entity);
    }
    return text;
}

static inline bool cap_takes(const char **at, const char *format, const char *name)
{
    char tag[64];

    (void) snprintf(tag, sizeof tag, "%s%s>", format, name);
    if (strncmp(*at, tag, strlen(tag)) != 0)
        return false;
    *at += strlen(tag);
    return true;
}

static inline void cap_note(struct cap_seen *seen, const char *name, const char *text)
{
    if (strcmp(name, "status") == 0)
        (void) snprintf(seen->status, sizeof seen->status, "%s", text);
    else if (strcmp(name, "msgType") == 0)
        (void) snprintf(seen->type, sizeof seen->type, "%s", text);
    else if (strcmp(name, "scope") == 0)
        (void) snprintf(seen->scope, sizeof seen->scope, "%s", text);
    seen->restriction |= strcmp(name, "restriction") == 0;
    seen->addresses |= strcmp(name, "addresses") == 0;
    seen->references |= strcmp(name, "references") == 0;
    seen->note |= strcmp(name, "note") == 0;
    seen->infos += strcmp(name, "info") == 0;
}

/* A polygon ends where it begins, and all lies on earth (3.2.4). */
static inline void cap_check_polygon(const char *text)
{
    const char *last = strrchr(text, ' ') + 1;

    if (strncmp(text, last, strlen(last)) != 0 || text[strlen(last)] != ' ')
        fail_msg("the polygon is open: %s", text);
    for (const char *point = text; point; point = strchr(point, ' ')) {
        double latitude, longitude;

        point += *point == ' ';
        assert_int_equal(sscanf(point, "%lf,%lf", &latitude, &longitude), 2);
        assert_true(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180);
    }
}

static inline void cap_read(const char **at, const struct cap_element *elements,
                            struct cap_seen *seen);

static inline void cap_read_one(const char **at, const struct cap_element *element,
                                struct cap_seen *seen)
{
    if (element->inside) {
        *at += strspn(*at, "\n");
        cap_read(at, element->inside, seen);
        cap_note(seen, element->name, "");
    } else {
        char *text = cap_text(at);

        if (!cap_matches(element->pattern, text))
            fail_msg("<%s> is '%s'", element->name, text);
        if (strcmp(element->name, "polygon") == 0)
            cap_check_polygon(text);
        cap_note(seen, element->name, text);
        free(text);
    }
    if (!cap_takes(at, "</", element->name))
        fail_msg("<%s> does not end: %.80s", element->name, *at);
    *at += strspn(*at, "\n");
}

/* A sequence: each element in its turn, as often as it may. */
static inline void cap_read(const char **at, const struct cap_element *elements,
                            struct cap_seen *seen)
{
    for (; elements->name; elements++) {
        unsigned count = 0;

        for (; cap_takes(at, "<", elements->name); count++)
            cap_read_one(at, elements, seen);
        if (count < elements->least || count > elements->most)
            fail_msg("%u of <%s> before %.80s", count, elements->name, *at);
    }
    if (strncmp(*at, "</", 2) != 0)
        fail_msg("not in its place: %.80s", *at);
}

/* Read an alert, or fail the test. */
static inline struct cap_seen cap_check_alert(const char *text)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n";
    struct cap_seen seen = {0};
    const char *at = text;

    assert_int_equal(strncmp(at, head, strlen(head)), 0);
    at += strlen(head);
    cap_read(&at, cap_alert, &seen);
    assert_string_equal(at, "</alert>\n");
    /* 3.2.1: restriction with Restricted, addresses with Private, references with what is about an
     * earlier message, a note with Exercise and Error. */
    assert_int_equal(seen.restriction, strcmp(seen.scope, "Restricted") == 0);
    assert_true(seen.addresses || strcmp(seen.scope, "Private") != 0);
    assert_true(seen.references || strcmp(seen.type, "Alert") == 0);
    assert_true(seen.note ||
                (strcmp(seen.status, "Exercise") != 0 && strcmp(seen.type, "Error") != 0));
    return seen;
}
