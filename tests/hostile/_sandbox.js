/**
 * What the attacks have in common that take the place of the sandbox itself: a component has got the better of it, and
 * says to the host whatever it likes. It knows the frames; that is written here once more, as an attacker would, rather
 * than taken from what is attacked.
 *
 * @module
 */

/** Types of frames; see `host/stage/wire/frames.ts`. */
export const TYPE = {
  load: 1,
  handle: 2,
  started: 15,
  ready: 16,
  notReady: 17,
  entered: 18,
  prepared: 19,
  call: 20,
  returned: 21,
  none: 22,
  failed: 23,
};

/** Kinds of calls; see `host/stage/wire/call.ts`. */
export const VERB = { get: 0, set: 1, del: 2, emit: 3, fly: 4, log: 5, dropped: 6 };

const encoder = new TextEncoder();
const HEADER = 17;

/** Numbers of frames: an attack may change it. */
export const state = { sequence: 0 };

/** Writes bytes, all of them. */
export function write(bytes) {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** A frame's bytes, whose length may be a lie. */
export function frame(type, nonce, body, length = body.length) {
  const bytes = new Uint8Array(HEADER + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, type);
  view.setBigUint64(5, nonce);
  view.setUint32(13, state.sequence++);
  bytes.set(body, HEADER);
  return bytes;
}

/** Sends a frame with a text, or nothing, in it. */
export const send = (type, nonce, text = "") =>
  write(frame(type, nonce, typeof text === "string" ? encoder.encode(text) : text));

/** Tells a call. */
export function call(nonce, verb, first, second, refused = false) {
  const [one, two] = [encoder.encode(first), encoder.encode(second)];
  const body = new Uint8Array(6 + one.length + two.length);
  body[0] = verb;
  body[1] = refused ? 1 : 0;
  new DataView(body.buffer).setUint32(2, one.length);
  body.set(one, 6);
  body.set(two, 6 + one.length);
  send(TYPE.call, nonce, body);
}

/**
 * Behaves as a sandbox does with an actor that gives back its payload; does the attack where that is `1`.
 *
 * @param attack Gets the nonce of its hop, those of the hops before, and the nonce that stands in the next frame, if one
 * has come already.
 */
export async function pose(attack) {
  const before = [];
  send(TYPE.started, 0n);
  for await (const { type, nonce, body } of frames()) {
    if (type === TYPE.load) {
      send(TYPE.entered, 0n);
      send(TYPE.ready, 0n);
      continue;
    }
    const source = new DataView(body.buffer, body.byteOffset).getUint32(0);
    const payload = body.slice(4 + source);
    if (payload.length === 1) await attack(nonce, before);
    else {
      send(TYPE.entered, nonce);
      send(TYPE.returned, nonce, payload);
    }
    before.push(nonce);
  }
}

async function* frames() {
  let rest = new Uint8Array();
  const chunk = new Uint8Array(65536);
  for (let length = await Deno.stdin.read(chunk); length !== null; length = await Deno.stdin.read(chunk)) {
    const all = new Uint8Array(rest.length + length);
    all.set(rest);
    all.set(chunk.subarray(0, length), rest.length);
    rest = all;
    while (rest.length >= HEADER) {
      const view = new DataView(rest.buffer, rest.byteOffset);
      const end = HEADER + view.getUint32(0);
      if (rest.length < end) break;
      yield { type: view.getUint8(4), nonce: view.getBigUint64(5), body: rest.slice(HEADER, end) };
      rest = rest.slice(end);
    }
  }
}
