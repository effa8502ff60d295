/**
 * What the stage's tests share: components made on the spot, envelopes, and stages that are closed and leave nothing.
 *
 * @module
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { fromFileUrl, join } from "@std/path";
import { componentize } from "componentize-qjs";
import type { PreparedComponent } from "../component/component.ts";
import { prepareComponent } from "../component/prepare.ts";
import { type Envelope, parseEnvelope } from "../envelope.ts";
import type { HopResult } from "../hop.ts";
import type { Grants } from "../grants.ts";
import { DEFAULT_LIMITS, type Isolation, type Limits } from "../limits.ts";
import type { Services } from "./services.ts";
import type { GuestLog, Stage, StageEvent } from "./stage.ts";
import type { Config } from "./wire/load.ts";
import { type GrantedFiles, type StageOptions, startStage, superviseSandboxes } from "./supervisor.ts";

const WIT = fromFileUrl(new URL("../../sdk/wit/actor.wit", import.meta.url));

/** Fields of a module: memory, and an allocator that begins anew rather than run out. No more is needed in one hop. */
export const LIBC = `
    (memory (export "memory") 2)
    (global $heap (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
      (if (i32.gt_u (i32.add (local.get $at) (local.get 3)) (i32.const 131072)) (then (local.set $at (i32.const 4096))))
      (global.set $heap (i32.add (local.get $at) (local.get 3)))
      (local.get $at))`;

/** A component out of JavaScript: the module that exports `handle`. */
export async function jsComponent(source: string): Promise<Uint8Array> {
  const { component } = await componentize({
    witPath: WIT,
    world: "actor",
    jsSource: source,
    sync: true,
    optSize: true,
  });
  return component;
}

/**
 * A component out of WAT.
 *
 * `handle` is the body of `(func (param $at i32) (param $length i32) (result i32))`, which gets the payload and leaves the
 * place of its result; there is a local `$n`. It may call `$return` (of a text), `$none`, `$emit`, `$log` (level first) and `$realloc`.
 */
export async function watComponent(
  { handle, fields = "", imports = "", more = "", world = "", given = "" }: {
    readonly handle: string;
    /** More fields of the module that `handle` is in. */
    readonly fields?: string;
    /** More of its imports. */
    readonly imports?: string;
    /** A module from which it can import, as `more`. */
    readonly more?: string;
    /** More definitions of the component, such as of what else it imports. */
    readonly world?: string;
    /** What else the module is instantiated with. */
    readonly given?: string;
  },
): Promise<Uint8Array> {
  return await parse(`
(component
  (import "troupe:actor/mesh@0.1.0" (instance $mesh
    (type $string string)
    (export "json" (type $json (eq $string)))
    (type $record (record (field "code" string) (field "message" string)))
    (export "refusal" (type $refusal (eq $record)))
    (type $levels (enum "debug" "info" "warn" "error"))
    (export "level" (type $level (eq $levels)))
    (export "emit" (func (param "payload" $json) (result (result (error $refusal)))))
    (export "log" (func (param "level" $level) (param "message" string)))
  ))
  (import "troupe:actor/failures@0.1.0" (instance $failures
    (type $record (record
      (field "kind" string) (field "lineage" (list string)) (field "message" string)
      (field "traceback" (option string)) (field "details" (option string))))
    (export "failure" (type (eq $record)))
  ))
  (alias export $failures "failure" (type $failure-type))
  (import "failure" (type $failure (eq $failure-type)))
  (alias export $mesh "json" (type $json-type))
  (import "json" (type $json (eq $json-type)))
  (core module $libc ${LIBC})
  (core module $more ${more})
  (core instance $more (instantiate $more))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $emit (canon lower (func $mesh "emit") (memory $memory) (realloc $realloc)))
  (core func $log (canon lower (func $mesh "log") (memory $memory) (realloc $realloc)))
  ${world}
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "mesh" "emit" (func $emit (param i32 i32 i32)))
    (import "mesh" "log" (func $log (param i32 i32 i32)))
    ${imports}
    (func $return (param $at i32) (param $length i32) (result i32)
      (i64.store (i32.const 16) (i64.const 0x100000000))
      (i32.store (i32.const 24) (local.get $at))
      (i32.store (i32.const 28) (local.get $length))
      (i32.const 16))
    (func $none (result i32)
      (i64.store (i32.const 16) (i64.const 0))
      (i32.const 16))
    ${fields}
    (func (export "handle") (param $at i32) (param $length i32) (result i32) (local $n i32)
      ${handle})
  )
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "more" (instance $more))
    ${given}
    (with "mesh" (instance (export "emit" (func $emit)) (export "log" (func $log))))))
  (func $handle (param "payload" $json) (result (result (option $json) (error $failure)))
    (canon lift (core func $main "handle") (memory $memory) (realloc $realloc)))
  (export "handle" (func $handle))
)`);
}

