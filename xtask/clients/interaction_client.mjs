// How long the neighbourhood takes to answer a hand: from the key or the pointer to the picture that
// is painted, in milliseconds, as JSON.
// node interaction_client.mjs BASE BROWSER PATH ROUNDS
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

const [base, browserName, path, rounds] = process.argv.slice(2);
const executablePath = browserName.includes("/")
  ? browserName
  : execFileSync("which", [browserName], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ baseURL: base });
const took = { open: [], light: [] };
for (let round = 0; round <= Number(rounds); round += 1) {
  await page.goto(path, { waitUntil: "networkidle" });
  // A node is lit when it is looked at, and its way to the middle with it.
  const figures = await page.evaluate(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    // Without its script a page answers no hand.
    const took = async (begun, holds) => {
      while (!holds()) {
        if (performance.now() - begun > 10_000) return null;
        await painted();
      }
      await painted();
      return performance.now() - begun;
    };
    const drawn = document.querySelector("#surroundings svg");
    const last = [...document.querySelectorAll("#surroundings g.node")].at(-1);
    if (last === undefined) return { light: null, open: null };
    let begun = performance.now();
    last.querySelector("a").focus();
    const light = await took(begun, () => document.querySelector("svg.lit"));
    const fold = document.querySelector("#surroundings g.node a.fold");
    if (light === null || fold === null) return { light, open: null };
    begun = performance.now();
    fold.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    return { light, open: await took(begun, () => !drawn.isConnected) };
  });
  // The first warms the server and the browser.
  for (const what of Object.keys(took)) {
    if (round > 0 && figures[what] !== null) took[what].push(figures[what]);
  }
}
console.log(JSON.stringify(took));
await browser.close();
