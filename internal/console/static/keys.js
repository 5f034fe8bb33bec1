// Keys for those who work through the queue: what has data-key="x" is pressed,
// opened or focused by x; j and k go through the rows, x picks one. Pages say
// their keys themselves, and everything works without this file.
"use strict";

const rows = () => [...document.querySelectorAll(".rows .row-title")];

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next].focus();
  all[next].closest(".row").scrollIntoView({ block: "nearest" });
}

function pick() {
  const box = document.activeElement.closest(".row")?.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.tagName === "DETAILS") target.open = !target.open;
  else if (["BUTTON", "A"].includes(target.tagName)) target.click();
  else target.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  const moves = { j: () => step(1), k: () => step(-1), x: pick };
  if (moves[event.key]) moves[event.key]();
  else if (event.key.length > 1 || !press(event.key)) return;
  event.preventDefault();
});

// On a phone the menu is one row that scrolls: the page's own entry is seen.
// Only the row moves; scrollIntoView would move what is around it, too.
const here = document.querySelector(".top nav [aria-current]");
if (here) {
  const row = here.parentElement;
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
