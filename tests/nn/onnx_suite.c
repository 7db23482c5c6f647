/* SPDX-License-Identifier: Apache-2.0 */
#include "onnx_suite.h"

#include "core/arena.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/tensor_file.h"

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RELATIVE  1e-3
#define ABSOLUTE  1e-7
#define FILES_MAX 64

static const char *const sets[] = {"node", "pytorch-converted", "pytorch-operator", "simple"};

/* Cut to fit. */
static void DAVY_PRINTF(3, 4) put_text(char *text, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(text, size, format, arguments);
    va_end(arguments);
}

static const char *root(void)
{
    const char *given = getenv("DAVY_ONNX_TESTDATA");

    return given ? given : "/usr/share/libonnx-testdata/data";
}

int onnx_suite_there(void)
{
    return access(root(), R_OK) == 0;
}

const char *onnx_outcome_name(onnx_outcome outcome)
{
    static const char *const names[] = {"pass", "unsupported", "fail", "crash"};

    return names[outcome];
}

/* ------------------------------------------------------------------------------- one comparison */

/* IEEE 754 binary16, written out here so that the product's own conversion is tested too. */
static double half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const double sign = bits >> 15 ? -1.0 : 1.0;

    if (exponent == 31)
        return mantissa ? (double) NAN : sign * (double) INFINITY;
    return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

static double bfloat(uint16_t bits)
{
    const uint32_t wide = (uint32_t) bits << 16;
    float value;

    memcpy(&value, &wide, sizeof value);
    return (double) value;
}

#define ELEMENT(type) (double) ((const type *) tensor->data)[i]

static double number(const davy_tensor *tensor, int64_t i)
{
    switch (tensor->type) {
    case DAVY_TYPE_F32:
        return ELEMENT(float);
    case DAVY_TYPE_F64:
        return ELEMENT(double);
    case DAVY_TYPE_F16:
        return half(((const uint16_t *) tensor->data)[i]);
    case DAVY_TYPE_BF16:
        return bfloat(((const uint16_t *) tensor->data)[i]);
    case DAVY_TYPE_U8:
    case DAVY_TYPE_BOOL:
        return ELEMENT(uint8_t);
    case DAVY_TYPE_I8:
        return ELEMENT(int8_t);
    case DAVY_TYPE_U16:
        return ELEMENT(uint16_t);
    case DAVY_TYPE_I16:
        return ELEMENT(int16_t);
    case DAVY_TYPE_U32:
        return ELEMENT(uint32_t);
    case DAVY_TYPE_I32:
        return ELEMENT(int32_t);
    case DAVY_TYPE_U64:
        return ELEMENT(uint64_t);
    default:
        return ELEMENT(int64_t);
    }
}

static int equal_number(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs(a - b) <= ABSOLUTE + RELATIVE * fabs(b);
}

static int equal_element(const davy_tensor *a, const davy_tensor *b, int64_t i)
{
    if (a->type == DAVY_TYPE_TEXT)
        return strcmp(((const char *const *) a->data)[i], ((const char *const *) b->data)[i]) == 0;
    return equal_number(number(a, i), number(b, i));
}

/* @param random  another draw: type and shape alone are compared */
static davy_status compare(size_t output, const davy_tensor *got, const davy_tensor *want,
                           int random)
{
    char a[DAVY_TENSOR_TEXT_MAX], b[DAVY_TENSOR_TEXT_MAX];

    if (got->type != want->type || !davy_tensor_same_shape(got, want))
        return davy_fail(DAVY_ERR_INVALID, "output %zu is %s instead of %s", output,
                         davy_tensor_text(got, a), davy_tensor_text(want, b));
    for (int64_t i = 0; !random && i < davy_tensor_count(want); i++)
        if (!equal_element(got, want, i)) {
            if (want->type == DAVY_TYPE_TEXT)
                return davy_fail(DAVY_ERR_INVALID, "output %zu: text %lld differs", output,
                                 (long long) i);
            return davy_fail(DAVY_ERR_INVALID, "output %zu: element %lld is %g instead of %g",
                             output, (long long) i, number(got, i), number(want, i));
        }
    return DAVY_OK;
}

/* ------------------------------------------------------------------------------------ one case */

static davy_status load(const char *folder, const char *what, size_t i, davy_arena *arena,
                        davy_tensor *out, int *there)
{
    char path[PATH_MAX];
    const char *name;

    put_text(path, sizeof path, "%s/%s_%zu.pb", folder, what, i);
    *there = access(path, R_OK) == 0;
    return *there ? davy_tensor_load(path, arena, out, &name) : DAVY_OK;
}

static davy_status load_inputs(const char *folder, davy_arena *arena, const davy_graph *graph,
                               davy_tensor *inputs)
{
    for (size_t i = 0; i < graph->input_count; i++) {
        int there;
        davy_status status = load(folder, "input", i, arena, &inputs[i], &there);

        if (status != DAVY_OK || !there)
            return there ? status : davy_fail(DAVY_ERR_NOT_FOUND, "there is no input %zu", i);
        davy_tensor_adopt(&graph->values[graph->inputs[i]].tensor, &inputs[i]);
    }
    return DAVY_OK;
}

