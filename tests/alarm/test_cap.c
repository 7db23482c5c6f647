/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CAP 1.2: the example of appendix A.1 of the standard passes, and every rule of section 3.2 that
 * is broken by itself is told.
 */
#include "../testing.h"

#include "alarm/notify/cap.h"

#include <stdlib.h>

/* 2003-04-02T22:39:00Z */
#define SENT 1049323140000000000LL

static const char *const polygons[] = {"38.47,-120.14 38.34,-119.95 38.52,-119.74 38.62,-119.89 "
                                       "38.47,-120.14"};
static const char *const circles[] = {"32.9525,-115.5527 0"};
static const davy_cap_resource resource = {"map", "image/gif", "http://a.example/map.gif"};

/* A whole alert, as in appendices A.1 and A.3. */
struct sample {
    davy_cap cap;
    davy_cap_info info;
    davy_cap_area area;
};

static struct sample *make_sample(void)
{
    struct sample *sample = calloc(1, sizeof *sample);

    assert_non_null(sample);
    sample->area = (davy_cap_area){"Sierra Nevada <west> & \"Alpine\"", polygons, 1, circles, 1};
    sample->info = (davy_cap_info){.category = "Met",
                                   .event = "SEVERE THUNDERSTORM",
                                   .response = "Shelter",
                                   .urgency = "Immediate",
                                   .severity = "Severe",
                                   .certainty = "Observed",
                                   .expires_ns = SENT + 3600000000000LL,
                                   .headline = "SEVERE THUNDERSTORM WARNING",
                                   .description = "AT 254 PM ... \x01\xef\xbf\xbf",
                                   .resources = &resource,
                                   .resource_count = 1,
                                   .areas = &sample->area,
                                   .area_count = 1};
    sample->cap = (davy_cap){.identifier = "KSTO1055887203",
                             .sender = "KSTO@NWS.NOAA.GOV",
                             .sent_ns = SENT,
                             .status = "Actual",
                             .type = "Alert",
                             .scope = "Public",
                             .infos = &sample->info,
                             .info_count = 1};
    return sample;
}

static void a_whole_alert_is_written_in_the_order_of_the_schema(void **state)
{
    static const char *const order[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">",
        "<identifier>KSTO1055887203</identifier>",
        "<sender>KSTO@NWS.NOAA.GOV</sender>",
        "<sent>2003-04-02T22:39:00-00:00</sent>",
        "<status>Actual</status>",
        "<msgType>Alert</msgType>",
        "<scope>Public</scope>",
        "<info>",
        "<category>Met</category>",
        "<event>SEVERE THUNDERSTORM</event>",
        "<responseType>Shelter</responseType>",
        "<urgency>Immediate</urgency>",
        "<severity>Severe</severity>",
        "<certainty>Observed</certainty>",
        "<expires>2003-04-02T23:39:00-00:00</expires>",
        "<headline>SEVERE THUNDERSTORM WARNING</headline>",
        "<description>AT 254 PM ...   </description>",
        "<resource>\n<resourceDesc>map</resourceDesc>\n<mimeType>image/gif</mimeType>",
        "<area>\n<areaDesc>Sierra Nevada &lt;west&gt; &amp; \"Alpine\"</areaDesc>",
        "<polygon>38.47,-120.14 ",
        "<circle>32.9525,-115.5527 0</circle>",
        "</area>\n</info>\n</alert>\n"};
    struct sample *sample = make_sample();
    davy_buffer out = {0};
    const char *at;

    (void) state;
    assert_ok(davy_cap_write(&sample->cap, &out));
    at = out.bytes;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(order); i++) {
        at = strstr(at, order[i]);
        if (!at)
            fail_msg("%s is not in its place in\n%s", order[i], out.bytes);
    }
    davy_buffer_clear(&out);
    free(sample);
}

static void expect(struct sample *sample, const char *words)
{
    davy_buffer out = {0};

    assert_fails(davy_cap_write(&sample->cap, &out), DAVY_ERR_INVALID, words);
    assert_int_equal(out.length, 0); /* nothing of an alert that is none */
    davy_buffer_clear(&out);
    free(sample);
}

/* A sample with one change. */
#define BREAK(change, words)                   \
    do {                                       \
        struct sample *broken = make_sample(); \
        broken->change;                        \
        expect(broken, words);                 \
    } while (0)

static void what_must_be_there_is_missed(void **state)
{
    (void) state;
    BREAK(cap.identifier = NULL, "'identifier' is missing");
    BREAK(cap.sender = "", "'sender' is missing");
    BREAK(cap.status = NULL, "'status' is missing");
    BREAK(cap.type = NULL, "'msgType' is missing");
    BREAK(cap.scope = NULL, "'scope' is missing");
    BREAK(info.category = NULL, "'category' is missing");
    BREAK(info.event = NULL, "'event' is missing");
    BREAK(info.urgency = NULL, "'urgency' is missing");
    BREAK(info.severity = NULL, "'severity' is missing");
    BREAK(info.certainty = NULL, "'certainty' is missing");
    BREAK(area.description = NULL, "'areaDesc' is missing");
    BREAK(info.headline = "", "'headline' is missing");
}

