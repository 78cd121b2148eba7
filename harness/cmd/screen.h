/* screen.h: how wide a line on stdout may be. */
#pragma once

/* What COLUMNS says; else the terminal; where there is none, `usual`. */
int screen_width(int usual);
