/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Pictures a second of one core: decoding, resizing, changing by chance; and the public sets read
 * whole, with what a load finds in them. Processor time, medians.
 */
#include "data.h"

#include "data/image_augment.h"
#include "data/image_set.h"
#include "data/image_write.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <jpeglib.h>

enum { ROUNDS = 7, SIDE = 224 };

static double now_s(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static void must(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "%s\n", davy_error());
    exit(EXIT_FAILURE);
}

/* Something with edges and slopes; plain pictures are decoded too fast. */
static davy_image scene(uint32_t width, uint32_t height)
{
    davy_image image = {0};

    must(davy_image_init(&image, width, height));
    for (uint32_t i = 0; i < width * height * 3; i++) {
        const uint32_t x = i / 3 % width, y = i / 3 / width;

        image.pixels[i] = (uint8_t) (x * 200 / width + (x / 13 * 7 ^ y / 11 * 5) % 40 +
                                     i % 3 * (y * 50 / height));
    }
    return image;
}

static size_t encode_jpeg(const davy_image *image, unsigned char **bytes)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned long length = 0;

    *bytes = NULL;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, bytes, &length);
    jpeg.image_width = image->width;
    jpeg.image_height = image->height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 90, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        uint8_t *row = image->pixels + (size_t) jpeg.next_scanline * image->width * 3;

        (void) jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return length;
}

/* One kind of work on one picture. */
typedef struct bench_work {
    const unsigned char *bytes;
    size_t length;
    davy_image_options options;
    const davy_image *image;
    davy_resize method;
    float *numbers; /* [SIDE][SIDE][3] */
    uint32_t sample;
} bench_work;

static void decode(bench_work *work)
{
    davy_image image = {0};

    must(davy_image_decode(work->bytes, work->length, &work->options, &image, NULL));
    davy_image_clear(&image);
}

static void resize(bench_work *work)
{
    davy_image image = {0};

    must(davy_image_resize(work->image, NULL, work->method, SIDE, SIDE, &image));
    davy_image_clear(&image);
}

static void augment(bench_work *work)
{
    const davy_augmentation_key key = {.sample = work->sample++};

    davy_image_augment(&davy_augmentation_photographs, &key, work->image->pixels, SIDE, SIDE,
                       work->numbers);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void measure(const char *name, void (*run)(bench_work *work), bench_work *work, int times)
{
    double seconds[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_s(CLOCK_PROCESS_CPUTIME_ID);

        for (int i = 0; i < times; i++)
            run(work);
        seconds[round] = (now_s(CLOCK_PROCESS_CPUTIME_ID) - start) / times;
    }
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    (void) printf("images: %-34s %8.1f /s\n", name, 1 / seconds[ROUNDS / 2]);
}

static void measure_sizes(uint32_t width, uint32_t height, int times)
{
    davy_image image = scene(width, height);
    davy_buffer png = {0};
    unsigned char *jpeg;
    size_t length = encode_jpeg(&image, &jpeg);
    bench_work work = {.bytes = jpeg, .length = length, .image = &image};
    char name[64];

    must(davy_image_append_png(&image, &png));
    (void) snprintf(name, sizeof name, "%ux%u JPEG", width, height);
    measure(name, decode, &work, times);
    work.options = (davy_image_options){.enough_width = SIDE, .enough_height = SIDE};
    (void) snprintf(name, sizeof name, "%ux%u JPEG, enough for %d", width, height, SIDE);
    measure(name, decode, &work, times);
    work.bytes = (const unsigned char *) png.bytes;
    work.length = png.length;
    (void) snprintf(name, sizeof name, "%ux%u PNG", width, height);
    measure(name, decode, &work, times);
    for (int method = DAVY_RESIZE_BILINEAR; method <= DAVY_RESIZE_AREA; method++) {
        static const char *const words[] = {"bilinear", "linear", "area"};

        work.method = (davy_resize) method;
        (void) snprintf(name, sizeof name, "%ux%u to %d, %s", width, height, SIDE, words[method]);
        measure(name, resize, &work, times);
    }
    davy_buffer_clear(&png);
    free(jpeg);
    davy_image_clear(&image);
}

static void tell(const char *set_name, const davy_image_folder *folder,
                 const davy_image_report *report, double seconds)
{
    const davy_alike_report *alike = &report->alike;

    (void) printf("images: %-34s %8.1f /s of the clock\n", set_name,
                  (double) folder->item_count / seconds);
    (void) printf(
        "  %zu items of %zu files, %zu damaged, %zu with harmless faults; %zu copies, %zu "
        "alike, %zu disputed",
        folder->item_count, report->files, report->damaged, report->warned, alike->copies,
        alike->alike, alike->disputed);
    if (alike->pair[0])
        (void) printf("; first %s and %s", alike->pair[0], alike->pair[1]);
    (void) printf("\n");
}

static void measure_set(const char *name)
{
    const davy_image_set_options options = {.width = SIDE, .height = SIDE};
    davy_image_folder *folder;
    davy_image_set *set;
    davy_image_report report;
    char path[512];
    struct stat about;
    double start;

    (void) snprintf(path, sizeof path, "%s/%s", bench_data_folder(), name);
    if (stat(path, &about) != 0) {
        bench_left_out("images", name);
        return;
    }
    must(davy_image_folder_open(path, NULL, &folder));
    must(davy_image_set_create(folder, &options, &set));
    start = now_s(CLOCK_MONOTONIC);
    must(davy_image_set_load(set, &report));
    tell(name, folder, &report, now_s(CLOCK_MONOTONIC) - start);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

int main(void)
{
    davy_image image = scene(SIDE, SIDE);
    bench_work work = {.image = &image, .numbers = calloc((size_t) SIDE * SIDE * 3, sizeof(float))};

    if (!work.numbers)
        return EXIT_FAILURE;
    measure_sizes(160, 160, 200);
    measure_sizes(1920, 1080, 5);
    measure("224x224 changed by chance", augment, &work, 50);
    measure_set("fire_images");
    measure_set("neu_surface");
    measure_set("hard_hat");
    free(work.numbers);
    davy_image_clear(&image);
    return EXIT_SUCCESS;
}
