// A list that nobody could read: mapped in the browser, read from then on, noticed when it changes. With script and without.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { CUSTOMER, importProvider } from "../support/provider.ts";

test.use({ house: "feeds" });
test.describe.configure({ mode: "serial" });

const list = (heading: string, note: string) =>
  `${heading}\n2026-03-14 10:00:00;${CUSTOMER.address};brute-force;12;${note}\n2026-03-14 10:05:00;nowhere;scan;1;${note}\n`;

test.beforeAll(async ({ desk }) => {
  importProvider(desk);
});

test("a parked list is mapped, tried, saved, and read", async ({ page, desk, signIn, javaScriptEnabled }) => {
  const parked = await desk.reported(list("first_seen;src_ip;attack;hits;comment", "today"), "text/csv");
  expect(parked.state).toBe("parked");
  await signIn("supervisor");
  await page.goto(`/settings/feeds/new?report=${parked.id}`);
  await expect(page.getByLabel("src_ip")).toHaveValue("source");
  await expect(page.getByLabel("first_seen")).toHaveValue("time");
  await expect(page.getByText("1 of 2 rows would be events")).toBeVisible();
  if (javaScriptEnabled !== false) await expectAccessible(page);

  // Refused with the field's name; what was typed stays.
  const zone = page.getByLabel("Zone of times that name none");
  const name = page.getByLabel("Name", { exact: true });
  await zone.fill("Berlin Time");
  await name.fill("our-list");
  await page.getByLabel("Who vouches for it").fill("cert.example");
  await page.getByRole("button", { name: "Save as version 1" }).click();
  await expect(page.getByRole("alert")).toContainText("Berlin Time");
  await expect(name).toHaveValue("our-list");

  await zone.fill("Europe/Berlin");
  await page.getByLabel("comment").selectOption("ignore");
  await page.getByRole("button", { name: /^Try it/ }).click();
  await expect(page.getByText("2026-03-14 09:00:00 UTC")).toBeVisible();
  await page.getByRole("button", { name: "Save as version 1" }).click();
  await expect(page.getByText("1 parked report could be read with it")).toBeVisible();
  await page.getByRole("button", { name: /^Read it now/ }).click();
  await expect(async () => {
    await page.goto("/settings/feeds/our-list");
    await expect(page.getByText("1 read, 1 not")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
});

test("another table is mapped again with the difference shown, and taken back", async ({ page, desk, signIn, javaScriptEnabled }) => {
  const renamed = await desk.reported(list("first_seen;address;attack;hits;comment", "tomorrow"), "text/csv");
  expect(renamed.state).toBe("parked");
  await signIn("supervisor");
  await page.goto(`/settings/feeds/our-list/edit?report=${renamed.id}`);
  await expect(page.getByLabel("address", { exact: true })).toHaveValue("source");
  await expect(page.getByText("column address not there → source: our customer")).toBeVisible();
  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByText("is saved as version 2")).toBeVisible();
  await page.getByRole("button", { name: "Go back to this" }).click();
  await expect(page.getByText("Version 3 is as version 1 was.")).toBeVisible();
  await page.goto("/settings/feeds");
  await expect(page.getByRole("link", { name: "our-list" })).toBeVisible();
  if (javaScriptEnabled !== false) await expectAccessible(page);
});
