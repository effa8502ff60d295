/**
 * Guests that send requests, for tests.
 *
 * @module
 */

import { join } from "@std/path";
import { componentize } from "componentize-qjs";
import { writeWit } from "./_http_wit_testing.ts";
import { testFolder } from "./_testing.ts";

/** How packages are called while the tool runs: it has a `wasi:io` of its own, with which another's types do not agree. */
const MEANWHILE = "wasx:";
const NAME = "wasi:";

/**
 * A component out of JavaScript that can import `wasi:http`, `wasi:io` and the monotonic clock.
 *
 * @param version Of WASI; its imports have to be of that version.
 */
export async function httpComponent(source: string, version = "0.2.3"): Promise<Uint8Array> {
  const folder = join(testFolder(), `wit-${version}-${crypto.randomUUID()}`);
  await writeWit(folder, { version, namespace: MEANWHILE });
  const { component } = await componentize({
    witPath: folder,
    world: "client",
    jsSource: source.replaceAll(NAME, MEANWHILE),
    sync: true,
    optSize: true,
  });
  return renamed(new Uint8Array(component));
}

/** The names are as long as one another, so that they can be exchanged in the bytes. */
function renamed(bytes: Uint8Array): Uint8Array {
  const [from, to] = [MEANWHILE, NAME].map((name) => new TextEncoder().encode(name)) as [
    Uint8Array,
    Uint8Array,
  ];
  for (let at = 0; at + from.length <= bytes.length; at++) {
    if (from.every((byte, i) => bytes[at + i] === byte)) bytes.set(to, at);
  }
  return bytes;
}

/**
 * A guest that does what its payload says: `{method, url, headers, body, then}`. It answers with the status, the headers and
 * the body of the response, or with what became of it.
 */
export const CLIENT = `
import { Fields, OutgoingRequest, OutgoingBody, IncomingBody, RequestOptions, httpErrorCode } from "wasi:http/types@0.2.3";
import { handle as send } from "wasi:http/outgoing-handler@0.2.3";

const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes) => String.fromCharCode(...bytes);
const plain = (value) => JSON.parse(JSON.stringify(value, (_, v) => typeof v === "bigint" ? Number(v) : v));

function request({ method = "get", url, headers = [], body, whole, options }) {
  const [, scheme, authority, path] = /^(\\w+):\\/\\/([^/?]*)(.*)$/.exec(url);
  const fields = Fields.fromList(headers.map(([name, value]) => [name, bytesOf(value)]));
  const outgoing = new OutgoingRequest(fields);
  outgoing.setMethod({ tag: method });
  outgoing.setScheme({ tag: scheme === "http" ? "HTTP" : scheme === "https" ? "HTTPS" : "other", val: scheme });
  outgoing.setAuthority(authority);
  outgoing.setPathWithQuery(path === "" ? undefined : path);
  const timeouts = options && new RequestOptions();
  if (options) timeouts.setFirstByteTimeout(options.firstByteMs * 1e6);
  const outgoingBody = body === undefined ? undefined : outgoing.body();
  const write = () => {
    const stream = outgoingBody.write();
    for (const piece of [body].flat()) stream.blockingWriteAndFlush(bytesOf(piece));
    OutgoingBody.finish(outgoingBody, undefined);
  };
  if (body !== undefined && whole) write();
  const future = send(outgoing, timeouts);
  if (body !== undefined && !whole) write();
  return future;
}

function respond(future) {
  future.subscribe().block();
  const got = future.get();
  if (got.tag !== "ok") throw new Error("taken twice");
  if (got.val.tag === "err") throw { payload: got.val.val };
  const response = got.val.val;
  const body = response.consume();
  const stream = body.stream();
  let text = "";
  for (;;) {
    try {
      text += textOf(stream.blockingRead(65536));
    } catch (error) {
      const { tag, val } = error.payload;
      if (tag === "closed") break;
      throw { payload: httpErrorCode(val), text };
    }
  }
  const headers = response.headers().entries().map(([name, value]) => [name, textOf(value)]);
  return { status: response.status(), headers, text };
}

export function handle(payload) {
  const asked = JSON.parse(payload);
  const answers = [asked].flat().map((one) => {
    try {
      return { one, future: request(one) };
    } catch (error) {
      return { error: error.payload ?? String(error) };
    }
  }).map(({ future, error }) => {
    if (!future) return { error };
    try {
      return respond(future);
    } catch (error) {
      return { error: error.payload ?? String(error) };
    }
  });
  return JSON.stringify(plain(Array.isArray(asked) ? answers : answers[0]));
}
`;
