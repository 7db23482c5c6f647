/* SPDX-License-Identifier: Apache-2.0 */
#include "site/faults.h"

#include "core/utf8.h"

#include <jansson.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Longest path, sentence or remedy that is kept. */
#define TEXT_MAX 512

#define BOLD   "\033[1m"
#define RED    "\033[31m"
#define NORMAL "\033[0m"

static bool is_before(size_t line, size_t column, const davy_site_fault *other)
{
    return line < other->line || (line == other->line && column < other->column);
}

static void clear_fault(davy_site_fault *fault)
{
    free(fault->path);
    free(fault->what);
    free(fault->remedy);
}

bool davy_site_faults_want(davy_site_faults *faults, size_t line, size_t column)
{
    if (faults->count < DAVY_SITE_FAULTS_MAX ||
        is_before(line, column, &faults->items[faults->count - 1]))
        return true;
    faults->left_out++;
    return false;
}

static char *copy_shown(const char *text)
{
    char shown[TEXT_MAX];

    return strdup(davy_utf8_show(text, strlen(text), shown, sizeof shown));
}

/* Place for a fault that stands behind all that are not after it. */
static davy_site_fault *make_room(davy_site_faults *faults, size_t line, size_t column)
{
    size_t at;

    if (!faults->items)
        faults->items = calloc(DAVY_SITE_FAULTS_MAX, sizeof *faults->items);
    if (!faults->items)
        return NULL;
    if (faults->count == DAVY_SITE_FAULTS_MAX) {
        clear_fault(&faults->items[--faults->count]);
        faults->left_out++;
    }
    at = faults->count++;
    while (at > 0 && is_before(line, column, &faults->items[at - 1])) {
        faults->items[at] = faults->items[at - 1];
        at--;
    }
    return &faults->items[at];
}

davy_status davy_site_faults_add(davy_site_faults *faults, size_t line, size_t column,
                                 const char *path, const char *what, const char *remedy)
{
    davy_site_fault fault = {line, column, copy_shown(path), copy_shown(what), copy_shown(remedy)};
    davy_site_fault *place = NULL;

    if (fault.path && fault.what && fault.remedy)
        place = make_room(faults, line, column);
    if (!place) {
        clear_fault(&fault);
        return davy_fail(DAVY_ERR_NOMEM, "a fault of line %zu", line);
    }
    *place = fault;
    return DAVY_OK;
}

void davy_site_faults_clear(davy_site_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        clear_fault(&faults->items[i]);
    free(faults->items);
    free(faults->file);
    *faults = (davy_site_faults){0};
}

void davy_site_faults_print(const davy_site_faults *faults, FILE *stream, bool colour)
{
    const char *bold = colour ? BOLD : "";
    const char *red = colour ? RED : "";
    const char *normal = colour ? NORMAL : "";

    for (size_t i = 0; i < faults->count; i++) {
        const davy_site_fault *fault = &faults->items[i];

        (void) fprintf(stream, "%s%s:", bold, faults->file);
        if (fault->line)
            (void) fprintf(stream, "%zu:%zu:", fault->line, fault->column);
        (void) fprintf(stream, "%s %s%s%s%s%s; %s\n", normal, fault->path,
                       fault->path[0] ? ": " : "", red, fault->what, normal, fault->remedy);
    }
    if (faults->left_out)
        (void) fprintf(stream, "%s%s:%s %zu more faults are not shown\n", bold, faults->file,
                       normal, faults->left_out);
}

static json_t *fault_json(const davy_site_fault *fault)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:s}", "line", (json_int_t) fault->line, "column",
                     (json_int_t) fault->column, "path", fault->path, "what", fault->what, "remedy",
                     fault->remedy);
}

json_t *davy_site_faults_json(const davy_site_faults *faults)
{
    json_t *list = json_array();

    for (size_t i = 0; i < faults->count; i++)
        if (json_array_append_new(list, fault_json(&faults->items[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return json_pack("{s:s?, s:o, s:I}", "file", faults->file, "faults", list, "left_out",
                     (json_int_t) faults->left_out);
}

davy_status davy_site_faults_start(const char *file, davy_site_faults *faults)
{
    char shown[PATH_MAX];

    faults->file = strdup(davy_utf8_show(file, strlen(file), shown, sizeof shown));
    return faults->file ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "site '%s'", file);
}

davy_status davy_site_faults_fail(const davy_site_faults *faults)
{
    const davy_site_fault *first = &faults->items[0];
    size_t others = faults->count - 1 + faults->left_out;
    davy_status status = davy_fail(DAVY_ERR_INVALID, "%s%s%s; %s", first->path,
                                   first->path[0] ? ": " : "", first->what, first->remedy);

    if (others > 0)
        status = davy_fail(status, "%.900s (and %zu more fault%s)", davy_error(), others,
                           others == 1 ? "" : "s");
    return first->line
               ? davy_fail_in(status, "%s:%zu:%zu", faults->file, first->line, first->column)
               : davy_fail_in(status, "%s", faults->file);
}
