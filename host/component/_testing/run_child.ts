/**
 * Evaluates glue in a sandbox and calls `handle` once: for tests that what was prepared runs. The parts are the glue, the
 * names of the modules as JSON, the payload, and the modules.
 *
 * @module
 */

import { createWasi } from "../../sandbox/wasi.ts";
import { encodeParts, readParts } from "../parts.ts";

const exit = Deno.exit;
const write = (bytes: Uint8Array) => Deno.stdout.writeSync(bytes);
write(new Uint8Array(1));
const [glue, names, payload, ...modules] = await readParts(Deno.stdin.readable, {
  parts: 600,
  bytes: 2 ** 30,
});
const answer = await handle();
for (const part of encodeParts([new TextEncoder().encode(JSON.stringify(answer))])) write(part);
exit(0);

async function handle(): Promise<{ returned?: string; thrown?: string; logged: string[] }> {
  Object.defineProperty(globalThis, "process", { value: undefined });
  const logged: string[] = [];
  try {
    const files: string[] = JSON.parse(new TextDecoder().decode(names));
    const url = URL.createObjectURL(new Blob([glue as BlobPart], { type: "text/javascript" }));
    const { instantiate } = await import(url);
    const imports = {
      ...createWasi({ stdout: () => {}, stderr: () => {} }),
      "troupe:actor/mesh": {
        ...Object.fromEntries(["get", "set", "del", "emit", "fly"].map((verb) => [verb, () => undefined])),
        log: (level: string, text: string) => void logged.push(`${level}: ${text}`),
      },
    };
    const instance = instantiate(
      (name: string) => new WebAssembly.Module(modules[files.indexOf(name)] as BufferSource),
      imports,
      (module: WebAssembly.Module, wants: WebAssembly.Imports) => new WebAssembly.Instance(module, wants),
    );
    return { returned: instance.handle(new TextDecoder().decode(payload)), logged };
  } catch (error) {
    return { thrown: String(error), logged };
  }
}
