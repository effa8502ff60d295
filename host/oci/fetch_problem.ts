/**
 * Why a fetch failed, for a person.
 *
 * @module
 */

/** What is wrong, and whether another attempt could go better. */
export interface FetchProblem {
  readonly problem: string;
  readonly passes: boolean;
}

/**
 * Reads the error of a `fetch`. Of addresses only scheme and host are left: where a server leads to may have a signature in
 * it.
 */
export function fetchProblem(error: unknown): FetchProblem {
  const said = messageOf(deepest(error))
    .replace(/^error sending request for url \([^)]*\): (client error \(\w+\): )?/, "")
    .replaceAll(/ ?for url \([^)]*\)/g, "")
    .replaceAll(
      /(https?:\/\/)([^/\s?)@]*@)?([^/\s?)]+)[^\s)]*/g,
      (_, scheme, user, host) => `${scheme}${user ? "***@" : ""}${host}`,
    );
  if (/certificate|UnknownIssuer/i.test(said)) {
    const advice = "an authority of your own is trusted when DENO_CERT names its PEM file";
    return { problem: `${said} (${advice})`, passes: false };
  }
  if (/InvalidContentType|corrupt message/i.test(said)) {
    return { problem: `${said} (it does not seem to speak TLS)`, passes: false };
  }
  return { problem: said, passes: true };
}

/** Deno says that a fetch failed, and why only in what is beneath. */
function deepest(error: unknown): unknown {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
