// The browser journey: Debian's Chromium, three ways of looking, one desk of its own for every worker.
import { defineConfig } from "@playwright/test";

const chromium = {
  executablePath: process.env.LAZARET_CHROMIUM ?? "/usr/bin/chromium",
  // Playwright's own headless switch would look for a second program that Debian does not ship.
  args: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A desk is costly to fill and the journey changes it: files run side by side, the tests of one file in order.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
  },
  projects: [
    { name: "js", use: { viewport: { width: 1280, height: 800 } } },
    { name: "no-js", use: { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false } },
    {
      name: "phone",
      testIgnore: /journey/,
      use: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    },
  ],
});
