/**
 * Lengths of time as people write them on a command line: as in headers.
 *
 * @module
 */

export { durationOf } from "@troupe/host/duration";
