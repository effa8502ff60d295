/**
 * Components out of attacks' files: in WAT, in JavaScript, or made by a program.
 *
 * @module
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { extname, fromFileUrl } from "@std/path";
import { componentize } from "componentize-qjs";
import { httpComponent } from "../../host/stage/_http_testing.ts";
import { LIBC } from "../../host/stage/_testing.ts";
import type { Attack } from "./_attack.ts";

const WIT = fromFileUrl(new URL("../../sdk/wit/actor.wit", import.meta.url));
const FRAME = new URL("./_frame.wat", import.meta.url);
const CLIENT = new URL("./egress/_client.js", import.meta.url);

const PIECES = ["component", "libc", "lower", "imports", "module", "with", "lift"] as const;

/** An actor that gives back whatever it gets. @param marker A text that is nowhere else. */
export function honestText(marker = ""): string {
  return `
;; -- module --
(data (i32.const 256) "${marker}")
(func $attack (param i32 i32) (result i32) (call $return (local.get 0) (local.get 1)))`;
}

/** What a maker exports: text that is the pieces of an attack, or the bytes of what claims to be a component. */
export interface Maker {
  make(): string | Uint8Array;
}

/**
 * The bytes that an attack would have a host run.
 *
 * @param port Of the servers that there are; it is put in the place of `{{port}}`.
 */
export async function componentOf(
  { path, runs }: Pick<Attack, "path" | "runs">,
  { port }: { readonly port: number },
): Promise<Uint8Array> {
  if (runs === "maker") {
    const made = (await import(`file://${path}`) as Maker).make();
    return typeof made === "string" ? await framed(made) : made;
  }
  const source = await Deno.readTextFile(path);
  if (runs === "client") {
    const client = await Deno.readTextFile(CLIENT);
    return await httpComponent(`${client}${source.replaceAll("{{port}}", String(port))}`);
  }
  return extname(path) === ".wat" ? await framed(source) : await fromJavaScript(source);
}

/** A component out of the pieces of an attack; see `_frame.wat`. Text that is one already is taken as it is. */
export async function framed(text: string): Promise<Uint8Array> {
  if (!/^;; -- /m.test(text)) return await parse(text);
  const pieces: Record<string, string> = {};
  let name = "";
  for (const line of text.split("\n")) {
    const [, begun] = /^;; -- (\w+) --$/.exec(line) ?? [];
    if (begun !== undefined) name = begun;
    else pieces[name] = `${pieces[name] ?? ""}${line}\n`;
  }
  const frame = await Deno.readTextFile(FRAME);
  return await parse(
    PIECES.reduce(
      (whole, piece) => whole.replace(`{{${piece}}}`, () => pieces[piece] ?? (piece === "libc" ? LIBC : "")),
      frame,
    ),
  );
}

async function fromJavaScript(source: string): Promise<Uint8Array> {
  const { component } = await componentize({
    witPath: WIT,
    world: "actor",
    jsSource: source,
    sync: true,
    optSize: true,
  });
  return component;
}
