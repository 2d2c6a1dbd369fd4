"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { states, codes } = read("about");
  const names = ["unreadable", "faults", "overflow", "differences", "little", "warnings", "accepted", "fine"];
  const fine = names.length - 1;
  // The order is that of Page._row.
  const books = read("rows").map(([file, link, said, verdict, mode, left, smallest, available, findings, more]) => ({
    file, link, said, verdict, mode, left, smallest, available, findings, more,
    state: said ? Math.log2(said & -said) : fine,
  }));
  const perPage = 50, printed = 1000;
  const view = { text: "", state: null, code: null, sort: "state", down: false, page: 0 };
  const $ = (id) => document.getElementById(id);
  const body = document.querySelector("#table tbody");
  const count = (number) => number.toLocaleString("en-US");

  function make(tag, words, kind) {
    const made = document.createElement(tag);
    if (words !== undefined) made.textContent = words;
    if (kind) made.className = kind;
    return made;
  }

  // --- which workbooks, in which order -----------------------------------------------------------

  const textOf = (book) => book.text ??= [
    book.file, book.verdict, book.mode, ...book.findings.flatMap((each) => [codes[each[0]][0], each[1], each[2], each[3]]),
  ].join("\n").toLowerCase();
  const hasState = (book, state) => (state === fine ? book.state === fine : book.said >> state & 1);
  const keys = {
    state: (book) => book.state, file: (book) => book.file, verdict: (book) => book.verdict, mode: (book) => book.mode,
    left: (book) => book.left, smallest: (book) => book.smallest, findings: (book) => book.findings.length + book.more,
  };
  const words = new Intl.Collator("en", { numeric: true });

  function compare(one, other) {
    const [a, b] = [keys[view.sort](one), keys[view.sort](other)];
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "string" ? words.compare(a, b) : a - b;
    return view.down ? -order : order;
  }

  function chosen() {
    const wanted = view.text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = books.filter((book) =>
      (view.state === null || hasState(book, view.state)) &&
      (view.code === null || book.findings.some((each) => codes[each[0]][0] === view.code)) &&
      wanted.every((word) => textOf(book).includes(word)));
    // Of those that are equal, the fullest first.
    const least = (book) => (book.left === null ? Infinity : book.left / Math.max(book.available, 1));
    return found.sort((one, other) => compare(one, other) || least(one) - least(other) || words.compare(one.file, other.file));
  }

  // --- what is shown -----------------------------------------------------------------------------

  function findingsOf(book, open) {
    const cell = make("td", undefined, "found");
    const total = book.findings.length + book.more;
    if (!total) return cell;
    const details = make("details");
    details.open = open;
    const worst = codes[book.findings[0][0]][0];
    details.append(make("summary", `${count(total)}: ${worst}${total > 1 ? ", …" : ""}`));
    const list = make("ul");
    for (const [number, place, column, message, follow, standing] of book.findings) {
      const [code, severity, advice] = codes[number];
      const item = make("li");
      item.append(make("span", `${severity} ${code}`, `chip ${severity}`), ` ${[place, column && `(${column})`].filter(Boolean).join(" ")}: ${message} `);
      if (standing) item.append(make("span", `(${standing}) `, "more"));
      if (follow) item.append(make("span", `${count(follow)} more follow from it. `, "more"));
      item.append(make("span", advice, "advice"));
      list.append(item);
    }
    if (book.more) list.append(make("li", `${count(book.more)} more are not listed here`, "more"));
    details.append(list);
    cell.append(details);
    return cell;
  }

  function rowOf(book, open) {
    const row = make("tr");
    const state = make("td");
    state.append(make("span", states[book.state], `chip ${names[book.state]}`));
    const path = make("td", undefined, "path");
    if (book.link) {
      const link = make("a", book.file);
      link.href = book.link;
      path.append(link);
    } else path.append(book.file);
    const figure = (value, start = "") => make("td", value === null ? "" : start + count(value), "right");
    row.append(state, path, make("td", book.verdict, "words"), make("td", book.mode), figure(book.left), figure(book.smallest, "/"), findingsOf(book, open));
    return row;
  }

  function show(all) {
    const found = chosen();
    const pages = Math.max(1, Math.ceil(found.length / perPage));
    view.page = Math.min(view.page, pages - 1);
    const from = all ? 0 : view.page * perPage;
    const rows = found.slice(from, from + (all ? printed : perPage));
    body.replaceChildren(...rows.map((book) => rowOf(book, all)));
    const isFiltered = found.length < books.length;
    $("shown").textContent = !found.length ? "No workbook is like this." :
      `${count(from + 1)} to ${count(from + rows.length)} of ${count(found.length)} workbook${found.length === 1 ? "" : "s"}` +
      (isFiltered ? `, chosen from ${count(books.length)}` : "");
    $("page").textContent = `Page ${count(view.page + 1)} of ${count(pages)}`;
    $("before").disabled = view.page === 0;
    $("next").disabled = view.page === pages - 1;
    $("clear").hidden = !view.text && view.state === null && view.code === null;
    for (const button of document.querySelectorAll("[data-sort]")) {
      const header = button.closest("th");
      if (button.dataset.sort === view.sort) header.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    }
    for (const button of document.querySelectorAll("[data-state]")) button.setAttribute("aria-pressed", Number(button.dataset.state) === view.state);
    for (const button of document.querySelectorAll("[data-code]")) button.setAttribute("aria-pressed", button.dataset.code === view.code);
  }

  function change(what) {
    Object.assign(view, { page: 0 }, what);
    show(false);
    hint();
  }

  // --- what a person does ------------------------------------------------------------------------

  const toTable = () => $("workbooks").scrollIntoView({ block: "start" });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { sort, state, code } = button.dataset;
    if (sort) change({ sort, down: view.sort === sort && !view.down });
    if (state) { change({ state: view.state === Number(state) ? null : Number(state) }); toTable(); }
    if (code) { change({ code: view.code === code ? null : code }); toTable(); }
    if (button.id === "before") change({ page: view.page - 1 });
    if (button.id === "next") change({ page: view.page + 1 });
    if (button.id === "clear") { $("search").value = ""; change({ text: "", state: null, code: null }); $("search").focus(); }
  });
  $("search").addEventListener("input", (event) => change({ text: event.target.value }));
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  function hint() {
    for (const box of document.querySelectorAll(".scroll")) box.previousElementSibling.hidden = box.scrollWidth <= box.clientWidth;
  }
  window.addEventListener("resize", hint);
  // What is folded away is printed, too.
  const lists = [...document.querySelectorAll(".unchecked details")];
  window.addEventListener("beforeprint", () => { show(true); for (const each of lists) each.open = true; });
  window.addEventListener("afterprint", () => show(false));
  show(false);
  hint();
})();
