// Marks shown on the text: by the highlight API where there is one, so that the text is never rewritten;
// else by <mark> elements, which leave every character and so every place as it is.

import { pieces, rangeIn } from "./judging_places.js";

const painted = new Map();
export const highlights = () => globalThis.CSS?.highlights && globalThis.Highlight && !document.documentElement.dataset.plainMarks;

export function paint(name, marks) {
  show(name, marks.flatMap(pieces));
}

export function show(name, found) {
  if (highlights()) return void CSS.highlights.set(name, new Highlight(...found.map(rangeIn)));
  for (const element of painted.get(name) ?? []) unwrap(element);
  painted.set(name, found.flatMap((piece) => wrap(piece, name)));
}

function wrap({ block, from, to }, name) {
  const made = [];
  const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const nodes = [];
  for (let seen = 0; walk.nextNode(); seen += walk.currentNode.data.length) {
    const { data } = walk.currentNode;
    const [start, end] = [Math.max(from - seen, 0), Math.min(to - seen, data.length)];
    if (start < end) nodes.push([walk.currentNode, start, end]);
  }
  for (const [node, start, end] of nodes) {
    const middle = node.splitText(start);
    middle.splitText(end - start);
    const element = document.createElement("mark");
    element.className = name;
    middle.replaceWith(element);
    element.append(middle);
    made.push(element);
  }
  return made;
}

function unwrap(element) {
  const parent = element.parentNode;
  element.replaceWith(...element.childNodes);
  parent?.normalize();
}
