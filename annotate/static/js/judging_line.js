// A line is drawn for the pointer; the number beside it is the control.

const numberOf = (set) => set.querySelector(`[name="q.${set.dataset.slug}.point"]`);

export function prepareLine(set) {
  const line = set.querySelector(".line");
  line.removeAttribute("hidden");
  line.addEventListener("pointerdown", (event) => {
    const box = line.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const [low, high] = [Number(line.dataset.low), Number(line.dataset.high)];
    const number = numberOf(set);
    number.value = String(Number((low + share * (high - low)).toPrecision(4)));
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  drawLine(set);
}

export function drawLine(set) {
  const [line, { value }] = [set.querySelector(".line"), numberOf(set)];
  const [low, high] = [Number(line.dataset.low), Number(line.dataset.high)];
  const at = 2 + (996 * (Number(value) - low)) / (high - low);
  set.querySelector(".line-place").setAttribute("d", value === "" ? "" : `M${at.toFixed(1)} 8V36`);
}
