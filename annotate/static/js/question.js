// Keys inside the list of items, for whoever wants them: ↑ ↓ go from link to link, s takes the next order.

const list = document.querySelector(".ridge-rows");
const order = document.getElementById("order");

function go(by) {
  const links = [...list.querySelectorAll(".ridge-name a")];
  const at = links.indexOf(document.activeElement) + by;
  links[Math.max(0, Math.min(links.length - 1, at))].focus();
}

function nextOrder() {
  const sorts = order.elements.sort;
  sorts.selectedIndex = (sorts.selectedIndex + 1) % sorts.options.length;
  order.action = "#ridge";
  order.submit();
}

list?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const does = { ArrowDown: () => go(1), ArrowUp: () => go(-1), s: nextOrder }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});
