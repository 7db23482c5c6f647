/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "alarm/notify/notify.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "alarm/alarm_json.h"
#include "app/jobs.h"
#include "app/prooftest_private.h"
#include "app/whatif_jobs.h"
#include "core/file.h"
#include "oip_models.h"
#include "respond/incident/book.h"
#include "respond/threat/threats.h"
#include "site/load.h"

static const char site_text[] =
    "site: {name: Harbour, title: Harbour Chemical Park, location: [30.657, 104.066],\n"
    "       timezone: Asia/Shanghai}\n"
    "sources:\n"
    "  - {name: field, kind: lines}\n"
    "assets:\n"
    "  - name: T-101\n"
    "    kind: tank\n"
    "    at: [120, 40]\n"
    "    holds: {chemical: chlorine, amount: 20 t}\n"
    "    signals:\n"
    "      - {name: pressure, unit: kPa, from: {source: field}, range: [0, 1600],\n"
    "         limits: {hihi: 1200, hi: 1000}, priority: high}\n"
    "      - {name: level, unit: '%', limits: {lo: 10}}\n"
    "  - name: P-301\n"
    "    kind: pump\n"
    "    signals:\n"
    "      - {name: flow, unit: kg/h}\n"
    "detectors:\n"
    "  - {name: T-101-health, model: t101@champion, signals: [\"T-101/*\"], budget: 1/week}\n"
    "alarms:\n"
    "  - {match: [\"T-101/level:lo\"], latch: true, shelve_max: 1h, department: process}\n"
    "resources:\n"
    "  - {name: engine-1, type: foam engine, at: [400, 10]}\n"
    "places:\n"
    "  - {name: office, kind: building, at: [60, 0], people: 3}\n"
    "scenarios:\n"
    "  - {name: T-101-leak, asset: T-101, when: [\"T-101/pressure:hihi\"],\n"
    "     release: {kind: gas hole, hole: 10 mm, pressure: 6 bar, temperature: 20 Cel}}\n"
    "receivers:\n"
    "  - {name: control room, kind: webhook, url: \"http://127.0.0.1:9/hook\"}\n";

davy_server *plant_server;
davy_server_system plant_system;

static struct {
    char folder[64];
    davy_site *site;
    davy_detect *detect;
    pthread_mutex_t mutex; /* one thread owns the detection at a time */
    char keys[DAVY_ROLE_ADMIN + 1][DAVY_KEY_MAX];
    davy_status fail;
    const char *unready;
    bool models;
    davy_host *host;
    davy_finding findings[64];
    size_t finding_count;
    davy_jobs *jobs;
    davy_trainings trainings;
    davy_proofs proofs;
    davy_whatif_jobs *whatif_jobs;
    davy_whatifs whatifs;
    char site_file[128], store_folder[128];
} plant = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* -- What src/app does in the daemon --------------------------------------------------------------
 */

static const davy_site *acquire_site(void *context)
{
    (void) context;
    return plant.site;
}

static void release_site(void *context, const davy_site *site)
{
    (void) context;
    (void) site;
}

static void take_finding(void *context, const davy_finding *finding)
{
    (void) context;
    if (plant.finding_count < DAVY_ARRAY_LENGTH(plant.findings))
        plant.findings[plant.finding_count++] = *finding;
}

static davy_status deliver(void *context, const davy_sample *samples, size_t count)
{
    davy_status status;

    (void) context;
    if (plant.fail != DAVY_OK)
        return davy_fail(plant.fail, "/secret/path/of/the/store");
    status = davy_store_append(plant_system.store, samples, count);
    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&plant.mutex);
    plant.finding_count = 0;
    davy_detect_samples(plant.detect, samples, count, davy_monotonic_ns(davy_clock_system()));
    status = davy_alarms_take(plant_system.alarms, plant.findings, plant.finding_count);
    pthread_mutex_unlock(&plant.mutex);
    return status;
}

static void announce(void *context, const davy_alarm *alarm, const char *transition)
{
    json_t *object = davy_alarm_json(alarm);
    char *text = json_dumps(object, JSON_INDENT(1));

    (void) context;
    (void) transition;
    if (plant_server)
        davy_server_publish(plant_server, "alarm", text);
    free(text);
    json_decref(object);
}

