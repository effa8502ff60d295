/**
 * What came of builds, for people and for programs.
 *
 * @module
 */

import type { TroupeError } from "@troupe/host/errors";
import type { BuiltComponent } from "../../build/mod.ts";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { countOf, formatBytes, formatDuration } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { pad, printable } from "../../view/text.ts";

/** What came of one actor's build. `remote`: its component is fetched when the actor starts. */
export type ActorBuild =
  & { readonly name: string }
  & (
    | {
      readonly state: "built" | "up-to-date";
      readonly component: BuiltComponent;
      readonly ms: number;
      /** The language of its source, where it has one. */
      readonly language?: string;
      /** Why a host would refuse it. */
      readonly warnings: readonly string[];
    }
    | { readonly state: "remote" }
    | { readonly state: "failed"; readonly error: TroupeError }
  );

/** As one JSON object on one line. */
export function buildJson(build: ActorBuild): string {
  const rest = build.state === "failed"
    ? { code: build.error.code, error: build.error.message }
    : build.state === "remote"
    ? {}
    : {
      file: build.component.path,
      size: build.component.size,
      digest: `sha256:${build.component.digest}`,
      ms: Math.round(build.ms),
      ...(build.language === undefined ? {} : { language: build.language }),
      ...(build.warnings.length === 0
        ? {}
        : { warnings: jsonArray(build.warnings.map((text) => JSON.stringify(text))) }),
    };
  return jsonLine({ actor: build.name, state: build.state, ...rest });
}

/** As one line, with what is wrong below it. */
export function buildLine(
  build: ActorBuild,
  { styles, width }: { readonly styles: Styles; readonly width: number },
): string {
  const name = styles.name(pad(build.name, width));
  switch (build.state) {
    case "failed":
      return `${name}  ${styles.bad("failed")}\n${indented(build.error.message)}`;
    case "remote":
      return `${name}  ${styles.dim("is fetched when it starts")}`;
    default: {
      const { size, digest } = build.component;
      const state = build.state === "built" ? styles.good(pad("built", 10)) : styles.dim("up to date");
      const took = formatDuration(build.ms);
      const line = `${name}  ${state}  ${pad(formatBytes(size), 10, "right")}  sha256:${digest}  ${
        pad(took, 8, "right")
      }`;
      const refused = build.warnings.map((warning) =>
        `${styles.warn("it would be refused:")}\n${indented(warning)}`
      );
      return [line, ...refused].join("\n");
    }
  }
}

/** How many came to what. */
export function summaryLine(builds: readonly ActorBuild[]): string {
  const count = (state: ActorBuild["state"]) => builds.filter((build) => build.state === state).length;
  const parts = [
    [count("built"), "built"],
    [count("up-to-date"), "up to date"],
    [count("remote"), "fetched when they start"],
    [count("failed"), "failed"],
  ].filter(([n]) => n !== 0).map(([n, what]) => `${n} ${what}`);
  return `${countOf(builds.length, "actor")}: ${parts.join(", ")}.`;
}

/** What a compiler says has lines of its own; an author's text in it may hold anything. */
function indented(message: string): string {
  return message.split("\n").map((line) => `  ${printable(line)}`.trimEnd()).join("\n");
}
