/**
 * A sandbox that does not keep to the rules: what the host has to expect where a component has got the better of the real
 * one. It runs in a sandbox; which rule it breaks is what the actor is called.
 *
 * @module
 */

import { encodeText } from "./wire/bytes.ts";
import { type Call, encodeCall } from "./wire/call.ts";
import { encodeFrame, type Frame, FrameDecoder, FrameType } from "./wire/frames.ts";
import { decodeLoad } from "./wire/load.ts";

const decoder = new FrameDecoder(
  new Map([[FrameType.Load, 2 ** 32 - 1], [FrameType.Handle, 2 ** 32 - 1]]),
);
let sequence = 0;

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

function send(type: number, nonce: bigint, ...parts: Uint8Array[]): void {
  write(encodeFrame({ type, nonce, sequence: sequence++ }, ...parts));
}

const call = (nonce: bigint, what: Call, refused = false) =>
  send(FrameType.Call, nonce, ...encodeCall(what, refused));
const enter = (nonce: bigint) => send(FrameType.Entered, nonce);
const returned = (nonce: bigint, payload = "1") => send(FrameType.Returned, nonce, encodeText(payload));

/** An entered hop says something that it may not. */
const within = (say: (nonce: bigint) => void) => (nonce: bigint) => {
  enter(nonce);
  say(nonce);
};
/** It says something that may be said, and forbidden bytes as the body of it. */
const body = (type: number, ...bytes: number[]) =>
  within((nonce) => send(type, nonce, Uint8Array.from(bytes)));
const failure = (value: unknown) =>
  within((nonce) => send(FrameType.Failed, nonce, encodeText(JSON.stringify(value))));

