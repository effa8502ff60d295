/**
 * What an actor written in C includes.
 *
 * An actor is one function, `handle`: from payload to payload. It knows nothing of queues, nor of
 * WebAssembly.
 *
 *     #include <troupe.h>
 *
 *     troupe_json handle(troupe_json task) {
 *       troupe_string name = troupe_string_at(task, "name");
 *       return troupe_object({"greeting", troupe_text(troupe_format("Hello, %s!", name.data))});
 *     }
 *
 * Memory: what these functions return is good until `handle` has returned, and need not be freed.
 *
 * Errors: a call that fails returns something empty, and the failure stands until it is caught
 * (`troupe_catch`). While one stands, calls to the mesh do nothing; one that still stands when `handle`
 * returns fails the hop, and nothing of it gets out. So no call has to be checked, and none that failed goes
 * unnoticed.
 *
 * Wherever a text is taken, both a `troupe_string` and a `const char *` will do.
 */
#ifndef TROUPE_H
#define TROUPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text in UTF-8. What this header's functions return ends with a NUL, so that `data` can be used as a C
 * string too. */
typedef struct troupe_string {
  const char *data;
  /** In bytes, without the NUL. */
  size_t size;
} troupe_string;

/** A JSON value, as its text: numbers keep all of their digits. Or nothing, which is not null: a missing
 * member. */
typedef struct troupe_json {
  const char *text;
  /** In bytes. */
  size_t size;
} troupe_json;

/** No value. Returned by `handle`, nothing more is emitted. */
#define TROUPE_NOTHING ((troupe_json){NULL, 0})

/**
 * The actor: payload in, payload out. `TROUPE_NOTHING` emits nothing more; `troupe_null()` is the payload
 * null. Defined by the author.
 */
troupe_json handle(troupe_json payload);

/* ---- Texts ---- */

/** A C string as a text. */
troupe_string troupe_str(const char *c_string);
/** Whether a text has these bytes. */
bool troupe_same(troupe_string text, const char *c_string);
/** Formats as `printf` does. */
troupe_string troupe_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Memory that is good until `handle` has returned; NULL when there is no more, which fails the hop. Filled
 * with zeros. */
void *troupe_alloc(size_t bytes);

troupe_string troupe_string_itself(troupe_string text);
/** Either kind of text as a `troupe_string`. */
#define troupe_string_of(text) \
  _Generic((text), troupe_string: troupe_string_itself, char *: troupe_str, const char *: troupe_str)(text)

/* ---- Reading JSON ---- */

/** What a value is. */
typedef enum troupe_type {
  TROUPE_NONE,
  TROUPE_NULL,
  TROUPE_BOOL,
  TROUPE_NUMBER,
  TROUPE_STRING,
  TROUPE_ARRAY,
  TROUPE_OBJECT
} troupe_type;

/** What a value is; `TROUPE_NONE` for nothing. */
troupe_type troupe_type_of(troupe_json value);
/** Whether there is a value. */
bool troupe_exists(troupe_json value);

/**
 * The member of an object; nothing where there is none, or the object is nothing. Of keys that repeat, the
 * last one counts. For what is no object, a `DecodeError` stands.
 */
#define troupe_member(object, key) troupe_member_of((object), troupe_string_of(key))
troupe_json troupe_member_of(troupe_json object, troupe_string key);
/** The same for the item of an array, counted from 0. For all of them, use `troupe_each`. */
troupe_json troupe_item(troupe_json array, size_t index);
/** How many items an array, or members an object has; 0 for anything else. */
size_t troupe_count(troupe_json container);

/**
 * The value, if it is a string: else a `DecodeError` stands, and the text is empty. Half of a surrogate pair
 * becomes U+FFFD.
 */
troupe_string troupe_as_string(troupe_json value);
/** The value, if it is a whole number written without fraction and exponent that fits; else a `DecodeError`,
 * and 0. */
