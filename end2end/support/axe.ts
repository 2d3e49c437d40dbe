// The accessibility check: axe-core inside the page, WCAG 2.2 A and AA.
import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * Fails with one line for each fault. It runs through the debugger, so a strict policy does not matter; but axe waits
 * for timers, which do not run where scripts are switched off, so there the same page's check in `js` has to do.
 */
export async function expectAccessible(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  await page.evaluate(source);
  const faults = await page.evaluate(async (rules) => {
    // @ts-expect-error axe is there since the line above
    const found = await window.axe.run(document, { runOnly: rules });
    return found.violations.flatMap((v: any) => v.nodes.map((n: any) => `${v.id}: ${n.target.join(" ")}: ${v.help}`));
  }, RULES);
  expect(faults, `accessibility of ${page.url()}`).toEqual([]);
}
