/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Source kind `mqtt`: values out of messages of an MQTT 3.1.1 broker.
 *
 * Stage: collect. Subscribes at QoS 1 with a clean session and never publishes. A message gives a
 * sample for each signal bound to its topic (collect/payload.h); one that cannot be read marks
 * those signals bad. The time of a sample is the message's own `timestamp`, else its arrival. The
 * age of a retained message without a time is unknown, so its values are of quality uncertain, as
 * are those of a message whose timestamp is no time.
 *
 * Full-policy: while samples wait for their delivery the socket is not read; the broker's queue and
 * its drop policy apply. libmosquitto 2.0 acknowledges a QoS 1 message when it has been read from
 * the socket, before it is delivered here: a crash of this process can lose the messages of one
 * read(), which the broker believes delivered.
 *
 * The broker is waited for in poll(), outside libmosquitto, so that a descriptor of any size is
 * fine and an interrupt is seen. A hostile broker can make libmosquitto ask for a packet of 256
 * MiB, of which memory is used as bytes arrive.
 */
#include "collect/address.h"
#include "collect/payload.h"
#include "collect/source.h"
#include "core/file.h"
#include "core/log.h"
#include "core/utf8.h"

#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define DEFAULT_PORT 1883
#define KEEPALIVE_S  10
#define QOS          1

/* An interrupt is seen at least so often. */
#define SLICE_MS 50

/* Payloads that cannot be read are logged one by one, so many for each connection. */
#define PAYLOADS_TOLD_MAX 20

#define PASSWORD_MAX ((size_t) 4096)

enum format { FORMAT_NUMBER, FORMAT_JSON, FORMAT_NEURON };

/* One signal and where it is found in the messages of its topic. */
struct binding {
    const davy_site_signal *signal;
    enum format format;
};

struct mqtt_source {
    const davy_site *site;
    const davy_site_source *config;
    const davy_clock *clock;
    atomic_bool interrupted;
    struct mosquitto *mosquitto;
    struct binding *bindings; /* [bound_count] by topic */
    char **topics;            /* subscriptions; the texts are borrowed */
    int topic_count;
    bool connected, subscribed;
    davy_status failure; /* found in a callback; its sentence is in `words` */
    char words[256];
    size_t told;          /* payloads that could not be read */
    davy_sample *pending; /* [capacity]; [first .. first + count) wait to be given */
    size_t first, count, capacity;
};

static void fail_later(struct mqtt_source *source, davy_status status, const char *words)
{
    if (source->failure != DAVY_OK)
        return;
    source->failure = status;
    (void) snprintf(source->words, sizeof source->words, "%s", words);
}

static void add_sample(struct mqtt_source *source, davy_sample sample)
{
    if (source->first + source->count == source->capacity) {
        size_t capacity = source->capacity ? source->capacity * 2 : 1024;
        davy_sample *pending = realloc(source->pending, capacity * sizeof *pending);

        if (!pending) {
            fail_later(source, DAVY_ERR_NOMEM, "no memory for the samples of a message");
            return;
        }
        source->pending = pending;
        source->capacity = capacity;
    }
    source->pending[source->first + source->count++] = sample;
}

/* A message as the bindings of its topic see it. */
struct message {
    const char *bytes;
    size_t length;
    davy_payload *payload; /* NULL until JSON is asked for, or when it is none */
    bool parsed;
    int64_t time_ns;
    davy_quality quality; /* best that its values can have */
};

static void tell_broken(struct mqtt_source *source, const char *topic)
{
    char shown[128];

    if (source->told++ < PAYLOADS_TOLD_MAX)
        davy_log(DAVY_LOG_WARNING, "collect", "%s: topic '%s': %s", source->config->name,
                 davy_utf8_show(topic, strlen(topic), shown, sizeof shown), davy_error());
    if (source->told == PAYLOADS_TOLD_MAX)
        davy_log(DAVY_LOG_WARNING, "collect", "%s: further broken payloads are not told",
                 source->config->name);
}

static void parse_once(struct mqtt_source *source, struct message *message, const char *topic)
{
    if (message->parsed)
        return;
    message->parsed = true;
    if (davy_payload_parse(message->bytes, message->length, &message->payload) != DAVY_OK) {
        message->payload = NULL;
        tell_broken(source, topic);
        return;
    }
    switch (davy_payload_time(message->payload, &message->time_ns)) {
    case DAVY_PAYLOAD_NUMBER:
        message->quality = DAVY_QUALITY_GOOD; /* also when retained: its age is known */
        break;
    case DAVY_PAYLOAD_BAD:
        message->quality = DAVY_QUALITY_UNCERTAIN;
        break;
    case DAVY_PAYLOAD_ABSENT:
        break;
    }
}

