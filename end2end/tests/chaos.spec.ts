// kill -9 in the middle of everything: nothing acknowledged is lost, nothing is done twice, everybody gets out.
import { expect, test } from "../fixtures.ts";
import { type Desk, PASSWORD, STAFF } from "../support/desk.ts";
import { type Filled, fill, Visitor } from "../support/form.ts";
import { until } from "../support/process.ts";
import { importCrowd, type Person, spamReport } from "../support/provider.ts";

const KILLS = Number(process.env.LAZARET_KILLS ?? 50);
const CROWD = 30;

test.use({ house: "chaos" });
test.skip(() => test.info().project.name !== "js", "no browser takes part: once is enough");

/** One customer on his way through the desk. A form that got no answer is posted again as it was, as people do. */
class Walk {
  done = false;
  reports: string[] = [];
  private form?: Filled;
  private next = 0;
  private case = "";

  constructor(private readonly desk: Desk, private readonly staff: Visitor, readonly person: Person) {}

  toString(): string {
    return `${this.person.number} ${this.case || "without a case"} after ${this.next} steps`;
  }

  /** Takes one step; throws when the server went away. */
  async step(): Promise<void> {
    const steps = [this.report, this.open, this.notify, this.quarantine, this.state];
    const step = steps[this.next];
    if (!step) return;
    if (await step.call(this)) {
      this.form = undefined;
      this.next += 1;
    }
    this.done = this.next === steps.length;
  }

  private async report(): Promise<boolean> {
    const answer = await this.desk.report(spamReport(this.person.address));
    if (answer.status !== 202) return false;
    this.reports.push(((await answer.json()) as { id: string }).id);
    return true;
  }

  private async open(): Promise<boolean> {
    const cases = await this.staff.get(`${this.desk.url}/cases?q=${encodeURIComponent(this.person.name)}`);
    this.case = /\/cases\/(L-\d{4}-\d{6})/.exec(cases.text)?.[1] ?? "";
    if (this.case) return true;
    const page = await this.staff.get(`${this.desk.url}/evidence?q=${encodeURIComponent(this.person.name)}`);
    const pick = /name="pick"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="pick"/.exec(page.text);
    if (!pick) return false;
    const body = new URLSearchParams({ pick: pick[1] ?? pick[2] ?? "" }).toString();
    await this.staff.post({ url: `${this.desk.url}/evidence/open`, body });
    return false;
  }

  private async notify(): Promise<boolean> {
    const url = `${this.desk.url}/cases/${this.case}/notice`;
    this.form ??= fill((await this.staff.get(url)).text, url, /\/notify$/);
    return this.answered(await this.staff.post(this.form));
  }

  private async quarantine(): Promise<boolean> {
    const url = `${this.desk.url}/cases/${this.case}/quarantine`;
    if (!this.form) {
      const page = (await this.staff.get(url)).text;
      const ground = /<option value="([^"]+)"[^>]*>[^<]*clause 7\.2/.exec(page)?.[1] ?? "";
      this.form = fill(page, url, /\/quarantine$/, { ground, measure: "walled_garden", reason: "The line sends spam." });
    }
    return this.answered(await this.staff.post(this.form));
  }

  private async state(): Promise<boolean> {
    const customer = new Visitor();
    if (!this.form) {
      const mail = this.desk.sink.mails().find((one) => one.to.includes(this.person.email));
      const held = [...this.desk.backend.held.values()].some((one) => JSON.stringify(one).includes(this.person.service));
      if (!mail || !held) return false;
      const link = /https?:\/\/\S+\/c\/[^\s>)]+/.exec(mail.text)?.[0] ?? "";
      const page = await customer.get(link);
      // The network holds it; the desk may not have heard so yet.
      if (!page.text.includes("Please open my connection again")) return false;
      this.form = fill(page.text, link, /./, { claim: "fixed", text: "I changed the password." });
    }
    // Posted before and left without an answer, it may have been taken all the same: then nobody is held any more.
    return this.answered(await customer.post(this.form));
  }

  private answered(answer: { status: number; text: string }): boolean {
    if (answer.status === 303) return true;
    if (answer.status === 409 || answer.status === 422) {
      // Refused, so nothing happened: a second report has changed the case meanwhile. The page is loaded anew.
      this.form = undefined;
      return false;
    }
    throw new Error(`answered ${answer.status}: ${answer.text.replace(/<[^>]+>/g, " ").slice(-400)}`);
  }
}

test("the server is killed at random moments and keeps its word", async ({ desk }) => {
  test.setTimeout(600_000);
  const people = importCrowd(desk, CROWD);
  const staff = new Visitor();
  const url = `${desk.url}/sign-in`;
  const signedIn = await staff.post(
    fill((await staff.get(url)).text, url, /sign-in/, { email: STAFF.supervisor.email, password: PASSWORD }),
  );
  expect(signedIn.status).toBe(303);
  const walks = people.map((person) => new Walk(desk, staff, person));
  const faults = new Set<string>();
  const round = (some: Walk[]) =>
    Promise.all(
      some.map((walk) =>
        walk.step().catch((fault: Error) => {
          // A connection that broke is what this test is about; an answer that says no is not.
          if (/^answered/.test(fault.message)) faults.add(`${walk.person.number}: ${fault.message}`);
        }),
      ),
    );

  for (let kill = 0; kill < KILLS; kill++) {
    const waiting = walks.filter((walk) => !walk.done);
    // Few enough that the work lasts for all kills; a step takes some ten to hundred milliseconds.
    const steps = round(waiting.sort(() => Math.random() - 0.5).slice(0, 5));
    await new Promise((go) => setTimeout(go, Math.random() * 300));
    await desk.crash();
    await steps;
    await desk.serve();
  }

  await test.step("left alone, it finishes everything", async () => {
    // Work that a killed worker held is taken up again when its lease has run out.
    const end = Date.now() + 150_000;
    while (walks.some((walk) => !walk.done) && Date.now() < end) {
      await round(walks.filter((walk) => !walk.done));
      await new Promise((go) => setTimeout(go, 500));
    }
    expect(walks.filter((walk) => !walk.done).map(String), `who is stuck; refused: ${[...faults].join("; ")}`).toEqual([]);
    await until("the network to hold nobody", () => desk.backend.held.size === 0 || undefined, 180_000);
  });
  expect([...faults], "what was refused").toEqual([]);

  await test.step("nothing acknowledged is lost", async () => {
    const headers = { authorization: `Bearer ${desk.apiToken}` };
    for (const id of walks.flatMap((walk) => walk.reports)) {
      const told = await until(`report ${id}`, async () => {
        const answer = (await (await fetch(`${desk.url}/api/v1/reports/${id}`, { headers })).json()) as { state: string };
        return answer.state === "received" ? undefined : answer;
      }, 120_000);
      expect(told.state).toBe("done");
    }
  });

  await test.step("nothing is done twice", async () => {
    for (const { person } of walks) {
      const mails = desk.sink.mails().filter((mail) => mail.to.includes(person.email));
      const ids = new Set(mails.map((mail) => /^Message-ID: (.*)$/m.exec(mail.raw)?.[1]));
      // The one doubt no mail protocol can remove is settled under the same Message-ID.
      expect(ids.size, `notices to ${person.email}`).toBe(1);
      const orders = desk.backend.calls.filter((call) => call.method === "PUT" && JSON.stringify(call.body).includes(`"${person.service}"`));
      expect(new Set(orders.map((call) => call.path)).size, `quarantines of ${person.service}`).toBe(1);
    }
  });

  await test.step("the record is whole", async () => {
    expect(desk.try(["verify"])).toMatchObject({ code: 0 });
  });
});
