/**
 * `spec.resources` and `spec.podTemplate` of an `actor.yaml`: what a cluster is told of the pods of an actor. A local mesh
 * takes no notice of them.
 *
 * @module
 */

import { z } from "zod";
import { field, withKind, withOverrides, withRules } from "./_schema.ts";
import { count, list, map, object, objectName, text, wants, word } from "./_fields.ts";
import { quantityOf } from "./units.ts";

const A_QUANTITY = "a quantity of Kubernetes that is not negative, such as 500m, 2 or 1Gi";
const QUANTITY = "^[0-9]{1,18}([.][0-9]{1,9})?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";

const quantity = withOverrides(
  withKind(
    withRules(
      z.union([z.string(), z.number()], wants(A_QUANTITY)).transform((input, context) => {
        const text = String(input);
        if (quantityOf(text) !== undefined) return text;
        context.addIssue({ code: "custom", message: `has to be ${A_QUANTITY}` });
        return z.NEVER;
      }),
      [{ cel: `string(self).matches(r'${QUANTITY}')`, message: `has to be ${A_QUANTITY}` }],
    ),
    "quantity",
  ),
  { "x-kubernetes-int-or-string": true, maxLength: 40 },
);

const quantities = map(z.string(), quantity, { what: "an object of quantities by their names", most: 16 });

/** The field `resources`. */
export const resources = withRules(
  object({
    requests: field(
      quantities.optional(),
      "What a pod is sure to get, such as { cpu: 100m, memory: 256Mi }. What is not named is as the controller's settings " +
        "say.",
    ),
    limits: field(
      quantities.optional(),
      "The most that a pod gets; GPUs and the like (nvidia.com/gpu) stand here. Without a memory in it, that is what the " +
        "actor's own limits can come to.",
    ),
  }, "an object with requests or limits"),
  [{
    cel: "!has(self.requests) || !has(self.limits) || self.requests.all(name, !(name in self.limits) || " +
      "quantity(string(self.requests[name])).compareTo(quantity(string(self.limits[name]))) <= 0)",
    holds: ({ requests = {}, limits = {} }) =>
      Object.entries(requests).every(([name, amount]) =>
        !Object.hasOwn(limits, name) ||
        (quantityOf(amount) as number) <= (quantityOf(limits[name] as string) as number)
      ),
    message: "asks under requests for more than limits allows: raise that, or lower this",
    field: "requests",
  }],
);

const toleration = object({
  key: field(text("a taint's key", { most: 317 }).optional(), "Key of the taint; without it, every key."),
  operator: field(
    word(["Exists", "Equal"]).optional(),
    "Whether the value has to be equal. Without it, Equal.",
  ),
  value: field(text("a taint's value", { most: 63 }).optional(), "Value of the taint."),
  effect: field(
    word(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
    "Effect of the taint; without it, every effect.",
  ),
  tolerationSeconds: field(
    count({ least: 0, most: 2 ** 31 - 1 }).optional(),
    "For how long a taint of effect NoExecute is borne.",
  ),
}, "an object, such as { key: gpu, operator: Exists }");

/** An object as Kubernetes has it, which is checked only when the pods are made. */
function asKubernetes(what: string) {
  return withOverrides(z.record(z.string(), z.unknown(), wants(what)), {
    additionalProperties: null,
    "x-kubernetes-preserve-unknown-fields": true,
  });
}

/** What labels and annotations of ours begin with. */
const OURS = ["app.kubernetes.io/", "troupe.dev/"] as const;

function names(what: string, most: number) {
  const prefixes = OURS.join(" and ");
  return withRules(map(z.string(), text("a text", { most }), { what: "an object of texts", most: 32 }), [{
    cel: `self.all(name, ${OURS.map((prefix) => `!name.startsWith('${prefix}')`).join(" && ")})`,
    holds: (given) => Object.keys(given).every((name) => !OURS.some((prefix) => name.startsWith(prefix))),
    message: `may not have ${what} that begin with ${prefixes}, by which the controller finds its objects`,
  }]);
}

/** The field `podTemplate`. */
export const podTemplate = object({
  labels: field(names("labels", 63).optional(), "Labels of the pods, beside the controller's own."),
  annotations: field(names("annotations", 4096).optional(), "Annotations of the pods."),
  nodeSelector: field(
    map(z.string(), text("a text", { most: 63 }), { what: "an object of texts", most: 32 }).optional(),
    "Labels that a node has to have.",
  ),
  tolerations: field(
    list(toleration, { what: "a list of tolerations", most: 32 }).optional(),
    "Taints of nodes that are borne.",
  ),
  affinity: field(
    asKubernetes("an affinity of Kubernetes").optional(),
    "Which nodes and neighbours are wanted, in the words of a pod's affinity.",
  ),
  topologySpreadConstraints: field(
    list(asKubernetes("a constraint"), { what: "a list of constraints", most: 16 }).optional(),
    "How pods are spread, in the words of a pod's topologySpreadConstraints.",
  ),
  priorityClassName: field(
    objectName("a PriorityClass").optional(),
    "The PriorityClass of the pods.",
  ),
  runtimeClassName: field(
    objectName("a RuntimeClass").optional(),
    "The RuntimeClass of the pods, such as one of a sandboxed container runtime.",
  ),
  imagePullSecrets: field(
    list(object({ name: field(objectName("a Secret"), "Name of the Secret.") }, "an object with a name"), {
      what: "a list of objects with a name",
      most: 16,
    }).optional(),
    "Secrets with which the image of the host is pulled.",
  ),
}, "an object, such as { nodeSelector: { disk: ssd } }");

/** The fields, parsed. */
export type ResourcesResource = z.output<typeof resources>;
/** The fields, parsed. */
export type PodTemplateResource = z.output<typeof podTemplate>;
