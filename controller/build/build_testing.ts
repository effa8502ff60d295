/**
 * Actors and settings for the tests of builders.
 *
 * @module
 */

import { stringify } from "yaml";
import { readClusterActor } from "../cluster_actor.ts";
import { stored } from "../crd/stored_testing.ts";
import { type ControllerSettings, parseSettings } from "../settings.ts";
import { buildActor, type Built } from "./mod.ts";

/** A SHA-256. */
export const SHA256 = "ab".repeat(32);
/** A component in a registry. */
export const OCI = `registry.example.com/shop/split@sha256:${SHA256}`;

/** A broker that is a service of the cluster. */
export const TRANSPORT = { address: "rabbitmq://rabbitmq.queues.svc", credentials: { secret: "broker" } };

/** Settings with an image and a broker, and more. */
export function settingsOf(more: Readonly<Record<string, unknown>> = {}): ControllerSettings {
  const spec = {
    image: `registry.example.com/troupe-host@sha256:${SHA256}`,
    transports: { default: TRANSPORT },
    ...more,
  };
  const settings = { apiVersion: "troupe.dev/v1alpha1", kind: "ControllerSettings", spec };
  return parseSettings(stringify(settings), { file: "settings.yaml" });
}

/** An actor, and what surrounds it. */
export interface Case {
  readonly name?: string;
  readonly namespace?: string;
  /** @default a component in a registry */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What is made of it. */
export function built({ name = "split", namespace = "shop", spec = {}, settings = {} }: Case = {}): Built {
  const object = stored({ component: { oci: OCI }, ...spec }, { name, namespace });
  return buildActor(readClusterActor(object), settingsOf(settings));
}

/** The object of a kind. */
export function objectOf<K extends Built["objects"][number]["kind"]>(
  { objects }: Built,
  kind: K,
): Extract<Built["objects"][number], { kind: K }> {
  const found = objects.find((object) => object.kind === kind);
  if (!found) throw new TypeError(`There is no ${kind}`);
  return found as Extract<Built["objects"][number], { kind: K }>;
}
