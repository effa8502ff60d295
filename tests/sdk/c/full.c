#include <troupe.h>

static volatile int deep;

static int descend(int n) {
  volatile char room[1000] = {0};
  deep = n;
  return descend(n + 1) + room[n % 1000];
}

troupe_json handle(troupe_json task) {
  if (troupe_same(troupe_as_string(task), "stack")) return troupe_int(descend(0));
  if (troupe_same(troupe_as_string(task), "memory")) while (troupe_alloc(100000)) {}
  return task;
}
