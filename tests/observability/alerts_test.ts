import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { parse } from "yaml";
import { z } from "zod";
import { FOLDER, lacksPromtool, promtool, unknownIn } from "./_promtool.ts";

const Rules = z.strictObject({
  groups: z.array(z.strictObject({
    name: z.string(),
    rules: z.array(z.strictObject({
      alert: z.string().regex(/^Troupe[A-Z]/),
      expr: z.string(),
      for: z.string().optional(),
      labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
      annotations: z.strictObject({ summary: z.string().min(10), runbook: z.string().min(40) }),
    })),
  })),
});

async function rules() {
  const { groups } = Rules.parse(parse(await Deno.readTextFile(join(FOLDER, "alerts.yaml"))));
  return groups.flatMap(({ rules }) => rules);
}

Deno.test({
  name: "promtool finds nothing wrong with the alerts",
  ignore: lacksPromtool,
  async fn() {
    const { ok, output } = await promtool(["check", "rules", "alerts.yaml"]);
    assert(ok, output);
    assertMatch(output, new RegExp(`SUCCESS: ${(await rules()).length} rules found`));
  },
});

Deno.test({
  name: "each alert fires when it should, and not before",
  ignore: lacksPromtool,
  async fn() {
    const { ok, output } = await promtool(["test", "rules", "alerts_test.yaml"]);
    assert(ok, output);
  },
});

Deno.test("each alert is tried out, says what to do, and asks for nothing that no host has", async () => {
  const tried = await Deno.readTextFile(join(FOLDER, "alerts_test.yaml"));
  for (const { alert, expr, annotations } of await rules()) {
    assert(tried.includes(alert), `${alert} is not tried out`);
    assert(annotations.runbook.endsWith("."), `${alert}: the runbook is no sentence`);
    assertEquals(unknownIn(expr), [], alert);
  }
});
