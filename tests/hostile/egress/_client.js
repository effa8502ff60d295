// deno-lint-ignore-file no-unused-vars -- each attack uses what it needs
// What goes before each attack of this family: an actor that may send requests. An attack is a function `attack`.
import { Fields, OutgoingBody, OutgoingRequest } from "wasi:http/types@0.2.3";
import { handle as handOver } from "wasi:http/outgoing-handler@0.2.3";
import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.3";
import { poll } from "wasi:io/poll@0.2.3";

const bytesOf = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A request that is under way. */
function begin(url, { method = "get", headers = [], body } = {}) {
  const [, scheme, authority, path] = /^(\w+):\/\/([^/?]*)(.*)$/s.exec(url);
  const request = new OutgoingRequest(
    Fields.fromList(headers.map(([name, value]) => [name, bytesOf(value)])),
  );
  request.setMethod(/^[a-z]+$/.test(method) ? { tag: method } : { tag: "other", val: method });
  request.setScheme(scheme === "http" ? { tag: "HTTP" } : { tag: "other", val: scheme });
  request.setAuthority(authority);
  request.setPathWithQuery(path);
  const outgoing = body === undefined ? undefined : request.body();
  const future = handOver(request, undefined);
  if (outgoing) {
    const stream = outgoing.write();
    stream.blockingWriteAndFlush(bytesOf(body));
    OutgoingBody.finish(outgoing, undefined);
  }
  return future;
}

/** What comes of it: status, headers and body. */
function end(future) {
  future.subscribe().block();
  const { val: { tag, val: response } } = future.get();
  if (tag === "err") throw { payload: response };
  const stream = response.consume().stream();
  let text = "";
  try {
    for (;;) text += String.fromCharCode(...stream.blockingRead(16384));
  } catch (error) {
    if (error.payload.tag !== "closed") throw { payload: { tag: "cut" } };
  }
  const headers = response.headers().entries().map(([name, value]) => [name, String.fromCharCode(...value)]);
  return { status: response.status(), headers, text };
}

/** The body of the response, or what became of the request. */
function outcome(url, options) {
  try {
    return end(begin(url, options)).text;
  } catch (error) {
    if (!("payload" in error)) return String(error);
    return error.payload === undefined ? "refused" : error.payload.tag;
  }
}

/** The outcomes, each once. */
const outcomes = (urls) => [...new Set(urls.map((url) => outcome(url)))].sort();

export function handle(payload) {
  return payload === "1" ? JSON.stringify(attack()) : payload;
}
