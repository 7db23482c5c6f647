/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chemical_predict.h"

#include "app/chemical_answer.h"
#include "data/molecules.h"
#include "hazard/chemical/explosive.h"
#include "models/predictor.h"
#include "models/registry/registry.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTOR_PREFIX "mol:" /* of columns, as data/molecules.h names them */
#define MORGAN_PREFIX     "morgan:"
#define GROUP_PREFIX      "group_" /* of descriptors */

/* What models ask of a molecule. */
typedef struct inputs {
    double *descriptors; /* [davy_molecule_descriptor_count()] */
    uint16_t morgan[DAVY_MORGAN_SIZE];
    double mass; /* g/mol */
} inputs;

static double descriptor_of(const inputs *in, const char *name)
{
    for (size_t i = 0; i < davy_molecule_descriptor_count(); i++)
        if (strcmp(davy_molecule_descriptor_name(i), name) == 0)
            return in->descriptors[i];
    return NAN;
}

static davy_status read_inputs(const davy_molecule *molecule, inputs *in)
{
    davy_status status;

    in->descriptors = calloc(davy_molecule_descriptor_count() + 1, sizeof *in->descriptors);
    if (!in->descriptors)
        return davy_fail(DAVY_ERR_NOMEM, "descriptors");
    status = davy_molecule_descriptors(molecule, in->descriptors);
    if (status == DAVY_OK)
        status = davy_molecule_fingerprint(molecule, in->morgan);
    in->mass = descriptor_of(in, "mw");
    return status;
}

/* The value of a model's column; NaN for one that no molecule has. */
static double input_of(const inputs *in, const char *column)
{
    const char *number = column + strlen(MORGAN_PREFIX);
    char *end;
    unsigned long bit;

    if (strncmp(column, DESCRIPTOR_PREFIX, strlen(DESCRIPTOR_PREFIX)) == 0)
        return descriptor_of(in, column + strlen(DESCRIPTOR_PREFIX));
    if (strncmp(column, MORGAN_PREFIX, strlen(MORGAN_PREFIX)) != 0)
        return NAN;
    bit = strtoul(number, &end, 10);
    return end != number && *end == '\0' && bit < DAVY_MORGAN_SIZE ? in->morgan[bit] : NAN;
}

static json_t *groups_of(const inputs *in)
{
    json_t *list = json_array();

    for (size_t i = 0; i < davy_molecule_descriptor_count(); i++) {
        const char *name = davy_molecule_descriptor_name(i);
        const char *group = name + strlen(GROUP_PREFIX);
        const char *family = strncmp(name, GROUP_PREFIX, strlen(GROUP_PREFIX)) == 0
                                 ? davy_explosive_family(group)
                                 : NULL;

        if (family && in->descriptors[i] > 0)
            (void) json_array_append_new(list,
                                         json_pack("{s:s, s:s, s:i}", "group", group, "family",
                                                   family, "count", (int) in->descriptors[i]));
    }
    return list;
}

/* ---------------------------------------------------------------------------------- one model */

/* Fill the row that a model takes; DAVY_ERR_UNSUPPORTED when it takes what no molecule has. */
static davy_status fill_row(const inputs *in, const davy_predictor_info *info, float *row,
                            size_t *outside)
{
    *outside = 0;
    for (size_t i = 0; i < info->signal_count; i++) {
        const double value = input_of(in, info->signals[i]);

        if (isnan(value))
            return davy_fail(DAVY_ERR_UNSUPPORTED, "it takes '%s', which no molecule has",
                             info->signals[i]);
        row[i] = (float) value;
        if (info->ranges && (value < info->ranges[i].low || value > info->ranges[i].high))
            ++*outside;
    }
    return DAVY_OK;
}

static davy_status ask(const davy_predictor *predictor, const inputs *in, json_t *said)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    float *row = calloc(info->signal_count + 1, sizeof *row);
    davy_asker *asker = NULL;
    davy_answers answers;
    size_t outside = 0;
    davy_status status = row ? fill_row(in, info, row, &outside) : davy_fail(DAVY_ERR_NOMEM, "row");

    if (status == DAVY_OK)
        status = davy_asker_create(predictor, NULL, &asker);
    if (status == DAVY_OK)
        status = davy_asker_ask(asker, row, 1, &answers);
    if (status == DAVY_OK) {
        (void) json_object_set_new(said, "outside", json_integer((json_int_t) outside));
        davy_chemical_answer(said, info, &answers, in->mass);
    }
    davy_asker_destroy(asker);
    free(row);
    return status;
}

