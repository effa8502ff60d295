/**
 * An envelope as an actor edits it during one hop.
 *
 * The same code runs on both sides of the pipe: in the sandbox it answers the actor at once, and in the host, on a copy
 * that no guest can reach, it gives the verdict that counts.
 *
 * @module
 */

import { MAX_DEPTH, scanJson } from "./json_text.ts";
import { parseJson, PathMismatch, readAt, writeAt } from "./json_value.ts";
import type { Envelope, Headers, Json, Route } from "./envelope.ts";
import { TroupeError } from "./errors.ts";
import type { Emit } from "./hop.ts";
import type { Limits } from "./limits.ts";
import { parsePath, type Segment } from "./path.ts";
import { checkNext } from "./route.ts";

/** The parts of an envelope that an actor can read. */
export type DraftSource = Pick<Envelope, "id" | "parentId" | "route" | "headers" | "status">;

/** What an actor is bound by. */
export interface DraftRules {
  readonly grants: { readonly route: readonly string[] };
  readonly limits: Pick<Limits, "emits" | "emittedBytes">;
}

/** A call that an actor may not make, or not like this. */
export class RefusedCallError extends TroupeError {
  /** @param code Stable code, such as `troupe.AccessError`. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(code, "user", message, options);
  }
}

const NO_HEADERS: Headers = Object.freeze(Object.create(null));
const UTF8 = new TextEncoder();

/**
 * The edits and emits of one hop.
 *
 * @example
 * ```ts
 * import { Draft } from "@troupe/host/draft";
 * import { DEFAULT_LIMITS } from "@troupe/host/limits";
 * import { assertEquals } from "@std/assert";
 *
 * const source = { id: "1", route: { prev: [], curr: "judge", next: ["report"] } };
 * const draft = new Draft(source, { grants: { route: ["store"] }, limits: DEFAULT_LIMITS });
 * draft.set(".route.next[:0]", '["store"]');
 * draft.emit('{"score": 7}');
 * assertEquals(draft.emits[0]?.route.next, ["store", "report"]);
 * ```
 */
export class Draft {
  readonly #source: DraftSource;
  readonly #rules: DraftRules;
  readonly #emits: Emit[] = [];
  #route: Route;
  #headers: Headers;
  #emittedBytes = 0;

  /** @param source The envelope on arrival; it is not changed. */
  constructor(source: DraftSource, rules: DraftRules) {
    this.#source = source;
    this.#rules = rules;
    this.#route = source.route;
    this.#headers = source.headers ?? NO_HEADERS;
  }

  /** What was emitted so far, in order. */
  get emits(): readonly Emit[] {
    return this.#emits;
  }

  /** The JSON text of what is at a path, with the edits so far; undefined where there is nothing. */
  get(path: string): string | undefined {
    const value = readAt(this.#view(), this.#parse(path));
    return value === undefined ? undefined : JSON.stringify(value);
  }

  /** Puts a value, given as a JSON text, at a path. @throws {RefusedCallError} */
  set(path: string, valueText: string): void {
    const segments = this.#writable(path);
    this.#write(path, segments, this.#value(valueText));
  }

  /** Removes what is at a path; `.route.next` becomes empty. @throws {RefusedCallError} */
  del(path: string): void {
    const segments = this.#writable(path);
    const isNext = segments.length === 2 && segments[0]?.kind === "key" && segments[0].key === "route";
    this.#write(path, segments, isNext ? [] : undefined);
  }

  /** Emits an envelope with a payload, a JSON text, and the route and headers as they are now. @throws {RefusedCallError} */
  emit(payload: string): void {
    const { emits, emittedBytes } = this.#rules.limits;
    if (this.#emits.length >= emits) {
      throw new RefusedCallError("troupe.OutputLimit", `More than ${emits} emits in one hop (limits.emits)`);
    }
    const bytes = this.#emittedBytes + UTF8.encode(payload).length;
    if (bytes > emittedBytes) {
      const message = `More than ${emittedBytes} bytes emitted in one hop (limits.emittedBytes)`;
      throw new RefusedCallError("troupe.OutputLimit", message);
    }
    this.#check(payload);
    this.#emittedBytes = bytes;
    this.#emits.push({ route: this.#route, headers: this.#headers, payload });
  }

  #view(): Json {
    const { id, parentId, status } = this.#source;
    const { prev, curr, next } = this.#route;
    const view: { [key: string]: Json } = Object.create(null);
    view.id = id;
    if (parentId !== undefined) view.parent_id = parentId;
    view.route = Object.assign(Object.create(null), { prev, curr, next });
    view.headers = this.#headers as Json;
    if (status !== undefined) view.status = status as Json;
    return view;
  }

  #parse(path: string): Segment[] {
    try {
      return parsePath(path);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** The segments of a path that may be written. */
  #writable(path: string): Segment[] {
    const segments = this.#parse(path);
    const [first, second] = segments;
    const key = (segment: Segment | undefined) => segment?.kind === "key" ? segment.key : undefined;
    if (key(first) === "route" && key(second) === "next") return segments;
    const header = key(second);
    if (key(first) === "headers" && header !== undefined) {
      if (!isReservedHeader(header)) return segments;
      throw new RefusedCallError(
        "troupe.AccessError",
        `The header ${JSON.stringify(header)} is reserved: actors can read it only`,
      );
    }
    throw new RefusedCallError(
      "troupe.AccessError",
      `${path.slice(0, 200)} cannot be written: actors can write .route.next and .headers.NAME`,
    );
  }

  #value(text: string): Json {
    this.#check(text);
    return parseJson(text);
  }

  #check(text: string): void {
    try {
      scanJson(text, { maxDepth: MAX_DEPTH });
    } catch (error) {
      throw asRefusal(error, "troupe.BadOutput");
    }
  }

  #write(path: string, segments: readonly Segment[], value: Json | undefined): void {
    const inNext = segments[0]?.kind === "key" && segments[0].key === "route";
    try {
      if (inNext) this.#writeNext(segments.slice(2), value);
      else this.#headers = writeAt(this.#headers as Json, segments.slice(1), value) as Headers;
    } catch (error) {
      if (!(error instanceof PathMismatch)) throw error;
      const code = error.reason === "range" ? "troupe.IndexOutOfRange" : "troupe.BadPath";
      throw new RefusedCallError(code, `${path.slice(0, 200)}: ${error.message}`, { cause: error });
    }
  }

  #writeNext(segments: readonly Segment[], value: Json | undefined): void {
    const next = writeAt([...this.#route.next], segments, value);
    if (!Array.isArray(next)) {
      throw new PathMismatch("shape", "route.next has to be an array of actors' names");
    }
    const problem = checkNext(next, { incoming: this.#source.route.next, grants: this.#rules.grants.route });
    if (problem) throw new RefusedCallError(problem.code, problem.message);
    this.#route = { ...this.#route, next: next as string[] };
  }
}

/** Whether actors can only read a header: the trace context, and what the platform keeps there. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "traceparent" || lower === "tracestate" || /^x-(troupe|asya)-/.test(lower);
}

function asRefusal(error: unknown, code?: string): unknown {
  if (!(error instanceof TroupeError)) return error;
  return new RefusedCallError(code ?? error.code, error.message, { cause: error });
}
