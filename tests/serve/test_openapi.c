/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include <stdio.h>
#include <stdlib.h>

#include "alarm/change/ledger.h"
#include "alarm/change/settings.h"
#include "data/image_write.h"
#include "serve/api/asset.h"
#include "serve/openapi.h"
#include "serve/route.h"

/**
 * @file
 * The description is true: what it says is what the running server answers, and what the server
 * answers is in it. And the console and the figures, which it does not describe in detail.
 */

static json_t *description;

/* A what-if that a reason is given for. */
static char change_reason[512];

/* Job 1 is done, and job 2 runs until it is cancelled. */
static void make_jobs(void)
{
    char id[64];
    reply answer;

    upload_rows(600, id);
    answer = wait_for_state(begin_job(id, "\"name\":\"kind\",\"model\":\"linear\",\"task\":"
                                          "\"classify\",\"label\":\"kind\""),
                            "done");
    reply_clear(&answer);
    assert_int_equal(begin_job(id, TO_SLOW), 2);
}

#define SCENARIO                                                                                \
    "{\"scenario\":\"scenario: {name: a, at: [0, 0], chemical: propane, amount: 5 t, release: " \
    "{kind: all, temperature: 20 Cel}}\\nweather: {wind: 3 m/s, wind_from: 9, stability: D, "   \
    "temperature: 20 Cel}\"}"
#define DRAWN                                                                                      \
    "{\"scenario\":\"scenario: {name: a, at: [0, 0], chemical: propane, amount: 5 t, release: "    \
    "{kind: all, temperature: 20 Cel}}\\nuncertain: {fill: [10 %, 90 %]}\\nweather: {wind: 3 m/s," \
    " stability: D, temperature: 20 Cel}\",\"draws\":60,\"seed\":7}"
#define PROPOSED                                                                         \
    "{\"proposed\":\"site: {name: Harbour}\\nassets:\\n- {name: T-101, signals: [{name:" \
    " pressure, unit: kPa, limits: {hihi: 1250}}]}\\n\",\"comment\":\"relief valve\"}"

/* What-if 1 is done; 2 has failed, with faults. */
static void make_whatifs(void)
{
    static const struct {
        const char *body, *state;
    } orders[] = {{PROPOSED, "done"}, {"{\"proposed\":\"site: {nam: x}\\n\"}", "failed"}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(orders); i++) {
        reply answer = post("/api/v1/whatif", DAVY_ROLE_ENGINEER, orders[i].body);
        char path[64];
        bool ended = false;

        assert_code(answer, 201);
        (void) snprintf(path, sizeof path, "%s", reply_header(&answer, "Location"));
        reply_clear(&answer);
        for (size_t tries = 0; tries < TRIES && !ended; tries++) {
            usleep(TRY_US);
            answer = ask(&(request){.path = path, .key = plant_key(DAVY_ROLE_ENGINEER)});
            ended = is_state(&answer, orders[i].state);
            reply_clear(&answer);
        }
        assert_true(ended);
    }
}

/* As a daemon has it that put its site in force: what-ifs are asked against that. */
static void put_in_force(void)
{
    char hash[DAVY_SETTINGS_HASH_MAX];
    davy_change_found found;
    davy_buffer settings = {0};
    const davy_site *site = plant_system.acquire_site(plant_system.context);

    assert_ok(davy_change_note(plant_system.records, plant_system.data, site, 1, &found));
    assert_ok(davy_settings_write(site, &settings));
    plant_system.release_site(plant_system.context, site);
    davy_settings_hash(settings.bytes, settings.length, hash);
    davy_buffer_clear(&settings);
    (void) snprintf(change_reason, sizeof change_reason,
                    "{\"reason\":\"r\",\"whatif\":{\"before\":\"%s\",\"after\":"
                    "\"1111111111111111111111111111111111111111111111111111111111111111\","
                    "\"changes\":[{\"text\":\"T-101/pressure:hi 1000 -> 1050 kPa\"}]}}",
                    hash);
}

static int start(void **state)
{
    reply answer;

    (void) state;
    plant_serve_models();
    plant_start(NULL);
    answer = get("/api/openapi.json");
    assert_code(answer, 200);
    description = json_incref(answer.json);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "T-101 pressure=1213,level=50\nP-301 flow=1\n"});
    assert_code(answer, 204);
    reply_clear(&answer);
    put_in_force();
    make_jobs();
    make_whatifs();
    return 0;
}

