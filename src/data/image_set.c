/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_set.h"

#include "core/buffer.h"
#include "core/file.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A place in the cache: taken by whoever fills it first, then read by all. */
enum { SLOT_EMPTY, SLOT_BUSY, SLOT_FULL };

struct davy_image_set {
    davy_image_folder *folder;
    davy_image_set_options options;
    size_t bytes;         /* of one picture */
    size_t slot_count;    /* items 0 .. slot_count-1 have a place in the cache */
    uint8_t *cache;       /* [slot_count][bytes] */
    atomic_uchar *states; /* [slot_count] */
};

davy_status davy_image_set_create(davy_image_folder *folder, const davy_image_set_options *options,
                                  davy_image_set **out)
{
    const size_t most = options->cache_max > 0 ? options->cache_max : DAVY_IMAGE_CACHE_MAX;
    davy_image_set *set;
    davy_status status = davy_image_check(options->width, options->height, 0);

    if (status != DAVY_OK)
        return status;
    set = calloc(1, sizeof *set);
    if (!set)
        return davy_fail(DAVY_ERR_NOMEM, "pictures of '%s'", folder->path);
    set->folder = folder;
    set->options = *options;
    set->bytes = (size_t) options->width * options->height * 3;
    set->slot_count =
        most / set->bytes < folder->item_count ? most / set->bytes : folder->item_count;
    set->cache = malloc(set->slot_count * set->bytes + 1); /* touched as it is filled */
    set->states = calloc(set->slot_count + 1, sizeof *set->states);
    if (!set->cache || !set->states) {
        status = davy_fail(DAVY_ERR_NOMEM, "%zu pictures of '%s' at %u x %u pixels",
                           set->slot_count, folder->path, options->width, options->height);
        davy_image_set_destroy(set);
        return status;
    }
    *out = set;
    return DAVY_OK;
}

void davy_image_set_destroy(davy_image_set *set)
{
    if (!set)
        return;
    free(set->cache);
    free(set->states);
    free(set);
}

size_t davy_image_set_bytes(const davy_image_set *set)
{
    return set->bytes;
}

/* A picture as it was read, with what its file holds beside it. */
typedef struct read_picture {
    davy_image image;
    davy_image_facts facts;
    uint64_t content;
} read_picture;

static davy_status check_stated_size(const davy_image_file *file, const davy_image_facts *facts)
{
    if (file->width == 0 || file->height == 0 ||
        (file->width == facts->width && file->height == facts->height))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "it is %u x %u pixels and its boxes are stated for %u x %u: are they of "
                     "another version of the picture?",
                     facts->width, facts->height, file->width, file->height);
}

/* Boxes count in pixels of the whole picture, so only pictures without boxes are read smaller. */
static davy_status read_picture_of(const davy_image_set *set, const davy_image_file *file,
                                   read_picture *out)
{
    const davy_image_options options = {
        .enough_width = set->folder->boxes ? 0 : set->options.width,
        .enough_height = set->folder->boxes ? 0 : set->options.height,
    };
    davy_buffer bytes = {0};
    davy_status status = davy_file_read(file->path, DAVY_IMAGE_BYTES_MAX, &bytes);

    if (status == DAVY_OK) {
        out->content = davy_checksum(bytes.bytes, bytes.length);
        status = davy_image_decode(bytes.bytes, bytes.length, &options, &out->image, &out->facts);
        if (status == DAVY_OK)
            status = check_stated_size(file, &out->facts);
        if (status != DAVY_OK)
            davy_fail_in(status, "picture '%s'", file->path);
    }
    davy_buffer_clear(&bytes);
    return status;
}

/* The pixels from `at - before` to `at + length + before` that exist. */
static void widen(uint32_t *at, uint32_t *length, uint32_t before, uint32_t side)
{
    const uint64_t end = (uint64_t) *at + *length + before;

    *at = *at > before ? *at - before : 0;
    *length = (uint32_t) (end < side ? end : side) - *at;
}

