/* models.h: the figures of many models, for iolab models and for a report. */
#pragma once
#include <stdbool.h>

/* Plays one request to each of them, and writes its figure, or why it cannot be shown, into folder/models.csv.
 * `command`: that of a foreign server, or NULL where it is one of ours. False: errno tells why it could not be
 * written. */
bool models_record(const char *folder, const char *const *models, char *const *(*command)(const char *model));
