// The conformance table: language × case. Every case goes through a real component in a real sandbox.

import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import { parseEnvelope } from "@troupe/host/envelope";
import { prepareComponent } from "@troupe/host/component/prepare";
import { startStage } from "@troupe/host/stage/supervisor";
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { cannotBuild, LANGUAGE_NAMES, type LanguageName } from "@troupe/tests/languages";
import { temporaryFolder } from "../../cli/build/temporary_folder.ts";
import { type Case, CONFORMANCE, envelopeOf, expectedIn } from "./cases.ts";
import { assertDistinct, assertOutcome, type Outcome } from "./verdict.ts";

/** What travels in pieces has up to so many bytes together. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A stage of a language's actor, and what is told beside its results. */
interface Tested extends AsyncDisposable {
  run(tested: Case): Promise<Outcome>;
}

async function open(language: LanguageName): Promise<Tested> {
  const file = fromFileUrl(
    new URL(`../../sdk/conformance/actors/${language}/actor.yaml`, import.meta.url),
  );
  const spec = parseActorSpec(await Deno.readTextFile(file), { file });
  assertEquals(spec.grants.route, CONFORMANCE.grants);
  await buildActor(spec, { check: true });
  await using resources = new AsyncDisposableStack();
  const { path: cacheDir } = resources.use(await temporaryFolder());
  const { grants, limits, isolation } = spec;
  let flies: string[] = [];
  let logs: [string, string][] = [];
  const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
  const stage = resources.adopt(
    await startStage({
      ...{ actor: CONFORMANCE.actor, component, limits, isolation, grants, cacheDir },
      onFly: (_, event) => void flies.push(event),
      onLog: ({ level, message }) => void logs.push([level, message]),
    }),
    (stage) => stage.close(),
  );
  const kept = resources.move();
  return {
    async run(tested) {
      flies = [];
      logs = [];
      const result = await stage.run(parseEnvelope(envelopeOf(tested), { maxBytes: MAX_BYTES }));
      return { result, flies, logs };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

for (const language of LANGUAGE_NAMES) {
  Deno.test({
    name: `conformance: ${language}`,
    ignore: cannotBuild(language),
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
