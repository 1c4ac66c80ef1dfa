// How long the neighbourhood takes to answer a hand: from the key or the pointer to the picture that
// is painted, in milliseconds, as JSON.
// node interaction_client.mjs BASE BROWSER PATH ROUNDS
import { chromium } from "playwright-core";

const [base, executablePath, path, rounds] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ baseURL: base });
const took = { open: [], light: [] };
for (let round = 0; round <= Number(rounds); round += 1) {
  await page.goto(path, { waitUntil: "networkidle" });
  // A node is lit when it is looked at, and its way to the middle with it.
  const figures = await page.evaluate(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const until = async (holds) => {
      while (!holds()) await painted();
      await painted();
    };
    const nodes = () => document.querySelectorAll("#surroundings g.node").length;
    const last = [...document.querySelectorAll("#surroundings g.node")].at(-1);
    let begun = performance.now();
    last.querySelector("a").focus();
    await until(() => document.querySelector("svg.lit"));
    const light = performance.now() - begun;
    const fold = document.querySelector("#surroundings g.node a.fold");
    if (fold === null) return { light, open: null };
    const before = nodes();
    begun = performance.now();
    fold.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    await until(() => nodes() !== before);
    return { light, open: performance.now() - begun, nodes: nodes() };
  });
  // The first warms the server and the browser.
  if (round > 0) {
    took.light.push(figures.light);
    if (figures.open !== null) took.open.push(figures.open);
    took.nodes = figures.nodes;
  }
}
console.log(JSON.stringify(took));
await browser.close();
