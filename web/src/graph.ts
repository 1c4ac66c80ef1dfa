// The neighbourhood, by hand: what is opened, folded and moved goes into the address, and the server
// draws it, so Back undoes it and the address can be sent. Without this script each is a link.

import { swap } from "./swap";

const PART = "#surroundings";
const still = matchMedia("(prefers-reduced-motion: reduce)");

type Point = { x: number; y: number };

const part = () => document.querySelector<HTMLElement>(PART);
const nodes = () => [...(part()?.querySelectorAll<SVGGElement>("g.node") ?? [])];
const place = (node: SVGGElement): Point => {
  const [x = 0, y = 0] = (node.dataset.at ?? "").split(" ").map(Number);
  return { x, y };
};
const find = (id: string | undefined) => nodes().find((node) => node.dataset.id === id);
const middle = () => nodes().find((node) => !node.dataset.through);

/** Draws another state of the picture; what stays glides to where it stands then. */
async function show(address: string, keep?: { id: string; fold: boolean }): Promise<void> {
  const root = middle();
  const origin = root && place(root);
  const before = new Map(
    nodes().map((node) => [node.dataset.id, from(place(node), origin)]),
  );
  const scrolled = part()?.querySelector(".picture")?.scrollLeft ?? 0;
  if (!(await swap(address, PART))) return;
  part()?.querySelector(".picture")?.scrollTo({ left: scrolled });
  const now = middle();
  for (const node of nodes()) {
    const was = before.get(node.dataset.id);
    if (!was || still.matches || !now) continue;
    const is = from(place(node), place(now));
    if (Math.hypot(was.x - is.x, was.y - is.y) < 1) continue;
    node.animate(
      [{ transform: `translate(${was.x - is.x}px, ${was.y - is.y}px)` }, { transform: "none" }],
      { duration: 250, easing: "ease-out" },
    );
  }
  const kept = keep && find(keep.id);
  const links = kept ? [...kept.querySelectorAll<SVGAElement>("text a")] : [];
  ((keep?.fold ? links[1] : undefined) ?? links[0])?.focus();
}

function from(point: Point, origin?: Point): Point {
  return { x: point.x - (origin?.x ?? 0), y: point.y - (origin?.y ?? 0) };
}

/** Shows an address as a step of its own, which Back takes back. */
function go(address: string, keep?: { id: string; fold: boolean }): void {
  history.pushState(null, "", address);
  void show(address, keep);
}

/** The way from the middle to a record stays in sight, everything else steps back. */
function light(node: SVGGElement | null): void {
  const picture = part()?.querySelector("svg");
  if (!picture) return;
  picture.querySelectorAll(".on-way").forEach((one) => one.classList.remove("on-way"));
  picture.classList.toggle("lit", node !== null && Boolean(node.dataset.through));
  for (let at = node; at; at = find(at.dataset.through) ?? null) {
    at.classList.add("on-way");
    const [id, through] = [at.dataset.id, at.dataset.through];
    for (const tie of picture.querySelectorAll<SVGGElement>("g[data-from]")) {
      const { from: a, to: b } = tie.dataset;
      if ((a === id && b === through) || (a === through && b === id)) tie.classList.add("on-way");
    }
    if (!through) break;
  }
}

const nodeOf = (event: Event): SVGGElement | null =>
  event.target instanceof Element ? event.target.closest<SVGGElement>(`${PART} g.node`) : null;

document.addEventListener("pointerover", (event) => light(nodeOf(event)));
document.addEventListener("focusin", (event) => light(nodeOf(event)));

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link =
    event.target instanceof Element
      ? event.target.closest(`${PART} a.fold, ${PART} a.redraw`)
      : null;
  const address = link?.getAttribute("href");
  if (!address) return;
  event.preventDefault();
  const id = nodeOf(event)?.dataset.id;
  go(address, id ? { id, fold: true } : undefined);
});

addEventListener("popstate", () => void show(location.href));

// From one record to the next without leaving the picture.
document.addEventListener("keydown", (event) => {
  const node = nodeOf(event);
  if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = nodes();
  const to = (at: number) => all[(at + all.length) % all.length]?.querySelector<SVGAElement>("text a");
  const at = all.indexOf(node);
  const fold = node.querySelector<SVGAElement>("a.fold");
  switch (event.key) {
    case "ArrowRight":
    case "ArrowDown":
      to(at + 1)?.focus();
      break;
    case "ArrowLeft":
    case "ArrowUp":
      to(at - 1)?.focus();
      break;
    case "Home":
      middle()?.querySelector<SVGAElement>("text a")?.focus();
      break;
    case "+":
    case "-":
      fold?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      break;
    default:
      return;
  }
  event.preventDefault();
});

// A record that is drawn aside stays there: where it stands goes into the address.
let dragged: { node: SVGGElement; start: Point; moved: Point } | null = null;

const scale = (node: SVGGElement): number => node.ownerSVGElement?.getScreenCTM()?.a || 1;

document.addEventListener("pointerdown", (event) => {
  const node = nodeOf(event);
  const on = event.target instanceof Element && event.target.closest("circle");
  if (!node || !on || event.button !== 0 || !node.dataset.through) return;
  dragged = { node, start: { x: event.clientX, y: event.clientY }, moved: { x: 0, y: 0 } };
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const by = scale(dragged.node);
  const moved = {
    x: (event.clientX - dragged.start.x) / by,
    y: (event.clientY - dragged.start.y) / by,
  };
  dragged.moved = moved;
  dragged.node.setAttribute("transform", `translate(${moved.x} ${moved.y})`);
  dragged.node.classList.add("held");
});

document.addEventListener("pointerup", () => {
  const held = dragged;
  dragged = null;
  const root = middle();
  if (!held || !root) return;
  const id = held.node.dataset.id ?? "";
  const { moved } = held;
  if (Math.hypot(moved.x, moved.y) < 4) {
    held.node.removeAttribute("transform");
    held.node.classList.remove("held");
    return;
  }
  const at = from(place(held.node), place(root));
  const [x, y] = [Math.round(at.x + moved.x), Math.round(at.y + moved.y)];
  const address = new URL(location.href);
  const pins = (address.searchParams.get("pin") ?? "").split(",");
  const others = pins.filter((pin) => pin && !pin.startsWith(`${id}:`));
  address.searchParams.set("pin", [...others, `${id}:${x}:${y}`].join(","));
  address.hash = "around";
  // A link that was dragged must not be followed.
  addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
  setTimeout(() => go(address.href, { id, fold: false }), 0);
});
