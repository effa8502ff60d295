/**
 * System calls from inside a sandbox, before anything else runs in it.
 *
 * @module
 */

import { type Architecture, type Syscall, syscallNumber } from "./syscalls.ts";

/** What a call came to. */
export interface Outcome {
  /** What it returned; -1 when it failed. */
  readonly value: number;
  /** Why it failed; 0 when it did not. */
  readonly errno: number;
}

/** An argument: a number, or bytes that the kernel reads or writes. */
export type Argument = number | Uint8Array<ArrayBuffer>;

const SYMBOLS = {
  syscall: { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The library, as systems name it. */
const FILES = ["libc.so.6", "libc.so"];

/** The system's library. */
export class Libc {
  readonly architecture: Architecture;
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #errno: Deno.UnsafePointerView;

  private constructor(architecture: Architecture, library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.architecture = architecture;
    this.#library = library;
    const errno = library.symbols.__errno_location();
    if (!errno) throw new Error("the system's library has no errno");
    this.#errno = new Deno.UnsafePointerView(errno);
  }

  /** Opens it. Needs the permission `ffi`. @returns Why it cannot be opened, where that is so. */
  static open(): Libc | string {
    if (Deno.build.os !== "linux") return `this is ${Deno.build.os}, not Linux`;
    const { arch } = Deno.build;
    if (arch !== "x86_64" && arch !== "aarch64") return `no numbers of system calls are known for ${arch}`;
    if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
      return "it may not make system calls";
    }
    let problem = "";
    for (const file of FILES) {
      try {
        return new Libc(arch, Deno.dlopen(file, SYMBOLS));
      } catch (error) {
        problem ||= error instanceof Error ? error.message : String(error);
      }
    }
    return `the system's library cannot be used: ${problem}`;
  }

  /** Makes a call by its name. */
  call(name: Syscall, ...args: readonly Argument[]): Outcome {
    const number = syscallNumber(name, this.architecture);
    if (number === undefined) throw new Error(`${name} does not exist on ${this.architecture}`);
    return this.callNumber(number, ...args);
  }

  /** Makes a call by its number. */
  callNumber(number: number, ...args: readonly Argument[]): Outcome {
    const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n] = args.map((argument) =>
      typeof argument === "number" ? BigInt(argument) : addressOf(argument)
    );
    const value = Number(this.#library.symbols.syscall(BigInt(number), a, b, c, d, e, f));
    return { value, errno: value === -1 ? this.#errno.getInt32() : 0 };
  }

  /** Closes it. */
  close(): void {
    this.#library.close();
  }
}

/** Where bytes are. They have to be used after the call too, or they might be collected before it. */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
}

/** Bytes outside of the engine's heap, which never move: small arrays would be in it. */
export function fixed(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** A text as the kernel reads it, with a zero at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const result = fixed(bytes.length + 1);
  result.set(bytes);
  return result;
}