/* A box with its margin, as far as it lies in the picture. */
static davy_status box_of(const davy_image_set *set, const davy_image_item *item,
                          const davy_image *image, davy_box *box)
{
    *box = item->box;
    if (box->width == 0) {
        *box = (davy_box){0, 0, image->width, image->height};
        return DAVY_OK;
    }
    if (box->x >= image->width || box->y >= image->height)
        return davy_fail(
            DAVY_ERR_INVALID, "picture '%s' is %u x %u pixels and a box of it begins at (%u, %u)",
            set->folder->files[item->file].path, image->width, image->height, box->x, box->y);
    widen(&box->x, &box->width, (uint32_t) lrintf(set->options.box_margin * (float) box->width),
          image->width);
    widen(&box->y, &box->height, (uint32_t) lrintf(set->options.box_margin * (float) box->height),
          image->height);
    return DAVY_OK;
}

static davy_status render(const davy_image_set *set, const davy_image_item *item,
                          const davy_image *image, uint8_t *pixels)
{
    davy_image fitted = {0};
    davy_box box;
    davy_status status = box_of(set, item, image, &box);

    if (status == DAVY_OK)
        status = davy_image_fit(image, &box, set->options.fit, set->options.resize,
                                set->options.width, set->options.height, &fitted, NULL);
    if (status == DAVY_OK)
        memcpy(pixels, fitted.pixels, set->bytes);
    davy_image_clear(&fitted);
    return status;
}

/* Keep a picture if it has a place that is free. */
static void keep(davy_image_set *set, size_t item, const uint8_t *pixels)
{
    unsigned char empty = SLOT_EMPTY;

    if (item >= set->slot_count ||
        !atomic_compare_exchange_strong(&set->states[item], &empty, SLOT_BUSY))
        return;
    memcpy(set->cache + item * set->bytes, pixels, set->bytes);
    atomic_store_explicit(&set->states[item], SLOT_FULL, memory_order_release);
}

davy_status davy_image_set_read(davy_image_set *set, size_t item, uint8_t *pixels)
{
    const davy_image_item *wanted = &set->folder->items[item];
    read_picture picture = {0};
    davy_status status;

    if (item < set->slot_count &&
        atomic_load_explicit(&set->states[item], memory_order_acquire) == SLOT_FULL) {
        memcpy(pixels, set->cache + item * set->bytes, set->bytes);
        return DAVY_OK;
    }
    status = read_picture_of(set, &set->folder->files[wanted->file], &picture);
    if (status == DAVY_OK)
        status = render(set, wanted, &picture.image, pixels);
    if (status == DAVY_OK)
        keep(set, item, pixels);
    davy_image_clear(&picture.image);
    return status;
}

/* A load: threads take one file after the other. */
typedef struct image_load {
    davy_image_set *set;
    atomic_size_t next, done;
    atomic_int failure; /* davy_status of what ends the load: no memory, or progress() wanted it */
    pthread_mutex_t mutex;
    davy_image_report *report; /* under the mutex */
} image_load;

static void count_facts(image_load *load, const davy_image_facts *facts)
{
    (void) pthread_mutex_lock(&load->mutex);
    load->report->animated += facts->animated;
    load->report->transparent += facts->transparent;
    load->report->turned += facts->orientation > 1;
    load->report->warned += facts->warnings > 0;
    (void) pthread_mutex_unlock(&load->mutex);
}

static davy_status load_items(image_load *load, const davy_image_file *file,
                              const davy_image *image, uint8_t *pixels)
{
    davy_image_set *set = load->set;
    davy_status status = DAVY_OK;

    for (size_t i = file->first; status == DAVY_OK && i < (size_t) file->first + file->count; i++) {
        status = render(set, &set->folder->items[i], image, pixels);
        if (status == DAVY_OK)
            keep(set, i, pixels);
    }
    return status;
}

/* One file with all its items. Whatever is wrong with it stays with it. */
static void load_file(image_load *load, davy_image_file *file, uint8_t *pixels)
{
    read_picture picture = {0};
    davy_status status = read_picture_of(load->set, file, &picture);

    if (status == DAVY_OK)
        status = davy_image_look(&picture.image, &file->look);
    if (status == DAVY_OK)
        status = load_items(load, file, &picture.image, pixels);
    if (status == DAVY_OK)
        count_facts(load, &picture.facts);
    else
        file->problem = strdup(davy_error());
    file->content = picture.content;
    if (status == DAVY_ERR_NOMEM || (status != DAVY_OK && !file->problem))
        atomic_store(&load->failure, DAVY_ERR_NOMEM);
    davy_image_clear(&picture.image);
}

