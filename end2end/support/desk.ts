// One desk for one worker: the server with a folder, a database, a relay and a back end of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend } from "./backend.ts";
import { Background, call, type Env, freePort, run, until } from "./process.ts";
import { Sink } from "./sink.ts";

export const PASSWORD = "correct horse battery staple";

/** The staff of every desk, one person a role. */
export const STAFF = {
  analyst: { email: "ana@desk.example", name: "Ana Lyst" },
  supervisor: { email: "sue@desk.example", name: "Sue Pervisor" },
  administrator: { email: "ada@desk.example", name: "Ada Min" },
  auditor: { email: "aud@desk.example", name: "Aud Itor" },
} as const;
export type Role = keyof typeof STAFF;

export class Desk {
  private server?: Background;
  apiToken = "";

  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly sink: Sink,
    readonly backend: Backend,
    readonly env: Env,
  ) {}

  static async start(): Promise<Desk> {
    const folder = mkdtempSync(join(tmpdir(), "lazaret-desk-"));
    const sink = await Sink.start(folder);
    const backend = await Backend.start("backend-token");
    const listen = `127.0.0.1:${await freePort()}`;
    const env: Env = {
      ...process.env,
      LAZARET_DATABASE__URL: database(folder),
      LAZARET_HTTP__LISTEN: listen,
      LAZARET_HTTP__PUBLIC_URL: `http://${listen}`,
      LAZARET_SMTP__URL: `smtp://127.0.0.1:${sink.port}`,
      LAZARET_QUARANTINE__URL: backend.url,
      LAZARET_QUARANTINE__TOKEN: backend.token,
      LAZARET_LEDGER__KEY_FILE: join(folder, "ledger.key"),
      // Nobody takes a notice back here.
      LAZARET_MAIL__UNDO_SECONDS: "0",
    };
    const desk = new Desk(folder, `http://${listen}`, sink, backend, env);
    desk.lazaret(["migrate"]);
    for (const [role, who] of Object.entries(STAFF)) {
      const words = ["user", "add", "--email", who.email, "--name", who.name, "--role", role, "--password-stdin"];
      desk.lazaret(words, `${PASSWORD}\n`);
    }
    desk.apiToken = desk.lazaret(["token", "add", "--name", "journey"]).trim().split(/\s+/).at(-1) ?? "";
    await desk.serve();
    return desk;
  }

  /** Starts the server (again). */
  async serve(): Promise<void> {
    const log = join(this.folder, "server.log");
    const server = new Background(binary(), ["serve"], log, this.env);
    this.server = server;
    await until("the server", async () => {
      if (!server.running) throw new Error(`the server ended:\n${readFileSync(log, "utf8")}`);
      return (await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok || undefined;
    });
  }

  /** kill -9. */
  async crash(): Promise<void> {
    await this.server?.stop("SIGKILL");
  }

  /** `lazaret ARGS` against this desk; its standard output. */
  lazaret(args: string[], input?: string): string {
    return run(binary(), args, { env: this.env, input });
  }

  /** As `lazaret`, with the exit code as part of the answer. */
  try(args: string[]) {
    return call(binary(), args, { env: this.env });
  }

  /** Writes a file into the desk's folder and imports it. */
  import(kind: "customers" | "leases" | "terms", csv: string): string {
    const file = join(this.folder, `${kind}.csv`);
    writeFileSync(file, csv);
    return this.lazaret(["import", kind, file]);
  }

  /** Posts a report to the API, as a reporter's machine would. */
  report(body: string | Buffer, type = "message/rfc822"): Promise<Response> {
    const headers = { authorization: `Bearer ${this.apiToken}`, "content-type": type };
    return fetch(`${this.url}/api/v1/reports`, { method: "POST", headers, body });
  }

  /** As `report`, and waits until the desk has read it; what the desk then says of it. */
  async reported(body: string | Buffer, type?: string): Promise<{ id: string; state: string }> {
    const answer = await this.report(body, type);
    if (answer.status !== 202) throw new Error(`the report was answered ${answer.status}: ${await answer.text()}`);
    const { id } = (await answer.json()) as { id: string };
    const headers = { authorization: `Bearer ${this.apiToken}` };
    return until("the report to be read", async () => {
      const told = (await (await fetch(`${this.url}/api/v1/reports/${id}`, { headers })).json()) as { id: string; state: string };
      return told.state === "received" ? undefined : told;
    });
  }

  /** Runs one SQL statement behind the server's back, with every trigger off: what a forger with the database can do. */
  forge(table: string, sql: string): void {
    const url = this.env.LAZARET_DATABASE__URL ?? "";
    if (url.startsWith("postgres:")) {
      run("psql", ["--quiet", "--set", "ON_ERROR_STOP=1", url, "-c", `ALTER TABLE ${table} DISABLE TRIGGER ALL; ${sql}`]);
      return;
    }
    const script = [
      "import sqlite3, sys",
      "db = sqlite3.connect(sys.argv[1], timeout=10)",
      "names = [n for (n,) in db.execute(\"select name from sqlite_master where type = 'trigger' and tbl_name = ?\", (sys.argv[2],))]",
      "[db.execute(f'drop trigger {n}') for n in names]",
      "assert db.execute(sys.argv[3]).rowcount > 0, 'nothing was changed'",
      "db.commit()",
    ].join("\n");
    run(process.env.LAZARET_PYTHON ?? "python3", ["-c", script, url.replace("sqlite://", ""), table, sql]);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    await this.backend.stop();
    await this.sink.stop();
    if (!process.env.LAZARET_KEEP) rmSync(this.folder, { recursive: true, force: true });
  }
}

function binary(): string {
  return process.env.LAZARET_BIN ?? join(import.meta.dirname, "../../target/debug/lazaret");
}

/** A new, empty database of the engine under test. */
function database(folder: string): string {
  if (process.env.LAZARET_ENGINE !== "postgres") return `sqlite://${join(folder, "desk.db")}`;
  const superuser = process.env.LAZARET_TEST_PG;
  if (!superuser) throw new Error("LAZARET_ENGINE=postgres needs LAZARET_TEST_PG: run it through tools/with-postgres");
  const name = `desk_${process.pid}_${Date.now()}`;
  run("psql", ["--quiet", superuser, "-c", `CREATE DATABASE ${name}`]);
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  return url.href;
}
