/**
 * How the one image is started: as a host by its entrypoint, as a controller by a command.
 *
 * @module
 */

/** The command of the controller. */
export const CONTROLLER_COMMAND: readonly string[] = ["troupe-controller"];
