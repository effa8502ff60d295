/**
 * What the C library asks of its system, as far as there is any of it for an actor: what is printed becomes
 * log lines, time and sleep, random bytes, the environment that is granted. No file, no socket: code that
 * wants these does not link.
 *
 * The library's own calls are those of WASI 0.1, which components do not import. Each is answered here, from
 * the contract or from the one function of WASI 0.2 that it needs, so that a component imports nothing that
 * its author does not use. Numbers of errors and layouts: the witx of wasi_snapshot_preview1.
 */

/* The contract's timers: see the head of binding.c for what to do when they change.
 * TIMERS-SHA256 92a2df1665a3b7369cbffd979bd83d6a347ccf6585dfe96b0e74b8a34f9c1ff7 */

enum { WASI_OK = 0, WASI_BADF = 8, WASI_NOSYS = 52, WASI_SPIPE = 70 };

#define WASI(name) int32_t __imported_wasi_snapshot_preview1_##name
#define FROM(interface, name) __attribute__((import_module(interface), import_name(name)))

/* ---- What is printed ---- */

enum { LINE_BYTES = 4096 };

static struct line {
  char text[LINE_BYTES];
  size_t size;
} lines[2];

static void print_line(int stream) {
  struct line *line = &lines[stream];
  size_t size = line->size;
  if (size > 0 && line->text[size - 1] == '\r') size--;
  troupe_log_text(stream == 0 ? TROUPE_INFO : TROUPE_WARN, (troupe_string){line->text, size});
  line->size = 0;
}

static void print_bytes(int stream, const char *bytes, size_t size) {
  struct line *line = &lines[stream];
  for (size_t n = 0; n < size; n++) {
    bool is_start = ((unsigned char)bytes[n] & 0xC0) != 0x80;
    if (line->size == LINE_BYTES || (line->size > LINE_BYTES - 4 && is_start)) print_line(stream);
    if (bytes[n] == '\n') print_line(stream);
    else line->text[line->size++] = bytes[n];
  }
}

/**
 * Has the library print what it still keeps, for all files. It is what the library does when a program ends,
 * and is linked with whatever prints, which `fflush` is not; where nothing prints, it is not there.
 */
__attribute__((weak)) void __stdio_exit(void);

/** What came after the last newline. */
static void print_rest(void) {
  if (__stdio_exit) __stdio_exit();
  for (int stream = 0; stream < 2; stream++) {
    if (lines[stream].size > 0) print_line(stream);
  }
}

typedef struct wasi_piece {
  const char *bytes;
  size_t size;
} wasi_piece;

WASI(fd_write)(int32_t fd, int32_t pieces, int32_t count, int32_t written);
WASI(fd_write)(int32_t fd, int32_t pieces, int32_t count, int32_t written) {
  if (fd != 1 && fd != 2) return WASI_BADF;
  const wasi_piece *piece = (const wasi_piece *)pieces;
  size_t size = 0;
  for (int32_t n = 0; n < count; n++) {
    print_bytes(fd - 1, piece[n].bytes, piece[n].size);
    size += piece[n].size;
  }
  *(size_t *)written = size;
  return WASI_OK;
}

WASI(fd_read)(int32_t fd, int32_t pieces, int32_t count, int32_t read);
WASI(fd_read)(int32_t fd, int32_t pieces, int32_t count, int32_t read) {
  (void)pieces;
  (void)count;
  if (fd != 0) return WASI_BADF;
  *(size_t *)read = 0;
  return WASI_OK;
}

/** A terminal, so that the library prints line by line. */
WASI(fd_fdstat_get)(int32_t fd, int32_t stat);
WASI(fd_fdstat_get)(int32_t fd, int32_t stat) {
  enum { STAT_BYTES = 24, CHARACTER_DEVICE = 2 };
  if (fd < 0 || fd > 2) return WASI_BADF;
  memset((void *)stat, 0, STAT_BYTES);
  *(char *)stat = CHARACTER_DEVICE;
  return WASI_OK;
}

WASI(fd_close)(int32_t fd);
WASI(fd_close)(int32_t fd) { return fd >= 0 && fd <= 2 ? WASI_OK : WASI_BADF; }

/** Zig's half of the library asks by this name. */
int32_t wasi_fd_close(int32_t fd) __asm__("fd_close|wasi_snapshot_preview1");
int32_t wasi_fd_close(int32_t fd) { return __imported_wasi_snapshot_preview1_fd_close(fd); }

WASI(fd_seek)(int32_t fd, int64_t offset, int32_t whence, int32_t result);
WASI(fd_seek)(int32_t fd, int64_t offset, int32_t whence, int32_t result) {
  (void)offset;
  (void)whence;
  (void)result;
  return fd >= 0 && fd <= 2 ? WASI_SPIPE : WASI_BADF;
}

WASI(fd_prestat_get)(int32_t fd, int32_t result);
WASI(fd_prestat_get)(int32_t fd, int32_t result) {
  (void)fd;
  (void)result;
  return WASI_BADF;
}

_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t code);
void __imported_wasi_snapshot_preview1_proc_exit(int32_t code) {
  (void)code;
  print_rest();
  __builtin_trap();
}