int64_t troupe_as_int(troupe_json value);
/** The value, if it is a number: the nearest one, infinite past the largest; else a `DecodeError`, and 0. */
double troupe_as_double(troupe_json value);
/** The value, if it is true or false; else a `DecodeError`, and false. */
bool troupe_as_bool(troupe_json value);

/** The same for a member of an object, which has to be there. */
troupe_string troupe_string_at(troupe_json object, const char *key);
int64_t troupe_int_at(troupe_json object, const char *key);
double troupe_double_at(troupe_json object, const char *key);
bool troupe_bool_at(troupe_json object, const char *key);

/**
 * Goes through an array or an object.
 *
 *     troupe_cursor at = troupe_each(troupe_member(task, "lines"));
 *     while (troupe_next(&at)) troupe_emit(at.value);
 */
typedef struct troupe_cursor {
  /** The key of the member; empty in an array. */
  troupe_string key;
  troupe_json value;
  const char *private_at, *private_end;
  char private_open;
} troupe_cursor;

/** Before the first item or member. Nothing has none; for what is no container, a `DecodeError` stands. */
troupe_cursor troupe_each(troupe_json container);
/** Goes to the next item or member; false when there is none. */
bool troupe_next(troupe_cursor *cursor);

/** A JSON text as a value. A `DecodeError` stands when it is not exactly one, or nested more than 512 deep.
 */
#define troupe_parse(text) troupe_parse_text(troupe_string_of(text))
troupe_json troupe_parse_text(troupe_string text);

/* ---- Making JSON ---- */

troupe_json troupe_null(void);
troupe_json troupe_bool(bool value);
troupe_json troupe_int(int64_t value);
/** The number with as many of up to 17 digits as read back as the same one. An `EncodeError` stands when it
 * is not finite. */
troupe_json troupe_double(double value);
/** A JSON string. An `EncodeError` stands when the text is not UTF-8. */
#define troupe_text(text) troupe_text_of(troupe_string_of(text))
troupe_json troupe_text_of(troupe_string text);

/** A member of an object. One whose value is nothing is left out. */
typedef struct troupe_pair {
  const char *key;
  troupe_json value;
} troupe_pair;

/** An object: `troupe_object({"name", troupe_text(name)}, {"count", troupe_int(3)})`. */
#define troupe_object(...)                             \
  troupe_object_of((const troupe_pair[]){__VA_ARGS__}, \
                   sizeof((const troupe_pair[]){__VA_ARGS__}) / sizeof(troupe_pair))
troupe_json troupe_object_of(const troupe_pair *pairs, size_t count);
/** An array: `troupe_array(troupe_int(1), troupe_null())`. */
#define troupe_array(...)                             \
  troupe_array_of((const troupe_json[]){__VA_ARGS__}, \
                  sizeof((const troupe_json[]){__VA_ARGS__}) / sizeof(troupe_json))
troupe_json troupe_array_of(const troupe_json *items, size_t count);

/** An array that is made item by item: begin with `troupe_list list = {0};`. */
typedef struct troupe_list {
  char *private_text;
  size_t private_size, private_room;
} troupe_list;
/** Adds an item. An `EncodeError` stands when it is nothing. */
void troupe_add(troupe_list *list, troupe_json item);
/** The array. Nothing may be added afterwards. */
troupe_json troupe_list_done(troupe_list *list);

/** An object that is made member by member: begin with `troupe_map map = {0};`. */
typedef struct troupe_map {
  troupe_list private_list;
} troupe_map;
/** Adds a member, if the value is not nothing. */
#define troupe_put(map, key, value) troupe_put_text((map), troupe_string_of(key), (value))
void troupe_put_text(troupe_map *map, troupe_string key, troupe_json value);
/** The object. Nothing may be added afterwards. */
troupe_json troupe_map_done(troupe_map *map);

/* ---- The mesh ---- */

/**
 * What is at a path of the envelope, with the edits so far; nothing where there is nothing:
 * `troupe_get(".headers.lang")`.
 */
