/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/page_estimates.h"

#include "data/page_plot.h"

#include <math.h>
#include <stdio.h>

#define MODEL_COLOUR "#1d5f9e"
#define ROW          30.0
#define NAMES        190.0
#define BAND         780.0
#define BAND_MARGIN  0.06 /* of the range, left free at either end */

/* Ends of the band that all estimates fit into. */
static bool find_range(const davy_comparison *c, double *low, double *high)
{
    double margin;

    *low = INFINITY;
    *high = -INFINITY;
    for (size_t m = 0; m < c->count; m++) {
        const davy_estimate *e = &c->methods[m].figures[c->main];

        if (!isfinite(e->value))
            continue;
        *low = fmin(*low, fmin(e->value, isfinite(e->low) ? e->low : e->value));
        *high = fmax(*high, fmax(e->value, isfinite(e->high) ? e->high : e->value));
    }
    if (!(*high >= *low))
        return false;
    margin = fmax((*high - *low) * BAND_MARGIN, 1e-9 + 0.01 * fabs(*high));
    *low -= margin;
    *high += margin;
    return true;
}

static double band_x(double value, double low, double high)
{
    return NAMES + (BAND - NAMES) * (value - low) / (high - low);
}

static void put_estimate(davy_buffer *html, const davy_comparison *c, size_t m, double low,
                         double high)
{
    const davy_method *method = &c->methods[m];
    const davy_estimate *e = &method->figures[c->main];
    const double y = ROW * ((double) m + 0.75);
    const char *colour = m == 0 ? MODEL_COLOUR : "#7a8794";
    char attributes[96], text[DAVY_PAGE_NUMBER_MAX];

    (void) snprintf(attributes, sizeof attributes,
                    "class=\"name\" x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\"", NAMES - 14, y + 4);
    davy_plot_words(html, attributes, method->name);
    if (!isfinite(e->value))
        return;
    if (isfinite(e->low))
        davy_buffer_printf(html, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"%s\" stroke-width=\"3\"/>",
                           band_x(e->low, low, high), y, band_x(e->high, low, high), colour);
    davy_buffer_printf(html,
                       "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>"
                       "<text x=\"%.0f\" y=\"%.1f\">%s</text>",
                       band_x(e->value, low, high), y, colour, BAND + 16, y + 4,
                       davy_page_format(e->value, text));
}

void davy_page_estimates(davy_buffer *html, const davy_comparison *comparison)
{
    const davy_estimate *model = &comparison->methods[0].figures[comparison->main];
    const double height = ROW * ((double) comparison->count + 0.5);
    double low, high;

    if (!find_range(comparison, &low, &high))
        return;
    davy_buffer_printf(html,
                       "<svg viewBox=\"0 0 860 %.0f\" role=\"img\" aria-label=\"%s\">"
                       "<path d=\"M%.1f 4V%.0f\" stroke=\"" MODEL_COLOUR
                       "\" stroke-dasharray=\"4 4\"/>",
                       height, comparison->kinds[comparison->main].name.en,
                       band_x(model->value, low, high), height - 4);
    for (size_t m = 0; m < comparison->count; m++)
        put_estimate(html, comparison, m, low, high);
    davy_buffer_append_text(html, "</svg>");
}