/** Rules that are broken while the component is loaded. */
export const AT_LOAD: Record<string, () => void> = {
  "started again": () => send(FrameType.Started, 0n),
  "ready before anything was entered": () => send(FrameType.Ready, 0n),
  "no frame at all": () => write(encodeText("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
  "a result before it is ready": () => returned(1n),
  "a type that only the host sends": () => send(FrameType.Handle, 0n),
  "a type that does not exist": () => send(99, 0n),
  "a frame out of sequence": () => {
    sequence = 7;
    enter(0n);
  },
  "more bytes than a reason may have": () => send(FrameType.NotReady, 0n, new Uint8Array(1024 * 1024)),
  "the end, at once": () => Deno.exit(3),
};

/** Rules that are broken when an envelope comes; some need that two are in flight. */
export const AT_HANDLE: Record<string, (nonce: bigint, previous: bigint | undefined) => void> = {
  "a result without entering": (nonce) => returned(nonce),
  "entering what it was not given": (nonce) => enter(nonce ^ 1n),
  "entering twice": within(enter),
  "entering no hop within one": within(() => enter(0n)),
  "a result of a hop that is not known": within((nonce) => returned(nonce ^ 1n)),
  "a result without a hop": within(() => returned(0n)),
  "two results": within((nonce) => {
    returned(nonce);
    returned(nonce);
  }),
  "a call after the result": within((nonce) => {
    returned(nonce);
    call(nonce, { verb: "emit", payload: "1" });
  }),
  "ready again": within(() => send(FrameType.Ready, 0n)),
  "not ready, after it was": within(() => send(FrameType.NotReady, 0n)),
  "entering no hop before the first": () => enter(0n),
  "entering no hop without end": within((nonce) => {
    returned(nonce);
    for (let n = 0; n < 3; n++) {
      enter(0n);
      send(FrameType.Prepared, 0n);
    }
  }),
  "prepared what was not entered": within(() => send(FrameType.Prepared, 0n)),
  "a sequence with a gap": within((nonce) => {
    sequence++;
    returned(nonce);
  }),
  "the same sequence twice": within((nonce) => {
    sequence--;
    returned(nonce);
  }),
  "a payload that is longer than it may be": within((nonce) => returned(nonce, "1".repeat(5000))),
  "four gigabytes": within(() =>
    write(Uint8Array.of(255, 255, 255, 255, FrameType.Call, ...Array(12).fill(0)))
  ),
  "a payload that is no UTF-8": body(FrameType.Returned, 0xff),
  "a body where none belongs": body(FrameType.ReturnedNone, 1),
  "a call that does not exist": body(FrameType.Call, 99, 0, 0, 0, 0, 0),
  "a call that is neither refused nor allowed": body(FrameType.Call, 1, 2, 0, 0, 0, 0),
  "a call that is too short": body(FrameType.Call, 1, 0, 0),
  "a call whose length goes beyond its end": body(FrameType.Call, 1, 0, 0, 0, 0, 9),
  "a call that is no UTF-8": body(FrameType.Call, 3, 0, 0, 0, 0, 0, 0xff),
  "a log line of a level that does not exist": body(FrameType.Call, 5, 0, 0, 0, 0, 1, 65),
  "an edit that the host refuses": within((nonce) =>
    call(nonce, { verb: "set", path: ".status", value: "1" })
  ),
  "an edit of the headers that the host refuses": within((nonce) =>
    call(nonce, { verb: "set", path: ".headers.x-troupe-fan", value: "1" })
  ),
  "a route that the host refuses": within((nonce) =>
    call(nonce, { verb: "set", path: ".route.next", value: '["x-resume"]' })
  ),
  "a refusal that the host does not share": within((nonce) =>
    call(nonce, { verb: "emit", payload: "1" }, true)
  ),
  "an answer to a read": within((nonce) => call(nonce, { verb: "get", path: ".id" })),
  "emits that are no JSON": within((nonce) => call(nonce, { verb: "emit", payload: '1,"status":{}' })),
  "more emits than there may be": within((nonce) => {
    for (let n = 0; n < 20; n++) call(nonce, { verb: "emit", payload: "1" });
  }),
  "more bytes of emits than there may be": within((nonce) => {
    for (let n = 0; n < 3; n++) call(nonce, { verb: "emit", payload: `"${"x".repeat(900)}"` });
  }),
  "more log than there may be": within((nonce) => {
    for (let n = 0; n < 200; n++) call(nonce, { verb: "log", level: "info", message: "0123456789" });
  }),
  "a count of dropped log, twice": within((nonce) => {
    call(nonce, { verb: "dropped", bytes: 1 });
    call(nonce, { verb: "dropped", bytes: 1 });
  }),
  "a count that is none": within((nonce) => {
    send(FrameType.Call, nonce, Uint8Array.of(6, 0, 0, 0, 0, 2, 0x2d, 0x31));
  }),
  "refused calls without end": within((nonce) => {
    for (;;) call(nonce, { verb: "set", path: ".id", value: "1" }, true);
  }),
  "an event that is no JSON": within((nonce) => call(nonce, { verb: "fly", event: "{" })),
  "a failure that is no JSON": body(FrameType.Failed, 0x7b),
  "a failure that is no object": failure(null),
  "a failure without a kind": failure({ message: "", lineage: [] }),
  "a failure with a long kind": failure({ kind: "k".repeat(300), message: "", lineage: [] }),
  "a failure with a lineage of numbers": failure({ kind: "k", message: "", lineage: [1] }),
  "a failure with a long lineage": failure({ kind: "k", message: "", lineage: Array(100).fill("k") }),
  "a failure of the platform that it may not find": failure({ stopped: "troupe.Fatal", message: "" }),
  "a result of the hop before": (nonce, previous) => {
    enter(nonce);
    returned(previous ?? nonce);
  },
};

/** What is no violation, but does harm all the same. */
export const HARM: Record<string, (nonce: bigint) => void> = {
  "a payload that poses as more than one member": within((nonce) =>
    returned(nonce, '1,"status":{"phase":"x"}')
  ),
  "silence": enter,
  "not even an entry": () => {},
  "the end": within(() => Deno.exit(7)),
};

async function run(): Promise<void> {
  const input = new Uint8Array(65_536);
  let rule = "";
  let previous: bigint | undefined;
  const take = ({ type, nonce, body }: Frame): void => {
    if (type === FrameType.Load) {
      rule = decodeLoad(body).actor;
      const breakIt = AT_LOAD[rule];
      if (breakIt) return breakIt();
      enter(0n);
      return send(FrameType.Ready, 0n);
    }
    (AT_HANDLE[rule] ?? HARM[rule])?.(nonce, previous);
    previous = nonce;
  };
  send(FrameType.Started, 0n);
  for (let length = await Deno.stdin.read(input); length !== null; length = await Deno.stdin.read(input)) {
    for (const frame of decoder.push(input.subarray(0, length))) take(frame);
  }
}

// Imported by a test, it only lists the rules.
if (import.meta.main) await run();
