// Reads the pages of a running server in a real browser: each screen in both languages, both
// schemes and two widths, with axe-core, and as a file; then walks through them by keyboard, and without a script.
// usage: node pages_client.mjs BASE CHROMIUM SCREENSHOTS BINARY

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, browserName, pictures, binary] = process.argv.slice(2);
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

// A binary that was built without the pages' scripts is not what is read here.
const script = await fetch(`${base}/islands/graph.js`);
check("the scripts are built in", script.status === 200 ? [] : [`status ${script.status}`]);

const screens = {
  "1-find": "/?text=Spamouflage",
  "1-start": "/",
  "1-narrowed": "/?noun=Claim&assessor=Global%20Affairs%20Canada&from=2023-09",
  "2-campaign": `/id/${members}`,
  "2-campaign-asserted": `/id/${lake}?assertedBy=2022-08`,
  "2-campaign-around": `/id/${members}?depth=2&pin=${lake}:300:-200`,
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
  "9-graphql-box": "/graphql",
  "9-graphql": `/graphql?query=${encodeURIComponent("{ campaigns { nodes { id label platforms { nodes { id label } } claims { nodes { id kind verbatim { text } assessors { id label } } } } } }")}`,
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

// Every screen as a file: read from the disk, with nothing beside it.
const kept = mkdtempSync(join(tmpdir(), "fieldmark-pages-"));
{
  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const [name, path] of Object.entries(screens)) {
    const read = await (await fetch(`${base}${path}`, { headers: { accept: "text/html" } })).text();
    const link = read.match(/href="([^"]*[?&;]form=html)"/)?.[1];
    // A form that waits to be filled in is nothing to take away.
    if (!link && /^(9-sparql|9-graphql-box|sign-in)$/.test(name)) continue;
    if (!link) {
      check(`${name} as a file`, ["no link leads to it"]);
      continue;
    }
    const answer = await fetch(`${base}${link.replaceAll("&amp;", "&")}`, { headers: { accept: "text/html" } });
    const problems = answer.status === 200 ? [] : [`status ${answer.status}`];
    const file = join(kept, `${name}.html`);
    writeFileSync(file, await answer.text());
    asked.length = 0;
    await page.goto(`file://${file}`);
    const others = asked.filter((url) => url !== `file://${file}`);
    if (others.length > 0) problems.push(`it asks for ${others.join(", ")}`);
    const said = await page.evaluate(() => ({
      styled: getComputedStyle(document.body).marginTop === "0px",
      here: [...document.querySelectorAll("a[href]")].filter((one) => !/^(#|https?:)/.test(one.getAttribute("href"))).length,
    }));
    if (!said.styled) problems.push("it has no style");
    if (said.here > 0) problems.push(`${said.here} of its links lead nowhere`);
    await page.evaluate(axe);
    const result = await page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
    );
    problems.push(...result.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`));
    check(`${name} as a file`, problems);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-file.png`), fullPage: true });
  }
  await context.close();
}
rmSync(kept, { recursive: true });

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

// From a thing that is drawn to the thing itself, without a mouse and without our script.
const walked = await opened({ javaScriptEnabled: false });
const unreached = [];
try {
  const { page } = walked;
  for (const [what, path, least] of [
    ["argument", `/dossier/${members}`, 3],
    ["waterfall", `/overlap?of=${lake}&with=${members}`, 3],
    ["timeline", `/timeline/${members}`, 10],
    ["matrix", `/matrix?of=${members}`, 3],
  ]) {
    await page.goto(path);
    const links = page.locator(".picture svg a[href]:visible");
    const count = await links.count();
    if (count < least) unreached.push(`${what}: ${count} links`);
    await links.first().focus();
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => document.activeElement?.closest("svg a")?.textContent ?? "");
    if (!name) unreached.push(`${what}: Tab does not lead to the next`);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/id\//);
    if ((await page.locator("h1").count()) !== 1) unreached.push(`${what}: it leads to no page`);
  }
} catch (error) {
  unreached.push(String(error).split("\n")[0]);
}
check("pictures by keyboard", [...unreached, ...walked.errors, ...walked.foreign]);
await walked.context.close();

