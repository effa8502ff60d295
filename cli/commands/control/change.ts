/**
 * Changes what is asked of a mesh: in its store, for good, and to everyone who runs.
 *
 * @module
 */

import { broadcastControls } from "@troupe/host/control_feed";
import type { CrewStore } from "@troupe/host/crew/store";
import type { Transport } from "@troupe/host/transport";
import { findMesh } from "../data_folder.ts";

/** Options that say which mesh is meant. */
export interface ControlOptions {
  readonly data?: string;
  readonly transport?: string;
  readonly store?: string;
}

/** The parts of a mesh that are needed. */
export interface ControlledMesh {
  readonly store: CrewStore;
  readonly transport: Transport;
}

/**
 * Makes changes, and then tells every host what is asked now.
 *
 * @param options `then`: what is done when they have been told. @default nothing
 */
export async function changeControls<T>(
  change: (mesh: ControlledMesh) => Promise<T>,
  { then, ...options }: ControlOptions & {
    readonly then?: (mesh: ControlledMesh, changed: T) => Promise<void>;
  },
): Promise<void> {
  const folder = await findMesh(options);
  const store = await folder.openStore();
  try {
    const transport = await folder.openTransport();
    try {
      const changed = await change({ store, transport });
      // Also when nothing is new: whoever asks again may do so because a host has not heard.
      broadcastControls(transport, await store.controls.state());
      await then?.({ store, transport }, changed);
    } finally {
      await transport.close();
    }
  } finally {
    await store.close();
  }
}