static davy_status run_data(const char *folder, const davy_graph *graph, davy_session *session,
                            davy_arena *arena)
{
    davy_tensor inputs[FILES_MAX] = {{.type = DAVY_TYPE_NONE}};
    davy_tensor outputs[FILES_MAX] = {{.type = DAVY_TYPE_NONE}};
    davy_status status;

    if (graph->input_count > FILES_MAX || graph->output_count > FILES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %d inputs or outputs", FILES_MAX);
    status = load_inputs(folder, arena, graph, inputs);
    if (status == DAVY_OK)
        status = davy_session_run(session, inputs, outputs);
    for (size_t i = 0; i < graph->output_count && status == DAVY_OK; i++) {
        davy_tensor want;
        int there;

        status = load(folder, "output", i, arena, &want, &there);
        if (status != DAVY_OK || !there)
            continue;
        davy_tensor_adopt(&outputs[i], &want);
        status = compare(i, &outputs[i], &want, strstr(folder, "/test_bernoulli") != NULL);
    }
    return status;
}

static davy_status run_all_data(const char *folder, const davy_graph *graph, davy_session *session)
{
    davy_arena arena = {0};
    davy_status status = DAVY_OK;
    size_t i = 0;

    for (; status == DAVY_OK; i++) {
        char path[PATH_MAX];

        put_text(path, sizeof path, "%s/test_data_set_%zu", folder, i);
        if (access(path, R_OK) != 0)
            break;
        status = run_data(path, graph, session, &arena);
    }
    davy_arena_clear(&arena);
    return i ? status : davy_fail(DAVY_ERR_NOT_FOUND, "no data");
}

static davy_status run_model(const char *folder)
{
    char path[PATH_MAX];
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status;

    put_text(path, sizeof path, "%s/model.onnx", folder);
    status = davy_onnx_load(path, 0, &graph);
    if (status == DAVY_OK)
        status = davy_network_create(graph, NULL, &network);
    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    if (status == DAVY_OK)
        status = run_all_data(folder, davy_network_graph(network), session);
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

static void run_here(const char *folder, onnx_case *out)
{
    const davy_status status = run_model(folder);
    const char *words = davy_error();
    const char *after = strstr(words, "model.onnx: ");

    out->outcome = status == DAVY_OK                ? ONNX_PASS
                   : status == DAVY_ERR_UNSUPPORTED ? ONNX_UNSUPPORTED
                                                    : ONNX_FAIL;
    if (status != DAVY_OK)
        put_text(out->reason, sizeof out->reason, "%s",
                 after ? after + strlen("model.onnx: ") : words);
}

/* A crash is an outcome, so every case has a process. */
static void run_case(const char *folder, onnx_case *out)
{
    onnx_case told;
    int pipes[2], state = 0;
    pid_t child;

    out->outcome = ONNX_CRASH;
    if (pipe(pipes) != 0)
        return;
    (void) fflush(NULL);
    child = fork();
    if (child == 0) {
        run_here(folder, out);
        _exit(write(pipes[1], out, sizeof *out) == sizeof *out ? 0 : 1);
    }
    (void) close(pipes[1]);
    if (child > 0 && read(pipes[0], &told, sizeof told) == sizeof told)
        *out = told;
    (void) close(pipes[0]);
    if (child > 0 && waitpid(child, &state, 0) == child && state != 0) {
        out->outcome = ONNX_CRASH;
        put_text(out->reason, sizeof out->reason, "ended with state %d", state);
    }
}

/* ------------------------------------------------------------------------------------ all cases */

static void add_case(onnx_suite *suite, const char *set, const char *name)
{
    onnx_case *moved = realloc(suite->cases, (suite->count + 1) * sizeof *moved);
    onnx_case *one;

    if (!moved)
        return;
    suite->cases = moved;
    one = &moved[suite->count++];
    memset(one, 0, sizeof *one);
    put_text(one->set, sizeof one->set, "%s", set);
    put_text(one->name, sizeof one->name, "%s", name);
}

static int by_name(const void *a, const void *b)
{
    const onnx_case *x = a, *y = b;
    const int sets_order = strcmp(x->set, y->set);

    return sets_order ? sets_order : strcmp(x->name, y->name);
}

static void list_set(const char *set, const char *filter, onnx_suite *out)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *folder;

    put_text(path, sizeof path, "%s/%s", root(), set);
    folder = opendir(path);
    while (folder && (entry = readdir(folder))) {
        char full[PATH_MAX + NAME_MAX];

        put_text(full, sizeof full, "%s/%s", set, entry->d_name);
        if (strncmp(entry->d_name, "test_", 5) == 0 && strstr(full, filter))
            add_case(out, set, entry->d_name);
    }
    if (folder)
        (void) closedir(folder);
}

void onnx_suite_run(const char *filter, onnx_suite *out)
{
    *out = (onnx_suite){.cases = NULL};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        list_set(sets[i], filter, out);
    if (out->count)
        qsort(out->cases, out->count, sizeof *out->cases, by_name);
    for (size_t i = 0; i < out->count; i++) {
        char path[PATH_MAX];

        put_text(path, sizeof path, "%s/%s/%s", root(), out->cases[i].set, out->cases[i].name);
        run_case(path, &out->cases[i]);
    }
}

void onnx_suite_clear(onnx_suite *suite)
{
    free(suite->cases);
    *suite = (onnx_suite){.cases = NULL};
}
