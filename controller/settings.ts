/**
 * The settings of a controller: what whoever runs the cluster decides, and whoever writes an Actor does not.
 *
 * @module
 */

import { z } from "zod";
import { field, withRules } from "./_schema.ts";
import { bytes, flag, list, map, matching, object, text, word } from "./_fields.ts";
import { controller, crew } from "./installation_settings.ts";
import { resources } from "./pod_resource.ts";
import { crewProblems } from "./mesh_place.ts";
import { nearest } from "./nearest.ts";
import { peer } from "./peer.ts";
import { readResource } from "./read_resource.ts";
import { API_VERSION } from "./resource.ts";
import { bucket, state, store } from "./storage_settings.ts";
import { transport } from "./transport_settings.ts";

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: "has to be the name of a variable: letters, digits and underscores",
});

const DNS = { namespace: "kube-system", pods: { "k8s-app": "kube-dns" } };

const network = object({
  dns: field(
    list(peer, { what: "a list of peers", most: 32 }).default([DNS]),
    "Who answers questions for names, on port 53. Without it, the pods of kube-dns in kube-system.",
  ),
  scrapers: field(
    list(peer, { what: "a list of peers", most: 32 }).default([]),
    "Who may come to the metrics of hosts. Without it, nobody.",
  ),
  components: field(
    list(peer, { what: "a list of peers", most: 32 }).optional(),
    "Where components are fetched from, on any port. Without it, every public address, on the port that is named.",
  ),
  others: field(
    list(peer, { what: "a list of peers", most: 32 }).default([]),
    "Where else hosts may connect to, on any port: a collector of traces, for example.",
  ),
}, "an object, such as { scrapers: [{ namespace: monitoring }] }");

/** The schema of what whoever runs the cluster decides. */
export const SettingsSpec = object({
  image: field(
    matching("^[A-Za-z0-9][^\\s]{0,510}$", { what: "the name of an image", most: 512 }),
    "The image of the host, one for every actor; best with a digest.",
  ),
  imagePullPolicy: field(
    word(["IfNotPresent", "Always", "Never"]).default("IfNotPresent"),
    "When the image is pulled.",
  ),
  transports: field(
    map(
      z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: "has to be a name such as default" }),
      transport,
      { what: "an object of transports by their names", most: 32 },
    ),
    "Where queues are, by the names that spec.transport of an Actor has. One of them is called default.",
  ),
  store: field(
    store.optional(),
    "Where the crew records what ended, and payloads are kept that are too large to travel. Each mesh has a schema of its own " +
      "in it, unless the address names one.",
  ),
  objects: field(
    bucket.optional(),
    "A bucket for such payloads, and for copies of what ended. Each mesh has a folder of its own in it.",
  ),
  state: field(state.optional(), "Where actors keep what they are granted to keep."),
  env: field(
    map(variable, text("a text; put numbers and booleans in quotes", { most: 4096 }), {
      what: "an object of texts by the names of variables",
      most: 64,
    }).default({}),
    "Variables of the environment of every host, such as OTEL_EXPORTER_OTLP_ENDPOINT. Actors do not see them.",
  ),
  network: field(network.prefault({}), "Whom hosts may speak to, beside what grants and addresses say."),
  resources: field(
    resources.prefault({ requests: { cpu: "100m", memory: "256Mi" } }),
    "What the pods of actors ask for that do not say so themselves.",
  ),
  cacheSize: field(
    bytes({ least: 16 * 1024 ** 2, most: 64 * 1024 ** 3 }).prefault("1Gi"),
    "How much of the node's disk the transpiled components of one pod may take.",
  ),
  triggers: field(
    list(matching("^[a-z0-9][a-z0-9-]{0,62}$", { what: "a kind of trigger, such as cron", most: 63 }), {
      what: "a list of kinds of triggers",
      most: 100,
    }).default(["cron", "cpu", "memory"]),
    "Kinds of further triggers that Actors may have. Others than these connect to what an Actor names, in the name of KEDA.",
  ),
  requireHardening: field(
    flag().default(true),
    "Whether a host ends when the kernel does not give a layer around its sandbox that it should give.",
  ),
  controller: field(controller.prefault({}), "The pods of the controller."),
  crew: field(
    crew.prefault({}),
    "The crew of each mesh: who records what ended and what died, and holds what waits.",
  ),
}, "an object with an image and transports");

const Settings = object({
  apiVersion: z.literal(API_VERSION, `has to be ${API_VERSION}`),
  kind: z.literal("ControllerSettings", "has to be ControllerSettings"),
  spec: withRules(SettingsSpec, [{
    cel: "'default' in self.transports",
    holds: ({ transports }) => Object.hasOwn(transports, "default"),
    message: "has no transport called default: name one so",
    field: "transports",
  }]).superRefine((spec, context) => {
    for (const { path, message } of crewProblems(spec)) context.addIssue({ code: "custom", path, message });
  }),
}, "an object with apiVersion, kind and spec");

/** What whoever runs the cluster decides. */
export type ControllerSettings = z.output<typeof SettingsSpec>;

/**
 * Reads the settings.
 *
 * @param text YAML, or JSON.
 * @param options `file`: where it is from, for messages.
 * @throws {ActorSpecError} with everything that is wrong with them.
 *
 * @example
 * ```ts
 * import { parseSettings } from "@troupe/controller/settings";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = parseSettings(`
 * apiVersion: troupe.dev/v1alpha1
 * kind: ControllerSettings
 * spec:
 *   image: registry.example.com/troupe-host@sha256:0123
 *   transports:
 *     default: { address: "rabbitmq://rabbitmq.queues.svc", credentials: { secret: broker } }
 * `, { file: "settings.yaml" });
 * assertEquals(settings.triggers, ["cron", "cpu", "memory"]);
 * ```
 */
export function parseSettings(text: string, { file }: { readonly file: string }): ControllerSettings {
  const unknownField = (key: string, within: string) => {
    const known = within === "spec" ? Object.keys(SettingsSpec.shape) : [];
    const meant = nearest(key, known);
    return `is not a setting${meant === undefined ? ": remove it" : `; did you mean ${meant}?`}`;
  };
  return readResource(text, { file, schema: Settings, unknownField }).spec;
}
