import { assertEquals } from "@std/assert";
import { contains, type Ip, parseIp, parseNetwork } from "./ip.ts";

const ADDRESSES: Record<string, [version: 4 | 6, bits: bigint] | undefined> = {
  "0.0.0.0": [4, 0n],
  "127.0.0.1": [4, 0x7f000001n],
  "255.255.255.255": [4, 0xffffffffn],
  "::": [6, 0n],
  "::1": [6, 1n],
  "1::": [6, 1n << 112n],
  "fd00:ec2::254": [6, (0xfd00n << 112n) | (0xec2n << 96n) | 0x254n],
  "1:2:3:4:5:6:7:8": [6, 0x00010002000300040005000600070008n],
  "FE80::A": [6, (0xfe80n << 112n) | 10n],
  "::ffff:127.0.0.1": [6, 0xffff7f000001n],
  "::ffff:7f00:1": [6, 0xffff7f000001n],
  "0000:0000:0000:0000:0000:0000:0000:0001": [6, 1n],
  "": undefined,
  "1": undefined,
  "127.1": undefined,
  "0177.0.0.1": undefined,
  "0x7f.0.0.1": undefined,
  "1.2.3.256": undefined,
  "1.2.3.4.5": undefined,
  "1.2.3.4 ": undefined,
  "fe80::1%eth0": undefined,
  "[::1]": undefined,
  "1::2::3": undefined,
  ":1": undefined,
  "1:2:3:4:5:6:7": undefined,
  "::1/128": undefined,
  "a.example": undefined,
};

for (const [text, expected] of Object.entries(ADDRESSES)) {
  Deno.test(`${JSON.stringify(text)} is ${expected ? "an" : "no"} address`, () => {
    assertEquals(parseIp(text), expected && { version: expected[0], bits: expected[1] });
  });
}

const NETWORKS: Record<string, { inside?: string[]; outside?: string[] } | undefined> = {
  "10.0.0.0/8": { inside: ["10.0.0.0", "10.255.255.255"], outside: ["9.255.255.255", "11.0.0.0", "::a00:1"] },
  "127.0.0.1": { inside: ["127.0.0.1"], outside: ["127.0.0.2", "::ffff:127.0.0.1"] },
  "0.0.0.0/0": { inside: ["1.2.3.4"], outside: ["::1"] },
  "::/0": { inside: ["::1", "ffff::"], outside: ["1.2.3.4"] },
  "fd00::/8": { inside: ["fd00::1", "fdff::"], outside: ["fc00::1", "fe00::"] },
  "2001:db8::1/128": { inside: ["2001:db8::1"], outside: ["2001:db8::2"] },
  "10.0.0.1/8": undefined,
  "10.0.0.0/33": undefined,
  "10.0.0.0/08": undefined,
  "10.0.0.0/": undefined,
  "10.0.0.0/8/8": undefined,
  "::1/64": undefined,
  "::/129": undefined,
  "example.com": undefined,
};

for (const [text, expected] of Object.entries(NETWORKS)) {
  Deno.test(`${text} is ${expected ? "a" : "no"} network`, () => {
    const network = parseNetwork(text);
    assertEquals(network !== undefined, expected !== undefined);
    if (!network) return;
    for (const inside of expected?.inside ?? []) {
      assertEquals(contains(network, parseIp(inside) as Ip), true, inside);
    }
    for (const outside of expected?.outside ?? []) {
      assertEquals(contains(network, parseIp(outside) as Ip), false, outside);
    }
  });
}
