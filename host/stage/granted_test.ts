// What is granted by value: environment, settings, clocks and files, as a guest sees them.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { componentize } from "componentize-qjs";
import type { HopResult } from "../hop.ts";
import { grantedWit } from "./_granted_wit_testing.ts";
import { envelope, testFolder, type TestStageOptions, withStage } from "./_testing.ts";

const source = `
import { getEnvironment } from "wasi:cli/environment@0.2.3";
import { get, getAll } from "wasi:config/store@0.2.0-rc.1";
import { now } from "wasi:clocks/monotonic-clock@0.2.3";
import { getDirectories } from "wasi:filesystem/preopens@0.2.3";

const text = (bytes) => String.fromCharCode(...bytes);
const tried = (call) => {
  try {
    return call();
  } catch (error) {
    return "refused: " + (error.payload ?? error.message ?? error);
  }
};
const root = () => getDirectories()[0][0];
const open = (path, flags = { read: true }, how = {}) => root().openAt({}, path, how, flags);
const verbs = {
  environment: () => getEnvironment(),
  setting: (name) => get(name) ?? null,
  settings: () => getAll(),
  steps: () => {
    const seen = new Set();
    for (let n = 0; n < 20000; n++) seen.add(String(now()));
    return seen.size;
  },
  mounts: () => getDirectories().map(([, path]) => path),
  read: (path) => tried(() => text(open(path).read(100, 0)[0])),
  stream: (path) => tried(() => text(open(path).readViaStream(2).blockingRead(3))),
  list: (path) => tried(() => {
    const stream = open(path).readDirectory();
    const names = [];
    for (;;) {
      const entry = stream.readDirectoryEntry();
      if (!entry) return names.join(" ");
      names.push(entry.name + ":" + entry.type);
    }
  }),
  write: (path) => tried(() => void open(path, { write: true }, { create: true })),
  remove: (path) => tried(() => void root().unlinkFileAt(path)),
};
export function handle(payload) {
  const [verb, argument] = JSON.parse(payload);
  return JSON.stringify(verbs[verb](argument) ?? null);
}`;

const { component } = await componentize({
  ...await grantedWit(testFolder()),
  jsSource: source,
  sync: true,
  optSize: true,
});

/** Runs verbs of the guest, one after another. */
async function answers(
  options: TestStageOptions,
  calls: [verb: string, argument?: string][],
): Promise<unknown[]> {
  const found: unknown[] = [];
  await withStage(component, options, async ({ stage }) => {
    for (const call of calls) {
      const result: HopResult = await stage.run(envelope("1", call));
      found.push(result.ok ? JSON.parse(result.emits[0]?.payload ?? "null") : result.failure);
    }
  });
  return found;
}

Deno.test("values: those of the spec in the environment and in the settings, secrets in the settings only", async () => {
  const config = {
    environment: [["LANGUAGE", "en"]],
    values: [["LANGUAGE", "en"], ["KEY", "s3cr3t"]],
  } as const;
  assertEquals(
    await answers({ config }, [["environment"], ["setting", "KEY"], ["setting", "OTHER"], ["settings"]]),
    [[["LANGUAGE", "en"]], "s3cr3t", null, [["LANGUAGE", "en"], ["KEY", "s3cr3t"]]],
  );
});

Deno.test("clocks are coarse, unless precise ones are granted", async () => {
  const config = { environment: [["A", "1"]], values: [["A", "1"]] } as const;
  const [coarse] = await answers({ config }, [["steps"]]) as number[];
  const [precise] = await answers({ config, grants: { route: [], clock: "precise" } }, [[
    "steps",
  ]]) as number[];
  // Coarse: a step in 100 ms; however slow the machine is, most of the calls fall into the same one.
  assert((coarse ?? 0) < 200, `${coarse} steps`);
  assert((precise ?? 0) > 1000, `${precise} steps`);
});

Deno.test("files: found, read and listed below their mounts, and nothing else is there", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const files = {
    mounts: ["/words", "/empty"],
    files: [
      { mount: "/words", path: "a.txt", bytes: bytes("hello") },
      { mount: "/words", path: "deep/b.txt", bytes: bytes("world") },
    ],
  };
  const config = { environment: [["A", "1"]], values: [["A", "1"]] } as const;
  const calls: [verb: string, argument: string, answer: unknown][] = [
    ["mounts", "", ["/words", "/empty"]],
    ["read", "a.txt", "hello"],
    ["read", "deep/../deep/./b.txt", "world"],
    ["stream", "a.txt", "llo"],
    ["list", ".", "a.txt:regular-file deep:directory"],
    ["read", "deep", "refused: is-directory"],
    ["list", "a.txt", "refused: not-directory"],
    ["read", "../etc/passwd", "refused: not-permitted"],
    ["read", "/etc/passwd", "refused: not-permitted"],
    ["read", "no", "refused: no-entry"],
    ["write", "a.txt", "refused: read-only"],
    ["write", "new", "refused: read-only"],
    ["remove", "a.txt", "refused: read-only"],
    ["read", "a.txt", "hello"],
  ];
  const found = await answers(
    { config, files },
    calls.map(([verb, argument]) => [verb, argument]),
  );
  assertEquals(found, calls.map(([, , expected]) => expected));
});

Deno.test("what is not granted is not there, even for a component that nobody has refused", async () => {
  const failure = await answers({}, [["environment"]]).catch((error: Error) => [error.message]);
  assertMatch(String(failure[0]), /wasi:config/);
});
