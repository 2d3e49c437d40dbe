// Every page of the desk, filled with a little of everything: it answers, it is accessible, it fits, it is quiet.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { CUSTOMER, importProvider, NEIGHBOUR, spamReport } from "../support/provider.ts";

const PAGES = [
  "/",
  "/evidence",
  "/sort-out",
  "/reports",
  "/cases",
  "/quarantine",
  "/quarantine/network",
  "/approvals",
  "/mail",
  "/customers",
  "/who",
  `/who?address=${CUSTOMER.address}`,
  "/find?q=Okafor",
  "/figures",
  "/record",
  "/settings",
  "/settings/feeds",
  "/settings/feeds/new",
  "/settings/users",
  "/settings/ranges",
  "/settings/channels",
  "/settings/sources",
  "/settings/import",
];

test.use({ house: "pages" });
test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ desk }) => {
  importProvider(desk);
  await desk.reported(spamReport());
  await desk.reported(spamReport(NEIGHBOUR.address));
  // Nobody had this address, and nobody can read this report.
  await desk.reported(spamReport("203.0.113.200"));
  await desk.reported("From: <who@reporter.example>\r\nSubject: please help\r\n\r\nSomething is wrong <b>here</b>.\r\n");
});

test("each page answers, fits the window and can be used by everybody", async ({ page, signIn }) => {
  test.setTimeout(120_000);
  const noise: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => noise.push(`${page.url()}: ${error.message}`));
  await signIn("administrator");
  for (const path of PAGES) {
    await test.step(path, async () => {
      const answer = await page.goto(path);
      expect.soft(answer?.status(), path).toBe(200);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(over, `${path} is wider than the window by`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
    });
  }
  expect(noise, "what the browser complained about").toEqual([]);
});

test("what is not for a role is not found", async ({ page, signIn }) => {
  await signIn("auditor");
  for (const path of ["/settings/users", "/settings/import"]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
  }
});

test("hostile evidence is text", async ({ page, signIn }) => {
  await signIn("analyst");
  await page.goto("/evidence");
  await page.getByRole("link", { name: new RegExp(CUSTOMER.name) }).first().click();
  await expect(page.getByText(CUSTOMER.name).first()).toBeVisible();
  const html = await page.content();
  expect(html).not.toContain("<script>alert");
  expect(html).not.toMatch(/href="[^"]*evil\.example/);
});
