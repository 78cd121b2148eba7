/* lab.h: what the experiments share. Internal to harness/claim. */
#pragma once
#include "harness/claim/claim.h"
#include "harness/scene/play.h"

/* -- Figures, and what is said of them --------------------------------------------------------------------------- */

/* Keeps a figure: claim_figure(found, 0.4, "s", "answer to client 2, %s", model). */
void claim_figure(struct claim_found *, double value, const char *unit, const char *what, ...)
    __attribute__((format(printf, 4, 5)));
/* The figure of that name; NAN: there is none. */
double claim_figure_of(const struct claim_found *, const char *what, ...) __attribute__((format(printf, 2, 3)));
/* False: one of them is NAN, or something else has gone wrong: the claim is not tried, and why_not says why. */
bool claim_all_seen(struct claim_found *);

/* The verdict, and the sentence that says what was seen; the same on what it depends; why it cannot be tried here. */
void claim_says(struct claim_found *, enum claim_verdict, const char *saw, ...) __attribute__((format(printf, 3, 4)));
void claim_depends(struct claim_found *, const char *on, ...) __attribute__((format(printf, 2, 3)));
void claim_cannot(struct claim_found *, const char *why, ...) __attribute__((format(printf, 2, 3)));

/* -- Scenes ------------------------------------------------------------------------------------------------------ */

/* Plays the scene of that id, with its variant if it has some ("backlog/5/6/7"), in FILE.scene of the claims' folder.
 * `server`: one of ours, or a careless one of build/claim, with its options if need be: "nonblocking --nap 10". False:
 * it was not played to its end; the claim is then not tried, and why_not says which line failed, or why this machine
 * cannot. */
bool claim_play(const struct claim_world *, const char *file, const char *id, const char *server,
                struct play_outcome *, struct claim_found *);
/* The same, traced: the watcher sees what the server does. */
bool claim_play_watched(const struct claim_world *, const char *file, const char *id, const char *server,
                        const struct play_watcher *, struct play_outcome *, struct claim_found *);
/* What a line `show NAME ...` has shown, and of a word whether it is that one. NAN: it was not seen. */
double claim_shown(const struct play_outcome *, const char *name);
bool claim_shown_is(const struct play_outcome *, const char *name, const char *word);
