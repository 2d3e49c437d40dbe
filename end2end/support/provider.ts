// A small internet provider: terms, customers, leases, and what is complained about.
import { type Desk } from "./desk.ts";

export interface Person {
  number: string;
  name: string;
  email: string;
  service: string;
  address: string;
}

/** The customer whose line misbehaves. */
export const CUSTOMER: Person = {
  number: "C-1001",
  name: "Nadia Okafor",
  email: "nadia@mail.example",
  service: "LN-20418",
  address: "203.0.113.77",
};
/** A neighbour who has nothing to do with it. */
export const NEIGHBOUR: Person = { number: "C-1002", name: "Piet de Vries", email: "piet@mail.example", service: "LN-20419", address: "203.0.113.78" };
/** Who complains; the customer must never learn it. */
export const REPORTER = "fbl@reporter.example";

const day = 86_400_000;
const stamp = (at: Date) => at.toISOString().replace(/\.\d+Z$/, "Z");
const ago = (ms: number) => stamp(new Date(Date.now() - ms));

const provided = new WeakSet<Desk>();

/** Once for each desk: files of one worker share it. */
export function importProvider(desk: Desk): void {
  if (provided.has(desk)) return;
  provided.add(desk);
  importPeople(desk, [CUSTOMER, NEIGHBOUR]);
}

/** As many customers as asked for, each with a line. */
export function importCrowd(desk: Desk, count: number): Person[] {
  const people = Array.from({ length: count }, (_, n) => ({
    number: `C-${2000 + n}`,
    name: `Crowd Number${String.fromCharCode(65 + Math.floor(n / 26))}${String.fromCharCode(65 + (n % 26))}`,
    email: `crowd-${n}@mail.example`,
    service: `LN-${30000 + n}`,
    address: `198.51.100.${100 + n}`,
  }));
  importPeople(desk, people);
  return people;
}

function importPeople(desk: Desk, people: Person[]): void {
  desk.import(
    "terms",
    [
      "version,published_at,clause,text,permits,days_max",
      `2026-01,${ago(300 * day)},7.1,"We may block single ports while your line sends harmful traffic.",port_block,30`,
      `2026-01,${ago(300 * day)},7.2,"We may limit your line to our help pages while it harms others.",port_block walled_garden,14`,
    ].join("\n") + "\n",
  );
  const row = (who: Person) =>
    `${who.number},${who.name},${who.email},en,K-${who.number},2026-01,${ago(200 * day)},${who.service},Fibre 500,${who.service.toLowerCase()}`;
  desk.import(
    "customers",
    [
      "customer_number,name,email,language,contract_number,terms_version,accepted_at,service_number,product,username",
      ...people.map(row),
    ].join("\n") + "\n",
  );
  importLeases(desk, people.map(({ address, service }) => ({ address, service, from: new Date(Date.now() - 60 * day) })));
}

/** Who held which address, from when, until when. */
export function importLeases(desk: Desk, leases: { address: string; service: string; from: Date; to?: Date }[]): void {
  const row = (lease: (typeof leases)[number]) =>
    `${lease.address},${lease.service},${stamp(lease.from)},${lease.to ? stamp(lease.to) : ""},radius`;
  desk.import("leases", ["address,service_number,from,to,source", ...leases.map(row)].join("\n") + "\n");
}

/** A feedback report (RFC 5965) as mailbox providers send it, about a mail of an hour ago from `address`. */
export function spamReport(address = CUSTOMER.address, at = new Date(Date.now() - 3_600_000)): string {
  const date = at.toUTCString().replace("GMT", "+0000");
  const id = `${at.getTime()}.${Math.random().toString(36).slice(2)}`;
  return [
    `Received: from mx.reporter.example (mx.reporter.example [198.51.100.9]) by abuse.desk.example; ${date}`,
    `From: <${REPORTER}>`,
    "To: <abuse@desk.example>",
    `Date: ${date}`,
    `Message-ID: <${id}@reporter.example>`,
    "Subject: FW: Earn money",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=feedback-report; boundary="part"',
    "",
    "--part",
    'Content-Type: text/plain; charset="US-ASCII"',
    "",
    `This is an email abuse report for an email message received from IP ${address} on ${date}.`,
    "",
    "--part",
    "Content-Type: message/feedback-report",
    "",
    "Feedback-Type: abuse",
    "User-Agent: SomeGenerator/1.0",
    "Version: 1",
    "Original-Mail-From: <somespammer@example.net>",
    "Original-Rcpt-To: <trap-4711@reporter.example>",
    `Arrival-Date: ${date}`,
    "Reporting-MTA: dns; mx.reporter.example",
    `Source-IP: ${address}`,
    "",
    "--part",
    "Content-Type: message/rfc822",
    "",
    `Received: from mailserver.example.net (mailserver.example.net [${address}]) by mx.reporter.example; ${date}`,
    "From: <somespammer@example.net>",
    "To: <trap-4711@reporter.example>",
    "Subject: Earn money <script>alert(1)</script>",
    `Date: ${date}`,
    `Message-ID: <${id}@example.net>`,
    "",
    "Spam Spam Spam http://evil.example/pay",
    "",
    "--part--",
    "",
  ].join("\r\n");
}
