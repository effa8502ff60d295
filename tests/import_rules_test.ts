// Dependencies point one way: what a folder may import is written down here, and nowhere else.

import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** The loop and its wiring: the only files directly in host/ that may know the parts around the protocol. */
const WIRING = [
  ...["host/host.ts", "host/gate.ts", "host/rate_share.ts", "host/settler.ts", "host/control_feed.ts"],
  ...["host/outcome.ts", "host/replica.ts", "host/command_line.ts", "host/main.ts", "host/mod.ts"],
];

/** Parts that know the protocol, and of each other only what stands here. */
const PARTS: Record<string, string[]> = {
  "host/sqlite": [],
  "host/sandbox": [],
  "host/image": ["host/sandbox"],
  "host/egress": [],
  "host/state": ["host/sqlite"],
  "host/transport": ["host/sqlite"],
  "host/observe": ["host/transport/transport.ts", "host/stage/stage.ts"],
  "host/oci": [],
  "host/component": ["host/sandbox", "host/oci"],
  "host/stage": ["host/sandbox", "host/component/component.ts"],
  "host/granted": [
    "host/stage",
    "host/sandbox/file_tree.ts",
    "host/egress",
    "host/state",
    "host/observe/logs.ts",
  ],
  "host/crew": [
    "host/sqlite",
    "host/transport/transport.ts",
    "host/observe/hop_fields.ts",
    "host/observe/logs.ts",
    "host/observe/metrics.ts",
    "host/observe/tracing.ts",
  ],
  "controller": [
    // Names of components are what hosts pull by.
    "host/oci/reference.ts",
    // What a grant can say is checked with what checks requests by it.
    ...["address", "ip", "match", "target"].map((name) => `host/egress/${name}.ts`),
    // Names of queues, and what addresses say, are what hosts make of them.
    ...["address", "topology", "mod", "removal"].map((name) => `host/transport/rabbitmq/${name}.ts`),
    ...["host/state/redis/address.ts", "host/crew/postgres/address.ts", "host/crew/objects/address.ts"],
    "host/observe/logs.ts",
    // How long a crew keeps what nothing is said of.
    "host/crew/retention.ts",
    // How what is installed is started, and what of the image is generated.
    ...["commands", "dockerfile"].map((name) => `host/image/${name}.ts`),
    // How much memory a pod may take is what its sandbox may.
    "host/stage/resident.ts",
  ],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && ![".troupe", "node_modules"].includes(entry.name)) yield* sources(path);
    if (entry.isFile && /\.tsx?$/.test(entry.name)) yield path;
  }
}

async function importsOf(file: string): Promise<Import[]> {
  const text = (await Deno.readTextFile(join(ROOT, file))).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s*"([^"]+)"|import\(\s*"([^"]+)"/g);
  return await Promise.all(
    [...found].map(async ([, stated, dynamic]) => ({
      file,
      target: await resolveTarget(file, stated ?? dynamic ?? ""),
    })),
  );
}

async function resolveTarget(file: string, specifier: string): Promise<string> {
  if (specifier.startsWith(".")) return relative(ROOT, join(ROOT, dirname(file), specifier));
  const inner = /^@troupe\/(\w+)(\/.*)?$/.exec(specifier);
  if (!inner) return specifier;
  const folder = inner[1] === "sdk" ? "sdk/js" : inner[1] as string;
  const { exports } = JSON.parse(await Deno.readTextFile(join(ROOT, folder, "deno.json")));
  const path = typeof exports === "string" ? exports : exports[`.${inner[2] ?? ""}`];
  assert(path, `${file} imports ${specifier}, which ${folder}/deno.json does not export`);
  return join(folder, path);
}

const isTest = (file: string) =>
  /(_test|_testing)\.ts$|\/_testing\//.test(file) || file.endsWith("/conformance.ts");

async function violations(
  folder: string,
  allowed: (target: string, file: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  for await (const file of sources(folder)) {
    if (isTest(file)) continue;
    for (const { target } of await importsOf(file)) {
      if (!allowed(target, file)) found.push(`${file} imports ${target}`);
    }
  }
  return found;
}

const isProtocol = (path: string) => /^host\/[^/]+\.ts$/.test(path) && !WIRING.includes(path);
const isLibrary = (path: string) => !/^(host|sdk|controller|cli|gateway|tests|bench|actors)\//.test(path);

Deno.test("protocol files import each other, zod and std, and nothing else", async () => {
  const found: string[] = [];
  for await (const file of sources("host")) {
    if (!isProtocol(file) || isTest(file)) continue;
    for (const { target } of await importsOf(file)) {
      if (!isProtocol(target) && !/^(zod|@std\/)/.test(target)) found.push(`${file} imports ${target}`);
    }
  }
  assertEquals(found, []);
});

for (const [part, others] of Object.entries(PARTS)) {
  Deno.test(`${part} imports the protocol, and of other parts ${others.join(", ") || "nothing"}`, async () => {
    const allowed = (target: string) =>
      isLibrary(target) || isProtocol(target) || target.startsWith(`${part}/`) ||
      others.some((other) => target === other || target.startsWith(`${other}/`));
    assertEquals(await violations(part, allowed), []);
  });
}

Deno.test("the client of Kubernetes is imported by its cure for Deno, and by nobody else", async () => {
  // Its types are not loaded.
  const types = "controller/build/kubernetes.ts";
  const text = await Deno.readTextFile(join(ROOT, types));
  assertEquals(
    [...text.matchAll(/^(import|export) (?!type )/gm)].length,
    0,
    `${types} imports more than types`,
  );
  const found: string[] = [];
  for (const folder of ["host", "sdk", "controller", "cli", "actors", "tests", "bench"]) {
    found.push(
      ...await violations(
        folder,
        (target, file) =>
          !target.startsWith("@kubernetes/client-node") ||
          ["controller/kube/client_node.ts", types].includes(file),
      ),
    );
  }
  assertEquals(found, []);
});

Deno.test("host/ imports nothing from outside of host/", async () => {
  assertEquals(
    await violations(
      "host",
      (target, file) => isLibrary(target) || target.startsWith("host/") || file === "host/main.ts",
    ),
    [],
  );
});

Deno.test("what runs in a sandbox imports no package", async () => {
  const entries = ["host/stage/child/main.ts", "host/component/child/main.ts"];
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = async (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await Deno.readTextFile(join(ROOT, file));
    const typesOnly = new Set(
      [...text.matchAll(/import type [^;]*?from\s*"([^"]+)"/g)].map(([, path]) => path),
    );
    for (const { target } of await importsOf(file)) {
      const stated = [...typesOnly].some((path) =>
        path && relative(ROOT, join(ROOT, dirname(file), path)) === target
      );
      if (stated) continue;
      if (isLibrary(target)) found.push(`${file} imports ${target}`);
      else await visit(target);
    }
  };
  for (const entry of entries) await visit(entry);
  assertEquals(found, []);
});

Deno.test("no file has more than 400 lines without its header saying why", async () => {
  const found: string[] = [];
  for (const folder of ["host", "sdk", "controller", "cli", "actors", "tests", "bench"]) {
    for await (const file of sources(folder)) {
      const lines = (await Deno.readTextFile(join(ROOT, file))).split("\n");
      if (
        lines.length > 401 && !/lines? (long )?because|in one file because/.test(lines.slice(0, 20).join(" "))
      ) {
        found.push(`${file}: ${lines.length} lines`);
      }
    }
  }
  assertEquals(found, []);
});
