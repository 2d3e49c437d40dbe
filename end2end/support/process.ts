// Programs that the tests start, and only those, are stopped by their process.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { connect, createServer } from "node:net";
import { once } from "node:events";

export type Env = Record<string, string | undefined>;

/** A program in the background, its output in a file. Its standard input is a pipe that closes with us. */
export class Background {
  readonly child: ChildProcess;

  constructor(command: string, args: string[], log: string, env: Env = process.env) {
    this.child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    const file = createWriteStream(log, { flags: "a" });
    this.child.stdout?.pipe(file);
    this.child.stderr?.pipe(file);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!this.running) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill("SIGKILL"), 8_000);
    await gone;
    clearTimeout(late);
  }
}

/** Runs a program to its end; its standard output, or an error with everything it said. */
export function run(command: string, args: string[], options: { env?: Env; input?: string } = {}): string {
  const done = call(command, args, options);
  if (done.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${done.code}\n${done.stdout}\n${done.stderr}`);
  }
  return done.stdout;
}

/** As `run`, but every exit code is an answer. */
export function call(command: string, args: string[], options: { env?: Env; input?: string } = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", timeout: 60_000, ...options });
  if (done.error) throw done.error;
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** A port of 127.0.0.1 that nobody held a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Asks `probe` until it answers something, or gives up after `ms` with `what` in the error. */
export async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, ms = 15_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

/** Whether something listens on a port of 127.0.0.1. */
export function listens(port: number): Promise<true | undefined> {
  return new Promise((answer) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), answer(true)));
    socket.once("error", () => answer(undefined));
  });
}
