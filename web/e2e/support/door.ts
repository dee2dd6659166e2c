import { Agent, request as plain } from "node:http";
import { request as secure } from "node:https";
import { at } from "./platform.ts";

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the API's own tests check
  body: any;
}

interface Ask {
  method?: string;
  url: URL;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

const agent = new Agent({ keepAlive: true });

/** Asks without a browser. Names below localhost are this machine, whatever the resolver says. */
export function ask(asked: Ask): Promise<Reply> {
  const { method = "GET", url, headers = {}, body } = asked;
  const isLocal = url.hostname.endsWith(".localhost");
  const isSecure = url.protocol === "https:";
  const send = isSecure ? secure : plain;
  return new Promise((resolve, reject) => {
    const request = send(
      {
        method,
        agent: isSecure ? undefined : agent,
        host: isLocal ? "127.0.0.1" : url.hostname,
        port: url.port,
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          ...headers,
          ...(body ? { "content-length": Buffer.byteLength(body) } : {}),
        },
      },
      async (response) => {
        const text = (await response.setEncoding("utf8").toArray()).join("");
        const isJson = response.headers["content-type"]?.includes("json");
        resolve({ status: response.statusCode ?? 0, body: isJson && text ? JSON.parse(text) : text });
      },
    );
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The server gave up a connection that was idle at this very moment.
      const wasClosed = request.reusedSocket && error.code === "ECONNRESET";
      if (wasClosed) {
        resolve(ask(asked));
      } else {
        reject(error);
      }
    });
    request.end(body);
  });
}

/** A store's API, as a program of its own would use it. */
export function door(slug: string | undefined, defaults: Record<string, string> = {}) {
  return (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return ask({
      method,
      url: new URL(at(path, slug)),
      headers: { ...defaults, ...json, ...headers },
      body: text,
    });
  };
}

export type Door = ReturnType<typeof door>;

/** The answer's body, when its status is the wanted one. */
export async function expected(status: number, reply: Promise<Reply>): Promise<Reply["body"]> {
  const { status: given, body } = await reply;
  if (given !== status) {
    throw new Error(`answered ${given} instead of ${status}: ${JSON.stringify(body)}`);
  }
  return body;
}

/** Asks until the answer is the wanted one; the services tell each other by events. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited a minute in vain for ${what}`);
}
