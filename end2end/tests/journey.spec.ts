// The whole life of a case: reported, told, cut, answered, released, counted, and provable.
import { gzipSync } from "node:zlib";
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { until } from "../support/process.ts";
import { CUSTOMER, importProvider, NEIGHBOUR } from "../support/provider.ts";
import { complaint } from "../support/sample.ts";

test.use({ house: "journey" });
test.describe.configure({ mode: "serial" });

test("from the report to the record", async ({ page, desk, signIn, browser }, info) => {
  test.setTimeout(180_000);
  importProvider(desk);
  const { bytes, secrets, origin } = complaint(desk);
  info.annotations.push({ type: "report", description: origin });

  await test.step("a report reaches the API and is taken before it is answered", async () => {
    expect((await desk.reported(bytes)).state).toBe("done");
  });

  await signIn("analyst");
  const figures = async () => (await page.request.get("/figures.csv")).text();
  const before = await figures();

  await test.step("it stands under the customer who had the address at that time", async () => {
    await page.goto("/evidence");
    await expect(page.getByText(CUSTOMER.name).first()).toBeVisible();
    await expect(page.getByText(NEIGHBOUR.name)).toHaveCount(0);
    await expectAccessible(page);
  });

  await test.step("the analyst opens a case", async () => {
    await page.getByRole("link", { name: new RegExp(CUSTOMER.name) }).first().click();
    await page.getByRole("button", { name: "Open case", exact: true }).click();
    await expect(page.getByText(/L-\d{4}-\d{6}/).first()).toBeVisible();
    if (!/\/cases\/L-/.test(page.url())) await page.getByRole("link", { name: /L-\d{4}-\d{6}/ }).first().click();
    await expect(page).toHaveURL(/\/cases\/L-\d{4}-\d{6}/);
    await expectAccessible(page);
  });
  const caseUrl = page.url().replace(/[?#].*/, "");

  await test.step("previews the notice and sends it", async () => {
    await page.getByRole("link", { name: "Write the notice" }).click();
    await expect(page.getByLabel("Subject")).not.toHaveValue("");
    await expect(page.getByLabel("Text")).toHaveValue(/spam|mail/i);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page).toHaveURL(/\/cases\/L-/);
  });

  const mail = await test.step("the mail arrives at the relay, and names nobody who complained", async () => {
    const mail = await desk.sink.to(CUSTOMER.email, 30_000);
    for (const secret of secrets) expect(`${mail.raw}\n${mail.text}`).not.toContain(secret);
    expect(mail.raw).toMatch(/^Auto-Submitted: /m);
    return mail;
  });
  const link = /https?:\/\/\S+\/c\/[^\s>)]+/.exec(mail.text)?.[0] ?? "";
  expect(link, `no link in:\n${mail.text}`).not.toBe("");

  await test.step("the case knows that he was told", async () => {
    await until("the state notified", async () => {
      await page.goto(caseUrl);
      return (await page.getByText("notified", { exact: true }).count()) > 0 || undefined;
    });
  });

  await test.step("the analyst orders the walled garden, and the network holds it", async () => {
    await page.locator('a[href*="/cases/"][href$="/quarantine"]').first().click();
    const ground = page.getByLabel("Service and clause");
    await ground.selectOption(await ground.locator("option", { hasText: "clause 7.2" }).getAttribute("value"));
    await page.getByRole("radio", { name: /^Walled garden/ }).check();
    await page.getByLabel("Reason").fill("The line sends spam and nobody has answered.");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Order", exact: true }).click();
    await until("the back end to hold it", () => desk.backend.held.size === 1 || undefined);
    const [held] = [...desk.backend.held.values()];
    expect(held).toMatchObject({ measure: "walled_garden" });
    expect(JSON.stringify(held)).toContain(CUSTOMER.service);
    await until("the case to say so", async () => {
      await page.goto(caseUrl);
      return (await page.getByText("in force").count()) > 0 || undefined;
    });
    await expectAccessible(page);
  });

  await test.step("the customer opens the link on an old phone and says what he did", async () => {
    const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
    const his = await phone.newPage();
    const answer = await his.goto(link);
    expect(answer?.status()).toBe(200);
    const html = (await answer?.text()) ?? "";
    expect(html).not.toContain("<script");
    expect(gzipSync(html).length, "bytes on the wire").toBeLessThanOrEqual(14_000);
    for (const secret of [...secrets, NEIGHBOUR.name]) expect(html).not.toContain(secret);
    expect(answer?.headers()["set-cookie"]).toBeUndefined();
    expect(desk.backend.held.size, "opening the page changes nothing").toBe(1);
    await his.getByLabel(/I have done this/).check();
    await his.getByLabel(/What did you do/).fill("I changed the mail password and cleaned the laptop.");
    await his.getByRole("button", { name: "Send" }).click();
    await expect(his.getByText("Sent. Thank you.")).toBeVisible();
    expect(await phone.cookies()).toEqual([]);
    await phone.close();
  });

  await test.step("the network lets him out", async () => {
    await until("the back end to let go", () => desk.backend.held.size === 0 || undefined);
    await until("the case to be released", async () => {
      await page.goto(caseUrl);
      return (await page.getByText("released", { exact: true }).count()) > 0 || undefined;
    });
    await expect(page.getByText("I changed the mail password and cleaned the laptop.").first()).toBeVisible();
  });

  await test.step("the figures have moved", async () => {
    await page.goto("/figures");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
    expect(await figures()).not.toEqual(before);
  });

  await test.step("nothing was sent or ordered twice", async () => {
    expect(desk.sink.mails().filter((sent) => sent.to.includes(CUSTOMER.email) && sent.raw === mail.raw)).toHaveLength(1);
    const puts = desk.backend.calls.filter((call) => call.method === "PUT");
    expect(new Set(puts.map((call) => call.idempotencyKey)).size).toBe(1);
  });

  await test.step("the record is whole, and shows when it is not", async () => {
    expect(desk.try(["verify"]).code).toBe(0);
    desk.forge("ledger", "UPDATE ledger SET body = replace(body, '{', '{ ') WHERE seq = 3");
    const found = desk.try(["verify"]);
    expect(found.code).not.toBe(0);
    expect(found.stdout + found.stderr).toMatch(/\b3\b/);
  });
  info.annotations.push({ type: "engine", description: process.env.LAZARET_ENGINE ?? "sqlite" });
});