static davy_payload_answer read_value(const struct binding *binding, const struct message *message,
                                      double *raw)
{
    const davy_site_from *from = &binding->signal->from;
    const char *name = binding->signal->name;

    if (message->length > DAVY_PAYLOAD_MAX)
        return DAVY_PAYLOAD_BAD;
    if (binding->format == FORMAT_NUMBER)
        return davy_payload_plain(message->bytes, message->length, raw);
    if (!message->payload)
        return DAVY_PAYLOAD_BAD;
    if (binding->format == FORMAT_NEURON)
        return davy_payload_tag(message->payload, from->tag ? from->tag : name, raw);
    return from->path ? davy_payload_at(message->payload, from->path, raw)
                      : davy_payload_member(message->payload, name, raw);
}

static void take_value(struct mqtt_source *source, const struct binding *binding,
                       struct message *message)
{
    davy_sample sample;
    double raw;

    if (binding->format != FORMAT_NUMBER)
        parse_once(source, message, binding->signal->from.topic);
    switch (read_value(binding, message, &raw)) {
    case DAVY_PAYLOAD_NUMBER:
        sample = davy_source_sample(binding->signal, message->time_ns, raw);
        if (sample.quality < message->quality)
            sample.quality = message->quality;
        add_sample(source, sample);
        break;
    case DAVY_PAYLOAD_BAD:
        add_sample(source, davy_source_gap(binding->signal, message->time_ns));
        break;
    case DAVY_PAYLOAD_ABSENT:
        break;
    }
}

static int compare_topics(const void *a, const void *b)
{
    const struct binding *x = a, *y = b;

    return strcmp(x->signal->from.topic, y->signal->from.topic);
}

