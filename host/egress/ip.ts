/**
 * Addresses and networks as numbers.
 *
 * @module
 */

/** An address. */
export interface Ip {
  readonly version: 4 | 6;
  /** 32 or 128 bits. */
  readonly bits: bigint;
}

/** All addresses that begin with the same bits. */
export interface Network extends Ip {
  /** How many bits are the same. */
  readonly length: number;
}

/**
 * Reads an address in its plain spelling: four decimal numbers, or any that RFC 4291 has.
 *
 * @returns undefined for everything else, such as addresses with a zone.
 */
export function parseIp(text: string): Ip | undefined {
  return text.includes(":") ? parseIp6(text) : parseIp4(text);
}

function parseIp4(text: string): Ip | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return { version: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function parseIp6(text: string): Ip | undefined {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return undefined;
  // The parser of URLs brings every spelling into one, without a dotted part.
  const host = URL.parse(`http://[${text}]`)?.hostname;
  if (host === undefined) return undefined;
  const [before = "", after] = host.slice(1, -1).split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const [first, last] = [groups(before), groups(after ?? "")];
  const gap = new Array<string>(after === undefined ? 0 : 8 - first.length - last.length).fill("0");
  const all = [...first, ...gap, ...last];
  return { version: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

/**
 * Reads a network, such as `10.0.0.0/8` or `fd00::/8`, or an address, which is a network of one.
 *
 * @returns undefined for what is none, and where bits are set behind the prefix.
 *
 * @example
 * ```ts
 * import { contains, parseIp, parseNetwork } from "@troupe/host/egress/ip";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const network = parseNetwork("10.0.0.0/8");
 * const address = parseIp("10.1.2.3");
 * assert(network && address && contains(network, address));
 * assertEquals(parseNetwork("10.1.0.0/8"), undefined);
 * ```
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, more] = text.split("/");
  const ip = parseIp(address);
  if (!ip || more !== undefined) return undefined;
  const width = widthOf(ip);
  if (length === undefined) return { ...ip, length: width };
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > width) return undefined;
  const behind = BigInt(width - Number(length));
  return (ip.bits >> behind) << behind === ip.bits ? { ...ip, length: Number(length) } : undefined;
}

/** Whether an address is in a network. Those of the other version never are. */
export function contains(network: Network, ip: Ip): boolean {
  if (network.version !== ip.version) return false;
  const behind = BigInt(widthOf(ip) - network.length);
  return network.bits >> behind === ip.bits >> behind;
}

function widthOf({ version }: Ip): number {
  return version === 4 ? 32 : 128;
}
