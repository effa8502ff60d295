/**
 * The members of the crew, by their names.
 *
 * @module
 */

import { CREW, JOIN, PAUSE, RESUME, SINK, SUMP } from "../actor_name.ts";
import type { Controls } from "../controls.ts";
import { runJoin } from "./join.ts";
import type { CrewMember, CrewOptions } from "./member.ts";
import { runPause } from "./pause.ts";
import { runResume } from "./resume.ts";
import { runSink } from "./sink.ts";
import type { CrewStore } from "./store.ts";
import { runSump } from "./sump.ts";

/** The name of a member. */
export type CrewName = typeof CREW[number];

/** Whether a name is a member's. */
export function isCrewName(name: string): name is CrewName {
  return (CREW as readonly string[]).includes(name);
}

/** What every member can be given. */
export interface CrewMemberOptions extends CrewOptions {
  readonly store: CrewStore;
  /** What operators ask. @default nothing */
  readonly controls?: Controls;
  /** How long a message is held whose queue does not exist, in milliseconds. @default 30000 */
  readonly noQueueMs?: number;
}

/** Runs a member. */
export function runCrewMember(name: CrewName, options: CrewMemberOptions): CrewMember {
  switch (name) {
    case SINK:
      return runSink(options);
    case SUMP:
      return runSump(options);
    case PAUSE:
      return runPause(options);
    case RESUME:
      return runResume(options);
    case JOIN:
      return runJoin(options);
  }
}
