#include "harness/cmd/outcome.h"
#include "harness/cmd/cmd.h"
#include "harness/report/csv.h"
#include <stdio.h>
#include <string.h>

int outcome_no_such_scene(const char *command, const char *only, struct scene_file *const *files, int count)
{
    fprintf(stderr, "iolab %s: no scene \"%s\" in %s; there are:", command, only,
            count == 1 ? files[0]->path : "these files");
    for (int i = 0; i < count; i++)
        for (int j = 0; j < files[i]->count; j++)
            fprintf(stderr, " %s", scene_label(&files[i]->scenes[j]));
    fprintf(stderr, "\n");
    return 2;
}

/* As a shell takes it for one word. */
static void print_word(const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./{}:,=+@%";
    bool quoted = !*word || word[strspn(word, plain)];
    printf(quoted ? " '" : " ");
    for (; *word; word++)
        printf(*word == '\'' ? "'\\''" : "%c", *word);
    printf(quoted ? "'" : "");
}

void outcome_tell_failure(const char *path, const struct scene *scene, const char *model, const char *answers,
                          char *const *argv, const struct play_outcome *outcome)
{
    printf("      %s: %s\n      %s:%d", outcome->code, outcome->message, path, outcome->line);
    if (outcome->got[0] && outcome->want[0])
        printf(": got %s, want %s", outcome->got, outcome->want);
    printf("\n      again: build/bin/iolab scene");
    print_word(path);
    printf(" --only %s", scene_label(scene));
    if (model[0])
        printf(" --model %s", model);
    if (answers) {
        printf(" --answers");
        print_word(answers);
    }
    if (argv)
        printf(" --");
    for (int i = 0; argv && argv[i]; i++)
        print_word(argv[i]);
    putchar('\n');
}

void outcome_tell_questions(const struct scene *scene)
{
    for (int i = 0; i < scene->ask_count; i++) {
        const struct scene_ask *ask = &scene->asks[i];
        printf("ask   %-20s %s\n", ask->id, ask->text);
        for (int j = 0; j < ask->choice_count; j++)
            printf("      %-20s %s\n", ask->choices[j].name, ask->choices[j].text);
    }
}

void outcome_tell_shown(const struct scene *scene, const struct play_outcome *outcome, const char *before)
{
    for (int i = 0; i < outcome->shown_count; i++) {
        const struct play_shown *shown = &outcome->shown[i];
        const struct scene_ask *ask = scene_ask_named(scene, shown->name);
        printf("%s%-20s %s", before, shown->name, shown->seen ? scene_value_text(shown->value) : "?");
        if (ask && ask->is_given)
            printf(" (predicted: %s)", scene_value_text(ask->given));
        putchar('\n');
    }
}

void outcome_write_csv(FILE *to, const struct scene *scene, const struct play_outcome *outcome)
{
    fprintf(to, "%s,%s,", scene->id, scene->variant);
    csv_write_field(to, outcome->model);        /* as a program of somebody's calls itself */
    fprintf(to, ",%s,%s,", play_verdict_name(outcome->verdict), outcome->code);
    if (outcome->line)
        fprintf(to, "%d", outcome->line);
    putc(',', to);
    csv_write_text(to, outcome->got);
    putc(',', to);
    csv_write_text(to, outcome->want);
    fprintf(to, ",%.0f,", outcome->ms);
    csv_write_text(to, outcome->message);
}

void outcome_tell_csv(const struct scene *scene, const struct play_outcome *outcome)
{
    outcome_write_csv(stdout, scene, outcome);
    putchar('\n');
}

void outcome_tell_shown_csv(const struct scene *scene, const struct play_outcome *outcome)
{
    for (int i = 0; i < outcome->shown_count; i++) {
        const struct play_shown *shown = &outcome->shown[i];
        const char *value = shown->seen ? scene_value_plain(shown->value) : "?";
        csv_write(stdout, (const char *const[]){scene->id, scene->variant, outcome->model, shown->name, value}, 5);
    }
}