static void announce_job(void *context, const char *json)
{
    (void) context;
    if (plant_server)
        davy_server_publish(plant_server, "job", json);
}

/* Records of a test that has ended; the daemon's own are made by tests/e2e/test_prooftest.py. */
static davy_status start_proof(void *context, const davy_proof_order *order, uint64_t *id)
{
    const davy_prooftest_parts parts = {.records = plant_system.records,
                                        .clock = davy_clock_system()};
    davy_record kept = {0};
    json_t *item =
        json_pack("{s:s, s:s, s:n, s:s, s:s, s:f, s:n, s:f, s:f, s:f, s:f, s:f,"
                  " s:[{s:s, s:s, s:n}]}",
                  "condition", "T-101/pressure:hihi", "outcome", "passed", "why", "alarm_state",
                  "normal", "text", "PROOF TEST: x", "value", 1212.0, "model", "accepted_ms", 0.1,
                  "durable_ms", 2.0, "found_ms", 2.1, "recorded_ms", 4.0, "announced_ms", 4.1,
                  "receivers", "name", "control room", "state", "not told", "confirmed_ms");
    davy_status status = davy_prooftest_keep(
        &parts,
        json_pack("{s:s, s:s, s:s?, s:b, s:i}", "action", "started", "by", order->by, "patterns",
                  order->patterns, "notify", order->notify, "conditions", 1),
        &kept);

    (void) context;
    *id = kept.sequence;
    if (status == DAVY_OK)
        status = davy_prooftest_keep(&parts,
                                     json_pack("{s:s, s:I, s:O}", "action", "proved", "test",
                                               (json_int_t) *id, "item", item),
                                     NULL);
    json_decref(item);
    return status;
}

static davy_status get_proof(void *context, uint64_t id, json_t **test)
{
    (void) context;
    return davy_prooftest_read(plant_system.records, id, 0, test);
}

static davy_status list_proofs(void *context, size_t limit, json_t **tests)
{
    (void) context;
    return davy_prooftest_list(plant_system.records, limit, 0, tests);
}

static davy_status list_conditions(void *context, size_t most, json_t **list, size_t *left_out)
{
    davy_prooftest_plan plan = {.site = plant.site};
    davy_status status = davy_prooftest_latest(plant_system.records, &plan);

    (void) context;
    if (status == DAVY_OK)
        status = davy_prooftest_plan_json(&plan, davy_wall_ns(davy_clock_system()), most, list,
                                          left_out);
    davy_prooftest_plan_clear(&plan);
    return status;
}

static davy_status source_report(void *context, size_t source, davy_source_report *report)
{
    (void) context;
    *report =
        (davy_source_report){.source = &plant.site->sources[source], .state = DAVY_SOURCE_RUNNING};
    return DAVY_OK;
}

static davy_status detector_status(void *context, size_t detector, davy_detect_status *status)
{
    (void) context;
    davy_detect_get_status(plant.detect, detector, status);
    status->causes[0] = (davy_cause){.signal = 0, .contribution = 0.5, .value = 1, .expected = 2};
    status->cause_count = 1;
    return DAVY_OK;
}

static const char *not_ready(void *context, char *text, size_t capacity)
{
    (void) context;
    if (!plant.unready)
        return NULL;
    (void) snprintf(text, capacity, "%s", plant.unready);
    return text;
}

static void metrics(void *context, davy_buffer *out)
{
    (void) context;
    davy_buffer_append_text(out, "davy_of_the_app 1\n");
}

