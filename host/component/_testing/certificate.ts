/**
 * A certificate of our own making for a server on this machine, and that of the authority that signed it.
 *
 * @module
 */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Buffer } from "node:buffer";

/** What a server and its clients need; PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** The authority that clients have to trust. */
  readonly authority: string;
}

/**
 * Makes a certificate for `127.0.0.1`, valid for a day.
 *
 * @param hosts Names that it is for, too; `*.` may stand before one.
 */
export function makeCertificate(...hosts: string[]): ServerCertificate {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = { issuer: "Troupe tests", signer: authority.privateKey };
  return {
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: certificate({
      ...names,
      subject: "localhost",
      key: server.publicKey,
      extensions: [alternatives(hosts)],
    }),
    authority: certificate({
      ...names,
      subject: names.issuer,
      key: authority.publicKey,
      extensions: [AUTHORITY],
    }),
  };
}

/** An X.509 certificate, version 3 (RFC 5280), signed with ECDSA and SHA-256. */
function certificate({ issuer, subject, key, signer, extensions }: {
  issuer: string;
  subject: string;
  key: KeyObject;
  signer: KeyObject;
  extensions: Uint8Array[];
}): string {
  const day = 86_400_000;
  const signed = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, [2])),
    der(INTEGER, [1, ...crypto.getRandomValues(new Uint8Array(8))]),
    ECDSA_SHA256,
    name(issuer),
    der(SEQUENCE, time(Date.now() - day), time(Date.now() + day)),
    name(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  );
  const signature = sign("sha256", signed, signer);
  const whole = der(SEQUENCE, signed, ECDSA_SHA256, der(BIT_STRING, [0], signature));
  const lines = Buffer.from(whole).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;

/** A value in DER: its tag, its length, its content. */
function der(tag: number, ...content: (Uint8Array | number[])[]): Uint8Array {
  const bytes = Buffer.concat(content.map((part) => Uint8Array.from(part)));
  return Buffer.concat([Uint8Array.from([tag, ...derLength(bytes.length)]), bytes]);
}

/** As few bytes as the length needs. */
function derLength(length: number): number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
}

/** `ecdsa-with-SHA256`. */
const ECDSA_SHA256 = der(SEQUENCE, der(OBJECT_ID, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
/** `subjectAltName`: the address 127.0.0.1, and names. */
function alternatives(hosts: readonly string[]): Uint8Array {
  const names = hosts.map((host) => der(0x82, new TextEncoder().encode(host)));
  return der(
    SEQUENCE,
    der(OBJECT_ID, [0x55, 0x1d, 0x11]),
    der(OCTET_STRING, der(SEQUENCE, der(0x87, [127, 0, 0, 1]), ...names)),
  );
}

/** `basicConstraints`: an authority; critical. */
const AUTHORITY = der(
  SEQUENCE,
  der(OBJECT_ID, [0x55, 0x1d, 0x13]),
  der(0x01, [255]),
  der(OCTET_STRING, der(SEQUENCE, der(0x01, [255]))),
);

/** A name that consists of a common name. */
function name(common: string): Uint8Array {
  const value = der(0x0c, new TextEncoder().encode(common));
  return der(SEQUENCE, der(0x31, der(SEQUENCE, der(OBJECT_ID, [0x55, 4, 3]), value)));
}

/** A time, as UTCTime: `YYMMDDhhmmssZ`. */
function time(milliseconds: number): Uint8Array {
  const text = new Date(milliseconds).toISOString().replaceAll(/^\d\d|[-:T]|\.\d+/g, "");
  return der(0x17, new TextEncoder().encode(text));
}
