/* SPDX-License-Identifier: Apache-2.0 */
#include "data/molecules.h"

#include "data/column_types.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIPTORS_MAX ((size_t) 512)
#define NAME_MAX_BYTES  40
#define COLUMNS_MAX     (DESCRIPTORS_MAX + DAVY_MORGAN_SIZE + 1)
#define READER          ",rdkit="

/* A file that was read, or is being read. */
typedef struct file_tally {
    char *path;
    davy_molecule_tally tally;
} file_tally;

struct davy_molecules {
    davy_csv_extra extra;
    file_tally *files;
    size_t file_count;
};

/* Names are the same for all, and outlive all. */
static char names_text[COLUMNS_MAX][NAME_MAX_BYTES];
static const char *names[COLUMNS_MAX];
static size_t descriptors;
static char recipe_text[96];

static void make_names(void)
{
    size_t count = davy_molecule_descriptor_count();

    descriptors = count < DESCRIPTORS_MAX ? count : DESCRIPTORS_MAX;
    count = 0;
    for (size_t i = 0; i < descriptors; i++)
        (void) snprintf(names_text[count++], NAME_MAX_BYTES, "mol:%s",
                        davy_molecule_descriptor_name(i));
    for (size_t i = 0; i < DAVY_MORGAN_SIZE; i++)
        (void) snprintf(names_text[count++], NAME_MAX_BYTES, "morgan:%zu", i);
    (void) snprintf(names_text[count++], NAME_MAX_BYTES, "%s", DAVY_SCAFFOLD_COLUMN);
    for (size_t i = 0; i < count; i++)
        names[i] = names_text[i];
    (void) snprintf(recipe_text, sizeof recipe_text, "radius=%d,columns=%zu" READER "%s",
                    DAVY_MORGAN_RADIUS, DAVY_MORGAN_SIZE, davy_molecule_version());
}

static void know_names(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void) pthread_once(&once, make_names);
}

/* ---------------------------------------------------------------------------------------- tally */

size_t davy_molecule_tally_refused(const davy_molecule_tally *tally)
{
    size_t refused = 0;

    for (size_t f = 0; f < DAVY_MOLECULE_FAULTS; f++)
        refused += tally->refused[f];
    return refused;
}

void davy_molecule_tally_add(davy_molecule_tally *tally, const davy_molecule_tally *other)
{
    tally->read += other->read;
    tally->blank += other->blank;
    tally->mixtures += other->mixtures;
    tally->metals += other->metals;
    tally->isotopes += other->isotopes;
    for (size_t f = 0; f < DAVY_MOLECULE_FAULTS; f++)
        tally->refused[f] += other->refused[f];
    for (size_t i = 0; i < other->told_count && tally->told_count < DAVY_MOLECULES_TOLD; i++)
        tally->told[tally->told_count++] = other->told[i];
}

/* ----------------------------------------------------------------------------------- a file's rows
 */

/* A file under way. */
typedef struct walk {
    davy_molecules *of;
    const davy_csv *csv;
    size_t file;  /* of->files */
    size_t field; /* of the molecules */
    char *scaffold;
} walk;

static void count_refused(walk *w, const char *text, size_t length, davy_molecule_fault fault)
{
    davy_molecule_tally *tally = &w->of->files[w->file].tally;
    const size_t next = tally->told_count;

    tally->refused[fault]++;
    if (next == DAVY_MOLECULES_TOLD)
        return;
    tally->told_count++;
    tally->told[next].line = davy_csv_line(w->csv);
    tally->told[next].fault = fault;
    (void) snprintf(tally->told[next].file, sizeof tally->told[next].file, "%s",
                    davy_csv_path(w->csv));
    (void) snprintf(tally->told[next].text, sizeof tally->told[next].text, "%.*s", (int) length,
                    text);
}

static void count_read(walk *w, const davy_molecule_facts *facts)
{
    davy_molecule_tally *tally = &w->of->files[w->file].tally;

    tally->read++;
    tally->mixtures += facts->parts > 1;
    tally->metals += facts->metals > 0;
    tally->isotopes += facts->isotopes > 0;
}

static davy_status keep_scaffold(walk *w, const char *scaffold)
{
    free(w->scaffold);
    w->scaffold = strdup(scaffold[0] ? scaffold : DAVY_SCAFFOLD_NONE);
    return w->scaffold ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "scaffold");
}

static davy_status take_molecule(walk *w, const davy_molecule *molecule, double *values)
{
    const davy_molecule_facts *facts = davy_molecule_describe(molecule);
    uint16_t counts[DAVY_MORGAN_SIZE];
    davy_status status = davy_molecule_descriptors(molecule, values);

    if (status == DAVY_OK)
        status = davy_molecule_fingerprint(molecule, counts);
    for (size_t i = 0; i < DAVY_MORGAN_SIZE && status == DAVY_OK; i++)
        values[descriptors + i] = counts[i];
    if (status == DAVY_OK)
        status = keep_scaffold(w, facts->scaffold);
    if (status == DAVY_OK)
        count_read(w, facts);
    return status;
}