static int stop(void **state)
{
    (void) state;
    json_decref(description);
    plant_stop();
    return 0;
}

static json_t *at(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    if (!value)
        fail_msg("the description has no \"%s\"", key);
    return value;
}

/* -- A small reader of JSON Schema: the words that the description uses ---------------------------
 */

static json_t *resolve(json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));

    if (!ref)
        return schema;
    assert_memory_equal(ref, "#/components/schemas/", 21);
    return at(at(at(description, "components"), "schemas"), ref + 21);
}

static bool is_of_type(const json_t *value, const char *type)
{
    return (strcmp(type, "null") == 0 && json_is_null(value)) ||
           (strcmp(type, "string") == 0 && json_is_string(value)) ||
           (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
           (strcmp(type, "number") == 0 && json_is_number(value)) ||
           (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
           (strcmp(type, "array") == 0 && json_is_array(value)) ||
           (strcmp(type, "object") == 0 && json_is_object(value));
}

static bool fits(json_t *schema, json_t *value, const char *where);

static bool type_fits(json_t *type, const json_t *value)
{
    size_t index;
    json_t *word;

    if (json_is_string(type))
        return is_of_type(value, json_string_value(type));
    json_array_foreach(type, index, word)
    {
        if (is_of_type(value, json_string_value(word)))
            return true;
    }
    return !type;
}

static bool object_fits(json_t *schema, json_t *value, const char *where)
{
    json_t *properties = at(schema, "properties"), *member, *word;
    const char *key;
    size_t index;
    bool fine = true;

    json_array_foreach(at(schema, "required"), index, word)
    {
        if (!json_object_get(value, json_string_value(word))) {
            print_error("%s lacks \"%s\"\n", where, json_string_value(word));
            fine = false;
        }
    }
    json_object_foreach(value, key, member)
    {
        char inner[256];

        (void) snprintf(inner, sizeof inner, "%s.%s", where, key);
        if (!json_object_get(properties, key)) {
            print_error("%s is not described\n", inner);
            fine = false;
        } else {
            fine = fits(json_object_get(properties, key), member, inner) && fine;
        }
    }
    return fine;
}

static bool fits(json_t *schema, json_t *value, const char *where)
{
    json_t *choices, *items, *item;
    size_t index;
    bool fine = true;

    schema = resolve(schema);
    choices = json_object_get(schema, "anyOf");
    if (choices) /* a schema or null */
        return json_is_null(value) || fits(json_array_get(choices, 0), value, where);
    if (!type_fits(json_object_get(schema, "type"), value)) {
        print_error("%s is of another type\n", where);
        return false;
    }
    items = json_object_get(schema, "items");
    json_array_foreach(value, index, item)
    {
        if (items)
            fine = fits(items, item, where) && fine;
    }
    if (json_is_object(value) && json_object_get(schema, "properties"))
        fine = object_fits(schema, value, where);
    return fine;
}

/* -- The description against the server -----------------------------------------------------------
 */

static json_t *operation(const davy_route *route)
{
    char method[8] = "";

    for (size_t i = 0; route->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char) (route->method[i] | 0x20);
    return at(at(at(description, "paths"), route->path), method);
}

static void every_route_is_described_and_every_path_is_a_route(void **state)
{
    size_t described = 0;
    const char *path, *method;
    json_t *item, *one;

    (void) state;
    assert_string_equal(json_string_value(at(description, "openapi")), "3.1.0");
    json_object_foreach(at(description, "paths"), path, item)
    {
        json_object_foreach(item, method, one)
        {
            assert_non_null(at(one, "summary"));
            assert_non_null(at(one, "responses"));
            described++;
        }
    }
    assert_int_equal(described, davy_route_count());
    for (size_t i = 0; i < davy_route_count(); i++)
        assert_non_null(operation(davy_route_at(i)));
}

static void every_schema_that_is_named_exists(void **state)
{
    char *text = json_dumps(description, JSON_COMPACT);

    (void) state;
    for (const char *ref = text; (ref = strstr(ref, "#/components/schemas/")); ref++) {
        char name[64];

        (void) snprintf(name, sizeof name, "%.*s", (int) strcspn(ref + 21, "\""), ref + 21);
        assert_non_null(at(at(at(description, "components"), "schemas"), name));
    }
    free(text);
}

#define ROWS "{\"instances\": [[1, 2], [3, 4]]}"
#define INFER                                                                               \
    "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": " \
    "[1, 2]}]}"
