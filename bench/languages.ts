/**
 * What an actor costs by the language that it is written in: the actor that `troupe new` begins with.
 *
 * @module
 */

import { buildActor } from "@troupe/cli/build";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { residentBytes } from "@troupe/host/sandbox/spawn";
import type { Stage } from "@troupe/host/stage";
import { fromFileUrl, join } from "@std/path";
import { Flight, openComponent } from "../host/stage/child/_restored_testing.ts";
import { measureCalls } from "./measured_calls.ts";
import { quantile, type Row, spread } from "./table.ts";

/** A language, and how a change of its source that means nothing looks. */
interface Language {
  readonly name: string;
  /** The source of a new actor. */
  readonly file: string;
  readonly comment: string;
}

const LANGUAGES: readonly Language[] = [
  { name: "rust", file: "src/lib.rs", comment: "// again" },
  { name: "c", file: "actor.c", comment: "// again" },
  { name: "js", file: "actor.js", comment: "// again" },
  { name: "go", file: "main.go", comment: "// again" },
  { name: "python", file: "actor.py", comment: "# again" },
];

const CALLS = 500;
const WARM_UP = 50;
const PAYLOAD = '{"name":"Ada"}';
const MAIN = fromFileUrl(new URL("../cli/main.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../deno.json", import.meta.url));

/** Rows of one table each. */
export interface LanguageRows {
  readonly builds: readonly Row[];
  readonly calls: readonly Row[];
  /** Calls of restored instances without the way to the sandbox and back. */
  readonly bare: readonly Row[];
  readonly memory: readonly Row[];
}

/** Measures every language whose tools are there; of the others it says why not. */
export async function benchLanguages(folder: string, cacheDir: string): Promise<LanguageRows> {
  const builds: Row[] = [];
  const calls: Row[] = [];
  const bare: Row[] = [];
  const memory: Row[] = [];
  for (const language of LANGUAGES) {
    const at = join(folder, language.name);
    const spec = await begin(language, folder);
    try {
      const first = await buildActor(spec, { check: true });
      await Deno.writeTextFile(join(at, language.file), `\n${language.comment}\n`, { append: true });
      const again = await buildActor(spec, { check: true });
      const size = (again.component?.size ?? NaN) / 1e6;
      builds.push({
        what: language.name,
        value: `${seconds(first.ms)} / ${seconds(again.ms)}`,
        note: `${size.toFixed(2)} MB`,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      builds.push({ what: language.name, value: "not built", note: message.split("\n")[0] ?? "" });
      continue;
    }
    const measured = await measure(spec, cacheDir);
    calls.push(...measured.calls.map((row) => ({ ...row, what: `${language.name}, ${row.what}` })));
    bare.push({ what: language.name, ...await measureBare(spec) });
    memory.push({ what: language.name, value: measured.resident });
  }
  return { builds, calls, bare, memory };
}

/** What somebody has who has just called `troupe new`. */
async function begin({ name }: Language, folder: string): Promise<ActorSpec> {
  await Deno.mkdir(folder, { recursive: true });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", CONFIG, MAIN, "new", name, "--language", name],
    cwd: folder,
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const file = join(folder, name, "actor.yaml");
  return parseActorSpec(await Deno.readTextFile(file), { file });
}

const WAYS = [
  { what: "restored", isolation: "fresh", restore: true },
  { what: "new", isolation: "fresh", restore: false },
  { what: "reused", isolation: "reuse", restore: false },
] as const;

/** Calls in sandboxes, and what one has resident when its one instance has served one envelope. */
async function measure(spec: ActorSpec, cacheDir: string): Promise<{ calls: Row[]; resident: string }> {
  let resident = "";
  const measured = await measureCalls(spec, {
    ...{ ways: WAYS, cacheDir, calls: CALLS, warmUp: WARM_UP },
    payload: () => JSON.parse(PAYLOAD),
    onFirst: ({ what }, stage) => {
      if (what === "reused") resident = residentOf(stage);
    },
  });
  return {
    calls: measured.map(({ way, measured }) => ({ what: way.what, value: spread(measured) })),
    resident,
  };
}

/** In this process: what a call takes, and putting the instance back, which a sandbox does while its host is busy elsewhere. */
async function measureBare({ component }: ActorSpec): Promise<Omit<Row, "what">> {
  if (component.kind !== "file") throw new TypeError("it was built here");
  const opened = await openComponent(await Deno.readFile(component.path));
  const instances = opened.restored();
  const flight = new Flight();
  const times: { readonly call: number[]; readonly restore: number[] } = { call: [], restore: [] };
  for (let n = -WARM_UP; n < CALLS; n++) {
    const instance = instances.take();
    const started = performance.now();
    await flight.call(instance, PAYLOAD);
    const over = performance.now();
    instances.done(instance, "returned");
    instances.tidy();
    if (n < 0) continue;
    times.call.push(over - started);
    times.restore.push(performance.now() - over);
  }
  const [call, restore] = [quantile(times.call, 0.5), quantile(times.restore, 0.5)];
  return {
    value: `${(call + restore).toFixed(3)} ms`,
    note: `call ${call.toFixed(3)}, putting back ${restore.toFixed(3)}; ${opened.made()} instances`,
  };
}

/** Of the sandbox in use, when one instance has served one envelope. */
function residentOf(stage: Stage): string {
  const [pid] = stage.pids();
  const bytes = pid === undefined ? undefined : residentBytes(pid);
  return bytes === undefined ? "not known" : `${Math.round(bytes / 2 ** 20)} MiB`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
