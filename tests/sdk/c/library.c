#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <troupe.h>
#include <unistd.h>

static char *joined(const char *a, const char *b) {
  char *text = malloc(strlen(a) + 1);
  strcpy(text, a);
  text = realloc(text, strlen(a) + strlen(b) + 1);
  return strcat(text, b);
}

troupe_json handle(troupe_json task) {
  printf("printed %d\nand %s", 1, "the rest");
  fprintf(stderr, "to stderr\n");
  char *text = joined(getenv("GREETING") ? getenv("GREETING") : "none", "!");
  struct timespec moment = {0, 150000000};
  unsigned char bytes[4] = {0};
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  int slept = nanosleep(&moment, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  /* Clocks go in steps that are shorter than this. */
  bool later = after.tv_sec > before.tv_sec || after.tv_nsec > before.tv_nsec;
  int drawn = getentropy(bytes, sizeof bytes);
  troupe_json made = troupe_object({"text", troupe_text(text)}, {"slept", troupe_bool(slept == 0 && later)},
                                   {"drawn", troupe_int(drawn)}, {"late", troupe_bool(time(NULL) > 1700000000)},
                                   {"no home", troupe_bool(getenv("HOME") == NULL)}, {"task", task});
  free(text);
  return made;
}
