// An answer in doubt: a lease that comes in late says otherwise; the case warns, the answer is kept for a reason, opened
// again, and corrected with the event chosen already.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { until } from "../support/process.ts";
import { CUSTOMER, importLeases, importProvider, NEIGHBOUR, spamReport } from "../support/provider.ts";

test.use({ house: "doubts" });
test.describe.configure({ mode: "serial" });

test("a late lease speaks against an answer, and a person decides", async ({ page, desk, signIn }) => {
  test.setTimeout(120_000);
  importProvider(desk);
  const at = new Date(Date.now() - 3_600_000);
  expect((await desk.reported(spamReport(CUSTOMER.address, at))).state).toBe("done");
  await signIn("supervisor");
  await page.goto("/evidence");
  await page.getByRole("link", { name: new RegExp(CUSTOMER.name) }).first().click();
  await page.getByRole("button", { name: "Open case", exact: true }).click();
  if (!/\/cases\/L-/.test(page.url())) await page.getByRole("link", { name: /L-\d{4}-\d{6}/ }).first().click();
  const number = /L-\d{4}-\d{6}/.exec(page.url())?.[0] ?? "";
  const warning = page.getByRole("heading", { name: "A lease that came in later says otherwise" });
  await expect(warning).toHaveCount(0);

  await test.step("the case warns as soon as the lease is in", async () => {
    const hour = 3_600_000;
    const span = { from: new Date(at.getTime() - hour), to: new Date(at.getTime() + hour / 2) };
    importLeases(desk, [{ address: CUSTOMER.address, service: NEIGHBOUR.service, ...span }]);
    await until("the warning", async () => {
      await page.goto(`/cases/${number}`);
      return (await warning.count()) > 0 || undefined;
    });
    await expect(page.getByText("in doubt", { exact: true }).first()).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/cases/${number}/notice`);
    await expect(warning).toBeVisible();
  });

  await test.step("it waits in the queue, and is kept for a reason", async () => {
    await page.goto("/evidence/doubts");
    const row = page.locator("tr[data-row]");
    await expect(row).toHaveCount(1);
    for (const words of [CUSTOMER.name, NEIGHBOUR.name, number, "radius"]) await expect(row).toContainText(words);
    await expectAccessible(page);
    await row.getByRole("checkbox").check();
    await page.getByText("Keep the answers…").click();
    await page.getByLabel("Reason").fill("That file was written with a wrong clock.");
    await page.getByRole("button", { name: "Keep them" }).click();
    await expect(page.getByRole("status").getByText("1 answer is kept, for your reason.")).toBeVisible();
    await expect(page.getByText("No answer is in doubt")).toBeVisible();
    await page.getByRole("button", { name: /^Undo/ }).click();
    await expect(row).toHaveCount(1);
  });

  await test.step("the event says both leases, and keeps it there too", async () => {
    await page.locator("tr[data-row] a.who").click();
    await expect(warning).toBeVisible();
    await page.getByText("Keep the answer…").click();
    await page.getByLabel("Reason").fill("That file was written with a wrong clock.");
    await page.getByRole("button", { name: "Keep it" }).click();
    await expect(page.getByRole("heading", { name: "The answer was in doubt" })).toBeVisible();
    await page.goto("/evidence/doubts?view=settled");
    await expect(page.locator("tr[data-row]")).toContainText("wrong clock");
    await page.getByRole("button", { name: "Open again" }).click();
  });

  await test.step("the correction has the event chosen and offers whom the late lease names", async () => {
    await page.goto(`/cases/${number}`);
    await page.locator(".card.warn").getByRole("link", { name: "Correct…" }).click();
    await expect(page.getByRole("radio", { name: /^Only the ticked ones/ })).toBeChecked();
    await expect(page.locator("tr[data-row]").getByRole("checkbox")).toBeChecked();
    await expect(page.getByRole("radio", { name: new RegExp(NEIGHBOUR.service) })).toBeVisible();
    await page.getByLabel("Find a customer or service").fill(NEIGHBOUR.address);
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page.getByText("please write at least")).toBeVisible();
    await page.getByRole("radio", { name: new RegExp(NEIGHBOUR.service) }).check();
    await page.getByLabel("Reason").fill("The RADIUS server lost the Stop: see its detail file.");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page.getByRole("radio", { name: new RegExp(NEIGHBOUR.service) })).toBeChecked();
    await page.getByRole("button", { name: "See what follows" }).click();
    await page.getByRole("button", { name: "Correct it" }).click();
    await expect(page.getByText(/Corrected: 1 event moved to L-/)).toBeVisible();
    await page.goto("/evidence/doubts");
    await expect(page.getByText("No answer is in doubt")).toBeVisible();
  });

  await test.step("the record holds", () => {
    expect(desk.lazaret(["verify"])).toMatch(/entries/);
  });
});
