// Places in a text: from what a browser counts (UTF-16 units of nodes) to what is kept (code points of the text
// as stored), and back. Formatted text is found again by its words.

const points = (text) => [...text].length;
const units = (text, place) => [...text].slice(0, place).join("").length;

export const textsOf = () => [...document.querySelectorAll(".text-pane .reading")];

export const textOf = (mark) =>
  document.querySelector(mark.response === undefined ? `[data-turn="${mark.turn}"]` : `[data-response="${CSS.escape(mark.response)}"]`);

export function placeOf(text) {
  return text.dataset.response === undefined ? { turn: Number(text.dataset.turn) } : { response: text.dataset.response };
}

// Blocks of a text that stand apart on the page.
export function blocksOf(text) {
  if (text.dataset.source === undefined) return [...text.querySelectorAll("p[data-start]")];
  return [...text.querySelectorAll("p, li, h3, h4, h5, h6, td, th, pre")].filter((block) => !block.querySelector("p, li, pre"));
}

// A selection may end just outside the text, as a triple click does; it counts while it lies in one text.
export function spanOfRange(range) {
  const touched = textsOf().filter((text) => range.intersectsNode(text) && between(range, text));
  if (touched.length !== 1) return null;
  const [text] = touched;
  return { text, range, span: text.dataset.source === undefined ? spanIn(text, range) : spanOfWords(text, range.toString()) };
}

function between(range, node) {
  const part = document.createRange();
  part.selectNodeContents(node);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim();
}

function spanIn(text, range) {
  let [first, last] = [null, null];
  for (const block of blocksOf(text)) {
    if (!range.intersectsNode(block)) continue;
    const start = Number(block.dataset.start);
    const from = block.contains(range.startContainer) ? before(block, range.startContainer, range.startOffset) : "";
    const to = block.contains(range.endContainer) ? before(block, range.endContainer, range.endOffset) : block.textContent;
    const words = to.slice(from.length);
    if (!words.trim()) continue;
    first ??= start + points(from) + points(words) - points(words.trimStart());
    last = start + points(from) + points(words.trimEnd());
  }
  return first === null ? null : [first, last];
}

function before(block, container, offset) {
  const part = document.createRange();
  part.setStart(block, 0);
  part.setEnd(container, offset);
  return part.toString();
}

// Where formatting hides the text as written: the words themselves, if they stand there exactly once.
export function spanOfWords(text, said) {
  const [words, source] = [said.trim(), text.dataset.source];
  const place = words ? source.indexOf(words) : -1;
  if (place < 0 || source.indexOf(words, place + 1) >= 0) return null;
  const start = points(source.slice(0, place));
  return [start, start + points(words)];
}

// Where a mark lies on the page: [{block, from, to}] in UTF-16 units of the block's text.
export function pieces(mark) {
  const text = textOf(mark);
  if (!text) return [];
  if (text.dataset.source !== undefined) return piecesByWords(text, mark);
  return blocksOf(text).flatMap((block) => {
    const [start, said] = [Number(block.dataset.start), block.textContent];
    const [from, to] = [Math.max(mark.start - start, 0), Math.min(mark.end - start, points(said))];
    return from < to ? [{ block, from: units(said, from), to: units(said, to) }] : [];
  });
}

function piecesByWords(text, mark) {
  const words = [...text.dataset.source].slice(mark.start, mark.end).join("");
  const found = blocksOf(text).filter((block) => block.textContent.includes(words));
  if (found.length !== 1) return [];
  const from = found[0].textContent.indexOf(words);
  return [{ block: found[0], from, to: from + words.length }];
}

export function quoteOf(mark) {
  const source = textOf(mark)?.dataset.source;
  if (source !== undefined) return [...source].slice(mark.start, mark.end).join("");
  return pieces(mark).map(({ block, from, to }) => block.textContent.slice(from, to)).join(" … ");
}

// A range over units of a block, whatever elements lie inside it.
export function rangeIn({ block, from, to }) {
  const [range, walk] = [document.createRange(), document.createTreeWalker(block, NodeFilter.SHOW_TEXT)];
  let [seen, started] = [0, false];
  while (walk.nextNode()) {
    const { length } = walk.currentNode.data;
    if (!started && from <= seen + length) {
      range.setStart(walk.currentNode, from - seen);
      started = true;
    }
    if (to <= seen + length) {
      range.setEnd(walk.currentNode, to - seen);
      break;
    }
    seen += length;
  }
  return range;
}

function segmented(block, granularity) {
  const said = block.textContent;
  const language = block.closest("[lang]")?.lang || undefined;
  if (globalThis.Intl?.Segmenter) return [...new Intl.Segmenter(language, { granularity }).segment(said)].filter((one) => granularity === "sentence" || one.isWordLike);
  const pattern = granularity === "sentence" ? /[^.!?…。！？]+[.!?…。！？]*["”’)]*\s*/gu : /[\p{L}\p{N}’'-]+/gu;
  return [...said.matchAll(pattern)].map((found) => ({ segment: found[0], index: found.index }));
}

// Sentences, or words, of all texts in the order read: [{text, block, from, to}] without the space around them.
export function parts(granularity) {
  return textsOf().flatMap((text) =>
    blocksOf(text).flatMap((block) =>
      segmented(block, granularity).flatMap(({ segment, index }) => {
        const from = index + segment.length - segment.trimStart().length;
        const to = index + segment.trimEnd().length;
        return from < to ? [{ text, block, from, to }] : [];
      }),
    ),
  );
}
