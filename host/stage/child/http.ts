/**
 * `wasi:http` for guests that send requests: the interfaces `types` and `outgoing-handler`. What a request may be is the
 * host's to say; here it only takes the form that the interface has.
 *
 * @module
 */

import { bare } from "../../sandbox/resource.ts";
import type { GuestText } from "./guest_text.ts";
import { Exchange } from "./http_exchange.ts";
import { fieldsClass } from "./http_fields.ts";
import { type Options, type OutgoingRequest, requestClasses, sendHead } from "./http_request.ts";
import { responseClasses } from "./http_response.ts";
import { createIo, type IoOptions } from "./io.ts";
import type { Mesh } from "./mesh.ts";
import { Imports } from "./resources.ts";

/** What the imports are made of. */
export interface HttpOptions extends IoOptions {
  readonly text: GuestText;
}

/** Its imports, and those of `wasi:io` and of what stands on it. @param hop The hop that guest code is in. */
export function httpImports(hop: () => Mesh, { text, ...under }: HttpOptions): Record<string, object> {
  const calls = new Imports(hop, text);
  const io = createIo(calls, under);
  const fields = fieldsClass(calls);
  const requests = requestClasses(calls, { io, fields });
  const responses = responseClasses(calls, { io, fields });

  const send = (request: OutgoingRequest, options: Options | undefined) => {
    // The guest has given it away, with its body if it did not take that.
    const head = sendHead(request, options);
    const exchange = new Exchange(hop);
    const { body } = request;
    const bytes = body?.start(exchange) ?? new Uint8Array();
    const form = body === undefined ? "none" : body.finished ? "whole" : "pieces";
    const answered = exchange.send({ ...head, body: form }, bytes);
    body?.started();
    return responses.future(exchange, answered);
  };
  const handle = (request: object, options: object | undefined) =>
    send(requests.OutgoingRequest.of(request), options && requests.RequestOptions.of(options));

  const types = {
    Fields: fields.Class,
    OutgoingRequest: requests.OutgoingRequest.Class,
    OutgoingBody: requests.OutgoingBody.Class,
    RequestOptions: requests.RequestOptions.Class,
    FutureIncomingResponse: responses.FutureIncomingResponse.Class,
    IncomingResponse: responses.IncomingResponse.Class,
    IncomingBody: responses.IncomingBody.Class,
    FutureTrailers: responses.FutureTrailers.Class,
    ...absentClasses(calls),
    httpErrorCode: calls.plain((error: object) => io.failureOf(error).http),
  };
  return {
    ...io.imports,
    "wasi:http/types": bare(types),
    "wasi:http/outgoing-handler": bare({ handle: calls.plain(handle) }),
  };
}

/** What belongs to those who serve requests: nobody has one here. */
function absentClasses(calls: Imports): Record<string, object> {
  const absent = () => {
    throw new TypeError("actors serve no requests");
  };
  const names = (...methods: string[]) => Object.fromEntries(methods.map((name) => [name, absent]));
  return {
    IncomingRequest: calls.define({
      methods: names("method", "pathWithQuery", "scheme", "authority", "headers", "consume"),
    }).Class,
    OutgoingResponse: calls.define({
      methods: names("statusCode", "setStatusCode", "headers", "body"),
    }).Class,
    ResponseOutparam: calls.define({ statics: { set: absent } }).Class,
  };
}