static void open_site(void)
{
    davy_site_faults faults = {0};

    if (davy_site_parse("site.yaml", site_text, sizeof site_text - 1, &faults, &plant.site) !=
        DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    for (size_t i = 0; i < plant.site->signal_count; i++) {
        davy_site_signal *signal = &plant.site->signals[i];

        assert_ok(davy_store_signal(plant_system.store, signal->path, signal->unit, &signal->id));
    }
    assert_ok(davy_site_index(plant.site));
}

static void open_detection(void)
{
    static const davy_alarms_callbacks announcer = {NULL, announce};
    static const davy_detect_callbacks callbacks = {.finding = take_finding};
    const davy_condition *conditions;
    size_t count;

    assert_ok(davy_alarms_open(plant_system.records, davy_clock_system(), &announcer,
                               &plant_system.alarms));
    assert_ok(davy_detect_create(plant.site, plant_system.registry, &callbacks,
                                 davy_monotonic_ns(davy_clock_system()), NULL, &plant.detect));
    conditions = davy_detect_conditions(plant.detect, &count);
    assert_ok(davy_alarms_configure(plant_system.alarms, plant.site, conditions, count));
}

static void announce_incident(void *context, const char *json)
{
    (void) context;
    if (plant_server)
        davy_server_publish(plant_server, "incident", json);
}

static void open_incidents(void)
{
    const davy_incidents_parts parts = {.records = plant_system.records,
                                        .alarms = plant_system.alarms,
                                        .clock = davy_clock_system(),
                                        .announce = announce_incident,
                                        .acquire_site = acquire_site,
                                        .release_site = release_site};

    assert_ok(davy_incidents_open(&parts, &plant_system.incidents));
}

static void publish_zone(void *context, const char *event, const char *json)
{
    (void) context;
    if (plant_server)
        davy_server_publish(plant_server, event, json);
}

static void open_threats(void)
{
    const davy_threats_parts parts = {.store = plant_system.store,
                                      .records = plant_system.records,
                                      .alarms = plant_system.alarms,
                                      .clock = davy_clock_system(),
                                      .acquire_site = acquire_site,
                                      .release_site = release_site,
                                      .publish = publish_zone};

    assert_ok(davy_threats_open(&parts, &plant_system.threats));
}

static void open_watch(const char *file)
{
    const davy_alarm_watch_parts parts = {plant_system.records, file, davy_clock_system(), NULL,
                                          NULL};

    assert_ok(davy_alarm_watch_create(&parts, &plant_system.watch));
    assert_ok(davy_alarm_watch_use(plant_system.watch, plant.site));
}

static bool watches(void *context, char *problem, size_t capacity)
{
    (void) context;
    (void) problem;
    (void) capacity;
    return true;
}

/* Nobody is told: its threads are not started. */
static void open_notify(const char *file)
{
    const davy_notify_parts parts = {.records = plant_system.records,
                                     .file = file,
                                     .clock = davy_clock_system(),
                                     .acquire_site = acquire_site,
                                     .release_site = release_site,
                                     .watches = watches};

    assert_ok(davy_notify_open(&parts, &plant_system.notify));
}

static void open_keys(const char *file)
{
    assert_ok(davy_keys_open(file, &plant_system.keys));
    for (davy_role role = DAVY_ROLE_VIEWER; role <= DAVY_ROLE_ADMIN; role++)
        assert_ok(davy_keys_create(plant_system.keys, davy_role_name(role), role, NULL, plant_now(),
                                   plant.keys[role]));
}

void plant_serve_on(davy_server *server)
{
    davy_server_serve(server, plant.host);
}

void plant_serve_models(void)
{
    plant.models = true;
}

static void open_jobs(void)
{
    const davy_jobs_options options = {.kind = &davy_job_kind_training,
                                       .program = DAVY_PROGRAM,
                                       .data = plant.folder,
                                       .registry = plant.folder,
                                       .clock = davy_clock_system(),
                                       .announce = announce_job};

    assert_ok(davy_jobs_open(&options, &plant.jobs));
    plant.trainings = davy_jobs_trainings(plant.jobs);
    plant_system.trainings = &plant.trainings;
    plant.proofs = (davy_proofs){NULL, start_proof, get_proof, list_proofs, list_conditions};
    plant_system.proofs = &plant.proofs;
}

/* Over the plant's site, with its text on disk as the daemon has it. */
static void open_whatifs(void)
{
    const davy_whatif_parts parts = {.jobs = {.program = DAVY_PROGRAM,
                                              .data = plant.store_folder,
                                              .registry = plant.folder,
                                              .clock = davy_clock_system()},
                                     .records = plant_system.records,
                                     .site = plant.site_file,
                                     .acquire_site = acquire_site,
                                     .release_site = release_site};

    (void) snprintf(plant.site_file, sizeof plant.site_file, "%s/site.yaml", plant.folder);
    assert_ok(davy_file_replace(plant.site_file, site_text, sizeof site_text - 1, 0600));
    assert_ok(davy_whatif_jobs_open(&parts, &plant.whatif_jobs));
    plant.whatifs = davy_whatif_jobs_view(plant.whatif_jobs);
    plant_system.whatifs = &plant.whatifs;
}

void plant_start(const davy_watch_limits *limits)
{
    davy_server_options options = {.listen = "127.0.0.1:0"};
    char path[128];

    if (limits)
        options.limits = *limits;
    (void) snprintf(plant.folder, sizeof plant.folder, "/tmp/davy-plant-XXXXXX");
    assert_non_null(mkdtemp(plant.folder));
    plant.fail = DAVY_OK;
    plant.unready = NULL;
    plant_system = (davy_server_system){
        .clock = davy_clock_system(),
        .registry = plant.folder,
        .data = plant.folder,
        .acquire_site = acquire_site,
        .release_site = release_site,
        .deliver = deliver,
        .source_report = source_report,
        .detector_status = detector_status,
        .not_ready = not_ready,
        .metrics = metrics,
    };
    (void) snprintf(plant.store_folder, sizeof plant.store_folder, "%s/store", plant.folder);
    assert_ok(davy_store_open(plant.store_folder, NULL, &plant_system.store));
    (void) snprintf(path, sizeof path, "%s/records.db", plant.folder);
    assert_ok(davy_records_open(path, &plant_system.records));
    open_site();
    open_detection();
    open_watch(path);
    (void) snprintf(path, sizeof path, "%s/notify.db", plant.folder);
    open_notify(path);
    (void) snprintf(path, sizeof path, "%s/keys.json", plant.folder);
    open_keys(path);
    open_jobs();
    open_whatifs();
    open_incidents();
    open_threats();
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    if (plant.models) {
        (void) snprintf(path, sizeof path, "%s/models", plant.folder);
        oip_models_make(path);
        plant.host = oip_host_create(path);
        davy_server_serve(plant_server, plant.host);
        plant_system.host = plant.host; /* of servers that a test starts beside this one */
    }
}

void plant_stop(void)
{
    davy_server *server = plant_server;
    char command[128];

    davy_jobs_stop(plant.jobs);
    davy_whatif_jobs_stop(plant.whatif_jobs);
    plant_server = NULL;
    davy_server_stop(server);
    davy_host_destroy(plant.host);
    plant.host = NULL;
    plant.models = false;
    davy_jobs_close(plant.jobs);
    davy_whatif_jobs_close(plant.whatif_jobs);
    davy_notify_close(plant_system.notify);
    davy_alarm_watch_destroy(plant_system.watch);
    davy_incidents_close(plant_system.incidents);
    davy_threats_close(plant_system.threats);
    davy_alarms_close(plant_system.alarms);
    davy_detect_destroy(plant.detect);
    davy_keys_close(plant_system.keys);
    davy_records_close(plant_system.records);
    davy_store_close(plant_system.store);
    davy_site_destroy(plant.site);
    plant.site = NULL;
    (void) snprintf(command, sizeof command, "rm -rf '%s'", plant.folder);
    assert_int_equal(system(command), 0);
}

const char *plant_key(davy_role role)
{
    return role == DAVY_ROLE_NONE ? NULL : plant.keys[role];
}

void plant_fail_deliveries(davy_status status)
{
    plant.fail = status;
}

void plant_set_unready(const char *reason)
{
    plant.unready = reason;
}

int64_t plant_now(void)
{
    return davy_wall_ns(davy_clock_system());
}

/* -- A client as programs are ---------------------------------------------------------------------
 */

struct upload {
    const char *bytes;
    size_t left;
};

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    davy_buffer *out = context;

    davy_buffer_append(out, bytes, size * count);
    return size * count;
}

