/**
 * A name server of a cluster, for a few names: on an address of loopback, at the port that resolvers ask.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";

const TYPE_A = 1;
const HEADER_BYTES = 12;

/** A running server. Only root can start one. */
export class NameServer implements AsyncDisposable {
  readonly #socket: Socket;
  /** Names that were asked for. */
  readonly asked: Set<string> = new Set<string>();

  private constructor(names: Readonly<Record<string, string>>) {
    this.#socket = createSocket("udp4");
    this.#socket.on("message", (query, { port, address }) => {
      this.#socket.send(this.#answer(query, names), port, address);
    });
  }

  /** @param names Addresses by name. @param at Its own address. */
  static async start(names: Readonly<Record<string, string>>, at: string): Promise<NameServer> {
    const server = new NameServer(names);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.#socket.once("error", reject);
    server.#socket.bind(53, at, resolve);
    await promise;
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #answer(query: Buffer, names: Readonly<Record<string, string>>): Buffer {
    const labels: string[] = [];
    let at = HEADER_BYTES;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString());
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const name = labels.join(".");
    this.asked.add(name);
    const address = names[name];
    const found = address !== undefined && type === TYPE_A;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(query.readUInt16BE(0), 0);
    // An answer, recursion wanted and had; no such name, where there is none.
    header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(found ? 1 : 0, 6);
    const question = query.subarray(HEADER_BYTES, at + 5);
    // The name as in the question, an address, for a minute.
    const record = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4]);
    const bytes = Buffer.from((address ?? "").split(".").map(Number));
    return Buffer.concat([header, question, ...found ? [record, bytes] : []]);
  }
}
