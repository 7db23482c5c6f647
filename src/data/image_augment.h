/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Pictures changed by chance, so that a network learns what does not matter: where a thing stands,
 * how bright the day is, from which side the camera looks.
 *
 * Stage: data. Every choice is a random number by counter (core/random.h) of the seed, the epoch
 * and the sample, so a picture is changed the same way whatever the thread, the batch and the point
 * at which a training resumed. Mixing depends on the batch too, by its nature.
 *
 * Sources: crops as in Szegedy et al., "Going Deeper with Convolutions", 2015, section 6; colours
 * as torchvision's ColorJitter, in the order brightness, contrast, saturation; cutout: DeVries and
 * Taylor, arXiv:1708.04552; mixup: Zhang et al., arXiv:1710.09412.
 */
typedef struct davy_augmentation {
    float flip;       /* chance of being mirrored left to right */
    float flip_down;  /* chance of being mirrored top to bottom */
    float crop;       /* least share of the picture that stays; 0 or 1: all */
    float stretch;    /* sides of a crop change by up to this share against each other; 0: none */
    float rotate;     /* most degrees, either way */
    float brightness; /* factor from 1 - this to 1 + this; so the two below */
    float contrast;
    float saturation;
    float cutout; /* longest side of a grey square laid over, as a share of the side; 0: none */
    float mixup;  /* both parameters of the beta distribution, at most 1; 0: none */
} davy_augmentation;

/** What is right for most photographs. Not for pictures in which left and right mean something. */
extern const davy_augmentation davy_augmentation_photographs;

/** DAVY_ERR_INVALID when a number is out of its range, with its name. */
DAVY_MUST_CHECK davy_status davy_augmentation_check(const davy_augmentation *augment);

/** Which picture of a training it is. */
typedef struct davy_augmentation_key {
    uint64_t seed, epoch;
    uint32_t sample;
} davy_augmentation_key;

/**
 * Change one picture: moved, turned and mirrored in one step (bilinear; what lies outside is
 * mirrored), then coloured, then cut out.
 *
 * @param src  [height][width][3] 8-bit
 * @param dst  [height][width][3] in [0, 1]
 */
void davy_image_augment(const davy_augmentation *augment, const davy_augmentation_key *key,
                        const uint8_t *src, uint32_t width, uint32_t height, float *dst);

/**
 * Mix each sample of a batch with the one on the other side of its middle, which keeps at least
 * half of itself:  x <- l x + (1 - l) other,  l = max(b, 1 - b),  b ~ Beta(mixup, mixup).
 *
 * @param samples  [count] their numbers, that decide how much
 * @param pixels   [count][pixel_count] changed
 * @param targets  [count][class_count] shares of the classes, changed alike
 */
void davy_image_mix(const davy_augmentation *augment, uint64_t seed, uint64_t epoch,
                    const uint32_t *samples, size_t count, float *pixels, size_t pixel_count,
                    float *targets, size_t class_count);
