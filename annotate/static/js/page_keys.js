// Single keys that press what is on the page already: none of them is needed, and none works while writing.

const isOn = () => !/(?:^|; )keys=0/.test(document.cookie);
const isWriting = (target) => target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") !== null;

export function onKeys(acts) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !isOn() || isWriting(event.target)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
}

export const press = (selector) => () => document.querySelector(selector)?.click();
