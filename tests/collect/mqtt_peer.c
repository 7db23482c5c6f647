/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt_peer.h"

#include "../testing.h"

#include <arpa/inet.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct mqtt_broker {
    char folder[64];
    char address[64];
    char password[64];
    int port;
    pid_t child;
    struct mosquitto *publisher;
};

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static int listen_on_free_port(int *port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(listener, (struct sockaddr *) &here, sizeof here), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *) &here, &size), 0);
    *port = ntohs(here.sin_port);
    return listener;
}

/* Start a program; Debian keeps the broker in /usr/sbin, which need not be on the path. */
static pid_t start(const char *const *arguments)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/usr/local/sbin"};
    char path[128];
    pid_t child;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(folders); i++) {
        (void) snprintf(path, sizeof path, "%s/%s", folders[i], arguments[0]);
        if (posix_spawn(&child, path, NULL, NULL, (char *const *) arguments, environ) == 0)
            return child;
    }
    return 0;
}

static void write_lines(const mqtt_broker *broker)
{
    char path[128];
    FILE *file;

    (void) snprintf(path, sizeof path, "%s/conf", broker->folder);
    file = fopen(path, "w");
    assert_non_null(file);
    (void) fprintf(file, "listener %d 127.0.0.1\nuser root\npersistence false\nlog_dest none\n",
                   broker->port);
    if (broker->password[0])
        (void) fprintf(file, "allow_anonymous false\npassword_file %s/users\n", broker->folder);
    else
        (void) fprintf(file, "allow_anonymous true\n");
    assert_int_equal(fclose(file), 0);
}

