/* SPDX-License-Identifier: Apache-2.0 */
#include "app/model_find.h"
#include "app/models_verb.h"
#include "app/table_print.h"
#include "models/registry/registry.h"
#include "models/registry/seal.h"

#include <stdio.h>
#include <string.h>

/* What is looked at, and what was found. */
typedef struct verifying {
    const davy_models_call *call;
    const char *only; /* a name; NULL: all */
    davy_print *print;
    char own[DAVY_AUTHOR_MAX]; /* the key of this registry, or "" */
    size_t seen, wrong, unsigned_count;
} verifying;

static davy_status print_verdict(verifying *v, const davy_models_version *which,
                                 const davy_seal *seal, const char *verdict)
{
    char number[16];

    (void) snprintf(number, sizeof number, "%u", which->version);
    return davy_print_row(
        v->print,
        (const char *const[]){which->name, number, seal->is_signed ? seal->author : "", verdict});
}

/* In a table the files that differ stand in one cell. */
static void join_lines(davy_buffer *lines)
{
    while (lines->length > 0 && lines->bytes[lines->length - 1] == '\n')
        lines->bytes[--lines->length] = '\0';
    for (char *end = lines->bytes; end && (end = strchr(end, '\n'));)
        *end = ';';
}

/* Why a version cannot be relied on, in `why`; nothing when it can. */
static davy_status look(const verifying *v, const davy_models_version *which, const davy_seal *seal,
                        davy_buffer *why)
{
    const char *author = v->call->author;
    davy_found_model found;
    char path[PATH_MAX + 16];
    size_t count = 0;
    davy_status status =
        seal->is_signed ? davy_seal_compare(which->folder, seal, why, &count) : DAVY_OK;

    if (status != DAVY_OK || count > 0)
        return status;
    if (author && (!seal->is_signed || strcmp(seal->author, author) != 0)) {
        davy_buffer_printf(why, "author %.12s did not sign it", author);
    } else if (seal->is_signed && davy_registry_fits(which->name, which->version, seal->name,
                                                     seal->version) != DAVY_OK) {
        davy_buffer_append_text(why, davy_error());
    } else {
        (void) snprintf(path, sizeof path, "%s/model.onnx", which->folder);
        if (davy_model_find(NULL, NULL, path, &found) != DAVY_OK)
            davy_buffer_append_text(why, davy_error());
        davy_found_model_close(&found);
    }
    return davy_buffer_ok(why);
}

static const char *verdict_of(const verifying *v, const davy_seal *seal)
{
    if (!seal->is_signed)
        return "not signed: nobody vouches for its files";
    return v->call->author || !v->own[0] || strcmp(v->own, seal->author) == 0
               ? "as it was signed"
               : "as it was signed, by another author than this registry's";
}

static davy_status verify_version(verifying *v, const davy_models_version *which)
{
    davy_seal seal = {.is_signed = false};
    davy_buffer why = {0};
    davy_status status = davy_seal_read(which->folder, &seal);

    v->seen++;
    if (status == DAVY_OK)
        status = look(v, which, &seal, &why);
    else if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED)
        davy_buffer_append_text(&why, davy_error());
    if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED)
        status = davy_buffer_ok(&why);
    join_lines(&why);
    v->wrong += why.length > 0;
    v->unsigned_count += why.length == 0 && !seal.is_signed;
    if (status == DAVY_OK)
        status = print_verdict(v, which, &seal, why.length > 0 ? why.bytes : verdict_of(v, &seal));
    davy_buffer_clear(&why);
    davy_seal_clear(&seal);
    return status;
}

static davy_status visit(void *context, const char *name, unsigned version, const char *aliases)
{
    verifying *v = context;
    davy_models_version which = {.version = version};

    (void) aliases;
    if (v->only && strcmp(v->only, name) != 0)
        return DAVY_OK;
    (void) snprintf(which.name, sizeof which.name, "%s", name);
    if (snprintf(which.folder, sizeof which.folder, "%s/%s/%u", v->call->registry, name, version) >=
        (int) sizeof which.folder)
        return davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return verify_version(v, &which);
}

/* An exported folder says itself which version it is. */
static davy_status verify_folder(verifying *v, const char *folder)
{
    davy_models_version which = {.version = 0};
    davy_seal seal = {.is_signed = false};

    if (snprintf(which.folder, sizeof which.folder, "%s", folder) >= (int) sizeof which.folder)
        return davy_fail(DAVY_ERR_INVALID, "the path is too long");
    if (davy_seal_read(folder, &seal) == DAVY_OK && seal.is_signed) {
        (void) snprintf(which.name, sizeof which.name, "%s", seal.name);
        which.version = seal.version;
    } else {
        (void) snprintf(which.name, sizeof which.name, "%.120s", folder);
    }
    davy_seal_clear(&seal);
    return verify_version(v, &which);
}

static davy_status verify_words(verifying *v)
{
    const char *word = v->call->word_count > 0 ? v->call->words[0] : NULL;
    davy_models_version which;
    davy_status status;

    if (word && strchr(word, '/'))
        return verify_folder(v, word);
    if (!word || !strchr(word, '@')) {
        v->only = word;
        status = davy_registry_list(v->call->registry, visit, v);
        return status == DAVY_OK && word && v->seen == 0
                   ? davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%s' in '%s'", word,
                               v->call->registry)
                   : status;
    }
    status = davy_models_resolve(v->call, word, &which);
    return status == DAVY_OK ? verify_version(v, &which) : status;
}

davy_status davy_models_verify(const davy_models_call *call)
{
    static const davy_print_column columns[] = {{"name", false, false},
                                                {"version", true, true},
                                                {"author", false, false},
                                                {"verdict", false, false}};
    verifying v = {.call = call};
    davy_status status =
        davy_print_create("models", columns, DAVY_ARRAY_LENGTH(columns), call->json, &v.print);

    davy_author_key(call->registry, v.own);
    if (status == DAVY_OK)
        status = verify_words(&v);
    davy_print_finish(v.print);
    if (status == DAVY_OK && v.wrong > 0)
        status =
            davy_fail(DAVY_ERR_CORRUPT, "%zu of %zu versions cannot be relied on", v.wrong, v.seen);
    return status;
}
