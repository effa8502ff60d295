/**
 * Connections to addresses that were checked.
 *
 * @module
 */

import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, rootCertificates, type TLSSocket } from "node:tls";
import { EgressError, type HttpErrorCode, type PlainCase } from "./errors.ts";
import { parseIp } from "./ip.ts";
import { bareHost, type Target } from "./target.ts";

/** How to connect. */
export interface ConnectOptions {
  /** Certificates of authorities to be trusted besides the usual ones, PEM. */
  readonly caCerts: readonly string[];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** For all addresses together, in milliseconds. */
  readonly timeoutMs: number;
}

/** Least time for one address, in milliseconds. */
const LEAST_MS = 250;

/**
 * Connects to the first of some addresses that answers. With https, the certificate has to be one for the name.
 *
 * @throws {EgressError} when none answers, as the last one did not.
 */
export async function connect(
  target: Target,
  { addresses, ...options }: ConnectOptions & { readonly addresses: readonly string[] },
): Promise<Socket> {
  const until = Date.now() + options.timeoutMs;
  let failure: unknown;
  for (const [at, address] of addresses.entries()) {
    const timeoutMs = Math.max(LEAST_MS, (until - Date.now()) / (addresses.length - at));
    try {
      return await connectOne(target, { ...options, address, timeoutMs });
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      failure = error;
    }
  }
  throw connectError(target, failure);
}

type One = ConnectOptions & { readonly address: string };

async function connectOne(target: Target, { address, timeoutMs, signal, caCerts }: One): Promise<Socket> {
  const late = AbortSignal.timeout(timeoutMs);
  const ended = AbortSignal.any([signal, late]);
  // An address is no name: nothing is resolved from here on.
  const tcp = connectTcp({ host: address, port: target.port, autoSelectFamily: false, noDelay: true });
  await settled(tcp, { event: "connect", signal: ended });
  if (target.scheme === "http") return tcp;
  const name = bareHost(target.host);
  const tls: TLSSocket = connectTls({
    socket: tcp,
    host: name,
    ...(parseIp(name) ? {} : { servername: name }),
    ALPNProtocols: ["http/1.1"],
    ...(caCerts.length > 0 ? { ca: [...rootCertificates, ...caCerts] } : {}),
  });
  await settled(tls, { event: "secureConnect", signal: ended });
  return tls;
}

/** Waits until a socket stands; destroys it when it does not come to that. */
async function settled(
  socket: Socket,
  { event, signal }: { readonly event: string; readonly signal: AbortSignal },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  const onClose = () => reject(new Error("the connection was closed"));
  socket.once(event, resolve).once("error", reject).once("close", onClose);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    await promise;
    socket.off("error", reject).off("close", onClose);
  } catch (error) {
    // What it says afterwards is of no interest.
    socket.on("error", () => {}).destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const PLAIN: ReadonlyMap<string, PlainCase> = new Map([
  ["ECONNREFUSED", "connection-refused"],
  ["ECONNRESET", "connection-terminated"],
  ["EHOSTUNREACH", "destination-IP-unroutable"],
  ["ENETUNREACH", "destination-IP-unroutable"],
  ["EADDRNOTAVAIL", "destination-IP-unroutable"],
  ["ETIMEDOUT", "connection-timeout"],
]);
const CERTIFICATE = /CERT|SIGNED|ISSUER|VERIFY|ALTNAME|CHAIN/;

function connectError(target: Target, cause: unknown): EgressError {
  const place = `${target.host}, port ${target.port}`;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new EgressError("troupe.EgressTimeout", "connection-timeout", {
      message: `no connection to ${place} came about in time`,
      cause,
    });
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EgressError("troupe.EgressFailed", caseOf(code, target), {
    message: `no connection to ${place}: ${reason}`,
    cause,
  });
}

function caseOf(code: string, { scheme }: Target): HttpErrorCode | PlainCase {
  const plain = PLAIN.get(code);
  if (plain) return plain;
  if (scheme === "https") return CERTIFICATE.test(code) ? "TLS-certificate-error" : "TLS-protocol-error";
  return "destination-unavailable";
}
