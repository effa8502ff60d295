/**
 * Servers on loopback for tests of requests, and a grant that lets actors at them.
 *
 * @module
 */

import { createServer, type Server, type Socket } from "node:net";
import { makeCertificate } from "../component/_testing/certificate.ts";
import { Egress, type EgressOptions, type EgressResponse, type HopEgress, type HttpRule } from "./egress.ts";

/** Names that lead to a server of a test. */
export const HOST = "api.example.test";

/** What a test has at hand. */
export interface Bench {
  /** Of the server. */
  readonly port: number;
  /** `http://…` or `https://…`, without a slash at the end. */
  readonly origin: string;
  /** The requests of one hop. */
  readonly hop: HopEgress;
}

/** How a bench is set up. */
export interface BenchOptions extends Omit<Partial<EgressOptions>, "rules"> {
  /** Changes the entry of the grant, which lists the server's name and loopback's address. */
  readonly rule?: Partial<HttpRule>;
}

const LOOPBACK = "127.0.0.1";
const toLoopback = () => Promise.resolve([LOOPBACK]);

/** A grant for the name {@linkcode HOST} at a port, which leads to loopback. */
export async function openEgress(port: number, { rule, ...options }: BenchOptions = {}): Promise<Egress> {
  const listed: HttpRule = {
    host: HOST,
    scheme: "http",
    port,
    path: "/",
    addresses: [LOOPBACK],
    ...rule,
  };
  return await Egress.open({ rules: [listed], resolve: toLoopback, ...options });
}

/** Runs a test with a server of Deno's. */
export async function withServer(
  handler: Deno.ServeHandler,
  run: (bench: Bench) => Promise<void>,
  options: BenchOptions = {},
): Promise<void> {
  await using server = Deno.serve({ hostname: LOOPBACK, port: 0, onListen() {}, onError }, handler);
  const { port } = server.addr;
  const hop = (await openEgress(port, options)).hop();
  await run({ port, origin: `http://${HOST}:${port}`, hop });
  hop.close();
}

// What a server of a test says of a client that went away is of no interest.
const onError = () => new Response(null, { status: 500 });

/** The certificate of servers with https: for {@linkcode HOST}, any one label in front of it, and loopback's address. */
export const CERTIFICATE = makeCertificate(HOST, `*.${HOST}`);

/** The same with https. */
export async function withSecureServer(
  handler: Deno.ServeHandler,
  run: (bench: Bench) => Promise<void>,
  { rule, ...options }: BenchOptions = {},
): Promise<void> {
  const { key, cert, authority } = CERTIFICATE;
  await using server = Deno.serve(
    { hostname: LOOPBACK, port: 0, onListen() {}, onError, key, cert },
    handler,
  );
  const { port } = server.addr;
  const secure = { rule: { scheme: "https", ...rule }, caCerts: [authority], ...options } as const;
  const hop = (await openEgress(port, secure)).hop();
  await run({ port, origin: `https://${HOST}:${port}`, hop });
  hop.close();
}

/** Runs a test with a server that does with each connection what the test says, once the first bytes came. */
export async function withRawServer(
  answer: (socket: Socket, request: string) => void,
  run: (bench: Bench) => Promise<void>,
  options: BenchOptions = {},
): Promise<void> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (bytes: Uint8Array) => answer(socket, new TextDecoder().decode(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const { port } = server.address() as { port: number };
  const hop = (await openEgress(port, options)).hop();
  try {
    await run({ port, origin: `http://${HOST}:${port}`, hop });
  } finally {
    hop.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** All of a body, as text. */
export async function textOf({ body }: EgressResponse): Promise<string> {
  return await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

/** A body of pieces. */
export async function* bodyOf(...pieces: (string | Promise<string>)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield new TextEncoder().encode(await piece);
}
