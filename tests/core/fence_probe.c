/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A program that tries one thing, named by its first argument, on what the second names. Its exit
 * code is the error, 0 when it was done. What it would do outside a fence is harmless: numbers that
 * are not there, files that the test has made.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNKNOWN 255

static int outcome(long answer)
{
    return answer < 0 ? errno : 0;
}

static int open_with(const char *path, int flags)
{
    return outcome(open(path, flags | O_CLOEXEC, 0600));
}

static int reads(const char *path)
{
    return open_with(path, O_RDONLY);
}

static int writes(const char *path)
{
    return open_with(path, O_WRONLY);
}

static int creates(const char *path)
{
    return open_with(path, O_WRONLY | O_CREAT);
}

static int empties(const char *path)
{
    return open_with(path, O_RDONLY | O_TRUNC);
}

static int truncates(const char *path)
{
    return outcome(truncate(path, 0));
}

static int removes(const char *path)
{
    return outcome(unlink(path));
}

static int changes_mode(const char *path)
{
    return outcome(chmod(path, 0777));
}

static int lists(const char *path)
{
    return open_with(path, O_RDONLY | O_DIRECTORY);
}

static int runs(const char *path)
{
    char nothing[] = "nothing";
    char *const arguments[] = {(char *) path, nothing, NULL};
    char *const environment[] = {NULL};

    return outcome(execve(path, arguments, environment));
}

static int opens_socket(int family, int type)
{
    return outcome(socket(family, type, 0));
}

static int asks_tcp(const char *path)
{
    (void) path;
    return opens_socket(AF_INET, SOCK_STREAM);
}

static int asks_udp6(const char *path)
{
    (void) path;
    return opens_socket(AF_INET6, SOCK_DGRAM);
}

static int asks_unix(const char *path)
{
    (void) path;
    return opens_socket(AF_UNIX, SOCK_STREAM);
}

static int asks_packets(const char *path)
{
    (void) path;
    return opens_socket(AF_PACKET, SOCK_RAW);
}

static int asks_netlink(const char *path)
{
    (void) path;
    return opens_socket(AF_NETLINK, SOCK_RAW);
}

static int pairs(const char *path)
{
    int ends[2];

    (void) path;
    return outcome(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

static int traces(const char *path)
{
    (void) path;
    return outcome(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int looks_into(const char *path)
{
    char byte;
    const struct iovec here = {&byte, 1}, there = {&byte, 1};

    (void) path;
    return outcome(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

/* Signal 0 only asks whether it may. */
static int signals(const char *path)
{
    (void) path;
    return outcome(kill(getppid(), 0));
}

static int signals_itself(const char *path)
{
    (void) path;
    return outcome(kill(getpid(), 0));
}

static int limits_parent(const char *path)
{
    struct rlimit64 now;

    (void) path;
    return outcome(syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, &now));
}

static int slows_parent(const char *path)
{
    (void) path;
    return outcome(setpriority(PRIO_PROCESS, (id_t) getppid(), 19));
}

static int leaves_its_group(const char *path)
{
    (void) path;
    return outcome(setsid());
}

static int mounts(const char *path)
{
    return outcome(mount("none", path, "tmpfs", 0, NULL));
}

static int unshares(const char *path)
{
    (void) path;
    return outcome(unshare(CLONE_NEWUSER));
}

static int clones(const char *path)
{
    const long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

    (void) path;
    if (pid == 0)
        _exit(0);
    return outcome(pid);
}

static int asks_bpf(const char *path)
{
    (void) path;
    return outcome(syscall(SYS_bpf, 0, NULL, 0));
}

static int asks_keys(const char *path)
{
    (void) path;
    return outcome(syscall(SYS_keyctl, 0, -3, 0, 0, 0));
}

static int loads_module(const char *path)
{
    (void) path;
    return outcome(syscall(SYS_init_module, NULL, 0, ""));
}

static int faults(const char *path)
{
    (void) path;
    return outcome(syscall(SYS_userfaultfd, 1)); /* UFFD_USER_MODE_ONLY */
}

static int rings(const char *path)
{
    char parameters[256] = {0};

    (void) path;
    return outcome(syscall(SYS_io_uring_setup, 1, parameters));
}

static int sets_clock(const char *path)
{
    (void) path;
    return outcome(syscall(SYS_clock_settime, CLOCK_REALTIME, NULL));
}

static int is_another(const char *path)
{
    (void) path;
    return outcome(personality(ADDR_NO_RANDOMIZE));
}

static int takes_memory(const char *path)
{
    (void) path;
    return mmap(NULL, (size_t) 2 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? errno
               : 0;
}

static int opens_many(const char *path)
{
    int file = 0;

    (void) path;
    while (file >= 0 && file < 1000)
        file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return outcome(file);
}

/* Descriptors of the parent that are still open. */
static int has_inherited(const char *path)
{
    int count = 0;

    (void) path;
    for (int i = STDERR_FILENO + 1; i < 1000; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

static int has_environment(const char *path)
{
    (void) path;
    return environ && environ[0];
}

static int forks(const char *path)
{
    const pid_t pid = fork();
    int how = 0;

    (void) path;
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : outcome(waitpid(pid, &how, 0));
}

static int complains(const char *path)
{
    (void) fprintf(stderr, "first\n%s\n", path);
    return 3;
}

static int spins(const char *path)
{
    (void) path;
    for (volatile unsigned i = 1;; i = i + 2)
        if (i == 0) /* never: it is odd */
            return 0;
}

/* Leaves a process behind that writes into the path when it is not killed. */
static int leaves_one_behind(const char *path)
{
    if (fork() == 0) {
        (void) signal(SIGHUP, SIG_IGN);
        usleep(700000);
        _exit(creates(path));
    }
    return 0;
}

/* Reads what it is given and keeps it in the path. */
static int keeps_input(const char *path)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char bytes[4096];
    ssize_t count;

    while (file >= 0 && (count = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
        if (write(file, bytes, (size_t) count) != count)
            return errno;
    return outcome(file);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*tries)(const char *path);
    } deeds[] = {
        {"read", reads},
        {"write", writes},
        {"create", creates},
        {"empty", empties},
        {"truncate", truncates},
        {"remove", removes},
        {"chmod", changes_mode},
        {"list", lists},
        {"run", runs},
        {"tcp", asks_tcp},
        {"udp6", asks_udp6},
        {"unix", asks_unix},
        {"packet", asks_packets},
        {"netlink", asks_netlink},
        {"pair", pairs},
        {"ptrace", traces},
        {"look", looks_into},
        {"signal", signals},
        {"signal-itself", signals_itself},
        {"limit", limits_parent},
        {"slow", slows_parent},
        {"leave", leaves_its_group},
        {"mount", mounts},
        {"unshare", unshares},
        {"clone", clones},
        {"bpf", asks_bpf},
        {"keys", asks_keys},
        {"module", loads_module},
        {"faults", faults},
        {"ring", rings},
        {"clock", sets_clock},
        {"personality", is_another},
        {"memory", takes_memory},
        {"files", opens_many},
        {"inherited", has_inherited},
        {"environment", has_environment},
        {"fork", forks},
        {"complain", complains},
        {"spin", spins},
        {"behind", leaves_one_behind},
        {"keep", keeps_input},
        {"nothing", NULL},
    };

    for (size_t i = 0; argc > 1 && i < sizeof deeds / sizeof deeds[0]; i++)
        if (strcmp(deeds[i].name, argv[1]) == 0)
            return deeds[i].tries ? deeds[i].tries(argc > 2 ? argv[2] : "/") : 0;
    return UNKNOWN;
}
