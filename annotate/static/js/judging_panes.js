// Where one is: the bar at the lower edge, the place kept in both parts and across visits, and an outline of long texts.

import { blocksOf, textsOf } from "./judging_places.js";
import { word } from "./judging_words.js";

const LONG = 2400;
const byId = (id) => document.getElementById(id);

export function preparePanes(assignment) {
  prepareBar();
  outline();
  keepPlace(assignment);
}

function prepareBar() {
  const jump = document.querySelector(".jump");
  const [toQuestions, toText] = jump.children;
  const pane = byId("questions");
  const places = { text: 0, questions: null };
  const turn = () => {
    const inQuestions = pane.getBoundingClientRect().top < innerHeight / 2;
    toQuestions.classList.toggle("on", !inQuestions);
    toText.classList.toggle("on", inQuestions);
  };
  jump.classList.add("scripted");
  turn();
  addEventListener("scroll", turn, { passive: true });
  toQuestions.addEventListener("click", (event) => {
    places.text = scrollY;
    if (places.questions === null) return;
    event.preventDefault();
    scrollTo(0, places.questions);
    pane.focus({ preventScroll: true });
  });
  toText.addEventListener("click", (event) => {
    places.questions = scrollY;
    event.preventDefault();
    scrollTo(0, places.text);
    byId("text").focus({ preventScroll: true });
  });
}

// Long responses: the beginnings of their paragraphs, to jump to. Shorter ones need no map.
function outline() {
  const nav = byId("outline");
  const texts = textsOf().filter((text) => text.dataset.response !== undefined && text.textContent.length > LONG);
  const blocks = texts.flatMap((text) => blocksOf(text).filter((block) => block.textContent.trim().length > 60));
  if (blocks.length < 4) return;
  const list = document.createElement("ol");
  for (const [place, block] of blocks.entries()) {
    block.id ||= `part-${place + 1}`;
    block.tabIndex = -1;
    const words = block.textContent.trim().split(/\s+/).slice(0, 6).join(" ");
    const link = Object.assign(document.createElement("a"), { href: `#${block.id}`, textContent: `${words} …`, dir: "auto" });
    link.setAttribute("aria-label", word("outlineOf", { n: place + 1, words }));
    const entry = document.createElement("li");
    entry.append(link);
    list.append(entry);
  }
  nav.append(list);
  nav.hidden = false;
}

// The place in the text, kept for this item on this device.
function keepPlace(assignment) {
  const name = `place-${assignment}`;
  const pane = byId("text");
  const scrolls = () => (getComputedStyle(pane).overflowY === "auto" ? pane : document.documentElement);
  let known = null;
  try {
    known = JSON.parse(localStorage.getItem(name));
  } catch {}
  if (known && !location.hash) scrolls().scrollTop = known;
  let timer;
  const note = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        localStorage.setItem(name, JSON.stringify(Math.round(scrolls().scrollTop)));
      } catch {}
    }, 200);
  };
  addEventListener("scroll", note, { passive: true });
  pane.addEventListener("scroll", note, { passive: true });
}
