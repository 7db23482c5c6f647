/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fence_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock: what is not named here cannot be opened. */

/* Newer than the headers of Debian 12; the kernel looks at as many bytes as it is told. */
#define FS_TRUNCATE         (1ULL << 14) /* version 3 */
#define FS_IOCTL_DEV        (1ULL << 15) /* version 5 */
#define NET_TCP             3ULL         /* version 4: to bind, to connect */
#define SCOPE_ABSTRACT_UNIX 1ULL         /* version 6 */
#define SCOPE_SIGNAL        2ULL

#define VERSION_NET 4

struct ruleset {
    uint64_t files, net, scoped;
};

#define READ   (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN    (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define DEVICE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define CHANGE                                                                \
    (~(uint64_t) (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
                  LANDLOCK_ACCESS_FS_MAKE_BLOCK)) /* what it writes it does not run */

/* Rights that a file can have which is no folder. */
#define OF_A_FILE                                                                                \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
     FS_TRUNCATE | FS_IOCTL_DEV)

/* Of /etc only what libraries ask for: the rest may hold secrets, davy's own among them. Without
 * /proc: it shows the daemon. */
static const struct {
    const char *path;
    uint64_t rights;
} usual[] = {
    {"/usr", RUN},
    {"/bin", RUN},
    {"/sbin", RUN},
    {"/lib", RUN},
    {"/lib64", RUN},
    {"/opt", RUN},
    {"/etc/alternatives", READ},
    {"/etc/ca-certificates.conf", READ},
    {"/etc/gai.conf", READ},
    {"/etc/group", READ},
    {"/etc/host.conf", READ},
    {"/etc/hosts", READ},
    {"/etc/ld.so.cache", READ},
    {"/etc/localtime", READ},
    {"/etc/nsswitch.conf", READ},
    {"/etc/passwd", READ},
    {"/etc/protocols", READ},
    {"/etc/resolv.conf", READ},
    {"/etc/services", READ},
    {"/etc/ssl/certs", READ},
    {"/etc/ssl/openssl.cnf", READ},
    {"/etc/timezone", READ},
    {"/dev/full", DEVICE},
    {"/dev/null", DEVICE},
    {"/dev/random", DEVICE},
    {"/dev/urandom", DEVICE},
    {"/dev/zero", DEVICE},
};

int davy_fence_landlock(void)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? (int) version : 0;
}

/* All rights to files that a version knows: those it does not know cannot be asked for. */
static uint64_t rights_of(int version)
{
    static const unsigned counts[] = {0, 13, 14, 15, 15, 16};
    const int last = (int) DAVY_ARRAY_LENGTH(counts) - 1;

    return (1ULL << counts[version < last ? version : last]) - 1;
}

static davy_status allow(int ruleset, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    davy_status status = DAVY_OK;
    struct stat found;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return DAVY_OK; /* what is not there cannot be opened either */
    if (fstat(rule.parent_fd, &found) == 0 && !S_ISDIR(found.st_mode))
        rule.allowed_access &= OF_A_FILE;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot give a program '%s'", path);
    close(rule.parent_fd);
    return status;
}

static davy_status allow_all(const davy_fence_gates *gates, int ruleset, uint64_t known)
{
    davy_status status = allow(ruleset, gates->program, RUN & known);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(usual) && status == DAVY_OK; i++)
        status = allow(ruleset, usual[i].path, usual[i].rights & known);
    for (size_t i = 0; i < gates->path_count && status == DAVY_OK; i++)
        status = allow(ruleset, gates->paths[i], CHANGE & known);
    return status;
}

davy_status davy_fence_files(const davy_fence_gates *gates, int *ruleset)
{
    const int version = davy_fence_landlock();
    struct ruleset all = {.files = rights_of(version)};
    davy_status status;
    int made;

    if (version >= VERSION_NET && !gates->network)
        all.net = NET_TCP;
    if (version >= DAVY_FENCE_LANDLOCK_SIGNALS)
        all.scoped = SCOPE_SIGNAL | (gates->network ? 0 : SCOPE_ABSTRACT_UNIX);
    /* An older kernel takes a longer structure when what it does not know is zero. */
    made = (int) syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (made < 0)
        return davy_fail(DAVY_ERR_IO, "Landlock cannot fence '%s'", gates->program);
    status = allow_all(gates, made, all.files);
    if (status != DAVY_OK) {
        close(made);
        return status;
    }
    *ruleset = made;
    return DAVY_OK;
}
