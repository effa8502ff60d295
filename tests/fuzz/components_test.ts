import { assert, assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { factsOf } from "../../host/component/facts.ts";
import { FactsSchema } from "../../host/component/reply.ts";
import { judge } from "../../host/component/verdict.ts";
import { fuzz } from "./_fuzz.ts";

Deno.test("fuzz: components", async () => {
  await fuzz({
    name: "components",
    runs: 15_000,
    words: ["\u0000asm\u0001\u0000\u0000\u0000", "\u0000asm\r\u0000\u0001\u0000", "handle", "memory"],
    take(bytes) {
      const facts = factsOf(bytes);
      // The host takes what is found only in this form.
      assertEquals(FactsSchema.parse(JSON.parse(JSON.stringify(facts))), facts);
      const { refusals } = judge(facts, {
        digest: "",
        size: bytes.length,
        granted: new Set(),
        limits: DEFAULT_LIMITS,
      });
      for (const { code, message } of refusals) {
        assert(code.startsWith("troupe."), `it is refused with ${code}`);
        assert(message.length < 20_000, "what is said of it is longer than anybody reads");
      }
    },
  });
});
