/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chemical_predict.h"
#include "core/csv.h"
#include "data/molecules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct neighbour {
    double similarity;
    json_t *told;
} neighbour;

typedef struct search {
    uint16_t wanted[DAVY_MORGAN_SIZE];
    neighbour nearest[DAVY_KNOWN_NEAREST];
    size_t rows; /* with a molecule */
} search;

/* Tanimoto's coefficient of counts: what both have, by what either has. */
static double similarity_of(const uint16_t *a, const uint16_t *b)
{
    unsigned both = 0, either = 0;

    for (size_t i = 0; i < DAVY_MORGAN_SIZE; i++) {
        both += a[i] < b[i] ? a[i] : b[i];
        either += a[i] < b[i] ? b[i] : a[i];
    }
    return either ? (double) both / either : 0;
}

/* What the other columns of a row say; empty cells say nothing. */
static json_t *measured_of(const davy_csv *csv, const char *const *fields, size_t smiles)
{
    size_t count;
    const char *const *header = davy_csv_header(csv, &count);
    json_t *values = json_object();

    for (size_t i = 0; i < count; i++)
        if (i != smiles && fields[i][0])
            (void) json_object_set_new(values, header[i], json_string(fields[i]));
    return json_pack("{s:s, s:I, s:o}", "file", davy_csv_path(csv), "line",
                     (json_int_t) davy_csv_line(csv), "values", values);
}

/* The same molecule, of a row before. */
static json_t *twin_of(const search *s, const char *smiles)
{
    for (size_t i = 0; i < DAVY_KNOWN_NEAREST && s->nearest[i].told; i++)
        if (strcmp(json_string_value(json_object_get(s->nearest[i].told, "smiles")), smiles) == 0)
            return s->nearest[i].told;
    return NULL;
}

/* The place of a molecule among the nearest; DAVY_KNOWN_NEAREST: behind them. */
static size_t place_of(const search *s, double similarity)
{
    size_t place = 0;

    while (place < DAVY_KNOWN_NEAREST && s->nearest[place].told &&
           s->nearest[place].similarity >= similarity)
        place++;
    return place;
}

static void keep(search *s, size_t place, neighbour one)
{
    json_decref(s->nearest[DAVY_KNOWN_NEAREST - 1].told);
    for (size_t i = DAVY_KNOWN_NEAREST - 1; i > place; i--)
        s->nearest[i] = s->nearest[i - 1];
    s->nearest[place] = one;
}

static davy_status compare(search *s, const davy_csv *csv, const char *const *fields, size_t smiles,
                           const davy_molecule *molecule)
{
    const char *canonical = davy_molecule_describe(molecule)->smiles;
    uint16_t counts[DAVY_MORGAN_SIZE];
    neighbour one;
    json_t *measured, *twin;
    size_t place;
    davy_status status = davy_molecule_fingerprint(molecule, counts);

    if (status != DAVY_OK)
        return status;
    s->rows++;
    one.similarity = similarity_of(s->wanted, counts);
    place = place_of(s, one.similarity);
    twin = twin_of(s, canonical);
    if (!twin && place == DAVY_KNOWN_NEAREST)
        return DAVY_OK;
    measured = measured_of(csv, fields, smiles);
    if (twin) {
        (void) json_array_append_new(json_object_get(twin, "measured"), measured);
        return DAVY_OK;
    }
    one.told = json_pack("{s:s, s:f, s:[o]}", "smiles", canonical, "similarity", one.similarity,
                         "measured", measured);
    keep(s, place, one);
    return DAVY_OK;
}

/* A cell that is no molecule is passed over: the file is somebody's collection. */
static davy_status read_rows(search *s, davy_csv *csv, size_t smiles)
{
    const char *const *fields;
    davy_status status;

    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        davy_molecule *molecule = NULL;
        davy_molecule_fault fault;

        status =
            davy_molecule_read(fields[smiles], davy_csv_lengths(csv)[smiles], &molecule, &fault);
        if (status == DAVY_OK)
            status = compare(s, csv, fields, smiles, molecule);
        else if (status == DAVY_ERR_INVALID)
            status = DAVY_OK;
        davy_molecule_destroy(molecule);
        if (status != DAVY_OK)
            return status;
    }
    return status;
}

static davy_status read_file(search *s, const char *path)
{
    davy_csv *csv = NULL;
    size_t smiles = 0;
    davy_status status = davy_csv_open(path, &csv);

    if (status == DAVY_OK)
        status = davy_csv_column(csv, DAVY_MOLECULES_COLUMN, &smiles);
    if (status == DAVY_OK)
        status = read_rows(s, csv, smiles);
    davy_csv_close(csv);
    return status;
}

static json_t *nearest_of(const search *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < DAVY_KNOWN_NEAREST && s->nearest[i].told; i++)
        (void) json_array_append(list, s->nearest[i].told);
    return list;
}

davy_status davy_chemical_nearest(const davy_molecule *molecule, const davy_option_list *files,
                                  json_t **out)
{
    search s = {.rows = 0};
    davy_status status = davy_molecule_fingerprint(molecule, s.wanted);

    for (size_t i = 0; i < files->count && status == DAVY_OK; i++)
        status = read_file(&s, files->items[i]);
    if (status == DAVY_OK)
        *out = json_pack("{s:I, s:b, s:o}", "rows", (json_int_t) s.rows, "inside",
                         s.nearest[0].told && s.nearest[0].similarity >= DAVY_KNOWN_SIMILAR,
                         "nearest", nearest_of(&s));
    for (size_t i = 0; i < DAVY_KNOWN_NEAREST; i++)
        json_decref(s.nearest[i].told);
    return status;
}
