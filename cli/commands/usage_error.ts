/**
 * A mistake on the command line: the command ends with exit code 2.
 *
 * @module
 */

export { UsageError } from "@troupe/host/usage_error";
