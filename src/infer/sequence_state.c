/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/sequence_private.h"

#include "core/file.h"
#include "infer/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A state as the graph takes it: with a batch of one where the model has batches. */
static davy_status state_tensor(const davy_served_info *info, const davy_sequence_state *state,
                                davy_tensor *out)
{
    const int first = info->batch_max > 0 ? 1 : 0;
    int64_t dims[DAVY_RANK_MAX + 1] = {1};

    memcpy(dims + first, state->dims, (size_t) state->rank * sizeof *dims);
    return davy_tensor_shape(out, state->type, state->rank + first, dims);
}

davy_status davy_sequence_check_states(davy_sequences *sequences)
{
    const davy_served_info *info = sequences->info;
    const davy_sequencing *sequencing = &info->config->sequencing;
    size_t bytes = 0;

    sequences->most =
        sequencing->sequences_max > 0 ? sequencing->sequences_max : DAVY_SEQUENCES_MAX;
    for (size_t i = 0; i < sequencing->state_count; i++) {
        davy_tensor tensor;
        davy_status status = state_tensor(info, &sequencing->states[i], &tensor);

        if (status == DAVY_OK && sequencing->states[i].type == DAVY_TYPE_TEXT)
            status = davy_fail(DAVY_ERR_UNSUPPORTED, "texts cannot be a state");
        if (status == DAVY_OK && davy_tensor_bytes(&tensor) > DAVY_SEQUENCES_MEMORY_MAX - bytes)
            status = davy_fail(DAVY_ERR_FULL, "states of more than %zu bytes",
                               DAVY_SEQUENCES_MEMORY_MAX);
        if (status != DAVY_OK)
            return davy_fail_in(status, "model '%s': state '%.100s'", info->name,
                                sequencing->states[i].input);
        bytes += davy_tensor_bytes(&tensor);
    }
    if (bytes > 0 && sequences->most > DAVY_SEQUENCES_MEMORY_MAX / bytes)
        sequences->most = DAVY_SEQUENCES_MEMORY_MAX / bytes;
    return DAVY_OK;
}

davy_status davy_sequence_make_states(const davy_served_info *info, davy_sequence *sequence)
{
    const davy_sequencing *sequencing = &info->config->sequencing;
    davy_status status = DAVY_OK;

    sequence->states = calloc(sequencing->state_count + 1, sizeof *sequence->states);
    if (!sequence->states)
        return davy_fail(DAVY_ERR_NOMEM, "states of '%s'", info->name);
    for (size_t i = 0; i < sequencing->state_count && status == DAVY_OK; i++) {
        davy_tensor *tensor = &sequence->states[i];

        status = state_tensor(info, &sequencing->states[i], tensor);
        if (status == DAVY_OK)
            tensor->data = calloc(1, davy_tensor_bytes(tensor) + 1);
        if (status == DAVY_OK && !tensor->data)
            status = davy_fail(DAVY_ERR_NOMEM, "states of '%s'", info->name);
    }
    return status;
}

void davy_sequence_clear_states(davy_sequence *sequence)
{
    for (davy_tensor *state = sequence->states; state->data; state++)
        memset(state->data, 0, davy_tensor_bytes(state));
}

static bool is(const char *control, const char *name)
{
    return control && strcmp(control, name) == 0;
}

bool davy_sequence_keeps(const davy_infer_config *config, const char *name)
{
    const davy_sequencing *s = &config->sequencing;

    for (size_t i = 0; i < s->state_count; i++)
        if (strcmp(s->states[i].input, name) == 0 || strcmp(s->states[i].output, name) == 0)
            return true;
    return is(s->start, name) || is(s->ready, name) || is(s->end, name) || is(s->correlation, name);
}

/* The number of a correlation id: itself, or for a text one that is the same every time. */
static uint64_t id_number(const char *id)
{
    char *end = NULL;
    uint64_t number;

    errno = 0;
    number = strtoull(id, &end, 10);
    return errno == 0 && end != id && *end == '\0' ? number : davy_checksum(id, strlen(id));
}

