// Reads the pages of a running server in a real browser: each screen in both languages, both
// schemes and two widths, with axe-core; then walks through them by keyboard, and without a script.
// usage: node pages_client.mjs BASE CHROMIUM SCREENSHOTS

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, browserName, pictures] = process.argv.slice(2);
const executablePath = browserName.includes("/")
  ? browserName
  : execFileSync("which", [browserName], { encoding: "utf8" }).trim();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tally = { passed: 0, failed: 0, skipped: 0 };

function check(name, problems) {
  if (problems.length === 0) {
    tally.passed += 1;
  } else {
    tally.failed += 1;
    console.log(`FAIL   ${name} -- ${problems.join("; ")}`);
  }
}

const found = await (await fetch(`${base}/api/v1/search?text=campaign&noun=Campaign`)).json();
const id = (name) => {
  const hit = found.items.find((one) => one.label.includes(name));
  if (!hit) throw new Error(`no campaign of the case is called ${name}`);
  return hit.id;
};
const [lake, members] = [id("Alces Lake"), id("MPs")];

const screens = {
  "1-find": "/?text=Spamouflage",
  "1-start": "/",
  "1-narrowed": "/?noun=Claim&assessor=Global%20Affairs%20Canada&from=2023-09",
  "2-campaign": `/id/${members}`,
  "3-dossier": `/dossier/${members}`,
  "4-overlap": `/overlap?of=${lake}&with=${members}`,
  "4-overlap-choice": "/overlap",
  "5-timeline": `/timeline/${members}`,
  "6-matrix": `/matrix?of=${lake}&with=${members}&show=intersection`,
  "7-release": "/release?to=public",
  "8-review": "/review",
  "9-questions": "/questions",
  "9-question": "/questions/attribution?ask=1",
  "9-sparql": "/sparql",
  "9-console": `/console?query=${encodeURIComponent("PREFIX fm: <https://w3id.org/fieldmark/ns#> SELECT ?claim ?assessor { ?claim a fm:Attribution ; fm:assessor ?assessor }")}`,
  "10-sharing": "/sharing",
  "sign-in": "/sign-in",
  "changes": `/changes/${members}?since=2023-09-06&until=2023-09-20`,
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function opened(options) {
  const context = await browser.newContext({ baseURL: base, ...options });
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith("data:")) foreign.push(url);
  });
  const errors = [];
  page.on("console", (said) => said.type() === "error" && errors.push(said.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  return { context, page, foreign, errors };
}

function localised(path, lang) {
  return `${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;
}

// Every screen, in every way it may be looked at.
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    const seen = await opened({ colorScheme, viewport: { width, height: 900 } });
    for (const [name, path] of Object.entries(screens)) {
      for (const lang of ["en", "fr"]) {
        const problems = [];
        seen.errors.length = 0;
        const answer = await seen.page.goto(localised(path, lang));
        if (answer.status() !== 200) problems.push(`status ${answer.status()}`);
        const state = await seen.page.evaluate(() => ({
          lang: document.documentElement.lang,
          heading: document.querySelectorAll("h1").length,
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }));
        if (state.lang !== lang) problems.push(`its language is ${state.lang}`);
        if (state.heading < 1) problems.push("it has no heading");
        if (state.wide > 0) problems.push(`it is ${state.wide} px wider than the screen`);
        problems.push(...seen.errors);
        // axe is evaluated by the debugger, so that the page's own policy stays as strict as it is.
        await seen.page.evaluate(axe);
        const result = await seen.page.evaluate(() =>
          globalThis.axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
          }),
        );
        for (const one of result.violations) {
          problems.push(`${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
        }
        check(`${name} ${lang} ${colorScheme} ${width}`, problems);
        if (lang === "en" && pictures) {
          await seen.page.screenshot({
            path: join(pictures, `${name}-${colorScheme}-${width}.png`),
            fullPage: true,
          });
        }
      }
    }
    check(`no foreign request, ${colorScheme} ${width}`, seen.foreign);
    await seen.context.close();
  }
}

