/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/boxes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"

enum { BOXES, SCORES, LABELS, SAMPLES };

static float within(double value, double most)
{
    return (float) fmin(fmax(value, 0), most);
}

/* Back to the picture. @return whether some of the box lies in it */
static bool move_back(davy_found_box *box, const davy_picture_place *place)
{
    const davy_placement *went = &place->placement;

    for (size_t d = 0; d < 4; d += 2) {
        box->ends[d] = within(((double) box->ends[d] - went->left) / went->scale_x, place->width);
        box->ends[d + 1] =
            within(((double) box->ends[d + 1] - went->top) / went->scale_y, place->height);
    }
    return box->ends[2] > box->ends[0] && box->ends[3] > box->ends[1];
}

davy_status davy_oip_boxes(const davy_served_info *info, const davy_tensor *tensor, size_t sample,
                           double least, const davy_picture_place *place, davy_arena *arena,
                           davy_found_box **out, size_t *count)
{
    const davy_image_input *image = &info->config->image;
    const davy_picture_place input = {
        (uint32_t) image->width, (uint32_t) image->height, {0, 0, 1, 1}};
    davy_box_output declared = info->config->boxes;
    size_t found = 0;
    davy_status status;

    if (least >= 0)
        declared.score = least;
    status = davy_boxes_find(&declared, image, tensor, sample, arena, out, &found);
    *count = 0;
    for (size_t i = 0; i < found && status == DAVY_OK; i++)
        if (move_back(&(*out)[i], place ? place : &input))
            (*out)[(*count)++] = (*out)[i];
    return status;
}

davy_status davy_oip_boxes_failed(davy_call *call, davy_status status)
{
    if (status != DAVY_ERR_CORRUPT)
        return status;
    davy_log(DAVY_LOG_ERROR, "serve", "model '%s': %s", call->id, davy_error());
    davy_reply_problem(call, 500, davy_error());
    return DAVY_OK;
}

const char *davy_oip_box_label(const davy_served_info *info, const davy_found_box *box,
                               char digits[24])
{
    if (box->class < info->label_count)
        return info->labels[box->class];
    (void) snprintf(digits, 24, "%zu", box->class);
    return digits;
}

/* -- As tensors ---------------------------------------------------------------------------------
 */

static const struct {
    const char *suffix;
    davy_type type;
    int rank;
    size_t size; /* of a box */
} kinds[DAVY_OIP_BOX_TENSORS] = {
    [BOXES] = {".boxes", DAVY_TYPE_F32, 2, 4 * sizeof(float)},
    [SCORES] = {".score", DAVY_TYPE_F32, 1, sizeof(float)},
    [LABELS] = {".label", DAVY_TYPE_TEXT, 1, sizeof(davy_bytes)},
    [SAMPLES] = {".sample", DAVY_TYPE_I64, 1, sizeof(int64_t)},
};

static davy_status make_tensor(int kind, const char *output, size_t boxes, davy_oip_memory *memory,
                               davy_named_tensor *out)
{
    const int64_t dims[2] = {(int64_t) boxes, 4};
    char name[256];
    void *data;
    davy_status status;

    (void) snprintf(name, sizeof name, "%.200s%s", output, kinds[kind].suffix);
    out->name = davy_arena_text(&memory->arena, name, strlen(name));
    if (!out->name)
        return davy_fail(DAVY_ERR_NOMEM, "boxes");
    status = davy_named_tensor_shape(out, kinds[kind].type, (size_t) kinds[kind].rank, dims);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, boxes, kinds[kind].size, &data);
    if (status == DAVY_OK)
        out->tensor.data = data;
    return status;
}

/* The version may be closed before the answer is written: its labels are copied. */
static davy_status put_box(const davy_served_info *info, const davy_found_box *box, size_t sample,
                           size_t at, davy_arena *arena, davy_named_tensor *out)
{
    char digits[24];
    const char *label = davy_oip_box_label(info, box, digits);
    davy_bytes *labels = out[LABELS].tensor.data;

    memcpy((float *) out[BOXES].tensor.data + 4 * at, box->ends, sizeof box->ends);
    ((float *) out[SCORES].tensor.data)[at] = box->score;
    ((int64_t *) out[SAMPLES].tensor.data)[at] = (int64_t) sample;
    labels[at] = (davy_bytes){davy_arena_text(arena, label, strlen(label)), strlen(label)};
    return labels[at].at ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "boxes");
}

/* What was found of a sample. */
typedef struct findings {
    davy_found_box *boxes;
    size_t count;
} findings;

static davy_status find_all(const davy_served_info *info, const davy_tensor *tensor,
                            const davy_picture_place *places, size_t place_count,
                            davy_oip_memory *memory, findings *found, size_t *total)
{
    const size_t samples = (size_t) tensor->dims[0];
    davy_status status = DAVY_OK;

    *total = 0;
    for (size_t i = 0; i < samples && status == DAVY_OK; i++) {
        status = davy_oip_boxes(info, tensor, i, -1, i < place_count ? &places[i] : NULL,
                                &memory->arena, &found[i].boxes, &found[i].count);
        *total += found[i].count;
    }
    return status;
}

davy_status davy_oip_box_tensors(const davy_served_info *info, const davy_named_tensor *output,
                                 const davy_picture_place *places, size_t place_count,
                                 davy_oip_memory *memory,
                                 davy_named_tensor out[DAVY_OIP_BOX_TENSORS])
{
    const davy_box_output *declared = &info->config->boxes;
    const size_t samples = output->tensor.rank > 0 ? (size_t) output->tensor.dims[0] : 0;
    findings *found;
    size_t total = 0, at = 0;
    void *taken;
    davy_status status;

    if (!declared->output || strcmp(declared->output, output->name) != 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "output '%.100s' of model '%.100s' gives no boxes: " DAVY_CONFIG_BOXES
                         " of its config says which does",
                         output->name, info->name);
    status = davy_oip_take(memory, samples, sizeof *found, &taken);
    if (status != DAVY_OK)
        return status;
    found = taken;
    status = find_all(info, &output->tensor, places, place_count, memory, found, &total);
    for (int k = 0; k < DAVY_OIP_BOX_TENSORS && status == DAVY_OK; k++)
        status = make_tensor(k, output->name, total, memory, &out[k]);
    for (size_t i = 0; i < samples && status == DAVY_OK; i++)
        for (size_t b = 0; b < found[i].count && status == DAVY_OK; b++)
            status = put_box(info, &found[i].boxes[b], i, at++, &memory->arena, out);
    return status;
}
