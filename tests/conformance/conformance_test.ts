// The conformance table: language × case. Every case goes through a real component in a real sandbox.

import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import { parseEnvelope } from "@troupe/host/envelope";
import { prepareComponent } from "@troupe/host/component/prepare";
import type { Stage } from "@troupe/host/stage";
import { startStage } from "@troupe/host/stage/supervisor";
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { lacks } from "@troupe/tests/require";
import { type Case, CONFORMANCE, envelopeOf, expectedIn } from "./cases.ts";
import { assertDistinct, assertOutcome, type Outcome } from "./verdict.ts";

/** A language, the program without which its actor cannot be built, and how to get that. */
const LANGUAGES: readonly (readonly [language: string, program: string, install: string])[] = [
  ["js", "deno", "it runs this test"],
  ["rust", "cargo", "https://www.rust-lang.org/tools/install, and: rustup target add wasm32-wasip2"],
  ["go", "go", "https://go.dev/doc/install"],
  ["python", "componentize-py", "python3 -m pip install componentize-py==0.25.1"],
  ["c", "zig", "python3 -m pip install ziglang==0.17.1, and a link to the zig in it"],
];

/** What travels in pieces has up to so many bytes together. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A stage of a language's actor, and what is told beside its results. */
interface Tested extends AsyncDisposable {
  run(tested: Case): Promise<Outcome>;
}

async function open(language: string): Promise<Tested> {
  const file = fromFileUrl(
    new URL(`../../sdk/conformance/actors/${language}/actor.yaml`, import.meta.url),
  );
  const spec = parseActorSpec(await Deno.readTextFile(file), { file });
  assertEquals(spec.grants.route, CONFORMANCE.grants);
  await buildActor(spec, { check: true });
  const cacheDir = await Deno.makeTempDir({ prefix: "troupe-conformance-" });
  const { grants, limits, isolation } = spec;
  let flies: string[] = [];
  let logs: [string, string][] = [];
  let stage: Stage;
  try {
    const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
    stage = await startStage({
      ...{ actor: CONFORMANCE.actor, component, limits, isolation, grants, cacheDir },
      onFly: (_, event) => void flies.push(event),
      onLog: ({ level, message }) => void logs.push([level, message]),
    });
  } catch (error) {
    await Deno.remove(cacheDir, { recursive: true });
    throw error;
  }
  return {
    async run(tested) {
      flies = [];
      logs = [];
      const result = await stage.run(parseEnvelope(envelopeOf(tested), { maxBytes: MAX_BYTES }));
      return { result, flies, logs };
    },
    async [Symbol.asyncDispose]() {
      await stage.close();
      await Deno.remove(cacheDir, { recursive: true });
    },
  };
}

for (const [language, program, install] of LANGUAGES) {
  Deno.test({
    name: `conformance: ${language}`,
    ignore: program !== "deno" && lacks(program, install),
    async fn(t) {
      await using actor = await open(language);
      for (const tested of CONFORMANCE.cases) {
        await t.step(tested.name, async () => {
          const expected = expectedIn(language, tested);
          const outcomes: Outcome[] = [];
          for (let time = 0; time < tested.times; time++) outcomes.push(await actor.run(tested));
          for (const outcome of outcomes) assertOutcome(outcome, expected);
          if (expected.distinct) assertDistinct(outcomes);
        });
      }
    },
  });
}