// Goes to an element by the Tab key alone.
async function tabTo(page, selector) {
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    const there = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    );
    if (there) return;
  }
  throw new Error(`the Tab key does not come to ${selector}`);
}

// From the first page to the exported comparison, with nothing but keys.
async function walk(options) {
  const seen = await opened(options);
  const { page } = seen;
  const problems = [];
  try {
    await page.goto("/");
    await tabTo(page, "header input[name=text]");
    await page.keyboard.type("Alces Lake");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    await tabTo(page, `main a[href*="/id/${lake}"]`);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    await tabTo(page, `main a[href*="/dossier/${lake}"]`);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    if (!(await page.textContent("main")).includes("Position 1")) problems.push("the dossier has no position");
    await page.goBack();
    await tabTo(page, "main form[action='/overlap'] input[name=with]");
    await page.keyboard.type(members);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    if (!(await page.textContent("h1")).includes("×")) problems.push("nothing is compared");
    await tabTo(page, "main .behind a");
    const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
    const exported = await (await fetch(base + href)).json();
    if (!exported.shared?.length) problems.push("the exported comparison shares nothing");
  } catch (error) {
    problems.push(String(error).split("\n")[0]);
  }
  await seen.context.close();
  return problems;
}
check("find, dossier, compare, export: by keyboard", await walk({}));
check("find, dossier, compare, export: without a script", await walk({ javaScriptEnabled: false }));

// A newcomer's day.
const day = await opened({});
const problems = [];
try {
  const { page } = day;
  const text = () => page.textContent("main");
  const wants = async (what, ...words) => {
    const said = await text();
    for (const word of words) if (!said.includes(word)) problems.push(`${what}: no "${word}"`);
  };
  await page.goto("/");
  await page.fill("main input[name=text]", "Spamouflage");
  await page.click("main form[role=search] button");
  await wants("found", "Spamouflage");
  await page.goto("/dossier/Spamouflage");
  await wants("who says it is the MPS, in what words", "Ministry of Public Security", "“");
  await page.goto(`/changes/${members}?since=2023-09-06&until=2023-09-20`);
  await wants("what changed", "2023-09-15");
  await page.goto("/overlap");
  await page.selectOption("main select[name=of]", lake);
  await page.selectOption("main select[name=with]", members);
  await page.click("main form button");
  await wants("what links them", "bits");
  await page.goto("/release");
  await page.selectOption("main select[name=to]", "public");
  await page.click("main form button");
  await wants("what public sees", "public");
  const bundle = await (await fetch(`${base}/api/v1/export?format=stix`, { headers: { "Fieldmark-As": "public" } })).json();
  if (bundle.type !== "bundle" || bundle.objects.length === 0) problems.push("the bundle is empty");
} catch (error) {
  problems.push(String(error).split("\n")[0]);
}
check("a newcomer's day", problems);
await day.context.close();

// What goes wrong is a page that says what to do.
const wrong = await opened({});
for (const [name, path, status] of [
  ["an unknown id", "/id/campaign--00000000-0000-4000-8000-000000000000", 404],
  ["an unknown name", "/dossier/nobody%20of%20this%20name", 404],
  ["a mistyped filter", "/?text=x&noun=Capmaign", 400],
  ["a stale cursor", "/?text=campaign&after=zzz", 400],
  ["a moment that is none", "/?knownAt=yesterday", 400],
  ["eyes that are none", "/?as=nobody", 404],
  ["markup in a name", "/?text=%3Cscript%3Ealert(1)%3C/script%3E", 200],
  ["ten thousand characters", `/?text=${"x".repeat(10000)}`, 200],
  ["right to left and zero width", "/?text=%E2%80%AEabc%E2%80%8B", 200],
]) {
  const answer = await wrong.page.goto(path);
  const said = [];
  if (answer.status() !== status) said.push(`status ${answer.status()} instead of ${status}`);
  if ((await wrong.page.locator("h1").count()) < 1) said.push("it is no page of ours");
  if ((await wrong.page.locator("main script").count()) > 0) said.push("markup of the address came through");
  check(name, said);
}
await wrong.context.close();

await browser.close();
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exit(tally.failed === 0 ? 0 : 1);
