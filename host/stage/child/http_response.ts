/**
 * What a guest gets of a response: the resources `future-incoming-response`, `incoming-response`, `incoming-body` and
 * `future-trailers`.
 *
 * @module
 */

import type { WireField } from "../wire/http.ts";
import { IncomingBytes } from "./http_body.ts";
import { type Answered, ENDED, type Exchange } from "./http_exchange.ts";
import type { Fields } from "./http_fields.ts";
import { ALWAYS, type Io, type Pollable } from "./io.ts";
import { type Imports, refuse, type Resource } from "./resources.ts";

/** State of a response that is waited for. */
export interface FutureResponse extends Pollable {
  readonly exchange: Exchange;
  answered?: Answered;
  /** It was given to the guest. */
  taken: boolean;
}

/** State of a response. */
interface Response {
  readonly status: number;
  readonly fields: Fields;
  readonly exchange: Exchange;
  consumed: boolean;
}

/** State of its body. */
interface Body {
  readonly bytes: IncomingBytes;
  /** Its stream was taken. */
  streamed: boolean;
}

/** The classes, and how a response that is waited for is made. */
export interface ResponseClasses {
  readonly FutureIncomingResponse: Resource<FutureResponse>;
  readonly IncomingResponse: Resource<Response>;
  readonly IncomingBody: Resource<Body>;
  readonly FutureTrailers: Resource<{ taken: boolean }>;
  future(exchange: Exchange, answer: Promise<Answered>): object;
}

const ok = (val: unknown) => ({ tag: "ok", val });
const err = (val: unknown) => ({ tag: "err", val });

/** Makes the classes. */
export function responseClasses(
  calls: Imports,
  { io, fields }: { readonly io: Io; readonly fields: Resource<Fields> },
): ResponseClasses {
  // Trailers are not let in.
  const FutureTrailers = calls.define<{ taken: boolean }>({
    methods: {
      subscribe: () => io.makePollable(ALWAYS),
      get(trailers) {
        if (trailers.taken) return err(undefined);
        trailers.taken = true;
        return ok(ok(undefined));
      },
    },
  });
  const IncomingBody = calls.define<Body>({
    methods: {
      stream(body) {
        if (body.streamed) refuse();
        body.streamed = true;
        return io.makeInput(body.bytes);
      },
    },
    statics: {
      finish(body: object) {
        IncomingBody.of(body).bytes.close();
        return FutureTrailers.make({ taken: false });
      },
    },
    drop: ({ bytes }) => bytes.close(),
  });
  const IncomingResponse = calls.define<Response>({
    methods: {
      status: ({ status }) => status,
      headers: ({ fields: own }) => fields.make(own),
      consume(response) {
        if (response.consumed) refuse();
        response.consumed = true;
        return IncomingBody.make({ bytes: new IncomingBytes(response.exchange, io), streamed: false });
      },
    },
    drop: ({ consumed, exchange }) => consumed || exchange.close(),
  });
  const FutureIncomingResponse = calls.define<FutureResponse>({
    methods: {
      subscribe: io.makePollable,
      get(future) {
        const { exchange } = future;
        if (!future.ready() || !future.answered) return undefined;
        const { answered } = future;
        if (future.taken) return err(undefined);
        future.taken = true;
        if (answered.failed) {
          exchange.tell(answered.failed);
          return ok(err(answered.failed.code));
        }
        return ok(ok(IncomingResponse.make(responseOf(answered, exchange))));
      },
    },
    drop: ({ taken, exchange }) => taken || exchange.close(),
  });
  const future = (exchange: Exchange, answer: Promise<Answered>) => {
    const promise = answer.then((answered) => {
      state.answered = answered;
    });
    // Whoever waits for it learns of it.
    promise.catch(() => {});
    const state: FutureResponse = {
      exchange,
      taken: false,
      ready() {
        if (exchange.over) state.answered ??= { bytes: new Uint8Array(), failed: ENDED };
        return state.answered !== undefined;
      },
      settled: () => ({ promise }),
    };
    return FutureIncomingResponse.make(state);
  };
  return { FutureIncomingResponse, IncomingResponse, IncomingBody, FutureTrailers, future };
}

function responseOf({ status = 0, headers = [] }: Answered, exchange: Exchange): Response {
  const list: WireField[] = [...headers];
  return { status, fields: { list, immutable: true }, exchange, consumed: false };
}