/**
 * A component whose `handle` looks up its payload in its state, and returns the value that is there.
 *
 * @param then What it does between the two.
 */
export async function stateComponent(then = ""): Promise<Uint8Array> {
  return await parse(`
(component
  (import "troupe:actor/state@0.1.0" (instance $state
    (type $record (record (field "value" (list u8)) (field "version" u64)))
    (export "entry" (type $entry (eq $record)))
    (type $reason (record (field "code" string) (field "message" string)))
    (export "refusal" (type $refusal (eq $reason)))
    (export "get" (func (param "key" string) (result (result (option $entry) (error $refusal)))))))
  (import "troupe:actor/failures@0.1.0" (instance $failures
    (type $record (record
      (field "kind" string) (field "lineage" (list string)) (field "message" string)
      (field "traceback" (option string)) (field "details" (option string))))
    (export "failure" (type (eq $record)))))
  (alias export $failures "failure" (type $failure-type))
  (import "failure" (type $failure (eq $failure-type)))
  (core module $libc ${LIBC})
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $get (canon lower (func $state "get") (memory $memory) (realloc $realloc)))
  (core module $main
    (import "libc" "memory" (memory 1))
    (import "state" "get" (func $get (param i32 i32 i32)))
    (func (export "handle") (param $at i32) (param $length i32) (result i32)
      (call $get (local.get $at) (local.get $length) (i32.const 64))
      ${then}
      (i64.store (i32.const 16) (i64.const 0x100000000))
      (i32.store (i32.const 24) (i32.load (i32.const 80)))
      (i32.store (i32.const 28) (i32.load (i32.const 84)))
      (i32.const 16)))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "state" (instance (export "get" (func $get))))))
  (func $handle (param "payload" string) (result (result (option string) (error $failure)))
    (canon lift (core func $main "handle") (memory $memory) (realloc $realloc)))
  (export "handle" (func $handle)))`);
}

let folder: string | undefined;

