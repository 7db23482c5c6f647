/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fence.h"

#include "core/fence_private.h"

#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct davy_fence {
    int ruleset;              /* -1: the kernel has no Landlock */
    struct sock_fprog filter; /* no instructions: built without libseccomp */
};

davy_status davy_fence_create(const davy_fence_gates *gates, davy_fence **out)
{
    davy_fence *fence = calloc(1, sizeof *fence);
    davy_status status = DAVY_OK;

    if (!fence)
        return davy_fail(DAVY_ERR_NOMEM, "a fence around '%s'", gates->program);
    fence->ruleset = -1;
    if (davy_fence_landlock() > 0)
        status = davy_fence_files(gates, &fence->ruleset);
    if (status == DAVY_OK)
        status = davy_fence_calls(gates, &fence->filter);
    if (status != DAVY_OK) {
        davy_fence_destroy(fence);
        return status;
    }
    *out = fence;
    return DAVY_OK;
}

void davy_fence_destroy(davy_fence *fence)
{
    if (!fence)
        return;
    if (fence->ruleset >= 0)
        close(fence->ruleset);
    free(fence->filter.filter);
    free(fence);
}

bool davy_fence_enter(const davy_fence *fence)
{
    if (fence->ruleset >= 0 && syscall(SYS_landlock_restrict_self, fence->ruleset, 0) != 0)
        return false;
    return fence->filter.len == 0 ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fence->filter) == 0;
}

const char *davy_fence_lacks(void)
{
    const bool files = davy_fence_landlock() > 0;

#ifdef DAVY_HAVE_SECCOMP
    return files ? NULL
                 : "the kernel has no Landlock (Linux 5.13, lsm=landlock): programs can read and "
                   "write whatever davy can";
#else
    return files ? "built without libseccomp: programs can use the network"
                 : "the kernel has no Landlock and this is built without libseccomp: programs can "
                   "do whatever davy can";
#endif
}
