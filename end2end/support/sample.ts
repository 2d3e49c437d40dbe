// A real complaint from the folder of samples: read where it lies, never copied, its source given to a customer of ours.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Desk } from "./desk.ts";
import { CUSTOMER, importLeases, NEIGHBOUR, REPORTER, spamReport } from "./provider.ts";

/** Feedback reports of mailbox providers that name one address and one time. The first that is there is taken. */
const FITTING = ["Comcast_example_2.eml", "Cox_example_1.eml", "OpenSRS_example_2.eml"].map((name) => join("abuseio/feedback-loop", name));

export interface Complaint {
  bytes: Buffer;
  /** What no customer may ever read: who complained, and to whom the mail had gone. */
  secrets: string[];
  /** Where it comes from, for the test's report. */
  origin: string;
}

interface Line {
  disposition: string;
  reporter?: string;
  sender?: string;
  events: { source: { kind: string; value: string }; from?: string }[];
}

/**
 * The complaint of the journey. The address it names was the customer's at its time and is the neighbour's today, so that
 * only the time of the event leads to the right person. Without the folder, a made report stands in.
 */
export function complaint(desk: Desk): Complaint {
  const root = process.env.LAZARET_SAMPLES ?? join(import.meta.dirname, "../../../shared/samples");
  const file = FITTING.map((name) => join(root, name)).find(existsSync);
  if (!file) {
    console.log(`SKIPPED: no sample in ${root}; set LAZARET_SAMPLES. The journey goes on with a report made for it`);
    return { bytes: Buffer.from(spamReport()), secrets: [REPORTER, "trap-4711", "reporter.example"], origin: "made" };
  }
  const read = JSON.parse(desk.lazaret(["parse", file])) as Line;
  const [event] = read.events;
  if (read.disposition !== "events" || event?.source.kind !== "ip" || !event.from) {
    throw new Error(`${file} is read as ${JSON.stringify(read)}: not one address at one time`);
  }
  const at = new Date(event.from).getTime();
  const week = 7 * 86_400_000;
  const [before, after] = [new Date(at - week), new Date(at + week)];
  importLeases(desk, [
    { address: event.source.value, service: CUSTOMER.service, from: before, to: after },
    { address: event.source.value, service: NEIGHBOUR.service, from: after },
  ]);
  const bytes = readFileSync(file);
  const traps = [...bytes.toString("latin1").matchAll(/^Original-Rcpt-To:\s*<?([^\s>]+)/gim)].map(([, to = ""]) => to);
  const secrets = [read.reporter, read.sender, ...traps].filter((secret) => secret !== undefined && secret !== "");
  return { bytes, secrets: secrets as string[], origin: file.slice(root.length + 1) };
}
