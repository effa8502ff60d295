/**
 * Attacks on the way from where a component is to where it runs: something else is sent, or lies in the cache.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { join } from "@std/path";
import { assert } from "@std/assert";
import { makeCertificate, type ServerCertificate } from "../../host/component/_testing/certificate.ts";

/** Kinds of files in an entry of the cache. */
export type CachedFile = "glue" | "module" | "manifest";

/** A server of components, whose certificate a host trusts. */
export class ComponentServer implements AsyncDisposable {
  readonly #certificate: ServerCertificate = makeCertificate();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor() {
    const { key, cert } = this.#certificate;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, key, cert, onListen() {} }, (request) => {
      const bytes = this.#files.get(new URL(request.url).pathname);
      return bytes ? new Response(bytes) : new Response(null, { status: 404 });
    });
  }

  /** The authority that a host has to trust; PEM. */
  get authority(): string {
    return this.#certificate.authority;
  }

  /** Has it serve bytes. @returns Their address. */
  serve(name: string, bytes: Uint8Array): string {
    this.#files.set(`/${name}`, new Uint8Array(bytes));
    return `https://127.0.0.1:${this.#server.addr.port}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** SHA-256, in hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

/**
 * Puts something else in the place of files in the cache.
 *
 * @param entry `cache`: the folder of the cache; `marker`: what the entry that is meant has in one of its files.
 * @param what `replaces`: which of its files; `put`: what they are now.
 */
export async function tamper(
  entry: { readonly cache: string; readonly marker: string },
  what: { readonly replaces: CachedFile; readonly put: Uint8Array },
): Promise<void> {
  const folder = await findEntry(join(entry.cache, "components"), entry.marker);
  const isMeant = (name: string) =>
    what.replaces === (name.endsWith(".js") ? "glue" : name.endsWith(".wasm") ? "module" : "manifest");
  const names = (await namesIn(folder)).filter(isMeant);
  assert(names.length > 0, `no ${what.replaces} in ${folder}`);
  for (const name of names) await Deno.writeFile(join(folder, name), what.put);
}

async function findEntry(components: string, marker: string): Promise<string> {
  for (const key of await namesIn(components)) {
    for (const name of await namesIn(join(components, key))) {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(join(components, key, name)));
      if (name.endsWith(".wasm") && text.includes(marker)) return join(components, key);
    }
  }
  throw new Error(`nothing in ${components} has ${marker} in it`);
}

/** Entries come and go while this looks. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
