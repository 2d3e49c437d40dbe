// The mail relay of the tests: tools/smtp-sink, and what it kept.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Background, until } from "./process.ts";

export interface Mail {
  from: string;
  to: string[];
  /** The whole message as it came. */
  raw: string;
  /** The text with its transfer encoding undone. */
  text: string;
}

export class Sink {
  private constructor(private readonly dir: string, private readonly process: Background, readonly port: number) {}

  static async start(folder: string): Promise<Sink> {
    const dir = join(folder, "mail");
    const portFile = join(folder, "smtp.port");
    const script = join(import.meta.dirname, "../../tools/smtp-sink");
    const process_ = new Background(
      process.env.LAZARET_PYTHON ?? "python3",
      [script, "--dir", dir, "--port-file", portFile],
      join(folder, "smtp.log"),
    );
    const port = await until("the SMTP sink", () => (existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : undefined));
    return new Sink(dir, process_, port);
  }

  mails(): Mail[] {
    const names = readdirSync(this.dir).filter((name) => name.endsWith(".json")).sort();
    return names.map((name) => {
      const envelope = JSON.parse(readFileSync(join(this.dir, name), "utf8"));
      const raw = readFileSync(join(this.dir, name.replace(".json", ".eml")), "utf8");
      return { from: envelope.from, to: envelope.to, raw, text: decoded(raw) };
    });
  }

  /** The first mail to an address, as soon as it is there. */
  to(address: string, ms = 20_000): Promise<Mail> {
    return until(`a mail to ${address}`, () => this.mails().find((mail) => mail.to.includes(address)), ms);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** Enough of MIME for the mails we send ourselves: one text part, plain, quoted-printable or base64. */
function decoded(raw: string): string {
  const split = raw.search(/\r?\n\r?\n/);
  const head = raw.slice(0, split);
  const body = raw.slice(split).trimStart();
  const boundary = /^content-type:\s*multipart[^]*?boundary="?([^";\r\n]+)/im.exec(head)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => decoded(part.replace(/^\r?\n/, "")));
    return parts[0] ?? "";
  }
  const coding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1]?.toLowerCase();
  if (coding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (coding !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
