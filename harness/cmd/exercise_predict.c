/* iolab exercise predict: what will happen is asked first, and then it is played. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/exercise.h"
#include "harness/exercise/text.h"
#include "harness/scene/answers.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUESTIONS_MOST = 64, LINE = 200 };

/* All that is asked; the answers stand in the questions. */
struct form {
    struct scene_file *file;
    const struct scene *scenes[QUESTIONS_MOST];
    struct scene_ask *asks[QUESTIONS_MOST];
    int count;
};

/* A scene that varies asks once for all its variants. */
static void collect(struct form *form)
{
    for (int i = 0; i < form->file->count; i++) {
        const struct scene *scene = &form->file->scenes[i];
        bool seen = i > 0 && strcmp(scene->id, form->file->scenes[i - 1].id) == 0;
        for (int j = 0; j < scene->ask_count && !seen && form->count < QUESTIONS_MOST; j++) {
            form->scenes[form->count] = scene;
            form->asks[form->count++] = &scene->asks[j];
        }
    }
}

static int answered(const struct form *form)
{
    int count = 0;
    for (int i = 0; i < form->count; i++)
        count += form->asks[i]->is_given;
    return count;
}

static void forget(struct form *form)
{
    for (int i = 0; i < form->count; i++)
        form->asks[i]->is_given = false;
}

/* -- Asking ------------------------------------------------------------------------------------------------------ */

static void tell_question(const struct scene *scene, const struct scene_ask *ask)
{
    const struct scene_line *answer = scene_answer_to(scene, ask);
    putchar('\n');
    cmd_print_from(0, ask->text);
    for (int i = 0; i < ask->choice_count; i++) {
        printf("  %d %-12s ", i + 1, ask->choices[i].name);
        cmd_print_from(17, ask->choices[i].text);
    }
    if (ask->choice_count == 0 && answer && answer->factor > 1)
        printf("A number, right within a factor of %g: ", answer->factor);
    else
        printf(ask->choice_count > 0 ? "A number or a name: " : "A number: ");
    fflush(stdout);
}

/* "64" of "64 times", and not of "640" or "64,000". */
static bool begins_with_number(const char *text, const char *number)
{
    size_t length = strlen(number);
    const char *rest = text + length;
    return isdigit((unsigned char)*number) && strncmp(text, number, length) == 0 && !isalnum((unsigned char)*rest) &&
           !(strchr(",.", *rest) && *rest && isdigit((unsigned char)rest[1]));
}

/* By its name, its place in the list, or the number that its text begins with. NULL: none, or more than one. */
static const struct scene_choice *chosen(const struct scene_ask *ask, const char *line)
{
    char *end;
    const struct scene_choice *found = NULL;
    long place = strtol(line, &end, 10);
    for (int i = 0; i < ask->choice_count; i++)
        if (strcmp(ask->choices[i].name, line) == 0 || (end > line && !*end && place == i + 1))
            return &ask->choices[i];
    for (int i = 0; i < ask->choice_count; i++) {
        bool fits = begins_with_number(ask->choices[i].text, line);
        if (fits && found)
            return NULL;
        found = fits ? &ask->choices[i] : found;
    }
    return found;
}

static bool understood(struct scene_ask *ask, const char *line)
{
    struct scene_value value = {.unit = UNIT_WORD};
    if (ask->choice_count == 0) {
        if (!scene_value_read(line, &value) || value.unit == UNIT_WORD)
            return false;
    } else {
        const struct scene_choice *choice = chosen(ask, line);
        if (!choice)
            return false;
        snprintf(value.word, sizeof value.word, "%s", choice->name);
    }
    ask->given = value;
    return ask->is_given = true;
}

/* The first word of a line; "": there is none. NULL: the input has ended, or Ctrl-C came. */
static const char *read_word(char line[LINE])
{
    if (cmd_interrupted || !fgets(line, LINE, stdin) || cmd_interrupted)
        return NULL;
    line += strspn(line, " \t\r\n");
    line[strcspn(line, " \t\r\n")] = '\0';
    return line;
}

/* False: the answers end before the question has one. */
static bool ask_one(const struct scene *scene, struct scene_ask *ask)
{
    char line[LINE];
    for (;;) {
        tell_question(scene, ask);
        const char *word = read_word(line);
        if (!word)
            return false;
        if (understood(ask, word))
            return true;
        printf("That is none of the answers.\n");
    }
}

static bool ask_missing(struct form *form)
{
    for (int i = 0; i < form->count; i++)
        if (!form->asks[i]->is_given && !ask_one(form->scenes[i], form->asks[i]))
            return false;
    return true;
}

