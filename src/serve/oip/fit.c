/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/fit.h"

#include <string.h>

#include "serve/oip/picture.h"
#include "serve/oip/table.h"
#include "serve/oip/tensor_bytes.h"

const davy_port *davy_oip_port(const davy_served_info *info, const char *name)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (strcmp(info->inputs[i].name, name) == 0)
            return &info->inputs[i];
    return NULL;
}

bool davy_oip_needs_fit(const davy_oip_request *request)
{
    for (size_t i = 0; i < request->ask.input_count; i++)
        if (request->inputs[i].tensor.type == DAVY_TYPE_TEXT)
            return true;
    return request->columns;
}

/* Where pictures went is kept: a detector's boxes are told in their pixels. */
static davy_status fit_pictures(davy_oip_request *request, davy_named_tensor *input,
                                const davy_served_info *info, davy_oip_memory *memory)
{
    const size_t count = (size_t) davy_tensor_count(&input->tensor);
    davy_picture_form form;
    void *places;
    davy_status status;

    if (input->tensor.type != DAVY_TYPE_TEXT || !davy_picture_form_find(info, input->name, &form))
        return DAVY_OK;
    status = davy_oip_take(memory, count, sizeof(davy_picture_place), &places);
    if (status == DAVY_OK)
        status =
            davy_pictures_read(&form, input->tensor.data, count, memory, &input->tensor, places);
    if (status == DAVY_OK) {
        request->places = places;
        request->place_count = count;
    }
    return status;
}

/* Columns of signals; tensors that are inputs of the model already stay as they are. */
static davy_status fit_columns(davy_oip_request *request, const davy_served_info *info,
                               davy_oip_memory *memory)
{
    davy_oip_table table;
    davy_status status;

    if (!davy_oip_has_signals(info) ||
        (request->ask.input_count == 1 && davy_oip_port(info, request->inputs[0].name)))
        return DAVY_OK;
    status = davy_oip_table_tensors(request->inputs, request->ask.input_count, memory, &table);
    if (status == DAVY_OK)
        status =
            davy_oip_table_fit(&table, info, memory, &request->inputs, &request->ask.input_count);
    request->ask.inputs = request->inputs;
    return status;
}

davy_status davy_oip_fit(davy_oip_request *request, const davy_served_info *info,
                         davy_oip_memory *memory)
{
    davy_status status = request->columns ? fit_columns(request, info, memory) : DAVY_OK;

    for (size_t i = 0; i < request->ask.input_count && status == DAVY_OK; i++)
        status = fit_pictures(request, &request->inputs[i], info, memory);
    return status;
}

/* -- Raw bytes ----------------------------------------------------------------------------------
 */

/* The free dimension is what the bytes say; a second one may be the batch alone, which is one. */
static davy_status deduce_shape(const davy_port *port, const davy_served_info *info, size_t length,
                                int64_t *dims)
{
    const size_t size = davy_type_size(port->type);
    size_t known = size, count = 0;
    int open = -1;

    memcpy(dims, port->dims, sizeof port->dims);
    for (int i = 0; i < port->rank; i++)
        count += dims[i] < 0;
    if (count == 2 && info->batch_max > 0 && dims[0] < 0) {
        dims[0] = 1;
        count = 1;
    }
    if (count > 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "The shape of the raw input '%.100s' can not be deduced because there are "
                         "more than one variable-sized dimension",
                         port->name);
    for (int i = 0; i < port->rank; i++)
        if (dims[i] < 0)
            open = i;
        else
            known *= (size_t) dims[i];
    if (open >= 0)
        dims[open] = known > 0 ? (int64_t) (length / known) : 0;
    return DAVY_OK;
}

/* One element: a text, or the file of a picture. */
static davy_status read_raw_element(const char *bytes, size_t length, const davy_port *port,
                                    davy_oip_memory *memory, davy_named_tensor *input)
{
    const int64_t dims[DAVY_RANK_MAX] = {1, 1, 1, 1, 1, 1, 1, 1};
    const bool picture = port->type != DAVY_TYPE_TEXT;
    davy_status status =
        davy_named_tensor_shape(input, DAVY_TYPE_TEXT, picture ? 1 : (size_t) port->rank, dims);
    void *element;

    for (int i = 0; i < port->rank && !picture; i++)
        if (port->dims[i] > 1)
            return davy_fail(DAVY_ERR_INVALID,
                             "For BYTE datatype raw input '%.100s', the model must have input "
                             "shape [1]",
                             port->name);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, 1, sizeof(davy_bytes), &element);
    if (status != DAVY_OK)
        return status;
    *(davy_bytes *) element = (davy_bytes){bytes, length};
    input->tensor.data = element;
    return DAVY_OK;
}

/* Bytes of a picture file begin unlike any number that a picture's model is asked with. */
static bool is_picture(const char *bytes, size_t length)
{
    return length > 4 &&
           (memcmp(bytes, "\x89PNG", 4) == 0 || memcmp(bytes, "\xFF\xD8\xFF", 3) == 0);
}

davy_status davy_oip_read_raw(const char *bytes, size_t length, const davy_served_info *info,
                              davy_oip_memory *memory, davy_oip_request *request)
{
    const davy_port *port = &info->inputs[0];
    int64_t dims[DAVY_RANK_MAX];
    davy_picture_form form;
    davy_status status;
    void *input;

    *request = (davy_oip_request){.ask = {.id = "", .version = ""}, .binary_output = true};
    if (info->input_count != 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "Raw request must only have 1 input (found 1) to be deduced but got %zu "
                         "inputs in '%.100s' model",
                         info->input_count, info->name);
    status = davy_oip_take(memory, 1, sizeof *request->inputs, &input);
    if (status != DAVY_OK)
        return status;
    request->inputs = input;
    request->inputs->name = port->name;
    request->ask.inputs = request->inputs;
    request->ask.input_count = 1;
    if (port->type == DAVY_TYPE_TEXT ||
        (is_picture(bytes, length) && davy_picture_form_find(info, port->name, &form)))
        return read_raw_element(bytes, length, port, memory, request->inputs);
    status = deduce_shape(port, info, length, dims);
    if (status == DAVY_OK)
        status = davy_named_tensor_shape(request->inputs, port->type, (size_t) port->rank, dims);
    return status == DAVY_OK ? davy_tensor_bytes_read(bytes, length, memory, request->inputs)
                             : status;
}

void davy_oip_adapt(davy_tensor *tensor, const davy_port *port)
{
    int64_t dims[DAVY_RANK_MAX] = {0};
    int from = 0;

    if (tensor->rank >= port->rank)
        return;
    for (int i = 0; i < port->rank; i++) {
        const bool fits =
            from < tensor->rank && (port->dims[i] < 0 || port->dims[i] == tensor->dims[from]);

        if (!fits && port->dims[i] != 1)
            return;
        dims[i] = fits ? tensor->dims[from++] : 1;
    }
    if (from < tensor->rank)
        return;
    memcpy(tensor->dims, dims, sizeof dims);
    tensor->rank = port->rank;
}
