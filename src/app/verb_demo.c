/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy demo`: a simulated plant on real protocols, detectors trained on its history, and the
 * daemon.
 */
#include "app/daemon.h"
#include "app/process.h"
#include "app/verb.h"
#include "core/buffer.h"
#include "core/file.h"
#include "site/load.h"

#include <arpa/inet.h>
#include <glob.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const davy_usage usage = {
    "demo", "", "Run a simulated tank farm with its detectors, alarms and console.",
    "The first run makes ten days of history and trains the detectors on it (a minute or two); "
    "they are\n"
    "kept in the data folder. Faults begin within the first minute and come again; docs/demo.md "
    "tells\n"
    "what there is to see. Needs mosquitto, the MQTT broker, from Debian.\n"};

#define HISTORY_DAYS "10"
#define KEY_FILE_MAX ((size_t) 4096)
/* The broker is there within milliseconds; a busy machine gets five seconds. */
#define BROKER_TRIES    100
#define BROKER_PAUSE_NS 50000000L

struct demo {
    const char *data, *listen;
    char self[PATH_MAX];      /* path of this program */
    char simulator[PATH_MAX]; /* path of davy-sim */
    char site[PATH_MAX], models[PATH_MAX], history[PATH_MAX], key[PATH_MAX], truth[PATH_MAX];
    int mqtt_port, modbus_port;
    pid_t broker, plant;
};

static davy_status find_programs(struct demo *demo)
{
    static const char *const places[] = {"", "../../sim/", "../libexec/davy/"};
    ssize_t length = readlink("/proc/self/exe", demo->self, sizeof demo->self - 1);
    char *slash;

    if (length <= 0)
        return davy_fail(DAVY_ERR_IO, "cannot find this program's own path");
    demo->self[length] = '\0';
    slash = strrchr(demo->self, '/');
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(places); i++) {
        (void) snprintf(demo->simulator, sizeof demo->simulator, "%.*s/%sdavy-sim",
                        (int) (slash - demo->self), demo->self, places[i]);
        if (access(demo->simulator, X_OK) == 0)
            return DAVY_OK;
    }
    return davy_fail(DAVY_ERR_NOT_FOUND, "the simulator davy-sim is not beside %s", demo->self);
}

static void name_paths(struct demo *demo)
{
    (void) snprintf(demo->site, sizeof demo->site, "%s/site.yaml", demo->data);
    (void) snprintf(demo->models, sizeof demo->models, "%s/models", demo->data);
    (void) snprintf(demo->history, sizeof demo->history, "%s/history", demo->data);
    (void) snprintf(demo->key, sizeof demo->key, "%s/admin.key", demo->data);
    (void) snprintf(demo->truth, sizeof demo->truth, "%s/truth.csv", demo->data);
}

static void say(const char *what)
{
    (void) printf("demo: %s\n", what);
    (void) fflush(stdout);
}

/* A port of the loopback interface: the wanted one, or a free one when that is taken (0: any). */
static int find_port(int wanted)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) wanted)};
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int reuse = 1, port = 0;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    if (bind(descriptor, (struct sockaddr *) &address, sizeof address) == 0 &&
        getsockname(descriptor, (struct sockaddr *) &address, &length) == 0)
        port = ntohs(address.sin_port);
    close(descriptor);
    return port || wanted == 0 ? port : find_port(0);
}

static bool answers(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) port)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected = connect(descriptor, (struct sockaddr *) &address, sizeof address) == 0;
    close(descriptor);
    return connected;
}

static davy_status start_broker(struct demo *demo)
{
    const struct timespec pause = {0, BROKER_PAUSE_NS};
    char path[PATH_MAX], text[256];
    /* Debian keeps the broker in a folder of the administrator. */
    const char *program =
        access("/usr/sbin/mosquitto", X_OK) == 0 ? "/usr/sbin/mosquitto" : "mosquitto";
    const char *argv[] = {program, "-c", path, NULL};
    davy_status status;
    int length;

    demo->mqtt_port = find_port(0);
    length = snprintf(text, sizeof text,
                      "listener %d 127.0.0.1\nallow_anonymous true\npersistence false\n"
                      "log_type error\n",
                      demo->mqtt_port);
    (void) snprintf(path, sizeof path, "%s/mosquitto.conf", demo->data);
    status = davy_file_replace(path, text, (size_t) length, 0644);
    if (status == DAVY_OK)
        status = davy_process_start(argv, NULL, &demo->broker);
    for (int i = 0; status == DAVY_OK && !answers(demo->mqtt_port); i++) {
        if (i == BROKER_TRIES)
            return davy_fail(DAVY_ERR_UNAVAILABLE,
                             "the MQTT broker mosquitto does not answer; is it "
                             "installed?");
        nanosleep(&pause, NULL);
    }
    return status;
}

/* Started last: its faults are scheduled from its start. */
static davy_status start_plant(struct demo *demo)
{
    char modbus[64], mqtt[64];
    const char *argv[] = {demo->simulator, "run",     "--modbus", modbus,      "--mqtt", mqtt,
                          "--faults",      "default", "--truth",  demo->truth, NULL};

    (void) snprintf(modbus, sizeof modbus, "127.0.0.1:%d", demo->modbus_port);
    (void) snprintf(mqtt, sizeof mqtt, "127.0.0.1:%d", demo->mqtt_port);
    return davy_process_start(argv, NULL, &demo->plant);
}

static davy_status write_site(struct demo *demo)
{
    char modbus[16], mqtt[16];
    const char *argv[] = {
        demo->simulator, "site", "--modbus-port", modbus, "--mqtt-port", mqtt, NULL};

    demo->modbus_port = find_port(0);
    (void) snprintf(modbus, sizeof modbus, "%d", demo->modbus_port);
    (void) snprintf(mqtt, sizeof mqtt, "%d", demo->mqtt_port);
    return davy_process_run_to_file(argv, demo->site);
}

static davy_status make_history(struct demo *demo)
{
    const char *argv[] = {demo->simulator, "history",  "--out", demo->history, "--days",
                          HISTORY_DAYS,    "--period", "1s",    NULL};

    if (access(demo->history, F_OK) == 0)
        return DAVY_OK;
    say("ten days of the plant's history, for the detectors to learn from");
    return davy_process_run(argv);
}

/* The paths of a detector's signals, as a pattern. */
static davy_status name_columns(const davy_site *site, const davy_site_detector *detector,
                                davy_buffer *columns)
{
    for (size_t i = 0; i < detector->signal_count; i++)
        davy_buffer_printf(columns, "%s%s", i ? "," : "", site->signals[detector->signals[i]].path);
    return davy_buffer_ok(columns);
}

static davy_status train_one(struct demo *demo, const davy_site *site,
                             const davy_site_detector *detector)
{
    char name[DAVY_PATH_MAX], pattern[PATH_MAX + 8], known[PATH_MAX + DAVY_PATH_MAX + 16],
        budget[32], what[256];
    davy_buffer columns = {0};
    davy_status status;

    (void) snprintf(name, sizeof name, "%.*s", (int) strcspn(detector->model, "@"),
                    detector->model);
    (void) snprintf(known, sizeof known, "%s/%s/aliases.json", demo->models, name);
    if (access(known, F_OK) == 0)
        return DAVY_OK;
    (void) snprintf(pattern, sizeof pattern, "%s/*.csv", demo->history);
    (void) snprintf(budget, sizeof budget, "%g/day", detector->budget_per_day);
    (void) snprintf(what, sizeof what, "davy train %s --model pca --budget %s", name, budget);
    say(what);
    status = name_columns(site, detector, &columns);
    if (status == DAVY_OK) {
        const char *argv[] = {demo->self, "train",      name,          "--model",  "pca",
                              "--task",   "anomaly",    "--csv",       pattern,    "--time",
                              "time",     "--columns",  columns.bytes, "--budget", budget,
                              "--models", demo->models, NULL};

        status = davy_process_run(argv);
    }
    davy_buffer_clear(&columns);
    return status;
}

static davy_status train_detectors(struct demo *demo)
{
    davy_site_faults faults = {0};
    davy_site *site;
    davy_status status = davy_site_load(demo->site, &faults, &site);

    davy_site_faults_print(&faults, stderr, false);
    davy_site_faults_clear(&faults);
    for (size_t i = 0; status == DAVY_OK && i < site->detector_count; i++)
        status = train_one(demo, site, &site->detectors[i]);
    if (status == DAVY_OK)
        davy_site_destroy(site);
    return status;
}

/* The last day of the history, so that the trends have a past. */
static davy_status import_history(struct demo *demo)
{
    char pattern[PATH_MAX + 8], done[PATH_MAX];
    glob_t files;
    davy_status status = DAVY_OK;

    (void) snprintf(done, sizeof done, "%s/imported", demo->data);
    (void) snprintf(pattern, sizeof pattern, "%s/*.csv", demo->history);
    if (access(done, F_OK) == 0 || glob(pattern, 0, NULL, &files) != 0)
        return DAVY_OK;
    say("davy import: the last day of the history, so that the trends have a past");
    if (files.gl_pathc > 0) {
        const char *argv[] = {demo->self, "import",   files.gl_pathv[files.gl_pathc - 1],
                              "--site",   demo->site, "--data",
                              demo->data, NULL};

        status = davy_process_run(argv);
    }
    globfree(&files);
    return status == DAVY_OK ? davy_file_replace(done, "", 0, 0644) : status;
}

static void print_address(const struct demo *demo, const davy_daemon *daemon)
{
    davy_buffer key = {0};

    if (davy_file_read(demo->key, KEY_FILE_MAX, &key) == DAVY_OK)
        (void) printf(
            "\n  console   http://%s/#key=%s\n  key       %s   (role admin)\n"
            "  faults    a leak on a tank begins within a minute; docs/demo.md tells more\n"
            "  stop      Ctrl-C\n\n",
            davy_daemon_address(daemon), key.bytes, key.bytes);
    (void) fflush(stdout);
    davy_buffer_clear(&key);
}

static davy_status run_daemon(struct demo *demo)
{
    char address[64];
    davy_daemon_options options = {.site = demo->site,
                                   .data = demo->data,
                                   .listen = demo->listen,
                                   .registry = demo->models,
                                   .key_file = demo->key};
    davy_daemon *daemon;
    davy_status status;

    if (!options.listen) {
        (void) snprintf(address, sizeof address, "127.0.0.1:%d", find_port(8080));
        options.listen = address;
    }
    davy_daemon_block_signals();
    status = davy_daemon_start(&options, &daemon);
    if (status != DAVY_OK)
        return status;
    print_address(demo, daemon);
    davy_daemon_wait(daemon);
    davy_daemon_stop(daemon);
    return DAVY_OK;
}

static int run_demo(void *context, const davy_option_list *words)
{
    static davy_status (*const steps[])(struct demo *) = {
        find_programs,   start_broker,   write_site,  make_history,
        train_detectors, import_history, start_plant, run_daemon,
    };
    struct demo *demo = context;
    davy_status status = davy_folder_make(demo->data, 0750);

    (void) words;
    name_paths(demo);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps) && status == DAVY_OK; i++)
        status = steps[i](demo);
    davy_process_stop(demo->plant);
    davy_process_stop(demo->broker);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("demo", status);
}

static int demo(int argc, char **argv)
{
    struct demo settings = {.data = "demo-data"};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR", "folder of the demo's data (demo-data)"},
        {"listen", DAVY_OPTION_TEXT, &settings.listen, "HOST:PORT",
         "address of the console (127.0.0.1:8080, or a free port when that is taken)"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 0, argc, argv, run_demo,
                          &settings);
}

const davy_verb davy_verb_demo = {"demo", "run a simulated plant with its console", demo};