static bool set_number(const davy_tensor *tensor, uint64_t value)
{
    const size_t count = (size_t) davy_tensor_count(tensor);

    for (size_t i = 0; i < count; i++) {
        switch (tensor->type) {
        case DAVY_TYPE_F32:
            ((float *) tensor->data)[i] = (float) value;
            break;
        case DAVY_TYPE_I32:
        case DAVY_TYPE_U32:
            ((uint32_t *) tensor->data)[i] = (uint32_t) value;
            break;
        case DAVY_TYPE_I64:
        case DAVY_TYPE_U64:
            ((uint64_t *) tensor->data)[i] = value;
            break;
        case DAVY_TYPE_BOOL:
            ((uint8_t *) tensor->data)[i] = value != 0;
            break;
        default:
            return false;
        }
    }
    return true;
}

/* A control has one number for each sample. */
static davy_status give_control(const davy_served_info *info, const davy_port *port,
                                const davy_infer_request *request, uint64_t value, size_t rows,
                                davy_arena *arena, davy_tensor *out)
{
    davy_status status = davy_port_zeros(info, port, rows, arena, out);

    if (status != DAVY_OK)
        return status;
    if (port->type == DAVY_TYPE_TEXT) {
        for (int64_t i = 0; i < davy_tensor_count(out); i++)
            ((davy_bytes *) out->data)[i] =
                (davy_bytes){request->sequence, strlen(request->sequence)};
        return DAVY_OK;
    }
    return set_number(out, value)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s': control '%s' of type %s", info->name,
                           port->name, davy_datatype_name(port->type));
}

static davy_status fill_input(davy_sequence *sequence, const davy_served_info *info,
                              const davy_infer_request *request, davy_arena *arena, size_t at,
                              davy_matched *matched)
{
    const davy_sequencing *s = &info->config->sequencing;
    const char *name = info->inputs[at].name;
    const struct {
        const char *input;
        uint64_t value;
    } controls[] = {{s->start, request->sequence_start},
                    {s->ready, 1},
                    {s->end, request->sequence_end},
                    {s->correlation, is(s->correlation, name) ? id_number(request->sequence) : 0}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(controls); i++)
        if (is(controls[i].input, name))
            return give_control(info, &info->inputs[at], request, controls[i].value, matched->rows,
                                arena, &matched->inputs[at]);
    for (size_t i = 0; i < s->state_count; i++)
        if (strcmp(s->states[i].input, name) == 0)
            matched->inputs[at] = sequence->states[i];
    return DAVY_OK;
}

davy_status davy_sequence_fill(davy_sequence *sequence, const davy_served_info *info,
                               const davy_infer_request *request, davy_arena *arena,
                               davy_matched *matched)
{
    davy_status status = DAVY_OK;

    if (info->config->sequencing.state_count > 0 && matched->rows != 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "model '%s': a request of a sequence holds one sample, and %zu were given",
                         info->name, matched->rows);
    for (size_t i = 0; i < info->input_count && status == DAVY_OK; i++)
        if (matched->inputs[i].type == DAVY_TYPE_NONE)
            status = fill_input(sequence, info, request, arena, i, matched);
    return status;
}

davy_status davy_sequence_keep(davy_sequence *sequence, const davy_tensor *states)
{
    for (size_t i = 0; sequence->states[i].data; i++) {
        const davy_tensor *state = &sequence->states[i];

        if (states[i].type != state->type || !davy_tensor_same_shape(&states[i], state))
            return davy_fail(DAVY_ERR_CORRUPT, "the model gave a state of another shape than its "
                                               "config says");
    }
    for (size_t i = 0; sequence->states[i].data; i++)
        memcpy(sequence->states[i].data, states[i].data, davy_tensor_bytes(&states[i]));
    return DAVY_OK;
}
