import { assertEquals } from "@std/assert";
import { type Pushed, pushedJson, pushedLine } from "./print.ts";

const PUSHED: Pushed = {
  reference: "r.example.com/a@sha256:12",
  digest: "sha256:12",
  tag: "v1",
  component: { digest: "sha256:34", size: 2048 },
  existed: false,
  dryRun: false,
};

Deno.test("what became of a push, for a person", () => {
  assertEquals(pushedLine(PUSHED), "Pushed (2.0 KiB, tagged v1).");
  assertEquals(
    pushedLine({ ...PUSHED, existed: true, dryRun: true }),
    "The registry has it already (2.0 KiB, tagged v1).",
  );
  assertEquals(pushedLine({ ...PUSHED, tag: undefined, dryRun: true }), "It would be pushed (2.0 KiB).");
});

Deno.test("what became of a push, for programs", () => {
  assertEquals(JSON.parse(pushedJson(PUSHED)), {
    reference: "r.example.com/a@sha256:12",
    digest: "sha256:12",
    tag: "v1",
    component: { digest: "sha256:34", size: 2048 },
    existed: false,
    pushed: true,
  });
  assertEquals(JSON.parse(pushedJson({ ...PUSHED, tag: undefined, dryRun: true })).pushed, false);
});
