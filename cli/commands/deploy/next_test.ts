import { assertStringIncludes } from "@std/assert";
import { readManifest } from "@troupe/controller/manifest";
import { parseSettings } from "@troupe/controller/settings";
import { nextSteps } from "./next.ts";
import { settingsText } from "./_testing.ts";

const text = JSON.stringify({
  apiVersion: "troupe.dev/v1alpha1",
  kind: "Actor",
  metadata: { name: "split" },
  spec: { component: { file: "split.wasm" }, transport: "tls" },
});
const actors = [{ name: "split", manifest: readManifest(text, { file: "actor.yaml" }) }];

Deno.test("what to do next names the cluster, the actor, and where its queue is", () => {
  const settings = parseSettings(settingsText(), { file: "cluster.yaml" });
  const steps = nextSteps({ actors, namespace: "shop", context: "prod", settings });
  assertStringIncludes(steps, "kubectl --context prod -n shop describe actor split");
  assertStringIncludes(
    steps,
    "troupe send split '{}' --transport 'rabbitmqs://rabbitmq.queues.svc?namespace=shop'",
  );
  const unknown = nextSteps({ actors, namespace: "shop", context: undefined, settings: undefined });
  assertStringIncludes(unknown, "kubectl -n shop get actors");
  assertStringIncludes(unknown, "--transport 'rabbitmq://BROKER/?namespace=shop'");
});