static size_t give_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct upload *upload = context;
    size_t length = size * count < upload->left ? size * count : upload->left;

    memcpy(bytes, upload->bytes, length);
    upload->bytes += length;
    upload->left -= length;
    return length;
}

static struct curl_slist *header_lines(const request *wish)
{
    struct curl_slist *lines = curl_slist_append(NULL, "Expect:");
    char line[512];

    if (wish->key) {
        (void) snprintf(line, sizeof line, "Authorization: Bearer %s", wish->key);
        lines = curl_slist_append(lines, line);
    }
    for (const char *at = wish->headers; at && *at; at += strspn(at, "\n")) {
        size_t length = strcspn(at, "\n");

        (void) snprintf(line, sizeof line, "%.*s", (int) length, at);
        lines = curl_slist_append(lines, line);
        at += length;
    }
    if (wish->chunked)
        lines = curl_slist_append(lines, "Transfer-Encoding: chunked");
    return lines;
}

static void set_body(CURL *curl, const request *wish, struct upload *upload)
{
    size_t length = wish->length > 0 ? wish->length : wish->body ? strlen(wish->body) : 0;

    if (!wish->body)
        return;
    *upload = (struct upload){wish->body, length};
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    if (!wish->chunked)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
}

reply ask(const request *wish)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *lines = header_lines(wish);
    struct upload upload;
    davy_buffer body = {0}, headers = {0};
    char url[DAVY_PATH_MAX];
    reply answer = {0};

    (void) snprintf(url, sizeof url, "http://%s/", davy_server_address(plant_server));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_REQUEST_TARGET, wish->path);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &headers);
    if (wish->from)
        curl_easy_setopt(curl, CURLOPT_INTERFACE, wish->from);
    set_body(curl, wish, &upload);
    if (wish->method && strcmp(wish->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (wish->method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, wish->method);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.code);
    curl_slist_free_all(lines);
    curl_easy_cleanup(curl);
    davy_buffer_append(&body, "", 0);
    davy_buffer_append(&headers, "", 0);
    answer.body = body.bytes;
    answer.length = body.length;
    answer.headers = headers.bytes;
    answer.json = json_loadb(body.bytes, body.length, 0, NULL);
    return answer;
}

