/**
 * Runs an actor in a unit test, without building it: the same driver as in the component, with the host's own rules about
 * what an actor may edit and emit.
 *
 * @module
 */

import { Draft, RefusedCallError } from "@troupe/host/draft";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import type { LogLevel, MeshCalls } from "./calls.ts";
import { RefusedError } from "./errors.ts";
import { failureOf, type GuestFailure } from "./failure.ts";
import { holdHop, type HopCalls } from "./_hop.ts";
import { settleHandler } from "./async_handler.ts";
import { type Handler, runHandler } from "./handler.ts";
import { type Json, jsonText } from "./json.ts";
import { TestState } from "./testing_state.ts";

export { TestState };

/** What a handler is tested with. */
export interface RunOptions {
  /** Actors that it may add to a route, as in `spec.grants.route`. @default [] */
  readonly grants?: readonly string[];
  /** Name of the actor. @default "actor" */
  readonly actor?: string;
  /** Id of the envelope. @default "test" */
  readonly id?: string;
  /** Actors done. @default [] */
  readonly prev?: readonly string[];
  /** Actors that remain. @default [] */
  readonly next?: readonly string[];
  /** The envelope's headers. @default {} */
  readonly headers?: { readonly [name: string]: Json };
  /** Most emits. @default 1000 */
  readonly emits?: number;
  /** What it keeps; given to several runs, the later ones find what the earlier ones left. @default an empty one */
  readonly state?: TestState;
}

/** One downstream envelope. */
export interface TestEmit {
  readonly payload: Json;
  readonly route: {
    readonly prev: readonly string[];
    readonly curr: string;
    readonly next: readonly string[];
  };
  readonly headers: { readonly [name: string]: Json };
}

/** What came of a run. */
export interface TestRun {
  /** What it emitted; nothing when it failed, since a hop is all or nothing. */
  readonly emits: readonly TestEmit[];
  /** Payloads of the emits. */
  readonly payloads: readonly Json[];
  /** Edits, in order, refused ones left out. */
  readonly edits: readonly { readonly verb: "set" | "del"; readonly path: string; readonly value?: Json }[];
  /** Events that it sent upstream. */
  readonly flies: readonly Json[];
  readonly logs: readonly { readonly level: LogLevel; readonly message: string }[];
  /** For how many milliseconds it slept, each time; the test did not. */
  readonly sleeps: readonly number[];
  /** Why it failed, if it did. */
  readonly failure?: GuestFailure;
}

/**
 * Runs a handler on a payload. A failure of the handler is part of the result. Handlers that are asynchronous are run with
 * {@linkcode runAsync}.
 *
 * @throws {NotJsonError} when the payload or a header is no JSON.
 *
 * @example
 * ```ts
 * import { run } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const hop = run((text: string) => text.length, "four");
 * assertEquals(hop.payloads, [4]);
 * ```
 */
export function run<In>(handle: Handler<In>, payload: In, options: RunOptions = {}): TestRun {
  const text = jsonText(payload, "the payload");
  const trial = new Trial(options);
  try {
    return trial.ended(runHandler(handle as Handler, text, trial.hop));
  } catch (error) {
    return trial.failed(error);
  }
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs a handler of any kind on a payload, like {@linkcode run}. Several at once are run one after the other, as an actor
 * handles one envelope at a time. Timers are those of the test's runtime; a promise that nothing settles fails the hop in a
 * component, and here leaves the test waiting.
 *
 * @throws {NotJsonError} when the payload or a header is no JSON.
 *
 * @example
 * ```ts
 * import { runAsync } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * async function handle(texts: string[]) {
 *   return await Promise.all(texts.map(async (text) => await Promise.resolve(text.length)));
 * }
 *
 * assertEquals((await runAsync(handle, ["a", "four"])).payloads, [[1, 4]]);
 * ```
 */
export async function runAsync<In>(
  handle: Handler<In>,
  payload: In,
  options: RunOptions = {},
): Promise<TestRun> {
  const text = jsonText(payload, "the payload");
  const trial = new Trial(options);
  const mine = before.then(async () => {
    const hop = { ...trial.hop, pending: new Set<object>() };
    using _held = holdHop(hop);
    try {
      return trial.ended(await settleHandler(handle as Handler, text, hop));
    } catch (error) {
      return trial.failed(error);
    }
  });
  before = mine;
  return await mine;
}

/** One hop of a test. */
class Trial {
  readonly hop: HopCalls;
  readonly #draft: Draft;
  readonly #edits: TestRun["edits"][number][] = [];
  readonly #flies: Json[] = [];
  readonly #logs: TestRun["logs"][number][] = [];
  readonly #sleeps: number[] = [];

  constructor(options: RunOptions) {
    const { grants = [], actor = "actor", id = "test", prev = [], next = [], headers = {} } = options;
    const { state = new TestState() } = options;
    const limits = { ...DEFAULT_LIMITS, ...(options.emits === undefined ? {} : { emits: options.emits }) };
    const source = {
      id,
      route: { prev, curr: actor, next },
      headers: JSON.parse(jsonText(headers, "headers")),
    };
    this.#draft = new Draft(source, { grants: { route: grants }, limits });
    this.hop = { calls: this.#calls(), state, sleep: (ms) => void this.#sleeps.push(ms) };
  }

  #calls(): MeshCalls {
    const draft = this.#draft;
    return {
      get: (path) => orRefusal(() => draft.get(path)),
      set: (path, value) => {
        orRefusal(() => draft.set(path, value));
        this.#edits.push({ verb: "set", path, value: JSON.parse(value) });
      },
      del: (path) => {
        orRefusal(() => draft.del(path));
        this.#edits.push({ verb: "del", path });
      },
      emit: (text) => orRefusal(() => draft.emit(text)),
      fly: (event) => void this.#flies.push(JSON.parse(event)),
      log: (level, message) => void this.#logs.push({ level, message }),
    };
  }

  /** It returned a last payload, or none. */
  ended(last: string | undefined): TestRun {
    if (last !== undefined) this.hop.calls.emit(last);
    const emits = this.#draft.emits.map(({ payload, route, headers }) => ({
      payload: JSON.parse(payload),
      route,
      headers: { ...headers },
    }));
    return this.#told(emits);
  }

  failed(error: unknown): TestRun {
    return { ...this.#told([]), failure: failureOf(error) };
  }

  #told(emits: readonly TestEmit[]): TestRun {
    return {
      emits,
      payloads: emits.map(({ payload }) => payload),
      edits: this.#edits,
      flies: this.#flies,
      logs: this.#logs,
      sleeps: this.#sleeps,
    };
  }
}

/** A refusal as an actor sees it. */
function orRefusal<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof RefusedCallError) throw new RefusedError(error.code, error.message);
    throw error;
  }
}