#define PUMP "{\"instances\": [[100, 111, 121, 131, 141]]}"
/* What a route is asked with to succeed. */
static const struct {
    const char *method, *path; /* of the table */
    const char *target, *body;
} examples[] = {
    {"GET", "/api/v1/samples", "/api/v1/samples?signals=**&from=0&to=9000000000", NULL},
    {"GET", "/api/v1/samples", "/api/v1/samples?signals=T-101/*&from=1&to=9000000000&pixels=9",
     NULL},
    {"GET", "/api/v1/states", "/api/v1/states?signals=**&from=0&to=9000000000&step=24000h", NULL},
    {"GET", "/api/v1/query", "/api/v1/query?query=1%2B1", NULL},
    {"POST", "/api/v1/query", "/api/v1/query", "query=davy_signal"},
    {"GET", "/api/v1/query_range", "/api/v1/query_range?query=davy_signal&start=0&end=60&step=15",
     NULL},
    {"POST", "/api/v1/query_range", "/api/v1/query_range",
     "query=davy_signal&start=0&end=60&step=15"},
    {"GET", "/api/v1/series", "/api/v1/series?match%5B%5D=davy_signal", NULL},
    {"POST", "/api/v1/series", "/api/v1/series", "match%5B%5D=davy_signal"},
    {"POST", "/api/v1/labels", "/api/v1/labels", ""},
    {"POST", "/api/v1/query_exemplars", "/api/v1/query_exemplars", "query=davy_signal"},
    {"GET", "/api/v1/label/{name}/values", "/api/v1/label/path/values", NULL},
    {"GET", "/api/v1/detectors/{name}", "/api/v1/detectors/T-101-health", NULL},
    {"GET", "/api/v1/alarms/history", "/api/v1/alarms/history?from=0&to=9000000000", NULL},
    {"GET", "/api/v1/alarms/kpi", "/api/v1/alarms/kpi", NULL},
    {"GET", "/api/v1/alarms/kpi", "/api/v1/alarms/kpi?from=0&position=site", NULL},
    {"GET", "/api/v1/alarms/flood", "/api/v1/alarms/flood", NULL},
    {"GET", "/api/v1/prooftests", "/api/v1/prooftests?limit=5", NULL},
    {"GET", "/api/v1/prooftests/{id}", "/api/v1/prooftests/%llp", NULL},
    {"POST", "/api/v1/prooftests", "/api/v1/prooftests",
     "{\"patterns\": \"T-101/*\", \"receivers\": \"drill\"}"},
    {"GET", "/api/v1/handover", "/api/v1/handover?position=site", NULL},
    {"GET", "/api/v1/handovers", "/api/v1/handovers?limit=5", NULL},
    {"GET", "/api/v1/handovers/{id}", "/api/v1/handovers/%llh", NULL},
    {"POST", "/api/v1/handovers", "/api/v1/handovers", "{\"comment\":\"c\"}"},
    {"GET", "/api/v1/changes", "/api/v1/changes?limit=5", NULL},
    {"POST", "/api/v1/changes", "/api/v1/changes", change_reason},
    {"POST", "/api/v1/handovers/{id}/take", "/api/v1/handovers/%llh/take", "{}"},
    {"GET", "/api/v1/alarms", "/api/v1/alarms?state=all", NULL},
    {"GET", "/api/v1/alarms/{id}", "/api/v1/alarms/%lld", NULL},
    {"GET", "/api/v1/alarms/{id}/related", "/api/v1/alarms/%lld/related", NULL},
    {"POST", "/api/v1/alarms/{id}/acknowledge", "/api/v1/alarms/%lld/acknowledge", "{}"},
    {"POST", "/api/v1/alarms/{id}/comment", "/api/v1/alarms/%lld/comment", "{\"comment\":\"c\"}"},
    {"POST", "/api/v1/alarms/{id}/shelve", "/api/v1/alarms/%lld/shelve", "{\"duration\":\"5min\"}"},
    {"POST", "/api/v1/alarms/{id}/judge", "/api/v1/alarms/%lld/judge",
     "{\"verdict\":\"known-work\",\"comment\":\"calibration\"}"},
    {"POST", "/api/v1/alarms/{id}/unshelve", "/api/v1/alarms/%lld/unshelve", "{}"},
    {"POST", "/api/v1/alarms/{id}/out-of-service", "/api/v1/alarms/%lld/out-of-service",
     "{\"reason\":\"c\",\"duration\":\"1h\"}"},
    {"POST", "/api/v1/alarms/{id}/reset", "/api/v1/alarms/%lld/reset", "{}"},
    {"POST", "/api/v1/alarms/{id}/return-to-service", "/api/v1/alarms/%lld/return-to-service",
     "{}"},
    {"POST", "/api/v1/receivers/{name}/test", "/api/v1/receivers/control%20room/test", "{}"},
    {"GET", "/api/v1/receivers/{name}/messages",
     "/api/v1/receivers/control%20room/messages?limit=5", NULL},
    {"POST", "/api/v1/keys", "/api/v1/keys", "{\"name\":\"new\",\"role\":\"viewer\"}"},
    {"DELETE", "/api/v1/keys/{name}", "/api/v1/keys/new", NULL},
    {"GET", "/api/v1/models/{model}/drift", "/api/v1/models/scale/drift", NULL},
    {"GET", "/api/v1/models/{model}/traffic", "/api/v1/models/scale/traffic", NULL},
    {"POST", "/api/v1/models/{model}/traffic", "/api/v1/models/scale/traffic",
     "{\"canary\": \"1\", \"canary_share\": 0.1, \"error_bound\": 0.5}"},
    {"POST", "/api/v1/impact", "/api/v1/impact", SCENARIO},
    {"POST", "/api/v1/impact", "/api/v1/impact", DRAWN},
    {"POST", "/api/v1/zones", "/api/v1/zones",
     "{\"scenario\":\"T-101-leak\",\"action\":\"begin\",\"comment\":\"it smells\"}"},
    {"POST", "/api/v1/whatif", "/api/v1/whatif", PROPOSED},
    {"POST", "/api/v1/whatif", "/api/v1/whatif", PROPOSED},
    {"POST", "/api/v1/whatif", "/api/v1/whatif", PROPOSED},
    {"POST", "/api/v1/whatif/{id}/keep", "/api/v1/whatif/1/keep", "{\"reason\":\"r\"}"},
    {"GET", "/api/v1/whatif/{id}", "/api/v1/whatif/1", NULL},
    {"GET", "/api/v1/whatif/{id}", "/api/v1/whatif/2", NULL},
    {"DELETE", "/api/v1/whatif/{id}", "/api/v1/whatif/5", NULL},
    {"GET", "/api/v1/chemicals/{id}", "/api/v1/chemicals/7782-50-5", NULL},
    {"POST", "/api/v1/incidents", "/api/v1/incidents",
     "{\"name\":\"T-101 leaks\",\"asset\":\"T-101\",\"at\":[120,40],\"description\":\"d\"}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"person\",\"name\":\"Li\",\"state\":\"severe\"}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"task\",\"what\":\"cool\",\"resources\":[\"engine-1\"]}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"committed\",\"task\":1}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"lesson\",\"text\":\"t\"}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"impact\",\"impact\":{\"zones\":[]}}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"impact\",\"impact\":{\"zones\":[{\"effect\":\"toxic\",\"ring\":[[0,0],[9,0],[0,9]"
     "]}]}}"},
    {"POST", "/api/v1/incidents/{id}/events", "/api/v1/incidents/1/events",
     "{\"type\":\"publish\",\"message\":\"Alert\"}"},
    {"GET", "/api/v1/incidents/{id}/cap", "/api/v1/incidents/1/cap", NULL},
    {"GET", "/api/v1/incidents/{id}/cap", "/api/v1/incidents/1/cap?draft=Cancel", NULL},
    {"POST", "/api/v1/incidents/{id}/dispatch", "/api/v1/incidents/1/dispatch", "{\"reserve\":0}"},
    {"GET", "/api/v1/incidents/{id}/evidence", "/api/v1/incidents/1/evidence", NULL},
    {"GET", "/api/v1/incidents/{id}/forms/{form}", "/api/v1/incidents/1/forms/201", NULL},
    {"GET", "/api/v1/incidents/{id}/forms/{form}", "/api/v1/incidents/1/forms/204", NULL},
    {"GET", "/api/v1/incidents/{id}/forms/{form}", "/api/v1/incidents/1/forms/214", NULL},
    {"GET", "/api/v1/incidents/{id}/timeline", "/api/v1/incidents/1/timeline?limit=5", NULL},
    {"GET", "/api/v1/incidents/{id}", "/api/v1/incidents/1", NULL},
    {"POST", "/api/v1/uploads", "/api/v1/uploads", "a,b\n1,2\n"},
    {"POST", "/api/v1/jobs", "/api/v1/jobs", "{\"name\":\"m\",\"signals\":\"T-101/*\"}"},
    {"GET", "/api/v1/jobs/{id}", "/api/v1/jobs/1", NULL},
    {"GET", "/api/v1/jobs/{id}/report", "/api/v1/jobs/1/report", NULL},
    {"DELETE", "/api/v1/jobs/{id}", "/api/v1/jobs/2", NULL},
    {"POST", "/api/v2/write", "/api/v2/write", "P-301 flow=2\n"},
    {"GET", "/v2/models/{model}", "/v2/models/scale", NULL},
    {"GET", "/v2/models/{model}/ready", "/v2/models/scale/ready", NULL},
    {"GET", "/v2/models/{model}/config", "/v2/models/classes/config", NULL},
    {"GET", "/v2/models/{model}/stats", "/v2/models/scale/stats", NULL},
    {"POST", "/v2/models/{model}/infer", "/v2/models/scale/infer", INFER},
    {"GET", "/v2/models/{model}/versions/{version}", "/v2/models/scale/versions/2", NULL},
    {"GET", "/v2/models/{model}/versions/{version}/ready", "/v2/models/scale/versions/2/ready",
     NULL},
    {"GET", "/v2/models/{model}/versions/{version}/config", "/v2/models/classes/versions/1/config",
     NULL},
    {"GET", "/v2/models/{model}/versions/{version}/stats", "/v2/models/scale/versions/2/stats",
     NULL},
    {"POST", "/v2/models/{model}/versions/{version}/infer", "/v2/models/scale/versions/2/infer",
     INFER},
    {"POST", "/v2/repository/index", "/v2/repository/index", "{}"},
    {"POST", "/v2/repository/models/{model}/unload", "/v2/repository/models/wide/unload", "{}"},
    {"POST", "/v2/repository/models/{model}/load", "/v2/repository/models/scale/load", "{}"},
    {"POST", "/v1/models/{model}:predict", "/v1/models/scale:predict", ROWS},
    {"POST", "/v1/models/{model}:explain", "/v1/models/pump:explain", PUMP},
    {"GET", "/v1/models/{model}/metadata", "/v1/models/scale/metadata", NULL},
    {"GET", "/v1/models/{model}/versions/{version}/metadata",
     "/v1/models/scale/versions/2/metadata", NULL},
    {"GET", "/v1/models/{model}/labels/{label}/metadata",
     "/v1/models/scale/labels/challenger/metadata", NULL},
    {"GET", "/v1/models/{model}", "/v1/models/scale", NULL},
    {"POST", "/v1/models/{model}/versions/{version}:predict", "/v1/models/scale/versions/2:predict",
     ROWS},
    {"POST", "/v1/models/{model}/versions/{version}:explain", "/v1/models/pump/versions/1:explain",
     PUMP},
    {"GET", "/v1/models/{model}/versions/{version}", "/v1/models/scale/versions/1", NULL},
    {"POST", "/v1/models/{model}/labels/{label}:predict",
     "/v1/models/scale/labels/challenger:predict", ROWS},
    {"POST", "/v1/models/{model}/labels/{label}:explain", "/v1/models/pump/labels/champion:explain",
     PUMP},
    {"GET", "/v1/models/{model}/labels/{label}", "/v1/models/scale/labels/champion", NULL},
    {"POST", "/invocations", "/invocations?model=pump", PUMP},
    {"POST", "/v1/vision/detection", "/v1/vision/detection", "a picture"},
    {"POST", "/v1/vision/custom/list", "/v1/vision/custom/list", "{}"},
    {"POST", "/v1/vision/custom/{model}", "/v1/vision/custom/detection", "a picture"},
};