#define troupe_get(path) troupe_get_at(troupe_string_of(path))
troupe_json troupe_get_at(troupe_string path);
/**
 * Puts a value at a path: `.route.next` and below, or a header that is not reserved. What is emitted from
 * then on has it: `troupe_set(".route.next[:0]", troupe_array(troupe_text("express")))`.
 *
 * This and what follows: false when the mesh refuses it, or a failure already stands.
 */
#define troupe_set(path, value) troupe_set_at(troupe_string_of(path), (value))
bool troupe_set_at(troupe_string path, troupe_json value);
/** Removes what is at a path. */
#define troupe_del(path) troupe_del_at(troupe_string_of(path))
bool troupe_del_at(troupe_string path);
/** One downstream envelope with this payload, and route and headers as edited so far. An array is one
 * payload. */
bool troupe_emit(troupe_json payload);
/** An event for whoever follows this envelope: at once, at most once, never part of the result. */
bool troupe_fly(troupe_json event);

typedef enum troupe_level { TROUPE_DEBUG, TROUPE_INFO, TROUPE_WARN, TROUPE_ERROR } troupe_level;
/** A line in the log, tagged with actor and envelope. What is printed to stdout is logged too. */
#define troupe_log(level, message) troupe_log_text((level), troupe_string_of(message))
void troupe_log_text(troupe_level level, troupe_string message);

/* ---- Failures ---- */

/** How many base types a failure can name. */
#define TROUPE_LINEAGE 8

/** Why a hop fails. What is left out of it is zero, and need not be named. */
typedef struct troupe_failure {
  /** The error's type, such as `ParseError`. Of a refused call, its code, such as `troupe.AccessError`. */
  const char *kind;
  /** Its base types, nearest first. Rules for retries can name these too. */
  const char *lineage[TROUPE_LINEAGE];
  troupe_string message;
  /** Anything more. */
  troupe_json details;
  /** What led to it: told of in the traceback. */
  const struct troupe_failure *cause;
  /** Type, message and place, and those of its causes. Made when it is left out. */
  troupe_string traceback;
} troupe_failure;

/**
 * Fails the hop, with whatever the mesh's rules say for such a failure: `return troupe_fail("ParseError",
 * "line 3: …");`. Returns nothing. The texts are copied. A failure that stands already becomes the cause of
 * this one.
 */
#define troupe_fail(kind_, message_) \
  troupe_fail_at(&(const troupe_failure){.kind = (kind_), .message = troupe_string_of(message_)}, TROUPE_HERE)
/**
 * The same with all that can be said: `return troupe_fail_with(.kind = "ParseError", .lineage =
 * {"InputError"}, .message = troupe_str("line 3"), .details = troupe_object({"line", troupe_int(3)}));`.
 */
#define troupe_fail_with(...) troupe_fail_at(&(const troupe_failure){__VA_ARGS__}, TROUPE_HERE)
/** Fails the hop for good: trying again is of no use. */
#define troupe_fatal(message) troupe_fatal_at(troupe_string_of(message), TROUPE_HERE)
/** Fails the hop, to be tried again, but not before some time has passed. Not negative, and finite. */
#define troupe_retry_after(seconds, message) \
  troupe_retry_after_at((seconds), troupe_string_of(message), TROUPE_HERE)

/** Whether a failure stands. */
bool troupe_failed(void);
/**
 * Takes the failure that stands, so that the hop goes on; false when there is none.
 *
 *     troupe_failure refusal;
 *     if (!troupe_set(".route.next", task) && troupe_catch(&refusal)) troupe_log(TROUPE_WARN, refusal.kind);
 *
 * @param failure Where to put it; may be NULL.
 */
bool troupe_catch(troupe_failure *failure);

/** Where in the source something is. */
typedef struct troupe_place {
  const char *function, *file;
  int line;
} troupe_place;
#define TROUPE_HERE ((troupe_place){__func__, __FILE__, __LINE__})
troupe_json troupe_fail_at(const troupe_failure *failure, troupe_place place);
troupe_json troupe_fatal_at(troupe_string message, troupe_place place);
troupe_json troupe_retry_after_at(double seconds, troupe_string message, troupe_place place);

#endif
