#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <troupe.h>

static int calls;

troupe_json handle(troupe_json task) {
  char *taken = malloc(1000);
  taken[0] = 'x';
  printf("%c%zu\n", taken[0], strlen(getenv("NONE") ? "some" : "none"));
  troupe_list list = {0};
  for (int n = 0; n < 50; n++) troupe_add(&list, troupe_text(troupe_format("%c%d", taken[0], n)));
  free(taken);
  if (troupe_type_of(task) == TROUPE_STRING) troupe_string_at(task, "x");
  return troupe_object({"calls", troupe_int(++calls)}, {"list", troupe_list_done(&list)});
}
