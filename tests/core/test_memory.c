/* SPDX-License-Identifier: Apache-2.0 */
#include "core/memory.h"

#include "../testing.h"

#include "core/file.h"

#include <stdlib.h>
#include <unistd.h>

static char root[] = "/tmp/davy-test-memory-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];

    (void) snprintf(path, sizeof path, "%s/%s", root, name);
    assert_ok(davy_file_replace(path, text, strlen(text), 0600));
}

static void make(const char *name)
{
    char path[256];

    (void) snprintf(path, sizeof path, "%s/%s", root, name);
    assert_ok(davy_folder_make(path, 0700));
}

/* Files as admin-guide/cgroup-v2.rst describes them. */
static void the_narrowest_of_nested_groups_counts(void **state)
{
    (void) state;
    make("system.slice/davy.service");
    put("system.slice/memory.max", "5000000\n");
    put("system.slice/memory.stat", "anon 1000000\nfile 3000000\nkernel 4096\n");
    put("system.slice/davy.service/memory.max", "max\n");
    put("system.slice/davy.service/memory.stat", "anon 700000\nfile 100\n");
    assert_int_equal(davy_memory_in_group(root, "/system.slice/davy.service"), 4000000);
    put("system.slice/davy.service/memory.max", "900000\n");
    assert_int_equal(davy_memory_in_group(root, "/system.slice/davy.service"), 200000);
    put("system.slice/davy.service/memory.max", "600000\n");
    assert_int_equal(davy_memory_in_group(root, "/system.slice/davy.service"), 0);
}

/* In a container the group of the process is the root of what it sees. */
static void the_root_of_a_container_counts(void **state)
{
    (void) state;
    assert_true(davy_memory_in_group(root, "/") == UINT64_MAX);
    put("memory.max", "3000\n");
    assert_int_equal(davy_memory_in_group(root, "/"), 3000);
    assert_int_equal(davy_memory_in_group(root, ""), 3000);
    assert_true(davy_memory_in_group("/nonexistent", "/a/b") == UINT64_MAX);
}

static void more_memory_than_there_is_is_a_sentence(void **state)
{
    (void) state;
    assert_true(davy_memory_available() > 0);
    assert_ok(davy_memory_check(1));
    assert_fails(davy_memory_check((uint64_t) 1 << 60), DAVY_ERR_FULL,
                 "1.15e+09 GB of memory are needed");
}

static int make_root(void **state)
{
    (void) state;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[64];

    (void) state;
    (void) snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command); // NOLINT(cert-env33-c, concurrency-mt-unsafe)
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_narrowest_of_nested_groups_counts),
        cmocka_unit_test(the_root_of_a_container_counts),
        cmocka_unit_test(more_memory_than_there_is_is_a_sentence),
    };

    return cmocka_run_group_tests_name("memory", tests, make_root, remove_root);
}
