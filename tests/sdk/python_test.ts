// Actors in Python: the SDK's own tests; a new actor from its template to a running mesh; what there is at run time, and
// what a build says that cannot be.

import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { lacks } from "@troupe/tests/require";
import { runTroupe, troupe } from "../mesh_process.ts";

const here = (path: string) => fromFileUrl(new URL(path, import.meta.url));
const ignore = lacks("componentize-py", "python3 -m pip install componentize-py==0.25.1 pytest");

async function pytest(cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: ["-m", "pytest", "-q"],
    cwd,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert(success, said);
  return said;
}

/** A folder for one test. */
async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-python-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const spec = (name: string, more = "") =>
  `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${name} }
spec:
  component: { file: build/${name}.wasm }
  limits: { timeout: 20s }
${more}`;

async function writeActor(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  return folder;
}

interface Result {
  readonly id: string;
  readonly phase: string;
  readonly payload: unknown;
  readonly error?: { readonly type: string; readonly message: string; readonly traceback?: string } | null;
}

/** Sends payloads to actors, works them off, and gives what came of each, and the log. */
async function workOff(
  dir: string,
  orders: readonly (readonly [actor: string, payload: unknown])[],
): Promise<{ readonly results: Result[]; readonly log: string }> {
  const data = join(dir, ".troupe");
  // The first time builds the actors, and makes the queues.
  await troupe(["up", dir, "--until-idle", "--no-watch", "--data", data]);
  const ids: string[] = [];
  for (const actor of new Set(orders.map(([actor]) => actor))) {
    const payloads = orders.filter(([to]) => to === actor).map(([, payload]) => JSON.stringify(payload));
    const sent = await troupe(["send", actor, "--file", "-", "--data", data], { stdin: payloads.join("\n") });
    ids.push(...sent.trim().split("\n"));
  }
  const { stderr: log } = await runTroupe(["up", dir, "--until-idle", "--no-watch", "--data", data]);
  const listed = await troupe(["results", "--json", "--data", data], { codes: [0, 1] });
  const all = listed.trim().split("\n").map((line): Result => JSON.parse(line));
  return { results: ids.map((id) => all.find((result) => result.id === id) as Result), log };
}

Deno.test({
  name: "the SDK's own tests pass, its examples and the conformance cases among them",
  ignore,
  fn: async () => assertMatch(await pytest(here("../../sdk/python")), /\d{3} passed/),
});

/** What the actor in `python/` is to do, and what has to come of it. */
const ORDERS: Readonly<Record<string, (result: Result, log: string, again: Result) => void>> = {
  environment: ({ payload }) => assertEquals(Object.keys(payload as object).sort(), ["LANGUAGE", "SERVER"]),
  files({ error }) {
    assertEquals(error?.type, "OSError");
    assertMatch(error?.message ?? "", /read-only|Read-only/i);
  },
  lines(_, log) {
    for (const line of ["info  guest    a 1 ", "warn  guest    b ", "warn  guest    part: careful: d "]) {
      assertStringIncludes(log, line);
    }
    for (const line of ["warn  guest    c ", "info  guest    f "]) assertStringIncludes(log, line);
  },
  fails({ error }) {
    assertEquals([error?.type, error?.message], ["HelperError", "oh"]);
    assertMatch(
      error?.traceback ?? "",
      /File "actor\.py", line \d+, in fails\n {4}raise HelperError\("oh"\)/,
    );
  },
  late_import({ error }) {
    assertEquals(error?.type, "ModuleNotFoundError");
    assertStringIncludes(error?.message ?? "", "Import it at the top of actor.py");
  },
  chance: ({ payload }, _, again) => {
    const [number, id] = payload as [number, string];
    const [otherNumber, otherId] = again.payload as [number, string];
    assertNotEquals(number, otherNumber);
    assertNotEquals(id, otherId);
  },
  sockets: ({ error }) => assertMatch(error?.message ?? "", /an actor has no sockets/),
  nap: ({ payload }) => assert(payload as number > 0),
  naps: ({ payload }) => assert(payload as number > 0),
  tuples: ({ payload }) => assertEquals(payload, { curr: "guest", seen: "guest" }),
  keeps: ({ payload }) => assertEquals((payload as unknown[])[0], { "ü": 1 }),
  requests: ({ payload, error }) =>
    assertEquals(payload, [[201, "yes", "got Grüße b"], 404, "PermissionError"], JSON.stringify(error)),
  endless: ({ error }) => assertEquals(error?.type, "RecursionError"),
  leaves: ({ error }) => assertEquals([error?.type, error?.message], ["SystemExit", "bye"]),
};

async function answer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname !== "/there" || search !== "?x=1") return new Response("none", { status: 404 });
  const body = `got ${await request.text()} ${request.headers.get("x-a")}`;
  return new Response(body, { status: 201, headers: { "x-told": "yes" } });
}

/** The actor of `python/`, with what it is granted. */
async function makeGuest(folder: string, port: number): Promise<void> {
  const sources: Record<string, string> = {};
  for (const name of ["actor.py", "helper.py"]) {
    sources[name] = await Deno.readTextFile(here(`python/${name}`));
  }
  const grants = `  grants:
    env: { LANGUAGE: en, SERVER: "http://127.0.0.1:${port}" }
    files: [{ from: words, path: /words }]
    state: true
    http: [{ host: 127.0.0.1, scheme: http, port: ${port}, addresses: [127.0.0.0/8] }]
`;
  await writeActor(folder, { ...sources, "actor.yaml": spec("guest", grants) });
  await writeActor(join(folder, "words"), { "a.txt": "words" });
}

Deno.test({
  name: "from a new actor's template to results; and what an actor has at run time, and has not",
  ignore,
  fn: () =>
    withFolder(async (dir) => {
      await troupe(["new", "greet", "--language", "python", "--dir", dir]);
      assertMatch(await pytest(join(dir, "greet")), /2 passed/);
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
      await makeGuest(join(dir, "guest"), server.addr.port);
      const names = Object.keys(ORDERS);
      const { results: [greeting, ...results], log } = await workOff(dir, [
        ["greet", { name: "Ada" }],
        ...[...names, "chance"].map((name) => ["guest", name] as const),
      ]);
      assertEquals(greeting?.payload, { greeting: "Hello, Ada!" });
      for (const [n, name] of names.entries()) {
        ORDERS[name]?.(results[n] as Result, log, results.at(-1) as Result);
      }
    }),
});

Deno.test({
  name: "what is no Python is told with file and line, in the compiler's words",
  ignore,
  fn: () =>
    withFolder(async (dir) => {
      const files = {
        "actor.yaml": spec("broken"),
        "actor.py": "import other\n\n\ndef handle(payload):\n    return other\n",
        "other.py": "def half(:\n",
      };
      const folder = await writeActor(join(dir, "broken"), files);
      const { code, stdout } = await runTroupe(["build", dir]);
      assertEquals(code, 1);
      assertStringIncludes(stdout, `${folder}/other.py:1: invalid syntax`);
      assertStringIncludes(stdout, "def half(:");
    }),
});
