// What every browser test is given: a desk per worker, and staff who can sign in.
import { expect, type Page, test as base } from "@playwright/test";
import { Desk, PASSWORD, type Role, STAFF } from "./support/desk.ts";

export { expect };

export const test = base.extend<{ signIn: (role: Role) => Promise<Page> }, { house: string; desk: Desk }>({
  // Files that say `test.use({ house: "…" })` get a worker, and so a desk, that no other file has touched.
  house: ["shared", { option: true, scope: "worker" }],
  desk: [
    async ({ house: _ }, use) => {
      const desk = await Desk.start();
      await use(desk);
      await desk.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ desk }, use) => use(desk.url),
  signIn: async ({ page }, use) => {
    await use(async (role) => {
      await page.goto("/sign-in");
      await page.getByLabel(/e-?mail/i).fill(STAFF[role].email);
      await page.getByLabel(/password/i).fill(PASSWORD);
      await page.getByRole("button", { name: /sign in/i }).click();
      await expect(page).not.toHaveURL(/\/sign-in/);
      await expect(page.getByRole("navigation").first()).toBeAttached();
      return page;
    });
  },
});