/** A folder for what the tests of one file make; removed when they are over. */
export function testFolder(): string {
  if (folder) return folder;
  const made = Deno.makeTempDirSync({ prefix: "troupe-stage-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
  return folder = made;
}

/** A stage in a test, and what it told. */
export interface StageUnderTest {
  readonly stage: Stage;
  readonly logs: GuestLog[];
  readonly flies: { readonly id: string; readonly event: string }[];
  readonly events: StageEvent[];
  /** Resolves with the next event of a kind, from now on. */
  next(kind: StageEvent["kind"]): Promise<StageEvent>;
}

/** What a stage under test is started with. */
export interface TestStageOptions {
  readonly actor?: string;
  readonly limits?: Partial<Limits>;
  readonly isolation?: Isolation;
  /** Whether instances may be restored. @default as in a stage that is told nothing of it */
  readonly restore?: boolean;
  readonly grants?: Grants;
  readonly services?: Services;
  readonly config?: Config;
  readonly files?: GrantedFiles;
  /** Called with each event, after it was noted. */
  readonly onEvent?: (event: StageEvent, stage: Stage | undefined) => void;
  /** Called with each log line, after it was noted. */
  readonly onLog?: (log: GuestLog, stage: Stage | undefined) => void;
  /** A script for the sandbox other than the real one. */
  readonly script?: string;
}

const preparedOnce = new WeakMap<Uint8Array, Promise<PreparedComponent>>();

/** Prepares a component as a host would, once. */
export function prepared(bytes: Uint8Array): Promise<PreparedComponent> {
  const ready = preparedOnce.get(bytes) ?? prepare(bytes);
  preparedOnce.set(bytes, ready);
  return ready;
}

async function prepare(bytes: Uint8Array): Promise<PreparedComponent> {
  const path = join(testFolder(), `${crypto.randomUUID()}.wasm`);
  await Deno.writeFile(path, bytes);
  // What a component may import is another test's.
  const grants = { route: [], env: {}, secrets: {}, http: [], state: {}, clock: "coarse" as const };
  const rules = { cacheDir: testFolder(), grants, limits: DEFAULT_LIMITS };
  return await prepareComponent({ kind: "file", path }, rules);
}

/** Runs a test on a stage with a component, and closes the stage. */
export async function withStage(
  component: Uint8Array | PreparedComponent,
  options: TestStageOptions,
  use: (test: StageUnderTest) => Promise<void>,
): Promise<void> {
  const { actor = "actor", limits = {}, isolation = "fresh", grants = { route: [] }, script } = options;
  const logs: GuestLog[] = [];
  const flies: { id: string; event: string }[] = [];
  const events: StageEvent[] = [];
  const awaited: { kind: StageEvent["kind"]; resolve: (event: StageEvent) => void }[] = [];
  const current: { stage?: Stage } = {};
  const stageOptions: StageOptions = {
    actor,
    component: component instanceof Uint8Array ? await prepared(component) : component,
    limits: { ...DEFAULT_LIMITS, ...limits },
    isolation,
    ...(options.restore === undefined ? {} : { restore: options.restore }),
    grants,
    cacheDir: testFolder(),
    ...(options.services ? { services: options.services } : {}),
    ...(options.config ? { config: options.config } : {}),
    ...(options.files ? { files: options.files } : {}),
    onLog: (log) => {
      logs.push(log);
      options.onLog?.(log, current.stage);
    },
    onFly: (id, event) => flies.push({ id, event }),
    onEvent: (event) => {
      events.push(event);
      for (const waiter of awaited.splice(0)) {
        if (waiter.kind === event.kind) waiter.resolve(event);
        else awaited.push(waiter);
      }
      options.onEvent?.(event, current.stage);
    },
  };
  const stage =
    await (script === undefined ? startStage(stageOptions) : superviseSandboxes(stageOptions, script));
  current.stage = stage;
  const next = (kind: StageEvent["kind"]) =>
    new Promise<StageEvent>((resolve) => awaited.push({ kind, resolve }));
  try {
    await use({ stage, logs, flies, events, next });
  } finally {
    await stage.close({ now: true });
  }
}

/** An envelope at `actor`, with `next` before it. */
export function envelope(
  id: string,
  payload: unknown,
  { next = ["b", "c"], headers }: { next?: string[]; headers?: Record<string, unknown> } = {},
): Envelope {
  const body = { id, route: { prev: ["a"], curr: "actor", next }, ...(headers ? { headers } : {}), payload };
  return parseEnvelope(new TextEncoder().encode(JSON.stringify(body)));
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * A JavaScript actor that does what its payload says: `do` is a list of steps, done in order.
 * Errors of calls that are not caught become failures, as an SDK would have it.
 */
export const OBEDIENT_ACTOR = `
import mesh from "troupe:actor/mesh@0.1.0";
let count = 0;
const steps = {
  get: (path) => mesh.get(path),
  set: (path, value) => mesh.set(path, JSON.stringify(value)),
  setText: (path, text) => mesh.set(path, text),
  setLong: (path, length) => mesh.set(path, JSON.stringify("x".repeat(length))),
  del: (path) => mesh.del(path),
  emit: (value) => mesh.emit(JSON.stringify(value)),
  emitText: (text) => mesh.emit(text),
  emitMany: (times, value) => { for (let i = 0; i < times; i++) mesh.emit(JSON.stringify(value)); },
  fly: (value) => mesh.fly(JSON.stringify(value)),
  log: (level, message) => mesh.log(level, message),
  logMany: (times, message) => { for (let i = 0; i < times; i++) mesh.log("info", message); },
  delMany: (times, path) => { for (let i = 0; i < times; i++) mesh.del(path); },
  count: () => ++count,
  random: () => Math.random(),
  spin: () => { for (;;); },
  grow: () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); },
  recurse: () => { const f = (n) => n + f(n + 1); return f(0); },
  trap: () => { throw "not a failure"; },
  fail: (failure) => { throw { lineage: [], message: "", ...failure }; },
  returnText: (text) => { throw { returned: text }; },
  none: () => { throw { returned: undefined }; },
  caught: (name, ...args) => {
    try { return steps[name](...args); } catch (error) { return error.payload.code; }
  },
};
export function handle(payload) {
  const results = [];
  try {
    for (const [name, ...args] of JSON.parse(payload).do ?? []) results.push(steps[name](...args) ?? null);
    return JSON.stringify(results);
  } catch (error) {
    if (error && typeof error === "object" && "returned" in error) return error.returned;
    if (!error?.payload) throw error;
    throw { kind: error.payload.code, lineage: [], message: error.payload.message };
  }
}
`;

let obedient: Promise<Uint8Array> | undefined;

/** The component of {@linkcode OBEDIENT_ACTOR}, made once. */
export function obedientActor(): Promise<Uint8Array> {
  return obedient ??= jsComponent(OBEDIENT_ACTOR);
}

/** An envelope for it. */
export function order(id: string, ...steps: readonly (readonly [string, ...unknown[]])[]): Envelope {
  return envelope(id, { do: steps });
}

/** The payloads that a hop emitted; the failure's type where it failed. */
export function told(result: HopResult): unknown[] | string {
  return result.ok ? result.emits.map(({ payload }) => JSON.parse(payload)) : result.failure.type;
}
