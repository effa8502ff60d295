/**
 * The interfaces of `wasi:http` through which requests are sent. Source: the WIT package of WASI 0.2.
 *
 * What is for those who serve requests stands here too, as types of the same interface, and toolchains import all of it.
 *
 * @module
 */

import { type InterfaceTable, interfaceTable } from "./interface_table.ts";

/**
 * The table.
 *
 * @param name What the name of a header is called: `field-key` in 0.2.0, `field-name` since.
 */
function table(name: "field-key" | "field-name"): InterfaceTable {
  return interfaceTable(`
wasi:http/types
  io-error: wasi:io/error.error
  DNS-error-payload: record{rcode: option<string>, info-code: option<u16>}
  TLS-alert-received-payload: record{alert-id: option<u8>, alert-message: option<string>}
  field-size-payload: record{field-name: option<string>, field-size: option<u32>}
  error-code: variant{DNS-timeout, DNS-error(DNS-error-payload), destination-not-found, destination-unavailable, destination-IP-prohibited, destination-IP-unroutable, connection-refused, connection-terminated, connection-timeout, connection-read-timeout, connection-write-timeout, connection-limit-reached, TLS-protocol-error, TLS-certificate-error, TLS-alert-received(TLS-alert-received-payload), HTTP-request-denied, HTTP-request-length-required, HTTP-request-body-size(option<u64>), HTTP-request-method-invalid, HTTP-request-URI-invalid, HTTP-request-URI-too-long, HTTP-request-header-section-size(option<u32>), HTTP-request-header-size(option<field-size-payload>), HTTP-request-trailer-section-size(option<u32>), HTTP-request-trailer-size(field-size-payload), HTTP-response-incomplete, HTTP-response-header-section-size(option<u32>), HTTP-response-header-size(field-size-payload), HTTP-response-body-size(option<u64>), HTTP-response-trailer-section-size(option<u32>), HTTP-response-trailer-size(field-size-payload), HTTP-response-transfer-coding(option<string>), HTTP-response-content-coding(option<string>), HTTP-response-timeout, HTTP-upgrade-failed, HTTP-protocol-error, loop-detected, configuration-error, internal-error(option<string>)}
  fields: resource
  field-key: string
  field-value: list<u8>
  header-error: variant{invalid-syntax, forbidden, immutable}
  incoming-request: resource
  method: variant{get, head, post, put, delete, connect, options, trace, patch, other(string)}
  scheme: variant{HTTP, HTTPS, other(string)}
  headers: fields
  incoming-body: resource
  outgoing-request: resource
  outgoing-body: resource
  request-options: resource
  duration: u64
  response-outparam: resource
  outgoing-response: resource
  incoming-response: resource
  status-code: u16
  input-stream: wasi:io/streams.input-stream
  future-trailers: resource
  pollable: wasi:io/poll.pollable
  trailers: fields
  output-stream: wasi:io/streams.output-stream
  future-incoming-response: resource
  [constructor]fields: func() -> own<fields>
  [static]fields.from-list: func(entries: list<tuple<${name}, field-value>>) -> result<own<fields>, header-error>
  [method]fields.get: func(self: borrow<fields>, name: ${name}) -> list<field-value>
  [method]fields.has: func(self: borrow<fields>, name: ${name}) -> bool
  [method]fields.set: func(self: borrow<fields>, name: ${name}, value: list<field-value>) -> result<_, header-error>
  [method]fields.delete: func(self: borrow<fields>, name: ${name}) -> result<_, header-error>
  [method]fields.append: func(self: borrow<fields>, name: ${name}, value: field-value) -> result<_, header-error>
  [method]fields.entries: func(self: borrow<fields>) -> list<tuple<${name}, field-value>>
  [method]fields.clone: func(self: borrow<fields>) -> own<fields>
  [method]incoming-request.method: func(self: borrow<incoming-request>) -> method
  [method]incoming-request.path-with-query: func(self: borrow<incoming-request>) -> option<string>
  [method]incoming-request.scheme: func(self: borrow<incoming-request>) -> option<scheme>
  [method]incoming-request.authority: func(self: borrow<incoming-request>) -> option<string>
  [method]incoming-request.headers: func(self: borrow<incoming-request>) -> own<headers>
  [method]incoming-request.consume: func(self: borrow<incoming-request>) -> result<own<incoming-body>>
  [constructor]outgoing-request: func(headers: own<headers>) -> own<outgoing-request>
  [method]outgoing-request.body: func(self: borrow<outgoing-request>) -> result<own<outgoing-body>>
  [method]outgoing-request.method: func(self: borrow<outgoing-request>) -> method
  [method]outgoing-request.set-method: func(self: borrow<outgoing-request>, method: method) -> result
  [method]outgoing-request.path-with-query: func(self: borrow<outgoing-request>) -> option<string>
  [method]outgoing-request.set-path-with-query: func(self: borrow<outgoing-request>, path-with-query: option<string>) -> result
  [method]outgoing-request.scheme: func(self: borrow<outgoing-request>) -> option<scheme>
  [method]outgoing-request.set-scheme: func(self: borrow<outgoing-request>, scheme: option<scheme>) -> result
  [method]outgoing-request.authority: func(self: borrow<outgoing-request>) -> option<string>
  [method]outgoing-request.set-authority: func(self: borrow<outgoing-request>, authority: option<string>) -> result
  [method]outgoing-request.headers: func(self: borrow<outgoing-request>) -> own<headers>
  [constructor]request-options: func() -> own<request-options>
  [method]request-options.connect-timeout: func(self: borrow<request-options>) -> option<duration>
  [method]request-options.set-connect-timeout: func(self: borrow<request-options>, duration: option<duration>) -> result
  [method]request-options.first-byte-timeout: func(self: borrow<request-options>) -> option<duration>
  [method]request-options.set-first-byte-timeout: func(self: borrow<request-options>, duration: option<duration>) -> result
  [method]request-options.between-bytes-timeout: func(self: borrow<request-options>) -> option<duration>
  [method]request-options.set-between-bytes-timeout: func(self: borrow<request-options>, duration: option<duration>) -> result
  [static]response-outparam.set: func(param: own<response-outparam>, response: result<own<outgoing-response>, error-code>)
  [method]incoming-response.status: func(self: borrow<incoming-response>) -> status-code
  [method]incoming-response.headers: func(self: borrow<incoming-response>) -> own<headers>
  [method]incoming-response.consume: func(self: borrow<incoming-response>) -> result<own<incoming-body>>
  [method]incoming-body.stream: func(self: borrow<incoming-body>) -> result<own<input-stream>>
  [static]incoming-body.finish: func(this: own<incoming-body>) -> own<future-trailers>
  [method]future-trailers.subscribe: func(self: borrow<future-trailers>) -> own<pollable>
  [method]future-trailers.get: func(self: borrow<future-trailers>) -> option<result<result<option<own<trailers>>, error-code>>>
  [constructor]outgoing-response: func(headers: own<headers>) -> own<outgoing-response>
  [method]outgoing-response.status-code: func(self: borrow<outgoing-response>) -> status-code
  [method]outgoing-response.set-status-code: func(self: borrow<outgoing-response>, status-code: status-code) -> result
  [method]outgoing-response.headers: func(self: borrow<outgoing-response>) -> own<headers>
  [method]outgoing-response.body: func(self: borrow<outgoing-response>) -> result<own<outgoing-body>>
  [method]outgoing-body.write: func(self: borrow<outgoing-body>) -> result<own<output-stream>>
  [static]outgoing-body.finish: func(this: own<outgoing-body>, trailers: option<own<trailers>>) -> result<_, error-code>
  [method]future-incoming-response.subscribe: func(self: borrow<future-incoming-response>) -> own<pollable>
  [method]future-incoming-response.get: func(self: borrow<future-incoming-response>) -> option<result<result<own<incoming-response>, error-code>>>
  http-error-code: func(err: borrow<io-error>) -> option<error-code>
${name === "field-name" ? "  field-name: field-key" : ""}
wasi:http/outgoing-handler
  outgoing-request: wasi:http/types.outgoing-request
  request-options: wasi:http/types.request-options
  future-incoming-response: wasi:http/types.future-incoming-response
  error-code: variant{DNS-timeout, DNS-error(record{rcode: option<string>, info-code: option<u16>}), destination-not-found, destination-unavailable, destination-IP-prohibited, destination-IP-unroutable, connection-refused, connection-terminated, connection-timeout, connection-read-timeout, connection-write-timeout, connection-limit-reached, TLS-protocol-error, TLS-certificate-error, TLS-alert-received(record{alert-id: option<u8>, alert-message: option<string>}), HTTP-request-denied, HTTP-request-length-required, HTTP-request-body-size(option<u64>), HTTP-request-method-invalid, HTTP-request-URI-invalid, HTTP-request-URI-too-long, HTTP-request-header-section-size(option<u32>), HTTP-request-header-size(option<record{field-name: option<string>, field-size: option<u32>}>), HTTP-request-trailer-section-size(option<u32>), HTTP-request-trailer-size(record{field-name: option<string>, field-size: option<u32>}), HTTP-response-incomplete, HTTP-response-header-section-size(option<u32>), HTTP-response-header-size(record{field-name: option<string>, field-size: option<u32>}), HTTP-response-body-size(option<u64>), HTTP-response-trailer-section-size(option<u32>), HTTP-response-trailer-size(record{field-name: option<string>, field-size: option<u32>}), HTTP-response-transfer-coding(option<string>), HTTP-response-content-coding(option<string>), HTTP-response-timeout, HTTP-upgrade-failed, HTTP-protocol-error, loop-detected, configuration-error, internal-error(option<string>)}
  handle: func(request: own<outgoing-request>, options: option<own<request-options>>) -> result<own<future-incoming-response>, error-code>
`);
}

/** Of version 0.2.0. */
export const HTTP_0_2_0: InterfaceTable = table("field-key");

/** Of the versions after it. */
export const HTTP: InterfaceTable = table("field-name");
