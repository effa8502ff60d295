/**
 * `spec.scaling` of an `actor.yaml`: how many replicas a cluster runs. A local mesh takes no notice of it.
 *
 * @module
 */

import { z } from "zod";
import { field, inCluster, withRules } from "./_schema.ts";
import { count, duration, flag, list, map, matching, object, objectName, text, word } from "./_fields.ts";

const HOUR_MS = 3_600_000;
const MOST_REPLICAS = 10_000;

const policy = object({
  type: field(
    word(["Pods", "Percent"]),
    "Whether value is a number of pods, or a percentage of those there are.",
  ),
  value: field(count({ least: 1, most: MOST_REPLICAS }), "The most that changes in periodSeconds."),
  periodSeconds: field(count({ least: 1, most: 1800 }), "The time for which value holds, in seconds."),
}, "an object with type, value and periodSeconds");

const direction = object({
  stabilizationWindowSeconds: field(
    count({ least: 0, most: 3600 }).optional(),
    "For how long, in seconds, what was wanted before is remembered, so that the number does not flutter. Without it, 0 " +
      "for scaleUp and 300 for scaleDown.",
  ),
  selectPolicy: field(
    word(["Max", "Min", "Disabled"]).optional(),
    "Which of several policies counts: the one that changes most, or least; or no change in this direction at all.",
  ),
  policies: field(
    list(policy, { what: "a list of policies", most: 10 }).optional(),
    "How much may change in which time. Without it, the autoscaler's own.",
  ),
}, "an object, such as { stabilizationWindowSeconds: 60 }");

const behavior = object({
  scaleUp: field(direction.optional(), "How replicas are added."),
  scaleDown: field(direction.optional(), "How replicas are taken away."),
}, "an object with scaleUp or scaleDown");

const modifiers = object({
  formula: field(
    text("a formula", { most: 1024, least: 1 }),
    "A number made of several triggers by their names, such as max(queue, rate). The actor's queue is queue, and what " +
      "may have killed its hosts suspects.",
  ),
  target: field(
    matching("^[0-9]{1,9}([.][0-9]{1,6})?$", { what: 'a number in quotes, such as "5"', most: 16 }),
    "What the formula may come to for each replica.",
  ),
  activationTarget: field(
    matching("^[0-9]{1,9}([.][0-9]{1,6})?$", { what: 'a number in quotes, such as "0"', most: 16 }).default(
      "0",
    ),
    "What it has to be more than for a first replica to be started.",
  ),
  metricType: field(
    word(["AverageValue", "Value"]).default("AverageValue"),
    "AverageValue: target is for each replica. Value: it is for all of them.",
  ),
}, "an object with formula and target");

const advanced = object({
  behavior: field(
    behavior.optional(),
    "How fast the number of replicas changes, in the words of a HorizontalPodAutoscaler.",
  ),
  modifiers: field(modifiers.optional(), "KEDA's scalingModifiers: a formula over all triggers."),
}, "an object with behavior or modifiers");

const fallback = object({
  failureThreshold: field(
    count({ least: 1, most: 1000 }).default(3),
    "How often in a row the queue cannot be asked before this holds.",
  ),
  replicas: field(count({ least: 0, most: MOST_REPLICAS }), "How many replicas there are then."),
  behavior: field(
    word(["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"]).default(
      "static",
    ),
    "Whether it is replicas always, or as many as there are, where these are more, or fewer.",
  ),
}, "an object with replicas");

/** Names of the triggers that every actor has. */
export const OWN_TRIGGERS = ["queue", "suspects"] as const;

const triggerName = withRules(
  matching("^[a-zA-Z_][a-zA-Z0-9_]{0,62}$", {
    what: "a name of letters, digits and underscores, as it can stand in a formula",
    most: 63,
  }),
  [{
    cel: `!(self in [${OWN_TRIGGERS.map((name) => `'${name}'`).join(", ")}])`,
    holds: (name) => !OWN_TRIGGERS.some((own) => own === name),
    message: `may not be ${OWN_TRIGGERS.join(" or ")}, as the triggers of its queue are called`,
  }],
);

/** What the controller's own objects are called like; nobody else may use the credentials that they lead to. */
export const OWN_PREFIX = "troupe-";

