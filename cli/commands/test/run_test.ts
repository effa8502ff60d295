// What is wrong with a command line is said before anything is built or run.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { temporaryFolder } from "../_testing.ts";
import { UsageError } from "../usage_error.ts";
import { testActor, type TestOptions } from "./run.ts";

const SPEC = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: a }
spec: { component: { file: build/a.wasm } }
`;

const FILES = {
  "a/actor.yaml": SPEC,
  "a/cases/one.json": "{}",
  "a/cases/notes.txt": "not a case",
  "b/actor.yaml": SPEC,
  "b/cases": "a file",
  "c/actor.yaml": SPEC,
  "c/cases/README.md": "",
  "payload.json": '{"name":"Ada"}',
  "latin1.json": new Uint8Array([0x22, 0xe9, 0x22]),
};

const DEFAULTS = {
  header: [],
  ignore: [],
  force: false,
  update: false,
  build: false,
  check: false,
  json: false,
};

const WRONG: [options: Partial<TestOptions>, said: string][] = [
  [{ actor: "nope" }, "There is no ~/nope: name the folder of an actor"],
  [{ actor: "payload.json/a" }, "There is no ~/payload.json/a"],
  [{ actor: "a/cases" }, "~/a/cases has no actor.yaml in it"],
  [{ actor: "a/cases/notes.txt" }, "~/a/cases/notes.txt is no actor.yaml"],
  [{ record: "x", replay: true }, "use one of them"],
  [{ replay: true, payload: "1" }, "the envelopes are in the cases"],
  [{ replay: true, header: ["a=b"] }, "the envelopes are in the cases"],
  [{ update: true }, "--update goes with --replay"],
  [{ force: true }, "go with --record"],
  [{ ignore: [".payload"] }, "go with --record"],
  [{ record: "x", repeat: 2 }, "leave --repeat and --data away"],
  [{ replay: true, data: "x" }, "leave --repeat and --data away"],
  [{ record: "../x" }, '"../x" cannot be the name of a case: write it without a folder'],
  [{ record: "x.json" }, "without .json"],
  [{ record: "" }, '"" cannot be the name of a case'],
  [{ record: "-x" }, "beginning with a letter or a digit"],
  [{ record: "one" }, "~/a/cases/one.json exists already: --force writes over it"],
  [{ record: "x", ignore: [".id"] }, "--ignore: .id is not within an emit"],
  [{ record: "x", ignore: ["[".repeat(3)] }, "--ignore: Bad path"],
  [{ record: "x", payload: `${"[".repeat(600)}${"]".repeat(600)}` }, "more than 512 deep"],
  [{ actor: "b", record: "x" }, "~/b/cases is not a folder"],
  [{ actor: "b", replay: true }, "~/b/cases is not a folder"],
  [{ actor: "c", replay: true }, "There are no cases in ~/c/cases: make one with --record NAME"],
  [{ replay: ["two"] }, "There is no case two in ~/a/cases; there are one"],
  [{ replay: ["cases/one.json"] }, "write it without a folder"],
  [{ payload: "{" }, "--payload: Not a JSON text"],
  [{ envelope: "-", payload: "-" }, "would both be standard input"],
  [{ envelope: "nope.json" }, "--envelope ~/nope.json cannot be read"],
  [{ envelope: "latin1.json" }, "it is not UTF-8"],
  [{ envelope: "payload.json" }, "A payload alone goes with --payload"],
  [{ next: "B" }, '"B" cannot be an actor\'s name'],
  [{ next: "x-sink" }, "leave it out"],
  [{ header: ["x"] }, "write name=value"],
  [{ header: ["x-troupe-root=1"] }, "the mesh's own"],
];

Deno.test("what is wrong with a command line", async (t) => {
  await using folder = await temporaryFolder();
  const at = folder.path;
  for (const [name, content] of Object.entries(FILES)) {
    await Deno.mkdir(join(at, name, ".."), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(at, name), bytes);
  }
  for (const [{ actor = "a", envelope, ...options }, said] of WRONG) {
    await t.step(`${JSON.stringify({ actor, envelope, ...options }).slice(0, 80)}: ${said}`, async () => {
      const file = envelope === undefined || envelope === "-" ? envelope : join(at, envelope);
      const given = file === undefined ? {} : { envelope: file };
      const error = await assertRejects(
        () => testActor({ ...DEFAULTS, ...options, ...given, actor: join(at, actor) }),
        UsageError,
      );
      assertStringIncludes(error.message.replaceAll(at, "~"), said);
    });
  }
  await t.step("nothing was made", async () => {
    const names = await Array.fromAsync(Deno.readDir(join(at, "a")), ({ name }) => name);
    assertEquals(names.sort(), ["actor.yaml", "cases"]);
  });
});