// The neighbourhood by hand: what is opened and moved stands in the address, and Back takes it back.
const around = await opened({});
const slips = [];
try {
  const { page } = around;
  const nodes = () => page.locator("#surroundings g.node").count();
  const wants = (what, holds) => holds || slips.push(what);
  await page.goto(`/id/${members}`);
  const before = await nodes();
  const one = page.locator("g.node", { hasText: "Spamouflage" });
  await one.locator("text a").first().focus();
  wants("the way to the middle is lit", (await page.locator("svg.lit g.node.on-way").count()) === 2);
  await page.keyboard.press("+");
  await page.waitForFunction((n) => document.querySelectorAll("#surroundings g.node").length > n, before);
  const open = await nodes();
  wants("the address says what is open", page.url().includes("open=intrusion-set--"));
  wants(
    "the focus stays at the record",
    (await page.evaluate(() => document.activeElement?.closest("g.node")?.textContent ?? "")).includes("Spamouflage"),
  );
  const dot = page.locator("g.node", { hasText: "Xin Liu" }).locator("circle");
  await dot.scrollIntoViewIfNeeded();
  const box = await dot.boundingBox();
  await page.mouse.move(box.x + 4, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x - 80, box.y - 40, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/pin=/);
  await page.waitForFunction(() => !document.querySelector("#surroundings .held"));
  const moved = await page.locator("g.node", { hasText: "Xin Liu" }).locator("circle").boundingBox();
  wants("what was moved stays in the page", moved !== null);
  const drawn = await page.reload();
  wants("the address alone draws it so", drawn.status() === 200 && (await nodes()) === open);
  await page.goto(`/id/${members}`);
  await page.locator("g.node", { hasText: "Spamouflage" }).locator("a.fold").click();
  await page.waitForURL(/open=/);
  await page.goBack();
  await page.waitForFunction((n) => document.querySelectorAll("#surroundings g.node").length === n, before);
} catch (error) {
  slips.push(String(error).split("\n")[0]);
}
check("the neighbourhood by hand", [...slips, ...around.errors, ...around.foreign]);
await around.context.close();

const plain = await opened({ javaScriptEnabled: false });
await plain.page.goto(`/id/${members}`);
const few = await plain.page.locator("#surroundings g.node").count();
await plain.page.locator("g.node", { hasText: "Spamouflage" }).locator("a.fold").click();
const many = await plain.page.locator("#surroundings g.node").count();
check("the neighbourhood without a script", many > few ? [] : [`${few} records before, ${many} after`]);
await plain.context.close();

// A query is completed while it is typed, by keys alone, and what is taken brings its prefix.
const typed = await opened({});
const gaps = [];
try {
  const { page } = typed;
  const wants = (what, holds) => holds || gaps.push(what);
  await page.goto("/console");
  const query = page.locator("textarea[name=query]");
  await query.fill("SELECT ?claim WHERE { ?claim a Attri");
  await query.press("End");
  await query.pressSequentially("b");
  await page.waitForSelector("#completions [role=option]");
  await page.keyboard.press("ArrowDown");
  wants("a term is chosen", (await query.getAttribute("aria-activedescendant")) === "completions-0");
  await page.keyboard.press("Enter");
  wants("it is taken", /a fm:Attribution$/.test(await query.inputValue()));
  wants("its prefix is said", (await query.inputValue()).startsWith("PREFIX fm: <https://w3id.org/fieldmark/ns#>"));
  await query.pressSequentially(" } LIMIT 3 # ?cl");
  await page.waitForSelector("#completions [role=option]:has-text('?claim')");
  await page.keyboard.press("Escape");
  wants("Escape lets go", await page.locator("#completions").isHidden());
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+Enter")]);
  wants("it is asked", (await page.locator("main tbody tr").count()) === 3);
} catch (error) {
  gaps.push(String(error).split("\n")[0]);
}
check("a query completed by keys", [...gaps, ...typed.errors, ...typed.foreign]);
await typed.context.close();

