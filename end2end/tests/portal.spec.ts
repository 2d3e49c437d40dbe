// The customer's page on the wire: small, quiet, private.
import { gzipSync } from "node:zlib";
import { expect, test } from "../fixtures.ts";

test("a guessed link says nothing, and sets nothing", async ({ page }) => {
  const answer = await page.goto(`/c/${"A".repeat(43)}`);
  expect(answer?.status()).toBe(404);
  const headers = answer?.headers() ?? {};
  expect(headers["set-cookie"]).toBeUndefined();
  expect(headers["cache-control"]).toContain("no-store");
  expect(headers["content-security-policy"]).toMatch(/default-src 'none'/);
  expect(headers["x-robots-tag"] ?? (await page.content())).toContain("noindex");
  const html = (await answer?.text()) ?? "";
  expect(html).not.toContain("<script");
  expect(gzipSync(html).length).toBeLessThanOrEqual(14_000);
});

test("the walled garden's landing needs no link and no script", async ({ page }) => {
  const answer = await page.goto("/garden");
  expect(answer?.ok()).toBe(true);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect((await answer?.text()) ?? "").not.toContain("<script");
});