/* The first binding of a topic; there may be none for what a wildcard brings. */
static size_t find_topic(const struct mqtt_source *source, const char *topic)
{
    size_t low = 0, high = source->config->bound_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(source->bindings[middle].signal->from.topic, topic) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void on_message(struct mosquitto *mosquitto, void *context,
                       const struct mosquitto_message *arrived)
{
    struct mqtt_source *source = context;
    struct message message = {.bytes = arrived->payload ? arrived->payload : "",
                              .length = arrived->payload ? (size_t) arrived->payloadlen : 0,
                              .time_ns = davy_wall_ns(source->clock),
                              .quality =
                                  arrived->retain ? DAVY_QUALITY_UNCERTAIN : DAVY_QUALITY_GOOD};

    (void) mosquitto;
    for (size_t i = find_topic(source, arrived->topic);
         i < source->config->bound_count &&
         strcmp(source->bindings[i].signal->from.topic, arrived->topic) == 0;
         i++)
        take_value(source, &source->bindings[i], &message);
    davy_payload_free(message.payload);
}

static void on_connect(struct mosquitto *mosquitto, void *context, int code)
{
    struct mqtt_source *source = context;

    if (code != 0) {
        fail_later(source, DAVY_ERR_DENIED, mosquitto_connack_string(code));
        return;
    }
    source->connected = true;
    if (mosquitto_subscribe_multiple(mosquitto, NULL, source->topic_count, source->topics, QOS, 0,
                                     NULL) != MOSQ_ERR_SUCCESS)
        fail_later(source, DAVY_ERR_INVALID, "the broker cannot be asked for these topics");
}

static void on_subscribe(struct mosquitto *mosquitto, void *context, int id, int count,
                         const int *granted)
{
    struct mqtt_source *source = context;
    char words[200];

    (void) mosquitto;
    (void) id;
    for (int i = 0; i < count && i < source->topic_count; i++)
        if (granted[i] > 2) {
            (void) snprintf(words, sizeof words, "the broker refuses the subscription of '%.100s'",
                            source->topics[i]);
            fail_later(source, DAVY_ERR_DENIED, words);
        }
    source->subscribed = true;
}

static davy_status bind_signals(struct mqtt_source *source)
{
    const davy_site_source *config = source->config;

    for (size_t i = 0; i < config->bound_count; i++) {
        const davy_site_signal *signal = davy_source_signal(source->site, config, i);
        const char *format = config->format ? config->format : "number";
        struct binding *binding = &source->bindings[i];

        if (!signal->from.topic)
            return davy_fail(DAVY_ERR_INVALID, "signal '%s' names no topic", signal->path);
        if (signal->from.path && davy_payload_check_path(signal->from.path) != DAVY_OK)
            return davy_fail_in(DAVY_ERR_INVALID, "signal '%s'", signal->path);
        binding->signal = signal;
        binding->format = signal->from.path || strcmp(format, "json") == 0 ? FORMAT_JSON
                          : strcmp(format, "neuron") == 0                  ? FORMAT_NEURON
                                                                           : FORMAT_NUMBER;
        if (signal->from.tag)
            binding->format = FORMAT_NEURON;
    }
    qsort(source->bindings, config->bound_count, sizeof *source->bindings, compare_topics);
    return DAVY_OK;
}

/* The source's subscriptions, or each topic of its signals once. */
static davy_status list_topics(struct mqtt_source *source)
{
    const davy_site_source *config = source->config;
    size_t room = config->topic_count ? config->topic_count : config->bound_count;

    if (room == 0)
        return davy_fail(DAVY_ERR_INVALID, "source '%s' names no topics", config->name);
    for (size_t i = 0; i < room; i++) {
        const char *topic =
            config->topic_count ? config->topics[i] : source->bindings[i].signal->from.topic;

        if (config->topic_count == 0 && i > 0 &&
            strcmp(topic, source->bindings[i - 1].signal->from.topic) == 0)
            continue;
        source->topics[source->topic_count++] = (char *) topic; /* libmosquitto lacks a const */
    }
    return DAVY_OK;
}

static davy_status set_password(struct mqtt_source *source)
{
    const davy_site_source *config = source->config;
    davy_buffer password = {0};
    char *path = NULL;
    davy_status status = DAVY_OK;
    int code;

    if (!config->username)
        return DAVY_OK;
    if (config->password_file) {
        path = davy_source_path(source->site, config->password_file);
        status = path ? davy_file_read(path, PASSWORD_MAX, &password)
                      : davy_fail(DAVY_ERR_NOMEM, "%s", config->password_file);
    }
    if (status == DAVY_OK) {
        if (password.bytes)
            password.bytes[strcspn(password.bytes, "\r\n")] = '\0';
        code = mosquitto_username_pw_set(source->mosquitto, config->username, password.bytes);
        if (code != MOSQ_ERR_SUCCESS)
            status = davy_fail(DAVY_ERR_INVALID, "source '%s': user name: %s", config->name,
                               mosquitto_strerror(code));
    }
    if (password.bytes)
        explicit_bzero(password.bytes, password.capacity);
    davy_buffer_clear(&password);
    free(path);
    return status;
}

static void init_library(void)
{
    (void) mosquitto_lib_init();
}

static davy_status set_up(struct mqtt_source *source)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint64_t random = 0;
    char id[64];

    pthread_once(&once, init_library);
    /* A second daemon on the same site file must not throw the first one out. */
    if (getrandom(&random, sizeof random, 0) != (ssize_t) sizeof random)
        return davy_fail(DAVY_ERR_IO, "source '%s': no random bytes", source->config->name);
    (void) snprintf(id, sizeof id, "davy-%016llx", (unsigned long long) random);
    source->mosquitto = mosquitto_new(id, true, source);
    if (!source->mosquitto)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", source->config->name);
    mosquitto_connect_callback_set(source->mosquitto, on_connect);
    mosquitto_subscribe_callback_set(source->mosquitto, on_subscribe);
    mosquitto_message_callback_set(source->mosquitto, on_message);
    return set_password(source);
}

static davy_status fail_with(const struct mqtt_source *source, int code)
{
    return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", source->config->address,
                     code == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(code));
}

/* What libmosquitto and its callbacks found. */
static davy_status outcome(const struct mqtt_source *source, int code)
{
    if (source->failure != DAVY_OK)
        return davy_fail(source->failure, "%s: %s", source->config->address, source->words);
    return code == MOSQ_ERR_SUCCESS ? DAVY_OK : fail_with(source, code);
}

