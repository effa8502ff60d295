/**
 * The world around a mesh under attack, for actors that may send requests: a server that is granted, one inside at the
 * same port that nobody may come to, and names that lead to either.
 *
 * @module
 */

import type { HttpRule } from "@troupe/host/egress";

/** The server that is granted is there, and the one inside. */
const GRANTED = "127.0.0.1";
const INSIDE = "127.0.0.2";

/** To where names lead. Several: to each in turn, at each time that somebody asks. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "api.test": [GRANTED],
  "rebinding.test": [GRANTED, INSIDE],
  "inside.test": [INSIDE],
  "private.test": ["10.0.0.1"],
  "link-local.test": ["169.254.0.1"],
  "metadata.test": ["169.254.169.254"],
  "metadata6.test": ["fd00:ec2::254"],
  "unspecified.test": ["0.0.0.0"],
  "loopback6.test": ["::1"],
  "mapped.test": ["::ffff:127.0.0.2"],
  "compatible.test": ["::127.0.0.2"],
  "nat64.test": ["64:ff9b::7f00:2"],
  "6to4.test": ["2002:7f00:2::"],
  "teredo.test": ["2001::7f00:2"],
  "local.test": ["fd12::1"],
  "multicast.test": ["224.0.0.1"],
};

/** Resolves names as this world has them. */
export function worldResolver(): (name: string) => Promise<string[]> {
  const asked = new Map<string, number>();
  return (name) => {
    const addresses = NAMES[name] ?? [];
    const times = asked.get(name) ?? 0;
    asked.set(name, times + 1);
    const address = addresses[times % addresses.length];
    return Promise.resolve(address === undefined ? [] : [address]);
  };
}

/** The servers. */
export class World implements AsyncDisposable {
  readonly #granted: Deno.HttpServer<Deno.NetAddr>;
  readonly #inside: Deno.HttpServer<Deno.NetAddr>;
  readonly #silent: ((response: Response) => void)[] = [];
  /** What came to where nothing may come. */
  readonly trespassing: string[] = [];

  constructor() {
    const quiet = { onListen() {}, onError: () => new Response(null, { status: 500 }) };
    this.#granted = Deno.serve({ ...quiet, hostname: GRANTED, port: 0 }, (request) => this.#answer(request));
    const { port } = this.#granted.addr;
    this.#inside = Deno.serve({ ...quiet, hostname: INSIDE, port }, ({ url, headers }) => {
      this.trespassing.push(`${url} ${headers.get("host")}`);
      return new Response("inside");
    });
  }

  /** Of both servers. */
  get port(): number {
    return this.#granted.addr.port;
  }

  /** A variable of the environment that sends requests by a proxy, for whoever heeds it. */
  get proxy(): string {
    return `http://${INSIDE}:${this.port}`;
  }

  /**
   * What an attacking actor is granted.
   *
   * @param secret Variable of the host's environment whose value is put into requests.
   */
  rules(secret: string): HttpRule[] {
    return Object.keys(NAMES).map((host) => ({
      host,
      scheme: "http",
      port: this.port,
      path: "/open/",
      methods: ["GET", "POST"],
      addresses: [GRANTED],
      headers: { authorization: { from: { env: secret }, prefix: "Bearer " } },
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resolve of this.#silent.splice(0)) resolve(new Response());
    await Promise.all([this.#granted.shutdown(), this.#inside.shutdown()]);
  }

  #answer(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/open/well":
        return new Response("well");
      case "/open/redirect":
        return new Response(null, {
          status: 302,
          headers: { location: `http://${INSIDE}:${this.port}/open/well` },
        });
      case "/open/told": {
        const told = request.headers.get("authorization") ?? "";
        return new Response(`${told} ${told}`, { headers: { "x-told": told } });
      }
      case "/open/endless":
        return new Response(new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(16 * 1024)) }));
      case "/open/silent":
        return new Promise((resolve) => this.#silent.push(resolve));
      default:
        this.trespassing.push(request.url);
        return new Response("not open");
    }
  }
}
