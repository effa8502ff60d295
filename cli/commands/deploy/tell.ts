/**
 * What `troupe deploy` and `troupe undeploy` say while they work: lines for a person on standard error, or lines of JSON
 * for programs on standard output.
 *
 * @module
 */

import { jsonLine, type Member } from "../../view/json_line.ts";
import { type Styles, stylesFor } from "../../view/styles.ts";
import { printable } from "../../view/text.ts";

/** How a step went. */
export type StepState = "ok" | "warn" | "bad";

/** A step. */
export interface Step {
  readonly state: StepState;
  /** What was found or done, in a sentence without a full stop. */
  readonly text: string;
  /** What to do about it; several lines stand below each other. */
  readonly advice?: string | undefined;
}

/** Says things. */
export interface Teller {
  readonly json: boolean;
  readonly styles: Styles;
  /** Says how a step went. */
  step(step: Step): void;
  /** Says something for people alone. */
  note(text: string): void;
  /** Says something for programs alone. */
  data(members: Readonly<Record<string, Member>>): void;
}

const SIGNS: Readonly<Record<StepState, string>> = { ok: "✓", warn: "!", bad: "✗" };

/** The lines of a step, for a person. */
export function stepLines({ state, text, advice }: Step, styles: Styles): string[] {
  const paint = { ok: styles.good, warn: styles.warn, bad: styles.bad }[state];
  return [
    `${paint(SIGNS[state])} ${lines(text)}`,
    ...(advice === undefined ? [] : advice.split("\n").map((line) => `  ${printable(line)}`)),
  ];
}

/** Makes the teller that was asked for. */
export function openTeller({ json }: { readonly json: boolean }): Teller {
  const styles = stylesFor(Deno.stderr);
  const data = (members: Readonly<Record<string, Member>>) => {
    if (json) console.log(jsonLine(members));
  };
  return {
    json,
    styles,
    step(step) {
      if (json) data({ type: "step", state: step.state, text: step.text, advice: step.advice });
      else for (const line of stepLines(step, styles)) console.error(line);
    },
    note(text) {
      if (!json) console.error(lines(text));
    },
    data,
  };
}

/** Texts of a cluster stand in it: nothing of them steers a terminal. */
function lines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