/* ---- Random bytes ---- */

FROM("wasi:random/random@0.2.0", "get-random-u64") uint64_t wasi_random(void);

WASI(random_get)(int32_t bytes, int32_t size);
WASI(random_get)(int32_t bytes, int32_t size) {
  char *at = (char *)bytes;
  for (size_t left = (size_t)size; left > 0;) {
    uint64_t drawn = wasi_random();
    size_t now = left < sizeof drawn ? left : sizeof drawn;
    memcpy(at, &drawn, now);
    at += now;
    left -= now;
  }
  return WASI_OK;
}

/* ---- Time ---- */

typedef struct wasi_time {
  uint64_t seconds;
  uint32_t nanoseconds;
} wasi_time;

FROM("wasi:clocks/wall-clock@0.2.0", "now") void wasi_wall_now(wasi_time *result);
FROM("wasi:clocks/monotonic-clock@0.2.0", "now") uint64_t wasi_now(void);
FROM("wasi:clocks/monotonic-clock@0.2.0", "resolution") uint64_t wasi_resolution(void);
FROM("troupe:actor/timers@0.1.0", "sleep") void timers_sleep(uint32_t ms);

enum { CLOCK_IS_WALL = 0 };

static uint64_t wasi_clock(int32_t clock) {
  if (clock != CLOCK_IS_WALL) return wasi_now();
  wasi_time time;
  wasi_wall_now(&time);
  return time.seconds * 1000000000 + time.nanoseconds;
}

WASI(clock_time_get)(int32_t clock, int64_t precision, int32_t result);
WASI(clock_time_get)(int32_t clock, int64_t precision, int32_t result) {
  (void)precision;
  *(uint64_t *)result = wasi_clock(clock);
  return WASI_OK;
}

WASI(clock_res_get)(int32_t clock, int32_t result);
WASI(clock_res_get)(int32_t clock, int32_t result) {
  (void)clock;
  *(uint64_t *)result = wasi_resolution();
  return WASI_OK;
}

WASI(sched_yield)(void);
WASI(sched_yield)(void) { return WASI_OK; }

typedef struct wasi_subscription {
  uint64_t userdata;
  uint8_t tag;
  struct {
    uint32_t id;
    uint64_t timeout, precision;
    uint16_t flags;
  } clock;
} wasi_subscription;

typedef struct wasi_event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint64_t unused[2];
} wasi_event;

_Static_assert(sizeof(wasi_subscription) == 48 && sizeof(wasi_event) == 32, "as in the witx");

/** One clock, as `nanosleep` and its kin ask for it; nothing else can be waited for. */
WASI(poll_oneoff)(int32_t subscriptions, int32_t events, int32_t count, int32_t result);
WASI(poll_oneoff)(int32_t subscriptions, int32_t events, int32_t count, int32_t result) {
  enum { TAG_CLOCK = 0, FLAG_ABSOLUTE = 1 };
  const wasi_subscription *asked = (const wasi_subscription *)subscriptions;
  if (count != 1 || asked->tag != TAG_CLOCK) return WASI_NOSYS;
  uint64_t timeout = asked->clock.timeout;
  if (asked->clock.flags & FLAG_ABSOLUTE) {
    uint64_t now = wasi_clock((int32_t)asked->clock.id);
    timeout = timeout > now ? timeout - now : 0;
  }
  enum { MS = 1000000 };
  for (uint64_t ms = timeout / MS + (timeout % MS > 0); ms > 0;) {
    uint32_t now = ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
    timers_sleep(now);
    ms -= now;
  }
  *(wasi_event *)events = (wasi_event){.userdata = asked->userdata};
  *(size_t *)result = 1;
  return WASI_OK;
}

/* ---- The environment ---- */

typedef struct wasi_variables {
  const struct {
    troupe_string name, value;
  } *items;
  size_t count;
} wasi_variables;

FROM("wasi:cli/environment@0.2.0", "get-environment") void wasi_environment(wasi_variables *result);

WASI(environ_sizes_get)(int32_t count, int32_t size);
WASI(environ_sizes_get)(int32_t count, int32_t size) {
  wasi_variables found;
  wasi_environment(&found);
  size_t bytes = 0;
  for (size_t n = 0; n < found.count; n++) bytes += found.items[n].name.size + found.items[n].value.size + 2;
  *(size_t *)count = found.count;
  *(size_t *)size = bytes;
  return WASI_OK;
}

WASI(environ_get)(int32_t pointers, int32_t bytes);
WASI(environ_get)(int32_t pointers, int32_t bytes) {
  wasi_variables found;
  wasi_environment(&found);
  char **pointer = (char **)pointers, *at = (char *)bytes;
  for (size_t n = 0; n < found.count; n++) {
    troupe_string name = found.items[n].name, value = found.items[n].value;
    *pointer++ = at;
    memcpy(at, name.data, name.size);
    at += name.size;
    *at++ = '=';
    memcpy(at, value.data, value.size);
    at += value.size;
    *at++ = 0;
  }
  return WASI_OK;
}
