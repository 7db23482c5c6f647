/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"
#include "serve/oip/boxes.h"
#include "serve/oip/multipart.h"
#include "serve/oip/picture.h"

/*
 * The wire of DeepStack and CodeProject.AI, which network video recorders speak: a form with a
 * picture in, labels with boxes out, the surest first. A detector's are what its config declares
 * (infer/boxes.h); a classifier answers for the whole picture, so its box is the picture's.
 */

/* DeepStack's own. */
#define CONFIDENCE_DEFAULT 0.4

/* Where no model is named. */
#define DETECTION_MODEL "detection"

/* Predictions of one answer; a thousand classes are few that pass. */
#define PREDICTIONS_MAX ((size_t) 1024)

/* What is asked, and what is known of the model. */
typedef struct question {
    davy_oip_memory memory;
    davy_bytes picture;
    double least; /* confidence */
    davy_picture_place place;
    davy_named_tensor input;
    davy_lease *lease;
    const davy_served_info *info;
} question;

/* -- The form -----------------------------------------------------------------------------------
 */

static davy_status read_confidence(davy_bytes text, double *least)
{
    if (davy_decimal_read(text.at, text.length, least) != DAVY_DECIMAL_OK || *least < 0 ||
        *least > 1)
        return davy_fail(DAVY_ERR_INVALID, "min_confidence is no number from 0 to 1");
    return DAVY_OK;
}

/* `image`, or any field with a name like it; keys are not taken here but from the headers. */
static davy_status read_form(const davy_call *call, question *asked)
{
    davy_multipart form;
    davy_multipart_part part;
    bool more = true;
    davy_status status =
        davy_multipart_begin(call->content_type, call->body.bytes, call->body.length, &form);

    asked->least = CONFIDENCE_DEFAULT;
    while (status == DAVY_OK) {
        status = davy_multipart_next(&form, &asked->memory, &part, &more);
        if (status != DAVY_OK || !more)
            break;
        if (strcmp(part.name, "image") == 0)
            asked->picture = part.bytes;
        else if (strcmp(part.name, "min_confidence") == 0)
            status = read_confidence(part.bytes, &asked->least);
    }
    if (status == DAVY_OK && asked->picture.length == 0)
        status = davy_fail(DAVY_ERR_INVALID, "the form has no field 'image'");
    return status;
}

/* -- The model ----------------------------------------------------------------------------------
 */

static bool classifies(const davy_served_info *info)
{
    const davy_port *output = &info->outputs[0];

    return info->label_count > 0 && info->output_count > 0 && output->type == DAVY_TYPE_F32 &&
           output->rank >= 1 && output->dims[output->rank - 1] == (int64_t) info->label_count;
}

static bool sees(const davy_served_info *info)
{
    return info->config->boxes.output || classifies(info);
}

static davy_status prepare(davy_call *call, question *asked)
{
    davy_picture_form form;
    davy_status status = davy_oip_lease(call, &asked->lease);

    if (status != DAVY_OK)
        return status;
    asked->info = davy_served_describe(davy_lease_served(asked->lease));
    if (asked->info->input_count != 1 ||
        !davy_picture_form_find(asked->info, asked->info->inputs[0].name, &form))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%.100s' does not take one picture",
                         call->id);
    if (!sees(asked->info))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%.100s' gives no probability for each of its labels, and its "
                         "config declares no " DAVY_CONFIG_BOXES,
                         call->id);
    asked->input.name = form.port->name;
    return davy_pictures_read(&form, &asked->picture, 1, &asked->memory, &asked->input.tensor,
                              &asked->place);
}

/* -- The answer ---------------------------------------------------------------------------------
 */

static int by_score(const void *a, const void *b)
{
    const davy_found_box *x = a, *y = b;

    return (x->score < y->score) - (x->score > y->score);
}

/* The classes of a classifier, each with the picture for its box. */
static davy_status choose_classes(question *asked, const davy_tensor *tensor, davy_found_box **out,
                                  size_t *count)
{
    const size_t classes = asked->info->label_count;
    const float width = (float) asked->place.width, height = (float) asked->place.height;

    *count = 0;
    *out = davy_arena_array(&asked->memory.arena, PREDICTIONS_MAX, sizeof **out);
    if (!*out)
        return davy_fail(DAVY_ERR_NOMEM, "predictions");
    if ((size_t) davy_tensor_count(tensor) != classes)
        return DAVY_OK;
    for (size_t i = 0; i < classes && *count < PREDICTIONS_MAX; i++)
        if ((double) davy_f32(tensor)[i] >= asked->least)
            (*out)[(*count)++] = (davy_found_box){{0, 0, width, height}, davy_f32(tensor)[i], i};
    qsort(*out, *count, sizeof **out, by_score);
    return DAVY_OK;
}

