/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Source kind `modbus`: polls coils, discrete inputs, holding and input registers over Modbus TCP.
 *
 * Stage: collect. Only read functions (01 to 04) are called. All samples of one poll carry the wall
 * time at which the poll began. Polls keep their phase on the monotonic clock; one that cannot
 * begin before the next is due is left out. A block that the device refuses is cut until the
 * refused signal stands alone (collect/modbus_plan.h), and that signal is bad; a silent or
 * senseless device is lost.
 *
 * A request has one time limit from its first byte out to its last byte in. libmodbus keeps it with
 * the byte timeout switched off: select() then counts down one limit for the whole answer, so that
 * a device sending a byte a second is as dead as one that sends nothing.
 */
#include "collect/address.h"
#include "collect/modbus_plan.h"
#include "collect/modbus_value.h"
#include "collect/source.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_PORT 502

/* Blocks that were cut are tried whole again so often: a device that refuses everything for a
 * while, as one that is being loaded does, must not cost a request per signal for ever. */
#define REPLAN_NS (600 * DAVY_NS_PER_S)

struct modbus_source {
    const davy_site *site;
    const davy_site_source *config;
    const davy_clock *clock;
    atomic_bool interrupted;
    atomic_int socket; /* descriptor + 1 for interrupt(); 0 for none */
    modbus_t *modbus;
    davy_modbus_plan plan;
    int64_t next_poll_ns; /* monotonic */
    int64_t planned_ns;   /* monotonic time of the plan */
    /* The poll under way. */
    bool polling;
    int64_t time_ns; /* of its samples */
    size_t request;  /* of the plan */
    bool fetched;    /* the request has its answer in `words` or `bits`, or was refused */
    bool refused;
    size_t item; /* next one of the request to deliver */
    uint16_t words[DAVY_MODBUS_REGISTERS_MAX];
    uint8_t bits[DAVY_MODBUS_BITS_MAX];
};

static davy_status set_up(struct modbus_source *source)
{
    int64_t timeout_ns = source->config->timeout_ns;

    source->modbus = modbus_new_tcp(NULL, DEFAULT_PORT);
    if (!source->modbus)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", source->config->name);
    if (modbus_set_slave(source->modbus, source->config->unit_id) != 0)
        return davy_fail(DAVY_ERR_INVALID, "source '%s': unit id %d is not 0 to 247 or 255",
                         source->config->name, source->config->unit_id);
    if (modbus_set_response_timeout(source->modbus, (uint32_t) (timeout_ns / DAVY_NS_PER_S),
                                    (uint32_t) (timeout_ns % DAVY_NS_PER_S / 1000)) != 0 ||
        modbus_set_byte_timeout(source->modbus, 0, 0) != 0)
        return davy_fail(DAVY_ERR_INVALID, "source '%s': no timeout", source->config->name);
    return DAVY_OK;
}

static davy_status modbus_source_open(void *state, const davy_site *site,
                                      const davy_site_source *config, const davy_clock *clock)
{
    struct modbus_source *source = state;
    davy_address address;
    davy_status status;
    int descriptor;

    source->site = site;
    source->config = config;
    source->clock = clock;
    status = davy_address_parse(config->address, "tcp", DEFAULT_PORT, &address);
    if (status == DAVY_OK)
        status = davy_modbus_plan_init(&source->plan, site, config);
    if (status == DAVY_OK)
        status = set_up(source);
    if (status == DAVY_OK)
        status =
            davy_address_connect(&address, config->timeout_ns, &source->interrupted, &descriptor);
    if (status != DAVY_OK)
        return status;
    /* libmodbus waits with select(), which cannot hold a larger descriptor. */
    if (descriptor >= FD_SETSIZE) {
        close(descriptor);
        return davy_fail(DAVY_ERR_FULL, "source '%s': more than %d files and sockets are open",
                         config->name, FD_SETSIZE);
    }
    (void) modbus_set_socket(source->modbus, descriptor);
    source->socket = descriptor + 1;
    source->next_poll_ns = source->planned_ns = davy_monotonic_ns(clock);
    return DAVY_OK;
}

static void modbus_source_close(void *state)
{
    struct modbus_source *source = state;

    if (source->socket != 0)
        modbus_close(source->modbus);
    source->socket = 0;
    modbus_free(source->modbus);
    davy_modbus_plan_clear(&source->plan);
}

