/**
 * Which traces are recorded, as OpenTelemetry's variables say it.
 *
 * @module
 */

import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { z } from "zod";
import { TroupeError } from "../errors.ts";
import type { Environment } from "./tracing.ts";

/** A variable of the environment cannot be understood. */
export class TracingSettingError extends TroupeError {
  constructor(variable: string, problem: string) {
    super("troupe.TracingSetting", "user", `${variable}: ${problem}`);
  }
}

const Name = z.enum([
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
]);
const Ratio = z.coerce.number().min(0).max(1);

/**
 * The sampler of `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; `parentbased_always_on` where nothing is said.
 *
 * @throws {TracingSettingError} when they cannot be understood.
 */
export function samplerOf({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }: Environment): Sampler {
  const name = Name.safeParse(OTEL_TRACES_SAMPLER?.trim() || "parentbased_always_on");
  if (!name.success) {
    throw new TracingSettingError(
      "OTEL_TRACES_SAMPLER",
      `${JSON.stringify(OTEL_TRACES_SAMPLER)} is none of ${Name.options.join(", ")}`,
    );
  }
  const ratio = Ratio.safeParse(OTEL_TRACES_SAMPLER_ARG?.trim() || "1");
  if (!ratio.success && name.data.endsWith("traceidratio")) {
    throw new TracingSettingError(
      "OTEL_TRACES_SAMPLER_ARG",
      `${JSON.stringify(OTEL_TRACES_SAMPLER_ARG)} is no number from 0 to 1`,
    );
  }
  const own = ownSampler(name.data.replace("parentbased_", ""), ratio.data ?? 1);
  return name.data.startsWith("parentbased_") ? new ParentBasedSampler({ root: own }) : own;
}

function ownSampler(name: string, ratio: number): Sampler {
  if (name === "always_on") return new AlwaysOnSampler();
  return name === "always_off" ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}