static davy_status choose(question *asked, const davy_infer_response *response,
                          davy_found_box **out, size_t *count)
{
    const char *name = asked->info->config->boxes.output;

    for (size_t i = 0; name && i < response->output_count; i++)
        if (strcmp(response->outputs[i].name, name) == 0)
            return davy_oip_boxes(asked->info, &response->outputs[i].tensor, 0, asked->least,
                                  &asked->place, &asked->memory.arena, out, count);
    return choose_classes(asked, &response->outputs[0].tensor, out, count);
}

static void write_prediction(davy_buffer *out, const question *asked, const davy_found_box *box)
{
    static const char *const keys[] = {"x_min", "y_min", "x_max", "y_max"};
    char digits[24];

    davy_json_object(out, NULL);
    davy_json_text(out, "label", davy_oip_box_label(asked->info, box, digits));
    davy_json_raw(out, "confidence", "");
    davy_json_float_digits(out, box->score);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        davy_json_integer(out, keys[i], lroundf(box->ends[i]));
    davy_json_object_end(out);
}

static davy_status write_answer(davy_call *call, question *asked,
                                const davy_infer_response *response)
{
    const int64_t compute_ms = response->times.compute / DAVY_NS_PER_MS;
    davy_buffer *out = &call->answer.body;
    davy_found_box *boxes = NULL;
    size_t count = 0;
    davy_status status = choose(asked, response, &boxes, &count);

    if (status != DAVY_OK)
        return davy_oip_boxes_failed(call, status);
    davy_json_object(out, NULL);
    davy_json_boolean(out, "success", true);
    davy_json_array(out, "predictions");
    for (size_t i = 0; i < count; i++)
        write_prediction(out, asked, &boxes[i]);
    davy_json_array_end(out);
    davy_json_integer(out, "duration", 0); /* as DeepStack has it always */
    davy_json_integer(out, "inferenceMs", compute_ms);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

static davy_status detect(davy_call *call)
{
    question asked = {.memory.budget = &call->budget};
    davy_infer_response response = {0};
    davy_infer_request ask = {.id = "", .inputs = &asked.input, .input_count = 1};
    davy_status status = read_form(call, &asked);

    if (status == DAVY_OK)
        status = prepare(call, &asked);
    if (status == DAVY_OK)
        status = davy_oip_ask(call, &ask, &response);
    if (status == DAVY_OK && call->answer.code == 0)
        status = write_answer(call, &asked, &response);
    if (asked.lease)
        davy_lease_release(asked.lease);
    davy_infer_response_clear(&response);
    davy_arena_clear(&asked.memory.arena);
    return status;
}

davy_status davy_handle_vision_custom(davy_call *call)
{
    return detect(call);
}

davy_status davy_handle_vision_detection(davy_call *call)
{
    call->id = DETECTION_MODEL;
    if (!davy_permit_model(call, call->id))
        return davy_fail(DAVY_ERR_DENIED, "this key may not use the model '%s'", call->id);
    return detect(call);
}

/* -- What there is ------------------------------------------------------------------------------
 */

typedef struct picture_list {
    const davy_call *call;
    davy_repository *repository;
    davy_buffer *out;
    char last[256];
} picture_list;

static davy_status write_name(void *context, const davy_repository_entry *entry)
{
    picture_list *list = context;
    davy_picture_form form;
    davy_lease *lease;

    if (strcmp(list->last, entry->name) == 0 || !davy_permit_model(list->call, entry->name) ||
        davy_repository_acquire(list->repository, entry->name, "", &lease) != DAVY_OK)
        return DAVY_OK;
    (void) snprintf(list->last, sizeof list->last, "%s", entry->name);
    {
        const davy_served_info *info = davy_served_describe(davy_lease_served(lease));

        if (info->input_count == 1 && sees(info) &&
            davy_picture_form_find(info, info->inputs[0].name, &form))
            davy_json_text(list->out, NULL, entry->name);
    }
    davy_lease_release(lease);
    return DAVY_OK;
}

davy_status davy_handle_vision_list(davy_call *call)
{
    picture_list list = {.call = call, .out = &call->answer.body};
    davy_status status = davy_oip_repository(call, &list.repository);

    if (status != DAVY_OK)
        return status;
    davy_json_object(list.out, NULL);
    davy_json_boolean(list.out, "success", true);
    davy_json_array(list.out, "models");
    status = davy_repository_list(list.repository, true, write_name, &list);
    davy_json_array_end(list.out);
    davy_json_object_end(list.out);
    return status == DAVY_OK ? davy_reply_json(call) : status;
}
