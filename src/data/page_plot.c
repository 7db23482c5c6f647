/* SPDX-License-Identifier: Apache-2.0 */
#include "data/page_plot.h"

#include <math.h>

#define WIDTH  500.0
#define HEIGHT 400.0
#define LEFT   56.0
#define TOP    30.0
#define RIGHT  484.0
#define BOTTOM 348.0
#define TICKS  5

/* The first is the model's; the others are told apart by most people who see colours otherwise
 * (Okabe, Ito, 2008). */
static const char *const colours[DAVY_PLOT_COLOURS] = {"#1d5f9e", "#d55e00", "#009e73", "#cc79a7",
                                                       "#e69f00", "#56b4e9", "#6b6b6b", "#8c564b"};

static double x_of(const davy_plot *plot, double x)
{
    return LEFT + (RIGHT - LEFT) * (x - plot->low_x) / (plot->high_x - plot->low_x);
}

static double y_of(const davy_plot *plot, double y)
{
    return BOTTOM - (BOTTOM - TOP) * (y - plot->low_y) / (plot->high_y - plot->low_y);
}

void davy_plot_words(davy_buffer *html, const char *attributes, davy_words words)
{
    davy_buffer_printf(html, "<text lang=\"en\" %s>%s</text><text lang=\"zh\" %s>%s</text>",
                       attributes, words.en, attributes, words.zh);
}

static void put_ticks(const davy_plot *plot, davy_buffer *html)
{
    for (int i = 0; i <= TICKS; i++) {
        const double share = (double) i / TICKS;
        const double x = plot->low_x + share * (plot->high_x - plot->low_x);
        const double y = plot->low_y + share * (plot->high_y - plot->low_y);

        davy_buffer_printf(html,
                           "<path d=\"M%.1f %.0fV%.0fM%.0f %.1fH%.0f\" stroke=\"#e6ebef\"/>"
                           "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.3g</text>"
                           "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>",
                           x_of(plot, x), TOP, BOTTOM, LEFT, y_of(plot, y), RIGHT, x_of(plot, x),
                           BOTTOM + 17, x, LEFT - 7, y_of(plot, y) + 4, y);
    }
}

/* The next of 1, 2, 2.5, 5, 10 times a power of ten. */
static double round_step(double step)
{
    static const double mantissas[] = {1, 2, 2.5, 5, 10};
    const double power = pow(10, floor(log10(step)));
    size_t m = 0;

    while (m + 1 < DAVY_ARRAY_LENGTH(mantissas) && mantissas[m] * power < step * (1 - 1e-9))
        m++;
    return mantissas[m] * power;
}

void davy_plot_round(double *low, double *high)
{
    double step = round_step((*high - *low) / TICKS), from = floor(*low / step) * step;

    while (from + TICKS * step < *high) {
        step = round_step(step * 1.01);
        from = floor(*low / step) * step;
    }
    *low = from;
    *high = from + TICKS * step;
}

void davy_plot_begin(davy_plot *plot, davy_buffer *html)
{
    plot->named = 0;
    plot->names_at = TOP + 16;
    davy_buffer_printf(html, "<div><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
                       WIDTH, HEIGHT, plot->title.en);
    davy_plot_words(html, "class=\"name\" x=\"56\" y=\"16\" font-weight=\"650\"", plot->title);
    put_ticks(plot, html);
    davy_buffer_printf(html, "<path d=\"M%.0f %.0fV%.0fH%.0f\" stroke=\"#9aa7b3\" fill=\"none\"/>",
                       LEFT, TOP, BOTTOM, RIGHT);
    davy_plot_words(html, "x=\"270\" y=\"388\" text-anchor=\"middle\"", plot->x);
    davy_plot_words(html, "transform=\"translate(13 190) rotate(-90)\" text-anchor=\"middle\"",
                    plot->y);
}

void davy_plot_end(davy_buffer *html)
{
    davy_buffer_append_text(html, "</svg></div>");
}

void davy_plot_line(const davy_plot *plot, davy_buffer *html, const double *x, const double *y,
                    size_t count, size_t colour, bool dashed)
{
    bool begun = false;

    davy_buffer_append_text(html, "<path d=\"");
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            begun = false;
            continue;
        }
        davy_buffer_printf(html, "%c%.1f %.1f", begun ? 'L' : 'M', x_of(plot, x[i]),
                           y_of(plot, y[i]));
        begun = true;
    }
    davy_buffer_printf(html, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>",
                       colours[colour % DAVY_PLOT_COLOURS], colour == 0 ? "2.4" : "1.5",
                       dashed ? " stroke-dasharray=\"5 4\"" : "");
}

void davy_plot_point(const davy_plot *plot, davy_buffer *html, double x, double y, double radius,
                     size_t colour)
{
    davy_buffer_printf(html,
                       "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" "
                       "fill-opacity=\".75\"/>",
                       x_of(plot, x), y_of(plot, y), radius, colours[colour % DAVY_PLOT_COLOURS]);
}

void davy_plot_bar(const davy_plot *plot, davy_buffer *html, double from, double to, double y,
                   size_t colour)
{
    const double top = y_of(plot, y), low = y_of(plot, fmax(0.0, plot->low_y));

    davy_buffer_printf(html,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                       x_of(plot, from), top, x_of(plot, to) - x_of(plot, from), low - top,
                       colours[colour % DAVY_PLOT_COLOURS]);
}

void davy_plot_name(davy_plot *plot, davy_buffer *html, davy_words words, const char *text,
                    size_t colour)
{
    const double y = plot->names_at + 16 * (double) plot->named++;

    davy_buffer_printf(html,
                       "<path d=\"M%.0f %.1fh18\" stroke=\"%s\" stroke-width=\"3\"/>"
                       "<g class=\"name\" transform=\"translate(%.0f %.1f)\">",
                       RIGHT - 124, y - 4, colours[colour % DAVY_PLOT_COLOURS], RIGHT - 100, y);
    if (text) {
        davy_buffer_append_text(html, "<text>");
        davy_page_text(html, text);
        davy_buffer_append_text(html, "</text>");
    } else {
        davy_plot_words(html, "class=\"name\"", words);
    }
    davy_buffer_append_text(html, "</g>");
}

void davy_plot_names_low(davy_plot *plot, size_t count)
{
    plot->names_at = BOTTOM + 6 - 16 * (double) count;
}