const authenticationRef = object({
  name: field(
    withRules(objectName("a TriggerAuthentication"), [{
      cel: `!self.startsWith('${OWN_PREFIX}')`,
      holds: (name) => !name.startsWith(OWN_PREFIX),
      message: `may not begin with "${OWN_PREFIX}": those hold the credentials of the queues`,
    }]),
    "Name of a TriggerAuthentication in the namespace of the actor.",
  ),
}, "an object with a name");

const trigger = object({
  name: field(triggerName, "A name for it, which no other has."),
  type: field(
    matching("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", { what: "a kind of trigger, such as cron", most: 63 }),
    "The kind of trigger, such as cron, cpu or prometheus. The controller's settings say which are allowed.",
  ),
  metadata: field(
    map(z.string(), text("a text; put numbers and booleans in quotes", { most: 4096 }), {
      what: "an object of texts",
      most: 50,
    }),
    "What it looks at, in KEDA's words for its kind.",
  ),
  metricType: field(
    word(["AverageValue", "Value", "Utilization"]).optional(),
    "How its number is compared with its target. Without it, as its kind usually is.",
  ),
  useCachedMetrics: field(flag().default(false), "Whether its number is kept between two looks."),
  authenticationRef: field(authenticationRef.optional(), "Where its credentials come from."),
}, "an object with name, type and metadata");

const triggers = withRules(list(trigger, { what: "a list of triggers of KEDA", most: 10 }), [{
  cel: "self.all(one, self.exists_one(other, other.name == one.name))",
  holds: (given) => new Set(given.map(({ name }) => name)).size === given.length,
  message: "has the same name twice",
}]);

const shape = object({
  min: inCluster(
    count({ least: 0, most: MOST_REPLICAS }).default(0),
    "The least number of replicas. With 0 there are none while the queue is empty.",
  ),
  max: inCluster(count({ least: 1, most: MOST_REPLICAS }).default(10), "The greatest number of replicas."),
  queueLength: inCluster(
    count({ least: 1, most: 1_000_000 }).default(5),
    "Envelopes for each replica: there are to be as many replicas as the length of the queue has this number in it. Those " +
      "in hand count too where the broker's management interface can be asked.",
  ),
  pollingInterval: inCluster(
    duration({ least: 1000, most: HOUR_MS, wholeSeconds: true }).prefault("10s"),
    "How often KEDA looks at the queue, to start a first replica and to take the last one away. For all between, the " +
      "cluster's autoscaler looks, as often as it always does (15 s).",
  ),
  cooldownPeriod: inCluster(
    duration({ least: 0, most: 24 * HOUR_MS, wholeSeconds: true }).prefault("1m"),
    "How long the queue has to be empty before the last replica goes; over AMQP at least limits.timeout, as envelopes in " +
      "hand are not seen.",
  ),
  activation: inCluster(
    count({ least: 0, most: 1_000_000 }).default(0),
    "A first replica is started when there are more envelopes than this.",
  ),
  paused: inCluster(
    flag().default(false),
    "Leaves the number of replicas as it is. See also spec.suspend, after which there are none.",
  ),
  fallback: inCluster(
    fallback.optional(),
    "How many replicas there are while the broker cannot be asked. Without it, as many as there were.",
  ),
  advanced: inCluster(advanced.optional(), "How the number of replicas changes, in detail."),
  triggers: inCluster(
    triggers.default([]),
    "Further triggers of KEDA, beside the actor's queue: the one that wants most replicas counts.",
  ),
}, "an object, such as { min: 0, max: 10 }");

/** The field. API servers check a default before they fill in what is in it: hence the questions whether it is there. */
export const scaling = withRules(shape, [
  {
    cel: "!has(self.min) || !has(self.max) || self.min <= self.max",
    holds: ({ min, max }) => min <= max,
    message: "is more than max: lower min, or raise max",
    field: "min",
  },
  {
    cel: "!has(self.activation) || self.activation == 0 || !has(self.min) || self.min == 0",
    holds: ({ activation, min }) => activation === 0 || min === 0,
    message:
      "has a meaning only where min is 0: with a replica that is always there, none has to be started first",
    field: "activation",
  },
  {
    cel: "!has(self.fallback) || self.fallback.replicas <= self.max",
    holds: ({ fallback, max }) => fallback === undefined || fallback.replicas <= max,
    message: "has more replicas than max: lower fallback.replicas, or raise max",
    field: "fallback",
  },
]);

/** The field, parsed. */
export type ScalingResource = z.output<typeof scaling>;
