/**
 * What every component has around the author's code. Importing it puts `console` and the like into place, before the
 * author's module is loaded; {@linkcode connect} makes the component's `handle` of the author's.
 *
 * @module
 */

import type { HopCalls } from "../_hop.ts";
import { failureOf } from "../failure.ts";
import { type Handler, runHandler } from "../handler.ts";
import { explainReference } from "./absent.ts";
import { clone } from "./clone.ts";
import { makeConsole } from "./console.ts";
import { callsOf, type MeshImport } from "./contract.ts";
import { Utf8Decoder, Utf8Encoder } from "./encoding.ts";
import { LINE_TABLE, type LineTable, mapPositions } from "./lines.ts";
import { MISTAKE } from "./mistake.ts";
import { makeCrypto, RandomPool } from "./random.ts";
import { stateCallsOf, type StateImport } from "./state_contract.ts";

/** What the component imports. */
export interface ComponentImports {
  readonly mesh: MeshImport;
  readonly random: { getRandomBytes(length: number): Uint8Array };
  /** Where the author imports `@troupe/sdk/state`. */
  readonly state?: StateImport;
  /** Where the author imports `@troupe/sdk/sleep`, or names timers. */
  readonly timers?: { sleep(ms: number): void };
}

/** Runs a handler: see `runHandler`. */
export interface Runner {
  run(handler: Handler, payload: string, calls: HopCalls): string | undefined;
}

const pool = new RandomPool();
/** When the handler first asked what time it is; a clock that nobody reads costs nothing. */
let startedAt: number | undefined;

installSurroundings();

/**
 * Makes the component's `handle`.
 *
 * @param author The author's module.
 * @param loop Runs handlers that may be asynchronous. @default they may not
 * @throws {Error} whose message begins with {@linkcode MISTAKE}, when it exports no handler, or one that cannot work.
 */
export function connect(
  author: { readonly [name: string]: unknown },
  imports: ComponentImports,
  loop?: Runner,
): (payload: string) => string | undefined {
  const handler = handlerOf(author, loop !== undefined);
  const { timers } = imports;
  const calls: HopCalls = {
    calls: callsOf(imports.mesh),
    state: imports.state && stateCallsOf(imports.state),
    sleep: timers && ((ms) => timers.sleep(ms)),
  };
  const randomBytes = (length: number) => imports.random.getRandomBytes(length);
  return (payload) => {
    pool.begin(randomBytes);
    startedAt = undefined;
    try {
      return loop ? loop.run(handler, payload, calls) : runHandler(handler, payload, calls);
    } catch (error) {
      // Not the actor's failure to tell: left alone it stops the component, and the host, which knows the limit, names it.
      if (isOutOfMemory(error)) throw error;
      const mapStack = (stack: string) => mapPositions(stack, lineTable());
      throw failureOf(error, { explain: explainReference, mapStack });
    } finally {
      pool.end();
    }
  };
}

function handlerOf(author: { readonly [name: string]: unknown }, mayWait: boolean): Handler {
  const handle = author.handle ?? author.default;
  if (typeof handle !== "function") {
    throw new Error(
      `${MISTAKE}it has to export a function named handle, such as: export function handle(payload) { return payload; }`,
    );
  }
  if (!mayWait && /Async/.test(Object.prototype.toString.call(handle))) {
    throw new Error(
      `${MISTAKE}handle is an async function of a library: declare one that awaits it in a file of your own`,
    );
  }
  return handle as Handler;
}

/** Whether the engine found no memory for what the author's code asked for. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.name === "InternalError" && error.message === "out of memory";
}

/** The table that the build has put into the component. */
function lineTable(): LineTable | undefined {
  return (globalThis as { [LINE_TABLE]?: LineTable })[LINE_TABLE];
}

function installSurroundings(): void {
  const engineRandom = Math.random;
  Object.defineProperty(Math, "random", {
    // While the module is loaded there is no other source; what is made then is the same for every envelope anyway.
    value: () => pool.ready ? pool.float() : engineRandom(),
    configurable: true,
    writable: true,
  });
  const surroundings = {
    console: makeConsole(),
    crypto: makeCrypto(pool),
    performance: { now: () => Date.now() - (startedAt ??= Date.now()) },
    structuredClone: clone,
    TextDecoder: Utf8Decoder,
    TextEncoder: Utf8Encoder,
  };
  for (const [name, value] of Object.entries(surroundings)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  // The engine has it, and does not run what is queued: where something does (`event_loop.ts`), there is another.
  Reflect.deleteProperty(globalThis, "queueMicrotask");
}