static davy_status take_row(void *state, const char *const *fields, const uint32_t *lengths,
                            double *values, const char **texts)
{
    walk *w = state;
    const char *text = fields[w->field];
    size_t length = lengths[w->field];
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault;
    davy_status status;

    for (size_t i = 0; i < descriptors + DAVY_MORGAN_SIZE; i++)
        values[i] = NAN;
    texts[0] = NULL;
    davy_cell_trim(&text, &length);
    if (length == 0) {
        w->of->files[w->file].tally.blank++;
        return DAVY_OK;
    }
    status = davy_molecule_read(text, length, &molecule, &fault);
    if (status == DAVY_ERR_INVALID) {
        count_refused(w, text, length, fault);
        return DAVY_OK;
    }
    if (status == DAVY_OK)
        status = take_molecule(w, molecule, values);
    davy_molecule_destroy(molecule);
    texts[0] = w->scaffold;
    return status;
}

static void end(void *state)
{
    walk *w = state;

    free(w->scaffold);
    free(w);
}

/* A file that is read again is counted again, from nothing. */
static davy_status begin_tally(davy_molecules *molecules, const char *path, size_t *file)
{
    file_tally *files = molecules->files;
    char *copy;

    for (*file = 0; *file < molecules->file_count; (*file)++)
        if (strcmp(files[*file].path, path) == 0) {
            files[*file].tally = (davy_molecule_tally){0};
            return DAVY_OK;
        }
    files = reallocarray(files, molecules->file_count + 1, sizeof *files);
    if (files)
        molecules->files = files;
    copy = strdup(path);
    if (!files || !copy) {
        free(copy);
        return davy_fail(DAVY_ERR_NOMEM, "molecules of '%s'", path);
    }
    files[molecules->file_count++] = (file_tally){.path = copy};
    return DAVY_OK;
}

static davy_status begin(const void *what, const davy_csv *csv, void **state)
{
    walk *w = calloc(1, sizeof *w);
    davy_status status;

    if (!w)
        return davy_fail(DAVY_ERR_NOMEM, "molecules");
    w->of = (davy_molecules *) (uintptr_t) what;
    w->csv = csv;
    status = davy_csv_column(csv, DAVY_MOLECULES_COLUMN, &w->field);
    if (status == DAVY_OK)
        status = begin_tally(w->of, davy_csv_path(csv), &w->file);
    if (status != DAVY_OK) {
        end(w);
        return status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_INVALID : status;
    }
    *state = w;
    return DAVY_OK;
}

davy_status davy_molecules_create(davy_molecules **out)
{
    davy_molecules *molecules;

    if (!davy_molecule_readable())
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "column '" DAVY_MOLECULES_COLUMN
                         "' holds molecules, and this davy was built without RDKit, which reads "
                         "them (meson setup -Dmolecules=enabled); --types " DAVY_MOLECULES_COLUMN
                         "=skip leaves them out");
    molecules = calloc(1, sizeof *molecules);
    if (!molecules)
        return davy_fail(DAVY_ERR_NOMEM, "molecules");
    know_names();
    molecules->extra = (davy_csv_extra){.names = names,
                                        .count = descriptors + DAVY_MORGAN_SIZE + 1,
                                        .text_count = 1,
                                        .costly = true,
                                        .what = molecules,
                                        .begin = begin,
                                        .row = take_row,
                                        .end = end};
    *out = molecules;
    return DAVY_OK;
}

void davy_molecules_destroy(davy_molecules *molecules)
{
    for (size_t i = 0; molecules && i < molecules->file_count; i++)
        free(molecules->files[i].path);
    if (molecules)
        free(molecules->files);
    free(molecules);
}

const davy_csv_extra *davy_molecules_columns(const davy_molecules *molecules)
{
    return &molecules->extra;
}

davy_molecule_tally davy_molecules_count(const davy_molecules *molecules)
{
    davy_molecule_tally all = {0};

    for (size_t i = 0; i < molecules->file_count; i++)
        davy_molecule_tally_add(&all, &molecules->files[i].tally);
    return all;
}

const char *davy_molecules_recipe(void)
{
    know_names();
    return recipe_text;
}

bool davy_molecules_agree(const char *recipe, bool *other_reader)
{
    const char *ours = davy_molecules_recipe(), *reader = strstr(ours, READER);
    const size_t length = (size_t) (reader - ours) + strlen(READER);

    *other_reader = strcmp(recipe, ours) != 0;
    return strncmp(recipe, ours, length) == 0;
}
