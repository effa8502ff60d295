/**
 * Importing it puts `URL` and `URLSearchParams` into place: for actors whose own files name them.
 *
 * @module
 */

import { URL, URLSearchParams } from "whatwg-url-minimum";

for (const [name, value] of Object.entries({ URL, URLSearchParams })) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