static json_int_t id_of(const char *key)
{
    reply answer = get("/api/v1/alarms");
    json_int_t id = 0;
    json_t *alarm;
    size_t index;

    json_array_foreach(json_object_get(answer.json, "alarms"), index, alarm)
    {
        if (strcmp(json_string_value(at(alarm, "key")), key) == 0)
            id = json_integer_value(at(alarm, "id"));
    }
    reply_clear(&answer);
    assert_true(id > 0);
    return id;
}

static void succeed(const char *path, const char *body)
{
    reply answer = ask(&(request){.path = path, .key = plant_key(DAVY_ROLE_ADMIN), .body = body});

    assert_true(answer.code == 200 || answer.code == 204);
    reply_clear(&answer);
}

/* The id of one alarm, the same each time, so that the examples are its story; a reset has one that
 * has latched and was acknowledged. */
static json_int_t alarm_for(const char *target)
{
    char path[64];
    json_int_t id;

    if (!strstr(target, "/reset"))
        return id_of("T-101/pressure:hihi");
    succeed("/api/v2/write", "T-101 level=5\n");
    succeed("/api/v2/write", "T-101 level=50\n");
    id = id_of("T-101/level:lo");
    (void) snprintf(path, sizeof path, "/api/v1/alarms/%lld/acknowledge", (long long) id);
    succeed(path, "{}");
    return id;
}

