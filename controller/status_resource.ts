/**
 * `status` of an Actor in a cluster: what the controller has seen and done. Nobody writes it by hand.
 *
 * @module
 */

import { z } from "zod";
import { field, withOverrides } from "./_schema.ts";
import { count, list, object, text, word } from "./_fields.ts";

/** The kinds of conditions. `Ready` sums the others up. */
export const CONDITION_TYPES = ["Ready", "QueueReady", "WorkloadReady", "ScalingReady"] as const;

const time = withOverrides(z.string(), { format: "date-time" });

const condition = object({
  type: field(text("a type", { most: 63, least: 1 }), "What it is about: Ready sums the others up."),
  status: field(word(["True", "False", "Unknown"]), "Whether it is so."),
  reason: field(text("a word", { most: 256, least: 1 }), "Why, as one word for programs."),
  message: field(text("a sentence", { most: 32_768 }), "Why, as a sentence for people."),
  lastTransitionTime: field(time, "When status changed last."),
  observedGeneration: field(
    count({ least: 0, most: Number.MAX_SAFE_INTEGER }).optional(),
    "The metadata.generation that it was seen of.",
  ),
}, "a condition");

/** The field. */
export const ActorStatus = object({
  observedGeneration: field(
    count({ least: 0, most: Number.MAX_SAFE_INTEGER }).optional(),
    "The metadata.generation that the controller has acted on last.",
  ),
  conditions: field(
    withOverrides(list(condition, { what: "a list of conditions", most: 16 }), {
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
    }).optional(),
    "What is the case, by type: QueueReady, WorkloadReady, ScalingReady, and Ready, which sums them up.",
  ),
  replicas: field(count({ least: 0, most: 100_000 }).optional(), "How many replicas there are."),
  readyReplicas: field(count({ least: 0, most: 100_000 }).optional(), "How many of them can work."),
  queue: field(text("a name", { most: 255 }).optional(), "Name of the queue on the broker."),
  componentDigest: field(
    text("a digest", { most: 71 }).optional(),
    "SHA-256 of the component that is rolled out, or of its manifest in a registry, as sha256: and hex.",
  ),
}, "a status");

/** The field, parsed. */
export type ActorStatus = z.infer<typeof ActorStatus>;
/** One condition of it. */
export type ActorCondition = z.infer<typeof condition>;
