// Sorting out: a report no machine understood, finished with one key, or by its reporter behind the link he was sent.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { CUSTOMER, importProvider } from "../support/provider.ts";

test.use({ house: "triage" });
test.describe.configure({ mode: "serial" });

/** Prose that names an address without saying what it is. */
function prose(subject: string, more = "", from = "jo@complainer.example"): string {
  return [
    `From: Jo Doe <${from}>`,
    "To: abuse@isp.example",
    `Subject: ${subject}`,
    `Message-ID: <${subject.replace(/\W/g, "")}@complainer.example>`,
    `Date: ${new Date().toUTCString()}`,
    "",
    `Hello, somebody near ${CUSTOMER.address} does odd things, please have a look some time. ${more}`,
    "",
  ].join("\r\n");
}

test.beforeAll(async ({ desk }) => {
  importProvider(desk);
});

test("a parked report is finished with the keyboard, and the next comes up", async ({ desk, page, signIn, javaScriptEnabled, isMobile }) => {
  test.skip(isMobile || javaScriptEnabled === false, "keys need a keyboard and a script");
  await desk.reported(prose("first of two"));
  await desk.reported(prose("second of two", "It sends spam."));
  await signIn("analyst");
  await page.goto("/sort-out");
  await expect(page.locator("html[data-awake=yes]")).toHaveCount(1);
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("second of two");
  await expect(page.locator("#source")).toHaveValue(CUSTOMER.address);
  await expectAccessible(page);
  await expect(page.locator("html[data-awake=yes]")).toHaveCount(1);
  await page.locator("#class").selectOption("messaging/spam");
  await page.locator("#class").blur();
  await page.keyboard.press("y");
  await expect(page.getByText(`Accepted: spam, ${CUSTOMER.address}`)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("first of two");
});

test("the reporter completes his own report", async ({ desk, page, signIn, isMobile }, info) => {
  test.skip(isMobile, "the desk's side is tried at desk width");
  const subject = `trouble ${info.project.name}`;
  const reporter = `${info.project.name}@complainer.example`;
  const { id, state } = await desk.reported(prose(subject, "", reporter));
  expect(state).toBe("parked");
  await signIn("analyst");
  await page.goto(`/reports/${id}`);
  await page.locator("summary", { hasText: "Ask the reporter" }).click();
  await expect(page.getByLabel("To", { exact: true })).toHaveValue(reporter);
  await page.getByLabel("source port").check();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText(/is asked; the report waits/)).toBeVisible();

  const mail = await desk.sink.to(reporter);
  expect(mail.text).not.toContain(CUSTOMER.name);
  const link = /\/r\/[\w-]{43}/.exec(mail.text)?.[0] ?? "";
  const answer = await page.goto(link);
  expect(answer?.headers()["set-cookie"]).toBeUndefined();
  await expect(page.locator("script")).toHaveCount(0);
  await expectAccessible(page);
  await page.getByLabel("What is it?").selectOption("connection/login_attack");
  await page.getByLabel("Source port").fill("50123");
  await page.getByLabel("Date and time").fill("some day");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("alert")).toContainText("Date and time");
  await page.getByLabel("Date and time").fill(new Date(Date.now() - 3_600_000).toISOString());
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Your answer has arrived")).toBeVisible();
  await page.goto(`/reports/${id}`);
  await expect(page.getByText("port 50123")).toBeVisible();
});

test("anybody can complain by the public form, on a phone too", async ({ page }) => {
  await page.goto("/report");
  await expect(page.locator("script")).toHaveCount(0);
  await expectAccessible(page);
  await page.getByLabel("What is it?").selectOption("content/phishing");
  await page.getByLabel(/^Address/).fill(`http://${CUSTOMER.address}/login`);
  await page.getByLabel(/What happened/).fill("A fake bank.");
  await page.getByLabel("Your name").fill("Jo Doe");
  await page.getByLabel("Your mail address").fill("jo@complainer.example");
  await page.getByRole("button", { name: "Send the report" }).click();
  await expect(page.getByRole("alert")).toContainText("Good faith");
  await page.getByLabel(/good faith/).check();
  await page.getByRole("button", { name: "Send the report" }).click();
  await expect(page.getByText("Your report has arrived")).toBeVisible();
});
