/**
 * Makes a connection that breaks known to whoever reads from it. Imported before the client of Kubernetes.
 *
 * The client's HTTP library asks `node:stream` whether a web stream is readable before it passes an error on to it. Deno's
 * `node:stream` does not know web streams, and answers null, unless the stream says so itself by this symbol. Without it a
 * watch that was cut, aborted or timed out waits for ever, and a call whose answer stops half-way as well.
 *
 * @module
 */

const READABLE = Symbol.for("nodejs.stream.readable");

if (!(READABLE in ReadableStream.prototype)) {
  Object.defineProperty(ReadableStream.prototype, READABLE, { get: () => true, configurable: true });
}
