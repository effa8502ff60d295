/**
 * The imports that grants open, and those that few components have, for one instance. What is not granted is not there: a
 * component that imports it was refused, and should it come here all the same, it cannot be instantiated.
 *
 * @module
 */

import type { LoadSettings } from "../wire/load.ts";
import { configImports } from "./config.ts";
import type { IoOptions } from "./io.ts";
import type { GuestText } from "./guest_text.ts";
import { httpImports } from "./http.ts";
import type { Mesh } from "./mesh.ts";
import { stateImports } from "./state.ts";
import { timerImports } from "./timers.ts";

/** What the imports of one instance are made of. */
export interface GrantedOptions extends IoOptions {
  readonly settings: LoadSettings;
  readonly text: GuestText;
}

/** Makes them. @param mesh The hop that the instance is in, if it is in one. */
export function grantedImports(
  mesh: () => Mesh | undefined,
  { settings, text, wasi, mounts }: GrantedOptions,
): Record<string, object> {
  const { services, config, blocking, limits } = settings;
  return {
    ...(blocking ? timerImports(hopOf(mesh), limits) : {}),
    ...(config.values.length > 0 ? configImports(config) : {}),
    ...(services.includes("state") ? stateImports(hopOf(mesh), text) : {}),
    ...(services.includes("http") ? httpImports(hopOf(mesh), { text, wasi, mounts }) : {}),
  };
}

/** The hop that an instance is in. What needs one cannot be called while the instance is made. */
function hopOf(mesh: () => Mesh | undefined): () => Mesh {
  return () => {
    const current = mesh();
    if (!current) throw new TypeError("the host cannot be asked while an instance is made");
    return current;
  };
}
