/**
 * How hosts come to know what operators ask: they listen, and ask at their start; who has the store answers, and says it
 * again from time to time.
 *
 * @module
 */

import { Controls, type ControlState, readControlState, writeControlState } from "./controls.ts";
import type { Logger } from "./observe/logs.ts";
import type { Transport } from "./transport/transport.ts";

/** Where states are broadcast. */
const STATE_TOPIC = "controls";
/** Where whoever begins asks for them. */
const ASK_TOPIC = "controls-wanted";
/** Pauses before it is asked again, in milliseconds: a broker may take a while to let a listener hear. */
const ASK_AGAIN_MS = [50, 100, 200, 400, 800, 1_600];
/** Pause between two states that nobody has asked for, in milliseconds. */
const TELL_MS = 30_000;
/** How long something that was called off may be under way, in milliseconds. */
const CANCELED_FOR_MS = 14 * 24 * 3_600_000;
/** Cancellations in one broadcast. */
const BATCH = 500;

/** What a host hears. */
export interface ControlFeed {
  readonly controls: Controls;
  /** Resolves when a state has come, or after a while without one: there may be nobody who has a store. */
  readonly heard: Promise<void>;
  /** Stops listening. */
  stop(): void;
}

/**
 * Listens to what operators ask.
 *
 * @param options `patienceMs`: how long {@linkcode ControlFeed.heard} waits. @default 500
 */
export function followControls(
  transport: Transport,
  { patienceMs = 500 }: { readonly patienceMs?: number } = {},
): ControlFeed {
  const controls = new Controls();
  const heard = Promise.withResolvers<void>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const forget = setInterval(() => controls.forget(Date.now() - CANCELED_FOR_MS), TELL_MS);
  const quiet = () => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    heard.resolve();
  };
  const unsubscribe = transport.subscribe(STATE_TOPIC, (bytes) => {
    const state = readControlState(bytes);
    if (!state) return;
    controls.apply(state);
    quiet();
  });
  let after = 0;
  for (const pause of [0, ...ASK_AGAIN_MS]) {
    after += pause;
    timers.add(setTimeout(() => transport.broadcast(ASK_TOPIC, new Uint8Array()), after));
  }
  timers.add(setTimeout(() => heard.resolve(), patienceMs));
  return {
    controls,
    heard: heard.promise,
    stop() {
      unsubscribe();
      clearInterval(forget);
      quiet();
    },
  };
}

/** Who tells hosts. */
export interface ControlTeller {
  /** Stops. */
  stop(): Promise<void>;
}

/**
 * Tells hosts what is asked: now, whenever one of them wants to know, and from time to time.
 *
 * @param options `read`: gives what is asked; `logger`: told when it cannot be read.
 */
export function tellControls(
  transport: Transport,
  { read, logger }: { readonly read: () => Promise<ControlState>; readonly logger: Logger },
): ControlTeller {
  let telling: Promise<void> = Promise.resolve();
  let waiting = false;
  const tell = () => {
    // Many may ask at once: one answer serves them all.
    if (waiting) return;
    waiting = true;
    telling = telling.then(async () => {
      waiting = false;
      try {
        broadcastControls(transport, await read());
      } catch (error) {
        logger.warn("what is paused and called off cannot be read; hosts that begin now are not told", {
          error,
        });
      }
    });
  };
  const unsubscribe = transport.subscribe(ASK_TOPIC, tell);
  const timer = setInterval(tell, TELL_MS);
  tell();
  return {
    async stop() {
      unsubscribe();
      clearInterval(timer);
      await telling;
    },
  };
}

/** Tells everyone who listens what is asked. */
export function broadcastControls(transport: Transport, state: ControlState): void {
  for (let at = 0; at === 0 || at < state.canceled.length; at += BATCH) {
    const part = { ...state, canceled: state.canceled.slice(at, at + BATCH) };
    transport.broadcast(STATE_TOPIC, writeControlState(part));
  }
}