reply get(const char *path)
{
    return ask(&(request){.path = path, .key = plant_key(DAVY_ROLE_VIEWER)});
}

reply ask_samples(const char *query)
{
    char path[512];

    (void) snprintf(path, sizeof path, "/api/v1/samples?%s", query);
    return get(path);
}

reply post(const char *path, davy_role role, const char *json)
{
    return ask(&(request){.path = path,
                          .key = plant_key(role),
                          .body = json,
                          .headers = "Content-Type: application/json"});
}

void reply_clear(reply *answer)
{
    json_decref(answer->json);
    free(answer->body);
    free(answer->headers);
    *answer = (reply){0};
}

const char *reply_header(const reply *answer, const char *name)
{
    static char value[1024];
    size_t length = strlen(name);

    for (const char *line = answer->headers; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *begin = line + length + 1;

            begin += strspn(begin, " ");
            (void) snprintf(value, sizeof value, "%.*s", (int) strcspn(begin, "\r\n"), begin);
            return value;
        }
    }
    return NULL;
}

/* -- A bare socket --------------------------------------------------------------------------------
 */

int connect_raw(const char *from)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in own = {.sin_family = AF_INET}, peer = {.sin_family = AF_INET};

    assert_true(client >= 0);
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer.sin_port = htons((uint16_t) atoi(strrchr(davy_server_address(plant_server), ':') + 1));
    assert_int_equal(inet_pton(AF_INET, from ? from : "127.0.0.1", &own.sin_addr), 1);
    assert_int_equal(bind(client, (struct sockaddr *) &own, sizeof own), 0);
    assert_int_equal(connect(client, (struct sockaddr *) &peer, sizeof peer), 0);
    return client;
}

bool send_raw(int client, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(client, text, left, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        text += sent;
        left -= (size_t) sent;
    }
    return true;
}

/* Is it in what came last, or across its begin? */
static bool has_come(const davy_buffer *out, size_t last, const char *until)
{
    size_t back = last + strlen(until);

    return strstr(out->bytes + (back < out->length ? out->length - back : 0), until) != NULL;
}

char *read_raw(int client, const char *until)
{
    struct pollfd ready = {.fd = client, .events = POLLIN};
    davy_buffer out = {0};
    char piece[16384];
    ssize_t length = 0;

    davy_buffer_append(&out, "", 0);
    while (!(until && has_come(&out, (size_t) length, until)) && poll(&ready, 1, 20000) > 0 &&
           (length = recv(client, piece, sizeof piece, 0)) > 0)
        davy_buffer_append(&out, piece, (size_t) length);
    return out.bytes;
}
