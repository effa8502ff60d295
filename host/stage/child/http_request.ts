/**
 * What a guest makes a request of: the resources `outgoing-request`, `outgoing-body` and `request-options`.
 *
 * @module
 */

import type { HttpSend } from "../wire/http.ts";
import { OutgoingBytes } from "./http_body.ts";
import type { Fields } from "./http_fields.ts";
import type { Io } from "./io.ts";
import { type Imports, refuse, type Resource } from "./resources.ts";

/** A method or a scheme, as the glue has it. */
interface Tagged {
  readonly tag: string;
  readonly val?: string;
}

/** State of a request that is not sent. */
export interface OutgoingRequest {
  method: Tagged;
  scheme: Tagged | undefined;
  authority: string | undefined;
  path: string | undefined;
  readonly fields: Fields;
  body?: OutgoingBytes;
}

/** State of options, in nanoseconds. */
export interface Options {
  connectTimeout: bigint | undefined;
  firstByteTimeout: bigint | undefined;
  betweenBytesTimeout: bigint | undefined;
}

/** State of a body. */
interface Body {
  readonly bytes: OutgoingBytes;
  /** Its stream was taken. */
  written: boolean;
}

/** The classes. */
export interface RequestClasses {
  readonly OutgoingRequest: Resource<OutgoingRequest>;
  readonly OutgoingBody: Resource<Body>;
  readonly RequestOptions: Resource<Options>;
}

/** Longest part of a URL; what is longer is sent nowhere. */
const LONGEST_PART = 16 * 1024;

/** Makes the classes. */
export function requestClasses(
  calls: Imports,
  { io, fields }: { readonly io: Io; readonly fields: Resource<Fields> },
): RequestClasses {
  const OutgoingBody = calls.define<Body>({
    methods: {
      write(body) {
        if (body.written) refuse();
        body.written = true;
        return io.makeOutput(body.bytes);
      },
    },
    statics: {
      finish(body: object, trailers: object | undefined) {
        const { bytes } = OutgoingBody.of(body);
        if (trailers) {
          bytes.drop();
          throw { tag: "HTTP-request-trailer-section-size", val: undefined };
        }
        bytes.finish();
      },
    },
    drop: ({ bytes }) => bytes.drop(),
  });
  const OutgoingRequest = calls.define<OutgoingRequest>({
    construct: (headers: object): OutgoingRequest => ({
      method: { tag: "get" },
      scheme: undefined,
      authority: undefined,
      path: undefined,
      fields: { list: [...fields.of(headers).list], immutable: true },
    }),
    methods: {
      body(request) {
        if (request.body) refuse();
        request.body = new OutgoingBytes(io);
        return OutgoingBody.make({ bytes: request.body, written: false });
      },
      method: ({ method }) => method,
      setMethod(request, method: Tagged) {
        if (method.tag === "other" && !/^[A-Za-z-]{1,32}$/.test(method.val ?? "")) refuse();
        request.method = method;
      },
      pathWithQuery: ({ path }) => path,
      setPathWithQuery(request, path: string | undefined) {
        if (path !== undefined && !isPath(path)) refuse();
        request.path = path;
      },
      scheme: ({ scheme }) => scheme,
      setScheme(request, scheme: Tagged | undefined) {
        if (scheme?.tag === "other" && !/^[A-Za-z][A-Za-z0-9+.-]{0,31}$/.test(scheme.val ?? "")) refuse();
        request.scheme = scheme;
      },
      authority: ({ authority }) => authority,
      setAuthority(request, authority: string | undefined) {
        if (authority !== undefined && !isAuthority(authority)) refuse();
        request.authority = authority;
      },
      headers: ({ fields: own }) => fields.make(own),
    },
  });
  return { OutgoingRequest, OutgoingBody, RequestOptions: optionsClass(calls) };
}

function optionsClass(calls: Imports): Resource<Options> {
  const accessors = (name: keyof Options, set: string) => ({
    [name]: (options: Options) => options[name],
    [set]: (options: Options, length: bigint | undefined) => void (options[name] = length),
  });
  return calls.define<Options>({
    construct: (): Options => ({
      connectTimeout: undefined,
      firstByteTimeout: undefined,
      betweenBytesTimeout: undefined,
    }),
    methods: {
      ...accessors("connectTimeout", "setConnectTimeout"),
      ...accessors("firstByteTimeout", "setFirstByteTimeout"),
      ...accessors("betweenBytesTimeout", "setBetweenBytesTimeout"),
    },
  });
}

function isPath(text: string): boolean {
  return text.length <= LONGEST_PART && /^([/?][^\s#]*)?$/.test(text);
}

function isAuthority(text: string): boolean {
  return text.length <= LONGEST_PART && /^[^\s/\\?#]+$/.test(text);
}

/** What is told to the host. Throws a case of `error-code` for what is not a request to anywhere. */
export function sendHead(
  { method, scheme, authority, path = "/", fields }: OutgoingRequest,
  options: Options | undefined,
): Omit<HttpSend, "verb" | "body"> {
  if (authority === undefined) throw { tag: "HTTP-request-URI-invalid" };
  const named = scheme === undefined ? "https" : (scheme.val ?? scheme.tag).toLowerCase();
  return {
    method: (method.val ?? method.tag).toUpperCase(),
    url: `${named}://${authority}${path.startsWith("/") ? path : `/${path}`}`,
    headers: fields.list,
    ...milliseconds("connectMs", options?.connectTimeout),
    ...milliseconds("firstByteMs", options?.firstByteTimeout),
    ...milliseconds("betweenBytesMs", options?.betweenBytesTimeout),
  };
}

function milliseconds(name: string, nanoseconds: bigint | undefined): Record<string, number> {
  if (nanoseconds === undefined) return {};
  const most = BigInt(2 ** 31 - 1);
  const length = (nanoseconds + 999_999n) / 1_000_000n;
  return { [name]: Number(length > most ? most : length) };
}
