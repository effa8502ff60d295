/**
 * Values of options: from text to what a command works with.
 *
 * @module
 */

import { InvalidArgumentError, Option } from "commander";
import { durationOf } from "./duration.ts";

/**
 * A length of time such as `30s`, in milliseconds.
 *
 * @throws {InvalidArgumentError} when the text is none.
 */
export function parseDuration(text: string): number {
  const duration = durationOf(text);
  if (duration === undefined) {
    throw new InvalidArgumentError("Write a number and a unit, such as 250ms, 30s, 5m, 2h or 1d.");
  }
  return duration;
}

/**
 * A TCP port.
 *
 * @throws {InvalidArgumentError} when the text is none.
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("Write a port from 0 to 65535.");
  return port;
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** The option that names the state of a mesh, for commands that look at one. */
export function dataOption(): Option {
  return new Option(
    "--data <folder>",
    "where the mesh keeps its state (default: $TROUPE_DATA, or the nearest .troupe from here upwards)",
  );
}

/** The option that names the queues. */
export function transportOption(otherwise: string): Option {
  return new Option(
    "--transport <address>",
    `where the queues are: embedded, or rabbitmq://HOST/VHOST (default: $TROUPE_TRANSPORT, or ${otherwise})`,
  ).env("TROUPE_TRANSPORT");
}

/** The option that names a bucket. */
export function objectsOption(otherwise: string): Option {
  return new Option(
    "--objects <address>",
    `a bucket for large payloads and copies of what ended: s3://BUCKET/PREFIX?region=REGION (default: $TROUPE_OBJECTS, ` +
      `or ${otherwise})`,
  ).env("TROUPE_OBJECTS");
}

/** The option that names the place of what actors keep. */
export function stateOption(otherwise: string): Option {
  return new Option(
    "--state <address>",
    `where actors keep what they are granted to keep: a file, or redis://HOST (default: $TROUPE_STATE, or ${otherwise})`,
  ).env("TROUPE_STATE");
}

/** The option that names the store. */
export function storeOption(otherwise: string): Option {
  return new Option(
    "--store <address>",
    `where results are kept: sqlite, a file, or postgres://USER@HOST/DATABASE (default: $TROUPE_STORE, or ${otherwise})`,
  ).env("TROUPE_STORE");
}
