/**
 * What headers of a request may be called and say. The same holds in the sandbox, where guests learn it early, in the host,
 * whose verdict counts, and in specs.
 *
 * @module
 */

/** What belongs to one connection and not to the request, and what would change where or how it is read. */
const OF_THE_HOST: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text can be the name of a header. */
export function isFieldName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a header is set by the host alone. */
export function isHostField(name: string): boolean {
  return OF_THE_HOST.has(name.toLowerCase());
}

/** Whether a text can be the value of a header: bytes, and none that would end it. */
export function isFieldValue(value: string): boolean {
  return VALUE.test(value);
}
