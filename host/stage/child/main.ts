/**
 * What runs in the sandbox: loads one component and handles envelopes in the order in which they come; one after another,
 * but that while a guest waits for the host, others run. Each entry into guest code is announced before it is made, so that
 * the host knows what to blame.
 *
 * @module
 */

import { harden } from "../../sandbox/hardening/harden.ts";
import { mountsOf } from "../../sandbox/file_tree.ts";
import { decodeAnswer } from "../wire/ask.ts";
import { encodeText } from "../wire/bytes.ts";
import { encodeFailure } from "../wire/failure.ts";
import { type Frame, FrameType } from "../wire/frames.ts";
import { decodeHandle } from "../wire/handle.ts";
import { decodeLoad, type LoadSettings } from "../wire/load.ts";
import { longestText } from "../allowance.ts";
import { disarm } from "./disarm.ts";
import { describe, failureOf, memoryFailure, outputFailure, StoppedError } from "./failures.ts";
import { guestText } from "./guest_text.ts";
import { HostCalls } from "./host_calls.ts";
import type { Instance, Instantiate } from "./instance.ts";
import type { InstanceSource } from "./instance_source.ts";
import { Mesh } from "./mesh.ts";
import { Port } from "./port.ts";
import { sourceOf } from "./source_of.ts";
import { Turns } from "./turns.ts";
import { suspendUnwindably } from "./unwinding.ts";

/** A component that stands ready. */
interface Actor {
  readonly settings: LoadSettings;
  readonly instances: InstanceSource;
}

/** A hop that was begun and is not over. */
interface Hop {
  readonly mesh: Mesh;
  readonly calls: HostCalls;
  instance?: Instance;
}

/** Longest reason that is told, in characters. */
const REASON_CHARACTERS = 8 * 1024;

// Before anything of a component is here.
const layers = harden();
// What is needed later is taken before the global object is emptied.
const port = new Port();
const turns = new Turns(idle);
const hops = new Map<bigint, Hop>();
let actor: Actor | undefined;
let ahead = true;
const exit = Deno.exit;
const gc = (globalThis as { gc?: (options: { type: string }) => void }).gc;
// Measured: a minor collection leaves twice as much behind, and is no quicker over all.
const collectAll = () => gc?.({ type: "major" });

await run();

async function run(): Promise<void> {
  port.send(FrameType.Started, 0n, encodeText(JSON.stringify(layers)));
  port.flush();
  for (;;) {
    const frames = await port.receive();
    if (!frames) return exit(0);
    for (const frame of frames) {
      if (actor) take(frame, actor);
      else actor = await load(frame);
    }
    turns.run();
  }
}

function take(frame: Frame, actor: Actor): void {
  const { type, nonce, body } = frame;
  if (type === FrameType.Handle) return turns.take(() => handle(frame, actor));
  const hop = hops.get(nonce);
  // What was not abandoned in time is over.
  if (!hop) return;
  if (type === FrameType.Answer) hop.calls.answer(decodeAnswer(body));
  else if (type === FrameType.Abandon) abandon(nonce, hop, actor);
}

/** Nothing is known to be due. */
function idle(): void {
  if (actor?.settings.ahead && ahead && actor.instances.wants) ahead = prepare(actor.instances);
  port.flush();
  actor?.instances.tidy();
}

/** Makes the component ready, with one instance, so that what cannot be instantiated is known at start. */
async function load(frame: Frame): Promise<Actor | undefined> {
  const { glue, modules: parts, files, ...settings } = decodeLoad(frame.body);
  try {
    const modules = new Map(
      parts.map(({ name, bytes }) => [name, new WebAssembly.Module(bytes as BufferSource)]),
    );
    const url = URL.createObjectURL(new Blob([glue as BlobPart], { type: "text/javascript" }));
    const text = guestText(longestText(settings.limits));
    if (settings.blocking) suspendUnwindably();
    // Deno makes its timers when they are first asked for, which takes what is about to go; glue that waits needs them.
    disarm({ TextDecoder: text.Decoder, ...(settings.blocking ? { setTimeout, clearTimeout } : {}) });
    port.send(FrameType.Entered, 0n);
    port.flush();
    const { instantiate } = await import(url) as { instantiate: Instantiate };
    const instances = sourceOf({
      instantiate,
      modules,
      text,
      settings,
      mounts: mountsOf(settings.mounts, files),
    }, collectAll);
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

/** Begins with an envelope; where its guest does not wait for anything, that is all of it. */
function handle({ nonce, body }: Frame, { settings, instances }: Actor): void {
  const { source, payload } = decodeHandle(body);
  const calls = new HostCalls(nonce, {
    port,
    turns,
    limits: settings.limits,
    stop: (error) => {
      failed(error);
      turns.run();
    },
  });
  const mesh = new Mesh(nonce, { port, settings, source, calls });
  const hop: Hop = { mesh, calls };
  hops.set(nonce, hop);
  port.send(FrameType.Entered, nonce);
  port.flush();
  const over = () => {
    hops.delete(nonce);
    turns.leave();
  };
  // A guest whose stack is unwound has been done with before that.
  const isOver = () => hops.get(nonce) !== hop;
  const failed = (error: unknown) => {
    if (isOver()) return;
    endQuietly(mesh);
    fail(nonce, error, { settings, instance: hop.instance });
    if (hop.instance) instances.done(hop.instance, "failed");
    over();
  };
  const done = (instance: Instance, returned: string | undefined) => {
    if (isOver()) return;
    try {
      mesh.end();
      answer(nonce, returned, { settings, memoryBytes: instance.memoryBytes() });
    } catch (error) {
      return failed(error);
    }
    instances.done(instance, "returned");
    over();
  };
  try {
    const instance = hop.instance = instances.take();
    const returned = instance.handle(payload, mesh);
    if (!(returned instanceof Promise)) return done(instance, returned);
    returned.then((payload) => done(instance, payload), failed).then(() => turns.run());
  } catch (error) {
    failed(error);
  }
}

/** What the guest wrote is told; not, if that is too much: the hop has failed already. */
function endQuietly(mesh: Mesh): void {
  try {
    mesh.end();
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}

function abandon(nonce: bigint, { calls, instance }: Hop, { instances }: Actor): void {
  calls.abandon(() => {
    hops.delete(nonce);
    if (instance) instances.done(instance, "failed");
    port.send(FrameType.Abandoned, nonce);
  });
}

/** Tells the host how a hop failed. */
function fail(
  nonce: bigint,
  error: unknown,
  { settings: { limits }, instance }: { settings: LoadSettings; instance: Instance | undefined },
): void {
  const failure = failureOf(error, { limits, memoryBytes: instance?.memoryBytes() ?? 0 });
  port.send(FrameType.Failed, nonce, encodeFailure(failure));
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
