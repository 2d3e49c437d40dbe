// A quarantine back end for tests: the API of DESIGN §5, and every way in which a real one goes wrong.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { type AddressInfo } from "node:net";

/**
 * ok: as documented. accepted: 202 first, in force when next asked. slow: ok after `delay` ms. wrong: 200 with a body
 * that is not JSON. broken: 500. refused: 422 with a cause. down: the connection closes without an answer.
 * lying: says yes and does nothing.
 */
export type Mode = "ok" | "accepted" | "slow" | "wrong" | "broken" | "refused" | "down" | "lying";

export interface Call {
  method: string;
  path: string;
  idempotencyKey?: string;
  body: unknown;
}

export class Backend {
  readonly held = new Map<string, Record<string, unknown>>();
  readonly calls: Call[] = [];
  mode: Mode = "ok";
  delay = 3_000;

  private constructor(private readonly server: Server, readonly token: string) {}

  static async start(token: string): Promise<Backend> {
    const server = createServer((request, response) => {
      backend.answer(request, response).catch(() => request.socket.destroy());
    });
    const backend = new Backend(server, token);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = new URL(request.url ?? "/", "http://backend.example").pathname;
    const method = request.method ?? "GET";
    const key = request.headers["idempotency-key"];
    this.calls.push({ method, path, idempotencyKey: key?.toString(), body: text ? JSON.parse(text) : undefined });

    const send = (status: number, body?: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${this.token}`) return send(401, { error: "unauthorized" });
    if (this.mode === "down") return void request.socket.destroy();
    if (this.mode === "slow") await new Promise((go) => setTimeout(go, this.delay));
    if (this.mode === "broken") return send(500, { error: "internal" });
    if (this.mode === "wrong") return void response.writeHead(200, { "content-type": "text/html" }).end("<html>ok</html>");

    const id = /^\/v1\/quarantines\/([^/]+)$/.exec(path)?.[1];
    if (path === "/v1/quarantines" && method === "GET") return send(200, { quarantines: [...this.held.values()] });
    if (!id) return send(404, { error: "not_found" });
    if (method === "PUT") {
      if (this.mode === "refused") return send(422, { error: "refused", cause: "unknown service" });
      const wanted = { ...(JSON.parse(text) as object), id };
      if (this.mode !== "lying") this.held.set(id, { ...wanted, state: "in_force" });
      const accepted = this.mode === "accepted";
      return send(accepted ? 202 : 200, { ...wanted, state: accepted ? "accepted" : "in_force" });
    }
    if (method === "GET") {
      const found = this.held.get(id);
      return found ? send(200, found) : send(404, { error: "not_found" });
    }
    if (method === "DELETE") {
      if (this.mode !== "lying") this.held.delete(id);
      return void response.writeHead(204).end();
    }
    send(405, { error: "method_not_allowed" });
  }
}
