/* The page is one file that asks nothing of a network: style and figures are inside, there is no script. Its style
 * is a few rules on plain elements, so that it also reads in a text browser and on paper. */
#define _GNU_SOURCE
#include "harness/report/html.h"
#include "harness/report/svg.h"
#include <string.h>

/* -- Style ------------------------------------------------------------------------------------------------------- */

static const char colours[] =
    ":root{color-scheme:light dark;--paper:#fdfcf9;--panel:#f5f3ed;--ink:#1c2126;--soft:#59616b;--rule:#dfdbd2;\n"
    "--accent:#0b5c8f;--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\n"
    "@media screen and "
    "(prefers-color-scheme:dark){:root{--paper:#14181c;--panel:#1b2025;--ink:#e7e9eb;--soft:#a5aeb8;\n"
    "--rule:#363d45;--accent:#7cc4ee}}\n"
    "@media print{:root{color-scheme:light;--paper:#fff}}\n";

static const char text_style[] =
    "*{box-sizing:border-box}\n"
    "html{font-size:clamp(16px,calc(11.5px + .38vw),22px);-webkit-text-size-adjust:100%}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans)}\n"
    "main,header,footer{max-width:60rem;margin:0 auto;padding:0 1.25rem}\n"
    "header{padding-top:clamp(2rem,6vw,4.5rem)}\n"
    "h1{font-size:clamp(1.75rem,1.2rem + 2.6vw,2.75rem);line-height:1.15;letter-spacing:-.02em;margin:.2em 0 .5em;\n"
    "max-width:20em;text-wrap:balance}\n"
    "h2{font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .35em;text-wrap:balance}\n"
    "h3{font-size:1.0625rem;margin:0 0 .25rem}\n"
    "p{margin:0 0 .9em;max-width:42rem}\n"
    "a{color:var(--accent)}\n"
    "code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}\n"
    "section{padding:3.25rem 0 0}\n"
    ".soft{color:var(--soft)}.small{font-size:.875rem}\n"
    ".eyebrow{color:var(--soft);font-size:.875rem;margin:0}\n"
    ".answer{list-style:none;margin:0;padding:0;font-size:1.1875rem;line-height:1.5;max-width:44rem}\n"
    ".answer li{margin:0 0 .8em;padding-left:1.1rem;border-left:3px solid var(--rule)}\n"
    ".answer code{white-space:nowrap}\n"
    ".answer strong{font-weight:650;color:var(--accent)}\n"
    ".caution{border:1px solid var(--rule);border-radius:.5rem;padding:.6rem 1rem;display:inline-block;margin:.4rem 0 "
    "0}\n"
    ".notes{margin:.75rem 0 0;padding:0;list-style:none;font-size:.875rem;color:var(--soft);max-width:44rem}\n"
    ".notes li{margin:0 0 .35em}.notes b{color:var(--ink)}\n"
    ".plain{margin:.4rem 0 0;padding-left:1.1rem}.plain li{margin:0 0 .45em}\n"
    "footer{margin-top:4rem;padding-top:1.25rem;padding-bottom:4rem;border-top:1px solid var(--rule)}\n";

static const char table_style[] =
    ".scroll{overflow-x:auto;margin:1.25rem 0 0}\n"
    "table{border-collapse:separate;border-spacing:0;width:100%;font-size:.9375rem;\n"
    "font-variant-numeric:tabular-nums lining-nums}\n"
    "caption{text-align:left;color:var(--soft);font-size:.875rem;padding:0 0 .5rem}\n"
    "caption span{position:sticky;left:0;display:inline-block;max-width:min(42rem,calc(100vw - 2.5rem))}\n"
    "th,td{padding:.42rem 0 .42rem 1rem;text-align:right;vertical-align:baseline;border-bottom:1px solid var(--rule)}\n"
    "th:first-child,td:first-child{text-align:left;padding-left:0}\n"
    "thead th{font-weight:600;vertical-align:bottom;line-height:1.3;border-bottom:1px solid var(--soft)}\n"
    "thead small{display:block;font-weight:400;color:var(--soft);font-size:.8125rem;white-space:nowrap}\n"
    "tbody th{font-weight:600;white-space:nowrap}\n"
    "tbody th.group{font-weight:400;color:var(--soft);font-size:.8125rem;padding-top:1rem;border-bottom:0}\n"
    "td{white-space:nowrap}th.words,td.words{text-align:left;white-space:normal}"
    "td.words{overflow-wrap:anywhere;min-width:10rem}\n"
    ".beside{table-layout:fixed;margin:2.25rem 0 .6rem}\n"
    ".beside caption{color:var(--ink);font-weight:600;font-size:1rem}\n"
    ".beside thead th,.beside td{text-align:left;vertical-align:top;padding:.42rem 1rem .42rem 0}\n"
    ".beside tbody th{text-align:left;padding:.5rem 0 .2rem;border:0;color:var(--accent);white-space:normal}\n"
    ".beside tbody th::before{content:'\\25b8  '}\n"
    ".beside td{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;\n"
    "overflow-wrap:anywhere}.beside td.sum{font-family:var(--sans);font-weight:600;white-space:normal}\n"
    "details{margin:1.1rem 0 0}\n"
    "summary{cursor:pointer;color:var(--accent);font-size:.9375rem;width:fit-content;border-radius:.25rem}\n"
    ":focus-visible{outline:2px solid var(--accent);outline-offset:3px}\n";

