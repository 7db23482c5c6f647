/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory that runs out at every allocation in turn: the answer is DAVY_ERR_NOMEM, nothing leaks
 * (the sanitizers look), and when it suffices the answer is the right one. The linker's --wrap puts
 * these functions before the C library's for davy's own code.
 */
#include "site_testing.h"

#include <stdlib.h>

static long left = -1; /* allocations that still succeed; below 0 all do */

static bool runs_out(void)
{
    if (left < 0)
        return false;
    return left == 0 || left-- == 0;
}

/* The names are the linker's: __wrap_X stands for X, __real_X for the C library's X. */
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return runs_out() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return runs_out() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
    return runs_out() ? NULL : __real_strdup(text);
}

/* Parse with memory for 0, 1, 2, ... allocations until it suffices. @return how many it took */
static long parse_with_ever_more(const char *text, davy_status expected)
{
    for (long allocations = 0; allocations < 10000; allocations++) {
        davy_site_faults faults = {0};
        davy_site *site = NULL;
        davy_status status;

        left = allocations;
        status = davy_site_parse("site.yaml", text, strlen(text), &faults, &site);
        left = -1;
        davy_site_faults_clear(&faults);
        davy_site_destroy(site);
        if (status == expected)
            return allocations;
        assert_int_equal(status, DAVY_ERR_NOMEM);
        assert_null(site);
    }
    return -1;
}

static void a_good_file_needs_its_memory(void **state)
{
    static const char text[] =
        "site: {name: a}\n"
        "sources: [{name: b, kind: mqtt, address: \"mqtt://h:1\"}]\n"
        "assets: [{name: T, signals: [{name: s, from: {source: b, topic: t}}]},\n"
        "  {name: P, downstream: [T]}]\n"
        "positions: [{name: o, assets: [T]}]\n"
        "detectors: [{name: d, model: m, signals: [\"**\"]}]\n"
        "receivers: [{name: r, kind: smtp, address: \"smtp://h:1\", sender: a@b, recipients: "
        "[c@d]}]\n"
        "routes: [{to: [r], positions: [o], schedule: \"Mon 08:00-09:00\"}]\n"
        "heartbeat: {to: [r], every: 1min}\n";

    (void) state;
    assert_in_range(parse_with_ever_more(text, DAVY_OK), 5, 1000);
}

static void telling_faults_needs_memory_too(void **state)
{
    static const char text[] = "site: {name: a}\n"
                               "sources: [{name: b, kind: mqtt, topics: [t, 5, *x]}]\n"
                               "assets: [{name: T, signals: [{nme: s, from: x}]}]\n"
                               "detectors: [{name: d, model: m, signals: [\"**\", x]}]\n";

    (void) state;
    assert_in_range(parse_with_ever_more(text, DAVY_ERR_INVALID), 15, 1000);
    assert_in_range(parse_with_ever_more("a: [", DAVY_ERR_INVALID), 4, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_needs_its_memory),
        cmocka_unit_test(telling_faults_needs_memory_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
