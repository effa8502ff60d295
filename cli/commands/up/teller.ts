/**
 * What `troupe up` says: to a person who looks at a terminal, in lines of text, or in lines of JSON.
 *
 * @module
 */

import { createLogger, type Fields, type Level, type Logger } from "@troupe/host/observe/logs";
import type { Counter } from "../../mesh/counter.ts";
import { LiveView } from "../../mesh/live_view.ts";
import type { Mesh } from "../../mesh/mesh.ts";
import { terminalOf } from "../../view/live.ts";
import { type Styles, stylesFor } from "../../view/styles.ts";
import { printable } from "../../view/text.ts";

/** Says things. */
export interface Teller {
  /** For the lines of hosts and actors. */
  readonly logger: Logger;
  /** Says something, whatever the level of the log is. The fields are for programs: the message says it all. */
  tell(level: Level, message: string, fields?: Fields): void;
  /** Shows a mesh from now on, where there is a live view. */
  show(mesh: Mesh, hint: string): void;
  /** What is going on, in a few words. */
  hint(text: string): void;
  /** Says no more. */
  end(): Promise<void>;
}

/** What decides how things are said. */
export interface TellerOptions {
  readonly dir: string;
  readonly log: "text" | "json";
  readonly logLevel: Level;
  readonly plain: boolean;
}

/** Makes the teller that fits the options, and what standard error is. */
export function openTeller(options: TellerOptions, counter: Counter): Teller {
  if (options.log === "json") return jsonTeller(options);
  const styles = stylesFor(Deno.stderr);
  return options.plain || !Deno.stderr.isTerminal()
    ? textTeller(options, styles)
    : liveTeller(options, { styles, counter });
}

function jsonTeller({ logLevel }: TellerOptions): Teller {
  const announcements = createLogger({ format: "json", level: "debug" });
  return {
    logger: createLogger({ format: "json", level: logLevel }),
    tell: (level, message, fields) => announcements[level](message, fields),
    show: () => {},
    hint: () => {},
    end: () => Promise.resolve(),
  };
}

function textTeller({ logLevel }: TellerOptions, styles: Styles): Teller {
  const { write } = terminalOf(Deno.stderr);
  const colors = styles.bold("") !== "";
  return {
    logger: createLogger({ format: "text", level: logLevel, colors }),
    tell: (level, message) => write(`${paint(styles, level)(printableLines(message))}\n`),
    show: () => {},
    hint: () => {},
    end: () => Promise.resolve(),
  };
}

function liveTeller(
  { dir, logLevel }: TellerOptions,
  { styles, counter }: { styles: Styles; counter: Counter },
): Teller {
  const terminal = terminalOf(Deno.stderr);
  const view = new LiveView({ title: dir, terminal, styles, counter });
  return {
    logger: createLogger({ format: "text", level: logLevel, write: (line) => view.log(line) }),
    tell: (_level, message) => view.log(printableLines(message)),
    show(mesh, hint) {
      view.hint = hint;
      view.show(mesh);
    },
    hint: (text) => void (view.hint = text),
    end: () => view.end(),
  };
}

function paint(styles: Styles, level: Level): (text: string) => string {
  return level === "error" ? styles.bad : level === "warn" ? styles.warn : (text) => text;
}

/** A text of several lines, the later ones indented; nothing in it steers a terminal. */
function printableLines(text: string): string {
  return text.trimEnd().split("\n").map(printable).join("\n  ");
}
