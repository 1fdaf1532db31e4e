// Arrow keys inside the grid: left and right from cell to cell, up and down from family to family.

const grid = document.querySelector(".grid");

function linkAt(row, column) {
  return grid.rows[row]?.cells[column]?.querySelector("a");
}

function next(cell, [down, across]) {
  let [row, column] = [cell.parentElement.rowIndex, cell.cellIndex];
  do {
    row += down;
    column += across;
    if (linkAt(row, column)) return linkAt(row, column);
  } while (grid.rows[row]?.cells[column]);
  return null;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

grid?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !STEPS[event.key]) return;
  const cell = event.target.closest("th, td");
  const link = cell && next(cell, STEPS[event.key]);
  if (!link) return;
  event.preventDefault();
  link.focus();
});