static const char figure_style[] =
    "figure{margin:1.5rem 0 0}figcaption{font-size:.9375rem;color:var(--soft);margin:0 0 1rem;max-width:42rem}\n"
    "figcaption b{color:var(--ink)}\n"
    ".busy{font-weight:600;color:var(--accent)}\n"
    ".narrow{display:none}\n"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:2rem 2.5rem;margin-top:1.5rem}\n"
    ".pair>*{min-width:0}\n"
    ".card{background:var(--panel);--paper:var(--panel);border-radius:.75rem;padding:1.4rem 1.5rem}\n"
    ".card figure{margin:1.1rem 0 0}.card figcaption{margin:0 0 .5rem;color:var(--ink)}\n"
    ".card p{margin:0}.card p.soft{font-size:.875rem;margin-top:.35rem}\n"
    ".card h3+p{margin-top:.2rem}.card .fig+.fig{margin-top:.55rem}\n"
    "@media(max-width:46rem){.wide{display:none}.narrow{display:block}.pair{grid-template-columns:1fr}\n"
    "\n"
    ".beside,.beside caption,.beside tbody,.beside tr,.beside td{display:block}.beside thead{display:none}\n"
    ".beside tbody th{display:block}.beside td{padding-right:0}.beside td::before{content:attr(data-mode);\n"
    "display:block;font:.8125rem var(--sans);color:var(--soft)}\n"
    "section{padding-top:2.5rem}table{font-size:.875rem}th,td{padding-left:.7rem}\n"
    "tbody th[scope=row]{position:sticky;left:0;background:var(--paper);padding-right:.4rem}.card{padding:1.1rem}\n"
    ".calls{margin:1.5rem -1.25rem 0}.calls .card{padding:1.1rem .6rem;border-radius:0}}\n"
    "@media "
    "print{details::details-content{content-visibility:visible;block-size:auto}html{font-size:10.5pt}main,header,"
    "footer{max-width:none;padding-left:0;padding-right:0}\n"
    ".wide{display:block}.narrow{display:none}.pair{grid-template-columns:1fr 1fr}.scroll{overflow:visible}\n"
    ".wide,tr,li,.card,p,figcaption{break-inside:avoid}h2,h3,section>p,figcaption,summary{break-after:avoid}\n"
    ".beside{display:table}.beside caption{display:table-caption}.beside thead{display:table-header-group}\n"
    ".beside tbody{display:table-row-group}.beside tr{display:table-row}\n"
    ".beside td,.beside tbody th{display:table-cell}.beside td::before{display:none}.beside td{padding-right:1rem}\n"
    ".beside{break-inside:avoid;break-after:avoid}\n"
    "section{padding-top:2rem}}\n"
    "@page{margin:16mm}\n";

static const char claims_style[] =
    ".claims{list-style:none;margin:.4rem 0 2.2rem;padding:0;font-size:.9375rem;line-height:1.45}\n"
    ".claim{display:grid;grid-template-columns:17rem 1fr;gap:.2rem 2rem;padding:.7rem 0;border-top:1px solid "
    "var(--rule)}\n"
    ".claim>div{min-width:0}.claim .badge{display:block;font-size:.8125rem;letter-spacing:.02em}\n"
    ".claim .badge span{display:inline-block;width:1.3em;font-size:.9375rem}.claim .slogan{font-weight:600}\n"
    ".claim .soft{font-size:.8125rem;margin:.2rem 0 0}.claim code{overflow-wrap:anywhere}\n"
    ".claim details{margin:0}.claim summary{font-size:.8125rem}.claim details[open]{margin:0 0 .5rem}\n"
    ".claim dl{margin:.3rem 0 0;font-variant-numeric:tabular-nums;color:var(--ink)}\n"
    ".claim dl div{display:flex;justify-content:space-between;gap:1rem;border-bottom:1px solid var(--rule);\n"
    "padding:.15rem 0;max-width:32rem}.claim dd{margin:0;white-space:nowrap}\n"
    "@media(max-width:46rem){.claim{grid-template-columns:1fr}}\n"
    "@media print{.claim details{display:none}}\n";

