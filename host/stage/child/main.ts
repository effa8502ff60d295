/**
 * What runs in the sandbox: loads one component and handles envelopes, one after another, in the order in which they
 * come. Each entry into guest code is announced before it is made, so that the host knows what to blame.
 *
 * @module
 */

import { encodeText } from "../wire/bytes.ts";
import { encodeFailure } from "../wire/failure.ts";
import { type Frame, FrameType } from "../wire/frames.ts";
import { decodeHandle } from "../wire/handle.ts";
import { decodeLoad, type LoadSettings } from "../wire/load.ts";
import { longestText } from "../allowance.ts";
import { disarm } from "./disarm.ts";
import { describe, failureOf, memoryFailure, outputFailure } from "./failures.ts";
import { guestText } from "./guest_text.ts";
import { type Instance, type Instantiate, makeInstance } from "./instance.ts";
import { FreshInstances, type InstanceSource, ReusedInstances } from "./instance_source.ts";
import { Mesh } from "./mesh.ts";
import { Port } from "./port.ts";

/** A component that stands ready. */
interface Actor {
  readonly settings: LoadSettings;
  readonly instances: InstanceSource;
}

/** Longest reason that is told, in characters. */
const REASON_CHARACTERS = 8 * 1024;

// What is needed later is taken before the global object is emptied.
const port = new Port();
const exit = Deno.exit;
const collect = (globalThis as { gc?: (options: { type: string }) => void }).gc;

await run();

async function run(): Promise<void> {
  let actor: Actor | undefined;
  let ahead = true;
  port.send(FrameType.Started, 0n);
  port.flush();
  for (;;) {
    const frames = await port.receive();
    if (!frames) return exit(0);
    for (const frame of frames) {
      if (actor) handle(frame, actor);
      else actor = await load(frame);
    }
    // Nothing is known to wait.
    if (actor?.settings.ahead && ahead && actor.instances.wants) ahead = prepare(actor.instances);
    port.flush();
  }
}

/** Makes the component ready, with one instance, so that what cannot be instantiated is known at start. */
async function load(frame: Frame): Promise<Actor | undefined> {
  const { glue, modules: parts, ...settings } = decodeLoad(frame.body);
  try {
    const modules = new Map(
      parts.map(({ name, bytes }) => [name, new WebAssembly.Module(bytes as BufferSource)]),
    );
    const url = URL.createObjectURL(new Blob([glue as BlobPart], { type: "text/javascript" }));
    const text = guestText(longestText(settings.limits));
    disarm({ TextDecoder: text.Decoder });
    port.send(FrameType.Entered, 0n);
    port.flush();
    const { instantiate } = await import(url) as { instantiate: Instantiate };
    const make = () => makeInstance({ instantiate, modules, text });
    const instances = settings.isolation === "reuse"
      ? new ReusedInstances(make)
      // Measured: a minor collection leaves twice as much behind, and is no quicker over all.
      : new FreshInstances(make, () => collect?.({ type: "major" }));
    instances.prepare();
    port.send(FrameType.Ready, 0n);
    return { settings, instances };
  } catch (error) {
    const reason = describe(error).slice(0, REASON_CHARACTERS).toWellFormed();
    port.send(FrameType.NotReady, 0n, encodeText(reason));
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
  port.send(FrameType.Entered, 0n);
  port.flush();
  try {
    instances.prepare();
    return true;
  } catch {
    return false;
  } finally {
    port.send(FrameType.Prepared, 0n);
  }
}

function handle({ nonce, body }: Frame, { settings, instances }: Actor): void {
  const { source, payload } = decodeHandle(body);
  const mesh = new Mesh(nonce, { port, settings, source });
  port.send(FrameType.Entered, nonce);
  port.flush();
  let instance: Instance | undefined;
  try {
    instance = instances.take();
    const returned = instance.handle(payload, mesh);
    mesh.end();
    answer(nonce, returned, { settings, memoryBytes: instance.memoryBytes() });
    instances.done(instance, "returned");
  } catch (error) {
    mesh.end();
    const memoryBytes = instance?.memoryBytes() ?? 0;
    port.send(
      FrameType.Failed,
      nonce,
      encodeFailure(failureOf(error, { limits: settings.limits, memoryBytes })),
    );
    if (instance) instances.done(instance, "failed");
  }
}

/** Tells the host what a hop returned. */
function answer(
  nonce: bigint,
  returned: string | undefined,
  { settings: { limits }, memoryBytes }: { settings: LoadSettings; memoryBytes: number },
): void {
  // One memory cannot be larger; several together can.
  if (memoryBytes > limits.memoryBytes) throw memoryFailure(limits);
  if (returned === undefined) return port.send(FrameType.ReturnedNone, nonce);
  const bytes = encodeText(returned);
  if (bytes.length > limits.emittedBytes) throw outputFailure(limits);
  port.send(FrameType.Returned, nonce, bytes);
}
