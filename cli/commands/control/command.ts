/** The words and options of `troupe pause`, `troupe resume` and `troupe cancel`. @module */

import type { Command } from "commander";
import { defineCommand, exitWith } from "../define.ts";
import { dataOption, storeOption, transportOption } from "../option_values.ts";
import type { ControlOptions } from "./change.ts";
import type { CancelOptions } from "./cancel.ts";

/** The options that say which mesh is meant. */
function ofMesh(command: Command): Command {
  return command
    .addOption(dataOption())
    .addOption(transportOption("that of the mesh"))
    .addOption(storeOption("the one that the mesh began with"));
}

const EXIT_CODES = { 0: "it is noted, and every host that runs is told", 1: "there is no mesh here" };

/** `troupe pause ACTOR…`. */
export function pauseCommand(): Command {
  return ofMesh(defineCommand({
    name: "pause",
    summary: "has actors take nothing for now",
    description:
      "Has every replica of an actor stop taking envelopes. What it has in hand is finished; what comes stays in its " +
      "queue, uncounted and in its place, until `troupe resume`. It holds for hosts that begin later, too.",
    examples: [{ line: "troupe pause score", what: "what comes for score waits" }],
    exitCodes: EXIT_CODES,
  })).argument("<actors...>", "names of actors").action(
    exitWith(async (actors: string[], options: ControlOptions) => {
      const { setPaused } = await import("./pause.ts");
      return await setPaused(actors, { ...options, paused: true });
    }),
  );
}

/** `troupe resume ACTOR…`. */
export function resumeCommand(): Command {
  return ofMesh(defineCommand({
    name: "resume",
    summary: "has paused actors go on",
    description: "Has every replica of an actor take envelopes again, after `troupe pause`.",
    examples: [{ line: "troupe resume score", what: "score works off what has come meanwhile" }],
    exitCodes: EXIT_CODES,
  })).argument("<actors...>", "names of actors").action(
    exitWith(async (actors: string[], options: ControlOptions) => {
      const { setPaused } = await import("./pause.ts");
      return await setPaused(actors, { ...options, paused: false });
    }),
  );
}

/** `troupe cancel ID…`. */
export function cancelCommand(): Command {
  return ofMesh(defineCommand({
    name: "cancel",
    summary: "calls envelopes off, with everything that comes of them",
    description:
      "Calls off an envelope and everything that it was fanned out into. Each part goes to x-sink, canceled, instead of " +
      "its next hop; a hop that is under way is finished. What waits for an answer is called off at once. What has ended " +
      "has ended. It cannot be undone.",
    examples: [
      { line: "troupe cancel 8f0c…", what: "a submission and everything that came of it" },
      {
        line: "troupe cancel 8f0c… --only",
        what: "this envelope, and not the slices it was fanned out into",
      },
    ],
    exitCodes: EXIT_CODES,
  })).argument("<ids...>", "ids of envelopes").option("--only", "not what came, or will come, of it", false)
    .action(
      exitWith(async (ids: string[], options: CancelOptions) => {
        const { cancel } = await import("./cancel.ts");
        return await cancel(ids, options);
      }),
    );
}
