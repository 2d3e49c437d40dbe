// Signing in and out.
import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../support/axe.ts";
import { STAFF } from "../support/desk.ts";

test("a stranger is sent to the sign-in page", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  await expectAccessible(page);
});

test("a wrong password is refused without saying what was wrong", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel(/e-?mail/i).fill(STAFF.analyst.email);
  await page.getByLabel(/password/i).fill("guessed");
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel(/e-?mail/i)).toHaveValue(STAFF.analyst.email);
});

test("staff sign in, see the desk, and sign out", async ({ page, signIn }) => {
  await signIn("analyst");
  await expectAccessible(page);
  await page.getByRole("button", { name: /sign out/i }).click();
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
});