/* @param tells  this thread is the one to call progress() */
static void load_files(image_load *load, bool tells)
{
    const davy_image_set_options *options = &load->set->options;
    davy_image_folder *folder = load->set->folder;
    uint8_t *pixels = malloc(load->set->bytes);
    size_t file;

    if (!pixels)
        atomic_store(&load->failure, DAVY_ERR_NOMEM);
    while (atomic_load(&load->failure) == DAVY_OK &&
           (file = atomic_fetch_add(&load->next, 1)) < folder->file_count) {
        load_file(load, &folder->files[file], pixels);
        atomic_fetch_add(&load->done, 1);
        if (tells && options->progress &&
            !options->progress(options->context, atomic_load(&load->done), folder->file_count))
            atomic_store(&load->failure, DAVY_ERR_TIMEOUT);
    }
    free(pixels);
}

static void *load_on_thread(void *context)
{
    load_files(context, false);
    return NULL;
}

static size_t count_threads(const davy_image_set *set)
{
    size_t threads = set->options.threads;
    cpu_set_t cpus;

    if (threads == 0)
        threads = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (size_t) CPU_COUNT(&cpus) : 1;
    return threads < DAVY_IMAGE_THREADS_MAX ? threads : DAVY_IMAGE_THREADS_MAX;
}

/* A thread that cannot be started leaves its work to the others. */
static void run_load(image_load *load)
{
    pthread_t threads[DAVY_IMAGE_THREADS_MAX];
    const size_t wanted = count_threads(load->set) - 1;
    size_t started = 0;

    while (started < wanted && pthread_create(&threads[started], NULL, load_on_thread, load) == 0)
        started++;
    load_files(load, true);
    for (size_t i = 0; i < started; i++)
        (void) pthread_join(threads[i], NULL);
}

static davy_status judge(image_load *load)
{
    const davy_image_folder *folder = load->set->folder;
    const float damaged_max = load->set->options.damaged_max;
    const float most = damaged_max > 0 ? damaged_max : DAVY_IMAGE_DAMAGED_MAX;
    const char *first = NULL;

    for (size_t i = 0; i < folder->file_count; i++)
        if (folder->files[i].problem) {
            first = first ? first : folder->files[i].problem;
            load->report->damaged++;
        }
    load->report->files = folder->file_count;
    if (atomic_load(&load->failure) == DAVY_ERR_TIMEOUT)
        return davy_fail(DAVY_ERR_TIMEOUT, "reading the pictures of '%s' was interrupted",
                         folder->path);
    if (atomic_load(&load->failure) != DAVY_OK)
        return davy_fail(DAVY_ERR_NOMEM, "pictures of '%s'", folder->path);
    if ((float) load->report->damaged > most * (float) folder->file_count)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "%zu of %zu pictures in '%s' cannot be read; the first: %s",
                         load->report->damaged, folder->file_count, folder->path, first);
    return DAVY_OK;
}

/* A load anew forgets the problems of the last one. */
static void forget_problems(davy_image_folder *folder)
{
    for (size_t i = 0; i < folder->file_count; i++) {
        free(folder->files[i].problem);
        folder->files[i].problem = NULL;
    }
}

davy_status davy_image_set_load(davy_image_set *set, davy_image_report *report)
{
    image_load load = {.set = set, .mutex = PTHREAD_MUTEX_INITIALIZER, .report = report};
    davy_status status;

    *report = (davy_image_report){0};
    forget_problems(set->folder);
    run_load(&load);
    status = judge(&load);
    if (status == DAVY_OK)
        status = davy_image_join_alike(set->folder, &report->alike);
    if (status == DAVY_OK)
        status = davy_image_stop_leaks(set->folder, &report->leaked);
    return status;
}
