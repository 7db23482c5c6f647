/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"
#include "infer/explain_picture.h"

#include "models/explain/explain.h"

#include <stdlib.h>
#include <string.h>

/* Samples of several requests that are put together: more gain nothing, as the plans of batches
 * show, and the memory of a run grows with them. */
#define BATCH_MAX 64

/* Shares that are told unless the request says how many: what a person reads. */
#define TOP_DEFAULT 8

/* One who asks. What was asked last stays known until the next run, for an explanation. */
struct asker {
    const davy_predictor *predictor;
    davy_asker *asker;
    davy_explainer *explainer; /* made when first asked for */
    bool automatic;            /* its method was chosen by what fits the graph */
    const float *samples;      /* NULL: nothing was asked yet */
    davy_answers answers;
};

static void set_port(davy_port *port, const char *name, const int64_t *dims, int rank)
{
    *port = (davy_port){.name = name, .type = DAVY_TYPE_F32, .rank = rank + 1, .dims = {-1}};
    memcpy(port->dims + 1, dims, (size_t) rank * sizeof *dims);
}

static davy_status make_ports(davy_served *served, const davy_predictor_info *predictor)
{
    static const char *const numbers[] = {DAVY_PREDICTOR_VALUE, DAVY_PREDICTOR_LOW,
                                          DAVY_PREDICTOR_HIGH};
    davy_served_info *info = &served->info;
    const int64_t width = predictor->class_count > 0 ? (int64_t) predictor->class_count : 1;
    const size_t count = predictor->class_count == 0 && predictor->coverage > 0 ? 3 : 1;
    davy_port *inputs = davy_ports_make(served, 1), *outputs = davy_ports_make(served, count);
    int64_t dims[3];

    if (!inputs || !outputs)
        return davy_fail(DAVY_ERR_NOMEM, "ports");
    set_port(inputs, DAVY_PREDICTOR_SAMPLE, dims, davy_form_dims(&predictor->form, dims));
    for (size_t i = 0; i < count; i++)
        set_port(&outputs[i],
                 predictor->class_count > 0 ? DAVY_PREDICTOR_PROBABILITIES : numbers[i], &width, 1);
    info->inputs = inputs;
    info->input_count = 1;
    info->outputs = outputs;
    info->output_count = count;
    return DAVY_OK;
}

static davy_status predictor_open(davy_served *served, const davy_served_place *place)
{
    davy_served_info *info = &served->info;
    davy_predictor *predictor = NULL;
    davy_status status = davy_predictor_open_at(place->folder, &predictor);

    if (status != DAVY_OK)
        return status;
    served->state = predictor;
    info->predictor = davy_predictor_describe(predictor);
    info->labels = info->predictor->classes;
    info->label_count = info->predictor->class_count;
    info->file_hash = info->predictor->file_hash;
    info->batch_max = info->config->batch_max > 0 ? info->config->batch_max : BATCH_MAX;
    return make_ports(served, info->predictor);
}

const davy_background *davy_served_background(const davy_served *served)
{
    return served->backend == &davy_backend_predictor ? davy_predictor_background(served->state)
                                                      : NULL;
}

const davy_predictor *davy_served_predictor(const davy_served *served)
{
    return served->backend == &davy_backend_predictor ? served->state : NULL;
}

static void predictor_close(void *state)
{
    davy_predictor_close(state);
}

static void predictor_destroy(void *state)
{
    struct asker *asker = state;

    davy_explainer_destroy(asker->explainer);
    davy_asker_destroy(asker->asker);
    free(asker);
}

static davy_status predictor_create(davy_instance *instance)
{
    struct asker *asker = calloc(1, sizeof *asker);

    if (!asker)
        return davy_fail(DAVY_ERR_NOMEM, "an instance of '%s'", instance->served->info.name);
    instance->state = asker;
    asker->predictor = instance->served->state;
    return davy_asker_create(asker->predictor, instance->pool, &asker->asker);
}

static davy_status predictor_run(davy_instance *instance, const davy_tensor *inputs,
                                 davy_tensor *outputs)
{
    const davy_served_info *info = &instance->served->info;
    struct asker *asker = instance->state;
    davy_answers *answers = &asker->answers;
    davy_status status;

    asker->samples = NULL;
    status = davy_asker_ask(asker->asker, inputs[0].data, (size_t) inputs[0].dims[0], answers);
    if (status != DAVY_OK)
        return status;
    asker->samples = inputs[0].data;
    const float *const given[] = {answers->probabilities ? answers->probabilities : answers->values,
                                  answers->low, answers->high};
    for (size_t i = 0; i < info->output_count; i++) {
        outputs[i] = (davy_tensor){.type = DAVY_TYPE_F32,
                                   .rank = 2,
                                   .dims = {inputs[0].dims[0], info->outputs[i].dims[1]},
                                   .data = (void *) (uintptr_t) given[i]};
    }
    return DAVY_OK;
}

