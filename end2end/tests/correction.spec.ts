// It was not she: the wrong customer was told and cut; corrected, she is released and told, her link is dead, the right one
// has his case, and the record tells the story.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { until } from "../support/process.ts";
import { CUSTOMER, importProvider, NEIGHBOUR, REPORTER, spamReport } from "../support/provider.ts";

test.use({ house: "correction" });
test.describe.configure({ mode: "serial" });

test("the wrong customer is let go, told, and out of it", async ({ page, desk, signIn, browser, isMobile }, info) => {
  test.skip(isMobile, "the desk's side is tried at desk width");
  test.setTimeout(240_000);
  importProvider(desk);
  const shot = async (name: string) => {
    if (!process.env.LAZARET_SHOTS) return;
    const path = (what: string) => `${process.env.LAZARET_SHOTS}/${info.project.name}-${name}-${what}.png`;
    const before = page.viewportSize() ?? { width: 1280, height: 800 };
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: path(`${width}-${scheme}`), fullPage: true });
      }
    }
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(before);
  };
  const mails = async (subject: RegExp) =>
    until("the mail", () => {
      const hers = desk.sink.mails().filter((mail) => mail.to.includes(CUSTOMER.email));
      return hers.find((mail) => subject.test(`${mail.raw}\n${mail.text}`));
    }, 30_000);
  expect((await desk.reported(spamReport())).state).toBe("done");
  await signIn("analyst");

  await test.step("a case, a notice, a walled garden", async () => {
    await page.goto("/evidence");
    await page.getByRole("link", { name: new RegExp(CUSTOMER.name) }).first().click();
    await page.getByRole("button", { name: "Open case", exact: true }).click();
    if (!/\/cases\/L-/.test(page.url())) await page.getByRole("link", { name: /L-\d{4}-\d{6}/ }).first().click();
    await expect(page).toHaveURL(/\/cases\/L-\d{4}-\d{6}/);
    await page.getByRole("link", { name: "Write the notice" }).click();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page).toHaveURL(/\/cases\/L-/);
  });
  const wrong = page.url().replace(/[?#].*/, "");
  const number = wrong.split("/").at(-1) ?? "";
  const first = await mails(/\/c\//);
  const link = /https?:\/\/\S+\/c\/[^\s>)]+/.exec(first.text)?.[0] ?? "";
  await until("the state notified", async () => {
    await page.goto(wrong);
    return (await page.getByText("notified", { exact: true }).count()) > 0 || undefined;
  });
  await page.locator('a[href*="/cases/"][href$="/quarantine"]').first().click();
  const ground = page.getByLabel("Service and clause");
  await ground.selectOption(await ground.locator("option", { hasText: "clause 7.2" }).getAttribute("value"));
  await page.getByRole("radio", { name: /^Walled garden/ }).check();
  await page.getByLabel("Reason").fill("The line sends spam and nobody has answered.");
  await page.getByRole("button", { name: "Order", exact: true }).click();
  await until("the back end to hold it", () => desk.backend.held.size === 1 || undefined);
  await until("the case to say so", async () => {
    await page.goto(wrong);
    return (await page.getByText("in force").count()) > 0 || undefined;
  });

  await test.step("the analyst finds the right one and sees what follows before anything is done", async () => {
    await page.getByRole("link", { name: "Wrong customer?" }).first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Wrong customer?");
    await page.getByLabel("Find a customer or service").fill("Piet");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("radio", { name: new RegExp(NEIGHBOUR.service) }).check();
    await expectAccessible(page);
    await page.getByLabel("Reason").fill("no");
    await page.getByRole("button", { name: "See what follows" }).click();
    await expect(page.getByText("please write at least")).toBeVisible();
    await page.getByLabel("Reason").fill("The BNG's clock was an hour off: see its log.");
    await shot("choose");
    await page.getByRole("button", { name: "See what follows" }).click();
    const follows = page.locator("#follows");
    await expect(follows).toContainText(`1 event moves from ${CUSTOMER.name} (${number}) to ${NEIGHBOUR.name}`);
    await expect(follows).toContainText("was its only ground. It is lifted.");
    await expect(follows).toContainText("1 link of");
    await expect(follows).toContainText("taken back by a correction notice");
    await expect(page.locator("pre.raw")).not.toContainText(NEIGHBOUR.name);
    await expectAccessible(page);
    await shot("follows");
    expect(desk.backend.held.size, "looking changes nothing").toBe(1);
  });

  await test.step("he confirms, and all of it happens", async () => {
    await page.getByRole("button", { name: "Correct it" }).click();
    await expect(page).toHaveURL(new RegExp(`/cases/${number}`));
    await expect(page.getByText(/Corrected: 1 event moved to L-/)).toBeVisible();
    await until("the network to let go", () => desk.backend.held.size === 0 || undefined);
    await page.goto(wrong);
    await expect(page.getByText("It was another customer").first()).toBeVisible();
    await expectAccessible(page);
    await shot("wrong-case");
  });

  await test.step("she is told without a word about anybody, and her link says so", async () => {
    const mail = await mails(/was not about you/);
    for (const secret of [NEIGHBOUR.name, NEIGHBOUR.service, NEIGHBOUR.email, REPORTER, "/c/"]) {
      expect(mail.text).not.toContain(secret);
    }
    const phone = await browser.newContext({ viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
    const hers = await phone.newPage();
    const answer = await hers.goto(link);
    expect(answer?.status()).toBe(410);
    await expect(hers.getByRole("heading", { level: 1 })).toHaveText("This was not about you");
    for (const secret of [number, NEIGHBOUR.name, CUSTOMER.name]) expect(await hers.content()).not.toContain(secret);
    if (process.env.LAZARET_SHOTS) await hers.screenshot({ path: `${process.env.LAZARET_SHOTS}/${info.project.name}-link.png` });
    await phone.close();
  });

  await test.step("the right one has his case, untold and uncut, and the way back to the story", async () => {
    await page.goto(wrong);
    await page.locator("#corrected").getByRole("link", { name: /L-\d{4}-\d{6}/ }).click();
    await expect(page.getByText(NEIGHBOUR.name).first()).toBeVisible();
    await expect(page.getByText("Nobody told the customer yet").first()).toBeVisible();
    await expect(page.locator("#corrected")).toContainText(number);
    await expectAccessible(page);
    await shot("right-case");
  });

  await test.step("the record holds", () => {
    expect(desk.lazaret(["verify"])).toMatch(/entries/);
  });
});