/* Wait for the socket up to `timeout_ms` and let libmosquitto do what it can. */
static davy_status turn(struct mqtt_source *source, int timeout_ms, bool *readable)
{
    struct pollfd poller = {.fd = mosquitto_socket(source->mosquitto), .events = POLLIN};
    int code = MOSQ_ERR_SUCCESS;

    *readable = false;
    if (poller.fd < 0)
        return fail_with(source, MOSQ_ERR_CONN_LOST);
    if (mosquitto_want_write(source->mosquitto))
        poller.events |= POLLOUT;
    if (poll(&poller, 1, timeout_ms) < 0 && errno != EINTR)
        return fail_with(source, MOSQ_ERR_ERRNO);
    *readable = poller.revents & (POLLIN | POLLHUP | POLLERR);
    if (poller.revents & POLLOUT)
        code = mosquitto_loop_write(source->mosquitto, 1);
    if (code == MOSQ_ERR_SUCCESS && *readable)
        code = mosquitto_loop_read(source->mosquitto, 1);
    if (code == MOSQ_ERR_SUCCESS)
        code = mosquitto_loop_misc(source->mosquitto);
    return outcome(source, code);
}

/* From the first packet to the broker's word on the subscriptions there is one time limit. */
static davy_status await_subscription(struct mqtt_source *source)
{
    int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + source->config->timeout_ns;
    davy_status status = DAVY_OK;
    bool readable;

    while (status == DAVY_OK && !source->subscribed) {
        if (source->interrupted || davy_monotonic_ns(davy_clock_system()) >= until_ns)
            return davy_fail(DAVY_ERR_TIMEOUT, "%s: %s", source->config->address,
                             source->connected ? "the broker does not confirm the subscriptions"
                                               : "the broker does not answer");
        status = turn(source, SLICE_MS, &readable);
    }
    return status;
}

static davy_status mqtt_source_open(void *state, const davy_site *site,
                                    const davy_site_source *config, const davy_clock *clock)
{
    struct mqtt_source *source = state;
    davy_address address;
    davy_status status;
    long port;
    int code;

    source->site = site;
    source->config = config;
    source->clock = clock;
    source->bindings = calloc(config->bound_count + 1, sizeof *source->bindings);
    source->topics = calloc(config->topic_count + config->bound_count + 1, sizeof *source->topics);
    if (!source->bindings || !source->topics)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", config->name);
    status = davy_address_parse(config->address, "mqtt", DEFAULT_PORT, &address);
    if (status == DAVY_OK)
        status = bind_signals(source);
    if (status == DAVY_OK)
        status = list_topics(source);
    if (status == DAVY_OK)
        status = set_up(source);
    if (status != DAVY_OK)
        return status;
    port = strtol(address.port, NULL, 10);
    code = mosquitto_connect_async(source->mosquitto, address.host, (int) port, KEEPALIVE_S);
    if (code != MOSQ_ERR_SUCCESS)
        return fail_with(source, code);
    return await_subscription(source);
}

static void mqtt_source_close(void *state)
{
    struct mqtt_source *source = state;

    if (source->mosquitto) {
        (void) mosquitto_disconnect(source->mosquitto);
        mosquitto_destroy(source->mosquitto);
    }
    free(source->bindings);
    free(source->topics);
    free(source->pending);
}

static void give_pending(struct mqtt_source *source, davy_sample *samples, size_t capacity,
                         size_t *count)
{
    size_t length = source->count < capacity - *count ? source->count : capacity - *count;

    if (length == 0)
        return;
    memcpy(samples + *count, source->pending + source->first, length * sizeof *samples);
    *count += length;
    source->count -= length;
    source->first = source->count ? source->first + length : 0;
}

static davy_status mqtt_source_read(void *state, int timeout_ms, davy_sample *samples,
                                    size_t capacity, size_t *count)
{
    struct mqtt_source *source = state;
    int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + timeout_ms * DAVY_NS_PER_MS;
    davy_status status = DAVY_OK;
    int64_t left_ms;
    bool readable = true;

    *count = 0;
    give_pending(source, samples, capacity, count);
    while (status == DAVY_OK && *count < capacity && !source->interrupted) {
        left_ms = (until_ns - davy_monotonic_ns(davy_clock_system())) / DAVY_NS_PER_MS;
        if (left_ms < 0 || (*count > 0 && !readable))
            break;
        if (left_ms > SLICE_MS)
            left_ms = SLICE_MS;
        status = turn(source, *count > 0 ? 0 : (int) left_ms, &readable);
        give_pending(source, samples, capacity, count);
    }
    return status;
}

static void mqtt_source_interrupt(void *state)
{
    ((struct mqtt_source *) state)->interrupted = true;
}

const davy_source_kind davy_source_mqtt = {
    .name = "mqtt",
    .state_size = sizeof(struct mqtt_source),
    .open = mqtt_source_open,
    .read = mqtt_source_read,
    .close = mqtt_source_close,
    .interrupt = mqtt_source_interrupt,
};
