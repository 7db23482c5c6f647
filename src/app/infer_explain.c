/* SPDX-License-Identifier: Apache-2.0 */
#include "app/infer_explain.h"

#include "core/timestamp.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define TOP_MAX ((size_t) 1000)
#define NEAREST ((size_t) 3)

struct davy_infer_explain {
    const davy_predictor *predictor;
    davy_explainer *explainer;
    FILE *json;
    float *sample;   /* [form values] */
    double *shares;  /* of the parts */
    size_t *largest; /* [top] */
    size_t top;
};

davy_status davy_infer_explain_destroy(davy_infer_explain *x)
{
    davy_status status = DAVY_OK;

    if (!x)
        return DAVY_OK;
    if (x->json && fclose(x->json) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot write the explanations");
    davy_explainer_destroy(x->explainer);
    free(x->sample);
    free(x->shares);
    free(x->largest);
    free(x);
    return status;
}

static davy_status start(davy_infer_explain *x, const davy_infer_explain_options *options)
{
    const davy_explain_options how = {.method = options->method};
    const davy_predictor_info *info = davy_predictor_describe(x->predictor);
    davy_status status;

    if (options->top < 1 || options->top > TOP_MAX)
        return davy_fail(DAVY_ERR_INVALID, "--top is a number from 1 to %zu", TOP_MAX);
    x->top = (size_t) options->top;
    status = davy_explainer_create(x->predictor, &how, &x->explainer);
    if (status != DAVY_OK)
        return status;
    x->sample = calloc(davy_form_values(&info->form), sizeof *x->sample);
    x->shares = calloc(davy_explainer_parts(x->explainer) + 1, sizeof *x->shares);
    x->largest = calloc(x->top, sizeof *x->largest);
    if (!x->sample || !x->shares || !x->largest)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    x->json = options->json ? fopen(options->json, "we") : NULL;
    if (options->json && !x->json)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", options->json);
    return DAVY_OK;
}

davy_status davy_infer_explain_create(const davy_predictor *predictor,
                                      const davy_infer_explain_options *options,
                                      davy_infer_explain **out)
{
    davy_infer_explain *x;
    davy_status status;

    *out = NULL;
    if (!options->wanted && !options->method && !options->json)
        return DAVY_OK;
    x = calloc(1, sizeof *x);
    if (!x)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    x->predictor = predictor;
    status = start(x, options);
    if (status == DAVY_OK)
        *out = x;
    else if (davy_infer_explain_destroy(x) != DAVY_OK)
        status = DAVY_ERR_IO;
    return status;
}

/* ---------------------------------------------------------------------------------------- cells */

void davy_infer_explain_header(const davy_infer_explain *x, FILE *file)
{
    if (x)
        (void) fputs(",causes,base,score,residual", file);
}

void davy_infer_explain_none(const davy_infer_explain *x, FILE *file)
{
    if (x)
        (void) fputs(",,,,", file);
}

static void print_cells(const davy_infer_explain *x, FILE *file, const davy_explanation *found,
                        size_t count)
{
    (void) fputc(',', file);
    for (size_t n = 0; n < count; n++) {
        char name[DAVY_PLAYER_NAME_MAX];

        (void) fprintf(file, "%s%s=%.4g", n > 0 ? ";" : "",
                       davy_explainer_part(x->explainer, x->largest[n], name),
                       x->shares[x->largest[n]]);
    }
    (void) fprintf(file, ",%.9g,%.9g,%.3g", found->base, found->score, found->residual);
}

/* ----------------------------------------------------------------------------------------- JSON */

/* A target as people know it. */
static json_t *answer_json(const davy_predictor_info *info, double answer)
{
    if (info->class_count == 0)
        return json_real(answer);
    return answer >= 0 && answer < (double) info->class_count
               ? json_string(info->classes[(size_t) answer])
               : json_null();
}

/* Shares with their names; values are those of players. */
static json_t *shares_json(const davy_infer_explain *x, const double *shares, const double *values,
                           size_t count,
                           const char *(*name_of)(const davy_explainer *e, size_t i,
                                                  char name[DAVY_PLAYER_NAME_MAX]))
{
    json_t *list = json_array();

    for (size_t n = 0; n < count; n++) {
        const size_t i = x->largest[n];
        char name[DAVY_PLAYER_NAME_MAX];
        json_t *object =
            json_pack("{ss sf}", "name", name_of(x->explainer, i, name), "share", shares[i]);

        if (values && isfinite(values[i]))
            json_object_set_new(object, "value", json_real(values[i]));
        json_array_append_new(list, object);
    }
    return list;
}

/* Where parts are made of several players: the largest of these. */
static json_t *players_json(const davy_infer_explain *x, const davy_explanation *found)
{
    const size_t count = davy_explain_largest(found->shares, found->count, x->top, x->largest);

    return shares_json(x, found->shares, found->values, count, davy_explainer_player);
}

static json_t *nearest_json(const davy_infer_explain *x)
{
    const davy_background *kept = davy_predictor_background(x->predictor);
    davy_neighbour found[NEAREST];
    const size_t count = davy_background_nearest(kept, x->sample, NEAREST, found);
    json_t *list = json_array();

    for (size_t n = 0; n < count; n++) {
        const davy_background_row *row = &kept->rows[found[n].row];
        json_t *object = json_pack("{sI so sf}", "row", (json_int_t) row->place + 1, "answer",
                                   answer_json(davy_predictor_describe(x->predictor), row->target),
                                   "distance", found[n].distance);

        if (row->run[0])
            json_object_set_new(object, "run", json_string(row->run));
        if (row->time_ns != DAVY_PLACE_NO_TIME) {
            char time[DAVY_TIMESTAMP_MAX];

            davy_timestamp_format(row->time_ns, 9, time);
            json_object_set_new(object, "time", json_string(time));
        }
        json_array_append_new(list, object);
    }
    return list;
}

static davy_status write_json(const davy_infer_explain *x, const davy_sample_set *samples,
                              size_t sample, const davy_explanation *found, size_t count)
{
    const davy_predictor_info *info = davy_predictor_describe(x->predictor);
    const davy_explainer_info how = davy_explainer_describe(x->explainer);
    const bool single = found->count == davy_explainer_parts(x->explainer);
    json_t *root = json_pack(
        "{sI ss ss sb so sf sf sf so}", "row", (json_int_t) samples->places[sample] + 1, "method",
        how.method, "unit", how.unit.en, "exact", how.exact, "answer",
        info->class_count > 0 ? answer_json(info, (double) found->answer) : json_null(), "base",
        found->base, "score", found->score, "residual", found->residual, "contributions",
        shares_json(x, x->shares, single ? found->values : NULL, count, davy_explainer_part));
    davy_status status = DAVY_OK;

    if (samples->names)
        json_object_set_new(root, "file", json_string(samples->names[sample]));
    if (found->error > 0)
        json_object_set_new(root, "standard_error", json_real(found->error));
    if (!single && info->form.kind != DAVY_FORM_IMAGE)
        json_object_set_new(root, "steps", players_json(x, found));
    if (davy_predictor_background(x->predictor)->count > 0)
        json_object_set_new(root, "nearest", nearest_json(x));
    if (!root || json_dumpf(root, x->json, JSON_COMPACT | JSON_REAL_PRECISION(9)) != 0 ||
        fputc('\n', x->json) == EOF)
        status = davy_fail(DAVY_ERR_IO, "cannot write the explanations");
    json_decref(root);
    return status;
}

davy_status davy_infer_explain_print(davy_infer_explain *x, FILE *file,
                                     const davy_sample_set *samples, const davy_answer_set *answers,
                                     size_t sample)
{
    const size_t answer = x && answers->class_count > 0 ? davy_answer_class(answers, sample) : 0;
    davy_explanation found;
    size_t count;
    davy_status status;

    if (!x)
        return DAVY_OK;
    status = davy_sample_set_read(samples, sample, x->sample);
    if (status == DAVY_OK)
        status = davy_explain_sample(x->explainer, x->sample, answer, &found);
    if (status != DAVY_OK)
        return status;
    davy_explain_parts(x->explainer, &found, x->shares);
    count = davy_explain_largest(x->shares, davy_explainer_parts(x->explainer), x->top, x->largest);
    print_cells(x, file, &found, count);
    return x->json ? write_json(x, samples, sample, &found, count) : DAVY_OK;
}