/* Before somebody sees what happens. False: the input has ended. */
static bool confirm(struct form *form)
{
    char line[LINE];
    printf("\nYour answers:\n");
    for (int i = 0; i < form->count; i++) {
        printf("  %2d %-12s ", i + 1, scene_value_text(form->asks[i]->given));
        cmd_print_from(18, form->asks[i]->text);
    }
    for (;;) {
        printf("\nPlay it? Enter; or the number of a question, to change its answer: ");
        fflush(stdout);
        const char *word = read_word(line);
        if (!word || !*word)
            return word != NULL;
        int number = atoi(word);
        if (number < 1 || number > form->count)
            printf("There is no question %s.\n", word);
        else if (!ask_one(form->scenes[number - 1], form->asks[number - 1]))
            return false;
    }
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

static char *text_of(const struct form *form)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    for (int i = 0; to && i < form->count; i++)
        if (form->asks[i]->is_given)
            fprintf(to, "%s %s %s\n", form->scenes[i]->id, form->asks[i]->id, scene_value_plain(form->asks[i]->given));
    if (!cmd_close(to)) {
        free(text);
        return NULL;
    }
    return text;
}

/* Does it predict anything? A form that is not filled in does not. */
static bool says_something(const char *path)
{
    char line[1000];
    const char *why;
    bool says = false;
    FILE *from = text_open(path, &why);
    while (from && !says && fgets(line, sizeof line, from))
        says = !strchr("#\n", line[strspn(line, " \t\r")]);
    if (from)
        fclose(from);
    return says;
}

/* The file's answers, if one can be read. One that has all of them is left for a new one. Returns whether what is there
 * will stand in the new one. */
static bool take_up(const struct desk *desk, const char *path, struct form *form)
{
    FILE *nowhere = fopen("/dev/null", "we");
    bool good = nowhere && says_something(path) && answers_read(path, &form->file, 1, nowhere);
    if (nowhere)
        fclose(nowhere);
    int count = answered(form);
    if (!good || count == form->count) {
        forget(form);
        return false;
    }
    if (count > 0)
        printf("%d of %d questions have an answer in %s; without that file all are asked.\n", count, form->count,
               exercise_typed(desk, path));
    char *there = text_of_file(path, stderr), *ours = text_of(form);
    bool same = there && ours && strcmp(there, ours) == 0;
    free(there);
    free(ours);
    return same;
}

static bool write_predictions(const struct desk *desk, const char *path, const struct form *form, bool over)
{
    char *text = text_of(form);
    bool keep = !over && (says_something(path) || !exercise_may_write(path));
    if (!text || (keep && !exercise_keep(desk, path))) {
        free(text);
        return false;
    }
    FILE *to = fopen(path, "we");
    if (to)
        fputs(text, to);
    free(text);
    if (cmd_close(to))
        return true;
    perror(exercise_typed(desk, path));
    return false;
}

/* The program, if one is to be written, is begun before: here the starter is put where there is nothing yet. */
static bool begin(const struct desk *desk, char path[EXERCISE_PATH])
{
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (desk->exercise->has[i] && exercise_place(desk->exercise, desk->work, i, path) && access(path, F_OK) < 0 &&
            !exercise_write_to(desk, desk->exercise, i, "starter", path))
            return false;
    return exercise_place(desk->exercise, desk->work, EXERCISE_PREDICTIONS, path);
}

/* -- predict ----------------------------------------------------------------------------------------------------- */

static void tell_end(const struct desk *desk, const struct form *form, bool all)
{
    fflush(stdout);
    if (all)
        fprintf(stderr, "\niolab exercise: your answers are kept, and nothing is played: %s plays it\n",
                exercise_make(desk, "check"));
    else if (answered(form) > 0)
        fprintf(stderr, "\niolab exercise: not all questions have an answer: those that have are kept, and %s asks "
                "the others\n", exercise_make(desk, "predict"));
    else
        fprintf(stderr, "\niolab exercise: not all questions have an answer: nothing is written, nothing is played\n");
}

/* True: all is answered and written, and may be played. */
static bool fill_in(const struct desk *desk, struct form *form)
{
    char path[EXERCISE_PATH];
    if (!exercise_place(desk->exercise, desk->work, EXERCISE_PREDICTIONS, path))
        return false;
    bool over = take_up(desk, path, form);
    int before = answered(form);
    bool all = ask_missing(form);
    bool play = all && (!isatty(STDIN_FILENO) || confirm(form));
    if (answered(form) > before && !(begin(desk, path) && write_predictions(desk, path, form, over)))
        return false;
    if (!play)
        tell_end(desk, form, all);
    return play;
}

int exercise_predict(struct desk *desk)
{
    char scene[EXERCISE_PATH];
    struct form form = {0};
    if (!desk->exercise->has[EXERCISE_PREDICTIONS]) {
        fprintf(stderr, "iolab exercise: %s asks nothing; %s\n", desk->exercise->id, exercise_make(desk, "check"));
        return 2;
    }
    form.file = exercise_scene(desk->exercise, scene) ? scene_read(scene, stderr) : NULL;
    if (!form.file)
        return 1;
    collect(&form);
    bool play = fill_in(desk, &form);
    scene_free(form.file);
    if (!play)
        return cmd_interrupted ? 130 : 1;
    printf("\nNow it is played.\n");
    desk->predicting = true;
    return exercise_check(desk);
}
