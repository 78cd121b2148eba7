/* split.h: a command that is one string becomes words. Blanks part them; between '...' or "..." they do not; a quote of
 * the other kind stands for itself there. Nothing is expanded, no character escapes another, there is no shell. */
#pragma once

/* The words and a NULL behind them: one allocation, free it. NULL: errno is EINVAL for a quote that is never closed,
 * or ENOMEM. */
char **split_words(const char *text);
