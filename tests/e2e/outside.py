# SPDX-License-Identifier: Apache-2.0
"""Faults from outside for the end-to-end tests: a small disk, a sync that fails, a wall clock that steps."""
import ctypes
import os
import shutil
import subprocess

from harness import Skip


class SmallDisk:
    """A tmpfs of its own, taken away in the end."""

    def __init__(self, folder, size):
        self.path = os.path.join(folder, "disk")
        os.mkdir(self.path)
        self.libc = ctypes.CDLL(None, use_errno=True)
        if self.libc.mount(b"tmpfs", self.path.encode(), b"tmpfs", 0, f"size={size}".encode()) != 0:
            raise Skip("mounting a tmpfs is not allowed here: " + os.strerror(ctypes.get_errno()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.libc.umount2(self.path.encode(), 2)  # MNT_DETACH

    def fill(self):
        with open(os.path.join(self.path, "ballast"), "ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass

    def make_room(self):
        os.remove(os.path.join(self.path, "ballast"))


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* fsync fails while the file $FAIL_SYNC exists. */
static int fails(void)
{
    const char *path = getenv("FAIL_SYNC");
    return path && access(path, F_OK) == 0;
}

int fsync(int file)
{
    if (fails()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file)
{
    if (fails()) { errno = EIO; return -1; }
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(file);
}

/* The wall clock is off by as many seconds as the file $CLOCK_STEP is long, less $CLOCK_BASE. */
#include <sys/stat.h>
int clock_gettime(clockid_t id, struct timespec *now)
{
    int status = ((int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime"))(id, now);
    const char *path = getenv("CLOCK_STEP"), *base = getenv("CLOCK_BASE");
    struct stat file;

    if (status == 0 && id == CLOCK_REALTIME && path && stat(path, &file) == 0)
        now->tv_sec += (time_t) file.st_size - (base ? atol(base) : 0);
    return status;
}
"""


def has_sanitizer(davy):
    with open(davy, "rb") as file:
        content = file.read()
    return b"__asan_init" in content or b"__tsan_init" in content


def shim(folder, davy):
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if not compiler:
        raise Skip("no C compiler to build the shim")
    if has_sanitizer(davy):
        raise Skip("a sanitizer wants to be the first library")
    source = os.path.join(folder, "shim.c")
    library = os.path.join(folder, "shim.so")
    with open(source, "w", encoding="utf-8") as file:
        file.write(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


class Environment:
    """Variables that the daemons started inside get."""

    def __init__(self, **variables):
        self.variables = variables

    def __enter__(self):
        os.environ.update(self.variables)
        return self

    def __exit__(self, *_):
        for name in self.variables:
            os.environ.pop(name, None)


class WallClock(Environment):
    """Daemons that are started inside have a wall clock that set_step() puts forward or back."""

    BASE = 4000000000

    def __init__(self, folder, davy):
        self.file = os.path.join(folder, "step")
        super().__init__(LD_PRELOAD=shim(folder, davy), CLOCK_STEP=self.file, CLOCK_BASE=str(self.BASE))
        self.set_step(0)

    def set_step(self, seconds):
        with open(self.file + ".new", "wb") as file:
            file.truncate(self.BASE + int(seconds))  # a sparse file: its length is the message
        os.rename(self.file + ".new", self.file)
