/**
 * Parts of addresses of servers, as people write them: `scheme://USER:PASSWORD@HOST:PORT/PATH?SETTING=VALUE`.
 *
 * @module
 */

import type { z } from "zod";

/** What the environment says; `Deno.env.get` is one. */
export type Environment = (name: string) => string | undefined;

/** A word of two letters or more before a colon: a path may begin with the letter of a drive. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/** What stands before the first colon of an address; undefined where that is a path. */
export function schemeOf(address: string): string | undefined {
  return SCHEME.exec(address)?.[1];
}

/**
 * The path of the SQLite file that an address names; undefined when it names none.
 *
 * @example
 * ```ts
 * import { sqlitePath } from "@troupe/host/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["a/b.db", "sqlite:b.db", "redis://cache"].map(sqlitePath), ["a/b.db", "b.db", undefined]);
 * ```
 */
export function sqlitePath(address: string): string | undefined {
  const scheme = schemeOf(address);
  if (scheme === undefined) return address || undefined;
  return scheme === "sqlite" ? address.slice("sqlite:".length) || undefined : undefined;
}

/** An address as a whole has not the form of one: what its error says. */
export const NO_ADDRESS =
  "it has not the form of one (a /, ? or @ in a password has to be written as %2F, %3F, %40)";

const HOST = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/;

/** Makes the error that says what is wrong with an address; no problem has a user's name or password in it. */
export type RefuseAddress = (problem: string, options?: ErrorOptions) => Error;

/** Reads parts of an address. What cannot be read is thrown as the error of whoever reads. */
export class AddressReader {
  readonly #refuse: RefuseAddress;

  constructor(refuse: RefuseAddress) {
    this.#refuse = refuse;
  }

  /** A part in which characters are escaped. @param what It, as it begins a sentence: `its user`. */
  decode(text: string, what: string): string {
    try {
      return decodeURIComponent(text);
    } catch {
      throw this.#refuse(`${what} has a % that is not followed by two hex digits: write %25 for a %`);
    }
  }

  /** `HOST` or `HOST:PORT`. @param options `what`: the host, as it begins a sentence. */
  host(
    text: string,
    { defaultPort, what }: { readonly defaultPort: number; readonly what: string },
  ): { readonly host: string; readonly port: number } {
    const [, host, port] = HOST.exec(text) ?? [];
    const number = port === undefined ? defaultPort : Number(port);
    if (!host || number < 1 || number > 65535) {
      throw this.#refuse(`${what} has not the form HOST or HOST:PORT`);
    }
    return { host: host.replace(/^\[|\]$/g, ""), port: number };
  }

  /** The settings of a query, all of which have to be known. */
  settings<T>(query: string, schema: z.ZodType<T>): T {
    const read = schema.safeParse(Object.fromEntries(new URLSearchParams(query)));
    if (read.success) return read.data;
    const problems = read.error.issues.map((issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no setting ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
        : `${issue.path.join(".")} ${issue.message}`
    );
    throw this.#refuse(problems.join("; "));
  }

  /** The password in a file, without the line break that editors end it with. @param variable What names the file. */
  async passwordIn(file: string, variable: string): Promise<string> {
    try {
      return (await Deno.readTextFile(file)).replace(/\r?\n$/, "");
    } catch (cause) {
      throw this.#refuse(`the file that ${variable} names, ${file}, cannot be read`, { cause });
    }
  }
}

/** `host:port`, as it is shown to people. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