/* The id of what an engineer posts now. */
static json_int_t posted(const char *path)
{
    reply answer = ask(&(request){.path = path,
                                  .key = plant_key(DAVY_ROLE_ENGINEER),
                                  .body = "{}",
                                  .headers = "Content-Type: application/json"});
    json_int_t id = json_integer_value(at(answer.json, "id"));

    assert_code(answer, 201);
    reply_clear(&answer);
    return id;
}

/* What stands for a variable: of an alarm, a handover or a proof test. */
static json_int_t an_id(char letter, const char *target)
{
    return letter == 'h'   ? posted("/api/v1/handovers")
           : letter == 'p' ? posted("/api/v1/prooftests")
                           : alarm_for(target);
}

/* The answer has a code, a type and members that the description names. */
static void assert_described(const davy_route *route, const char *target, const reply *answer)
{
    char code[8];
    const char *type;
    json_t *content;

    (void) snprintf(code, sizeof code, "%ld", answer->code);
    content = json_object_get(at(at(operation(route), "responses"), code), "content");
    if (!content) {
        assert_int_equal(answer->length, 0);
        return;
    }
    type = reply_header(answer, "Content-Type");
    content = at(content, strncmp(type, "text/plain", 10) == 0 ? "text/plain" : type);
    if (strcmp(type, "application/json") == 0 && !fits(at(content, "schema"), answer->json, target))
        fail_msg("%s %s: %.2000s", route->method, target, answer->body);
}