// The same in GraphQL, by what the schema has at the caret; what it does not have is said while one types.
const shaped = await opened({ permissions: ["clipboard-read", "clipboard-write"] });
const missing = [];
try {
  const { page } = shaped;
  const wants = (what, holds) => holds || missing.push(what);
  await page.goto("/graphql");
  const query = page.locator("textarea[name=query]");
  await query.fill("{ campaigns { nodes { labe");
  await query.press("End");
  await query.pressSequentially("l");
  await page.waitForSelector("#completions [role=option]");
  const offered = await page.locator("#completions [role=option]").allTextContents();
  wants("fields of a campaign alone", offered.every((one) => /label/i.test(one)));
  await query.fill("{ campaigns { nodes {  } } }");
  await query.evaluate((box) => box.setSelectionRange(22, 22));
  await page.keyboard.press("Control+Space");
  await page.waitForSelector("#completions [role=option]:has-text('firstSeen')");
  await page.keyboard.press("Escape");
  await query.pressSequentially("firstSee");
  await page.waitForSelector("#completions [role=option]:has-text('firstSeen')");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  wants("a field is taken", (await query.inputValue()).includes("{ firstSeen }"));
  await query.pressSequentially(" nothing");
  await page.waitForSelector(".faults p:has-text('nothing')");
  await query.fill("{ campaigns(first: 2) { nodes { id label } } }");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+Enter")]);
  wants("it is asked", (await page.locator("main tbody tr").count()) === 2);
  await page.locator(".behind summary").click();
  await page.getByRole("button", { name: "Copy: curl" }).click();
  await page.getByRole("button", { name: "Copied: curl" }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const run = JSON.parse(execFileSync("sh", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  wants("what is copied runs", run.data.campaigns.nodes.length === 2);
} catch (error) {
  missing.push(String(error).split("\n")[0]);
}
check("a GraphQL query completed by keys, and copied", [...missing, ...shaped.errors, ...shaped.foreign]);
await shaped.context.close();

// A base of one's own, where somebody may write: the queue by one key each, and a reason typed.
const data = mkdtempSync(join(tmpdir(), "fieldmark-pages-"));
const said = [];
let own;
try {
  const port = await new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
  const site = `http://127.0.0.1:${port}`;
  const made = execFileSync(
    binary,
    ["token", "create", "--name", "reviewer", "--audience", "steward", "--role", "writer", "--data", data],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  const token = made.match(/fm_\S+/)[0];
  own = spawn(binary, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: "ignore" });
  for (let waited = 0; ; waited += 1) {
    const ready = await fetch(`${site}/readyz`).catch(() => null);
    if (ready?.ok) break;
    if (waited > 300) throw new Error("the server of one's own is not ready");
    await new Promise((done) => setTimeout(done, 100));
  }
  const campaign = (number, name) => `
    <https://w3id.org/fieldmark/id/campaign--00000000-0000-4000-8000-00000000000${number}>
      a <http://docs.oasis-open.org/cti/ns/stix#Campaign> ;
      <http://www.w3.org/2004/02/skos/core#prefLabel> "${name}"@en .`;
  const answer = await fetch(`${site}/api/v1/import?format=turtle&marking=tlp:clear&propose=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: campaign(1, "Sundew") + campaign(2, "Butterwort") + campaign(3, "Bladderwort"),
  });
  if ((await answer.json()).proposed !== 3) said.push("the three are not proposed");
  const queue = await opened({ baseURL: site });
  const { page } = queue;
  await page.goto("/sign-in");
  await page.fill("main input[name=token]", token);
  await Promise.all([page.waitForNavigation(), page.click("main form button")]);
  await page.goto("/review");
  await page.keyboard.press("j");
  await page.keyboard.press("r");
  await page.keyboard.type("no source says so");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await page.waitForSelector("main [role=status]:has-text('refused')", { timeout: 5000 });
  await page.keyboard.press("a");
  await page.waitForSelector("main [role=status]:has-text('added')", { timeout: 5000 });
  check("the queue by one key each", said.splice(0));
  // The last is accepted as saying something else; what it said otherwise stays.
  await Promise.all([page.waitForNavigation(), page.keyboard.press("e")]);
  const name = page.locator("[name='said.prefLabel']");
  const was = await name.inputValue();
  await name.fill(`${was}, edited`);
  await Promise.all([page.waitForNavigation(), page.click("button[value=edit]")]);
  if (!(await page.locator("main [role=alert]").innerText()).includes("reason")) said.push("no reason is asked for");
  if ((await name.inputValue()) !== `${was}, edited`) said.push("what was typed is lost");
  await page.fill("form.sheet [name=reason]", "the name lacked a word");
  await Promise.all([page.waitForNavigation(), page.click("button[value=edit]")]);
  await page.waitForSelector("main [role=status]:has-text('added')", { timeout: 5000 });
  const edited = await (await page.request.get("/api/v1/search?text=edited")).json();
  if (!edited.items[0]?.label.endsWith(", edited")) said.push("it is not found by its new name");
  check("a proposal accepted changed", said.splice(0));
  // What is proposed stands beside the lines that it quotes, once the text of its source is given.
  const quoting = (number, words) => `
    <https://w3id.org/fieldmark/id/campaign--00000000-0000-4000-8000-0000000001${number}>
      a <http://docs.oasis-open.org/cti/ns/stix#Campaign> ;
      <http://www.w3.org/2004/02/skos/core#prefLabel> "Drosera ${number}"@en ;
      <https://w3id.org/fieldmark/ns#verbatim> "${words}"@en ;
      <http://purl.org/dc/terms/source> <https://w3id.org/fieldmark/id/report--00000000-0000-4000-8000-000000000009> .`;
  const told = await fetch(`${site}/api/v1/import?format=turtle&marking=tlp:clear&propose=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: quoting(11, "a bog that eats") + quoting(12, "nobody wrote this"),
  });
  if ((await told.json()).proposed !== 2) said.push("the two are not proposed");
  await page.goto("/source/report--00000000-0000-4000-8000-000000000009");
  await page.fill("textarea[name=text]", "Notes from the field\n\nIt is a bog\nthat eats, they say.\n");
  await Promise.all([page.waitForNavigation(), page.click("button[value=keep]")]);
  const lit = await page.locator("mark").allInnerTexts();
  if (lit.join("|") !== "a bog|that eats") said.push(`lit is ${lit.join("|")}`);
  for (const [name, path] of [["8-source", page.url()], ["8-review-source", "/review"]]) {
    for (const [width, colorScheme] of [[1280, "light"], [390, "dark"]]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
      await page.evaluate(axe);
      said.push(...(await page.evaluate(async () => (await globalThis.axe.run()).violations.map((one) => one.id))));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) said.push(`${name} is wider than ${width}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  const beside = await page.locator("article.proposal section.text").allInnerTexts();
  if (beside.length !== 2 || !beside[1].includes("do not stand in the text")) said.push(`beside them stands ${beside.join("|")}`);
  check("a proposal beside the source that it quotes", said.splice(0));
  // A claim: a name completed, and what is filled in checked without being asked.
  const { items } = await (await page.request.get("/api/v1/search?text=Sundew")).json();
  const kept = items[0]?.label ?? "Butterwort";
  await page.goto("/write?kind=attribution");
  const subject = page.locator("[name='said.subject']");
  await subject.pressSequentially(kept.slice(0, 5).toLowerCase());
  await page.waitForSelector("#names-said-subject [role=option]");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  if ((await subject.inputValue()) !== kept) said.push(`the subject is ${await subject.inputValue()}`);
  for (const field of await page.locator("[aria-required=true]").all()) {
    const is = await field.evaluate((one) => [one.tagName, one.value]);
    if (is[0] === "SELECT") await field.selectOption({ index: 1 });
    else if (!is[1]) await field.fill("Nobody of this name");
  }
  await page.locator("[name=reason]").fill("to see what is found");
  await page.keyboard.press("Tab");
  await page.waitForSelector("#told [role]", { timeout: 5000 });
  if (!(await page.locator("#told").innerText()).includes("Nobody of this name"))
    said.push(`it says: ${await page.locator("#told").innerText()}`);
  await page.evaluate(axe);
  said.push(...(await page.evaluate(async () => (await globalThis.axe.run("main")).violations.map((one) => one.id))));
  said.push(...queue.errors);
  await queue.context.close();
} catch (error) {
  said.push(String(error).split("\n")[0]);
} finally {
  own?.kill();
  await new Promise((done) => (own ? own.once("exit", done) : done()));
  rmSync(data, { recursive: true, force: true });
}
check("a claim in the editor", said);

// What goes wrong is a page that says what to do.
const wrong = await opened({});
for (const [name, path, status] of [
  ["an unknown id", "/id/campaign--00000000-0000-4000-8000-000000000000", 404],
  ["an unknown name", "/dossier/nobody%20of%20this%20name", 404],
  ["a mistyped filter", "/?text=x&noun=Capmaign", 400],
  ["a mistyped parameter", "/?nown=Campaign", 400],
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
