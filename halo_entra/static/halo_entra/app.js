"use strict";
// Makes pages better that work without it. Everything is delegated from the document,
// so that fragments swapped in by htmx need no set-up.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const root = document.documentElement;

/* What only works with script shows itself. */
function reveal(within = document) {
  all("[data-theme-toggle], [data-copy], [data-needs-script]", within).forEach((one) => { one.hidden = false; });
  all("[data-without-script]", within).forEach((one) => { one.hidden = true; });
}

/* light and dark */
function toggleTheme() {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}

/* Rows of a formset: add, remove, up, down; the hidden ORDER fields follow. */
function renumber(body) {
  all(":scope > tr:not([hidden]), :scope > li:not([hidden])", body).forEach((row, index) => {
    const order = row.querySelector("input[name$=-ORDER]");
    if (order) order.value = index + 1;
  });
  body.closest("form")?.setAttribute("data-dirty", "");
}
function addRow(button) {
  const set = button.closest("[data-formset]");
  const total = set.querySelector("input[name$=-TOTAL_FORMS]");
  const body = set.querySelector("[data-rows]");
  body.insertAdjacentHTML("beforeend", set.querySelector("template").innerHTML.replaceAll("__prefix__", total.value));
  total.value = Number(total.value) + 1;
  const row = body.lastElementChild;
  reveal(row);
  window.htmx?.process(row);
  renumber(body);
  row.querySelector("select, input:not([type=hidden])")?.focus();
}
function removeRow(button) {
  const row = button.closest("tr, li");
  const mark = row.querySelector("input[name$=-DELETE]");
  const next = row.nextElementSibling || row.previousElementSibling;
  if (mark) { mark.checked = true; if (mark.type === "hidden") mark.value = "on"; }
  row.hidden = true;
  renumber(row.parentElement);
  (next?.querySelector("[data-remove]") || row.closest("[data-formset]").querySelector("[data-add]"))?.focus();
}
function moveRow(button, step) {
  const row = button.closest("tr, li");
  const rows = all(":scope > :not([hidden])", row.parentElement);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row); else other.after(row);
  renumber(row.parentElement);
  button.focus();
  const at = all(":scope > :not([hidden])", row.parentElement).indexOf(row) + 1;
  say(`Row ${at} of ${rows.length}`);
}

/* A word for screen readers. */
function say(text) {
  let place = document.getElementById("said");
  if (!place) {
    place = Object.assign(document.createElement("p"), { id: "said", className: "sr" });
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = text;
}

async function copy(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  say("Copied");
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
}

/* Ticks of a list: all on this page, how many. */
function countTicks() {
  const ticks = all("input[data-tick]");
  all("[data-ticked]").forEach((place) => { place.textContent = ticks.filter((one) => one.checked).length; });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-add], [data-remove], [data-move], [data-close], [data-theme-toggle], [data-copy]");
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (!target) return;
  if ("add" in target.dataset) addRow(target);
  else if ("remove" in target.dataset) removeRow(target);
  else if ("move" in target.dataset) moveRow(target, Number(target.dataset.move));
  else if ("close" in target.dataset) { event.preventDefault(); target.closest("dialog").close(); }
  else if ("copy" in target.dataset) copy(target);
  else toggleTheme();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
document.addEventListener("change", (event) => {
  if ("all" in event.target.dataset) all("input[data-tick]", event.target.closest("table")).forEach((one) => { one.checked = event.target.checked; });
  if ("all" in event.target.dataset || "tick" in event.target.dataset) countTicks();
  if ("submit" in event.target.dataset) event.target.form.requestSubmit();
  event.target.closest("form[data-warn]")?.setAttribute("data-dirty", "");
});
window.addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-dirty]")) event.preventDefault(); });
document.addEventListener("submit", (event) => event.target.removeAttribute("data-dirty"));

/* A link with hx-target="#dialog-body" opens there; without script it is a page. */
document.addEventListener("htmx:afterSwap", (event) => {
  reveal(event.target);
  countTicks();
  if (event.target.id !== "dialog-body") return;
  const dialog = event.target.closest("dialog");
  if (!dialog.open) dialog.showModal();
  event.target.querySelector("[autofocus], input:not([type=hidden]), select, button")?.focus();
});

/* Drag to order: only the handle starts a drag. */
let dragged = null;
document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".handle")?.closest("tr, li");
  if (row) row.draggable = true;
});
document.addEventListener("dragstart", (event) => { dragged = event.target.closest("tr, li"); dragged?.classList.add("dragging"); });
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest("tr, li");
  if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged); else over.after(dragged);
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("dragging");
  dragged.draggable = false;
  renumber(dragged.parentElement);
  dragged.closest("form[data-order]")?.requestSubmit();
  dragged = null;
});

reveal();
countTicks();
