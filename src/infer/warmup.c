/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/warmup.h"

#include "infer/backend.h"

#include "infer/stored.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/random.h"

#include <stdio.h>
#include <string.h>

/* Bytes of a stored input: as a request's. */
#define FILE_BYTES_MAX ((size_t) 64 << 20)

/* Times that one request is run: more does not warm. */
#define COUNT_MAX 1000

/* Numbers in [0, 1) for floats; whole numbers stay 0, which is an index that exists. */
static void fill_random(const davy_tensor *tensor)
{
    const int64_t count = davy_tensor_count(tensor);

    for (int64_t i = 0; i < count; i++) {
        const float number = davy_random_uniform(1, 0, (uint64_t) i);

        if (tensor->type == DAVY_TYPE_F32)
            davy_f32(tensor)[i] = number;
        else if (tensor->type == DAVY_TYPE_F64)
            ((double *) tensor->data)[i] = (double) number;
    }
}

static davy_status make_inputs(const davy_served_info *info, size_t rows, bool random,
                               davy_arena *arena, davy_tensor **out)
{
    davy_tensor *inputs = davy_arena_array(arena, info->input_count + 1, sizeof *inputs);
    davy_status status =
        inputs ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "inputs to warm '%s'", info->name);

    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++) {
        status = davy_port_zeros(info, &info->inputs[i], rows, arena, &inputs[i]);
        if (status == DAVY_OK && random)
            fill_random(&inputs[i]);
    }
    *out = inputs;
    return status;
}

/* @param bytes  holds the texts for as long as the tensor is used */
static davy_status read_stored(int model, const char *file, const davy_tensor *tensor,
                               davy_buffer *bytes)
{
    char path[256];
    davy_status status = DAVY_OK;

    if (snprintf(path, sizeof path, "warmup/%s", file) >= (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the name of the file '%.100s' is too long", file);
    status = davy_file_read_beneath(model, path, FILE_BYTES_MAX, bytes);
    if (status == DAVY_OK)
        status = davy_stored_read(bytes, tensor);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "%s", path);
}

/* The dims of a config are without that of the batch. */
static davy_status make_said(const davy_served_info *info, const davy_warmup *warmup,
                             const davy_warmup_input *said, davy_arena *arena, davy_tensor *out)
{
    const int first = info->batch_max > 0 ? 1 : 0;
    davy_port port = said->port;

    if (port.rank + first > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_INVALID, "it has %d dimensions", port.rank);
    memmove(port.dims + first, port.dims, (size_t) port.rank * sizeof *port.dims);
    port.rank += first;
    return davy_port_zeros(info, &port, warmup->batch > 0 ? warmup->batch : 1, arena, out);
}

static davy_status take_said(const davy_served_info *info, const davy_warmup *warmup,
                             const davy_warmup_input *said, int model, davy_arena *arena,
                             davy_tensor *inputs, davy_buffer *bytes)
{
    for (size_t i = 0; i < info->input_count; i++) {
        davy_status status;

        if (strcmp(info->inputs[i].name, said->port.name) != 0)
            continue;
        status = make_said(info, warmup, said, arena, &inputs[i]);
        if (status == DAVY_OK && said->file)
            status = read_stored(model, said->file, &inputs[i], bytes);
        else if (status == DAVY_OK && said->random)
            fill_random(&inputs[i]);
        return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "input '%s'", said->port.name);
    }
    return davy_fail(DAVY_ERR_INVALID, "the model has no input '%.100s'", said->port.name);
}

static davy_status run_on(davy_desk *desk, davy_guest *guest, davy_place *place,
                          const davy_tensor *inputs)
{
    davy_status status = davy_place_open(place, desk->served, desk->host->pool);

    if (status != DAVY_OK)
        return status;
    (void) davy_guest_enter(guest, 0);
    davy_instance_reset(place->instance);
    status = davy_place_run(place, inputs);
    davy_guest_leave(guest);
    return status;
}

static davy_status warm_once(davy_desk *desk, const davy_warmup *warmup, int model)
{
    const size_t times = warmup->count < 1           ? 1
                         : warmup->count > COUNT_MAX ? COUNT_MAX
                                                     : warmup->count;
    davy_buffer stored[8] = {{0}};
    davy_arena arena = {0};
    davy_tensor *inputs = NULL;
    davy_guest guest;
    davy_status status =
        make_inputs(desk->info, warmup->batch > 0 ? warmup->batch : 1, false, &arena, &inputs);

    if (status == DAVY_OK && warmup->input_count > DAVY_ARRAY_LENGTH(stored))
        status = davy_fail(DAVY_ERR_INVALID, "it has %zu inputs; %zu at most", warmup->input_count,
                           DAVY_ARRAY_LENGTH(stored));
    for (size_t i = 0; i < warmup->input_count && status == DAVY_OK; i++)
        status =
            take_said(desk->info, warmup, &warmup->inputs[i], model, &arena, inputs, &stored[i]);
    davy_guest_init(&guest, desk->host->gate);
    for (size_t i = 0; i < times && status == DAVY_OK; i++)
        status = run_on(desk, &guest, &desk->places[0], inputs);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(stored); i++)
        davy_buffer_clear(&stored[i]);
    davy_arena_clear(&arena);
    return status == DAVY_OK
               ? DAVY_OK
               : davy_fail_in(status, "warm-up '%.100s'", warmup->name ? warmup->name : "");
}

davy_status davy_warm(davy_desk *desk, int model)
{
    const davy_infer_config *config = desk->info->config;
    const davy_warmup zeros = {.name = "zeros", .batch = 1};
    davy_status status = DAVY_OK;

    if (config->step_count > 0) /* its steps are warm */
        return DAVY_OK;
    if (config->warmup_count == 0) /* it may fail: zeros may be what this graph cannot take */
        (void) warm_once(desk, &zeros, model);
    for (size_t i = 0; i < config->warmup_count && status == DAVY_OK; i++)
        status = warm_once(desk, &config->warmups[i], model);
    return status;
}

/* A place of its own, so that measuring takes none from those who ask. */
struct measurement {
    davy_desk *desk;
    davy_guest guest;
    davy_place place;
    davy_arena arena;
    davy_tensor *inputs;
    size_t rows;
};

static int64_t run_measured(void *context, size_t rows)
{
    struct measurement *m = context;
    const davy_clock *clock = davy_clock_system();
    int64_t started, ended;
    davy_status status;

    if (rows != m->rows) {
        davy_arena_reset(&m->arena);
        m->rows = rows;
        if (make_inputs(m->desk->info, rows, true, &m->arena, &m->inputs) != DAVY_OK ||
            run_on(m->desk, &m->guest, &m->place, m->inputs) != DAVY_OK) /* makes the plan */
            return -1;
    }
    (void) davy_guest_enter(&m->guest, 0);
    started = davy_monotonic_ns(clock);
    davy_instance_reset(m->place.instance);
    status = davy_place_run(&m->place, m->inputs);
    ended = davy_monotonic_ns(clock);
    davy_guest_leave(&m->guest);
    return status == DAVY_OK ? ended - started : -1;
}

void davy_desk_measure(davy_desk *desk)
{
    struct measurement m = {.desk = desk};
    davy_certificate certificate;

    davy_guest_init(&m.guest, desk->host->gate);
    davy_certificate_measure(desk->batch_max, run_measured, &m, &certificate);
    davy_place_close(&m.place, desk->served);
    davy_arena_clear(&m.arena);
    if (certificate.count > 0)
        davy_desk_certify(desk, &certificate);
}