/* A form with a small picture. */
static void write_form(davy_buffer *out)
{
    davy_image picture = {0};

    assert_ok(davy_image_init(&picture, 3, 3));
    davy_buffer_append_text(out, "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n");
    assert_ok(davy_image_append_png(&picture, out));
    davy_buffer_append_text(out, "\r\n--b--\r\n");
    davy_image_clear(&picture);
}

static void try_example(const davy_route *route, const char *target, const char *body)
{
    char path[256];
    const char *variable = strstr(target, "%ll");
    davy_buffer form = {0};
    reply answer;

    if (variable)
        (void) snprintf(path, sizeof path, "%.*s%lld%s", (int) (variable - target), target,
                        (long long) an_id(variable[3], target), variable + 4);
    else
        (void) snprintf(path, sizeof path, "%s", target);
    if (route->body == DAVY_BODY_FORM)
        write_form(&form);
    answer = ask(&(request){
        .method = route->method,
        .path = path,
        .key = plant_key(DAVY_ROLE_ADMIN),
        .body = form.length > 0 ? form.bytes : body,
        .length = form.length,
        .headers = route->body == DAVY_BODY_FORM ? "Content-Type: multipart/form-data; boundary=b"
                   : route->body == DAVY_BODY_JSON || route->body == DAVY_BODY_DOCUMENT
                       ? "Content-Type: application/json"
                       : NULL,
    });
    assert_code(answer, route->code);
    assert_described(route, path, &answer);
    reply_clear(&answer);
    davy_buffer_clear(&form);
}

static void every_route_answers_as_it_is_described(void **state)
{
    (void) state;
    for (size_t i = 0; i < davy_route_count(); i++) {
        const davy_route *route = davy_route_at(i);
        size_t tried = 0;

        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(examples); j++)
            if (strcmp(examples[j].method, route->method) == 0 &&
                strcmp(examples[j].path, route->path) == 0) {
                try_example(route, examples[j].target, examples[j].body);
                tried++;
            }
        if (tried > 0 || strcmp(route->path, "/api/v1/events") == 0)
            continue;
        if (strcmp(route->path, "/api/v1/structure") == 0)
            continue; /* the daemon has it: tests/e2e/test_structures.py asks */
        assert_null(strchr(route->path, '{')); /* else it needs an example */
        try_example(route, route->path, NULL);
    }
}

