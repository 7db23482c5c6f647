/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"

#include <stddef.h>

/**
 * @file
 * Plots of a page: axes, lines, points, bars and a legend, as SVG.
 *
 * Stage: data, as page.h.
 */
#define DAVY_PLOT_COLOURS 8

typedef struct davy_plot {
    davy_words title, x, y;
    double low_x, high_x, low_y, high_y; /* ends of the axes */
    /* Kept while it is drawn. */
    size_t named;    /* entries of the legend */
    double names_at; /* where it begins */
} davy_plot;

/** Move the ends of an axis outwards, to where its ticks are round numbers. */
void davy_plot_round(double *low, double *high);

/** A piece of text in both languages within a picture. @param attributes  of each: x="4" */
void davy_plot_words(davy_buffer *html, const char *attributes, davy_words words);

/** Open the picture, with its axes. */
void davy_plot_begin(davy_plot *plot, davy_buffer *html);
void davy_plot_end(davy_buffer *html);

/** A line through points; those that are no numbers break it. */
void davy_plot_line(const davy_plot *plot, davy_buffer *html, const double *x, const double *y,
                    size_t count, size_t colour, bool dashed);
/** A point with radius, for the plot's own units. */
void davy_plot_point(const davy_plot *plot, davy_buffer *html, double x, double y, double radius,
                     size_t colour);
/** A bar from the ground to y; ends in the plot's own units. */
void davy_plot_bar(const davy_plot *plot, davy_buffer *html, double from, double to, double y,
                   size_t colour);
/** An entry of the legend; `text` is used where it is not NULL. */
void davy_plot_name(davy_plot *plot, davy_buffer *html, davy_words words, const char *text,
                    size_t colour);

/** Put the legend of so many entries at the foot of the plot instead of the head. */
void davy_plot_names_low(davy_plot *plot, size_t count);
