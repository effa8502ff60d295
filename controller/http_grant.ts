/**
 * `spec.grants.http` of an `actor.yaml`: to where an actor may send requests.
 *
 * @module
 */

import { judgeAddress } from "@troupe/host/egress/address";
import { isFieldName, isFieldValue, isHostField } from "@troupe/host/http_field";
import { type Network, parseIp, parseNetwork } from "@troupe/host/egress/ip";
import { methodOf } from "@troupe/host/egress/match";
import type { HttpRule, InjectedHeader } from "@troupe/host/http_rule";
import { bareHost, DEFAULT_PORTS, parseTarget, type Target } from "@troupe/host/egress/target";
import { z } from "zod";
import { field, withOverrides, withRules } from "./_schema.ts";
import { count, kindOf, list, map, object, text, wants, word } from "./_fields.ts";
import { secretSource } from "./secret_resource.ts";

/** Stands in for the star, which is in no host to which a request goes. */
const ANY_LABEL = "any-label";

const A_HOST =
  "a host, such as api.example.com, *.example.com or [2001:db8::1], without scheme, port and path";

const host = withRules(
  text(A_HOST, { most: 255 }).transform((text, context) => {
    const found = /[:/\\?#@]/.test(text.replace(/^\[[^\]]*\]$/, "")) ? undefined : hostOf(text);
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", message: problemOfHost(text) });
    return z.NEVER;
  }),
  [{
    cel: "self.matches(r'^(([*][.][^:/\\\\?#@*.\\[\\]]+[.])?[^:/\\\\?#@*\\[\\]]+|\\[[0-9a-fA-F:.]+\\])$')",
    message: `has to be ${A_HOST}`,
  }],
);

/** The host in its one spelling; undefined when it is none. */
function hostOf(text: string): string | undefined {
  const wild = text.startsWith("*.");
  const target = targetOf(`https://${wild ? `${ANY_LABEL}.${text.slice(2)}` : text}/`);
  if (!target || !wild) return target?.host;
  const rest = target.host.slice(ANY_LABEL.length + 1);
  return rest.includes(".") ? `*.${rest}` : undefined;
}

function problemOfHost(text: string): string {
  return text.includes("*")
    ? 'has to have its "*" as the first label and once, and two labels behind it, such as *.example.com'
    : `has to be ${A_HOST}`;
}

function targetOf(url: string): Target | undefined {
  try {
    return parseTarget(url);
  } catch {
    return undefined;
  }
}

const A_PATH = "a path that begins with a slash, such as /v1/, without a query";

const path = withRules(
  text(A_PATH, { most: 2048 }).transform((text, context) => {
    const target = /^\/[^?#\\]*$/.test(text) ? targetOf(`https://host.example${text}`) : undefined;
    const problem = !target
      ? `has to be ${A_PATH}`
      : target.path !== text
      ? `has to be written as it is sent: ${target.path}`
      : undefined;
    if (problem === undefined) return text;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  }),
  [{ cel: "self.matches(r'^/[^?#\\\\]*$')", message: `has to be ${A_PATH}` }],
);

const A_METHOD = "a method, such as GET or POST; CONNECT and TRACE are never sent";

const method = withRules(text(A_METHOD, { most: 32 }), [{
  cel: "self.matches(r'^[A-Z-]{1,32}$') && !(self in ['CONNECT', 'TRACE'])",
  holds: (text) => text === text.toUpperCase() && isMethod(text),
  message: `has to be ${A_METHOD}, in upper case`,
}]);

function isMethod(text: string): boolean {
  try {
    return methodOf(text) === text;
  } catch {
    return false;
  }
}

const A_NETWORK = "an address or a network, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8";

const network = withRules(text(A_NETWORK, { most: 43 }), [{
  cel: "isIP(self) || (isCIDR(self) && cidr(self) == cidr(self).masked())",
  holds: (text) => parseNetwork(text) !== undefined,
  message: `has to be ${A_NETWORK}, with no bit set behind the prefix`,
}]);

/** One injected header. */
export const injectedHeader = object({
  from: field(
    withRules(secretSource, [{
      cel: "!has(self.file) || self.file.startsWith('/')",
      holds: ({ file }) => file === undefined || file.startsWith("/"),
      message: "has to be an absolute path",
      field: "file",
    }]),
    "Where its value is.",
  ),
  prefix: field(
    text("a text, such as Bearer and a space", { most: 256 }).refine(isFieldValue, {
      error: "has to be a text that a header can have",
    }).optional(),
    "What stands before the value.",
  ),
}, "an object, such as { from: { env: API_KEY }, prefix: Bearer }");

const headers = withOverrides(
  map(z.string(), injectedHeader, { what: "an object of headers by their names", most: 16 }).superRefine(
    (given, context) => {
      for (const name of Object.keys(given)) {
        const problem = !isFieldName(name) || isHostField(name) || name === "content-length"
          ? "is no header that can be injected"
          : name !== name.toLowerCase()
          ? `has to be in lower case: ${name.toLowerCase()}`
          : undefined;
        if (problem) context.addIssue({ code: "custom", path: [name], message: problem });
      }
    },
  ),
  { maxProperties: 16 },
);

/** One entry, in its long form. */
export const httpRule = object({
  host: field(host, "A name, *. and a name for any one label before it, or an address."),
  scheme: field(word(["https", "http"]).default("https"), "How it is spoken to."),
  port: field(count({ least: 1, most: 65535 }).optional(), "The port. Without it, that of the scheme."),
  path: field(
    path.prefault("/"),
    "Where the path of a request has to begin, by whole segments: /v1 is /v1 and /v1/x, not /v10.",
  ),
  methods: field(
    list(method, { what: "a list of methods", most: 32 }).min(1, {
      error: "has to name a method at least; without it, all are allowed",
    }).optional(),
    "Methods. Without it, all but CONNECT and TRACE.",
  ),
  addresses: field(
    list(network, { what: "a list of addresses and networks", most: 32 }).optional(),
    "Addresses and networks that are not public, and that are allowed nevertheless.",
  ),
  headers: field(
    headers.optional(),
    "What the host puts into each request, by name in lower case. The actor does not see it.",
  ),
}, "an object with a host, such as { host: api.example.com, path: /v1/ }").superRefine((rule, context) => {
  const problem = problemOfAddress(rule.host, rule.addresses ?? []);
  if (problem) context.addIssue({ code: "custom", path: ["host"], message: problem });
});

/** A host that is an address would never be reached unless it is public or listed. */
function problemOfAddress(host: string, addresses: readonly string[]): string | undefined {
  const address = bareHost(host);
  if (!parseIp(address)) return undefined;
  const networks = addresses.map(parseNetwork).filter((network): network is Network => network !== undefined);
  const { allowed, kind } = judgeAddress(address, networks);
  return allowed ? undefined : `is an address that is not public (${kind}): list it under addresses, too`;
}

const A_URL = "a URL, such as https://api.example.com/v1/, or an object with a host";

/** One entry as a URL. */
const shortRule = z.string(wants(A_URL)).transform((text, context) => {
  const [, scheme, authority = "", path = "/"] = /^(https?):\/\/([^/]*)(\/.*)?$/.exec(text) ?? [];
  const [, host, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const parsed = httpRule.safeParse({
    host,
    scheme,
    path,
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  if (scheme !== undefined && parsed.success) return parsed.data;
  const why = scheme === undefined ? undefined : parsed.error?.issues[0];
  const message = why ? `: its ${why.path.join(".")} ${why.message}` : "";
  context.addIssue({ code: "custom", message: `has to be ${A_URL}${message}` });
  return z.NEVER;
});

/** The field. */
export const http = list(
  field(
    kindOf((entry) => typeof entry === "string" ? shortRule : httpRule, httpRule),
    "An entry: a request goes out when it fits one in everything. In a local mesh, a URL is short for one.",
  ),
  { what: "a list of URLs, or of objects with a host", most: 64 },
);

/** The field, parsed. */
export type HttpGrantResource = z.infer<typeof http>;

/** What a host needs of it. */
export function httpRulesOf(entries: HttpGrantResource): HttpRule[] {
  return entries.map(({ host, scheme, port, path, methods, addresses, headers }) => ({
    host,
    scheme,
    port: port ?? DEFAULT_PORTS[scheme],
    path,
    ...(methods ? { methods } : {}),
    ...(addresses ? { addresses } : {}),
    ...(headers ? { headers: Object.fromEntries(Object.entries(headers).map(injectedOf)) } : {}),
  }));
}

type Parsed = z.infer<typeof injectedHeader>;

function injectedOf([name, { from: { env, file }, prefix }]: [string, Parsed]): [string, InjectedHeader] {
  // A local mesh lets nothing through that has neither.
  const from = env === undefined ? { file: file as string } : { env };
  return [name, prefix === undefined ? { from } : { from, prefix }];
}