static void a_problem_is_described_too(void **state)
{
    reply answer = get("/api/v1/samples?signals=x");
    json_t *schema = at(at(at(description, "components"), "schemas"), "Problem");

    (void) state;
    assert_code(answer, 400);
    assert_true(fits(schema, answer.json, "problem"));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "P-301 flow=1\nT-9 x=1\n"});
    assert_code(answer, 400);
    assert_true(fits(schema, answer.json, "partial write"));
    reply_clear(&answer);
}

/* -- Figures --------------------------------------------------------------------------------------
 */

/* Prometheus, "Exposition formats": a line is a comment or "name{labels} value". */
static void figures_are_what_prometheus_reads(void **state)
{
    static const char *const names[] = {
        "process_resident_memory_bytes ",
        "davy_store_syncs_total ",
        "davy_source_running{source=\"field\"} 1\n",
        "davy_alarms{state=\"unacknowledged\",priority=\"high\"} ",
        "davy_http_requests_total{method=\"GET\",route=\"/metrics\",code=\"200\"} ",
        "davy_http_request_duration_seconds_bucket{method=\"GET\",route=\"/metrics\",le=\"+Inf\"} ",
        "davy_http_connections{phase=\"work\"} 1\n",
        "davy_event_streams 0\n",
        "davy_of_the_app 1\n",
    };
    reply answer = get("/metrics");

    (void) state;
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = get("/metrics");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (!strstr(answer.body, names[i]))
            fail_msg("no %s in\n%s", names[i], answer.body);
    for (const char *line = answer.body; *line; line += strcspn(line, "\n") + 1) {
        const char *value = line + strcspn(line, "\n");
        char *end;

        if (*line == '#')
            continue;
        while (value[-1] != ' ')
            value--;
        (void) strtod(value, &end);
        if (*end != '\n')
            fail_msg("no number at the end of: %.*s", (int) strcspn(line, "\n"), line);
    }
    reply_clear(&answer);
}

/* -- Console --------------------------------------------------------------------------------------
 */

static void the_console_is_served_with_its_policy(void **state)
{
    static const char *const pages[] = {"/", "/index.html", "/alarms", "/trends/T-101"};
    char etag[64], headers[128];
    reply answer;

    (void) state;
    assert_true(davy_asset_count > 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pages); i++) {
        answer = ask(&(request){.path = pages[i]});
        assert_code(answer, 200);
        assert_string_equal(reply_header(&answer, "Content-Type"), "text/html; charset=utf-8");
        assert_non_null(strstr(reply_header(&answer, "Content-Security-Policy"), "default-src"));
        assert_null(strstr(reply_header(&answer, "Content-Security-Policy"), "unsafe-eval"));
        assert_string_equal(reply_header(&answer, "X-Content-Type-Options"), "nosniff");
        assert_string_equal(reply_header(&answer, "Cache-Control"), "no-cache");
        (void) snprintf(etag, sizeof etag, "%s", reply_header(&answer, "ETag"));
        reply_clear(&answer);
    }
    (void) snprintf(headers, sizeof headers, "If-None-Match: %s", etag);
    answer = ask(&(request){.path = "/", .headers = headers});
    assert_code(answer, 304);
    assert_int_equal(answer.length, 0);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/", .headers = "Accept-Encoding: gzip, br"});
    if (reply_header(&answer, "Content-Encoding"))
        assert_memory_equal(answer.body, "\x1F\x8B", 2);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/assets/no-such-file.js"});
    assert_code(answer, 401); /* no file, so it is none of the console's */
    reply_clear(&answer);
    answer = ask(&(request){.method = "POST", .path = "/", .body = "x"});
    assert_code(answer, 401);
    reply_clear(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described_and_every_path_is_a_route),
        cmocka_unit_test(every_schema_that_is_named_exists),
        cmocka_unit_test(every_route_answers_as_it_is_described),
        cmocka_unit_test(a_problem_is_described_too),
        cmocka_unit_test(figures_are_what_prometheus_reads),
        cmocka_unit_test(the_console_is_served_with_its_policy),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
