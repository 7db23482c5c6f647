/* SPDX-License-Identifier: Apache-2.0 */
/* Both give other names, or inline functions, to what is defined here. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "shim_private.h"

#include <errno.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

bool shim_has_malloc(void)
{
    return false;
}

#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);

bool shim_has_malloc(void)
{
    return true;
}

static bool has_room(void)
{
    if (!shim_is_due(SHIM_MALLOC))
        return true;
    errno = ENOMEM;
    return false;
}

void *malloc(size_t size)
{
    return has_room() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    return has_room() ? __libc_calloc(count, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    return has_room() ? __libc_realloc(memory, size) : NULL;
}

#endif