static void write_users(const mqtt_broker *broker)
{
    char path[128];
    const char *const arguments[] = {"mosquitto_passwd", "-b", "-c", path, "davy",
                                     broker->password,   NULL};
    pid_t child;

    (void) snprintf(path, sizeof path, "%s/users", broker->folder);
    child = start(arguments);
    assert_true(child > 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

void mqtt_broker_revive(mqtt_broker *broker)
{
    char path[128];
    const char *const arguments[] = {"mosquitto", "-c", path, NULL};
    int code = MOSQ_ERR_UNKNOWN;

    (void) snprintf(path, sizeof path, "%s/conf", broker->folder);
    broker->child = start(arguments);
    for (int i = 0; broker->child > 0 && i < 600 && code != MOSQ_ERR_SUCCESS; i++) {
        code = mosquitto_connect(broker->publisher, "127.0.0.1", broker->port, 60);
        if (code != MOSQ_ERR_SUCCESS)
            pause_ms(10);
    }
}

static void remove_folder(mqtt_broker *broker)
{
    static const char *const names[] = {"conf", "users"};
    char path[128];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        (void) snprintf(path, sizeof path, "%s/%s", broker->folder, names[i]);
        (void) unlink(path);
    }
    (void) rmdir(broker->folder);
}

mqtt_broker *mqtt_broker_start(const char *password)
{
    mqtt_broker *broker = calloc(1, sizeof *broker);

    assert_non_null(broker);
    mosquitto_lib_init();
    (void) snprintf(broker->folder, sizeof broker->folder, "/tmp/davy-mqtt-XXXXXX");
    assert_non_null(mkdtemp(broker->folder));
    (void) snprintf(broker->password, sizeof broker->password, "%s", password ? password : "");
    close(listen_on_free_port(&broker->port));
    (void) snprintf(broker->address, sizeof broker->address, "mqtt://127.0.0.1:%d", broker->port);
    broker->publisher = mosquitto_new(NULL, true, NULL);
    if (password) {
        write_users(broker);
        mosquitto_username_pw_set(broker->publisher, "davy", password);
    }
    write_lines(broker);
    mqtt_broker_revive(broker);
    if (broker->child > 0)
        return broker;
    mqtt_broker_stop(broker);
    return NULL;
}

const char *mqtt_broker_address(const mqtt_broker *broker)
{
    return broker->address;
}

static void note_published(struct mosquitto *publisher, void *context, int id)
{
    (void) publisher;
    *(int *) context = id;
}

void mqtt_broker_publish(mqtt_broker *broker, const char *topic, const void *bytes, size_t length,
                         bool retain)
{
    int id = 0, published = -1;

    mosquitto_user_data_set(broker->publisher, &published);
    mosquitto_publish_callback_set(broker->publisher, note_published);
    assert_int_equal(
        mosquitto_publish(broker->publisher, &id, topic, (int) length, bytes, 1, retain),
        MOSQ_ERR_SUCCESS);
    while (published != id)
        assert_int_equal(mosquitto_loop(broker->publisher, 5000, 1), MOSQ_ERR_SUCCESS);
}

void mqtt_broker_kill(mqtt_broker *broker)
{
    mosquitto_disconnect(broker->publisher);
    if (broker->child > 0) {
        (void) kill(broker->child, SIGTERM);
        (void) waitpid(broker->child, NULL, 0);
    }
    broker->child = 0;
}

void mqtt_broker_stop(mqtt_broker *broker)
{
    if (!broker)
        return;
    mqtt_broker_kill(broker);
    mosquitto_destroy(broker->publisher);
    remove_folder(broker);
    free(broker);
}

struct mqtt_false_broker {
    enum mqtt_manners manners;
    char address[64];
    int listener;
    atomic_bool stopping;
    pthread_t thread;
};

static void put(int descriptor, const char *bytes, size_t length)
{
    (void) send(descriptor, bytes, length, MSG_NOSIGNAL);
}

/* The bytes of each packet are from MQTT 3.1.1, sections 3.2 (CONNACK), 3.9 (SUBACK) and 3.3. */
static void accept_all(int descriptor, const char *publish, size_t length)
{
    char query[512];

    put(descriptor, "\x20\x02\x00\x00", 4);
    (void) recv(descriptor, query, sizeof query, 0); /* SUBSCRIBE, packet id 1 */
    put(descriptor, "\x90\x03\x00\x01\x01", 5);
    put(descriptor, publish, length);
}

static void answer(const mqtt_false_broker *broker, int descriptor)
{
    char query[512];

    if (recv(descriptor, query, sizeof query, 0) <= 0)
        return;
    switch (broker->manners) {
    case MQTT_SILENT:
        break;
    case MQTT_GARBAGE:
        put(descriptor, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
        break;
    case MQTT_TRICKLE:
        for (size_t i = 0; i < 4 && !broker->stopping; i++) {
            put(descriptor, &"\x20\x02\x00\x00"[i], 1);
            for (int tick = 0; tick < 50 && !broker->stopping; tick++)
                pause_ms(20);
        }
        break;
    case MQTT_REFUSE_CONNECT:
        put(descriptor, "\x20\x02\x00\x05", 4);
        break;
    case MQTT_REFUSE_TOPIC:
        put(descriptor, "\x20\x02\x00\x00", 4);
        (void) recv(descriptor, query, sizeof query, 0);
        put(descriptor, "\x90\x03\x00\x01\x80", 5);
        break;
    case MQTT_HUGE:
        accept_all(descriptor, "\x30\xFF\xFF\xFF\x7F\x00\x01t", 8);
        break;
    case MQTT_NONSENSE:
        accept_all(descriptor, "\x30\x03\xFF\xFFt", 5);
        break;
    }
}

static void *run(void *argument)
{
    mqtt_false_broker *broker = argument;
    int descriptor = -1;

    while (!broker->stopping) {
        struct pollfd poller = {.fd = broker->listener, .events = POLLIN};

        if (poll(&poller, 1, 20) <= 0)
            continue;
        if (descriptor >= 0)
            close(descriptor);
        descriptor = accept(broker->listener, NULL, NULL);
        answer(broker, descriptor);
    }
    if (descriptor >= 0)
        close(descriptor);
    return NULL;
}

mqtt_false_broker *mqtt_false_broker_start(enum mqtt_manners manners)
{
    mqtt_false_broker *broker = calloc(1, sizeof *broker);
    int port;

    assert_non_null(broker);
    broker->manners = manners;
    broker->listener = listen_on_free_port(&port);
    (void) snprintf(broker->address, sizeof broker->address, "mqtt://127.0.0.1:%d", port);
    assert_int_equal(pthread_create(&broker->thread, NULL, run, broker), 0);
    return broker;
}

const char *mqtt_false_broker_address(const mqtt_false_broker *broker)
{
    return broker->address;
}

void mqtt_false_broker_stop(mqtt_false_broker *broker)
{
    broker->stopping = true;
    pthread_join(broker->thread, NULL);
    close(broker->listener);
    free(broker);
}
