/**
 * The SDK, in one unit: the build adds it to an actor, and a unit test adds it with `-DTROUPE_TESTING`, which
 * puts a mesh of memory in place of the real one (troupe_testing.h).
 */
#include "troupe.h"
#include "troupe_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/arena.c"
#include "src/utf8.c"
#include "src/text.c"
#include "src/failure.c"
#include "src/json_scan.c"
#include "src/json_string.c"
#include "src/json_path.c"
#include "src/json_read.c"
#include "src/json_write.c"
#include "src/calls.c"
#include "src/state.c"

#ifdef TROUPE_TESTING
#include "troupe_testing.h"

#include "testing/path.c"
#include "testing/json_edit.c"
#include "testing/host_numbers.c"
#include "testing/route.c"
#include "testing/draft.c"
#include "testing/bucket.c"
#include "testing/same.c"
#include "testing/run.c"
#else
#include "src/binding.c"
#include "src/state_binding.c"
#include "src/entry.c"
#include "src/heap.c"
#include "src/wasi.c"
#endif
