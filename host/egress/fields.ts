/**
 * Headers of requests and responses.
 *
 * Values are texts of bytes: each character is one byte, as on the wire.
 *
 * @module
 */

import { isFieldName, isFieldValue, isHostField } from "../http_field.ts";
import { denied, EgressError } from "./errors.ts";
import { quoted } from "./target.ts";

/** A header. The name is in any case. */
export type Field = readonly [name: string, value: string];

/** Bounds of all headers of a request or of a response together. */
export interface FieldBounds {
  /** How many. */
  readonly headers: number;
  /** Bytes of their names and values, with what stands between on the wire. */
  readonly headerBytes: number;
}

/** The headers of a request, checked. */
export interface CheckedFields {
  /** With names in lower case. */
  readonly fields: readonly Field[];
  /** What `content-length` says; that one is not among `fields`. */
  readonly length: number | undefined;
}

/**
 * Checks the headers of a request.
 *
 * @throws {EgressError} when one is the host's alone, or cannot be one, or there are too many.
 */
export function checkRequestFields(fields: readonly Field[], bounds: FieldBounds): CheckedFields {
  requireWithin(fields, bounds, "HTTP-request-header-section-size");
  const checked: Field[] = [];
  let length: number | undefined;
  for (const [given, value] of fields) {
    const name = given.toLowerCase();
    if (!isFieldName(name)) throw denied(`${quoted(given)} is not the name of a header`);
    if (isHostField(name)) throw denied(`the header ${name} is set by the host alone: leave it out`);
    if (!isFieldValue(value)) {
      throw denied(`the value of the header ${name} has bytes that no header may have`);
    }
    if (name !== "content-length") {
      checked.push([name, value]);
      continue;
    }
    if (length !== undefined || !/^\d{1,15}$/.test(value)) {
      throw denied("the header content-length has to stand once, with a number");
    }
    length = Number(value);
  }
  return { fields: checked, length };
}

/**
 * The headers of a response, without those that belong to its connection.
 *
 * @throws {EgressError} when there are too many.
 */
export function checkResponseFields(fields: readonly Field[], bounds: FieldBounds): Field[] {
  requireWithin(fields, bounds, "HTTP-response-header-section-size");
  return fields.map(([name, value]): Field => [name.toLowerCase(), value])
    .filter(([name]) => !isHostField(name));
}

/** Bytes of headers on the wire. */
export function bytesOfFields(fields: readonly Field[]): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

function requireWithin(
  fields: readonly Field[],
  bounds: FieldBounds,
  tag: "HTTP-request-header-section-size" | "HTTP-response-header-section-size",
): void {
  const size = bytesOfFields(fields);
  if (fields.length <= bounds.headers && size <= bounds.headerBytes) return;
  throw new EgressError("troupe.EgressLimit", { tag, val: size }, {
    message:
      `there are ${fields.length} headers of ${size} bytes: ${bounds.headers} of ${bounds.headerBytes} ` +
      "bytes together are let through at most",
  });
}
