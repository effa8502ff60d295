/**
 * An author's way from `troupe new` to a sandbox: the same test for every language, with one actor.
 *
 * @module
 */

import { buildActor } from "@troupe/cli/build";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "@std/path";
import { problemIn, runHops, writeFiles } from "../../cli/build/_testing.ts";
import { digestFolder } from "../../cli/build/folder_digest.ts";
import { findSource } from "../../cli/build/source.ts";
import { runTroupe, temporaryFolder } from "../../cli/commands/_testing.ts";
import { failureOf, payloadOf, ROOT } from "./_testing.ts";

/** A mistake of an author. */
export interface Mistake {
  readonly what: string;
  /** The actor's source with it. */
  readonly source: string | ((source: string) => string);
  /** Files beside it. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** Code of the error. */
  readonly code: string;
  /** What it says, the actor's folder being `~`. */
  readonly message: RegExp;
}

/** What the test has to know of a language. */
export interface NewActorTest {
  /** As `troupe new --language` has it. */
  readonly language: string;
  readonly ignore: boolean;
  /** Runs the tests that a new actor comes with. */
  readonly runTests: (folder: string) => Promise<void>;
  /** Whether the same source comes to the same bytes elsewhere, or only to the same digest of inputs. */
  readonly same: "bytes" | "inputs";
  /** Where an error that the actor throws tells that it comes from; none where the language does not know. */
  readonly traceback?: RegExp;
  /** Failure of a payload that is no task. @default it is not tried */
  readonly wrongTask?: string;
  /** The file with the actor's source. */
  readonly source: string;
  readonly mistakes: readonly Mistake[];
}

/** Defines the test. */
export function testNewActor(tested: NewActorTest): void {
  const { language, ignore, same } = tested;
  Deno.test({ name: `${language}: a new actor`, ignore }, async (t) => {
    await using folder = await temporaryFolder();
    const made = await runTroupe(["new", "greet", "--language", language], { cwd: folder.path });
    assertEquals(made.code, 0, made.stderr);
    const at = join(folder.path, "greet");
    const spec = await readSpec(at);

    await t.step("passes its tests", () => tested.runTests(at));

    await t.step("is built, and is up to date then", async () => {
      assertEquals((await buildActor(spec, { check: true })).built, true);
      assertEquals((await buildActor(spec, { check: true })).built, false);
    });

    await t.step("runs", () => assertGreets(spec, tested));

    await t.step(
      `comes to the same ${same} elsewhere, with nothing in its component of where it is`,
      async () => {
        const copy = await copyTo(join(folder.path, "a longer way", "greet"), at);
        if (same === "inputs") assertEquals(await inputsOf(copy), await inputsOf(spec));
        else await assertSameComponent(copy, spec);
        const text = new TextDecoder("latin1").decode(await Deno.readFile(componentOf(spec)));
        // Where others have compiled parts of it, a folder of theirs may be named as the home folder is here.
        const home = same === "bytes" ? Deno.env.get("HOME") : undefined;
        for (const place of [folder.path, ROOT, home]) {
          assert(!place || !text.includes(place), `${place} is in the component`);
        }
      },
    );

    const source = await Deno.readTextFile(join(at, tested.source));
    for (const mistake of tested.mistakes) {
      await t.step(`is not built with ${mistake.what}, and it is said why`, async () => {
        const changed = typeof mistake.source === "string" ? mistake.source : mistake.source(source);
        await writeFiles(at, { ...mistake.files, [tested.source]: changed });
        assertMatch(await problemIn(spec, mistake.code), mistake.message);
        for (const name of Object.keys(mistake.files ?? {})) await Deno.remove(join(at, name));
      });
    }
  });
}

async function assertGreets(spec: ActorSpec, { traceback, wrongTask }: NewActorTest): Promise<void> {
  const { results } = await runHops(spec, [{ name: "Ada" }, {}, 7]);
  const [greeted, nobody, wrong] = results;
  assertEquals(payloadOf(greeted), { greeting: "Hello, Ada!" });
  assertEquals(failureOf(nobody).type, "troupe.Fatal");
  if (traceback) assertMatch(failureOf(nobody).traceback ?? "", traceback);
  if (wrongTask !== undefined) assertEquals(failureOf(wrong).type, wrongTask);
}

async function assertSameComponent(spec: ActorSpec, original: ActorSpec): Promise<void> {
  assertEquals((await buildActor(spec, { check: true })).built, true);
  const [bytes, others] = await Promise.all(
    [spec, original].map((of) => Deno.readFile(componentOf(of))),
  );
  assertEquals(bytes, others);
  const [record, other] = await Promise.all(
    [spec, original].map((of) => Deno.readTextFile(`${componentOf(of)}.built`)),
  );
  assertEquals(record, other);
}

async function inputsOf(spec: ActorSpec): Promise<string> {
  const source = await findSource(spec);
  assert(source);
  await using opened = await source.language.open(source);
  return await opened.inputs();
}

/** Copies what an author has written. */
async function copyTo(folder: string, from: string): Promise<ActorSpec> {
  for (const [name] of await digestFolder(from)) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.copyFile(join(from, name), join(folder, name));
  }
  return await readSpec(folder);
}

async function readSpec(folder: string): Promise<ActorSpec> {
  const file = join(folder, "actor.yaml");
  return parseActorSpec(await Deno.readTextFile(file), { file });
}

function componentOf({ component }: ActorSpec): string {
  assert(component.kind === "file");
  return component.path;
}