/* Ask the device. @return true with an answer, false with errno */
static bool ask(struct modbus_source *source, const davy_modbus_request *request)
{
    int address = (int) request->address, count = request->count, got = -1;

    errno = 0;
    switch (request->table) {
    case DAVY_MODBUS_COIL:
        got = modbus_read_bits(source->modbus, address, count, source->bits);
        break;
    case DAVY_MODBUS_DISCRETE:
        got = modbus_read_input_bits(source->modbus, address, count, source->bits);
        break;
    case DAVY_MODBUS_HOLDING:
        got = modbus_read_registers(source->modbus, address, count, source->words);
        break;
    case DAVY_MODBUS_INPUT:
        got = modbus_read_input_registers(source->modbus, address, count, source->words);
        break;
    }
    if (got >= 0 && got != count)
        errno = EMBBADDATA;
    return got == count;
}

static bool is_exception(int error)
{
    return error > MODBUS_ENOBASE && error < MODBUS_ENOBASE + MODBUS_EXCEPTION_MAX;
}

/* Refusals that a smaller block may escape. Some devices tell a hole as a device failure. */
static bool is_about_the_block(int error)
{
    return error == EMBXILADD || error == EMBXILVAL || error == EMBXSFAIL;
}

/* Get the answer to the request that is next, cutting it while the device refuses the block. */
static davy_status fetch(struct modbus_source *source)
{
    int error;

    for (;;) {
        const davy_modbus_request *request = &source->plan.requests[source->request];

        source->item = 0;
        source->fetched = true;
        source->refused = !ask(source, request);
        error = errno;
        if (!source->refused)
            return DAVY_OK;
        if (!is_exception(error))
            return davy_fail(error == ETIMEDOUT ? DAVY_ERR_TIMEOUT : DAVY_ERR_UNAVAILABLE,
                             "%s unit %d: %s", source->config->address, source->config->unit_id,
                             modbus_strerror(error));
        if (!is_about_the_block(error) || !davy_modbus_plan_split(&source->plan, source->request))
            return DAVY_OK;
    }
}

static davy_sample read_item(const struct modbus_source *source, const davy_modbus_request *request,
                             const davy_modbus_item *item)
{
    const davy_site_signal *signal = davy_source_signal(source->site, source->config, item->index);
    size_t at = item->address - request->address;
    double raw;

    if (source->refused)
        return davy_source_gap(signal, source->time_ns);
    raw = davy_modbus_is_bits(request->table)
              ? source->bits[at]
              : davy_modbus_decode(&signal->from, source->words + at);
    return davy_source_sample(signal, source->time_ns, raw);
}

static size_t give_items(struct modbus_source *source, davy_sample *samples, size_t capacity)
{
    const davy_modbus_request *request = &source->plan.requests[source->request];
    size_t count = 0;

    for (; source->item < request->items && count < capacity; source->item++)
        samples[count++] =
            read_item(source, request, &source->plan.items[request->first + source->item]);
    if (source->item == request->items) {
        source->request++;
        source->fetched = false;
    }
    return count;
}

static void begin_poll(struct modbus_source *source)
{
    int64_t now_ns = davy_monotonic_ns(source->clock);

    if (now_ns - source->planned_ns >= REPLAN_NS) {
        davy_modbus_plan_merge(&source->plan);
        source->planned_ns = now_ns;
    }
    source->polling = true;
    source->request = 0;
    source->fetched = false;
    source->time_ns = davy_wall_ns(source->clock);
}

/* The next moment of the same phase that is still to come. */
static void end_poll(struct modbus_source *source)
{
    int64_t late_ns = davy_monotonic_ns(source->clock) - source->next_poll_ns;

    source->polling = false;
    source->next_poll_ns += (late_ns / source->config->poll_ns + 1) * source->config->poll_ns;
}

static davy_status modbus_source_read(void *state, int timeout_ms, davy_sample *samples,
                                      size_t capacity, size_t *count)
{
    struct modbus_source *source = state;
    int64_t until_ns = davy_monotonic_ns(source->clock) + timeout_ms * DAVY_NS_PER_MS;
    davy_status status;

    *count = 0;
    if (!source->polling) {
        if (!davy_source_wait(source->clock, source->next_poll_ns, until_ns, &source->interrupted))
            return DAVY_OK;
        begin_poll(source);
    }
    while (source->request < source->plan.request_count && *count < capacity) {
        if (!source->fetched) {
            status = fetch(source);
            if (status != DAVY_OK)
                return status;
        }
        *count += give_items(source, samples + *count, capacity - *count);
    }
    if (source->request == source->plan.request_count)
        end_poll(source);
    return DAVY_OK;
}

static void modbus_source_interrupt(void *state)
{
    struct modbus_source *source = state;

    source->interrupted = true;
    if (source->socket != 0)
        (void) shutdown(source->socket - 1, SHUT_RDWR); /* ends a wait inside libmodbus */
}

const davy_source_kind davy_source_modbus = {
    .name = "modbus",
    .state_size = sizeof(struct modbus_source),
    .open = modbus_source_open,
    .read = modbus_source_read,
    .close = modbus_source_close,
    .interrupt = modbus_source_interrupt,
    .polled = true,
};
