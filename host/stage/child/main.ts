/**
 * What runs in the sandbox: loads one component and handles envelopes, one after another, in the order in which they
 * come. Everything that was said of one envelope is written before the next is begun, so that the host knows which one
 * guest code is in.
 *
 * @module
 */

import {
  decodeHandle,
  decodeLoad,
  encodeFailure,
  type LoadSettings,
  type SandboxFailure,
} from "../bodies.ts";
import { type Frame, FrameType } from "../frames.ts";
import { ChildHop } from "./hop.ts";
import {
  FreshInstances,
  type InstanceSource,
  type Instantiate,
  makeInstance,
  ReusedInstances,
} from "./instance.ts";
import { Port } from "./port.ts";

const ENCODER = new TextEncoder();

/** A guest whose memory is as full as this has failed for want of it. */
const FULL = 0.99;

const port = new Port();
const exit = Deno.exit;
const collect = (globalThis as { gc?: (options?: { type: string }) => void }).gc;

await run();

async function run(): Promise<void> {
  let actor: { settings: LoadSettings; instances: InstanceSource } | undefined;
  let ahead = true;
  for (;;) {
    const frames = await port.receive();
    if (!frames) return exit(0);
    for (const frame of frames) {
      if (actor) handle(frame, actor);
      else actor = await load(frame);
    }
    port.flush();
    if (actor && ahead) ahead = prepare(actor.instances);
  }
}

/** Makes the component ready; one instance is made at once, so that what cannot be instantiated is known at start. */
async function load(
  frame: Frame,
): Promise<{ settings: LoadSettings; instances: InstanceSource } | undefined> {
  const { glue, modules: parts, ...settings } = decodeLoad(frame.body);
  try {
    const modules = new Map(
      parts.map(({ name, bytes }) => [name, new WebAssembly.Module(bytes as BufferSource)]),
    );
    const url = URL.createObjectURL(new Blob([glue as BlobPart], { type: "text/javascript" }));
    disarm();
    const { instantiate } = await import(url) as { instantiate: Instantiate };
    const make = () => makeInstance(instantiate, modules);
    const instances = settings.isolation === "reuse"
      ? new ReusedInstances(make)
      : new FreshInstances(make, () => collect?.({ type: "minor" }));
    instances.prepare();
    port.send(FrameType.Ready, 0);
    return { settings, instances };
  } catch (error) {
    port.send(FrameType.NotReady, 0, ENCODER.encode(describe(error).slice(0, 8 * 1024).toWellFormed()));
    return undefined;
  }
}

/**
 * Makes an instance while there is nothing else to do.
 *
 * @returns Whether to go on doing so. Not after a failure: the next envelope then needs an instance, does not get one, and
 * its failure says why.
 */
function prepare(instances: InstanceSource): boolean {
  try {
    instances.prepare();
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes away what glue that a component could have tampered with might use. No boundary: the boundary is the process,
 * which has no permission.
 */
function disarm(): void {
  // jco's glue looks for `process.env`, which may not be read here.
  Object.defineProperty(globalThis, "process", { value: undefined });
  for (
    const name of ["Worker", "fetch", "WebSocket", "localStorage", "sessionStorage", "caches", "gc", "Deno"]
  ) {
    Reflect.deleteProperty(globalThis, name);
  }
}

function handle(
  { nonce, body }: Frame,
  { settings, instances }: { settings: LoadSettings; instances: InstanceSource },
): void {
  const { source, payload } = decodeHandle(body);
  const hop = new ChildHop(nonce, { port, settings, source });
  port.flush();
  let instance;
  try {
    instance = instances.take();
    const returned = instance.handle(payload, hop);
    hop.end();
    const full = instance.memoryBytes() > settings.limits.memoryBytes;
    instances.give(instance, full);
    if (full) port.send(FrameType.Failed, nonce, encodeFailure(memoryFailure(settings)));
    else if (returned === undefined) port.send(FrameType.ReturnedNone, nonce);
    else if (returned.length > settings.limits.emittedBytes) {
      port.send(FrameType.Failed, nonce, encodeFailure(outputFailure(settings)));
    } else port.send(FrameType.Returned, nonce, ENCODER.encode(returned));
  } catch (error) {
    hop.end();
    const full = instance !== undefined && instance.memoryBytes() > FULL * settings.limits.memoryBytes;
    if (instance) instances.give(instance, true);
    const failure = error instanceof Error && full ? memoryFailure(settings) : failureOf(error);
    port.send(FrameType.Failed, nonce, encodeFailure(failure));
  }
}

function memoryFailure({ limits }: LoadSettings): SandboxFailure {
  const message = `The actor needs more than its ${limits.memoryBytes} bytes of memory (limits.memory)`;
  return { cause: "memory", kind: "", lineage: [], message };
}

function outputFailure({ limits }: LoadSettings): SandboxFailure {
  const message = `The actor returned more than ${limits.emittedBytes} bytes (limits.emittedBytes)`;
  return { cause: "output", kind: "", lineage: [], message };
}

/** What jco's glue throws: a plain object is the failure that the guest returned, an Error anything else. */
function failureOf(thrown: unknown): SandboxFailure {
  if (thrown instanceof Error || typeof thrown !== "object" || thrown === null) {
    return { cause: "trap", kind: "", lineage: [], message: describe(thrown) };
  }
  const { kind, lineage, message, traceback, details } = thrown as Record<string, unknown>;
  return {
    cause: "guest",
    kind: String(kind),
    lineage: Array.isArray(lineage) ? lineage.map(String) : [],
    message: String(message),
    ...(traceback == null ? {} : { traceback: String(traceback) }),
    ...(details == null ? {} : { details: String(details) }),
  };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
