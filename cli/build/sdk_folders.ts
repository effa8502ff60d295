/**
 * Where the contract is, and what the SDKs bring to actors.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

/** Folder of the contract. Its files are those of one WIT package. */
export const CONTRACT_FOLDER: string = sdkFolder("wit");

/** Folder of one language's SDK, without a slash at its end. JavaScript's is found by the name that authors import. */
export function sdkFolder(language: "c" | "go" | "python" | "rust" | "wit"): string {
  return fromFileUrl(new URL(`../../sdk/${language}`, import.meta.url));
}
