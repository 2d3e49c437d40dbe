// The islands: what is quicker with JavaScript.
import { expect, test } from "../fixtures.ts";
import { importProvider, NEIGHBOUR, spamReport } from "../support/provider.ts";

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "there are no islands without JavaScript");
test.use({ house: "islands" });
test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ desk }) => {
  importProvider(desk);
  await desk.reported(spamReport());
  await desk.reported(spamReport(NEIGHBOUR.address));
});

test("the islands wake under the strict policy of the page", async ({ page, signIn }) => {
  const noise: string[] = [];
  page.on("console", (message) => message.type() === "error" && noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(error.message));
  await signIn("analyst");
  await page.goto("/evidence");
  await expect(page.locator("html[data-awake=yes]")).toHaveCount(1);
  expect(noise).toEqual([]);
});

test("the keyboard alone opens a case", async ({ page, signIn, isMobile }) => {
  test.skip(isMobile, "a phone has no keys");
  await signIn("analyst");
  await page.goto("/evidence");
  await expect(page.locator("html[data-awake=yes]")).toHaveCount(1);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.locator("input[type=checkbox][name=pick]:checked")).toHaveCount(1);
  await page.keyboard.press("o");
  await expect(page.getByText(/L-\d{4}-\d{6}/).first()).toBeVisible();
});