/* The explainer for a method, kept for the next question; also when that asked for a method that
 * the graph has not got, for it takes hundreds of runs to make one. */
static davy_status find_explainer(struct asker *asker, const char *method, davy_explain_pace pace)
{
    const bool automatic = !method || strcmp(method, "auto") == 0;
    const davy_explain_options options = {.method = method, .pace = pace};
    davy_explainer *made = NULL;
    davy_status status;

    if (asker->explainer &&
        (automatic ? asker->automatic
                   : strcmp(method, davy_explainer_describe(asker->explainer).method) == 0))
        return DAVY_OK;
    status = davy_explainer_create(asker->predictor, &options, &made);
    if (status != DAVY_OK)
        return status;
    davy_explainer_destroy(asker->explainer);
    asker->explainer = made;
    asker->automatic = automatic;
    return DAVY_OK;
}

static size_t likeliest(const davy_answers *answers, size_t sample, size_t classes)
{
    const float *row = answers->probabilities + sample * classes;
    size_t best = 0;

    for (size_t c = 1; c < classes; c++)
        if (row[c] > row[best])
            best = c;
    return best;
}

/* The largest shares with their names, in the memory of the response. */
static davy_status name_shares(const davy_explainer *explainer, const davy_explanation *explanation,
                               size_t top, davy_arena *arena, davy_attribution *out)
{
    const size_t parts = davy_explainer_parts(explainer);
    const size_t most = top > 0 && top < parts ? top : parts;
    double *all = davy_arena_array(arena, parts + 1, sizeof *all);
    size_t *order = davy_arena_array(arena, most + 1, sizeof *order);
    const char **names = davy_arena_array(arena, most + 1, sizeof *names);
    double *shares = davy_arena_array(arena, most + 1, sizeof *shares);

    if (!all || !order || !names || !shares)
        return davy_fail(DAVY_ERR_NOMEM, "an explanation");
    davy_explain_parts(explainer, explanation, all);
    out->count = davy_explain_largest(all, parts, most, order);
    for (size_t i = 0; i < out->count; i++) {
        char text[DAVY_PLAYER_NAME_MAX];
        const char *name = davy_explainer_part(explainer, order[i], text);

        names[i] = davy_arena_text(arena, name, strlen(name));
        shares[i] = all[order[i]];
        if (!names[i])
            return davy_fail(DAVY_ERR_NOMEM, "an explanation");
    }
    out->names = names;
    out->shares = shares;
    return DAVY_OK;
}

static davy_status predictor_explain(davy_instance *instance, size_t sample,
                                     const davy_infer_request *request, davy_arena *arena,
                                     davy_attribution *out)
{
    struct asker *asker = instance->state;
    const davy_predictor_info *info = davy_predictor_describe(asker->predictor);
    const bool classifies = info->class_count > 0;
    davy_explanation explanation;
    davy_explainer_info about;
    davy_status status;
    size_t answer;

    if (!asker->samples || sample >= asker->answers.count)
        return davy_fail(DAVY_ERR_INVALID, "there is no sample %zu to explain", sample);
    answer = classifies ? likeliest(&asker->answers, sample, info->class_count) : 0;
    status = find_explainer(asker, request->explain_method, instance->pace);
    if (status == DAVY_OK)
        status = davy_explain_sample(asker->explainer,
                                     asker->samples + sample * davy_form_values(&info->form),
                                     answer, &explanation);
    if (status != DAVY_OK)
        return status;
    about = davy_explainer_describe(asker->explainer);
    *out = (davy_attribution){.output =
                                  classifies ? DAVY_PREDICTOR_PROBABILITIES : DAVY_PREDICTOR_VALUE,
                              .answer = "",
                              .method = about.method,
                              .exact = about.exact,
                              .base = explanation.base,
                              .score = explanation.score,
                              .residual = explanation.residual};
    if (classifies)
        out->answer = davy_arena_text(arena, info->classes[answer], strlen(info->classes[answer]));
    if (!out->answer)
        return davy_fail(DAVY_ERR_NOMEM, "an explanation");
    status = name_shares(asker->explainer, &explanation,
                         request->explain_top > 0 ? request->explain_top : TOP_DEFAULT, arena, out);
    if (status == DAVY_OK && info->form.kind == DAVY_FORM_IMAGE)
        status = davy_explain_png(asker->explainer, &info->form,
                                  asker->samples + sample * davy_form_values(&info->form), answer,
                                  arena, &out->picture);
    return status;
}

const davy_backend davy_backend_predictor = {
    .name = "predictor",
    .platform = "onnx",
    .open = predictor_open,
    .close = predictor_close,
    .create = predictor_create,
    .destroy = predictor_destroy,
    .run = predictor_run,
    .explain = predictor_explain,
};
