/**
 * Which addresses requests may go to: public ones, and others where they are listed.
 *
 * Of IPv4, what is set apart is listed here and the rest is public. Of IPv6 it is the other way round: only global unicast
 * addresses are public, and of these not the ones that are set apart. That also refuses every form in which an IPv4 address
 * can hide in one of IPv6. Source: IANA's registries of special-purpose addresses, and what cloud vendors document.
 *
 * @module
 */

import { contains, type Ip, type Network, parseIp, parseNetwork } from "./ip.ts";

/** What an address is, in words; `public` is the one that needs no listing. */
export type AddressKind = string;

/** Each with a name, the narrower before the wider. */
const SPECIAL: readonly (readonly [network: string, kind: AddressKind])[] = [
  ["169.254.169.254", "cloud metadata"],
  ["169.254.170.2", "cloud metadata"],
  ["169.254.170.23", "cloud metadata"],
  ["168.63.129.16", "cloud metadata"],
  ["100.100.100.200", "cloud metadata"],
  ["192.0.0.192", "cloud metadata"],
  ["0.0.0.0/32", "unspecified"],
  ["0.0.0.0/8", "of this network"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "for protocols"],
  ["192.0.2.0/24", "for documentation"],
  ["192.88.99.0/24", "6to4"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "for benchmarks"],
  ["198.51.100.0/24", "for documentation"],
  ["203.0.113.0/24", "for documentation"],
  ["224.0.0.0/4", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["240.0.0.0/4", "reserved"],
  ["fd00:ec2::254", "cloud metadata"],
  ["fd00:ec2::23", "cloud metadata"],
  ["fd20:ce::254", "cloud metadata"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::ffff:0:0/96", "IPv4 in IPv6"],
  ["::ffff:0:0:0/96", "IPv4 in IPv6"],
  ["::/96", "IPv4 in IPv6"],
  ["64:ff9b::/96", "IPv4 in IPv6"],
  ["64:ff9b:1::/48", "IPv4 in IPv6"],
  ["100::/64", "discarded"],
  ["2001::/32", "Teredo"],
  ["2001:2::/48", "for benchmarks"],
  ["2001::/23", "for protocols"],
  ["2001:db8::/32", "for documentation"],
  ["2002::/16", "6to4"],
  ["3fff::/20", "for documentation"],
  ["fc00::/7", "unique local"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site local"],
  ["ff00::/8", "multicast"],
];

/** The networks whose addresses are not public, as `10.0.0.0/8`; of IPv6, nothing outside of `2000::/3` is, either. */
export const SPECIAL_NETWORKS: readonly string[] = SPECIAL.map(([network]) =>
  network.includes("/") ? network : `${network}/${network.includes(":") ? 128 : 32}`
);

const TABLE = SPECIAL.map(([text, kind]) => ({ network: networkOf(text), kind }));
const GLOBAL_UNICAST = networkOf("2000::/3");
const METADATA = "cloud metadata";

/** What an address is, such as `public`, `private`, `loopback` or `cloud metadata`. */
export function kindOf(ip: Ip): AddressKind {
  const special = TABLE.find(({ network }) => contains(network, ip))?.kind;
  return special ?? (ip.version === 4 || contains(GLOBAL_UNICAST, ip) ? "public" : "reserved");
}

/** The verdict on an address. */
export interface AddressVerdict {
  readonly allowed: boolean;
  readonly kind: AddressKind;
}

/**
 * Whether a connection may be made to an address. What is not public has to be listed; where a cloud gives credentials,
 * by that very address, as nobody who lists `169.254.0.0/16` means that.
 *
 * @param address As a resolver gives it.
 * @param listed Networks that are allowed.
 *
 * @example
 * ```ts
 * import { judgeAddress } from "@troupe/host/egress/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(judgeAddress("127.0.0.1", []), { allowed: false, kind: "loopback" });
 * ```
 */
export function judgeAddress(address: string, listed: readonly Network[]): AddressVerdict {
  const ip = parseIp(address);
  if (!ip) return { allowed: false, kind: "not an address" };
  const kind = kindOf(ip);
  const whole = (network: Network) => network.length === (ip.version === 4 ? 32 : 128);
  const allowed = kind === "public" ||
    listed.some((network) => contains(network, ip) && (kind !== METADATA || whole(network)));
  return { allowed, kind };
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (!network) throw new TypeError(`${text} is no network`);
  return network;
}