static void words_are_those_of_the_standard(void **state)
{
    (void) state;
    BREAK(cap.status = "Drill", "'status' is 'Drill'");
    BREAK(cap.status = "actual", "'status' is 'actual'");
    BREAK(cap.type = "Clear", "'msgType'");
    BREAK(cap.scope = "Secret", "'scope'");
    BREAK(info.category = "Chemical", "'category'");
    BREAK(info.response = "Run", "'responseType'");
    BREAK(info.urgency = "Now", "'urgency'");
    BREAK(info.severity = "Bad", "'severity'");
    BREAK(info.certainty = "Sure", "'certainty'");
}

static void what_would_break_a_reference_is_refused(void **state)
{
    (void) state;
    BREAK(cap.identifier = "a b", "'identifier' holds a blank");
    BREAK(cap.identifier = "a,b", "'identifier' holds");
    BREAK(cap.sender = "a<b", "'sender' holds");
    BREAK(cap.sender = "a&b", "'sender' holds");
    BREAK(cap.sender = "a\xef\xbf\xbe", "'sender' holds"); /* no character of XML: a blank */
    BREAK(cap.identifier = "\xff", "'identifier' is not UTF-8");
}

static void conditions_between_elements_hold(void **state)
{
    struct sample *sample;
    davy_buffer out = {0};

    (void) state;
    BREAK(cap.scope = "Restricted", "'restriction'");
    BREAK(cap.restriction = "plant", "'restriction'"); /* the scope is Public */
    BREAK(cap.scope = "Private", "'addresses' is missing");
    BREAK(cap.type = "Cancel", "'references' is missing");
    BREAK(cap.references = "a,b", "'references' is not");
    BREAK(cap.references = "a,b,2003-04-02T22:39:00Z", "'references' is not"); /* no Z */
    BREAK(cap.references = "a,b,2003-13-02T22:39:00-00:00", "'references' is not");
    BREAK(cap.references = "a,b,2003-04-02T22:39:00-00:00 ", "'references' is not");
    sample = make_sample();
    sample->cap.type = "Update";
    sample->cap.references = "a,b,2003-04-02T22:39:00-00:00 c,d,2003-04-02T14:39:01-08:00";
    assert_ok(davy_cap_write(&sample->cap, &out));
    davy_buffer_clear(&out);
    free(sample);
}

static void shapes_lie_on_earth_and_are_closed(void **state)
{
    static const struct {
        const char *polygon, *words;
    } wrong[] = {
        {"1,1 2,2 1,1", "four pairs"},
        {"1,1 2,2 3,3 4,4", "the last equal to the first"},
        {"91,1 2,2 3,3 91,1", "on earth"},
        {"1,181 2,2 3,3 1,181", "on earth"},
        {"nan,1 2,2 3,3 nan,1", "lat,lon"},
        {"1,1  2,2 3,3 1,1", "lat,lon"},
        {"1 1 2 2 3 3 1 1", "lat,lon"},
        {"0x1,1 2,2 3,3 0x1,1", "lat,lon"},
        {"", "lat,lon"},
        {NULL, "lat,lon"},
    };
    static const char *const bad_circles[] = {"1,1",   "1,1 -1", "1,1 x", "91,0 1",
                                              "1 1 1", "",       NULL};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        const char *const list[] = {wrong[i].polygon};

        BREAK(area.polygons = list, wrong[i].words);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bad_circles); i++) {
        const char *const list[] = {bad_circles[i]};

        BREAK(area.circles = list, "'circle' is not");
    }
}

static void a_resource_has_a_description_and_a_type(void **state)
{
    static const davy_cap_resource none = {NULL, "image/gif", NULL}, untyped = {"a", NULL, NULL};

    (void) state;
    BREAK(info.resources = &none, "'resourceDesc' is missing");
    BREAK(info.resources = &untyped, "'mimeType' is missing");
}

static void a_plain_text_fits_an_identifier(void **state)
{
    char out[16];

    (void) state;
    davy_cap_plain("Nord, S\xc3\xbc"
                   "d <1>&",
                   out, sizeof out);
    assert_string_equal(out, "Nord--S\xc3\xbc"
                             "d--1>-");
    davy_cap_plain("a\xef\xbf\xbf"
                   "b",
                   out, sizeof out);
    assert_string_equal(out, "a-b");
    davy_cap_plain("a long name that is cut", out, 5);
    assert_string_equal(out, "a-lo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_alert_is_written_in_the_order_of_the_schema),
        cmocka_unit_test(what_must_be_there_is_missed),
        cmocka_unit_test(words_are_those_of_the_standard),
        cmocka_unit_test(what_would_break_a_reference_is_refused),
        cmocka_unit_test(conditions_between_elements_hold),
        cmocka_unit_test(shapes_lie_on_earth_and_are_closed),
        cmocka_unit_test(a_resource_has_a_description_and_a_type),
        cmocka_unit_test(a_plain_text_fits_an_identifier),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
