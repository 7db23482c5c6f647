/* SPDX-License-Identifier: Apache-2.0 */
#include "models/model_private.h"

#include "core/file.h"
#include "models/registry/seal.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JSON_FILE_MAX   ((size_t) 16 * 1024 * 1024)
#define NAME_MAX_LENGTH 100
#define SAME            1e-9 /* budgets that differ by less are one budget, rounded */

const char *davy_verdict_name(davy_verdict verdict)
{
    static const char *const names[] = {"normal", "alarm", "abstain", "ok"};

    return names[verdict];
}

void davy_hash_bytes(const void *bytes, size_t length, char text[DAVY_HASH_MAX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, bytes, length);
    sodium_bin2hex(text, DAVY_HASH_MAX, hash, sizeof hash);
}

davy_status davy_model_name_check(const char *name)
{
    const size_t length = strlen(name);
    const size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789._-");

    if (length == 0 || length > NAME_MAX_LENGTH || good != length || name[0] == '.' ||
        name[0] == '-') /* a dash begins an option, of every command that is given the name */
        return davy_fail(DAVY_ERR_INVALID,
                         "a model's name has 1 to %d letters, digits, '.', '_' or '-' and does not "
                         "begin with a dot or a dash; '%s' does not fit",
                         NAME_MAX_LENGTH, name);
    return DAVY_OK;
}

davy_status davy_model_create(size_t signal_count, davy_model **out)
{
    davy_model *model = calloc(1, sizeof *model);

    if (!model)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    model->info.signal_count = signal_count;
    model->info.signer = "";
    model->info.flows = "";
    model->info.molecules = "";
    model->info.signals =
        davy_arena_array(&model->arena, signal_count, sizeof *model->info.signals);
    model->info.units = davy_arena_array(&model->arena, signal_count, sizeof *model->info.units);
    model->start = davy_arena_array(&model->arena, signal_count, sizeof *model->start);
    if (!model->info.signals || !model->info.units || !model->start) {
        davy_model_close(model);
        return davy_fail(DAVY_ERR_NOMEM, "model of %zu signals", signal_count);
    }
    *out = model;
    return DAVY_OK;
}

void davy_model_close(davy_model *model)
{
    if (!model)
        return;
    if (model->kind)
        model->kind->destroy(model->parameters);
    davy_cleaning_clear(&model->cleaning);
    davy_arena_clear(&model->arena);
    free(model);
}

const davy_model_info *davy_model_describe(const davy_model *model)
{
    return &model->info;
}

size_t davy_model_window_rows(const davy_model *model)
{
    return model->lags + 1;
}

davy_model_limit davy_model_limit_for(const davy_model *model, double per_day)
{
    const davy_model_info *info = &model->info;
    const bool own =
        !(per_day > 0) || fabs(per_day - info->budget_per_day) <= SAME * info->budget_per_day;
    davy_model_limit limit = {.ratio = 1.0,
                              .budget_per_day = info->budget_per_day,
                              .promise_per_day = info->promise_per_day,
                              .known = own || model->curve.step_count > 0};

    if (!own && limit.known) {
        const davy_budget_answer answer = davy_budget_curve_answer(&model->curve, per_day);

        limit.ratio = answer.limit;
        limit.budget_per_day = per_day;
        limit.promise_per_day = answer.promise_per_day;
    }
    limit.vouched = limit.promise_per_day <= limit.budget_per_day * (1.0 + SAME);
    return limit;
}

/* The graph of a model whose model.json was read: its bytes must be those that were hashed. */
static davy_status load_graph(davy_model *model, const davy_buffer *bytes)
{
    char hash[DAVY_HASH_MAX];

    davy_hash_bytes(bytes->bytes, bytes->length, hash);
    if (strcmp(hash, model->info.file_hash) != 0)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "model.onnx is not the file that model.json was written "
                         "for: its SHA-256 is %s",
                         hash);
    return model->kind->load(bytes->bytes, bytes->length, model->info.signal_count, model->lags,
                             &model->parameters);
}

static davy_status read_both(int folder, davy_buffer *json, davy_buffer *graph)
{
    davy_status status = davy_file_read_beneath(folder, "model.json", JSON_FILE_MAX, json);

    return status == DAVY_OK
               ? davy_file_read_beneath(folder, "model.onnx", DAVY_MODEL_FILE_MAX, graph)
               : status;
}

davy_status davy_model_open(const char *folder, davy_model **out)
{
    int descriptor;
    davy_status status = davy_folder_open(folder, &descriptor);

    if (status != DAVY_OK)
        return davy_fail_in(status, "model '%s'", folder);
    status = davy_model_open_at(descriptor, out);
    close(descriptor);
    return status == DAVY_OK ? status : davy_fail_in(status, "model '%s'", folder);
}

davy_status davy_model_open_at(int folder, davy_model **out)
{
    davy_buffer json = {0}, graph = {0};
    davy_model *model = NULL;
    davy_status status = read_both(folder, &json, &graph);

    if (status == DAVY_OK)
        status = davy_model_json_read(json.bytes, json.length, &model);
    if (status == DAVY_OK)
        status = davy_seal_trust(folder, &json, &model->arena, &model->info.signer);
    if (status == DAVY_OK)
        status = load_graph(model, &graph);
    davy_buffer_clear(&json);
    davy_buffer_clear(&graph);
    if (status != DAVY_OK) {
        davy_model_close(model);
        return status;
    }
    *out = model;
    return DAVY_OK;
}
