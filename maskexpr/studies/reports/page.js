"use strict";
(() => {
  const all = [...document.querySelectorAll("[data-row]")];
  const table = document.getElementById("table");
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;

  /* Rows in another order: by a number, what has none last; again for the other way round. */
  const value = (row, key) => {
    const text = key in row.dataset ? row.dataset[key] : row.querySelectorAll("td[data-value]")[key].dataset.value;
    const words = { "": NaN, nan: NaN, inf: Infinity, "-inf": -Infinity, True: 1, False: 0 };
    return text in words ? words[text] : Number(text);
  };
  const compared = (a, b) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a < b ? -1 : a > b ? 1 : 0);
  const sort = (heading) => {
    const key = heading.dataset.key;
    const downwards = heading.ariaSort ? heading.ariaSort === "ascending" : key !== "order";
    for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
    heading.ariaSort = downwards ? "descending" : "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, key), Number(row.dataset.order), row]);
    const known = rows.filter(([a]) => !Number.isNaN(a));
    const unknown = rows.filter(([a]) => Number.isNaN(a));
    known.sort((a, b) => (downwards ? -compared(a[0], b[0]) : compared(a[0], b[0])) || a[1] - b[1]);
    unknown.sort((a, b) => a[1] - b[1]);
    body.append(...known.concat(unknown).map((row) => row[2]));
  };
  if (table) {
    for (const heading of table.tHead.querySelectorAll("[data-key]")) {
      heading.querySelector("button").addEventListener("click", () => sort(heading));
    }
  }

  /* Only rows in which all words occur that are looked for. */
  const filter = document.getElementById("filter");
  const odd = document.getElementById("odd");
  const narrow = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of all) {
      const text = row.dataset.text.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) ||
        Boolean(odd && odd.checked && row.tagName === "TR" && !row.classList.contains("odd"));
      shown += !row.hidden;
    }
    document.getElementById("shown").value = shown < all.length ? `${shown} of ${all.length} shown` : "";
  };
  if (filter) {
    document.querySelector(".tools").hidden = false;
    filter.addEventListener("input", narrow);
    if (odd) odd.addEventListener("change", narrow);
  }

  /* A picture in a larger size; arrows lead to those of the rows that are shown. */
  const viewer = document.getElementById("viewer");
  let current = null;
  const enlarge = (button) => {
    const small = button.querySelector("img");
    const picture = document.getElementById("enlarged");
    current = button;
    picture.src = button.dataset.large || small.src;
    picture.alt = small.alt;
    document.getElementById("caption").textContent = small.alt;
    if (!viewer.open) viewer.showModal();
  };
  const step = (by) => {
    const buttons = [...document.querySelectorAll("[data-row]:not([hidden]) .enlarge")];
    const next = buttons[buttons.indexOf(current) + by];
    if (next) enlarge(next);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".enlarge");
    if (button) enlarge(button);
  });
  document.getElementById("before").addEventListener("click", () => step(-1));
  document.getElementById("after").addEventListener("click", () => step(1));
  document.getElementById("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("close", () => { if (current) current.focus(); });
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
})();