static const char matrix_style[] =
    ".matrix{margin:.6rem 0 0}:not(.matrix)+.matrix{margin-top:1.2rem}\n"
    ".matrix summary{color:inherit;width:auto;max-width:46rem}\n"
    ".matrix summary small{color:var(--soft);font-size:.875rem;white-space:nowrap}\n"
    ".matrix .scroll{margin:.6rem 0 1.6rem}\n"
    ".matrix table{font-size:.75rem}.matrix th,.matrix td{padding:.3rem 0 .3rem .55rem;text-align:center}\n"
    ".matrix th:first-child{text-align:left;padding-left:0}.matrix td b{color:var(--accent);white-space:normal}\n"
    ".matrix tbody th{font-size:.8125rem;font-weight:400;white-space:normal;min-width:14rem;line-height:1.35}\n"
    ".matrix tbody small{display:block;color:var(--soft);font-size:.75rem}\n"
    "@media(max-width:46rem){.matrix tbody th{min-width:9.5rem}}\n";

/* -- Frame ------------------------------------------------------------------------------------------------------- */

void html_open(FILE *to, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          to);
    html_text(to, title);
    fputs("</title>\n<style>\n", to);
    fputs(colours, to);
    fputs(text_style, to);
    fputs(table_style, to);
    fputs(svg_style, to);
    fputs(figure_style, to);
    fputs(matrix_style, to);
    fputs(claims_style, to);
    fputs("</style>\n</head>\n<body>\n", to);
}

void html_close(FILE *to) { fputs("</body>\n</html>\n", to); }

/* The entities are the same as in SVG. */
void html_text(FILE *to, const char *text) { svg_text(to, text); }

void html_section_open(FILE *to, const char *id, const char *heading)
{
    fprintf(to, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", id, id, id);
    html_text(to, heading);
    fputs("</h2>\n", to);
}

void html_section_close(FILE *to) { fputs("</section>\n\n", to); }

void html_paragraph(FILE *to, const char *class, const char *text)
{
    fprintf(to, "<p class=\"%s\">", class);
    html_text(to, text);
    fputs("</p>\n", to);
}

/* -- Tables ------------------------------------------------------------------------------------------------------ */

const char html_words[] = "";

static void head(FILE *to, const struct html_head *head)
{
    fputs(head->unit == html_words ? "<th scope=\"col\" class=\"words\">" : "<th scope=\"col\">", to);
    html_text(to, head->text);
    if (*head->unit) {
        fputs(" <small>", to);
        html_text(to, head->unit);
        fputs("</small>", to);
    }
    fputs("</th>", to);
}

void html_table_open(FILE *to, const char *summary, const char *caption, const struct html_head *heads, int count)
{
    if (*summary) {
        fputs("<details>\n<summary>", to);
        html_text(to, summary);
        fputs("</summary>\n", to);
    }
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", to);
    html_text(to, caption);
    fputs("\">\n<table>\n<caption><span>", to);
    html_text(to, caption);
    fputs("</span></caption>\n<thead>\n<tr>", to);
    for (int i = 0; i < count; i++)
        head(to, &heads[i]);
    fputs("</tr>\n</thead>\n<tbody>\n", to);
}

void html_group(FILE *to, const char *name, int columns)
{
    fprintf(to, "<tr><th class=\"group\" scope=\"rowgroup\" colspan=\"%d\">", columns);
    html_text(to, name);
    fputs("</th></tr>\n", to);
}

void html_row_open(FILE *to, const char *name)
{
    fputs("<tr><th scope=\"row\">", to);
    html_text(to, name);
    fputs("</th>", to);
}

void html_cell(FILE *to, const char *number)
{
    fputs("<td>", to);
    html_text(to, number);
    fputs("</td>", to);
}

void html_cell_words(FILE *to, const char *text)
{
    fputs("<td class=\"words\">", to);
    html_text(to, text);
    fputs("</td>", to);
}

void html_row_close(FILE *to) { fputs("</tr>\n", to); }

void html_table_close(FILE *to, const char *summary)
{
    fputs("</tbody>\n</table>\n</div>\n", to);
    if (*summary)
        fputs("</details>\n", to);
}
