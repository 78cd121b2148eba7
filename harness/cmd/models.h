/* models.h: the figures of many models, for iolab models and for a report. */
#pragma once
#include "harness/report/figure.h"
#include <stdbool.h>

/* Plays one request to each of them and finds its figure; who cannot be shown says why in it. `command`: that of a
 * foreign server, or NULL where it is one of ours. Returns how many there are. */
int models_find(const char *const *models, char *const *(*command)(const char *model), struct figure *figures);
/* The same, into folder/models.csv. False: errno tells why it could not be written. */
bool models_record(const char *folder, const char *const *models, char *const *(*command)(const char *model));