/* ---------------------------------------------------------------------------------- all models */

typedef struct asking {
    const char *models;
    davy_molecule_models *open;
    const inputs *in;
    json_t *said;
} asking;

/* A model of molecules speaks, or says why it cannot. */
static davy_status let_speak(const asking *r, const char *name, unsigned version,
                             const davy_predictor *predictor)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    bool other_reader = false;
    json_t *said;

    said = json_pack("{s:s, s:i, s:s, s:s}", "model", name, "version", (int) version, "label",
                     info->label, "task", davy_task_name(info->task));
    if (davy_molecules_agree(info->molecules, &other_reader) && other_reader)
        (void) json_object_set_new(said, "other_reader", json_true());
    if (!davy_molecules_agree(info->molecules, &other_reader))
        (void) json_object_set_new(said, "refused",
                                   json_string("it reads molecules in another way"));
    else if (ask(predictor, r->in, said) != DAVY_OK)
        (void) json_object_set_new(said, "refused", json_string(davy_error()));
    return json_array_append_new(r->said, said) == 0 ? DAVY_OK
                                                     : davy_fail(DAVY_ERR_NOMEM, "answer");
}

/* A model that cannot be opened is told, for nobody to take its silence for an answer. */
static davy_status tell_damage(const asking *r, const char *name, unsigned version)
{
    return json_array_append_new(r->said, json_pack("{s:s, s:i, s:s, s:s}", "model", name,
                                                    "version", (int) version, "label", "",
                                                    "refused", davy_error())) == 0
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "answer");
}

static davy_status visit(void *context, const char *name, unsigned version, const char *aliases)
{
    const asking *r = context;
    const davy_predictor *predictor = NULL;
    char folder[PATH_MAX];
    davy_status status;

    if (!strstr(aliases, "champion"))
        return DAVY_OK;
    (void) snprintf(folder, sizeof folder, "%s/%s/%u", r->models, name, version);
    status = davy_molecule_models_acquire(r->open, folder, &predictor);
    if (status != DAVY_OK)
        return tell_damage(r, name, version);
    if (predictor)
        status = let_speak(r, name, version, predictor);
    davy_molecule_models_release(r->open, predictor);
    return status;
}

/* Why no model is asked; NULL: they are. */
static const char *refusal(const davy_molecule_facts *facts)
{
    if (facts->parts > 1)
        return "it is a salt or a mixture: no model is asked what its parts do together";
    if (facts->metals > 0)
        return "it holds a metal: no model is asked";
    if (facts->isotopes > 0)
        return "it names an isotope: no model is asked";
    return NULL;
}

davy_status davy_chemical_predict(const davy_molecule *molecule, const char *models,
                                  davy_molecule_models *open, json_t **out)
{
    const davy_molecule_facts *facts = davy_molecule_describe(molecule);
    const char *why = refusal(facts);
    inputs in = {0};
    asking r = {models, open, &in, json_array()};
    davy_status status = read_inputs(molecule, &in);

    if (status == DAVY_OK && models && !why)
        status = davy_registry_list(models, visit, &r);
    if (status == DAVY_OK && models && !why && json_array_size(r.said) == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND,
                           "no model in '%s' answers for molecules: train one with a column smiles",
                           models);
    if (status == DAVY_OK)
        *out = json_pack("{s:s, s:i, s:i, s:i, s:f, s:f, s:o, s:s?, s:O}", "smiles", facts->smiles,
                         "atoms", (int) facts->atoms, "parts", (int) facts->parts, "metals",
                         (int) facts->metals, "molar_mass", in.mass, "oxygen_balance",
                         descriptor_of(&in, "oxygen_balance"), "explosive_groups", groups_of(&in),
                         "refused", why, "predictions", r.said);
    json_decref(r.said);
    free(in.descriptors);
    return status;
}
